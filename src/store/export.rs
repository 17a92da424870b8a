//! Rows for other programs, of either store: run after run, so that few are in memory at a time.
//!
//! Runs are looked up in small groups, in the order in which they started; the rows of a group come
//! with one query. How large a group is follows from how many rows the last one had.

use std::io;

use super::choice::Choice;
use super::rows::read::{Columns, ReadError, summary_columns};
use super::rows::{Cell, Seen};
use super::survey::Asked;
use super::upkeep::Dialect;
use crate::event::{RunId, Timestamp};
use crate::record::{ExportError, Exported, Field, FieldKind, Filter, HistoryError};

/// Runs of the first group.
const FIRST: u64 = 32;

/// Runs of a group at most: each is a value of the query.
const MOST: u64 = 2_000;

/// Rows that a group may well have.
const ROWS: u64 = 20_000;

/// A store that can show one moment for the length of several questions.
pub(super) trait Still: Asked {
    /// What is asked from now on is of this moment.
    fn hold_still(&self) -> Result<(), HistoryError>;

    fn let_go(&self) -> Result<(), HistoryError>;
}

/// Where a group ends: the start and the id of its last run.
#[derive(Debug, Clone, Copy)]
struct Mark {
    started_at: Timestamp,
    run: RunId,
}

pub(super) fn export<S: Still>(
    store: &S,
    what: Exported,
    filter: &Filter,
    take: &mut dyn FnMut(&[Field]) -> io::Result<()>,
) -> Result<(), ExportError> {
    store.hold_still()?;
    let exported = export_groups(store, what, filter, take);
    // The error that ended it is the one to tell of.
    let let_go = store.let_go();
    exported?;
    Ok(let_go?)
}

fn export_groups<S: Still>(
    store: &S,
    what: Exported,
    filter: &Filter,
    take: &mut dyn FnMut(&[Field]) -> io::Result<()>,
) -> Result<(), ExportError> {
    let mut size = FIRST;
    let mut after = None;
    loop {
        let group = next_group(store, filter, after, size)?;
        let (Some(first), Some(last)) = (group.first(), group.last()) else {
            return Ok(());
        };
        after = Some(*last);
        let rows = rows_of(store, what, &group, first.started_at, take)?;
        let wanted = size * ROWS / rows.max(1);
        size = wanted.clamp(1, size * 4).min(MOST);
    }
}

fn next_group<S: Asked>(
    store: &S,
    filter: &Filter,
    after: Option<Mark>,
    size: u64,
) -> Result<Vec<Mark>, HistoryError> {
    let mut choice = Choice::of(filter, "e", S::DIALECT);
    if let Some(mark) = after {
        // The first condition is the one that an index answers.
        choice.add(
            "e.started_at >= ? AND (e.started_at > ? OR e.id > ?)",
            [
                Cell::Time(mark.started_at),
                Cell::Time(mark.started_at),
                Cell::Uuid(mark.run.0),
            ],
        );
    }
    let query = format!(
        "SELECT e.id, e.started_at FROM test_executions e WHERE {} \
         ORDER BY e.started_at, e.id LIMIT ?",
        choice.sql()
    );
    let mut cells = choice.into_cells();
    cells.push(Cell::Int(size as i64));
    let mut group = Vec::new();
    store.each(&query, &cells, &mut |row| {
        group.push(Mark {
            started_at: row.needed_time("started_at")?,
            run: row.needed_run("id")?,
        });
        Ok(())
    })?;
    Ok(group)
}

/// Hands over the rows of a group; gives their number.
fn rows_of<S: Asked>(
    store: &S,
    what: Exported,
    group: &[Mark],
    since: Timestamp,
    take: &mut dyn FnMut(&[Field]) -> io::Result<()>,
) -> Result<u64, ExportError> {
    let columns = what.columns();
    let mut cells: Vec<_> = group.iter().map(|mark| Cell::Uuid(mark.run.0)).collect();
    if what == Exported::Measurements {
        cells.push(Cell::Time(since));
    }
    let query = query(what, group.len(), S::DIALECT);
    let mut rows = 0;
    let mut refused = None;
    let mut fields = Vec::with_capacity(columns.len());
    let asked = store.each(&query, &cells, &mut |row| {
        fields.clear();
        for (column, kind) in &columns {
            fields.push(field(row, column, *kind)?);
        }
        rows += 1;
        take(&fields).map_err(|error| {
            let stopped = ReadError::new("", &error);
            refused = Some(error);
            stopped
        })
    });
    match refused {
        Some(error) => Err(ExportError::Write(error)),
        None => Ok(asked.map(|()| rows)?),
    }
}

fn query(what: Exported, runs: usize, dialect: Dialect) -> String {
    let places = vec!["?"; runs].join(", ");
    let head = format!(
        "e.id AS execution_id, e.test_name, e.test_version, e.package_name, e.package_version, \
         e.serial_number, e.operator_id, e.station_id, e.slot, e.mode, e.unattended, \
         e.verdict AS run_verdict, e.started_at AS run_started_at, {}",
        summary_columns("e")
    );
    let order = "ORDER BY e.started_at, e.id";
    match what {
        Exported::Runs => format!(
            "SELECT {head}, e.device, e.fixture_id, e.host, e.forced, e.status, \
               e.ended_at AS run_ended_at, e.duration_ms, e.held_ms, e.abort_reason, e.error, \
               e.clock_suspect, e.damaged, e.tags \
             FROM test_executions e WHERE e.id IN ({places}) {order}"
        ),
        Exported::Steps => format!(
            "SELECT {head}, s.sequence_no, s.path AS step_path, s.name AS step_name, s.section, \
               s.kind, s.runner, s.iteration, s.execution_no, s.attempts, s.verdict, \
               s.true_verdict, s.reason, s.skip_reason, s.superseded, s.started_at, s.ended_at, \
               s.duration_ms, s.prompt_ms, s.held_ms \
             FROM test_executions e JOIN step_results s ON s.execution_id = e.id \
             WHERE e.id IN ({places}) {order}, s.sequence_no"
        ),
        Exported::Measurements => {
            // No measurement is older than its run: that leaves out the months before. SQLite has
            // no months, and would take the index by time for the better one.
            let since = match dialect {
                Dialect::Sqlite => "+m.timestamp",
                Dialect::Postgres => "m.timestamp",
            };
            format!(
                "SELECT {head}, s.sequence_no, s.path AS step_path, s.name AS step_name, \
                   m.iteration, m.position, m.measurement_name, m.kind, m.origin, \
                   m.actual_value, m.actual_text, m.unit, m.low_limit, m.high_limit, m.target, \
                   m.tolerance, m.expected, m.operator, m.verdict, m.reason, m.timestamp \
                 FROM test_executions e JOIN measurements m ON m.execution_id = e.id \
                 LEFT JOIN step_results s ON s.id = m.step_result_id \
                 WHERE e.id IN ({places}) AND {since} >= ? \
                 {order}, s.sequence_no, m.position"
            )
        }
    }
}

fn field(row: &Seen<'_>, column: &str, kind: FieldKind) -> Result<Field, ReadError> {
    Ok(match kind {
        FieldKind::Flag => row.int(column)?.map(|flag| Field::Flag(flag != 0)),
        FieldKind::Int => row.int(column)?.map(Field::Int),
        FieldKind::Real => {
            let number = row.real(column)?.filter(|number| number.is_finite());
            number.map(Field::Real)
        }
        FieldKind::Text => row.text(column)?.map(Field::Text),
        FieldKind::Json => {
            let text = row.text(column)?;
            let read = |text: String| serde_json::from_str(&text);
            let value = text.map(read).transpose();
            let value = value.map_err(|error| ReadError::new(column, &error))?;
            value.map(Field::Json)
        }
        FieldKind::Time => row.time(column)?.map(Field::Time),
        FieldKind::Uuid => row.uuid(column)?.map(Field::Uuid),
    }
    .unwrap_or(Field::Null))
}
