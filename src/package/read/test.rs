//! The root of a definition.

use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::package::model::{Named, OnStepFailure, Policy, Step, TestDefinition};
use crate::package::read::step::read_steps;
use crate::package::read::value::Braces;
use crate::package::read::{Fields, Reader};
use crate::package::yaml::Node;
use crate::source::{Span, Spanned};

/// Reads the definition under the root key `test`; `None` where there is none.
pub(crate) fn read_test(reader: &mut Reader<'_>, root: &Node) -> Option<TestDefinition> {
    let Some(mapping) = root.mapping() else {
        reader.push(no_test(
            root.span,
            &format!("the file is {}", root.describe()),
        ));
        return None;
    };
    let Some(entry) = mapping.get("test") else {
        let first = mapping.entries.first();
        let near = did_you_mean("test", mapping.entries.iter().map(|entry| &**entry.key));
        let near = near.map(|_| "write `test:`".to_owned());
        let span = first.map_or(root.span, |entry| entry.key.span);
        reader.push(no_test(span, "the file has no root key `test`").maybe_help(near));
        return None;
    };
    let mut fields = Fields::open(reader, root, "test", "the file")?;
    fields.entry("test");
    fields.finish(reader);
    definition(reader, &entry.value, entry.key.span)
}

fn no_test(span: Span, message: &str) -> Diagnostic {
    Diagnostic::error(Code::NotATest, message.to_owned())
        .at(span, "not a test definition")
        .help("a definition has everything under the key `test`")
}

fn definition(reader: &mut Reader<'_>, node: &Node, key: Span) -> Option<TestDefinition> {
    let mut fields = Fields::open(reader, node, "test", "a test")?;
    let name = required_text(reader, &mut fields, "name", key);
    let version = required_text(reader, &mut fields, "version", key);
    let definition = TestDefinition {
        name,
        version,
        device: fields.take("device").and_then(|n| reader.text(n, "device")),
        tags: fields
            .take("tags")
            .map_or_else(Vec::new, |n| tags(reader, n)),
        required_tags: fields
            .take("required_tags")
            .map_or_else(Vec::new, |n| reader.texts(n, "required_tags")),
        variables: fields.take("variables").map_or_else(Vec::new, |n| {
            reader.named_values(n, "variables", Braces::Text)
        }),
        setup: section(reader, &mut fields, "setup"),
        steps: main_steps(reader, &mut fields, key),
        teardown: section(reader, &mut fields, "teardown"),
        policy: fields.take("policy").and_then(|n| policy(reader, n)),
    };
    fields.finish(reader);
    Some(definition)
}

fn required_text(
    reader: &mut Reader<'_>,
    fields: &mut Fields<'_>,
    field: &'static str,
    key: Span,
) -> Spanned<String> {
    let Some(node) = fields.take(field) else {
        let help = format!("add `{field}:` under `test`");
        reader.missing(key, format!("{field} is required"), &help);
        return Spanned::new(String::new(), key);
    };
    let text = reader.text(node, field);
    let text = text.unwrap_or_else(|| Spanned::new("?".into(), node.span));
    if text.trim().is_empty() {
        reader.missing(text.span, format!("{field} is required"), "give it a text");
    }
    text
}

fn section(reader: &mut Reader<'_>, fields: &mut Fields<'_>, field: &'static str) -> Vec<Step> {
    let node = fields.take(field);
    node.map_or_else(Vec::new, |node| read_steps(reader, node, field))
}

fn main_steps(reader: &mut Reader<'_>, fields: &mut Fields<'_>, key: Span) -> Vec<Step> {
    let entry = fields.entry("steps");
    let Some(entry) = entry else {
        reader.missing(
            key,
            "steps is required",
            "add `steps:` with at least one step",
        );
        return Vec::new();
    };
    let steps = read_steps(reader, &entry.value, "steps");
    if matches!(&entry.value.kind, crate::package::yaml::NodeKind::Sequence(items) if items.is_empty())
    {
        reader.missing(
            entry.value.span,
            "steps is required",
            "add at least one step",
        );
    }
    steps
}

fn tags(reader: &mut Reader<'_>, node: &Node) -> Vec<Named<Spanned<String>>> {
    let Some(mapping) = node.mapping() else {
        reader.wrong_type(node, "tags", "a mapping of names to texts");
        return Vec::new();
    };
    let entries = mapping.entries.iter();
    entries
        .filter_map(|entry| {
            Some(Named {
                name: Spanned::new(entry.key.to_string(), entry.key.span),
                value: reader.text(&entry.value, &entry.key)?,
            })
        })
        .collect()
}

fn policy(reader: &mut Reader<'_>, node: &Node) -> Option<Policy> {
    let mut fields = Fields::open(reader, node, "policy", "`policy`")?;
    let words = [
        ("continue", OnStepFailure::Continue),
        ("abort", OnStepFailure::Abort),
    ];
    let policy = Policy {
        on_step_failure: fields
            .take("on_step_failure")
            .and_then(|n| reader.word(n, "on_step_failure", &words)),
        timeout_s: fields
            .take("timeout")
            .and_then(|n| reader.seconds(n, "timeout")),
    };
    fields.finish(reader);
    Some(policy)
}
