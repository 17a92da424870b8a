//! The targets of `scpi` and `command` steps, as the fields that the package writes.
//!
//! A station that names a program for one of these runners gets them like any other target.

use serde_json::json;

use super::ValueTemplate;
use super::compile::{text_template, value};
use crate::package::model::{CommandTarget, ParseAs, ScpiExchange, ScpiTarget, Templated, Value};
use crate::source::Spanned;

/// One exchange with an instrument.
pub(super) fn scpi(declared: &ScpiTarget) -> ValueTemplate {
    let mut fields = vec![("resource".to_owned(), text_template(&declared.resource))];
    match &declared.exchange {
        ScpiExchange::Write(text) => fields.push(("write".to_owned(), text_template(text))),
        ScpiExchange::Query(text) => fields.push(("query".to_owned(), text_template(text))),
        ScpiExchange::Read => fields.push(("read".to_owned(), ValueTemplate::literal(json!(true)))),
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
            fields.push((name.to_owned(), flag));
        }
    }
    if let Some(terminator) = &declared.terminator {
        fields.push(("terminator".to_owned(), text_template(terminator)));
    }
    fields.extend(parse(declared.parse.as_ref()));
    ValueTemplate::Map(fields)
}

/// One program.
pub(super) fn command(declared: &CommandTarget) -> ValueTemplate {
    let mut fields = vec![("program".to_owned(), text_template(&declared.program))];
    if !declared.args.is_empty() {
        let args = declared.args.iter().map(argument).collect();
        fields.push(("args".to_owned(), ValueTemplate::List(args)));
    }
    if !declared.env.is_empty() {
        let env = declared.env.iter();
        let env = env.map(|entry| (entry.name.value.clone(), argument(&entry.value)));
        fields.push(("env".to_owned(), ValueTemplate::Map(env.collect())));
    }
    if let Some(stdin) = &declared.stdin {
        fields.push(("stdin".to_owned(), text_template(stdin)));
    }
    if let Some(expected) = &declared.expect_exit {
        let code = match &expected.value {
            Templated::Literal(code) => ValueTemplate::literal(json!(code)),
            Templated::Template(text) => text_template(text),
        };
        fields.push(("expect_exit".to_owned(), code));
    }
    fields.extend(parse(declared.parse.as_ref()));
    ValueTemplate::Map(fields)
}

/// A literal as it is written: `1.10` and `true` are no numbers and booleans to a program.
fn argument(declared: &Value) -> ValueTemplate {
    match declared {
        Value::Scalar(scalar) if !scalar.native().is_null() => text_template(&scalar.text),
        other => value(other),
    }
}

fn parse(declared: Option<&Spanned<ParseAs>>) -> Option<(String, ValueTemplate)> {
    let text = match &declared?.value {
        ParseAs::Number => "number",
        ParseAs::List => "list",
        ParseAs::Text => "text",
        ParseAs::Binary => "binary",
        ParseAs::Json => "json",
        ParseAs::Regex(pattern) => return Some(("parse".to_owned(), text_template(pattern))),
    };
    Some(("parse".to_owned(), ValueTemplate::literal(json!(text))))
}
