//! The row of a question and its answer.

use super::cell::{Cell, Cells};
use super::change::{execution_id, row_id, step_result_id};
use crate::event::{Envelope, RunId, StepNo, Timestamp};
use crate::prompt::{Action, Answer, Prompt};

/// Columns of `prompt_answers` when the question is shown; the answer completes it.
pub(super) fn opened<'a>(
    run: RunId,
    envelope: &'a Envelope,
    step: StepNo,
    prompt: &'a Prompt,
) -> Cells<'a> {
    vec![
        row_id(run, envelope.seq),
        execution_id(run),
        step_result_id(run, step),
        ("sequence_no", Cell::Int(i64::from(step.0))),
        ("seq", Cell::count(envelope.seq)),
        ("prompt_id", Cell::text(&prompt.id)),
        ("title", Cell::maybe_text(prompt.title.as_deref())),
        ("message", Cell::text(&prompt.message)),
        ("image", Cell::maybe_text(prompt.image.as_deref())),
        ("image_digest", Cell::maybe_text(prompt.image_digest())),
        ("prompt", Cell::json(prompt)),
        ("opened_at", Cell::Time(envelope.time)),
    ]
}

/// Which row an answer belongs to: the question of that step under that id that is still open.
pub(super) fn open_keys(run: RunId, step: StepNo, prompt: &str) -> Cells<'_> {
    vec![
        execution_id(run),
        step_result_id(run, step),
        ("prompt_id", Cell::text(prompt)),
        ("ended_at", Cell::Null),
    ]
}

/// Columns that an answer fills.
pub(super) fn answered(answer: &Answer, time: Timestamp) -> Cells<'_> {
    vec![
        ("ended_at", Cell::Time(time)),
        ("button", Cell::maybe_text(answer.button.as_deref())),
        (
            "action",
            Cell::maybe_text(answer.action.map(Action::as_str)),
        ),
        ("raw_value", Cell::maybe_text(answer.raw.as_deref())),
        ("value", Cell::maybe_json(answer.value.as_ref())),
        ("answered_by", Cell::maybe_text(answer.by.as_deref())),
        ("front_end", Cell::maybe_text(answer.front_end.as_deref())),
        ("unattended", Cell::Flag(answer.unattended)),
        ("timed_out", Cell::Flag(answer.timed_out)),
        ("answer", Cell::json(answer)),
    ]
}
