//! Test code that prints and reads, and runners that break every rule of the protocol.

use std::fmt::Write as _;
use std::fs;

use serde_json::Value;

use super::records::{Records, assert_no_process, end_of_step, of_kind, only, word};
use crate::live::Live;
use crate::rig::Rig;

const TALKATIVE: &str = r#"
import os, subprocess, sys

def prints():
    print("from print")
    os.write(1, b"from os.write\n")
    sys.stderr.write("from stderr\n")
    subprocess.run(["echo", "from a child"], check=True)
    subprocess.run("echo from a shell; echo '{\"jsonrpc\": \"2.0\"}'", shell=True, check=True)
    return {"said": True}

def reads():
    child = subprocess.run(["cat"], capture_output=True, check=True, text=True)
    return {"text": sys.stdin.read() + child.stdout}
"#;

#[test]
fn test_code_may_print_and_read() {
    let main = "
test:
  name: Talkative
  version: 1.0.0
  steps:
    - name: Print
      runner: python
      module: module
      function: prints
      timeout_ms: 20000
      measurement: {name: said, type: boolean, expected: true}
    - name: Read
      runner: python
      module: module
      function: reads
      timeout_ms: 20000
      measurement: {name: text, type: string, expected: ''}
";
    let rig = Rig::new().package("talkative", main, TALKATIVE);
    let events = rig
        .run(["run", "talkative", "--serial", "T", "--format=json"])
        .passes()
        .json_events();
    let log = log_of(&events);
    for text in [
        "from print",
        "from os.write",
        "from stderr",
        "from a child",
        "from a shell",
        r#"{"jsonrpc": "2.0"}"#,
    ] {
        assert!(log.contains(text), "{text} is not in the log:\n{log}");
    }
    assert_eq!(of_kind(&events, "runner_started").count(), 1);
    Records::delivered(&rig).audit(&word(only(&events, "run_started"), "run"));
}

#[test]
fn large_results_become_one_file_each_and_many_values_one_together() {
    let main = "
test:
  name: Large
  version: 1.0.0
  steps:
    - {name: Blob, runner: python, module: module, function: blob, timeout_ms: 60000}
    - {name: Many, runner: python, module: module, function: many, timeout_ms: 60000}
";
    let python = r#"
def blob():
    return {"blob": "x" * 1_000_000, "small": 1}

def many():
    return {"key%d" % number: number for number in range(20_000)}
"#;
    let rig = Rig::new().package("large", main, python);
    let events = rig
        .run(["run", "large", "--serial", "L", "--format=json"])
        .passes()
        .json_events();
    let outputs = |name: &str| end_of_step(&events, name)["outputs"].clone();
    assert_eq!(outputs("Blob")["small"], 1);
    assert!(outputs("Blob")["blob"]["artifact"].is_string());
    assert_eq!(outputs("Many")["key1"], 1);
    assert!(outputs("Many")["more"]["artifact"].is_string());
    let stored = of_kind(&events, "artifact_stored").count();
    assert!(stored <= 4, "{stored} files");
    Records::delivered(&rig).audit(&word(only(&events, "run_started"), "run"));
}

/// A runner that does to its target what the target is called.
const BAD: &str = r#"
import json, os, signal, sys, time

out = sys.stdout.buffer

def send(data):
    out.write(data)
    out.flush()

def answer(id, result):
    send(json.dumps({"jsonrpc": "2.0", "id": id, "result": result}).encode() + b"\n")

def log(text):
    note = {"jsonrpc": "2.0", "method": "log", "params": {"level": "info", "message": text}}
    send(json.dumps(note).encode() + b"\n")

last = None

def execute(id, target):
    if target == "deaf":
        # The next message is never read.
        answer(id, {})
        time.sleep(600)
    if target == "silent stream":
        os.close(1)
        time.sleep(600)
    global last
    before, last = last, id
    if target == "raw bytes":
        send(b"\xff\xfe\x00\x80\x81\n")
    elif target == "garbage":
        send(b"Traceback: this is no JSON\n")
    elif target == "wrong shape":
        send(b'{"jsonrpc": "2.0", "id": %d, "result": {"outputs": 7}}\n' % id)
    elif target == "half a line":
        send(b'{"jsonrpc": "2.0", "id"')
        os._exit(0)
    elif target == "huge line":
        send(b'"' + b"x" * 20_000_000 + b'"\n')
    elif target == "wrong id":
        answer(999_999, {})
    elif target == "late id":
        answer(before, {})
    elif target == "exit":
        os._exit(3)
    elif target == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif target == "flood of stderr":
        line = b"y" * 99 + b"\n"
        for _ in range(1000):
            os.write(2, line * 1000)
        answer(id, {})
        return
    elif target == "flood of log":
        for _ in range(100):
            log("z" * 100_000)
        answer(id, {})
        return
    elif target.startswith("hold"):
        while not os.path.exists("go"):
            time.sleep(0.01)
        answer(id, {})
        return
    elif target == "late" and before is None:
        time.sleep(2)
        answer(id, {})
        return
    elif target in ("ok", "late"):
        answer(id, {"outputs": {"fine": True}})
        return
    time.sleep(600)

for line in sys.stdin:
    message = json.loads(line)
    method, id = message.get("method"), message.get("id")
    if method == "initialize":
        answer(id, {"protocol": 1, "name": "bad", "version": "1", "runtime": "Python", "capabilities": ["log"]})
    elif method == "execute":
        execute(id, message["params"]["target"])
    elif method == "shutdown":
        answer(id, {})
        break
"#;

fn bad(steps: &str) -> Rig {
    let main = format!("test:\n  name: Rude\n  version: 1.0.0\n  steps:\n{steps}");
    let rig = Rig::new()
        .package("rude", &main, "")
        .file("rude/bad.py", BAD);
    rig.file(
        "station.yaml",
        "runners: {bad: {command: [python3, bad.py]}}\n",
    )
}

fn step(text: &mut String, name: &str, target: &str, more: &str) {
    writeln!(
        text,
        "    - {{name: {name}, runner: bad, target: {target}, timeout_ms: 30000{more}}}"
    )
    .unwrap();
}

const RUN: [&str; 6] = [
    "run",
    "rude",
    "--serial=R",
    "--format=json",
    "--config=station.yaml",
    "--quiet",
];

#[test]
fn runner_that_breaks_the_protocol_is_an_error_and_is_replaced() {
    let table = [
        ("raw bytes", "JSON"),
        ("garbage", "Traceback: this is no JSON"),
        ("wrong shape", "outputs"),
        ("half a line", "exit"),
        ("huge line", "line of more than 16777216 bytes"),
        ("wrong id", "999999"),
        ("late id", "id"),
        ("exit", "exit code 3"),
        ("crash", "signal 11"),
    ];
    let mut steps = String::new();
    for (target, _) in table {
        step(&mut steps, &format!("before {target}"), "ok", "");
        step(&mut steps, target, target, "");
        step(&mut steps, &format!("after {target}"), "ok", "");
    }
    let rig = bad(&steps);
    let outcome = rig.run(RUN).exit(5);
    let events = outcome.json_events();
    for (target, wanted) in table {
        let end = end_of_step(&events, target);
        assert_eq!(end["verdict"], "ERROR", "{end}");
        assert!(word(&end, "reason").contains(wanted), "{wanted}: {end}");
        println!("{target}: {}", word(&end, "reason"));
        for other in ["before", "after"] {
            let end = end_of_step(&events, &format!("{other} {target}"));
            assert_eq!(end["verdict"], "PASS", "{end}");
        }
    }
    let starts = of_kind(&events, "runner_started").count();
    assert_eq!(starts, table.len() + 1, "a fresh runner after each");
    Records::delivered(&rig).audit(&word(only(&events, "run_started"), "run"));
}

#[test]
fn silent_runner_ends_at_its_time_limit() {
    let mut steps = String::new();
    step(&mut steps, "Silent", "nothing", ", timeout_ms: 300");
    let steps = steps.replace("timeout_ms: 30000, ", "");
    let outcome = bad(&steps).run(RUN).exit(4);
    let events = outcome.json_events();
    let end = end_of_step(&events, "Silent");
    assert_eq!(end["verdict"], "ABORTED", "{end}");
    assert!(word(&end, "reason").contains("300 ms"), "{end}");
    assert_eq!(only(&events, "run_finished")["abort_cause"], "step_timeout");
}

#[test]
fn runner_that_stops_reading_or_closes_its_stream_ends_at_its_time_limit() {
    let big = "x".repeat(400_000);
    for (first, second) in [("deaf", "ok"), ("ok", "silent stream")] {
        let steps = format!(
            "    - {{name: First, runner: bad, target: {first}, timeout_ms: 20000}}
    - {{name: Second, runner: bad, target: {second}, parameters: {{text: {big}}}, timeout_ms: 500}}
"
        );
        let outcome = bad(&steps).run(RUN);
        let events = outcome.json_events();
        assert_eq!(end_of_step(&events, "First")["verdict"], "PASS");
        let end = end_of_step(&events, "Second");
        println!("{second}: {} {}", end["verdict"], word(&end, "reason"));
        assert!([4, 5].contains(&outcome.code), "{}", outcome.code);
        assert_no_process(&word(only(&events, "run_started"), "run"));
    }
}

#[test]
fn late_answer_changes_no_verdict_and_keeps_the_runner() {
    let steps = "    - {name: Late, runner: bad, target: late, timeout_ms: 1500, grace_ms: 20000, retry: {count: 1}}\n";
    let rig = bad(steps);
    let events = rig.run(RUN).passes().json_events();
    let first = only(&events, "attempt_finished");
    assert_eq!(first["verdict"], "ABORTED", "{first}");
    assert_eq!(end_of_step(&events, "Late")["attempts"], 2);
    assert_eq!(of_kind(&events, "runner_started").count(), 1);
    assert!(
        log_of(&events).contains("after the call was given up"),
        "{}",
        log_of(&events)
    );
}

#[test]
fn floods_are_drained_and_cost_no_memory() {
    let mut steps = String::new();
    for target in ["flood of stderr", "flood of log", "huge line", "hold"] {
        step(&mut steps, target, target, "");
    }
    let rig = bad(&steps);
    let mut live = Live::start(rig.command(RUN), "the flooded run");
    live.until_event("the last step", |event| event["name"] == "hold");
    let status = fs::read_to_string(format!("/proc/{}/status", live.pid())).unwrap();
    let peak_kib: u64 = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.trim().trim_end_matches("kB").trim().parse().ok())
        .unwrap();
    fs::write(rig.work().join("rude/go"), "").unwrap();
    let outcome = live.end().exit(5);
    println!("peak memory {peak_kib} KiB, {:?}", outcome.took);
    assert!(peak_kib < 64 * 1024, "{peak_kib} KiB");
    let events = outcome.json_events();
    for flood in ["flood of stderr", "flood of log"] {
        assert_eq!(end_of_step(&events, flood)["verdict"], "PASS");
    }
    // 1 MiB for each step, what was dropped is counted.
    let log = log_of(&events);
    assert!(log.len() < 3 * 1024 * 1024, "{}", log.len());
    assert!(log.contains("dropped"), "{}", &log[log.len() - 300..]);
}

fn log_of(events: &[Value]) -> String {
    of_kind(events, "logged")
        .map(|event| word(event, "message"))
        .collect::<Vec<_>>()
        .join("\n")
}
