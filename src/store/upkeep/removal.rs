//! Which runs may go, and their removal.
//!
//! A run goes whole or not at all. It stays while it is not finished, while its journal waits for
//! a store, while an MES waits for its result, and where its clock was wrong: nobody knows how old
//! it is.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::database::{Database, Dialect, UpkeepError};
use super::stale::STATION_LOST;
use super::status::number;
use super::tables::{MEASUREMENTS, RUN_TABLES, RunTable};
use crate::event::{RunId, Timestamp};

/// Which runs are meant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Selection<'a> {
    /// Only runs that ended before.
    pub(crate) before: Timestamp,
    /// Runs whose journals wait for a store.
    pub(crate) undelivered: &'a BTreeSet<RunId>,
}

/// Runs that may go, and what goes with them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Going {
    pub(crate) runs: u64,
    /// Rows of each table, by the month in which their run started.
    pub(crate) months: BTreeMap<String, BTreeMap<&'static str, u64>>,
    /// Runs of that age that stay, and why.
    pub(crate) kept: Kept,
}

/// Runs that are old enough and stay.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Kept {
    pub(crate) unfinished: u64,
    pub(crate) undelivered: u64,
    pub(crate) not_sent_to_mes: u64,
    pub(crate) clock_suspect: u64,
}

/// What a removal did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Removed {
    pub(crate) runs: u64,
    pub(crate) rows: u64,
    /// Months of `measurements` that were dropped as a whole.
    pub(crate) dropped: Vec<String>,
}

impl Going {
    /// Rows of a table in all months.
    pub(crate) fn rows(&self, table: &str) -> u64 {
        let months = self.months.values();
        months.filter_map(|tables| tables.get(table)).sum()
    }
}

/// Chooses the runs that may go, in a transaction that the caller has begun; they are noted in the
/// temporary table `going_runs` of this connection.
pub(crate) fn choose(
    database: &mut dyn Database,
    selection: &Selection<'_>,
) -> Result<Going, UpkeepError> {
    let dialect = database.dialect();
    let uuid = dialect.uuid();
    database.execute(&format!(
        "CREATE TEMPORARY TABLE IF NOT EXISTS kept_runs (id {uuid} PRIMARY KEY); \
         CREATE TEMPORARY TABLE IF NOT EXISTS going_runs (id {uuid} PRIMARY KEY, month TEXT); \
         DELETE FROM kept_runs; DELETE FROM going_runs"
    ))?;
    let undelivered: Vec<_> = selection.undelivered.iter().copied().collect();
    for runs in undelivered.chunks(500) {
        let ids: Vec<_> = runs.iter().map(|run| format!("('{run}')")).collect();
        database.execute(&format!("INSERT INTO kept_runs VALUES {}", ids.join(", ")))?;
    }
    let before = selection.before.to_rfc3339();
    let old = format!("status <> 'Running' AND ended_at < '{before}'");
    let unsent = "EXISTS (SELECT 1 FROM mes_result_queue q \
                  WHERE q.execution_id = e.id AND q.sent_at IS NULL)";
    let kept = "id IN (SELECT id FROM kept_runs)";
    database.execute(&format!(
        "INSERT INTO going_runs SELECT id, {} FROM test_executions e \
         WHERE {old} AND NOT clock_suspect AND NOT {kept} AND NOT {unsent}",
        dialect.month("started_at")
    ))?;
    let mut count = |which: &str| {
        let query = format!("SELECT count(*) FROM test_executions e WHERE {which}");
        number(database, &query)
    };
    let kept = Kept {
        unfinished: count(&format!("status = 'Running' AND started_at < '{before}'"))?,
        undelivered: count(&format!("{old} AND {kept}"))?,
        not_sent_to_mes: count(&format!("{old} AND {unsent}"))?,
        clock_suspect: count(&format!("{old} AND clock_suspect"))?,
    };
    let mut going = Going {
        runs: number(database, "SELECT count(*) FROM going_runs")?,
        months: BTreeMap::new(),
        kept,
    };
    if going.runs > 0 {
        if dialect == Dialect::Postgres {
            database.execute("ANALYZE going_runs")?;
        }
        for table in &RUN_TABLES {
            count_rows(database, table, &mut going)?;
        }
    }
    Ok(going)
}

fn count_rows(
    database: &mut dyn Database,
    table: &RunTable,
    going: &mut Going,
) -> Result<(), UpkeepError> {
    let query = format!(
        "SELECT g.month, count(*) FROM {} t JOIN going_runs g ON g.id = t.{} GROUP BY g.month",
        table.name, table.run
    );
    for row in database.rows(&query)? {
        let Ok([Some(month), Some(count)]) = <[_; 2]>::try_from(row) else {
            continue;
        };
        let tables = going.months.entry(month).or_default();
        tables.insert(table.name, count.parse().unwrap_or(0));
    }
    Ok(())
}

/// Removes the chosen runs, in a transaction for writing that the caller has begun and commits.
///
/// What goes must be what was counted: else somebody changed it meanwhile, and nothing goes.
pub(crate) fn remove(
    database: &mut dyn Database,
    before: Timestamp,
    going: &Going,
) -> Result<Removed, UpkeepError> {
    let mut removed = Removed {
        runs: going.runs,
        ..Removed::default()
    };
    let whole_months = database.months_that_go(before)?;
    let mut in_whole_months = 0;
    for month in &whole_months {
        in_whole_months += number(database, &format!("SELECT count(*) FROM {month}"))?;
    }
    // A run that was closed because its station was lost may still come, and then all of it.
    database.execute(&format!(
        "DELETE FROM delivery_cursor WHERE run_id IN (SELECT g.id FROM going_runs g \
         JOIN test_executions e ON e.id = g.id WHERE e.abort_reason = '{STATION_LOST}')"
    ))?;
    for table in &RUN_TABLES {
        let gone = if table.name == MEASUREMENTS.name {
            in_whole_months + remove_measurements(database, &whole_months)?
        } else {
            remove_rows(database, table.name, table.run)?
        };
        if gone != going.rows(table.name) {
            return Err(UpkeepError::Differs(format!(
                "{} of {}: {} rows were counted and {gone} would go, because somebody changed \
                 them meanwhile; run it again",
                table.name,
                database.shown(),
                going.rows(table.name),
            )));
        }
        removed.rows += gone;
    }
    for month in &whole_months {
        database.drop_month(month)?;
    }
    removed.dropped = whole_months;
    Ok(removed)
}

fn remove_measurements(
    database: &mut dyn Database,
    whole_months: &[String],
) -> Result<u64, UpkeepError> {
    let tables = database.measurement_tables()?;
    let mut gone = 0;
    for table in tables.iter().filter(|table| !whole_months.contains(table)) {
        gone += remove_rows(database, table, MEASUREMENTS.run)?;
    }
    Ok(gone)
}

fn remove_rows(database: &mut dyn Database, table: &str, run: &str) -> Result<u64, UpkeepError> {
    database.execute(&format!(
        "DELETE FROM {table} WHERE {run} IN (SELECT id FROM going_runs)"
    ))
}

/// Chooses and removes at once, with its audit row; commits.
pub(crate) fn prune(
    database: &mut dyn Database,
    selection: &Selection<'_>,
    audit: impl FnOnce(&mut dyn Database, &Removed) -> Result<(), UpkeepError>,
) -> Result<(Going, Removed), UpkeepError> {
    database.begin_to_write()?;
    let going = choose(database, selection)?;
    if going.runs == 0 {
        database.roll_back();
        return Ok((going, Removed::default()));
    }
    let removed = remove(database, selection.before, &going)?;
    audit(database, &removed)?;
    database.commit()?;
    Ok((going, removed))
}

/// What [`prune`] would remove.
pub(crate) fn look(
    database: &mut dyn Database,
    selection: &Selection<'_>,
) -> Result<Going, UpkeepError> {
    database.begin_to_read()?;
    let going = choose(database, selection);
    database.roll_back();
    going
}
