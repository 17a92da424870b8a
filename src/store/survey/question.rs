//! The texts of the queries. `r` is a run, `m` a measurement, `s` a step.

use crate::record::Voided;
use crate::stats::survey::{Axis, Scope};
use crate::store::choice::Choice;
use crate::store::rows::Cell;
use crate::store::rows::read::summary_columns;
use crate::store::upkeep::Dialect;

/// Runs whose names of measurements are looked at for what somebody may have meant.
const NAMED_RUNS: u32 = 50;

/// A query with its values.
pub(super) struct Question<'a> {
    pub(super) sql: String,
    pub(super) cells: Vec<Cell<'a>>,
}

/// The runs that count.
fn chosen(scope: &Scope, dialect: Dialect) -> Choice<'_> {
    let mut choice = Choice::of(&scope.filter, "r", dialect);
    if !scope.unattended {
        choice.add("r.unattended = ?", [Cell::Flag(false)]);
    }
    choice
}

/// What the column `place` holds.
fn place(axis: Axis, dialect: Dialect) -> String {
    let cut = |digits: u8| match dialect {
        Dialect::Sqlite => format!("substr(r.started_at, 1, {digits})"),
        Dialect::Postgres => {
            let unit = if digits == 13 { "hour" } else { "minute" };
            format!("date_trunc('{unit}', r.started_at, 'UTC')")
        }
    };
    match axis {
        Axis::Whole => "NULL".to_owned(),
        Axis::Test => "r.test_name".to_owned(),
        Axis::Station => "r.station_id".to_owned(),
        Axis::Operator => "r.operator_id".to_owned(),
        Axis::Hour => cut(13),
        Axis::Minute => cut(16),
    }
}

/// What is shown of it: PostgreSQL counts by points in time, which it makes text of at the end.
fn shown(axis: Axis, dialect: Dialect) -> &'static str {
    match (axis, dialect) {
        (Axis::Hour, Dialect::Postgres) => {
            "to_char(place AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24')"
        }
        (Axis::Minute, Dialect::Postgres) => {
            "to_char(place AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI')"
        }
        (Axis::Whole, _) => "CAST(place AS text)",
        _ => "place",
    }
}

pub(super) fn runs(scope: &Scope, axis: Axis, dialect: Dialect) -> Question<'_> {
    let choice = chosen(scope, dialect);
    let (place, shown) = (place(axis, dialect), shown(axis, dialect));
    Question {
        sql: format!(
            "SELECT {shown} AS place, verdict, runs FROM (\
               SELECT {place} AS place, r.verdict AS verdict, count(*) AS runs \
               FROM test_executions r WHERE r.verdict IS NOT NULL AND {} GROUP BY 1, 2\
             ) AS counted ORDER BY 1, 2",
            choice.sql()
        ),
        cells: choice.into_cells(),
    }
}

/// A unit is a serial number under a test; a run without a serial number is a unit of its own.
/// First and last are found along an index, with no sorting.
pub(super) fn units(scope: &Scope, axis: Axis) -> Question<'_> {
    let dialect = Dialect::Postgres;
    let choice = chosen(scope, dialect);
    let (place, shown) = (place(axis, dialect), shown(axis, dialect));
    let end = |is_first: u8, down: &str| {
        format!(
            "SELECT {is_first} AS is_first, verdict, place FROM (\
               SELECT DISTINCT ON (test_name, serial_number) verdict, place FROM judged \
               WHERE serial_number IS NOT NULL \
               ORDER BY test_name{down}, serial_number{down}, started_at{down}\
             ) AS ends \
             UNION ALL SELECT {is_first}, verdict, place FROM judged WHERE serial_number IS NULL"
        )
    };
    Question {
        sql: format!(
            "WITH judged AS NOT MATERIALIZED (\
               SELECT r.test_name, r.serial_number, r.started_at, r.verdict, {place} AS place \
               FROM test_executions r WHERE r.verdict IN ('PASS', 'FAIL') AND {}\
             ) SELECT is_first, passed, {shown} AS place, units FROM (\
               SELECT is_first, CASE WHEN verdict = 'PASS' THEN 1 ELSE 0 END AS passed, place, \
                 count(*) AS units FROM ({} UNION ALL {}) AS ends GROUP BY 1, 2, 3\
             ) AS counted",
            choice.sql(),
            end(1, ""),
            end(0, " DESC"),
        ),
        cells: choice.into_cells(),
    }
}

/// Judged runs, unit by unit and each in its order: along an index of the embedded store, where a row
/// costs less to read than to group.
pub(super) fn judged(scope: &Scope, axis: Axis) -> Question<'_> {
    let choice = chosen(scope, Dialect::Sqlite);
    Question {
        sql: format!(
            "SELECT r.test_name, r.serial_number, r.verdict, {} AS place FROM test_executions r \
             WHERE r.verdict IN ('PASS', 'FAIL') AND {} \
             ORDER BY r.test_name, r.serial_number, r.started_at, r.verdict",
            place(axis, Dialect::Sqlite),
            choice.sql()
        ),
        cells: choice.into_cells(),
    }
}

/// Runs that something may keep out; those that nothing does are not counted here.
pub(super) fn kinds(scope: &Scope, dialect: Dialect) -> Question<'_> {
    // The conditions that are counted stand in the filter.
    let mut filter = scope.filter.clone();
    filter.voided = Voided::Included;
    let mode = filter.mode.take();
    let mut choice = owned(&filter, dialect);
    let is_void = "r.id IN (SELECT execution_id FROM voided_executions)";
    let odd = format!("r.unattended = ? OR {is_void}");
    match mode {
        Some(mode) => choice.add(
            &format!("(r.mode <> ? OR {odd})"),
            [Cell::Text(mode.as_str().into()), Cell::Flag(true)],
        ),
        None => choice.add(&format!("({odd})"), [Cell::Flag(true)]),
    }
    Question {
        sql: format!(
            "SELECT mode, voided, unattended, count(*) AS runs FROM (\
               SELECT r.mode AS mode, CASE WHEN r.unattended THEN 1 ELSE 0 END AS unattended, \
                 CASE WHEN {is_void} THEN 1 ELSE 0 END AS voided \
               FROM test_executions r WHERE r.verdict IS NOT NULL AND {}\
             ) AS kinds GROUP BY 1, 2, 3",
            choice.sql()
        ),
        cells: choice.into_cells(),
    }
}

/// A choice whose values are its own.
fn owned(filter: &crate::record::Filter, dialect: Dialect) -> Choice<'static> {
    let choice = Choice::of(filter, "r", dialect);
    let sql = choice.sql();
    let cells = choice.into_cells().into_iter().map(|cell| match cell {
        Cell::Text(text) => Cell::Text(text.into_owned().into()),
        Cell::Null => Cell::Null,
        Cell::Flag(flag) => Cell::Flag(flag),
        Cell::Int(number) => Cell::Int(number),
        Cell::Real(number) => Cell::Real(number),
        Cell::Json(text) => Cell::Json(text),
        Cell::Time(time) => Cell::Time(time),
        Cell::Uuid(id) => Cell::Uuid(id),
    });
    let mut owned = Choice::default();
    owned.add(&sql, cells);
    owned
}

/// A loop makes many rows of a step: runs are counted. A sequence fails because something in it
/// does, and counts only with measurements of its own.
pub(super) fn failing_steps(scope: &Scope, axis: Axis, dialect: Dialect) -> Question<'_> {
    let choice = chosen(scope, dialect);
    Question {
        sql: failing(
            axis,
            dialect,
            "s.name AS name, s.path AS path, s.execution_id AS run, s.verdict AS verdict",
            "step_results s JOIN test_executions r ON r.id = s.execution_id \
             WHERE s.verdict <> 'PASS' AND s.verdict <> 'SKIPPED' AND s.kind <> 'sequence' \
               AND s.section IN ('setup', 'steps', 'teardown') AND s.superseded IS NOT TRUE",
            &choice.sql(),
        ),
        cells: choice.into_cells(),
    }
}

pub(super) fn failing_measurements(scope: &Scope, axis: Axis, dialect: Dialect) -> Question<'_> {
    let choice = chosen(scope, dialect);
    let from = format!(
        "measurements m JOIN test_executions r ON r.id = m.execution_id \
         WHERE m.verdict <> 'PASS' AND m.verdict <> 'SKIPPED' AND m.origin IN ({}){}",
        origins(scope),
        failing_since(scope, dialect),
    );
    let mut cells = Vec::new();
    cells.extend(scope.filter.since.map(Cell::Time));
    // The plus keeps SQLite from walking the index of names, which holds all that passed, too.
    let own = match dialect {
        Dialect::Sqlite => "+",
        Dialect::Postgres => "",
    };
    let sql = failing(
        axis,
        dialect,
        &format!(
            "{own}m.measurement_name AS name, CAST('' AS text) AS path, m.execution_id AS run, \
             m.verdict AS verdict"
        ),
        &from,
        &choice.sql(),
    );
    cells.extend(choice.into_cells());
    Question { sql, cells }
}

fn failing(axis: Axis, dialect: Dialect, what: &str, from: &str, condition: &str) -> String {
    let (place, shown) = (place(axis, dialect), shown(axis, dialect));
    format!(
        "SELECT {shown} AS place, name, path, runs, failed FROM (\
           SELECT place, name, path, count(DISTINCT run) AS runs, \
             count(DISTINCT CASE WHEN verdict = 'FAIL' THEN run END) AS failed FROM (\
             SELECT {place} AS place, {what} FROM {from} AND r.verdict IS NOT NULL AND {condition}\
           ) AS failing GROUP BY place, name, path\
         ) AS counted ORDER BY 4 DESC, 2, 3, 1"
    )
}

/// As [`since`]. Without a condition on the time SQLite would pass over the index of what fails, and
/// look at every measurement.
fn failing_since(scope: &Scope, dialect: Dialect) -> &'static str {
    match (since(scope, dialect), dialect) {
        ("", Dialect::Sqlite) => " AND m.timestamp > ''",
        (since, _) => since,
    }
}

/// No measurement is older than its run: an index by time leaves out what is older.
fn since(scope: &Scope, _dialect: Dialect) -> &'static str {
    if scope.filter.since.is_some() {
        " AND m.timestamp >= ?"
    } else {
        ""
    }
}

/// Words of our own, which need no place.
fn origins(scope: &Scope) -> String {
    let words: Vec<String> = scope
        .origins()
        .into_iter()
        .map(|origin| format!("'{}'", origin.as_str()))
        .collect();
    words.join(", ")
}

/// Values of every origin: those that do not count are counted.
pub(super) fn series<'a>(
    scope: &'a Scope,
    name: &'a str,
    axis: Axis,
    dialect: Dialect,
) -> Question<'a> {
    // Times are those of the values, which the row has.
    let place = match axis {
        Axis::Whole | Axis::Hour | Axis::Minute => "CAST(NULL AS text)".to_owned(),
        other => place(other, dialect),
    };
    let choice = chosen(scope, dialect);
    let sql = format!(
        "SELECT m.timestamp, m.position, m.actual_value, m.low_limit, m.high_limit, m.target, \
           m.tolerance, m.operator, m.unit, m.origin, m.kind, r.test_name, {place} AS place \
         FROM measurements m JOIN test_executions r ON r.id = m.execution_id \
         WHERE m.measurement_name = ?{}{} AND r.verdict IS NOT NULL AND {}",
        since(scope, dialect),
        of_step(scope),
        choice.sql()
    );
    Question {
        sql,
        cells: named(scope, name, choice),
    }
}

fn named<'a>(scope: &'a Scope, name: &'a str, choice: Choice<'a>) -> Vec<Cell<'a>> {
    let mut cells = vec![Cell::Text(name.into())];
    cells.extend(scope.filter.since.map(Cell::Time));
    cells.extend(scope.step.as_deref().map(|step| Cell::Text(step.into())));
    cells.extend(choice.into_cells());
    cells
}

/// A measurement does not know its step's name.
fn of_step(scope: &Scope) -> &'static str {
    if scope.step.is_some() {
        " AND EXISTS (SELECT 1 FROM step_results s WHERE s.id = m.step_result_id \
           AND ? IN (s.path, s.name, s.name_declared))"
    } else {
        ""
    }
}

pub(super) fn readings<'a>(scope: &'a Scope, name: &'a str, dialect: Dialect) -> Question<'a> {
    let choice = chosen(scope, dialect);
    let study = match dialect {
        Dialect::Sqlite => "json_extract(r.tags, '$.grr_study')",
        Dialect::Postgres => "r.tags ->> 'grr_study'",
    };
    let sql = format!(
        "SELECT r.serial_number, r.operator_id, {study} AS study, r.id, m.actual_value, \
           m.timestamp, m.unit, m.low_limit, m.high_limit, m.target, m.tolerance, m.operator \
         FROM measurements m JOIN test_executions r ON r.id = m.execution_id \
         WHERE m.measurement_name = ?{}{} AND m.origin IN ({}) AND r.verdict IN ('PASS', 'FAIL') \
           AND {} \
         ORDER BY m.timestamp, r.id, m.step_result_id, m.position",
        since(scope, dialect),
        of_step(scope),
        origins(scope),
        choice.sql()
    );
    Question {
        sql,
        cells: named(scope, name, choice),
    }
}

/// Steps that contain no others: the time of a sequence is that of its steps.
pub(super) fn times(scope: &Scope, newest: u32, dialect: Dialect) -> Question<'_> {
    let choice = chosen(scope, dialect);
    let sql = format!(
        "SELECT s.execution_id, r.test_name, s.path, s.name, s.duration_ms, s.prompt_ms, s.held_ms \
         FROM (SELECT r.id AS id, r.test_name AS test_name FROM test_executions r \
               WHERE r.verdict IS NOT NULL AND {} ORDER BY r.started_at DESC, r.id DESC LIMIT ?) AS r \
         JOIN step_results s ON s.execution_id = r.id \
         WHERE s.kind <> 'sequence' AND s.verdict <> 'SKIPPED' AND s.duration_ms IS NOT NULL",
        choice.sql()
    );
    let mut cells = choice.into_cells();
    cells.push(Cell::Int(i64::from(newest)));
    Question { sql, cells }
}

pub(super) fn names(scope: &Scope, dialect: Dialect) -> Question<'_> {
    let choice = chosen(scope, dialect);
    let sql = format!(
        "SELECT DISTINCT measurement_name FROM measurements WHERE execution_id IN (\
           SELECT r.id FROM test_executions r WHERE {} ORDER BY r.started_at DESC LIMIT ?) \
         ORDER BY measurement_name",
        choice.sql()
    );
    let mut cells = choice.into_cells();
    cells.push(Cell::Int(i64::from(NAMED_RUNS)));
    Question { sql, cells }
}

/// A sequence fails because something in it does; cleanup that failed has no measurement to blame.
pub(super) fn past_runs(scope: &Scope, dialect: Dialect) -> Question<'_> {
    let choice = chosen(scope, dialect);
    let sql = format!(
        "SELECT r.id, r.serial_number, r.started_at, r.verdict, \
           CASE WHEN r.forced THEN 1 ELSE 0 END AS is_forced, \
           CASE WHEN r.verdict = 'FAIL' AND EXISTS (\
             SELECT 1 FROM step_results s WHERE s.execution_id = r.id AND s.kind <> 'sequence' \
               AND s.verdict NOT IN ('PASS', 'SKIPPED') AND s.superseded IS NOT TRUE \
               AND NOT EXISTS (\
                 SELECT 1 FROM measurements m WHERE m.execution_id = r.id \
                   AND m.step_result_id = s.id AND m.verdict <> 'PASS')) \
             THEN 1 ELSE 0 END AS fails_otherwise, \
           CASE WHEN r.verdict = 'FAIL' AND EXISTS (\
             SELECT 1 FROM step_results s WHERE s.execution_id = r.id AND s.verdict = 'SKIPPED' \
               AND s.skip_reason IN ('abort_mode', 'sequence_ended')) \
             THEN 1 ELSE 0 END AS is_cut_short \
         FROM test_executions r WHERE r.verdict IS NOT NULL AND {}",
        choice.sql()
    );
    Question {
        sql,
        cells: choice.into_cells(),
    }
}

/// Values of every origin: each of them decided something.
pub(super) fn past_values<'a>(
    scope: &'a Scope,
    with_step: &[&'a str],
    dialect: Dialect,
) -> Question<'a> {
    let choice = chosen(scope, dialect);
    let step = if with_step.is_empty() {
        "CAST(NULL AS text)".to_owned()
    } else {
        let names = vec!["?"; with_step.len()].join(", ");
        format!(
            "CASE WHEN m.measurement_name IN ({names}) \
             THEN (SELECT s.path FROM step_results s WHERE s.id = m.step_result_id) END"
        )
    };
    let sql = format!(
        "SELECT m.execution_id, m.measurement_name, {step} AS step, m.kind, m.origin, \
           m.actual_value, m.actual_text, m.unit, m.low_limit, m.high_limit, m.target, \
           m.tolerance, m.operator, m.limits_source, m.verdict, m.timestamp, m.position \
         FROM test_executions r JOIN measurements m ON m.execution_id = r.id \
         WHERE r.verdict IS NOT NULL AND {}",
        choice.sql()
    );
    let names = with_step.iter().map(|name| Cell::Text((*name).into()));
    Question {
        sql,
        cells: names.chain(choice.into_cells()).collect(),
    }
}

pub(super) fn life_runs<'a>(scope: &'a Scope, serial: &'a str, dialect: Dialect) -> Question<'a> {
    of_unit(
        &format!(
            "SELECT r.*, {} FROM test_executions r",
            summary_columns("r")
        ),
        "ORDER BY r.started_at, r.id",
        scope,
        serial,
        dialect,
    )
}

pub(super) fn life_values<'a>(scope: &'a Scope, serial: &'a str, dialect: Dialect) -> Question<'a> {
    of_unit(
        "SELECT m.execution_id, m.measurement_name, m.actual_value, m.actual_text, m.unit, \
           m.low_limit, m.high_limit, m.target, m.tolerance, m.operator, m.verdict, m.origin, \
           m.timestamp \
         FROM test_executions r JOIN measurements m ON m.execution_id = r.id",
        "ORDER BY m.timestamp, m.step_result_id, m.position",
        scope,
        serial,
        dialect,
    )
}

pub(super) fn life_remarks<'a>(
    scope: &'a Scope,
    serial: &'a str,
    dialect: Dialect,
) -> Question<'a> {
    of_unit(
        "SELECT a.execution_id, a.kind, a.disposition, a.reason, a.annotated_by, a.annotated_at \
         FROM test_executions r JOIN annotations a ON a.execution_id = r.id",
        "ORDER BY a.annotated_at, a.id",
        scope,
        serial,
        dialect,
    )
}

fn of_unit<'a>(
    from: &str,
    order: &str,
    scope: &'a Scope,
    serial: &'a str,
    dialect: Dialect,
) -> Question<'a> {
    let mut choice = Choice::of(&scope.filter, "r", dialect);
    choice.add("r.serial_number = ?", [Cell::Text(serial.into())]);
    Question {
        sql: format!("{from} WHERE {} {order}", choice.sql()),
        cells: choice.into_cells(),
    }
}
