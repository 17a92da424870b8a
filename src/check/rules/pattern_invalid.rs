//! `pattern-invalid`: regular expressions that cannot be read.

use super::Findings;
use crate::check::view::StepView;
use crate::diagnostic::{Code, Diagnostic};
use crate::package::model::{Operator, ParseAs, Target, Value, has_template};
use crate::source::{Span, Spanned};

pub(super) fn check(view: &StepView<'_>, findings: &mut Findings) {
    for measurement in &view.step.measurements {
        let operator = measurement.operator.as_ref().map(|operator| operator.value);
        if operator == Some(Operator::Matches)
            && let Some(Value::Scalar(pattern)) = &measurement.expected
        {
            compile(&pattern.text, pattern.span, findings);
        }
    }
    let input = view.step.prompt().and_then(|prompt| prompt.input.as_ref());
    if let Some(pattern) = input.and_then(|input| input.pattern.as_ref()) {
        compile(pattern, pattern.span, findings);
    }
    let parse = match view.step.runner().map(|call| &call.target) {
        Some(Target::Scpi(target)) => target.parse.as_ref(),
        Some(Target::Command(target)) => target.parse.as_ref(),
        _ => None,
    };
    if let Some(parse) = parse {
        parse_pattern(parse, findings);
    }
}

/// A word that is meant as a way to parse reads as an expression without groups.
fn parse_pattern(parse: &Spanned<ParseAs>, findings: &mut Findings) {
    let ParseAs::Regex(pattern) = &parse.value else {
        return;
    };
    if has_template(pattern) || !compile(pattern, parse.span, findings) {
        return;
    }
    let names = regex::Regex::new(pattern).map(|regex| regex.capture_names().flatten().count());
    if names == Ok(0) {
        let words = ["number", "list", "text", "binary", "json"];
        let help = crate::diagnostic::did_you_mean(pattern, words)
            .unwrap_or_else(|| "name what is wanted: `(?P<voltage>[0-9.]+)`".to_owned());
        findings.push(
            Diagnostic::error(
                Code::PatternInvalid,
                "the pattern of `parse` has no named group",
            )
            .at(parse.span, "gives no output")
            .help(help),
        );
    }
}

/// Reports a pattern that cannot be read; one with a template is known at run time only.
fn compile(pattern: &str, span: Span, findings: &mut Findings) -> bool {
    if has_template(pattern) {
        return true;
    }
    let Err(error) = regex::Regex::new(pattern) else {
        return true;
    };
    let reason = match &error {
        regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
        other => {
            let text = other.to_string();
            let last = text.lines().last().unwrap_or_default();
            last.trim_start_matches("error: ").to_owned()
        }
    };
    let message = format!("the regular expression cannot be read: {reason}");
    findings.push(Diagnostic::error(Code::PatternInvalid, message).at(span, "not a pattern"));
    false
}
