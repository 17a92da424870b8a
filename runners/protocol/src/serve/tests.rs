use std::io::{BufRead, BufReader, PipeReader, PipeWriter, pipe};
use std::thread::JoinHandle;

use serde_json::{Value, json};

use super::*;
use crate::{Capabilities, PROTOCOL_VERSION};

struct Sample;

impl Handler for Sample {
    fn initialize(&mut self, _: &InitializeParams) -> Result<InitializeResult, ErrorObject> {
        Ok(InitializeResult {
            protocol: PROTOCOL_VERSION,
            name: "sample".into(),
            version: "1".into(),
            runtime: "rust".into(),
            capabilities: Capabilities::default(),
        })
    }

    fn describe(&mut self, _: &DescribeParams) -> Result<DescribeResult, ErrorObject> {
        Ok(DescribeResult::default())
    }

    fn execute(
        &mut self,
        params: &ExecuteParams,
        call: &mut Call<'_>,
    ) -> Result<ExecuteResult, ErrorObject> {
        match params.target.as_str() {
            Some("wait") => {
                call.progress(0.0, Some("waiting")).unwrap();
                while !call.is_cancelled() {
                    thread::yield_now();
                }
                Err(Call::cancelled())
            }
            Some("ask") => {
                let question = PromptParams {
                    message: "ok?".into(),
                    ..PromptParams::default()
                };
                let reply = call.prompt(&question).unwrap()?;
                let outputs = json!({"action": reply.action})
                    .as_object()
                    .cloned()
                    .unwrap();
                Ok(ExecuteResult {
                    outputs,
                    ..ExecuteResult::default()
                })
            }
            _ => Err(ErrorObject::new(error::NOT_FOUND, "no such target")),
        }
    }
}

struct Rig {
    to: PipeWriter,
    from: BufReader<PipeReader>,
    runner: JoinHandle<io::Result<()>>,
}

impl Rig {
    fn new() -> Self {
        let (input, to) = pipe().unwrap();
        let (from, output) = pipe().unwrap();
        let runner = thread::spawn(move || serve(&mut Sample, input, output));
        Self {
            to,
            from: BufReader::new(from),
            runner,
        }
    }

    fn send(&mut self, message: &Value) {
        writeln!(self.to, "{message}").unwrap();
    }

    fn execute(&mut self, id: u64, target: &str) {
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": "execute",
            "params": {"run": "r", "step": "s", "attempt": 1, "target": target}}));
    }

    fn receive(&mut self) -> Value {
        let mut line = String::new();
        self.from.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }
}

#[test]
fn cancel_reaches_a_running_handler_and_late_ones_are_ignored() {
    let mut rig = Rig::new();
    rig.execute(1, "wait");
    assert_eq!(rig.receive()["method"], "progress");
    rig.send(&json!({"jsonrpc": "2.0", "method": "cancel", "params": {"id": 1}}));
    assert_eq!(rig.receive()["error"]["code"], error::CANCELLED);
    rig.send(&json!({"jsonrpc": "2.0", "method": "cancel", "params": {"id": 1}}));
    rig.execute(2, "nothing");
    let answer = rig.receive();
    assert_eq!(
        (&answer["id"], &answer["error"]["code"]),
        (&json!(2), &json!(error::NOT_FOUND))
    );
}

#[test]
fn prompt_waits_for_the_answer_to_its_own_id() {
    let mut rig = Rig::new();
    rig.execute(1, "ask");
    let question = rig.receive();
    assert_eq!(question["params"]["message"], "ok?");
    rig.send(&json!({"jsonrpc": "2.0", "id": "old", "result": {"action": "fail"}}));
    rig.send(&json!({"jsonrpc": "2.0", "id": question["id"], "result": {"action": "pass"}}));
    assert_eq!(rig.receive()["result"]["outputs"]["action"], "pass");
    rig.execute(2, "ask");
    let question = rig.receive();
    rig.send(&json!({"jsonrpc": "2.0", "id": question["id"],
        "error": {"code": error::NOBODY_ANSWERS, "message": "nobody"}}));
    assert_eq!(rig.receive()["error"]["code"], error::NOBODY_ANSWERS);
}

#[test]
fn shutdown_is_answered_and_ends_the_loop() {
    let mut rig = Rig::new();
    rig.send(&json!({"jsonrpc": "2.0", "id": 9, "method": "shutdown"}));
    assert_eq!(
        rig.receive(),
        json!({"jsonrpc": "2.0", "id": 9, "result": {}})
    );
    rig.runner.join().unwrap().unwrap();
}

#[test]
fn end_of_the_stream_cancels_and_ends_the_loop() {
    let mut rig = Rig::new();
    rig.execute(1, "wait");
    assert_eq!(rig.receive()["method"], "progress");
    drop(rig.to);
    rig.runner.join().unwrap().unwrap();
}

#[test]
fn broken_and_unknown_lines_do_not_end_the_loop() {
    let mut rig = Rig::new();
    rig.to.write_all(b"garbage\n").unwrap();
    assert_eq!(rig.receive()["method"], "log");
    rig.send(&json!({"jsonrpc": "2.0", "method": "hum"}));
    rig.send(&json!({"jsonrpc": "2.0", "id": 4, "method": "sing"}));
    assert_eq!(rig.receive()["error"]["code"], error::NOT_FOUND);
}
