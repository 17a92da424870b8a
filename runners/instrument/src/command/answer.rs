//! Exit code and text of a program as the answer of its step.

use std::borrow::Cow;
use std::fmt::Write as _;

use maestro_protocol::{ErrorObject, ExecuteResult, LogLevel};
use serde_json::{Map, Value};

use super::child::{Ended, describe};
use super::output::Output;
use super::target::{Parse, Target};
use crate::failure::{failed, failed_with};
use crate::files::Files;
use crate::pattern;
use crate::talk::Talk;
use crate::text::{head, tail};

/// The outputs that every program has; its own do not replace them.
const OWN: [&str; 3] = ["exit_code", "stdout", "stderr"];
/// How much of an output an error shows in its message.
const SHOWN: usize = 200;
/// How much of each stream goes with an error.
const DETAILS: usize = 4 << 10;

/// Judges the exit code and takes the output apart.
pub(super) fn answer(
    target: &Target,
    mut ended: Ended,
    files: &mut Files,
    talk: &mut dyn Talk,
) -> Result<ExecuteResult, ErrorObject> {
    if ended.status.code().map(i64::from) != Some(target.expect_exit) {
        return Err(unexpected(target, &ended));
    }
    let parsed = parse(target, &ended.stdout)?;
    let mut result = ExecuteResult::default();
    result
        .outputs
        .insert("exit_code".to_owned(), target.expect_exit.into());
    for output in [&mut ended.stdout, &mut ended.stderr] {
        let text = output.text(files)?;
        for note in text.notes {
            talk.log(LogLevel::Warning, note);
        }
        result.artifacts.extend(text.artifact);
        result
            .outputs
            .insert(output.name.to_owned(), text.shown.into());
    }
    for (name, value) in parsed {
        if OWN.contains(&name.as_str()) {
            let message =
                format!("the key `{name}` of the output is left out: the step has its own");
            talk.log(LogLevel::Warning, message);
        } else {
            result.outputs.insert(name, value);
        }
    }
    Ok(result)
}

fn parse(target: &Target, stdout: &Output) -> Result<Map<String, Value>, ErrorObject> {
    let text = stdout.whole();
    if let Parse::Text = target.parse {
        let text = text.map_or_else(String::new, |text| {
            text.trim_end_matches(['\r', '\n']).to_owned()
        });
        // Too long for an output, it is one as `stdout`: cut, and whole as a file.
        let is_short = text.len() as u64 <= RESULT && stdout.total() <= RESULT;
        let result = is_short.then(|| ("result".to_owned(), Value::from(text)));
        return Ok(result.into_iter().collect());
    }
    let Some(text) = text else {
        let message = format!(
            "{} bytes of stdout are too many for `parse`",
            stdout.total()
        );
        return Err(failed("TooLong", message));
    };
    match &target.parse {
        // `$` is the end of the last line, as it is for whoever reads it.
        Parse::Groups(regex) => {
            pattern::outputs(regex, text.trim_end_matches(['\r', '\n']), "the output")
        }
        Parse::Json | Parse::Text => json(&text),
    }
}

/// The largest text that is the `result`.
const RESULT: u64 = 256 << 10;

/// The keys of a map; anything else is the result, and null is none.
fn json(text: &str) -> Result<Map<String, Value>, ErrorObject> {
    match serde_json::from_str(text.trim_start_matches('\u{feff}')) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(Value::Null) => Ok(Map::new()),
        Ok(value) => Ok(Map::from_iter([("result".to_owned(), value)])),
        Err(error) => {
            let shown = head(text.trim(), SHOWN);
            let message = format!("the output is no JSON: {error}: {shown:?}");
            Err(failed("NoJson", message))
        }
    }
}

/// The exit code is not the expected one: the last line of the program says why, as a rule.
fn unexpected(target: &Target, ended: &Ended) -> ErrorObject {
    let text = |output: &Output| output.whole().map_or_else(String::new, Cow::into_owned);
    let (stdout, stderr) = (text(&ended.stdout), text(&ended.stderr));
    let last = [&stderr, &stdout]
        .into_iter()
        .find_map(|text| text.lines().map(str::trim).rfind(|line| !line.is_empty()));
    let mut message = format!("{} {}", target.program, describe(ended.status));
    if ended.status.code().is_some() {
        let _ = write!(message, " instead of {}", target.expect_exit);
    }
    if let Some(last) = last {
        message.push_str(": ");
        message.push_str(&head(last, SHOWN));
    }
    let mut details = String::new();
    for (name, text) in [("stdout", &stdout), ("stderr", &stderr)] {
        if !text.trim().is_empty() {
            let _ = writeln!(details, "{name}:\n{}", tail(text.trim_end(), DETAILS));
        }
    }
    failed_with("ExitCode", message, &details)
}
