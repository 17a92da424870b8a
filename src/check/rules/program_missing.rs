//! `program-missing`: programs with a folder in their name, which only the package can hold.

use super::Findings;
use crate::check::facts::program_path;
use crate::check::view::StepView;
use crate::diagnostic::{Code, Diagnostic};
use crate::package::model::Target;

pub(super) fn check(view: &StepView<'_>, findings: &mut Findings) {
    let (Some(call), Some(existing)) = (view.step.runner(), &view.test.facts.existing) else {
        return;
    };
    let Target::Command(target) = &call.target else {
        return;
    };
    let root = view.test.package.root_of(view.test.file);
    let path = program_path(root, &target.program);
    if path.is_none_or(|path| existing.contains(&path)) {
        return;
    }
    findings.push(
        Diagnostic::error(
            Code::ProgramMissing,
            format!("the program `{}` does not exist", target.program.value),
        )
        .at(target.program.span, "no such file")
        .help("the path is relative to the package root; a name without `/` is looked for on PATH"),
    );
}
