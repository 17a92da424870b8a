//! `prompt-options`.

use super::Findings;
use crate::check::view::StepView;
use crate::diagnostic::{Code, Diagnostic};
use crate::package::model::{InputMode, Value};

pub(super) fn check(view: &StepView<'_>, findings: &mut Findings) {
    let Some(input) = view.step.prompt().and_then(|prompt| prompt.input.as_ref()) else {
        return;
    };
    let is_list = input.mode() == InputMode::List;
    match &input.options {
        None if is_list => {
            let span = input.mode.as_ref().map_or(input.span, |mode| mode.span);
            findings.push(
                Diagnostic::error(Code::PromptOptions, "`mode: list` needs `options`")
                    .at(span, "nothing to choose from")
                    .help("add `options: [one, two]`"),
            );
        }
        Some(Value::List(options)) if is_list && options.is_empty() => {
            findings.push(
                Diagnostic::error(Code::PromptOptions, "`options` is empty")
                    .at(options.span, "nothing to choose from"),
            );
        }
        Some(options) if !is_list => {
            findings.push(
                Diagnostic::warning(Code::PromptOptions, "`options` are for `mode: list`")
                    .at(options.span(), "not used")
                    .help("write `mode: list`"),
            );
        }
        _ => {}
    }
}
