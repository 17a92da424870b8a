//! `reserved-name`.

use super::Findings;
use crate::check::view::{StepView, TestView};
use crate::diagnostic::{Code, Diagnostic};
use crate::expr::Variables;
use crate::package::model::{Named, StepKind, Value};
use crate::source::Spanned;

pub(super) fn check_test(view: &TestView<'_>, findings: &mut Findings) {
    names(&view.definition().variables, findings);
}

pub(super) fn check_step(view: &StepView<'_>, findings: &mut Findings) {
    let step = view.step;
    names(&step.outputs, findings);
    // For a sequence, parameters become variables; for a runner they are arguments.
    if matches!(step.kind, StepKind::Sequence { .. }) {
        names(&step.parameters, findings);
    }
    let input = step.prompt().and_then(|prompt| prompt.input.as_ref());
    if let Some(variable) = input.and_then(|input| input.variable.as_ref()) {
        name(variable, findings);
    }
}

fn names(values: &[Named<Value>], findings: &mut Findings) {
    for value in values {
        name(&value.name, findings);
    }
}

fn name(name: &Spanned<String>, findings: &mut Findings) {
    if Variables::is_reserved(name) {
        let message = format!("`{}` is reserved and becomes no variable", name.value);
        findings.push(
            Diagnostic::warning(Code::ReservedName, message)
                .at(name.span, "reserved name")
                .help("use another name"),
        );
    }
}
