//! The root of a definition.

use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::package::model::{Named, OnStepFailure, Policy, Step, TestDefinition};
use crate::package::read::step::{read_owned_steps, read_steps};
use crate::package::read::value::Braces;
use crate::package::read::{Fields, Reader};
use crate::package::yaml::{Node, NodeKind, OwnedItems};
use crate::source::{Span, Spanned};

/// The lists of steps, taken out of the tree where no alias shares them.
struct Lists {
    setup: Option<OwnedItems>,
    steps: Option<OwnedItems>,
    teardown: Option<OwnedItems>,
}

/// Reads the definition under the root key `test`; `None` where there is none.
///
/// Takes the tree, so that its steps go while the model's come: a large file would have both in
/// memory at once.
pub(crate) fn read_test(reader: &mut Reader<'_>, mut root: Node) -> Option<TestDefinition> {
    let sections = ["setup", "steps", "teardown"];
    let [setup, steps, teardown] = root.take_lists("test", sections);
    let lists = Lists {
        setup,
        steps,
        teardown,
    };
    root_of_file(reader, &root, lists)
}

fn root_of_file(reader: &mut Reader<'_>, root: &Node, lists: Lists) -> Option<TestDefinition> {
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
    definition(reader, &entry.value, entry.key.span, lists)
}

fn no_test(span: Span, message: &str) -> Diagnostic {
    Diagnostic::error(Code::NotATest, message.to_owned())
        .at(span, "not a test definition")
        .help("a definition has everything under the key `test`")
}

fn definition(
    reader: &mut Reader<'_>,
    node: &Node,
    key: Span,
    lists: Lists,
) -> Option<TestDefinition> {
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
        setup: section(reader, &mut fields, "setup", lists.setup),
        steps: main_steps(reader, &mut fields, key, lists.steps),
        teardown: section(reader, &mut fields, "teardown", lists.teardown),
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

#[expect(clippy::vec_box, reason = "see `TestDefinition`")]
fn section(
    reader: &mut Reader<'_>,
    fields: &mut Fields<'_>,
    field: &'static str,
    items: Option<OwnedItems>,
) -> Vec<Box<Step>> {
    let node = fields.take(field);
    node.map_or_else(Vec::new, |node| {
        if let Some(items) = items {
            return read_owned_steps(reader, items);
        }
        let steps = read_steps(reader, node, field).into_iter();
        steps.map(Box::new).collect()
    })
}

#[expect(clippy::vec_box, reason = "see `TestDefinition`")]
fn main_steps(
    reader: &mut Reader<'_>,
    fields: &mut Fields<'_>,
    key: Span,
    items: Option<OwnedItems>,
) -> Vec<Box<Step>> {
    let entry = fields.entry("steps");
    let Some(entry) = entry else {
        reader.missing(
            key,
            "steps is required",
            "add `steps:` with at least one step",
        );
        return Vec::new();
    };
    let is_empty = match (&items, &entry.value.kind) {
        (Some(items), _) => items.len() == 0,
        (None, NodeKind::Sequence(items)) => items.is_empty(),
        _ => false,
    };
    let steps = section(reader, fields, "steps", items);
    if is_empty {
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
