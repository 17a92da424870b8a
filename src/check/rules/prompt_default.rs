//! `prompt-default`: answers that could never be right.

use super::Findings;
use super::literal::{Number, boolean, known, number};
use crate::check::view::StepView;
use crate::diagnostic::{Code, Diagnostic};
use crate::package::model::{InputDecl, InputMode, Value, has_template};

pub(super) fn check(view: &StepView<'_>, findings: &mut Findings) {
    let Some(input) = view.step.prompt().and_then(|prompt| prompt.input.as_ref()) else {
        return;
    };
    let answers = [("default", &input.default), ("expected", &input.expected)];
    for (field, value) in answers {
        if let Some(value) = value
            && let Some(reason) = never_right(input, value)
        {
            findings.push(
                Diagnostic::warning(
                    Code::PromptDefault,
                    format!("`{field}` is no possible answer"),
                )
                .at(value.span(), reason),
            );
        }
    }
}

fn never_right(input: &InputDecl, value: &Value) -> Option<String> {
    let Value::Scalar(scalar) = value else {
        return None;
    };
    match input.mode() {
        InputMode::Number => match number(value) {
            Number::IsNot => Some("not a number".into()),
            Number::Is(number) if known(input.low_limit.as_ref()).is_some_and(|l| number < l) => {
                Some("below `low_limit`".into())
            }
            Number::Is(number) if known(input.high_limit.as_ref()).is_some_and(|h| number > h) => {
                Some("above `high_limit`".into())
            }
            _ => None,
        },
        InputMode::Boolean => {
            let text = scalar.text.trim().to_ascii_lowercase();
            let known = boolean(&text).is_some() || matches!(text.as_str(), "yes" | "no");
            (!known).then(|| "not true or false".into())
        }
        InputMode::List => not_an_option(input, &scalar.text),
        InputMode::Text => {
            let pattern = input.pattern.as_ref()?;
            let regex = regex::Regex::new(pattern)
                .ok()
                .filter(|_| !has_template(pattern))?;
            (!regex.is_match(&scalar.text)).then(|| "does not match `pattern`".into())
        }
    }
}

fn not_an_option(input: &InputDecl, text: &str) -> Option<String> {
    let Some(Value::List(options)) = &input.options else {
        return None;
    };
    let all_known = options.iter().all(|option| option.scalar().is_some());
    let found = options.iter().any(|option| option.text() == Some(text));
    (all_known && !found).then(|| "not among `options`".into())
}
