//! `template-syntax`, `expression-syntax` and `template-in-expression`.

use super::Findings;
use crate::check::texts::texts;
use crate::check::view::StepView;
use crate::diagnostic::{Code, Diagnostic};
use crate::expr::{Condition, ExprError, Template};
use crate::package::model::has_template;
use crate::source::{Span, Spanned};

pub(super) fn check(view: &StepView<'_>, findings: &mut Findings) {
    for text in texts(view.step) {
        if has_template(text.raw)
            && let Err(error) = Template::parse(text.raw)
        {
            findings.push(report(
                view,
                Code::TemplateSyntax,
                text.raw,
                text.span,
                error,
            ));
        }
    }
    let repeat = view.step.repeat.as_ref();
    let conditions = [
        ("precondition", view.step.precondition.as_ref()),
        (
            "condition",
            repeat.and_then(|repeat| repeat.condition.as_ref()),
        ),
    ];
    for (field, condition) in conditions {
        if let Some(condition) = condition {
            expression(view, field, condition, findings);
        }
    }
}

fn expression(
    view: &StepView<'_>,
    field: &str,
    condition: &Spanned<String>,
    findings: &mut Findings,
) {
    if has_template(condition) {
        let bare = condition.replace("{{", "").replace("}}", "");
        let bare = bare.split_whitespace().collect::<Vec<_>>().join(" ");
        let message = format!("`{field}` is an expression and no template");
        findings.push(
            Diagnostic::error(Code::TemplateInExpression, message)
                .at(condition.span, "braces have no meaning here")
                .help(format!("write `{field}: {bare}`")),
        );
    } else if let Err(error) = Condition::parse(condition) {
        let code = Code::ExpressionSyntax;
        findings.push(report(view, code, condition, condition.span, error));
    }
}

fn report(view: &StepView<'_>, code: Code, text: &str, span: Span, error: ExprError) -> Diagnostic {
    let place = error
        .range
        .as_ref()
        .map_or(span, |range| view.test.inside(span, text, range));
    Diagnostic::error(code, error.message)
        .at(place, "cannot be read")
        .maybe_help(error.help)
}
