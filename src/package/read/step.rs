//! Lists of steps and the fields that every step may have.

use crate::diagnostic::{Code, Diagnostic};
use crate::package::model::{Force, Named, PostExecutionAction, Step, StepKind, Templated, Value};
use crate::package::read::control::{repeat, retry};
use crate::package::read::kind::{self, Applies};
use crate::package::read::measurement::measurements;
use crate::package::read::value::Braces;
use crate::package::read::{Fields, Reader};
use crate::package::yaml::{Node, OwnedItems};
use crate::source::Spanned;

/// 49 days; a longer limit is a slip.
const MAX_MS: u64 = u32::MAX as u64;

/// Every key that some step may have; one that does not apply is a warning, others are unknown.
const STEP_KEYS: &[&str] = &[
    "name",
    "type",
    "runner",
    "runner_type",
    "module",
    "function",
    "assembly",
    "class",
    "method",
    "resource",
    "write",
    "query",
    "read",
    "parse",
    "terminator",
    "opc",
    "check_errors",
    "program",
    "args",
    "env",
    "stdin",
    "expect_exit",
    "target",
    "sequence",
    "parameters",
    "outputs",
    "measurement",
    "measurements",
    "duration",
    "prompt",
    "timeout_ms",
    "enabled",
    "precondition",
    "force",
    "retry",
    "repeat",
    "run_on_abort",
    "post_execution_action",
    "restore",
    "grace_ms",
    "interruptible",
    "requires",
];

/// Reads a list of steps.
pub(crate) fn read_steps(reader: &mut Reader<'_>, node: &Node, field: &str) -> Vec<Step> {
    let items = reader.list(node, field);
    items
        .into_iter()
        .filter_map(|item| read_step(reader, item))
        .collect()
}

/// Reads steps that nobody else needs, and lets go of each when it was read.
#[expect(clippy::vec_box, reason = "see `TestDefinition`")]
pub(super) fn read_owned_steps(reader: &mut Reader<'_>, items: OwnedItems) -> Vec<Box<Step>> {
    let mut steps = Vec::with_capacity(items.len());
    for item in items {
        steps.extend(read_step(reader, &item).map(Box::new));
    }
    steps
}

/// Reads one step; `None` only where it is no mapping.
pub(super) fn read_step(reader: &mut Reader<'_>, node: &Node) -> Option<Step> {
    let mut fields = Fields::open(reader, node, "step", "a step")?;
    let name = step_name(reader, &mut fields);
    let (kind, applies) = kind::read(reader, &mut fields);
    let mut step = Step {
        name,
        kind,
        parameters: Vec::new(),
        outputs: Vec::new(),
        measurements: measurements(reader, &mut fields),
        timeout_ms: fields.take("timeout_ms").and_then(|n| timeout(reader, n)),
        enabled: fields
            .take("enabled")
            .and_then(|n| reader.boolean(n, "enabled")),
        precondition: fields
            .take("precondition")
            .and_then(|n| reader.text(n, "precondition")),
        force: fields.take("force").and_then(|n| force(reader, n)),
        retry: fields
            .take("retry")
            .and_then(|n| retry(reader, n))
            .map(Box::new),
        repeat: fields
            .take("repeat")
            .and_then(|n| repeat(reader, n))
            .map(Box::new),
        run_on_abort: fields
            .take("run_on_abort")
            .and_then(|n| reader.boolean(n, "run_on_abort")),
        post_execution_action: fields
            .take("post_execution_action")
            .and_then(|n| post_execution_action(reader, n)),
        restore: None,
        grace_ms: None,
        interruptible: None,
        requires: fields
            .take("requires")
            .map_or_else(Vec::new, |n| reader.texts(n, "requires")),
    };
    read_applicable(reader, &mut fields, &mut step, applies);
    finish(reader, &fields, &step);
    Some(step)
}

fn step_name(reader: &mut Reader<'_>, fields: &mut Fields<'_>) -> Spanned<String> {
    let name = fields
        .take("name")
        .map(|node| (node, reader.text(node, "name")));
    let help = "give the step a phrase that an operator understands";
    match name {
        Some((_, Some(name))) if !name.trim().is_empty() => name,
        Some((node, Some(name))) => {
            reader.missing(node.span, "Step name is required", help);
            name
        }
        Some((node, None)) => Spanned::new("?".into(), node.span),
        None => {
            reader.missing(fields.head, "Step name is required", help);
            Spanned::new(String::new(), fields.head)
        }
    }
}

/// Takes the fields that only some kinds have; for others they stay over.
fn read_applicable(
    reader: &mut Reader<'_>,
    fields: &mut Fields<'_>,
    step: &mut Step,
    applies: Applies,
) {
    if applies.parameters {
        step.parameters = values(reader, fields, "parameters");
    }
    if applies.outputs {
        step.outputs = values(reader, fields, "outputs");
    }
    if applies.runner_control {
        step.restore = fields
            .take("restore")
            .and_then(|n| reader.boolean(n, "restore"));
        step.grace_ms = fields
            .take("grace_ms")
            .and_then(|n| reader.whole(n, "grace_ms", MAX_MS));
        step.interruptible = fields
            .take("interruptible")
            .and_then(|n| reader.boolean(n, "interruptible"));
    }
}

fn values(
    reader: &mut Reader<'_>,
    fields: &mut Fields<'_>,
    field: &'static str,
) -> Vec<Named<Value>> {
    let node: Option<&Node> = fields.take(field);
    node.map_or_else(Vec::new, |node| {
        reader.named_values(node, field, Braces::Template)
    })
}

/// Zero reads as none, as older tools had it.
fn timeout(reader: &mut Reader<'_>, node: &Node) -> Option<Spanned<Templated<u64>>> {
    let timeout = reader.templated_whole(node, "timeout_ms", MAX_MS)?;
    if timeout.value == Templated::Literal(0) {
        reader.push(
            Diagnostic::warning(Code::TimeoutZero, "`timeout_ms: 0` is read as no timeout")
                .at(node.span, "no timeout")
                .help("leave it out, or give a time in milliseconds"),
        );
        return None;
    }
    Some(timeout)
}

fn force(reader: &mut Reader<'_>, node: &Node) -> Option<Spanned<Force>> {
    let words = [
        ("pass", Force::Pass),
        ("fail", Force::Fail),
        ("skip", Force::Skip),
        ("run", Force::Run),
    ];
    reader.word(node, "force", &words)
}

fn post_execution_action(
    reader: &mut Reader<'_>,
    node: &Node,
) -> Option<Spanned<PostExecutionAction>> {
    let words = [("terminate-on-fail", PostExecutionAction::TerminateOnFail)];
    reader.word(node, "post_execution_action", &words)
}

/// Reports what stayed over: known keys that do not apply here, and unknown ones.
fn finish(reader: &mut Reader<'_>, fields: &Fields<'_>, step: &Step) {
    for entry in fields.rest() {
        let key = &*entry.key;
        if !STEP_KEYS.contains(&&**key) {
            reader.unknown_key(key, key_span(entry), "a step", STEP_KEYS);
        } else if !matches!(step.kind, StepKind::Broken) {
            let message = format!("`{key}` has no meaning for {}", describe(&step.kind));
            reader.push(
                Diagnostic::warning(Code::FieldNotUsed, message).at(key_span(entry), "not used"),
            );
        }
    }
}

fn key_span(entry: &crate::package::yaml::Entry) -> crate::source::Span {
    entry.key.span
}

fn describe(kind: &StepKind) -> String {
    match kind {
        StepKind::Delay { .. } => "a delay step".into(),
        StepKind::Mock => "a mock step".into(),
        StepKind::Prompt(_) => "a prompt step".into(),
        StepKind::Manual(_) => "a manual step".into(),
        StepKind::Sequence { .. } => "a sequence step".into(),
        StepKind::Runner(call) => format!("a step of runner `{}`", call.runner.value),
        StepKind::Broken => "this step".into(),
    }
}
