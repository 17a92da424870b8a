//! `template-not-rendered`: braces where they stay as they are.

use super::Findings;
use crate::check::view::TestView;
use crate::diagnostic::{Code, Diagnostic};
use crate::package::model::{Value, has_template};
use crate::source::Span;

pub(super) fn check(view: &TestView<'_>, findings: &mut Findings) {
    let test = view.definition();
    let texts = [Some(&test.name), Some(&test.version), test.device.as_ref()];
    for text in texts.into_iter().flatten() {
        look(text, text.span, findings);
    }
    for tag in &test.tags {
        look(&tag.value, tag.value.span, findings);
    }
    for variable in &test.variables {
        look_in(&variable.value, findings);
    }
    for (_, step) in test.all_steps() {
        if let crate::package::model::StepKind::Sequence { path } = &step.kind {
            look(path, path.span, findings);
        }
        if let Some(call) = step.runner() {
            look(&call.runner, call.runner.span, findings);
        }
    }
}

fn look_in(value: &Value, findings: &mut Findings) {
    match value {
        Value::Scalar(scalar) => look(&scalar.text, scalar.span, findings),
        Value::Template(text) => look(text, text.span, findings),
        Value::List(items) => items.iter().for_each(|item| look_in(item, findings)),
        Value::Map(entries) => entries.iter().for_each(|e| look_in(&e.value, findings)),
    }
}

fn look(text: &str, span: Span, findings: &mut Findings) {
    if has_template(text) {
        findings.push(
            Diagnostic::warning(Code::TemplateNotRendered, "templates are not rendered here")
                .at(span, "stays as it is")
                .help("set the variable in `outputs` of a step, where templates work"),
        );
    }
}
