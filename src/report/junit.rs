//! JUnit XML, as Jenkins, GitLab and GitHub read it.
//!
//! FAIL is a failure; ERROR, ABORTED and UNDETERMINED are errors; SKIPPED is skipped. The file keeps
//! to what the schemas of Jenkins and of Maven Surefire both allow (`fixtures/junit/junit.xsd`), so
//! measurements stand in `system-out` and not in properties of a test case.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::time::Duration;

use quick_junit::{
    NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestRerun, TestSuite, XmlString,
};

use crate::event::{AttemptFinished, Section, SkipReason, StepFinished, StepNo};
use crate::measure::Measurement;
use crate::record::{LogRecord, RunRecord, StepRecord};
use crate::verdict::Verdict;

/// Renders one run as one test suite.
pub(crate) fn render(record: &RunRecord) -> String {
    let started = &record.started;
    let mut report = Report::new(started.test_name.as_str());
    let mut suite = TestSuite::new(started.test_name.as_str());
    let mut insert = |name: &str, value: String| {
        suite
            .extra
            .insert(XmlString::new(name), XmlString::new(value));
    };
    insert("timestamp", record.started_at.to_rfc3339());
    insert("hostname", started.host.clone());
    suite.add_properties(properties(record));
    let index = Index::new(record);
    for step in record.steps.iter().filter(|step| index.is_case(step)) {
        suite.add_test_case(case(record, &index, step));
    }
    if let Some(case) = case_of_the_run(record, &suite) {
        suite.add_test_case(case);
    }
    if let Some(finished) = &record.finished {
        let time = Duration::from_micros(finished.duration_us);
        suite.set_time(time);
        report.set_time(time);
    }
    report.add_test_suite(suite);
    // The writer's only failure is that of its target, and memory does not fail.
    let text = report.to_string().unwrap_or_default();
    without_skipped_total(&text)
}

/// Takes `skipped="…"` from the outermost element, where the schema of Jenkins does not know it.
fn without_skipped_total(text: &str) -> String {
    let Some(start) = text.find("<testsuites ") else {
        return text.to_owned();
    };
    let end = text[start..].find('>').map_or(text.len(), |at| start + at);
    let head = &text[start..end];
    let Some(from) = head.find(" skipped=\"") else {
        return text.to_owned();
    };
    let value = from + " skipped=\"".len();
    let to = head[value..]
        .find('"')
        .map_or(head.len(), |at| value + at + 1);
    format!(
        "{}{}{}{}",
        &text[..start],
        &head[..from],
        &head[to..],
        &text[end..]
    )
}

/// What identifies the run and the unit.
fn properties(record: &RunRecord) -> Vec<Property> {
    let started = &record.started;
    let mut list = vec![
        ("run", started.run.to_string()),
        ("test_version", started.test_version.clone()),
        ("station", started.station_id.clone()),
        ("mode", started.mode.as_str().to_owned()),
        ("definition_digest", started.definition_digest.clone()),
        ("engine_version", started.engine_version.clone()),
    ];
    let optional = [
        ("serial_number", &started.serial_number),
        ("operator", &started.operator_id),
        ("device", &started.device),
        ("fixture", &started.fixture_id),
    ];
    list.extend(
        optional
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.clone()?))),
    );
    if let Some(package) = started.packages.first() {
        list.push(("package", format!("{} {}", package.name, package.version)));
    }
    if let Some(finished) = &record.finished {
        list.push(("verdict", finished.verdict.to_string()));
        list.push(("forced", finished.forced.to_string()));
        list.push(("unattended", finished.unattended.to_string()));
        list.push(("cleanup", finished.cleanup.as_str().to_owned()));
    }
    list.into_iter()
        .map(|(name, value)| Property::new(name, value))
        .collect()
}

/// What a step is looked up in, so that a long run is read once.
struct Index<'a> {
    /// Steps that other steps belong to.
    sequences: HashSet<StepNo>,
    logs: HashMap<StepNo, Vec<&'a LogRecord>>,
}

impl<'a> Index<'a> {
    fn new(record: &'a RunRecord) -> Self {
        let parents = record.steps.iter().filter_map(|step| step.started.parent);
        let mut logs = HashMap::<_, Vec<_>>::new();
        for log in &record.logs {
            if let Some(step) = log.step {
                logs.entry(step).or_default().push(log);
            }
        }
        Self {
            sequences: parents.collect(),
            logs,
        }
    }

    /// Whether a step is a test case: a sequence is one only for measurements of its own.
    fn is_case(&self, step: &StepRecord) -> bool {
        let is_leaf = !self.sequences.contains(&step.no());
        step.is_counted() && (is_leaf || !step.measurements().is_empty())
    }
}

fn case(record: &RunRecord, index: &Index<'_>, step: &StepRecord) -> TestCase {
    let status = step.finished.as_ref().map_or_else(
        || error("ABORTED", "the run ended while this step was running"),
        |finished| status_of(finished, &step.attempts),
    );
    let mut case = TestCase::new(name_of(step), status);
    case.set_classname(class_of(record, step));
    if let Some(finished) = &step.finished {
        case.set_time(Duration::from_micros(finished.duration_us));
        let text = output_of(index, step, finished);
        if !text.is_empty() {
            case.set_system_out(text);
        }
    }
    case
}

fn name_of(step: &StepRecord) -> String {
    match step.started.iteration {
        Some(iteration) => format!("{} ({})", step.started.name, iteration + 1),
        None => step.started.name.clone(),
    }
}

/// The test and the sequences around the step, joined by dots as CI servers expect of a class.
fn class_of(record: &RunRecord, step: &StepRecord) -> String {
    let undotted = |name: &str| name.replace('.', "_");
    let mut names = Vec::new();
    let mut around = step.started.parent;
    while let Some(parent) = around.and_then(|no| record.step(no)) {
        names.push(undotted(&parent.started.name));
        around = parent.started.parent;
    }
    if step.started.section != Section::Steps {
        names.push(step.started.section.as_str().to_owned());
    }
    names.push(undotted(&record.started.test_name));
    names.reverse();
    names.join(".")
}

fn status_of(finished: &StepFinished, attempts: &[AttemptFinished]) -> TestCaseStatus {
    let reason = finished.reason.as_deref().unwrap_or_default();
    let mut status = match finished.verdict {
        Verdict::Pass => TestCaseStatus::success(),
        Verdict::Skipped => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(finished.skip_reason.map_or("skipped", SkipReason::as_str));
            return status;
        }
        Verdict::Fail => non_success(NonSuccessKind::Failure, "FAIL", reason),
        other => error(other.as_str(), reason),
    };
    if let Some(trouble) = &finished.error {
        let traceback = trouble.traceback.as_deref().unwrap_or(&trouble.message);
        status
            .set_type(trouble.kind.as_str())
            .set_description(traceback);
    }
    // The schemas want failures before errors, and after an `error` no `rerunFailure`.
    let (failed, others) = attempts
        .iter()
        .partition::<Vec<_>, _>(|attempt| attempt.verdict == Verdict::Fail);
    for attempt in failed.into_iter().chain(others) {
        status.add_rerun(rerun(attempt, finished.verdict));
    }
    status
}

fn error(kind: &str, message: &str) -> TestCaseStatus {
    non_success(NonSuccessKind::Error, kind, message)
}

fn non_success(kind: NonSuccessKind, ty: &str, message: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(ty).set_message(message);
    status
}

/// A superseded attempt; retest-until-pass leaves its trace as a flaky failure.
fn rerun(attempt: &AttemptFinished, last: Verdict) -> TestRerun {
    let is_failure =
        attempt.verdict == Verdict::Fail && matches!(last, Verdict::Fail | Verdict::Pass);
    let kind = if is_failure {
        NonSuccessKind::Failure
    } else {
        NonSuccessKind::Error
    };
    let mut rerun = TestRerun::new(kind);
    let reason = attempt.reason.as_deref().unwrap_or_default();
    let trace = attempt
        .error
        .as_ref()
        .and_then(|error| error.traceback.as_deref());
    rerun
        .set_type(attempt.verdict.as_str())
        .set_message(reason)
        .set_stack_trace(trace.unwrap_or(reason));
    let measured = measurement_lines(&attempt.measurements);
    if !measured.is_empty() {
        rerun.set_system_out(measured);
    }
    rerun
}

/// Measurements and log of a step.
fn output_of(index: &Index<'_>, step: &StepRecord, finished: &StepFinished) -> String {
    let mut text = measurement_lines(&finished.measurements);
    if let Some(verdict) = finished.true_verdict {
        let _ = writeln!(text, "forced: the verdict was {verdict}");
    }
    if finished.unattended {
        text.push_str("unattended: nobody answered\n");
    }
    for log in index.logs.get(&step.no()).into_iter().flatten() {
        let _ = writeln!(
            text,
            "[{}] {}: {}",
            log.level.as_str(),
            log.source,
            log.message
        );
    }
    text
}

fn measurement_lines(measurements: &[Measurement]) -> String {
    let mut text = String::new();
    for measurement in measurements {
        let limits = measurement.limits_text();
        let gap = if limits.is_empty() { "" } else { " " };
        let value = measurement.value_text();
        let _ = writeln!(
            text,
            "{} = {value}{gap}{limits} {}",
            measurement.name, measurement.verdict
        );
    }
    text
}

/// A case for a run that failed although none of its steps did, such as after its own timeout.
fn case_of_the_run(record: &RunRecord, suite: &TestSuite) -> Option<TestCase> {
    let Some(finished) = &record.finished else {
        let status = error("Running", "the run has not ended");
        return Some(TestCase::new("the run as a whole", status));
    };
    let is_told = suite.failures + suite.errors > 0;
    if !finished.verdict.is_failing() || is_told {
        return None;
    }
    let message = [&finished.error, &finished.abort_reason]
        .into_iter()
        .find_map(|text| text.as_deref())
        .unwrap_or("no step was judged");
    let status = match finished.verdict {
        Verdict::Fail => non_success(NonSuccessKind::Failure, "FAIL", message),
        other => error(other.as_str(), message),
    };
    let mut case = TestCase::new("the run as a whole", status);
    case.set_classname(record.started.test_name.as_str())
        .set_time(Duration::ZERO);
    Some(case)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::event::sample::{Stage, eventful};

    fn report(stage: &Stage) -> String {
        render(&RunRecord::from_events(&stage.events).unwrap())
    }

    fn step(verdict: &str) -> String {
        let mut stage = Stage::new(1);
        let step = stage.start("Ask", json!({}));
        stage.finish(step, verdict, json!({"reason": "because"}));
        stage.end(verdict, json!({}));
        report(&stage)
    }

    #[test]
    fn each_verdict_has_its_element() {
        assert!(!step("PASS").contains("message="));
        assert!(step("FAIL").contains(r#"<failure message="because" type="FAIL"/>"#));
        for verdict in ["ERROR", "ABORTED", "UNDETERMINED"] {
            let element = format!(r#"<error message="because" type="{verdict}"/>"#);
            assert!(step(verdict).contains(&element), "{verdict}");
        }
        assert!(step("SKIPPED").contains(r#"<skipped message="skipped"/>"#));
    }

    #[test]
    fn eventful_run_as_junit() {
        insta::assert_snapshot!(report(&eventful()));
    }

    #[test]
    fn run_that_fails_without_a_failing_step_is_a_case_of_its_own() {
        let mut stage = Stage::new(1);
        let step = stage.start("Ask", json!({}));
        stage.finish(step, "PASS", json!({}));
        stage.end(
            "ABORTED",
            json!({"abort_reason": "the run took longer than 5 s"}),
        );
        let text = report(&stage);
        assert!(
            text.contains(r#"tests="2" skipped="0" errors="1""#),
            "{text}"
        );
        assert!(text.contains("the run took longer than 5 s"), "{text}");
    }

    #[test]
    fn run_that_never_ended_is_an_error() {
        let mut stage = Stage::new(1);
        stage.start("Ask", json!({}));
        let text = report(&stage);
        assert!(
            text.contains("the run ended while this step was running"),
            "{text}"
        );
        assert!(text.contains("the run has not ended"), "{text}");
    }
}
