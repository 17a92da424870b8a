//! Bytes of an instrument as outputs.

use std::io::Write as _;

use maestro_protocol::{Artifact, ErrorObject, ExecuteResult, LogLevel};
use serde_json::{Map, Value};

use super::link::Message;
use super::number;
use super::target::{Exchange, Parse, Target};
use crate::failure::{failed, internal};
use crate::files::Files;
use crate::pattern;
use crate::talk::Talk;
use crate::text::head;

/// How much of an answer an error shows.
const SHOWN: usize = 200;
/// The largest text that is an output as a whole (PROTOCOL, Bounds).
const WHOLE: usize = 256 << 10;
/// What is left of a larger one.
const HEAD: usize = 64 << 10;
/// The largest text that is taken apart: the outputs have to fit into one line.
const PARSED: usize = 4 << 20;

/// Takes an answer apart as the step says.
pub(super) fn outputs(
    target: &Target,
    message: &Message,
    files: &mut Files,
    talk: &mut dyn Talk,
) -> Result<ExecuteResult, ErrorObject> {
    let parse = match &target.parse {
        None if message.is_block => return binary(target, message, files),
        None => return guessed(target, &message.text(), files, talk),
        Some(parse) => parse,
    };
    if let Parse::Binary = parse {
        if message.is_block {
            return binary(target, message, files);
        }
        let message = format!("the answer {} is no block", shown(&message.text()));
        return Err(failed("NoBlock", message));
    }
    let text = message.text();
    if let Parse::Text = parse {
        return whole(target, text, files, talk);
    }
    if text.len() > PARSED {
        let message = format!("{} bytes are too many for `parse`", text.len());
        return Err(failed("TooLong", message));
    }
    Ok(match parse {
        Parse::Number => result(number::read(&text).ok_or_else(|| {
            let message = format!("the answer {} is no number", shown(&text));
            failed("NoNumber", message)
        })?),
        Parse::List => result(items(&text).into_iter().map(item).collect()),
        Parse::Groups(regex) => {
            let mut outputs = pattern::outputs(regex, &text, "the answer")?;
            outputs.values_mut().for_each(read_overload);
            ExecuteResult {
                outputs,
                ..ExecuteResult::default()
            }
        }
        Parse::Text | Parse::Binary => ExecuteResult::default(),
    })
}

fn guessed(
    target: &Target,
    text: &str,
    files: &mut Files,
    talk: &mut dyn Talk,
) -> Result<ExecuteResult, ErrorObject> {
    match number::read(text) {
        Some(number) => Ok(result(number)),
        None => whole(target, text.to_owned(), files, talk),
    }
}

fn result(value: Value) -> ExecuteResult {
    ExecuteResult {
        outputs: Map::from_iter([("result".to_owned(), value)]),
        ..ExecuteResult::default()
    }
}

/// The text as it is; a long one as a file with its head as the result.
fn whole(
    target: &Target,
    text: String,
    files: &mut Files,
    talk: &mut dyn Talk,
) -> Result<ExecuteResult, ErrorObject> {
    if text.len() <= WHOLE {
        return Ok(result(text.into()));
    }
    let name = format!("{}.txt", mnemonic(target));
    let cut = text[..text.floor_char_boundary(HEAD)].to_owned();
    let message = format!(
        "the answer has {} bytes: the result has the first {}, the artifact {name} all",
        text.len(),
        cut.len()
    );
    talk.log(LogLevel::Warning, message);
    let artifact = file(&name, text.as_bytes(), "text/plain", files)?;
    let mut answer = result(cut.into());
    answer.artifacts.push(artifact);
    Ok(answer)
}

/// The content of a block as a file, its length as the result.
fn binary(
    target: &Target,
    message: &Message,
    files: &mut Files,
) -> Result<ExecuteResult, ErrorObject> {
    let content = message.content();
    let name = format!("{}.bin", mnemonic(target));
    let artifact = file(&name, content, "application/octet-stream", files)?;
    let mut answer = result(content.len().into());
    let path = artifact.path.clone().into();
    answer.outputs.insert("file".to_owned(), path);
    answer.artifacts.push(artifact);
    Ok(answer)
}

fn file(
    name: &str,
    content: &[u8],
    media_type: &str,
    files: &mut Files,
) -> Result<Artifact, ErrorObject> {
    let (path, mut file) = files.create(name)?;
    file.write_all(content)
        .map_err(|error| internal(format!("{}: {error}", path.display())))?;
    Ok(Artifact {
        name: name.to_owned(),
        path: path.display().to_string(),
        media_type: Some(media_type.to_owned()),
    })
}

/// A name for the file of an answer: the query up to its question mark.
fn mnemonic(target: &Target) -> String {
    let query = match &target.exchange {
        Exchange::Query(text) => text.split('?').next().unwrap_or_default(),
        Exchange::Write(_) | Exchange::Read => "",
    };
    let name: String = query
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    match name.trim_matches('_') {
        "" => "answer".to_owned(),
        name => head(name, 40).trim_end_matches('…').to_owned(),
    }
}

/// Splits at commas outside of quotes.
fn items(text: &str) -> Vec<&str> {
    if text.trim().is_empty() {
        return Vec::new();
    }
    let mut items = Vec::new();
    let mut start = 0;
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b',') => {
                items.push(&text[start..at]);
                start = at + 1;
            }
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
    }
    items.push(&text[start..]);
    items
}

/// A number where it reads as one, else the text without its quotes.
fn item(text: &str) -> Value {
    let text = text.trim();
    if let Some(number) = number::read(text) {
        return number;
    }
    for quote in ['"', '\''] {
        let inside = text
            .strip_prefix(quote)
            .and_then(|rest| rest.strip_suffix(quote));
        if let Some(inside) = inside {
            return inside
                .replace(&format!("{quote}{quote}"), &quote.to_string())
                .into();
        }
    }
    text.into()
}

/// Text stays text, but the numbers that stand for none must not be judged as numbers.
fn read_overload(value: &mut Value) {
    let number = value.as_str().and_then(number::read);
    if let Some(Value::String(name)) = number
        && maestro_protocol::number::to_f64(&Value::from(name.as_str()))
            .is_some_and(|number| !number.is_finite())
    {
        *value = name.into();
    }
}

fn shown(text: &str) -> String {
    format!("{:?}", head(text, SHOWN))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_are_split_outside_of_quotes() {
        let list: Value = items("1, +2.5E0,\"a,b\",ON,'it''s',9.9E37")
            .into_iter()
            .map(item)
            .collect();
        assert_eq!(list, json!([1, 2.5, "a,b", "ON", "it's", "Infinity"]));
        assert!(items(" ").is_empty());
        assert_eq!(items("1,,2"), ["1", "", "2"]);
    }

    #[test]
    fn group_that_is_an_overload_is_no_number_any_more() {
        for (text, read) in [("9.9E37", "Infinity"), ("3.3", "3.3"), ("ON", "ON")] {
            let mut value = json!(text);
            read_overload(&mut value);
            assert_eq!(value, json!(read));
        }
    }
}
