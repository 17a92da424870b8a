//! Targets for `maestro runner check`; see maestro-runner(7), CONFORMANCE.
//!
//! No package reaches them: its steps have fields, and none is called `conformance`.

use std::io::{self, Read as _, Write as _};
use std::process::Command;
use std::thread;
use std::time::Duration;

use maestro_protocol::{
    Described, ErrorObject, ExecuteParams, ExecuteResult, LogLevel, Measured, Parameter, error,
};
use serde_json::{Map, Value, json};

use crate::clock;
use crate::failure::{cancelled, failed, not_found, wrong};
use crate::talk::Talk;
use crate::text::spell;

/// A target and the names of its parameters.
const TARGETS: [(&str, &[&str]); 9] = [
    ("echo", &["value"]),
    ("measure", &["name", "value", "unit"]),
    ("crash", &["reason"]),
    ("fail", &["reason"]),
    ("wait", &["seconds"]),
    ("log", &["message"]),
    ("noise", &["text"]),
    ("flood", &["count"]),
    ("read", &[]),
];

/// Describes a target of this module; `None` for any other.
pub(crate) fn describe(target: &Value) -> Option<Described> {
    let name = target.get("conformance")?.as_str()?;
    let Some(parameters) = parameters(name) else {
        return Some(Described {
            exists: Some(false),
            reason: Some(missing(name)),
            ..Described::default()
        });
    };
    let parameters = parameters.iter().map(|name| Parameter {
        name: (*name).to_owned(),
        kind: None,
        default: None,
        required: true,
    });
    Some(Described {
        exists: Some(true),
        parameters: Some(parameters.collect()),
        ..Described::default()
    })
}

/// Carries out a target of this module; `None` for any other.
pub(crate) fn execute(
    params: &ExecuteParams,
    talk: &mut dyn Talk,
) -> Option<Result<ExecuteResult, ErrorObject>> {
    let name = params.target.get("conformance")?.as_str()?;
    let Some(wanted) = parameters(name) else {
        return Some(Err(not_found(missing(name))));
    };
    if let Err(error) = fit(name, wanted, &params.parameters) {
        return Some(Err(error));
    }
    Some(call(name, &params.parameters, talk))
}

fn call(
    name: &str,
    given: &Map<String, Value>,
    talk: &mut dyn Talk,
) -> Result<ExecuteResult, ErrorObject> {
    let text = |name: &str| given.get(name).map(spell).unwrap_or_default();
    let value = |name: &str| given.get(name).cloned().unwrap_or_default();
    let mut result = ExecuteResult::default();
    match name {
        "echo" => {
            result.outputs.insert("value".to_owned(), value("value"));
        }
        "measure" => result.measurements.push(Measured {
            name: text("name"),
            value: value("value"),
            unit: Some(text("unit")),
            low_limit: None,
            high_limit: None,
            expected: None,
        }),
        "crash" => return Err(failed("OnPurpose", text("reason"))),
        "fail" => {
            return Err(ErrorObject {
                code: error::ASSERTION,
                ..failed("OnPurpose", text("reason"))
            });
        }
        "wait" => wait(&value("seconds"), talk)?,
        "log" => talk.log(LogLevel::Warning, text("message")),
        "noise" => noise(&text("text")).map_err(|error| failed("Io", error.to_string()))?,
        "flood" => {
            flood(&value("count"), talk).map_err(|error| failed("Io", error.to_string()))?;
        }
        _ => {
            let mut found = String::new();
            io::stdin()
                .read_to_string(&mut found)
                .map_err(|error| failed("Io", error.to_string()))?;
            result.outputs = Map::from_iter([("value".to_owned(), Value::from(found))]);
        }
    }
    Ok(result)
}

fn wait(seconds: &Value, talk: &mut dyn Talk) -> Result<(), ErrorObject> {
    talk.log(LogLevel::Info, "waiting".to_owned());
    let seconds = seconds.as_f64().unwrap_or(0.0).clamp(0.0, 3600.0);
    let until = clock::now() + Duration::from_secs_f64(seconds);
    while clock::now() < until {
        if talk.is_cancelled() {
            return Err(cancelled());
        }
        thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

/// Prints as a vendor's library does, and lets a child print.
fn noise(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout();
    writeln!(stdout, "{text}")?;
    stdout.flush()?;
    let script = r#"printf '%s\n' "$1""#;
    Command::new("sh")
        .args(["-c", script, "sh", text])
        .status()?;
    Ok(())
}

/// Sends many lines to the log, and prints as many.
fn flood(count: &Value, talk: &mut dyn Talk) -> io::Result<()> {
    let mut stdout = io::stdout();
    for number in 1..=count.as_u64().unwrap_or(0) {
        talk.log(LogLevel::Info, format!("line {number}"));
        writeln!(stdout, "line {number}")?;
    }
    stdout.flush()
}

fn parameters(name: &str) -> Option<&'static [&'static str]> {
    let found = TARGETS.iter().find(|(known, _)| *known == name);
    found.map(|(_, parameters)| *parameters)
}

fn missing(name: &str) -> String {
    format!("there is no conformance target {}", json!(name))
}

fn fit(name: &str, wanted: &[&str], given: &Map<String, Value>) -> Result<(), ErrorObject> {
    if let Some(absent) = wanted.iter().find(|wanted| !given.contains_key(**wanted)) {
        return Err(wrong(format!("`{name}` needs the parameter `{absent}`")));
    }
    if let Some(more) = given.keys().find(|given| !wanted.contains(&given.as_str())) {
        return Err(wrong(format!("`{name}` has no parameter `{more}`")));
    }
    Ok(())
}
