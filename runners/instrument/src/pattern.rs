//! Answers taken apart by a regular expression: each named group becomes an output.

use maestro_protocol::ErrorObject;
use regex::Regex;
use serde_json::{Map, Value};

use crate::failure::{failed, wrong};
use crate::text::head;

/// How much of an answer an error shows.
const SHOWN: usize = 200;

/// Compiles the pattern of `parse`.
pub(crate) fn compile(pattern: &str, words: &[&str]) -> Result<Regex, ErrorObject> {
    let regex = Regex::new(pattern).map_err(|error| {
        let text = error.to_string();
        let last = text.lines().last().unwrap_or_default();
        wrong(format!(
            "`parse` is no regular expression: {}: {pattern}",
            last.trim_start_matches("error: ")
        ))
    })?;
    if regex.capture_names().flatten().next().is_none() {
        return Err(wrong(format!(
            "`parse: {pattern}` is none of {} and a regular expression without named groups",
            words.join(", ")
        )));
    }
    Ok(regex)
}

/// The named groups of the first match; one that took no part is null.
pub(crate) fn outputs(
    regex: &Regex,
    text: &str,
    what: &str,
) -> Result<Map<String, Value>, ErrorObject> {
    let Some(found) = regex.captures(text) else {
        let shown = head(text.trim_end(), SHOWN);
        let message = format!("{what} does not match `{regex}`: {shown:?}");
        return Err(failed("NoMatch", message));
    };
    let names = regex.capture_names().flatten();
    Ok(names
        .map(|name| {
            let group = found.name(name).map(|group| group.as_str());
            (name.to_owned(), group.map_or(Value::Null, Value::from))
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_groups_are_the_outputs() {
        let regex = compile(r"V=(?P<v>[\d.]+)(?P<unit>\w)?", &[]).unwrap();
        let outputs = outputs(&regex, "x V=3.3;", "it").unwrap();
        assert_eq!(outputs["v"], "3.3");
        assert_eq!(outputs["unit"], Value::Null);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let error = compile("(", &["text", "json"]).unwrap_err();
        assert!(
            error.message.contains("unclosed group"),
            "{}",
            error.message
        );
        let error = compile("jsn", &["text", "json"]).unwrap_err();
        assert!(
            error.message.contains("none of text, json"),
            "{}",
            error.message
        );
        let regex = compile("(?P<v>x)", &[]).unwrap();
        let error = outputs(&regex, "3.30 V\n", "the answer").unwrap_err();
        assert_eq!(
            error.message,
            "the answer does not match `(?P<v>x)`: \"3.30 V\""
        );
    }
}
