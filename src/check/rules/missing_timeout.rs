//! `missing-timeout`, and the timeout that `interruptible: false` needs.

use super::Findings;
use crate::check::view::StepView;
use crate::diagnostic::{Code, Diagnostic};

pub(super) fn check(view: &StepView<'_>, findings: &mut Findings) {
    let step = view.step;
    let Some(call) = step.runner().filter(|_| step.timeout_ms.is_none()) else {
        return;
    };
    if let Some(flag) = step.interruptible.as_ref().filter(|flag| !flag.value) {
        let message = "timeout_ms is required with `interruptible: false`";
        findings.push(
            Diagnostic::error(Code::MissingField, message)
                .at(flag.span, "an abort would wait for ever")
                .help("add `timeout_ms:`, the longest time that the step may take"),
        );
        return;
    }
    // The station's default, or its limit for cleanup, ends the step.
    let is_limited = view.test.facts.has_default_timeout || view.is_cleanup();
    if is_limited || !step.is_enabled() {
        return;
    }
    let message = format!("the {} step has no `timeout_ms`", call.runner.value);
    findings.push(
        Diagnostic::warning(Code::MissingTimeout, message)
            .at(step.name.span, "could wait for ever")
            .help("add `timeout_ms:`, in milliseconds for each attempt"),
    );
}
