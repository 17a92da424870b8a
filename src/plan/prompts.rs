//! Questions, compiled.

use super::compile::{text_template, value};
use super::{Button, InputDecl, PromptDecl, ValueTemplate};
use crate::package::model;
use crate::package::model::Templated;
use crate::prompt::Action;
use crate::source::Spanned;

/// What a prompt step asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asks {
    Anything,
    /// `manual`.
    PassOrFail,
}

/// Compiles a `prompt` block.
pub(super) fn compile(declared: &model::PromptDecl, asks: Asks, package: u32) -> PromptDecl {
    let text = |text: &Option<Spanned<String>>| text.as_ref().map(|text| text_template(text));
    PromptDecl {
        manual: asks == Asks::PassOrFail,
        message: text_template(&declared.message),
        title: text(&declared.title),
        image: text(&declared.image),
        package,
        buttons: declared
            .buttons
            .iter()
            .map(|button| Button {
                name: text_template(&button.name),
                action: action(button.action.value),
            })
            .collect(),
        default_button: text(&declared.default_button),
        input: declared.input.as_ref().map(input),
        timeout_s: declared.timeout_s.as_ref().map(|limit| match &limit.value {
            Templated::Literal(seconds) => ValueTemplate::literal(serde_json::json!(seconds)),
            Templated::Template(text) => text_template(text),
        }),
        on_timeout: declared
            .on_timeout
            .as_ref()
            .map(|choice| match &choice.value {
                model::OnTimeout::Abort => "abort".to_owned(),
                model::OnTimeout::Fail => "fail".to_owned(),
                model::OnTimeout::Continue => "continue".to_owned(),
                model::OnTimeout::Button(name) => name.clone(),
            }),
    }
}

fn input(declared: &model::InputDecl) -> InputDecl {
    let optional = |field: &Option<model::Value>| field.as_ref().map(value);
    let options = match &declared.options {
        Some(model::Value::List(items)) => items.value.iter().map(value).collect(),
        Some(single) => vec![value(single)],
        None => Vec::new(),
    };
    InputDecl {
        mode: match declared.mode() {
            model::InputMode::Number => "number",
            model::InputMode::Text => "text",
            model::InputMode::Boolean => "boolean",
            model::InputMode::List => "list",
        }
        .to_owned(),
        variable: declared.variable.as_ref().map(|name| name.value.clone()),
        low_limit: optional(&declared.low_limit),
        high_limit: optional(&declared.high_limit),
        unit: declared.unit.as_ref().map(|unit| text_template(unit)),
        expected: optional(&declared.expected),
        options,
        pattern: declared
            .pattern
            .as_ref()
            .map(|pattern| text_template(pattern)),
        default: optional(&declared.default),
        prefill: declared.prefill.as_ref().is_some_and(|flag| flag.value),
        show_limits: declared.show_limits.as_ref().is_some_and(|flag| flag.value),
    }
}

const fn action(action: model::ButtonAction) -> Action {
    match action {
        model::ButtonAction::Pass => Action::Pass,
        model::ButtonAction::Fail => Action::Fail,
        model::ButtonAction::Abort => Action::Abort,
        model::ButtonAction::Continue => Action::Continue,
    }
}
