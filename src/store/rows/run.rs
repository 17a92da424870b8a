//! Rows of a run: its head, its end, and what it found on the way.

use serde_json::{Value, json};

use super::cell::{Cell, Cells};
use super::change::{execution_id, row_id};
use super::ids::step_id;
use crate::event::{
    AbortCause, DefinitionPart, Envelope, Event, PackageIdent, RunFinished, RunId, RunStarted,
    RunnerFacts, Timestamp,
};
use crate::record::{DAMAGED, OPERATOR_CHANGED, VARIABLE_SET};

/// Name of the fact that fills `package_dirty`.
pub(crate) const PACKAGE_DIRTY: &str = "package_dirty";

/// Name under which the beginning of an abort is kept among the facts.
pub(super) const ABORT_BEGAN: &str = "abort_began";

/// Names under which a hold and what ended it are kept among the facts.
pub(super) const RUN_HELD: &str = "run_held";
pub(super) const HOLD_COMMANDED: &str = "hold_commanded";

/// Name under which a stop of the process from outside is kept among the facts.
pub(super) const SUSPENSION: &str = "suspension";

/// Columns of `test_executions` at the start.
pub(super) fn started(started: &RunStarted, time: Timestamp) -> Cells<'_> {
    let package = started.packages.first();
    let text = |text: &'_ Option<String>| text.clone().map_or(Cell::Null, |t| Cell::Text(t.into()));
    vec![
        ("id", Cell::Uuid(started.run.0)),
        ("test_name", Cell::text(&started.test_name)),
        ("test_version", Cell::text(&started.test_version)),
        ("device", text(&started.device)),
        (
            "package_name",
            Cell::maybe_text(package.map(|one| one.name.as_str())),
        ),
        (
            "package_version",
            Cell::maybe_text(package.map(|one| one.version.as_str())),
        ),
        (
            "package_commit",
            Cell::maybe_text(package.and_then(|one| one.commit.as_deref())),
        ),
        (
            "lifecycle_status",
            Cell::maybe_text(package.and_then(|one| one.lifecycle_status.as_deref())),
        ),
        ("definition_digest", Cell::text(&started.definition_digest)),
        ("definition_path", Cell::text(&started.definition_path)),
        ("serial_number", text(&started.serial_number)),
        ("operator_id", text(&started.operator_id)),
        (
            "operator_source",
            Cell::text(started.operator_source.as_str()),
        ),
        ("station_id", Cell::text(&started.station_id)),
        ("slot", Cell::Int(i64::from(started.slot))),
        ("host", Cell::text(&started.host)),
        ("fixture_id", text(&started.fixture_id)),
        ("mode", Cell::text(started.mode.as_str())),
        ("overrides", Cell::json(&started.overrides)),
        ("forced", Cell::Flag(false)),
        ("unattended", Cell::Flag(started.unattended)),
        ("status", Cell::text("Running")),
        ("started_at", Cell::Time(time)),
        ("last_seen_at", Cell::Time(time)),
        ("clock_suspect", Cell::Flag(started.clock_suspect)),
        ("damaged", Cell::Flag(false)),
        ("config_snapshot", Cell::json(&started.config_snapshot)),
        ("tags", Cell::json(&started.tags)),
        ("engine_version", Cell::text(&started.engine_version)),
        ("steps_planned", Cell::Int(i64::from(started.steps_planned))),
        ("pid", Cell::Int(i64::from(started.pid))),
    ]
}

/// Columns of `test_executions` at the end.
pub(crate) fn finished(finished: &RunFinished, ended_at: Timestamp) -> Cells<'_> {
    vec![
        ("ended_at", Cell::Time(ended_at)),
        ("status", Cell::text(finished.status.as_str())),
        ("verdict", Cell::text(finished.verdict.as_str())),
        (
            "abort_cause",
            finished.abort_cause.map_or(Cell::Null, cause_word),
        ),
        (
            "abort_reason",
            Cell::maybe_text(finished.abort_reason.as_deref()),
        ),
        (
            "aborted_by",
            Cell::maybe_text(finished.aborted_by.as_deref()),
        ),
        ("cleanup", Cell::text(finished.cleanup.as_str())),
        ("forced", Cell::Flag(finished.forced)),
        ("unattended", Cell::Flag(finished.unattended)),
        ("duration_ms", Cell::millis(finished.duration_us)),
        ("held_ms", finished.held_ms.map_or(Cell::Null, Cell::count)),
        ("error", Cell::maybe_text(finished.error.as_deref())),
        ("step_counts", Cell::json(&finished.counts)),
    ]
}

/// Columns of `execution_packages`.
pub(super) fn package(run: RunId, position: usize, package: &PackageIdent) -> Cells<'_> {
    vec![
        execution_id(run),
        ("position", Cell::Int(position as i64)),
        ("name", Cell::text(&package.name)),
        ("version", Cell::text(&package.version)),
        (
            "lifecycle_status",
            Cell::maybe_text(package.lifecycle_status.as_deref()),
        ),
        ("commit_id", Cell::maybe_text(package.commit.as_deref())),
        ("digest", Cell::text(&package.digest)),
    ]
}

/// Columns of `execution_definitions`: which definition took part in which run.
pub(super) fn definition_use(run: RunId, seq: u64, part: &DefinitionPart) -> Cells<'_> {
    vec![
        execution_id(run),
        ("seq", Cell::count(seq)),
        ("digest", Cell::text(&part.digest)),
        ("path", Cell::text(&part.path)),
        ("package", Cell::maybe_text(part.package.as_deref())),
    ]
}

/// Columns of `definition_parts`.
pub(super) fn definition_part(part: &DefinitionPart) -> Cells<'_> {
    vec![
        ("digest", Cell::text(&part.digest)),
        ("part", Cell::Int(i64::from(part.part))),
        ("parts", Cell::Int(i64::from(part.parts))),
        ("path", Cell::text(&part.path)),
        ("text", Cell::text(&part.text)),
    ]
}

/// Columns of `execution_runners`.
pub(super) fn runner<'a>(run: RunId, envelope: &Envelope, facts: &'a RunnerFacts) -> Cells<'a> {
    vec![
        row_id(run, envelope.seq),
        execution_id(run),
        ("seq", Cell::count(envelope.seq)),
        ("runner", Cell::text(&facts.runner)),
        ("generation", Cell::Int(i64::from(facts.generation))),
        ("pid", Cell::Int(i64::from(facts.pid))),
        ("name", Cell::text(&facts.name)),
        ("version", Cell::text(&facts.version)),
        ("runtime", Cell::text(&facts.runtime)),
        ("start_ms", Cell::count(facts.start_ms)),
        ("started_at", Cell::Time(envelope.time)),
    ]
}

/// Which row the end of a runner belongs to.
pub(super) fn runner_keys(run: RunId, runner: &str, generation: u32) -> Cells<'_> {
    vec![
        execution_id(run),
        ("runner", Cell::text(runner)),
        ("generation", Cell::Int(i64::from(generation))),
    ]
}

/// Columns of `execution_logs`; `None` for an event that is no line of the log.
pub(super) fn log(run: RunId, envelope: &Envelope) -> Option<Cells<'_>> {
    let Event::Logged {
        step,
        level,
        source,
        message,
    } = &envelope.event
    else {
        return None;
    };
    Some(vec![
        execution_id(run),
        ("seq", Cell::count(envelope.seq)),
        (
            "step_result_id",
            step.map_or(Cell::Null, |step| Cell::Uuid(step_id(run, step))),
        ),
        ("sequence_no", Cell::maybe_int(step.map(|step| step.0))),
        ("level", Cell::text(level.as_str())),
        ("source", Cell::text(source)),
        ("message", Cell::text(message)),
        ("logged_at", Cell::Time(envelope.time)),
    ])
}

/// Columns of `execution_facts`: what is too rare for a table of its own.
pub(super) fn fact(run: RunId, envelope: &Envelope) -> Cells<'_> {
    let (name, value) = match &envelope.event {
        Event::FactFound { name, value } => (Cell::text(name), Cell::json(value)),
        Event::VariableSet(set) => (
            Cell::text(VARIABLE_SET),
            Cell::json(&set.fact().unwrap_or_default()),
        ),
        Event::SuspensionNoticed { gap_ms } => (
            Cell::text(SUSPENSION),
            Cell::json(&json!({ "gap_ms": gap_ms })),
        ),
        Event::OperatorChanged(_) => (Cell::text(OPERATOR_CHANGED), Cell::json(&envelope.event)),
        Event::RunHeld(_) => (Cell::text(RUN_HELD), Cell::json(&envelope.event)),
        Event::HoldCommanded(_) => (Cell::text(HOLD_COMMANDED), Cell::json(&envelope.event)),
        other => (Cell::text(ABORT_BEGAN), Cell::json(other)),
    };
    vec![
        execution_id(run),
        ("seq", Cell::count(envelope.seq)),
        ("name", name),
        ("value", value),
        ("found_at", Cell::Time(envelope.time)),
    ]
}

/// The columns of `test_executions` that a fact fills.
pub(super) fn fact_column(name: &str, value: &Value) -> Option<Cells<'static>> {
    match name {
        DAMAGED => Some(vec![("damaged", Cell::Flag(true))]),
        PACKAGE_DIRTY => value
            .as_bool()
            .map(|dirty| vec![("package_dirty", Cell::Flag(dirty))]),
        _ => None,
    }
}

fn cause_word(cause: AbortCause) -> Cell<'static> {
    match serde_json::to_value(cause) {
        Ok(Value::String(word)) => Cell::Text(word.into()),
        _ => Cell::Null,
    }
}
