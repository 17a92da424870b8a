//! What a step does: `type`, or `runner` with its target.

use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::package::model::{
    CommandTarget, DotnetTarget, Named, ParseAs, PythonTarget, RunnerCall, ScpiExchange,
    ScpiTarget, StepKind, Target, Templated, Value,
};
use crate::package::read::prompt::prompt_of_step;
use crate::package::read::scalar::cut;
use crate::package::read::value::{self, Braces};
use crate::package::read::{Fields, Reader};
use crate::package::yaml::{Entry, Node};
use crate::source::Spanned;

const TYPES: [&str; 5] = ["delay", "mock", "prompt", "manual", "sequence"];
const RUNNERS: [&str; 4] = ["python", "dotnet", "scpi", "command"];

/// Which of the shared fields a kind has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Applies {
    pub(super) parameters: bool,
    pub(super) outputs: bool,
    pub(super) runner_control: bool,
}

/// Reads the kind and its own fields.
pub(super) fn read(reader: &mut Reader<'_>, fields: &mut Fields<'_>) -> (StepKind, Applies) {
    let (step_type, runner) = (fields.entry("type"), fields.entry("runner"));
    if let (Some(step_type), Some(runner)) = (step_type, runner) {
        let message = "a step has `type` or `runner`, never both";
        reader.push(
            Diagnostic::error(Code::FieldConflict, message)
                .at(step_type.key.span, "the type")
                .at(runner.key.span, "and the runner")
                .help("remove `type` if the step calls code"),
        );
    }
    let kind = match (step_type, runner) {
        (_, Some(runner)) => runner_call(reader, fields, &runner.value),
        (Some(step_type), None) => typed(reader, fields, &step_type.value),
        (None, None) => {
            let help = "add `type: delay|mock|prompt|manual|sequence`, or `runner: python`";
            reader.missing(fields.head, "type or runner is required for a step", help);
            StepKind::Broken
        }
    };
    let applies = Applies {
        parameters: match &kind {
            // Their own fields take templates.
            StepKind::Runner(call) => !matches!(call.target, Target::Scpi(_) | Target::Command(_)),
            StepKind::Sequence { .. } | StepKind::Broken => true,
            _ => false,
        },
        outputs: !matches!(kind, StepKind::Delay { .. }),
        runner_control: matches!(kind, StepKind::Runner(_) | StepKind::Broken),
    };
    (kind, applies)
}

fn typed(reader: &mut Reader<'_>, fields: &mut Fields<'_>, node: &Node) -> StepKind {
    let Some(text) = reader.text(node, "type") else {
        return StepKind::Broken;
    };
    match text.trim().to_ascii_lowercase().as_str() {
        "delay" => delay(reader, fields),
        "mock" => StepKind::Mock,
        "prompt" => StepKind::Prompt(Box::new(prompt_of_step(reader, fields))),
        "manual" => StepKind::Manual(Box::new(prompt_of_step(reader, fields))),
        "sequence" => StepKind::Sequence {
            path: required(reader, fields, "sequence", "sequence steps"),
        },
        other => {
            let help = if RUNNERS.contains(&other) {
                Some(format!("write `runner: {other}`"))
            } else {
                did_you_mean(other, TYPES)
            };
            let help = help.unwrap_or_else(|| format!("step types: {}", TYPES.join(", ")));
            let message = format!("Unknown step type '{}'", cut(&text));
            let finding = Diagnostic::error(Code::UnknownStepType, message);
            reader.push(finding.at(node.span, "no such type").help(help));
            StepKind::Broken
        }
    }
}

fn delay(reader: &mut Reader<'_>, fields: &mut Fields<'_>) -> StepKind {
    let duration = if let Some(node) = fields.take("duration") {
        reader.templated_seconds(node, "duration")
    } else {
        let message = "duration is required for delay steps";
        reader.missing(fields.head, message, "add `duration:` in seconds");
        None
    };
    let none = Spanned::new(Templated::Literal(0.0), fields.head);
    StepKind::Delay {
        duration: duration.unwrap_or(none),
    }
}

/// A text that must be there; the empty text where it is not.
fn required(
    reader: &mut Reader<'_>,
    fields: &mut Fields<'_>,
    field: &'static str,
    whose: &str,
) -> Spanned<String> {
    let node = fields.take(field);
    let text = node.map(|node| (node.span, reader.text(node, field)));
    let message = || format!("{field} is required for {whose}");
    match text {
        Some((_, Some(text))) if !text.trim().is_empty() => text,
        Some((span, Some(_))) => {
            reader.missing(span, message(), "give it a text");
            Spanned::new(String::new(), span)
        }
        Some((span, None)) => Spanned::new(String::new(), span),
        None => {
            reader.missing(fields.head, message(), &format!("add `{field}:`"));
            Spanned::new(String::new(), fields.head)
        }
    }
}

fn runner_call(reader: &mut Reader<'_>, fields: &mut Fields<'_>, node: &Node) -> StepKind {
    let Some(mut runner) = reader.text(node, "runner") else {
        return StepKind::Broken;
    };
    let folded = runner.trim().to_ascii_lowercase();
    if RUNNERS.contains(&folded.as_str()) {
        runner.value.clone_from(&folded);
    }
    if TYPES.contains(&folded.as_str()) {
        let message = format!("`{folded}` is a step type and no runner");
        reader.push(
            Diagnostic::error(Code::UnknownValue, message)
                .at(node.span, "not a runner")
                .help(format!("write `type: {folded}`")),
        );
        return StepKind::Broken;
    }
    let runner_type = fields.take("runner_type");
    let runner_type = runner_type.and_then(|n| reader.text(n, "runner_type"));
    let target = match folded.as_str() {
        "python" => Target::Python(PythonTarget {
            module: required(reader, fields, "module", "python steps"),
            function: required(reader, fields, "function", "python steps"),
        }),
        "dotnet" => Target::Dotnet(DotnetTarget {
            assembly: required(reader, fields, "assembly", "dotnet steps"),
            class: required(reader, fields, "class", "dotnet steps"),
            method: required(reader, fields, "method", "dotnet steps"),
        }),
        "scpi" => Target::Scpi(Box::new(scpi(reader, fields))),
        "command" => Target::Command(Box::new(command(reader, fields))),
        _ => {
            let target = fields.take("target");
            Target::Other(target.map(|node| value::value(node, Braces::Template)))
        }
    };
    StepKind::Runner(Box::new(RunnerCall {
        runner,
        runner_type,
        target,
    }))
}

fn scpi(reader: &mut Reader<'_>, fields: &mut Fields<'_>) -> ScpiTarget {
    let resource = required(reader, fields, "resource", "scpi steps");
    let exchange = scpi_exchange(reader, fields);
    parse_of_write(reader, fields, &exchange);
    let words = [
        ("number", ParseAs::Number),
        ("list", ParseAs::List),
        ("text", ParseAs::Text),
        ("binary", ParseAs::Binary),
    ];
    ScpiTarget {
        resource,
        exchange,
        parse: parse_as(reader, fields, &words),
        terminator: fields
            .take("terminator")
            .and_then(|n| reader.text(n, "terminator")),
        opc: fields
            .take("opc")
            .and_then(|n| reader.templated_boolean(n, "opc")),
        check_errors: fields
            .take("check_errors")
            .and_then(|n| reader.templated_boolean(n, "check_errors")),
    }
}

/// Nothing is read after a `write`, so that there is nothing to take apart.
fn parse_of_write(reader: &mut Reader<'_>, fields: &mut Fields<'_>, exchange: &ScpiExchange) {
    if let ScpiExchange::Write(_) = exchange
        && let Some(parse) = fields.entry("parse")
    {
        let message = "`parse` has no meaning for a `write`, which reads nothing";
        reader.push(
            Diagnostic::warning(Code::FieldNotUsed, message)
                .at(parse.key.span, "not used")
                .help("write `query:` if the instrument answers"),
        );
    }
}

fn scpi_exchange(reader: &mut Reader<'_>, fields: &mut Fields<'_>) -> ScpiExchange {
    let given: Vec<&Entry> = ["write", "query", "read"]
        .into_iter()
        .filter_map(|key| fields.entry(key))
        .collect();
    if let [first, second, ..] = given.as_slice() {
        let message = "a scpi step has one of `write`, `query` and `read`";
        reader.push(
            Diagnostic::error(Code::FieldConflict, message)
                .at(second.key.span, "a second exchange")
                .at(first.key.span, "the first one")
                .help("make it a step of its own"),
        );
    }
    let Some(entry) = given.first() else {
        let message = "write, query or read is required for scpi steps";
        reader.missing(
            fields.head,
            message,
            "add what is sent, such as `query: \"*IDN?\"`",
        );
        return ScpiExchange::Read;
    };
    let key = entry.key.to_string();
    if key == "read" {
        // `read: true`, and only that, reads.
        if let Some(false) = reader.boolean(&entry.value, "read").map(|flag| flag.value) {
            let message = "write, query or read is required for scpi steps";
            reader.missing(entry.value.span, message, "write `read: true`");
        }
        return ScpiExchange::Read;
    }
    let none = Spanned::new(String::new(), entry.value.span);
    let text = reader.text(&entry.value, &key).unwrap_or(none);
    if key == "write" {
        ScpiExchange::Write(text)
    } else {
        ScpiExchange::Query(text)
    }
}

fn command(reader: &mut Reader<'_>, fields: &mut Fields<'_>) -> CommandTarget {
    let program = required(reader, fields, "program", "command steps");
    let words = [("text", ParseAs::Text), ("json", ParseAs::Json)];
    CommandTarget {
        program,
        args: fields
            .take("args")
            .map_or_else(Vec::new, |n| arguments(reader, n)),
        env: fields
            .take("env")
            .map_or_else(Vec::new, |n| environment(reader, n)),
        stdin: fields.take("stdin").and_then(|n| reader.text(n, "stdin")),
        expect_exit: fields
            .take("expect_exit")
            .and_then(|n| reader.templated_integer(n, "expect_exit")),
        parse: parse_as(reader, fields, &words),
    }
}

fn arguments(reader: &mut Reader<'_>, node: &Node) -> Vec<Value> {
    let items = reader.items(node, "args");
    let scalars = items.into_iter().filter(|item| {
        if item.scalar().is_none() {
            reader.wrong_type(item, "args", "a list of texts");
        }
        item.scalar().is_some()
    });
    scalars
        .map(|item| value::value(item, Braces::Template))
        .collect()
}

fn environment(reader: &mut Reader<'_>, node: &Node) -> Vec<Named<Value>> {
    let mut entries = reader.named_values(node, "env", Braces::Template);
    entries.retain(|entry| entry.value.text().is_some());
    let mapping = node.mapping().map(|mapping| &mapping.entries);
    for entry in mapping.into_iter().flat_map(|entries| entries.iter()) {
        if entry.value.scalar().is_none() {
            reader.wrong_type(&entry.value, &entry.key, "a text");
        }
    }
    entries
}

/// One of the words, else a regular expression (`check` tries to compile it).
fn parse_as(
    reader: &mut Reader<'_>,
    fields: &mut Fields<'_>,
    words: &[(&str, ParseAs)],
) -> Option<Spanned<ParseAs>> {
    let text = reader.text(fields.take("parse")?, "parse")?;
    let found = words
        .iter()
        .find(|(word, _)| word.eq_ignore_ascii_case(&text));
    Some(text.map(|text| found.map_or(ParseAs::Regex(text), |(_, parse)| parse.clone())))
}
