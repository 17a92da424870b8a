//! `control-contradiction`: control fields that contradict each other or can have no effect.

use super::Findings;
use crate::check::view::StepView;
use crate::diagnostic::{Code, Diagnostic};
use crate::package::model::{Force, Step, StepKind, Templated};
use crate::source::Span;

pub(super) fn check(view: &StepView<'_>, findings: &mut Findings) {
    let step = view.step;
    force(step, findings);
    if let Some(retry) = step.retry.as_ref().filter(|retry| retry.count.value == 0) {
        let message = "`retry` with a count of 0 makes no further attempt";
        push(
            findings,
            message,
            retry.count.span,
            "no effect",
            "remove `retry`, or count 1 or more",
        );
    }
    constant_precondition(step, findings);
    delay_beyond_timeout(step, findings);
}

fn force(step: &Step, findings: &mut Findings) {
    let Some(force) = &step.force else {
        return;
    };
    if !step.is_enabled() {
        let message = "`enabled: false` beats `force`, so the step is skipped";
        push(
            findings,
            message,
            force.span,
            "no effect",
            "remove one of them",
        );
        return;
    }
    match force.value {
        Force::Run if step.precondition.is_none() => {
            let message = "`force: run` runs a step against its precondition, and there is none";
            push(findings, message, force.span, "no effect", "remove `force`");
        }
        Force::Pass | Force::Fail if step.retry.is_some() => {
            let message = "a forced step makes one attempt, so `retry` has no effect";
            push(
                findings,
                message,
                force.span,
                "one attempt only",
                "remove one of them",
            );
        }
        _ => {}
    }
}

fn constant_precondition(step: &Step, findings: &mut Findings) {
    let Some(precondition) = &step.precondition else {
        return;
    };
    let text = precondition.trim();
    if text.eq_ignore_ascii_case("false") {
        let message = "the precondition never holds, so the step is always skipped";
        let help = "write `enabled: false` to switch a step off";
        push(findings, message, precondition.span, "never true", help);
    } else if text.eq_ignore_ascii_case("true") {
        let message = "the precondition always holds";
        push(
            findings,
            message,
            precondition.span,
            "no effect",
            "remove it",
        );
    }
}

fn delay_beyond_timeout(step: &Step, findings: &mut Findings) {
    let StepKind::Delay { duration } = &step.kind else {
        return;
    };
    let Some(timeout) = &step.timeout_ms else {
        return;
    };
    let (Templated::Literal(seconds), Templated::Literal(limit)) =
        (&duration.value, &timeout.value)
    else {
        return;
    };
    if seconds * 1000.0 > *limit as f64 {
        let message = format!("a delay of {seconds} s never ends within {limit} ms");
        let help = "`duration` is in seconds, `timeout_ms` in milliseconds";
        push(
            findings,
            &message,
            timeout.span,
            "ends the step before",
            help,
        );
    }
}

fn push(findings: &mut Findings, message: &str, span: Span, label: &str, help: &str) {
    findings.push(
        Diagnostic::warning(Code::ControlContradiction, message)
            .at(span, label)
            .help(help),
    );
}
