//! The fields of a `command` step.

use maestro_protocol::ErrorObject;
use regex::Regex;
use serde_json::Value;

use crate::failure::wrong;
use crate::fields::Fields;
use crate::pattern;
use crate::text::spell;

const WHOSE: &str = "a command step";
const FIELDS: [&str; 6] = ["program", "args", "env", "stdin", "expect_exit", "parse"];
const WORDS: [&str; 2] = ["text", "json"];

/// One program and what is expected of it.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) program: String,
    pub(super) args: Vec<String>,
    /// Variables on top of the inherited ones; one without a value is taken away.
    pub(super) env: Vec<(String, Option<String>)>,
    pub(super) stdin: Option<String>,
    pub(super) expect_exit: i64,
    pub(super) parse: Parse,
}

/// How standard output becomes outputs.
#[derive(Debug)]
pub(super) enum Parse {
    Text,
    Json,
    Groups(Regex),
}

impl Target {
    pub(super) fn read(target: &Value) -> Result<Self, ErrorObject> {
        let fields = Fields::open(target, WHOSE, &FIELDS)?;
        let target = Self {
            program: fields.required("program")?,
            args: args(&fields)?,
            env: env(&fields)?,
            // A list or a map of a template is what a program reads as JSON.
            stdin: fields.value("stdin").map(spell),
            expect_exit: fields.integer("expect_exit")?.unwrap_or(0),
            parse: parse(&fields)?,
        };
        target.refuse_nul()?;
        Ok(target)
    }

    /// The value of a variable that the step sets.
    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        let found = self.env.iter().rev().find(|(known, _)| known == name);
        found.and_then(|(_, value)| value.as_deref())
    }

    /// A process takes no text that holds NUL.
    fn refuse_nul(&self) -> Result<(), ErrorObject> {
        let variables = self
            .env
            .iter()
            .flat_map(|(name, value)| [Some(name), value.as_ref()].into_iter().flatten());
        let mut texts = std::iter::once(&self.program)
            .chain(&self.args)
            .chain(variables);
        if texts.any(|text| text.contains('\0')) {
            return Err(wrong(format!("a text of {WHOSE} holds the byte 0")));
        }
        Ok(())
    }
}

/// A list is spread: a lone template gives as many arguments as its value has.
fn args(fields: &Fields<'_>) -> Result<Vec<String>, ErrorObject> {
    match fields.value("args") {
        None => Ok(Vec::new()),
        Some(Value::Array(items)) => Ok(items
            .iter()
            .flat_map(|item| match item {
                Value::Array(inner) => inner.iter().map(spell).collect(),
                other => vec![spell(other)],
            })
            .collect()),
        Some(other) => Err(wrong(format!(
            "`args` of {WHOSE} is no list: {}",
            spell(other)
        ))),
    }
}

fn env(fields: &Fields<'_>) -> Result<Vec<(String, Option<String>)>, ErrorObject> {
    let map = match fields.value("env") {
        None => return Ok(Vec::new()),
        Some(Value::Object(map)) => map,
        Some(other) => {
            let message = format!("`env` of {WHOSE} is no map: {}", spell(other));
            return Err(wrong(message));
        }
    };
    if let Some(name) = map
        .keys()
        .find(|name| name.is_empty() || name.contains('='))
    {
        return Err(wrong(format!("`{name}` is no name of a variable")));
    }
    let value = |value: &Value| (!value.is_null()).then(|| spell(value));
    Ok(map
        .iter()
        .map(|(name, given)| (name.clone(), value(given)))
        .collect())
}

fn parse(fields: &Fields<'_>) -> Result<Parse, ErrorObject> {
    let Some(text) = fields.text("parse")? else {
        return Ok(Parse::Text);
    };
    match text.trim().to_ascii_lowercase().as_str() {
        "text" => Ok(Parse::Text),
        "json" => Ok(Parse::Json),
        _ => Ok(Parse::Groups(pattern::compile(&text, &WORDS)?)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn arguments_keep_their_order_and_lists_are_spread() {
        let target = json!({"program": "p", "args": ["-v", 2, ["a b", true], null]});
        let target = Target::read(&target).unwrap();
        assert_eq!(target.args, ["-v", "2", "a b", "True", ""]);
    }

    #[test]
    fn variable_without_a_value_is_taken_away() {
        let target = json!({"program": "p", "env": {"A": 1, "B": null}});
        let target = Target::read(&target).unwrap();
        assert_eq!(
            target.env,
            [
                ("A".to_owned(), Some("1".to_owned())),
                ("B".to_owned(), None)
            ]
        );
    }

    #[test]
    fn what_no_process_takes_is_refused() {
        for target in [
            json!({"program": " "}),
            json!({"args": []}),
            json!({"program": "p", "args": "a b"}),
            json!({"program": "p", "args": ["a\0"]}),
            json!({"program": "p", "env": {"A=B": "c"}}),
            json!({"program": "p", "expect_exit": "one"}),
            json!({"program": "p", "parse": "(x"}),
            json!({"program": "p", "shell": true}),
            json!("p"),
        ] {
            let error = Target::read(&target).unwrap_err();
            assert_eq!(
                error.code,
                maestro_protocol::error::INVALID_PARAMS,
                "{target}"
            );
        }
    }
}
