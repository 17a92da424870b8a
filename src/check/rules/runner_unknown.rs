//! `runner-unknown`; silent without a station.

use super::Findings;
use crate::check::view::StepView;
use crate::diagnostic::{Code, Diagnostic, did_you_mean};

pub(super) fn check(view: &StepView<'_>, findings: &mut Findings) {
    let (Some(call), Some(runners)) = (view.step.runner(), &view.test.facts.runners) else {
        return;
    };
    let name = call.runner.trim();
    if name.is_empty() || runners.contains(name) {
        return;
    }
    let known = runners.iter().map(String::as_str);
    let help = did_you_mean(name, known.clone())
        .unwrap_or_else(|| format!("runners: {}", known.collect::<Vec<_>>().join(", ")));
    findings.push(
        Diagnostic::error(
            Code::RunnerUnknown,
            format!("the station has no runner `{name}`"),
        )
        .at(call.runner.span, "no such runner")
        .help(help),
    );
}
