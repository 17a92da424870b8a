//! `button-unknown` and `button-twice`.

use std::collections::HashMap;

use super::Findings;
use crate::check::view::StepView;
use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::package::model::{ButtonAction, OnTimeout, PromptDecl, StepKind, has_template};
use crate::source::Span;

pub(super) fn check(view: &StepView<'_>, findings: &mut Findings) {
    let Some(prompt) = view.step.prompt() else {
        return;
    };
    twice(prompt, findings);
    let is_manual = matches!(view.step.kind, StepKind::Manual(_));
    let names = names(prompt, is_manual);
    if let Some(button) = &prompt.default_button {
        known(button, button.span, "default_button", &names, findings);
    }
    if let Some(on_timeout) = &prompt.on_timeout
        && let OnTimeout::Button(button) = &on_timeout.value
    {
        known(button, on_timeout.span, "on_timeout", &names, findings);
    }
}

/// The buttons that the prompt will have, those added by themselves included.
fn names(prompt: &PromptDecl, is_manual: bool) -> Vec<&str> {
    let mut names: Vec<&str> = prompt
        .buttons
        .iter()
        .map(|b| b.name.value.as_str())
        .collect();
    names.sort_unstable();
    names.dedup();
    if names.is_empty() {
        names.extend(if is_manual {
            &["PASS", "FAIL"][..]
        } else {
            &["OK"]
        });
    }
    let has_abort = prompt
        .buttons
        .iter()
        .any(|b| b.action.value == ButtonAction::Abort);
    if !has_abort {
        names.push("Cancel");
    }
    names
}

fn known(name: &str, span: Span, field: &str, names: &[&str], findings: &mut Findings) {
    let is_template = has_template(name) || names.iter().any(|name| has_template(name));
    if is_template || names.contains(&name) {
        return;
    }
    let help = did_you_mean(name, names.iter().copied())
        .unwrap_or_else(|| format!("buttons: {}", names.join(", ")));
    findings.push(
        Diagnostic::error(
            Code::ButtonUnknown,
            format!("`{field}` names no button: `{name}`"),
        )
        .at(span, "no such button")
        .help(help),
    );
}

fn twice(prompt: &PromptDecl, findings: &mut Findings) {
    let mut seen: HashMap<&str, Span> = HashMap::new();
    for button in &prompt.buttons {
        if let Some(first) = seen.insert(&button.name, button.name.span) {
            let message = format!("two buttons are called `{}`", button.name.value);
            findings.push(
                Diagnostic::warning(Code::ButtonTwice, message)
                    .at(button.name.span, "again here")
                    .at(first, "first here"),
            );
        }
    }
}
