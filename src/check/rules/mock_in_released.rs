//! `mock-in-released`.

use super::Findings;
use crate::check::view::StepView;
use crate::diagnostic::{Code, Diagnostic};
use crate::package::model::StepKind;

pub(super) fn check(view: &StepView<'_>, findings: &mut Findings) {
    if matches!(view.step.kind, StepKind::Mock) && view.step.is_enabled() && view.test.is_released()
    {
        findings.push(
            Diagnostic::warning(Code::MockInReleased, "a mock step in a `Released` package")
                .at(view.step.name.span, "measures nothing")
                .help("call the real thing, or set `lifecycleStatus` to `Evaluation`"),
        );
    }
}
