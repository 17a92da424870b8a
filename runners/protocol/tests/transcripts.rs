//! Plays the transcripts of `fixtures/protocol` against the crate: every message is read, written
//! again and read as the same; every broken line breaks the rule that it says.

#![expect(clippy::unwrap_used, reason = "a test ends with the first surprise")]

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use maestro_protocol::{
    DescribeResult, ExecuteResult, FromEngine, Incoming, InitializeResult, Outcome, PromptReply,
    RequestId, Rule, decode, decode_from_engine, encode_error, encode_notification,
    encode_request_with, encode_result, method,
};
use serde_json::{Value, json};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/protocol")
}

fn transcripts() -> Vec<(String, Vec<Value>)> {
    let mut found = Vec::new();
    let folders = [folder(), folder().join("instrument")];
    let entries = folders.iter().flat_map(|f| fs::read_dir(f).unwrap());
    for entry in entries {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "jsonl")
        {
            let text = fs::read_to_string(&path).unwrap();
            let lines = text
                .lines()
                .map(|line| serde_json::from_str(line).unwrap())
                .collect();
            found.push((
                path.file_name().unwrap().to_string_lossy().into_owned(),
                lines,
            ));
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(found.len() >= 6, "transcripts are missing");
    found
}

/// The messages with `"*"` replaced by what may stand there.
fn filled(message: &Value) -> Value {
    let mut message = message.clone();
    if let Some(result) = message.get_mut("result")
        && result["outputs"] == "*"
    {
        result["outputs"] = json!({});
    }
    if message["params"] == "*" {
        message["params"] = json!({ "message": "?" });
    }
    message
}

/// `expected` without the members that only its author wrote out: null and empty ones.
fn lean(value: &Value) -> Value {
    match value {
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| (key.clone(), lean(value)))
            .filter(|(_, value)| !value.is_null() && value != &json!([]) && value != &json!({}))
            .collect(),
        Value::Array(list) => list.iter().map(lean).collect(),
        other => other.clone(),
    }
}

/// Reads a message of the runner and writes it again.
fn through_engine(line: &[u8], open: &mut BTreeMap<u64, String>) -> Vec<u8> {
    let mut out = Vec::new();
    match decode(line).unwrap() {
        Incoming::Response { id, outcome } => {
            let asked = open.remove(&id).expect("every answer has a request");
            let id = RequestId::Number(id);
            match outcome {
                Outcome::Error(error) => encode_error(&mut out, &id, &error).unwrap(),
                outcome @ Outcome::Result(_) => write_result(&mut out, &id, &asked, outcome),
            }
        }
        Incoming::Log(log) => encode_notification(&mut out, method::LOG, &log).unwrap(),
        Incoming::Holds(holds) => encode_notification(&mut out, method::HOLDS, &holds).unwrap(),
        Incoming::Progress(progress) => {
            encode_notification(&mut out, method::PROGRESS, &progress).unwrap();
        }
        Incoming::Prompt { id, params } => {
            encode_request_with(&mut out, &id, method::PROMPT, &params).unwrap();
        }
        other => panic!("not in a transcript: {other:?}"),
    }
    out
}

fn write_result(out: &mut Vec<u8>, id: &RequestId, asked: &str, outcome: Outcome<'_>) {
    match asked {
        method::INITIALIZE => {
            let result: InitializeResult = outcome.read().unwrap().unwrap();
            encode_result(out, id, &result).unwrap();
        }
        method::DESCRIBE => {
            let result: DescribeResult = outcome.read().unwrap().unwrap();
            encode_result(out, id, &result).unwrap();
        }
        method::EXECUTE => {
            let result: ExecuteResult = outcome.read().unwrap().unwrap();
            encode_result(out, id, &result).unwrap();
        }
        _ => encode_result(out, id, &json!({})).unwrap(),
    }
}

/// Reads a message of the engine and writes it again.
fn through_runner(line: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let id = RequestId::Number;
    match decode_from_engine(line).unwrap() {
        FromEngine::Initialize(number, params) => {
            encode_request_with(&mut out, &id(number), method::INITIALIZE, &params).unwrap();
        }
        FromEngine::Describe(number, params) => {
            encode_request_with(&mut out, &id(number), method::DESCRIBE, &params).unwrap();
        }
        FromEngine::Execute(number, params) => {
            encode_request_with(&mut out, &id(number), method::EXECUTE, &params).unwrap();
        }
        FromEngine::Shutdown(number) => {
            encode_request_with(&mut out, &id(number), method::SHUTDOWN, &json!({})).unwrap();
        }
        FromEngine::Cancel(params) => {
            encode_notification(&mut out, method::CANCEL, &params).unwrap();
        }
        FromEngine::Answer(id, outcome) => match outcome.read::<PromptReply>().unwrap() {
            Ok(reply) => encode_result(&mut out, &id, &reply).unwrap(),
            Err(error) => encode_error(&mut out, &id, &error).unwrap(),
        },
        FromEngine::Unknown(number, name) => {
            encode_request_with(&mut out, &id(number.unwrap()), &name, &json!({})).unwrap();
        }
    }
    out
}

#[test]
fn every_message_survives_reading_and_writing() {
    for (name, lines) in transcripts() {
        let mut open = BTreeMap::new();
        for line in lines.iter().filter(|line| line.get("message").is_some()) {
            let message = filled(&line["message"]);
            let text = message.to_string();
            let again = if line["from"] == "engine" {
                if let (Some(id), Some(method)) =
                    (message["id"].as_u64(), message["method"].as_str())
                {
                    let reused = open.insert(id, method.to_owned());
                    assert_eq!(reused, None, "{name}: id {id} is used twice");
                }
                through_runner(text.as_bytes())
            } else {
                through_engine(text.as_bytes(), &mut open)
            };
            assert_eq!(again.last(), Some(&b'\n'));
            let again: Value = serde_json::from_slice(&again).unwrap();
            assert_eq!(lean(&again), lean(&message), "{name}");
        }
        assert!(open.is_empty(), "{name}: not answered: {open:?}");
    }
}

#[test]
fn every_broken_line_breaks_the_rule_it_says() {
    let mut count = 0;
    for (name, lines) in transcripts() {
        for line in lines.iter().filter(|line| line.get("raw").is_some()) {
            let raw = line["raw"].as_str().unwrap();
            let rule = match line["breaks"].as_str().unwrap() {
                "json" => Rule::Json,
                "schema" => Rule::Schema,
                other => panic!("{name}: no rule `{other}`"),
            };
            assert_eq!(decode(raw.as_bytes()).unwrap_err().rule, rule, "{raw}");
            count += 1;
        }
    }
    assert!(count > 10);
}

#[test]
fn no_torn_or_flipped_line_is_more_than_a_violation() {
    for (_, lines) in transcripts() {
        for line in lines.iter().filter(|line| line.get("message").is_some()) {
            let whole = filled(&line["message"]).to_string().into_bytes();
            for at in 0..whole.len() {
                // Whatever comes out: reading ends, and without a panic.
                assert!(decode(&whole[..at]).is_err());
                assert!(decode_from_engine(&whole[..at]).is_err());
                for bit in [0x01, 0x20, 0x80] {
                    let mut flipped = whole.clone();
                    flipped[at] ^= bit;
                    if let Ok(Incoming::Response { outcome, .. }) = decode(&flipped) {
                        outcome.read::<ExecuteResult>().ok();
                    }
                    decode_from_engine(&flipped).ok();
                }
            }
        }
    }
}
