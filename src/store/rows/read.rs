//! From rows to records.
//!
//! A database hands each row in as [`Columns`]; which columns a query must name is said by the
//! constants here.

use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use super::run::{ABORT_BEGAN, HOLD_COMMANDED, RUN_HELD, SUSPENSION};
use crate::event::{
    ArtifactRef, AttemptFinished, Envelope, Event, FORMAT_VERSION, PackageIdent, RunFinished,
    RunId, RunStarted, RunStatus, RunnerFacts, StepFinished, StepNo, StepStarted, Timestamp,
};
use crate::measure::Measurement;
use crate::prompt::Prompt;
use crate::record::OPERATOR_CHANGED;
use crate::record::{
    DefinitionRecord, LogRecord, PromptOutcome, PromptRecord, RunRecord, RunSummary, StepRecord,
};

/// What a list says of a run beside its columns; `runs` is what the query calls them.
pub(crate) fn summary_columns(runs: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM voided_executions v WHERE v.execution_id = {runs}.id) AS voided, \
         (SELECT a.disposition FROM annotations a \
          WHERE a.execution_id = {runs}.id AND a.kind = 'disposition' \
          ORDER BY a.annotated_at DESC, a.id DESC LIMIT 1) AS disposition"
    )
}

/// A row, read by the names of its columns.
pub(crate) trait Columns {
    fn text(&self, column: &str) -> Result<Option<String>, ReadError>;
    fn int(&self, column: &str) -> Result<Option<i64>, ReadError>;
    fn real(&self, column: &str) -> Result<Option<f64>, ReadError>;
    fn time(&self, column: &str) -> Result<Option<Timestamp>, ReadError>;
    fn uuid(&self, column: &str) -> Result<Option<Uuid>, ReadError>;
}

/// A row that does not say what it should.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column `{column}`: {reason}")]
pub(crate) struct ReadError {
    pub(crate) column: String,
    pub(crate) reason: String,
}

impl ReadError {
    pub(crate) fn new(column: &str, reason: &impl ToString) -> Self {
        Self {
            column: column.to_owned(),
            reason: reason.to_string(),
        }
    }
}

/// A line of a list, from `test_executions` and those of [`summary_columns`].
pub(crate) fn summary(row: &impl Columns) -> Result<RunSummary, ReadError> {
    Ok(RunSummary {
        run: run_id(row)?,
        test_name: text(row, "test_name")?,
        test_version: text(row, "test_version")?,
        package_name: row.text("package_name")?,
        package_version: row.text("package_version")?,
        serial_number: row.text("serial_number")?,
        operator_id: row.text("operator_id")?,
        station_id: text(row, "station_id")?,
        tags: json(row, "tags")?.unwrap_or_default(),
        mode: word(row, "mode")?,
        status: word(row, "status")?,
        verdict: maybe_word(row, "verdict")?,
        forced: flag(row, "forced")?,
        unattended: flag(row, "unattended")?,
        damaged: flag(row, "damaged")?,
        voided: flag(row, "voided")?,
        disposition: row.text("disposition")?,
        started_at: needed(row.time("started_at")?, "started_at")?,
        duration_ms: row.real("duration_ms")?.map(|millis| millis.round() as u64),
        last_seen_at: needed(row.time("last_seen_at")?, "last_seen_at")?,
        failing: Vec::new(),
    })
}

/// The head and the end of a run, from `test_executions`.
pub(crate) fn run(row: &impl Columns, packages: Vec<PackageIdent>) -> Result<RunRecord, ReadError> {
    let started = RunStarted {
        run: run_id(row)?,
        test_name: text(row, "test_name")?,
        test_version: text(row, "test_version")?,
        device: row.text("device")?,
        packages,
        definition_digest: text(row, "definition_digest")?,
        definition_path: text(row, "definition_path")?,
        serial_number: row.text("serial_number")?,
        operator_id: row.text("operator_id")?,
        operator_source: word(row, "operator_source")?,
        station_id: text(row, "station_id")?,
        slot: number(row, "slot")?,
        host: text(row, "host")?,
        fixture_id: row.text("fixture_id")?,
        mode: word(row, "mode")?,
        overrides: json(row, "overrides")?.unwrap_or_default(),
        unattended: flag(row, "unattended")?,
        tags: json(row, "tags")?.unwrap_or_default(),
        config_snapshot: json(row, "config_snapshot")?.unwrap_or_default(),
        clock_suspect: flag(row, "clock_suspect")?,
        steps_planned: number(row, "steps_planned")?,
        engine_version: text(row, "engine_version")?,
        pid: number(row, "pid")?,
    };
    let started_at = needed(row.time("started_at")?, "started_at")?;
    let mut record = RunRecord::from_head(Box::new(started), started_at);
    record.last_seen_at = needed(row.time("last_seen_at")?, "last_seen_at")?;
    let status: RunStatus = word(row, "status")?;
    if status != RunStatus::Running {
        record.finished = Some(Box::new(run_end(row, status)?));
        record.ended_at = row.time("ended_at")?;
    }
    Ok(record)
}

fn run_end(row: &impl Columns, status: RunStatus) -> Result<RunFinished, ReadError> {
    Ok(RunFinished {
        verdict: word(row, "verdict")?,
        status,
        abort_cause: maybe_word(row, "abort_cause")?,
        abort_reason: row.text("abort_reason")?,
        aborted_by: row.text("aborted_by")?,
        cleanup: word(row, "cleanup")?,
        forced: flag(row, "forced")?,
        unattended: flag(row, "unattended")?,
        duration_us: micros(row, "duration_ms")?,
        held_ms: row.int("held_ms")?.map(|millis| millis as u64),
        error: row.text("error")?,
        counts: json(row, "step_counts")?.unwrap_or_default(),
    })
}

/// A row of `execution_packages`.
pub(crate) fn package(row: &impl Columns) -> Result<PackageIdent, ReadError> {
    Ok(PackageIdent {
        name: text(row, "name")?,
        version: text(row, "version")?,
        lifecycle_status: row.text("lifecycle_status")?,
        commit: row.text("commit_id")?,
        digest: text(row, "digest")?,
    })
}

/// A row of `step_results`, without its measurements.
pub(crate) fn step(row: &impl Columns) -> Result<StepRecord, ReadError> {
    let started = StepStarted {
        step: StepNo(number(row, "sequence_no")?),
        parent: row.int("parent_no")?.map(|no| StepNo(no as u32)),
        position: row.int("position")?.map(|position| position as u32),
        path: text(row, "path")?,
        section: word(row, "section")?,
        name: text(row, "name")?,
        name_declared: row.text("name_declared")?,
        kind: word(row, "kind")?,
        runner: row.text("runner")?,
        target: json(row, "target")?,
        iteration: row.int("iteration")?.map(|iteration| iteration as u32),
        execution_no: number(row, "execution_no")?,
    };
    let no = started.step;
    let at = needed(row.time("started_at")?, "started_at")?;
    let mut record = StepRecord::begin(started, at);
    if row.text("verdict")?.is_some() {
        record.finished = Some(step_end(row, no)?);
        record.ended_at = row.time("ended_at")?;
    }
    Ok(record)
}

fn step_end(row: &impl Columns, step: StepNo) -> Result<StepFinished, ReadError> {
    Ok(StepFinished {
        step,
        verdict: word(row, "verdict")?,
        true_verdict: maybe_word(row, "true_verdict")?,
        reason: row.text("reason")?,
        skip_reason: maybe_word(row, "skip_reason")?,
        error: json(row, "error")?,
        duration_us: micros(row, "duration_ms")?,
        prompt_ms: row.int("prompt_ms")?.map(|millis| millis as u64),
        held_ms: row.int("held_ms")?.map(|millis| millis as u64),
        attempts: number(row, "attempts")?,
        timeout_ms: row.int("timeout_ms")?.map(|millis| millis as u64),
        parameters: json(row, "parameters")?,
        outputs: json(row, "outputs")?.unwrap_or_default(),
        published: json(row, "published")?.unwrap_or_default(),
        unset: Vec::new(),
        measurements: Vec::new(),
        unattended: flag(row, "unattended")?,
        superseded: flag(row, "superseded")?,
    })
}

/// A row of `step_attempts`, without its measurements.
pub(crate) fn attempt(row: &impl Columns) -> Result<AttemptFinished, ReadError> {
    Ok(AttemptFinished {
        step: StepNo(number(row, "sequence_no")?),
        attempt: number(row, "attempt")?,
        verdict: word(row, "verdict")?,
        reason: row.text("reason")?,
        error: json(row, "error")?,
        started_at: needed(row.time("started_at")?, "started_at")?,
        duration_us: micros(row, "duration_ms")?,
        outputs: json(row, "outputs")?.unwrap_or_default(),
        unset: Vec::new(),
        measurements: Vec::new(),
    })
}

/// A row of `measurements` or `measurement_attempts`.
pub(crate) fn measurement(row: &impl Columns) -> Result<Measurement, ReadError> {
    Ok(Measurement {
        position: number(row, "position")?,
        name: text(row, "measurement_name")?,
        kind: word(row, "kind")?,
        origin: word(row, "origin")?,
        actual_value: row.real("actual_value")?,
        actual_text: row.text("actual_text")?,
        raw_value: row.text("raw_value")?,
        raw_unit: row.text("raw_unit")?,
        low_limit: row.real("low_limit")?,
        high_limit: row.real("high_limit")?,
        target: row.real("target")?,
        tolerance: row.real("tolerance")?,
        low_limit_declared: row.text("low_limit_declared")?,
        high_limit_declared: row.text("high_limit_declared")?,
        target_declared: row.text("target_declared")?,
        tolerance_declared: row.text("tolerance_declared")?,
        expected: row.text("expected")?,
        expected_declared: row.text("expected_declared")?,
        limits_source: maybe_word(row, "limits_source")?,
        operator: maybe_word(row, "operator")?,
        unit: row.text("unit")?,
        verdict: word(row, "verdict")?,
        reason: row.text("reason")?,
        flags: json(row, "flags")?.unwrap_or_default(),
    })
}

/// A row of `prompt_answers`.
pub(crate) fn prompt(row: &impl Columns) -> Result<PromptRecord, ReadError> {
    let prompt: Option<Box<Prompt>> = json(row, "prompt")?;
    let answer = json(row, "answer")?;
    let outcome = match (row.time("ended_at")?, answer, row.text("withdrawn")?) {
        (Some(at), Some(answer), _) => Some(PromptOutcome::Answered { at, answer }),
        (Some(at), None, Some(reason)) => Some(PromptOutcome::Withdrawn { at, reason }),
        _ => None,
    };
    Ok(PromptRecord {
        step: StepNo(number(row, "sequence_no")?),
        prompt: needed(prompt, "prompt")?,
        opened_at: needed(row.time("opened_at")?, "opened_at")?,
        outcome,
    })
}

/// A row of `execution_runners`.
pub(crate) fn runner(row: &impl Columns) -> Result<RunnerFacts, ReadError> {
    Ok(RunnerFacts {
        runner: text(row, "runner")?,
        generation: number(row, "generation")?,
        pid: number(row, "pid")?,
        name: text(row, "name")?,
        version: text(row, "version")?,
        runtime: text(row, "runtime")?,
        start_ms: needed(row.int("start_ms")?, "start_ms")? as u64,
    })
}

/// A row of `execution_definitions`.
pub(crate) fn definition(row: &impl Columns) -> Result<DefinitionRecord, ReadError> {
    Ok(DefinitionRecord {
        digest: text(row, "digest")?,
        path: text(row, "path")?,
        package: row.text("package")?,
    })
}

/// A row of `execution_logs`.
pub(crate) fn log(row: &impl Columns) -> Result<LogRecord, ReadError> {
    Ok(LogRecord {
        at: needed(row.time("logged_at")?, "logged_at")?,
        step: row.int("sequence_no")?.map(|no| StepNo(no as u32)),
        level: word(row, "level")?,
        source: text(row, "source")?,
        message: text(row, "message")?,
    })
}

/// A row of `artifacts`, with the step that it belongs to.
pub(crate) fn artifact(row: &impl Columns) -> Result<(StepNo, ArtifactRef), ReadError> {
    let artifact = ArtifactRef {
        name: text(row, "name")?,
        path: text(row, "path")?,
        media_type: text(row, "media_type")?,
        digest: text(row, "digest")?,
        size: needed(row.int("size")?, "size")? as u64,
    };
    Ok((StepNo(number(row, "sequence_no")?), artifact))
}

/// The step that a row of a side table belongs to.
pub(crate) fn step_no(row: &impl Columns) -> Result<StepNo, ReadError> {
    Ok(StepNo(number(row, "sequence_no")?))
}

/// A row of `execution_facts` as the event that made it; `None` where no record shows it.
pub(crate) fn fact(row: &impl Columns) -> Result<Option<Envelope>, ReadError> {
    let name = text(row, "name")?;
    let event = match name.as_str() {
        SUSPENSION => return Ok(None),
        ABORT_BEGAN | RUN_HELD | HOLD_COMMANDED | OPERATOR_CHANGED => {
            needed(json(row, "value")?, "value")?
        }
        _ => Event::FactFound {
            name,
            value: json(row, "value")?.unwrap_or_default(),
        },
    };
    Ok(Some(Envelope {
        v: FORMAT_VERSION,
        seq: needed(row.int("seq")?, "seq")? as u64,
        time: needed(row.time("found_at")?, "found_at")?,
        event,
    }))
}

/// The id of a run.
pub(crate) fn run_id(row: &impl Columns) -> Result<RunId, ReadError> {
    Ok(RunId(needed(row.uuid("id")?, "id")?))
}

/// The number of an attempt.
pub(crate) fn attempt_no(row: &impl Columns) -> Result<u32, ReadError> {
    number(row, "attempt")
}

/// The name of a measurement.
pub(crate) fn measurement_name(row: &impl Columns) -> Result<String, ReadError> {
    text(row, "measurement_name")
}

/// The number of the last event of a run.
pub(crate) fn last_seq(row: &impl Columns) -> Result<u64, ReadError> {
    Ok(row.int("last_seq")?.unwrap_or(0) as u64)
}

pub(super) fn needed<T>(value: Option<T>, column: &str) -> Result<T, ReadError> {
    value.ok_or_else(|| ReadError::new(column, &"it is empty"))
}

pub(super) fn text(row: &impl Columns, column: &str) -> Result<String, ReadError> {
    needed(row.text(column)?, column)
}

fn number(row: &impl Columns, column: &str) -> Result<u32, ReadError> {
    let number = needed(row.int(column)?, column)?;
    u32::try_from(number).map_err(|error| ReadError::new(column, &error))
}

fn flag(row: &impl Columns, column: &str) -> Result<bool, ReadError> {
    Ok(row.int(column)?.unwrap_or(0) != 0)
}

fn micros(row: &impl Columns, column: &str) -> Result<u64, ReadError> {
    Ok((row.real(column)?.unwrap_or(0.0) * 1000.0).round() as u64)
}

fn json<T: DeserializeOwned>(row: &impl Columns, column: &str) -> Result<Option<T>, ReadError> {
    row.text(column)?
        .map(|text| serde_json::from_str(&text).map_err(|error| ReadError::new(column, &error)))
        .transpose()
}

/// An enumeration by its stored word.
pub(super) fn word<T: DeserializeOwned>(row: &impl Columns, column: &str) -> Result<T, ReadError> {
    needed(maybe_word(row, column)?, column)
}

fn maybe_word<T: DeserializeOwned>(
    row: &impl Columns,
    column: &str,
) -> Result<Option<T>, ReadError> {
    row.text(column)?
        .map(|text| {
            serde_json::from_value(Value::String(text))
                .map_err(|error| ReadError::new(column, &error))
        })
        .transpose()
}
