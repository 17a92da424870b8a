use serde_json::{Value, json};

use super::*;
use crate::{
    Capabilities, Context, ExecuteResult, InitializeResult, LogLevel, PROTOCOL_VERSION,
    encode_notification, encode_request, encode_result, error,
};

fn violation(line: &str) -> Violation {
    decode(line.as_bytes()).expect_err("the line should break a rule")
}

#[test]
fn answer_is_read_by_the_type_that_its_id_stands_for() {
    let line = br#"{"jsonrpc":"2.0","id":7,"result":{"outputs":{"b":1,"a":2.5}}}"#;
    let Incoming::Response { id: 7, outcome } = decode(line).unwrap() else {
        panic!("{line:?}")
    };
    let result: ExecuteResult = outcome.read().unwrap().unwrap();
    // Order of keys is kept.
    assert_eq!(result.outputs.keys().collect::<Vec<_>>(), ["b", "a"]);
    assert!(result.measurements.is_empty() && result.artifacts.is_empty());
}

#[test]
fn null_is_a_result() {
    let line = br#"{"jsonrpc":"2.0","id":7,"result":null}"#;
    let Incoming::Response {
        outcome: Outcome::Result(raw),
        ..
    } = decode(line).unwrap()
    else {
        panic!("no result")
    };
    assert_eq!(raw.get(), "null");
}

#[test]
fn error_keeps_code_message_and_exception() {
    let line = br#"{"jsonrpc":"2.0","id":7,"error":{"code":-32000,"message":"boom","data":{"kind":"ValueError","traceback":"x\n"}}}"#;
    let Incoming::Response {
        outcome: Outcome::Error(object),
        ..
    } = decode(line).unwrap()
    else {
        panic!("no error")
    };
    assert_eq!(
        (object.code, object.message.as_str()),
        (error::EXCEPTION, "boom")
    );
    assert_eq!(object.exception().unwrap().kind, "ValueError");
}

#[test]
fn notifications_and_prompts_are_told_apart() {
    let log = br#"{"jsonrpc":"2.0","method":"log","params":{"level":"WARN","message":"m"}}"#;
    assert!(
        matches!(decode(log).unwrap(), Incoming::Log(log) if log.level == LogLevel::Warning && log.message == "m")
    );
    let progress = br#"{"jsonrpc":"2.0","method":"progress","params":{"fraction":0.5}}"#;
    assert!(matches!(decode(progress).unwrap(), Incoming::Progress(p) if p.message.is_none()));
    let prompt = br#"{"jsonrpc":"2.0","id":"p1","method":"prompt","params":{"message":"Turn it"}}"#;
    let Incoming::Prompt { id, params } = decode(prompt).unwrap() else {
        panic!("no prompt")
    };
    assert_eq!(
        (id, params.message.as_str()),
        (RequestId::Text("p1".to_owned()), "Turn it")
    );
}

#[test]
fn unknown_methods_are_no_violation() {
    let request = br#"{"jsonrpc":"2.0","id":1,"method":"sing"}"#;
    assert!(
        matches!(decode(request).unwrap(), Incoming::UnknownRequest { method, .. } if method == "sing")
    );
    let notification = br#"{"jsonrpc":"2.0","method":"hum","params":[1]}"#;
    assert!(
        matches!(decode(notification).unwrap(), Incoming::UnknownNotification(m) if m == "hum")
    );
}

#[test]
fn broken_lines_name_their_rule() {
    let table = [
        ("", Rule::Json, "not JSON"),
        ("hello", Rule::Json, "not JSON (expected value, column 1)"),
        (
            r#"{"jsonrpc":"2.0","id":1,"result":NaN}"#,
            Rule::Json,
            "not JSON",
        ),
        (
            r#"{"jsonrpc":"2.0","id":1,"result":{}} x"#,
            Rule::Json,
            "trailing characters",
        ),
        (" [1]", Rule::Schema, "not a JSON object"),
        (r#""text""#, Rule::Schema, "not a JSON object"),
        ("3", Rule::Schema, "a JSON object"),
        (r#"{"id":1,"result":{}}"#, Rule::Schema, "not JSON-RPC 2.0"),
        (
            r#"{"jsonrpc":"1.0","id":1,"result":{}}"#,
            Rule::Schema,
            "not JSON-RPC 2.0",
        ),
        (r#"{"jsonrpc":"2.0","id":1}"#, Rule::Schema, "neither"),
        (
            r#"{"jsonrpc":"2.0","id":1,"result":1,"error":{"code":1,"message":""}}"#,
            Rule::Schema,
            "both",
        ),
        (
            r#"{"jsonrpc":"2.0","result":1}"#,
            Rule::Schema,
            "without the id",
        ),
        (
            r#"{"jsonrpc":"2.0","id":null,"result":1}"#,
            Rule::Schema,
            "without the id",
        ),
        (
            r#"{"jsonrpc":"2.0","id":"a","result":1}"#,
            Rule::Schema,
            "never used",
        ),
        (
            r#"{"jsonrpc":"2.0","id":-1,"result":1}"#,
            Rule::Schema,
            "without the id",
        ),
        (
            r#"{"jsonrpc":"2.0","id":1,"error":"boom"}"#,
            Rule::Schema,
            "ErrorObject",
        ),
        (
            r#"{"jsonrpc":"2.0","method":"log"}"#,
            Rule::Schema,
            "params of `log`: missing field `message`",
        ),
        (
            r#"{"jsonrpc":"2.0","method":"progress","params":{"fraction":"half"}}"#,
            Rule::Schema,
            "params of `progress`",
        ),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"log","params":{"message":"m"}}"#,
            Rule::Schema,
            "is a notification",
        ),
        (
            r#"{"jsonrpc":"2.0","method":"prompt","params":{"message":"m"}}"#,
            Rule::Schema,
            "needs an id",
        ),
    ];
    for (line, rule, part) in table {
        let violation = violation(line);
        assert_eq!(violation.rule, rule, "{line}: {violation}");
        assert!(violation.detail.contains(part), "{line}: {violation}");
    }
}

#[test]
fn invalid_utf8_and_deep_nesting_are_violations_and_no_panic() {
    assert_eq!(
        decode(b"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"\xff\"}")
            .map(|_| ())
            .unwrap_err()
            .rule,
        Rule::Json
    );
    let deep = format!(
        r#"{{"jsonrpc":"2.0","id":1,"result":{}1{}}}"#,
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    if let Ok(Incoming::Response { outcome, .. }) = decode(deep.as_bytes()) {
        assert!(outcome.read::<Value>().is_err());
    }
}

#[test]
fn wrong_result_is_a_violation_with_its_beginning() {
    let line = br#"{"jsonrpc":"2.0","id":7,"result":{"outputs":[1]}}"#;
    let Incoming::Response { outcome, .. } = decode(line).unwrap() else {
        panic!("no response")
    };
    let violation = outcome.read::<ExecuteResult>().unwrap_err();
    assert!(
        violation
            .detail
            .starts_with("result: invalid type: sequence"),
        "{violation}"
    );
    assert_eq!(violation.head, r#"{"outputs":[1]}"#);
}

#[test]
fn a_runner_reads_what_the_engine_writes() {
    let mut line = Vec::new();
    let params = ExecuteParams {
        run: "r".into(),
        step: "s".into(),
        attempt: 1,
        target: json!({"module": "m", "function": "f"}),
        parameters: json!({"a": 1}).as_object().cloned().unwrap(),
        parameters_text: json!({"a": "1.0"}).as_object().cloned().unwrap(),
        context: Context {
            station: "EOL-1".into(),
            ..Context::default()
        },
        ..ExecuteParams::default()
    };
    encode_request(&mut line, 3, method::EXECUTE, &params).unwrap();
    assert_eq!(line.last(), Some(&b'\n'));
    let FromEngine::Execute(3, read) = decode_from_engine(&line).unwrap() else {
        panic!("no execute")
    };
    assert_eq!(*read, params);
    line.clear();
    encode_notification(&mut line, method::CANCEL, &CancelParams { id: 3 }).unwrap();
    assert!(matches!(decode_from_engine(&line).unwrap(), FromEngine::Cancel(c) if c.id == 3));
}

#[test]
fn capabilities_are_a_list_of_names() {
    let result = InitializeResult {
        protocol: PROTOCOL_VERSION,
        name: "python".into(),
        version: "1".into(),
        runtime: "CPython".into(),
        capabilities: Capabilities {
            cancel: true,
            log: true,
            ..Capabilities::default()
        },
    };
    let mut line = Vec::new();
    encode_result(&mut line, &RequestId::Number(1), &result).unwrap();
    let text = String::from_utf8(line).unwrap();
    assert!(
        text.contains(r#""capabilities":["cancel","log"]"#),
        "{text}"
    );
    let read: Capabilities = serde_json::from_value(json!(["log", "telepathy"])).unwrap();
    assert_eq!(
        read,
        Capabilities {
            log: true,
            ..Capabilities::default()
        }
    );
}

#[test]
fn refused_value_leaves_the_buffer_as_it_was() {
    let mut line = b"kept".to_vec();
    let odd = std::collections::BTreeMap::from([((1, 2), 3)]);
    encode_request(&mut line, 1, method::EXECUTE, &odd).unwrap_err();
    assert_eq!(line, b"kept");
}
