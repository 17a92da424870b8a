//! Rows of a step.

use serde_json::{Map, Value};

use super::cell::{Cell, Cells};
use super::change::{execution_id, row_id, step_result_id};
use super::ids::step_id;
use crate::event::{
    ArtifactRef, AttemptFinished, RunId, SkipReason, StepFinished, StepNo, StepStarted, Timestamp,
};
use crate::verdict::Verdict;

/// Columns that the end of a step fills, in the order of [`finished`].
const END: [&str; 17] = [
    "verdict",
    "verdict_forced",
    "true_verdict",
    "reason",
    "skip_reason",
    "error",
    "ended_at",
    "duration_ms",
    "prompt_ms",
    "held_ms",
    "attempts",
    "timeout_ms",
    "parameters",
    "outputs",
    "published",
    "unattended",
    "superseded",
];

/// Columns of `step_results` at the start, those of the end last and empty.
pub(super) fn started(run: RunId, started: &StepStarted, time: Timestamp) -> Cells<'_> {
    let parent = started.parent.map(|parent| step_id(run, parent));
    let mut cells = Vec::with_capacity(40);
    cells.extend([
        ("id", Cell::Uuid(step_id(run, started.step))),
        execution_id(run),
        ("sequence_no", Cell::Int(i64::from(started.step.0))),
        ("parent_id", parent.map_or(Cell::Null, Cell::Uuid)),
        (
            "parent_no",
            Cell::maybe_int(started.parent.map(|parent| parent.0)),
        ),
        ("position", Cell::maybe_int(started.position)),
        ("path", Cell::text(&started.path)),
        ("section", Cell::text(started.section.as_str())),
        ("name", Cell::text(&started.name)),
        (
            "name_declared",
            Cell::maybe_text(started.name_declared.as_deref()),
        ),
        ("kind", Cell::text(started.kind.as_str())),
        ("runner", Cell::maybe_text(started.runner.as_deref())),
        ("target", Cell::maybe_json(started.target.as_ref())),
        ("iteration", Cell::maybe_int(started.iteration)),
        ("execution_no", Cell::Int(i64::from(started.execution_no))),
        ("started_at", Cell::Time(time)),
    ]);
    cells.extend(END.map(|column| (column, Cell::Null)));
    cells
}

/// Columns of `step_results` at the end.
pub(super) fn finished(finished: &StepFinished, time: Timestamp) -> Cells<'_> {
    let cells = [
        Cell::text(finished.verdict.as_str()),
        Cell::Flag(finished.true_verdict.is_some()),
        Cell::maybe_text(finished.true_verdict.map(Verdict::as_str)),
        Cell::maybe_text(finished.reason.as_deref()),
        Cell::maybe_text(finished.skip_reason.map(SkipReason::as_str)),
        Cell::maybe_json(finished.error.as_ref()),
        Cell::Time(time),
        Cell::millis(finished.duration_us),
        finished.prompt_ms.map_or(Cell::Null, Cell::count),
        finished.held_ms.map_or(Cell::Null, Cell::count),
        Cell::Int(i64::from(finished.attempts)),
        finished.timeout_ms.map_or(Cell::Null, Cell::count),
        Cell::maybe_json(finished.parameters.as_ref()),
        unless_empty(&finished.outputs),
        unless_empty(&finished.published),
        Cell::Flag(finished.unattended),
        Cell::Flag(finished.superseded),
    ];
    END.into_iter().zip(cells).collect()
}

/// Columns of `step_attempts`.
pub(super) fn attempt(run: RunId, seq: u64, attempt: &AttemptFinished) -> Cells<'_> {
    vec![
        row_id(run, seq),
        execution_id(run),
        step_result_id(run, attempt.step),
        ("sequence_no", Cell::Int(i64::from(attempt.step.0))),
        ("attempt", Cell::Int(i64::from(attempt.attempt))),
        ("verdict", Cell::text(attempt.verdict.as_str())),
        ("reason", Cell::maybe_text(attempt.reason.as_deref())),
        ("error", Cell::maybe_json(attempt.error.as_ref())),
        ("started_at", Cell::Time(attempt.started_at)),
        ("duration_ms", Cell::millis(attempt.duration_us)),
        ("outputs", unless_empty(&attempt.outputs)),
    ]
}

/// Columns of `artifacts`.
pub(super) fn artifact(run: RunId, seq: u64, step: StepNo, artifact: &ArtifactRef) -> Cells<'_> {
    vec![
        row_id(run, seq),
        execution_id(run),
        step_result_id(run, step),
        ("sequence_no", Cell::Int(i64::from(step.0))),
        ("seq", Cell::count(seq)),
        ("name", Cell::text(&artifact.name)),
        ("path", Cell::text(&artifact.path)),
        ("media_type", Cell::text(&artifact.media_type)),
        ("digest", Cell::text(&artifact.digest)),
        ("size", Cell::count(artifact.size)),
    ]
}

fn unless_empty(map: &Map<String, Value>) -> Cell<'_> {
    if map.is_empty() {
        Cell::Null
    } else {
        Cell::json(map)
    }
}
