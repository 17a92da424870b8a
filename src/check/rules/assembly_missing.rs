//! `assembly-missing`.

use super::Findings;
use crate::check::facts::assembly_paths;
use crate::check::view::StepView;
use crate::diagnostic::{Code, Diagnostic};
use crate::package::model::Target;

pub(super) fn check(view: &StepView<'_>, findings: &mut Findings) {
    let (Some(call), Some(existing)) = (view.step.runner(), &view.test.facts.existing) else {
        return;
    };
    let Target::Dotnet(target) = &call.target else {
        return;
    };
    let name = target.assembly.trim();
    let root = view.test.package.root_of(view.test.file);
    let paths = assembly_paths(root, name, call.runner_type.as_deref());
    if name.is_empty() || paths.iter().any(|path| existing.contains(path)) {
        return;
    }
    findings.push(
        Diagnostic::error(
            Code::AssemblyMissing,
            format!("the assembly `{name}` does not exist"),
        )
        .at(target.assembly.span, "not in `assemblies/`")
        .help("build the project and put the result into `assemblies/` of the package"),
    );
}
