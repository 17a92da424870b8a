//! `cleanup-without-runner`.

use super::Findings;
use crate::check::view::TestView;
use crate::diagnostic::{Code, Diagnostic};
use crate::package::model::{Section, Step, StepKind};

pub(super) fn check(view: &TestView<'_>, findings: &mut Findings) {
    let test = view.definition();
    let reaches = |step: &Step| {
        matches!(
            step.kind,
            StepKind::Runner(_) | StepKind::Sequence { .. } | StepKind::Broken
        )
    };
    let [first, ..] = test.section(Section::Teardown) else {
        return;
    };
    let drives = test
        .setup
        .iter()
        .chain(&test.steps)
        .any(|step| reaches(step));
    if !drives || test.teardown.iter().any(|step| reaches(step)) {
        return;
    }
    let message = "no step of the teardown calls a runner, so nothing is switched off";
    findings.push(
        Diagnostic::warning(Code::CleanupWithoutRunner, message)
            .at(first.name.span, "the teardown begins here")
            .help("call the runner that holds the supply or the instrument"),
    );
}
