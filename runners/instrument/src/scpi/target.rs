//! The fields of a `scpi` step.

use maestro_protocol::ErrorObject;
use regex::Regex;
use serde_json::Value;

use super::resource::{Resource, terminator};
use crate::failure::wrong;
use crate::fields::Fields;
use crate::pattern;

const WHOSE: &str = "a scpi step";
const FIELDS: [&str; 8] = [
    "resource",
    "write",
    "query",
    "read",
    "parse",
    "terminator",
    "opc",
    "check_errors",
];
const WORDS: [&str; 4] = ["number", "list", "text", "binary"];

/// One exchange with an instrument.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) resource: Resource,
    pub(super) exchange: Exchange,
    /// `None`: a number where the answer reads as one, else text.
    pub(super) parse: Option<Parse>,
    /// What ends a message in either direction.
    pub(super) terminator: Vec<u8>,
    pub(super) opc: bool,
    pub(super) check_errors: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Exchange {
    Write(String),
    Query(String),
    Read,
}

/// How an answer becomes outputs.
#[derive(Debug)]
pub(super) enum Parse {
    Number,
    List,
    Text,
    Binary,
    Groups(Regex),
}

impl Target {
    pub(super) fn read(target: &Value) -> Result<Self, ErrorObject> {
        let fields = Fields::open(target, WHOSE, &FIELDS)?;
        let resource = Resource::read(&fields.required("resource")?)?;
        let terminator = match fields.text("terminator")? {
            Some(text) => terminator(&text),
            None => resource.options.terminator.clone().unwrap_or(vec![b'\n']),
        };
        let options = &resource.options;
        let target = Self {
            exchange: exchange(&fields)?,
            parse: parse(&fields)?,
            opc: fields.flag("opc")?.unwrap_or(false),
            check_errors: fields
                .flag("check_errors")?
                .or(options.check_errors)
                .unwrap_or(false),
            terminator,
            resource,
        };
        target.refuse_two_answers()?;
        Ok(target)
    }

    /// What is asked after a query that was only written would get that query's answer.
    fn refuse_two_answers(&self) -> Result<(), ErrorObject> {
        let Exchange::Write(text) = &self.exchange else {
            return Ok(());
        };
        if !asks_for_answer(text) || !(self.opc || self.check_errors) {
            return Ok(());
        }
        let field = if self.opc { "opc" } else { "check_errors" };
        Err(wrong(format!(
            "`write: {text}` asks for an answer, which `{field}` would read: use `query`, or set \
             `{field}: false` and read the answer in the next step"
        )))
    }
}

/// Whether a message asks for an answer: a question mark outside of quotes.
pub fn asks_for_answer(text: &str) -> bool {
    let mut quote = None;
    for byte in text.bytes() {
        match (quote, byte) {
            (None, b'?') => return true,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
    }
    false
}

fn exchange(fields: &Fields<'_>) -> Result<Exchange, ErrorObject> {
    let write = fields.text("write")?.map(Exchange::Write);
    let query = fields.text("query")?.map(Exchange::Query);
    let read = fields.flag("read")?.unwrap_or(false);
    let read = read.then_some(Exchange::Read);
    let mut given = [write, query, read].into_iter().flatten();
    match (given.next(), given.next()) {
        (Some(Exchange::Write(text) | Exchange::Query(text)), None) if text.is_empty() => {
            Err(wrong(format!("the text that {WHOSE} sends is empty")))
        }
        (Some(exchange), None) => Ok(exchange),
        (None, _) => Err(wrong(format!(
            "{WHOSE} needs `write`, `query` or `read: true`"
        ))),
        (Some(_), Some(_)) => Err(wrong(format!(
            "{WHOSE} has one of `write`, `query` and `read`"
        ))),
    }
}

fn parse(fields: &Fields<'_>) -> Result<Option<Parse>, ErrorObject> {
    let Some(text) = fields.text("parse")? else {
        return Ok(None);
    };
    Ok(Some(match text.trim().to_ascii_lowercase().as_str() {
        "number" => Parse::Number,
        "list" => Parse::List,
        "text" => Parse::Text,
        "binary" => Parse::Binary,
        _ => Parse::Groups(pattern::compile(&text, &WORDS)?),
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_exchange_is_asked_for() {
        let socket = "TCPIP::dmm::5025::SOCKET";
        for (fields, says) in [
            (json!({"resource": socket}), "needs `write`"),
            (json!({"resource": socket, "read": false}), "needs `write`"),
            (
                json!({"resource": socket, "write": "A", "query": "B?"}),
                "has one of",
            ),
            (json!({"resource": socket, "query": ""}), "is empty"),
            (json!({"query": "*IDN?"}), "needs `resource`"),
            (
                json!({"resource": socket, "write": "A?", "opc": true}),
                "asks for an answer",
            ),
            (
                json!({"resource": socket, "query": "A?", "parse": "nmber"}),
                "none of number",
            ),
        ] {
            let error = Target::read(&fields).unwrap_err();
            assert!(error.message.contains(says), "{}", error.message);
        }
    }

    #[test]
    fn field_of_the_step_is_stronger_than_an_option_of_the_resource() {
        let socket = "TCPIP::dmm::5025::SOCKET?check_errors=true&terminator=crlf";
        let target = Target::read(&json!({"resource": socket, "query": "A?"})).unwrap();
        assert_eq!(target.terminator, b"\r\n");
        assert!(target.check_errors);
        let fields = json!({"resource": socket, "query": "A?", "check_errors": false,
            "terminator": "\r"});
        let target = Target::read(&fields).unwrap();
        assert_eq!(target.terminator, b"\r");
        assert!(!target.check_errors);
    }
}
