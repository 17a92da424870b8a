//! `prompt` and its `input`.

use crate::package::model::{
    ButtonAction, ButtonDecl, InputDecl, InputMode, OnTimeout, PromptDecl, Value,
};
use crate::package::read::measurement::{any, scalar};
use crate::package::read::{Fields, Reader};
use crate::package::yaml::Node;
use crate::source::{Span, Spanned};

const ACTIONS: [(&str, ButtonAction); 4] = [
    ("pass", ButtonAction::Pass),
    ("fail", ButtonAction::Fail),
    ("abort", ButtonAction::Abort),
    ("continue", ButtonAction::Continue),
];

const MODES: [(&str, InputMode); 4] = [
    ("number", InputMode::Number),
    ("text", InputMode::Text),
    ("boolean", InputMode::Boolean),
    ("list", InputMode::List),
];

/// Reads the `prompt` block that prompt and manual steps need.
pub(super) fn prompt_of_step(reader: &mut Reader<'_>, fields: &mut Fields<'_>) -> PromptDecl {
    let head = fields.head;
    if let Some(node) = fields.take("prompt") {
        prompt(reader, node).unwrap_or_else(|| empty(node.span))
    } else {
        let help = "add `prompt:` with a `message`";
        reader.missing(head, "message is required for prompt", help);
        empty(head)
    }
}

fn empty(span: Span) -> PromptDecl {
    PromptDecl {
        message: Spanned::new(String::new(), span),
        title: None,
        image: None,
        buttons: Vec::new(),
        default_button: None,
        input: None,
        timeout_s: None,
        on_timeout: None,
    }
}

fn prompt(reader: &mut Reader<'_>, node: &Node) -> Option<PromptDecl> {
    let mut fields = Fields::open(reader, node, "prompt", "`prompt`")?;
    let message = message(reader, &mut fields);
    let declaration = PromptDecl {
        message,
        title: text(reader, &mut fields, "title"),
        image: text(reader, &mut fields, "image"),
        buttons: fields
            .take("buttons")
            .map_or_else(Vec::new, |n| buttons(reader, n)),
        default_button: text(reader, &mut fields, "default_button"),
        input: fields.take("input").and_then(|n| input(reader, n)),
        timeout_s: either(&mut fields, "timeout_s", "timeout")
            .and_then(|(n, key)| reader.templated_seconds(n, key)),
        on_timeout: fields
            .take("on_timeout")
            .and_then(|n| on_timeout(reader, n)),
    };
    fields.finish(reader);
    Some(declaration)
}

fn message(reader: &mut Reader<'_>, fields: &mut Fields<'_>) -> Spanned<String> {
    let required = "message is required for prompt";
    let help = "say what the operator is to do";
    let Some(node) = fields.take("message") else {
        reader.missing(fields.head, required, help);
        return Spanned::new(String::new(), fields.head);
    };
    let message = reader.text(node, "message");
    if message
        .as_ref()
        .is_some_and(|message| message.trim().is_empty())
    {
        reader.missing(node.span, required, help);
    }
    message.unwrap_or_else(|| Spanned::new(String::new(), node.span))
}

fn text(
    reader: &mut Reader<'_>,
    fields: &mut Fields<'_>,
    field: &'static str,
) -> Option<Spanned<String>> {
    reader.text(fields.take(field)?, field)
}

/// A field that is also read under another name.
fn either<'n>(
    fields: &mut Fields<'n>,
    field: &'static str,
    alias: &'static str,
) -> Option<(&'n Node, &'static str)> {
    let (first, second) = (fields.take(field), fields.take(alias));
    let first = first.map(|node| (node, field));
    first.or(second.map(|node| (node, alias)))
}

fn buttons(reader: &mut Reader<'_>, node: &Node) -> Vec<ButtonDecl> {
    let items = reader.list(node, "buttons").into_iter();
    items.filter_map(|item| button(reader, item)).collect()
}

fn button(reader: &mut Reader<'_>, node: &Node) -> Option<ButtonDecl> {
    let mut fields = Fields::open(reader, node, "buttons", "a button")?;
    let head = fields.head;
    let mut wanted = |reader: &mut Reader<'_>, field: &'static str| {
        let found = fields.take(field);
        if found.is_none() {
            let message = format!("{field} is required for a button");
            reader.missing(head, message, &format!("add `{field}:`"));
        }
        found
    };
    let name = wanted(reader, "name").and_then(|n| reader.text(n, "name"));
    let action = wanted(reader, "action").and_then(|n| reader.word(n, "action", &ACTIONS));
    fields.finish(reader);
    Some(ButtonDecl {
        name: name?,
        action: action?,
    })
}

fn on_timeout(reader: &mut Reader<'_>, node: &Node) -> Option<Spanned<OnTimeout>> {
    let text = reader.text(node, "on_timeout")?;
    Some(text.map(|text| match text.to_ascii_lowercase().as_str() {
        "abort" => OnTimeout::Abort,
        "fail" => OnTimeout::Fail,
        "continue" => OnTimeout::Continue,
        _ => OnTimeout::Button(text),
    }))
}

fn input(reader: &mut Reader<'_>, node: &Node) -> Option<InputDecl> {
    let mut fields = Fields::open(reader, node, "input", "`input`")?;
    let declaration = InputDecl {
        span: node.span,
        mode: fields
            .take("mode")
            .and_then(|n| reader.word(n, "mode", &MODES)),
        variable: text(reader, &mut fields, "variable"),
        low_limit: scalar(reader, &mut fields, "low_limit"),
        high_limit: scalar(reader, &mut fields, "high_limit"),
        unit: text(reader, &mut fields, "unit"),
        expected: scalar(reader, &mut fields, "expected"),
        options: options(reader, &mut fields),
        pattern: text(reader, &mut fields, "pattern"),
        default: scalar(reader, &mut fields, "default"),
        prefill: fields
            .take("prefill")
            .and_then(|n| reader.boolean(n, "prefill")),
        show_limits: fields
            .take("show_limits")
            .and_then(|n| reader.boolean(n, "show_limits")),
    };
    fields.finish(reader);
    Some(declaration)
}

/// `options`, also read as `choices`, `items` or `values`; all are taken, the first counts.
fn options(reader: &mut Reader<'_>, fields: &mut Fields<'_>) -> Option<Value> {
    let names = ["options", "choices", "items", "values"];
    let given = names.map(|name| any(fields, name));
    let options = given.into_iter().flatten().next()?;
    match &options {
        Value::List(_) | Value::Template(_) => Some(options),
        other => {
            let message = "`options` must be a list of texts";
            reader.push(
                crate::diagnostic::Diagnostic::error(crate::diagnostic::Code::WrongType, message)
                    .at(other.span(), "expected a list"),
            );
            None
        }
    }
}
