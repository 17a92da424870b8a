//! What a store holds.

use serde::Serialize;

use super::database::{Database, Dialect, UpkeepError};
use crate::event::Timestamp;

/// What a store holds.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct StoreStatus {
    /// A path, or server and database.
    pub(crate) place: String,
    /// Version of the schema, with its revision where there is one.
    pub(crate) schema: String,
    pub(crate) bytes: u64,
    pub(crate) runs: u64,
    /// Runs without an end, those that were lost among them.
    pub(crate) running: u64,
    /// Runs without an end that have not been heard of for long.
    pub(crate) station_lost: u64,
    pub(crate) oldest_run: Option<String>,
    pub(crate) newest_run: Option<String>,
    /// Events that were refused for their content.
    pub(crate) rejected_events: u64,
    pub(crate) tables: Vec<TableStatus>,
    /// The months of `measurements` that are tables of their own.
    pub(crate) months: Vec<TableStatus>,
}

/// What a table holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct TableStatus {
    pub(crate) name: String,
    pub(crate) rows: u64,
    /// The number of rows is the server's own estimate: counting would take long.
    pub(crate) is_estimate: bool,
    /// With its indexes; `None` where the store cannot say.
    pub(crate) bytes: Option<u64>,
}

/// From so many rows on the server's estimate is taken.
const MANY: i64 = 200_000;

/// The version of a store's schema, with its revision where there is one.
pub(crate) fn schema(database: &mut dyn Database) -> Result<String, UpkeepError> {
    let query = match database.dialect() {
        Dialect::Sqlite => "SELECT version FROM schema_version",
        Dialect::Postgres => {
            "SELECT version || CASE revision WHEN 0 THEN '' ELSE '.' || revision END \
             FROM schema_version"
        }
    };
    Ok(first(database, query)?.unwrap_or_default())
}

/// Asks a store what it holds; runs without an end that were last seen before `lost_before` count
/// as lost.
pub(crate) fn status(
    database: &mut dyn Database,
    lost_before: Timestamp,
) -> Result<StoreStatus, UpkeepError> {
    let mut status = StoreStatus {
        place: database.shown(),
        ..StoreStatus::default()
    };
    let dialect = database.dialect();
    let bytes = match dialect {
        Dialect::Sqlite => {
            "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
        }
        Dialect::Postgres => "SELECT pg_database_size(current_database())",
    };
    status.schema = schema(database)?;
    status.bytes = number(database, bytes)?;
    let lost = lost_before.to_rfc3339();
    let counts = database.rows(&format!(
        "SELECT count(*), count(CASE WHEN status = 'Running' THEN 1 END), \
         count(CASE WHEN status = 'Running' AND last_seen_at < '{lost}' THEN 1 END), \
         {}, {} FROM test_executions",
        dialect.time("min(started_at)"),
        dialect.time("max(started_at)"),
    ))?;
    if let Some([runs, running, lost, oldest, newest]) = counts
        .into_iter()
        .next()
        .and_then(|row| <[_; 5]>::try_from(row).ok())
    {
        status.runs = parsed(runs);
        status.running = parsed(running);
        status.station_lost = parsed(lost);
        status.oldest_run = oldest;
        status.newest_run = newest;
    }
    status.rejected_events = number(database, "SELECT count(*) FROM delivery_rejects")?;
    match dialect {
        Dialect::Sqlite => status.tables = sqlite_tables(database)?,
        Dialect::Postgres => (status.tables, status.months) = postgres_tables(database)?,
    }
    Ok(status)
}

fn sqlite_tables(database: &mut dyn Database) -> Result<Vec<TableStatus>, UpkeepError> {
    let names = database.rows(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' \
         ORDER BY name",
    )?;
    names
        .into_iter()
        .filter_map(|row| row.into_iter().next().flatten())
        .map(|name| {
            Ok(TableStatus {
                rows: number(database, &format!("SELECT count(*) FROM {name}"))?,
                name,
                is_estimate: false,
                bytes: None,
            })
        })
        .collect()
}

/// Tables, and those that are months of `measurements`, whose numbers its own line sums up.
fn postgres_tables(
    database: &mut dyn Database,
) -> Result<(Vec<TableStatus>, Vec<TableStatus>), UpkeepError> {
    let rows = database.rows(
        "SELECT c.relname, c.reltuples::bigint, pg_total_relation_size(c.oid), \
         EXISTS (SELECT 1 FROM pg_inherits i WHERE i.inhrelid = c.oid), c.relkind = 'p' \
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') ORDER BY c.relname",
    )?;
    let mut tables = Vec::new();
    let mut months = Vec::new();
    for row in rows {
        let Ok([Some(name), tuples, bytes, is_month, is_parent]) = <[_; 5]>::try_from(row) else {
            continue;
        };
        let is = |flag: Option<String>| flag.as_deref() == Some("t");
        let estimate: i64 = tuples.and_then(|text| text.parse().ok()).unwrap_or(-1);
        let is_estimate = estimate >= MANY;
        let is_parent = is(is_parent);
        let rows = match (is_parent, is_estimate) {
            // The months are counted one by one.
            (true, _) => 0,
            (false, true) => estimate.unsigned_abs(),
            (false, false) => number(database, &format!("SELECT count(*) FROM {name}"))?,
        };
        let table = TableStatus {
            name,
            rows,
            is_estimate: is_estimate && !is_parent,
            bytes: Some(parsed(bytes)),
        };
        if is(is_month) {
            months.push(table);
        } else {
            tables.push(table);
        }
    }
    if let Some(whole) = tables.iter_mut().find(|table| table.name == "measurements") {
        whole.rows = months.iter().map(|month| month.rows).sum();
        whole.bytes = Some(months.iter().filter_map(|month| month.bytes).sum());
        whole.is_estimate = months.iter().any(|month| month.is_estimate);
    }
    Ok((tables, months))
}

/// The first value of the first row.
pub(super) fn first(
    database: &mut dyn Database,
    query: &str,
) -> Result<Option<String>, UpkeepError> {
    let rows = database.rows(query)?;
    Ok(rows.into_iter().flatten().next().flatten())
}

/// The same as a number; 0 where there is none.
pub(super) fn number(database: &mut dyn Database, query: &str) -> Result<u64, UpkeepError> {
    first(database, query).map(parsed)
}

fn parsed(text: Option<String>) -> u64 {
    text.and_then(|text| text.parse().ok()).unwrap_or(0)
}
