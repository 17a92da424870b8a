//! The targets of `scpi` and `command` steps, as the fields that the package writes.
//!
//! A station that names a program for one of these runners gets them like any other target.

use serde_json::json;

use super::compile::{text_template, value};
use super::{Text, ValueTemplate};
use crate::package::model::{CommandTarget, ParseAs, ScpiExchange, ScpiTarget, Templated, Value};
use crate::source::Spanned;

/// One exchange with an instrument.
pub(super) fn scpi(declared: &ScpiTarget) -> ValueTemplate {
    let mut fields = vec![("resource".into(), text_template(&declared.resource))];
    match &declared.exchange {
        ScpiExchange::Write(text) => fields.push(("write".into(), text_template(text))),
        ScpiExchange::Query(text) => fields.push(("query".into(), text_template(text))),
        ScpiExchange::Read => fields.push(("read".into(), ValueTemplate::literal(json!(true)))),
    }
    let flags = [
        ("opc", &declared.opc),
        ("check_errors", &declared.check_errors),
    ];
    for (name, flag) in flags {
        if let Some(flag) = flag {
            let flag = match &flag.value {
                Templated::Literal(flag) => ValueTemplate::literal(json!(flag)),
                Templated::Template(text) => text_template(text),
            };
            fields.push((Text::from(name), flag));
        }
    }
    if let Some(terminator) = &declared.terminator {
        fields.push(("terminator".into(), text_template(terminator)));
    }
    fields.extend(parse(declared.parse.as_ref()));
    ValueTemplate::map(fields)
}

/// One program.
pub(super) fn command(declared: &CommandTarget) -> ValueTemplate {
    let mut fields = vec![("program".into(), text_template(&declared.program))];
    if !declared.args.is_empty() {
        let args = declared.args.iter().map(argument).collect();
        fields.push(("args".into(), ValueTemplate::list(args)));
    }
    if !declared.env.is_empty() {
        let env = declared.env.iter();
        let env = env.map(|entry| (Text::from(&*entry.name.value), argument(&entry.value)));
        fields.push(("env".into(), ValueTemplate::map(env.collect())));
    }
    if let Some(stdin) = &declared.stdin {
        fields.push(("stdin".into(), text_template(stdin)));
    }
    if let Some(expected) = &declared.expect_exit {
        let code = match &expected.value {
            Templated::Literal(code) => ValueTemplate::literal(json!(code)),
            Templated::Template(text) => text_template(text),
        };
        fields.push(("expect_exit".into(), code));
    }
    fields.extend(parse(declared.parse.as_ref()));
    ValueTemplate::map(fields)
}

/// A literal as it is written: `1.10` and `true` are no numbers and booleans to a program.
fn argument(declared: &Value) -> ValueTemplate {
    match declared {
        Value::Scalar(scalar) if !scalar.native().is_null() => text_template(&scalar.text),
        other => value(other),
    }
}

fn parse(declared: Option<&Spanned<ParseAs>>) -> Option<(Text, ValueTemplate)> {
    let text = match &declared?.value {
        ParseAs::Number => "number",
        ParseAs::List => "list",
        ParseAs::Text => "text",
        ParseAs::Binary => "binary",
        ParseAs::Json => "json",
        ParseAs::Regex(pattern) => return Some(("parse".into(), text_template(pattern))),
    };
    Some(("parse".into(), ValueTemplate::literal(json!(text))))
}
