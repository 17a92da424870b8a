use std::io;
use std::sync::{Arc, Mutex};

use maestro_protocol::{
    Capabilities, ExecuteParams, ExecuteResult, InitializeResult, Log, LogLevel, error,
};
use serde_json::{Value, json};

use super::*;
use crate::event::Timestamp;
use crate::runner::CallId;
use crate::verdict::Verdict;

/// A file that the test reads afterwards.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl io::Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn header() -> Header {
    Header {
        form: 1,
        engine: "maestro".to_owned(),
        run: "r".to_owned(),
        test: "Board".to_owned(),
        version: "1.0.0".to_owned(),
        definition: "d".to_owned(),
    }
}

fn info() -> InitializeResult {
    InitializeResult {
        protocol: 1,
        name: "python".to_owned(),
        version: "1".to_owned(),
        runtime: "CPython".to_owned(),
        capabilities: Capabilities::default(),
    }
}

fn params(step: &str, volts: f64) -> ExecuteParams {
    ExecuteParams {
        step: step.to_owned(),
        attempt: 1,
        target: json!({"module": "board", "function": "measure"}),
        parameters: serde_json::from_value(json!({"volts": volts})).unwrap(),
        ..ExecuteParams::default()
    }
}

fn answer(value: &Value) -> ExecuteResult {
    ExecuteResult {
        outputs: serde_json::from_value(json!({"result": value})).unwrap(),
        ..ExecuteResult::default()
    }
}

/// A tape of one step that is called twice, and of one that is not answered.
fn recorded() -> String {
    let paper = Paper::default();
    let mut tape = Tape::new(paper.clone());
    let at = Timestamp;
    tape.begin(header(), |_| {});
    tape.started("python", &info());
    for (id, value) in [(1, 3.2), (2, 3.3)] {
        tape.called("python", CallId(id), &params("steps/Rail#4", 5.0), at(0));
        let log = Log {
            level: LogLevel::Info,
            message: format!("reading {id}"),
            time: None,
        };
        tape.logged(CallId(id), log);
        tape.replied(CallId(id), &Ok(answer(&json!(value))), at(1500));
    }
    tape.called("python", CallId(3), &params("steps/Slow#5", 5.0), at(0));
    tape.cancelled(CallId(3));
    tape.replied(CallId(3), &Ok(answer(&json!(1))), at(0));
    assert_eq!(tape.finish(Verdict::Pass, at(0)), None);
    String::from_utf8(paper.0.lock().unwrap().clone()).unwrap()
}

/// Plays the tape: sends `asked` and gives the lines that came back.
fn play(asked: &[ExecuteParams], faults: &[&str]) -> Vec<Value> {
    let recording = Recording::from_lines(recorded().as_bytes()).unwrap();
    let faults = faults.iter().map(|fault| fault.parse().unwrap()).collect();
    let mut runner = Simulated::new(recording, "python", faults);
    let mut requests = String::new();
    for (at, params) in asked.iter().enumerate() {
        let (id, method) = (at + 1, "execute");
        let line = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        requests += &line.to_string();
        requests.push('\n');
    }
    let paper = Paper::default();
    let end = json!({"jsonrpc": "2.0", "id": 99, "method": "shutdown"});
    let input = io::Cursor::new(format!("{requests}{end}\n"));
    // The end of the stream cancels what runs: the reader waits behind the last line.
    let input = io::Read::chain(input, Never);
    maestro_protocol::serve(&mut runner, input, paper.clone()).unwrap();
    let text = String::from_utf8(paper.0.lock().unwrap().clone()).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// A stream that stays open and says nothing.
struct Never;

impl io::Read for Never {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        loop {
            std::thread::park();
        }
    }
}

fn results(lines: &[Value]) -> Vec<Value> {
    let answers = lines
        .iter()
        .filter(|line| line["id"].as_u64().is_some_and(|id| id < 99));
    answers
        .map(|line| line["result"]["outputs"]["result"].clone())
        .collect()
}

fn logged(lines: &[Value]) -> Vec<String> {
    let logs = lines.iter().filter(|line| line["method"] == "log");
    logs.map(|line| line["params"]["message"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn calls_of_a_step_are_answered_in_their_order_and_the_last_one_again() {
    let asked = [4, 7, 9].map(|no| params(&format!("steps/Rail#{no}"), 5.0));
    let lines = play(&asked, &[]);
    assert_eq!(results(&lines), [json!(3.2), json!(3.3), json!(3.3)]);
    let logs = logged(&lines);
    assert_eq!(logs[..2], ["reading 1", "reading 2"]);
    assert!(logs[2].contains("recorded 2 times"), "{logs:?}");
}

#[test]
fn what_differs_from_the_recording_is_named() {
    let lines = play(&[params("steps/Rail#1", 4.5)], &[]);
    let expected = "parameter 'volts' was 5.0 in the recording and is 4.5";
    assert_eq!(logged(&lines)[0], expected);
    assert_eq!(results(&lines), [json!(3.2)]);
}

#[test]
fn step_that_was_not_recorded_is_an_exception() {
    let lines = play(&[params("steps/New#1", 4.5)], &[]);
    assert_eq!(lines[0]["error"]["code"], error::EXCEPTION);
    assert_eq!(lines[0]["error"]["data"]["kind"], "NotRecorded");
}

#[test]
fn step_without_time_limit_does_not_wait_for_an_answer_that_never_came() {
    let lines = play(&[params("steps/Slow#1", 5.0)], &[]);
    let answer = lines.iter().find(|line| line["id"] == 1).unwrap();
    assert_eq!(answer["error"]["code"], error::EXCEPTION);
    let told = answer["error"]["message"].as_str().unwrap();
    assert!(told.contains("no `timeout_ms`"), "{told}");
}

#[test]
fn faults_change_the_answer() {
    let asked = [params("steps/Rail#1", 5.0)];
    assert_eq!(results(&play(&asked, &["steps/Rail=value:9"])), [json!(9)]);
    let lines = play(&asked, &["steps/Rail=value:result=9"]);
    assert_eq!(results(&lines), [json!(9)]);
    let lines = play(&asked, &["steps/Rail=error"]);
    let answer = lines.iter().find(|line| line["id"] == 1).unwrap();
    assert_eq!(answer["error"]["data"]["kind"], "InjectedFault");
}

#[test]
fn answer_after_a_cancel_is_recorded_as_none() {
    let text = recorded();
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[4]["step"], "steps/Slow");
    assert_eq!(lines[4]["end"], "silent");
    assert_eq!(lines[2]["ms"], 1.5);
    assert_eq!(lines[5], json!({"line": "end", "verdict": "PASS"}));
}

#[test]
fn censor_sees_every_line() {
    let paper = Paper::default();
    let mut tape = Tape::new(paper.clone());
    tape.begin(header(), |line| line["test"] = json!("***"));
    let text = String::from_utf8(paper.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains("***") && !text.contains("Board"), "{text}");
}

#[test]
fn file_that_is_no_recording_says_so() {
    let read = |text: &str| Recording::from_lines(text.as_bytes());
    assert!(read("").unwrap_err().to_string().contains("no recording"));
    let newer = recorded().replacen("\"form\":1", "\"form\":7", 1);
    assert!(read(&newer).unwrap_err().to_string().contains("form 7"));
    let torn = &recorded()[..recorded().len() - 9];
    let told = read(torn).unwrap_err().to_string();
    assert!(told.starts_with("line 6"), "{told}");
    assert!(read(&recorded()).unwrap().is_whole);
    assert!(read(&recorded()).unwrap().has("python"));
}
