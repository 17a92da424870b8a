//! Both runners keep the contract of every runner: the conformance cases and their transcripts.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;

use serde_json::Value;

use super::simulated::Simulated;
use crate::rig::{Rig, repository};

const RUNNERS: [&str; 2] = ["scpi", "command"];

#[test]
fn both_keep_every_rule_of_the_protocol() {
    let maestro = env!("CARGO_BIN_EXE_maestro");
    for name in RUNNERS {
        Rig::new()
            .run(["runner", "check", maestro, "runner", "serve", name])
            .passes()
            // They ask nobody.
            .shows("0 broken, 4 not tested")
            .shows("its capabilities do not name `prompt`");
    }
}

#[test]
fn both_say_what_their_transcripts_say() {
    for name in RUNNERS {
        play(name);
    }
}

/// Plays a conversation of `fixtures/protocol/instrument` against the runner itself.
#[track_caller]
fn play(name: &str) {
    let folder = repository().join("fixtures/protocol/instrument");
    let text = fs::read_to_string(folder.join(format!("{name}.jsonl"))).unwrap();
    let instrument = Simulated::listen();
    let port = instrument.port.to_string();
    let rig = Rig::new();
    let mut command = rig.command(["runner", "serve", name]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut requests = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap());
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let mut message = line["message"].clone();
        if line["from"] == "engine" {
            place(&mut message, &folder.display().to_string(), &port);
            writeln!(requests, "{message}").unwrap();
            continue;
        }
        let mut found = String::new();
        answers.read_line(&mut found).unwrap();
        let found: Value = serde_json::from_str(&found).unwrap_or_default();
        assert!(fits(&message, &found), "{name}: {message}\nnot\n{found}");
    }
    drop(requests);
    let status = child.wait().unwrap();
    assert!(status.success(), "{name}: {status}");
}

/// `@` at the start of a path is the folder of the transcripts, `$PORT` that of the instrument.
fn place(value: &mut Value, folder: &str, port: &str) {
    match value {
        Value::String(text) => {
            if let Some(rest) = text.strip_prefix('@') {
                *text = format!("{folder}{rest}");
            }
            *text = text.replace("$PORT", port);
        }
        Value::Array(items) => items.iter_mut().for_each(|item| place(item, folder, port)),
        Value::Object(map) => map.values_mut().for_each(|item| place(item, folder, port)),
        _ => {}
    }
}

/// Whether a message is the expected one; `"*"` is anything.
fn fits(expected: &Value, found: &Value) -> bool {
    match (expected, found) {
        (Value::String(text), _) if text == "*" => true,
        (Value::Array(expected), Value::Array(found)) => {
            expected.len() == found.len() && expected.iter().zip(found).all(|(a, b)| fits(a, b))
        }
        (Value::Object(expected), Value::Object(found)) => {
            expected.len() == found.len()
                && expected
                    .iter()
                    .all(|(key, value)| found.get(key).is_some_and(|found| fits(value, found)))
        }
        _ => expected == found,
    }
}

#[test]
fn both_are_listed_and_can_be_replaced_by_the_station() {
    Rig::new()
        .run(["runner", "list"])
        .shows("✓ scpi comes with maestro")
        .shows("✓ command comes with maestro");
    Rig::new()
        .file(
            "station.yaml",
            "runners: {command: {command: [no-such-runner]}}\n",
        )
        .run(["--config=station.yaml", "runner", "list"])
        .fails()
        .shows("✗ command  no-such-runner: program no-such-runner not found");
}
