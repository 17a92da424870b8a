//! `force-in-released`.

use super::Findings;
use crate::check::view::StepView;
use crate::diagnostic::{Code, Diagnostic};
use crate::package::model::Force;

pub(super) fn check(view: &StepView<'_>, findings: &mut Findings) {
    let force = view.step.force.as_ref();
    let forced = force.filter(|force| matches!(force.value, Force::Pass | Force::Fail));
    if let Some(force) = forced.filter(|_| view.test.is_released()) {
        findings.push(
            Diagnostic::warning(
                Code::ForceInReleased,
                "a forced verdict in a `Released` package",
            )
            .at(force.span, "the true verdict does not count")
            .help("remove `force`, or set `lifecycleStatus` to `Evaluation`"),
        );
    }
}
