//! One step of a report: its verdict, why, its measurements, and what it was called with.

use serde::Serialize;
use serde_json::{Map, Value};

use super::head::{class, duration};
use super::ledger::FileView;
use super::measurement::MeasurementView;
use crate::event::{AttemptFinished, StepError};
use crate::record::{StepRecord, duration_text, name_of, shape, skip_text};
use crate::report::Subject;
use crate::verdict::Verdict;

/// View of `step.html.j2`.
#[derive(Debug, Serialize)]
pub(in crate::report) struct StepView<'a> {
    no: u32,
    class: &'static str,
    shape: &'static str,
    word: &'static str,
    name: String,
    kind: &'static str,
    /// What the verdict rests on and does not show.
    remarks: Vec<String>,
    time: String,
    reason: Option<String>,
    error: Option<ErrorView<'a>>,
    measurements: Vec<MeasurementView<'a>>,
    attempts: Vec<AttemptView<'a>>,
    files: Vec<FileView<'a>>,
    /// Names and texts that say how the step was executed.
    details: Vec<(&'static str, String)>,
    /// Names and JSON.
    values: Vec<(&'static str, String)>,
    is_sequence: bool,
    is_open: bool,
}

/// An attempt that was followed by another.
#[derive(Debug, Serialize)]
struct AttemptView<'a> {
    /// What stands for the step in the names of anchors.
    no: String,
    number: u32,
    class: &'static str,
    shape: &'static str,
    verdict: &'static str,
    time: String,
    reason: Option<&'a str>,
    error: Option<ErrorView<'a>>,
    measurements: Vec<MeasurementView<'a>>,
    outputs: Option<String>,
}

/// What kept a step from being carried out.
#[derive(Debug, Serialize)]
struct ErrorView<'a> {
    line: String,
    traceback: Option<&'a str>,
}

impl<'a> ErrorView<'a> {
    fn new(error: &'a StepError) -> Self {
        let StepError { kind, message, .. } = error;
        Self {
            // Many runners begin the message with the kind.
            line: if message.starts_with(kind.as_str()) {
                message.clone()
            } else {
                format!("{kind}: {message}")
            },
            traceback: error.traceback.as_deref(),
        }
    }
}

/// How a step stands in the tree.
#[derive(Debug, Clone, Copy)]
pub(in crate::report) struct Standing {
    pub(in crate::report) is_sequence: bool,
    pub(in crate::report) is_open: bool,
}

impl<'a> StepView<'a> {
    pub(in crate::report) fn new(
        step: &'a StepRecord,
        standing: Standing,
        subject: &Subject<'_>,
    ) -> Self {
        let finished = step.finished.as_ref();
        let verdict = step.verdict();
        let measurements = step.measurements().iter();
        Self {
            no: step.no().0,
            class: class(verdict),
            shape: verdict.map_or("…", shape),
            word: word(step),
            name: name_of(&step.started),
            kind: step.started.kind.as_str(),
            remarks: remarks(step),
            time: finished
                .map(|end| duration_text(end.duration_us))
                .unwrap_or_default(),
            reason: reason(step).filter(|reason| !is_told_by_error(reason, step)),
            error: finished
                .and_then(|end| end.error.as_ref())
                .map(ErrorView::new),
            measurements: measurements
                .map(|point| MeasurementView::new(point, &step.artifacts, subject))
                .collect(),
            attempts: step
                .attempts
                .iter()
                .map(|attempt| AttemptView::new(attempt, step, subject))
                .collect(),
            files: step
                .artifacts
                .iter()
                .map(|file| FileView::new(file, subject))
                .collect(),
            details: details(step, subject),
            values: values(step),
            is_sequence: standing.is_sequence,
            is_open: standing.is_open,
        }
    }
}

impl<'a> AttemptView<'a> {
    fn new(attempt: &'a AttemptFinished, step: &'a StepRecord, subject: &Subject<'_>) -> Self {
        let points = attempt.measurements.iter();
        Self {
            no: format!("{}-a{}", step.no().0, attempt.attempt),
            number: attempt.attempt,
            class: class(Some(attempt.verdict)),
            shape: shape(attempt.verdict),
            verdict: attempt.verdict.as_str(),
            time: duration_text(attempt.duration_us),
            reason: attempt.reason.as_deref(),
            error: attempt.error.as_ref().map(ErrorView::new),
            measurements: points
                .map(|point| MeasurementView::new(point, &step.artifacts, subject))
                .collect(),
            outputs: pretty(&attempt.outputs),
        }
    }
}

/// Whether the error, which stands below, says the same.
fn is_told_by_error(reason: &str, step: &StepRecord) -> bool {
    let error = step.finished.as_ref().and_then(|end| end.error.as_ref());
    error.is_some_and(|error| reason.ends_with(&error.message))
}

fn word(step: &StepRecord) -> &'static str {
    step.verdict().map_or("not finished", Verdict::as_str)
}

fn remarks(step: &StepRecord) -> Vec<String> {
    let mut remarks = Vec::new();
    if let Some(finished) = &step.finished {
        if let Some(verdict) = finished.true_verdict {
            remarks.push(format!("forced, was {verdict}"));
        }
        if finished.unattended {
            remarks.push("unattended".to_owned());
        }
    }
    if !step.is_counted() {
        remarks.push("not counted".to_owned());
    }
    if !step.attempts.is_empty() {
        remarks.push(format!("{} attempts", step.attempts.len() + 1));
    }
    remarks
}

fn reason(step: &StepRecord) -> Option<String> {
    let finished = step.finished.as_ref()?;
    if finished.verdict == Verdict::Skipped {
        let skipped = finished.skip_reason.map(skip_text);
        return skipped.map(|text| format!("skipped: {text}"));
    }
    finished.reason.clone()
}

fn details(step: &StepRecord, subject: &Subject<'_>) -> Vec<(&'static str, String)> {
    let started = &step.started;
    let mut list = vec![("Path", started.path.clone())];
    let mut add = |name, text: Option<String>| list.extend(text.map(|text| (name, text)));
    add("Started", Some(subject.time_of_day(step.started_at)));
    add("Runner", started.runner.clone());
    add("Calls", started.target.as_ref().map(Value::to_string));
    add("Name as declared", started.name_declared.clone());
    if let Some(finished) = &step.finished {
        add(
            "Limit of an attempt",
            finished.timeout_ms.map(|ms| duration_text(ms * 1000)),
        );
        add(
            "Question open",
            finished.prompt_ms.map(|ms| duration_text(ms * 1000)),
        );
        let held = finished
            .held_ms
            .map(|_| duration(finished.duration_us, finished.held_ms));
        add("Duration", held);
    }
    list
}

fn values(step: &StepRecord) -> Vec<(&'static str, String)> {
    let Some(finished) = &step.finished else {
        return Vec::new();
    };
    let parameters = finished.parameters.as_ref().and_then(pretty);
    let maps = [
        ("Parameters", parameters),
        ("Returned", pretty(&finished.outputs)),
        ("Published", pretty(&finished.published)),
    ];
    maps.into_iter()
        .filter_map(|(name, text)| Some((name, text?)))
        .collect()
}

/// A map as a person reads JSON: a line for each key.
pub(super) fn pretty(map: &Map<String, Value>) -> Option<String> {
    if map.is_empty() {
        return None;
    }
    let lines = map.iter().map(|(key, value)| format!("{key}: {value}"));
    Some(lines.collect::<Vec<_>>().join("\n"))
}
