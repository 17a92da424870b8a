//! From the record to the report: every private field passes through here on purpose.

use crate::event::{ArtifactRef, AttemptFinished, StepError, Upcoming};
use crate::measure;
use crate::record::{
    Annotation, HoldRecord, LogRecord, PromptOutcome, PromptRecord, RunRecord, StepRecord,
    VARIABLE_SET,
};
use crate::verdict::Verdict;

use super::v1;

impl<'a> From<&'a RunRecord> for v1::Report<'a> {
    fn from(record: &'a RunRecord) -> Self {
        Self {
            schema: "maestro-report-1",
            run: run(record),
            packages: packages(record),
            runners: runners(record),
            definitions: definitions(record),
            steps: record.steps.iter().map(step).collect(),
            prompts: record.prompts.iter().map(prompt).collect(),
            holds: record.holds.iter().map(hold).collect(),
            logs: record.logs.iter().map(log).collect(),
            annotations: record.annotations.iter().map(annotation).collect(),
        }
    }
}

fn run(record: &RunRecord) -> v1::Run<'_> {
    let started = &*record.started;
    let finished = record.finished.as_deref();
    let is_set = |(name, _): &&(String, serde_json::Value)| name == VARIABLE_SET;
    let sets = record.facts.iter().filter(is_set);
    let facts = record.facts.iter().filter(|fact| !is_set(fact));
    v1::Run {
        id: started.run.to_string(),
        test_name: &started.test_name,
        test_version: &started.test_version,
        device: started.device.as_deref(),
        serial_number: started.serial_number.as_deref(),
        operator_id: started.operator_id.as_deref(),
        operator_source: started.operator_source.as_str(),
        station_id: &started.station_id,
        slot: started.slot,
        host: &started.host,
        fixture_id: started.fixture_id.as_deref(),
        mode: started.mode.as_str(),
        overrides: &started.overrides,
        tags: &started.tags,
        status: record.status().as_str(),
        verdict: record.verdict().map(Verdict::as_str),
        forced: finished.is_some_and(|finished| finished.forced),
        unattended: finished.map_or(started.unattended, |finished| finished.unattended),
        abort_reason: finished.and_then(|finished| finished.abort_reason.as_deref()),
        aborted_by: finished.and_then(|finished| finished.aborted_by.as_deref()),
        cleanup: finished.map(|finished| finished.cleanup.as_str()),
        error: finished.and_then(|finished| finished.error.as_deref()),
        started_at: record.started_at.to_rfc3339(),
        ended_at: record.ended_at.map(crate::event::Timestamp::to_rfc3339),
        duration_ms: finished.map(|finished| millis(finished.duration_us)),
        held_ms: finished.and_then(|finished| finished.held_ms),
        clock_suspect: started.clock_suspect,
        damaged: record.is_damaged(),
        definition_digest: &started.definition_digest,
        definition_path: &started.definition_path,
        config_snapshot: &started.config_snapshot,
        facts: facts.cloned().collect(),
        variables_set: sets.map(|(_, value)| value).collect(),
        engine_version: &started.engine_version,
    }
}

fn annotation(annotation: &Annotation) -> v1::Annotation<'_> {
    v1::Annotation {
        kind: annotation.kind.as_str(),
        disposition: annotation.disposition.as_deref(),
        reason: &annotation.reason,
        annotated_by: &annotation.by,
        annotated_at: annotation.at.to_rfc3339(),
    }
}

fn packages(record: &RunRecord) -> Vec<v1::Package<'_>> {
    let packages = record.started.packages.iter();
    packages
        .map(|package| v1::Package {
            name: &package.name,
            version: &package.version,
            lifecycle_status: package.lifecycle_status.as_deref(),
            commit: package.commit.as_deref(),
            digest: &package.digest,
        })
        .collect()
}

fn runners(record: &RunRecord) -> Vec<v1::Runner<'_>> {
    let runners = record.runners.iter();
    runners
        .map(|runner| v1::Runner {
            runner: &runner.runner,
            generation: runner.generation,
            name: &runner.name,
            version: &runner.version,
            runtime: &runner.runtime,
        })
        .collect()
}

fn definitions(record: &RunRecord) -> Vec<v1::Definition<'_>> {
    let definitions = record.definitions.iter();
    definitions
        .map(|definition| v1::Definition {
            digest: &definition.digest,
            path: &definition.path,
            package: definition.package.as_deref(),
        })
        .collect()
}

fn step(step: &StepRecord) -> v1::Step<'_> {
    let started = &step.started;
    let finished = step.finished.as_ref();
    v1::Step {
        sequence_no: started.step.0,
        parent: started.parent.map(|parent| parent.0),
        path: &started.path,
        section: started.section.as_str(),
        name: &started.name,
        name_declared: started.name_declared.as_deref(),
        kind: started.kind.as_str(),
        runner: started.runner.as_deref(),
        target: started.target.as_ref(),
        parameters: finished.and_then(|finished| finished.parameters.as_ref()),
        iteration: started.iteration,
        execution_no: started.execution_no,
        attempts: finished.map_or(0, |finished| finished.attempts),
        verdict: step.verdict().map(Verdict::as_str),
        verdict_forced: finished.is_some_and(|finished| finished.true_verdict.is_some()),
        true_verdict: finished
            .and_then(|finished| finished.true_verdict)
            .map(Verdict::as_str),
        counted: step.is_counted(),
        unattended: finished.is_some_and(|finished| finished.unattended),
        reason: finished.and_then(|finished| finished.reason.as_deref()),
        skip_reason: finished
            .and_then(|finished| finished.skip_reason)
            .map(crate::event::SkipReason::as_str),
        started_at: step.started_at.to_rfc3339(),
        ended_at: step.ended_at.map(crate::event::Timestamp::to_rfc3339),
        duration_ms: finished.map(|finished| millis(finished.duration_us)),
        prompt_ms: finished.and_then(|finished| finished.prompt_ms),
        held_ms: finished.and_then(|finished| finished.held_ms),
        timeout_ms: finished.and_then(|finished| finished.timeout_ms),
        error: finished
            .and_then(|finished| finished.error.as_ref())
            .map(error),
        outputs: finished.map(|finished| &finished.outputs),
        measurements: step.measurements().iter().map(measurement).collect(),
        superseded_attempts: step.attempts.iter().map(attempt).collect(),
        artifacts: step.artifacts.iter().map(artifact).collect(),
    }
}

fn measurement(point: &measure::Measurement) -> v1::Measurement<'_> {
    v1::Measurement {
        measurement_name: &point.name,
        kind: point.kind.as_str(),
        origin: point.origin.as_str(),
        actual_value: point.actual_value,
        actual_text: point.actual_text.as_deref(),
        raw_value: point.raw_value.as_deref(),
        raw_unit: point.raw_unit.as_deref(),
        low_limit: point.low_limit,
        high_limit: point.high_limit,
        target: point.target,
        tolerance: point.tolerance,
        low_limit_declared: point.low_limit_declared.as_deref(),
        high_limit_declared: point.high_limit_declared.as_deref(),
        target_declared: point.target_declared.as_deref(),
        tolerance_declared: point.tolerance_declared.as_deref(),
        expected: point.expected.as_deref(),
        expected_declared: point.expected_declared.as_deref(),
        limits_source: point.limits_source.map(measure::LimitsSource::as_str),
        operator: point
            .operator
            .and_then(|operator| serde_json::to_value(operator).ok()),
        unit: point.unit.as_deref(),
        verdict: point.verdict.as_str(),
        reason: point.reason.as_deref(),
        flags: &point.flags,
    }
}

fn attempt(attempt: &AttemptFinished) -> v1::Attempt<'_> {
    v1::Attempt {
        attempt: attempt.attempt,
        verdict: attempt.verdict.as_str(),
        reason: attempt.reason.as_deref(),
        error: attempt.error.as_ref().map(error),
        started_at: attempt.started_at.to_rfc3339(),
        duration_ms: millis(attempt.duration_us),
        outputs: &attempt.outputs,
        measurements: attempt.measurements.iter().map(measurement).collect(),
    }
}

fn error(error: &StepError) -> v1::Error<'_> {
    v1::Error {
        kind: &error.kind,
        message: &error.message,
        traceback: error.traceback.as_deref(),
    }
}

fn artifact(artifact: &ArtifactRef) -> v1::Artifact<'_> {
    v1::Artifact {
        name: &artifact.name,
        path: &artifact.path,
        media_type: &artifact.media_type,
        digest: &artifact.digest,
        size: artifact.size,
    }
}

fn prompt(record: &PromptRecord) -> v1::Prompt<'_> {
    let (answer, withdrawn) = match &record.outcome {
        Some(PromptOutcome::Answered { at, answer }) => (
            Some(v1::Answer {
                at: at.to_rfc3339(),
                button: answer.button.as_deref(),
                action: answer.action.map(crate::prompt::Action::as_str),
                raw: answer.raw.as_deref(),
                value: answer.value.as_ref(),
                by: answer.by.as_deref(),
                front_end: answer.front_end.as_deref(),
                unattended: answer.unattended,
                timed_out: answer.timed_out,
            }),
            None,
        ),
        Some(PromptOutcome::Withdrawn { reason, .. }) => (None, Some(reason.as_str())),
        None => (None, None),
    };
    v1::Prompt {
        step: record.step.0,
        title: record.prompt.title.as_deref(),
        message: &record.prompt.message,
        image: record.prompt.image.as_deref(),
        image_digest: record.prompt.image_digest(),
        opened_at: record.opened_at.to_rfc3339(),
        answer,
        withdrawn,
    }
}

fn hold(record: &HoldRecord) -> v1::Hold<'_> {
    let commanded = record.commanded.as_ref().map(|(_, commanded)| commanded);
    v1::Hold {
        at: record.at.to_rfc3339(),
        because: record.held.because.as_str(),
        after: record.held.after.map(|step| step.0),
        next: match &record.held.next {
            Upcoming::Step { path, .. } | Upcoming::Ended { path, .. } => Some(path),
            Upcoming::Abort { .. } | Upcoming::End { .. } | Upcoming::Other => None,
        },
        command: commanded.map(|commanded| commanded.command.as_str()),
        by: commanded.and_then(|commanded| commanded.by.as_deref()),
        front_end: commanded.and_then(|commanded| commanded.front_end.as_deref()),
        held_ms: commanded.map(|commanded| millis(commanded.held_us)),
    }
}

fn log(log: &LogRecord) -> v1::Log<'_> {
    v1::Log {
        at: log.at.to_rfc3339(),
        step: log.step.map(|step| step.0),
        level: log.level.as_str(),
        source: &log.source,
        message: &log.message,
    }
}

/// Milliseconds with the microseconds as decimals.
fn millis(micros: u64) -> f64 {
    micros as f64 / 1_000.0
}
