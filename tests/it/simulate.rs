//! Recordings of runs, and runs without hardware and test code.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use crate::rig::{Outcome, Rig, repository};

/// Records a run of the demo package, which passes.
fn recorded(rig: &Rig) -> Outcome {
    let demo = repository().join("fixtures/packages/demo-board");
    let mut run = rig.command(["run"]);
    run.arg(demo);
    run.args(["--serial", "PB-7", "--unattended", "--format", "json"]);
    run.args(["--record", "demo.jsonl"]);
    rig.finish(run, "record").passes()
}

/// Plays it where there is no Python.
fn simulated(rig: &Rig, faults: &[&str]) -> Outcome {
    let demo = repository().join("fixtures/packages/demo-board");
    let mut run = rig.command(["run"]);
    run.arg(demo);
    run.args(["--serial", "PB-7", "--unattended", "--format", "json"]);
    run.args(["--simulate", "demo.jsonl"]);
    run.args(faults.iter().flat_map(|fault| ["--fault", fault]));
    run.env("PATH", "/nonexistent");
    rig.finish(run, &format!("simulate {faults:?}"))
}

/// Name and verdict of every step, in the order in which they ended.
fn verdicts(run: &Outcome) -> Vec<(String, String)> {
    let events = run.json_events();
    let mut names = BTreeMap::new();
    let mut verdicts = Vec::new();
    for event in &events {
        let step = event["step"].as_u64();
        match event["type"].as_str() {
            Some("step_started") => {
                names.insert(step, event["name"].as_str().unwrap().to_owned());
            }
            Some("step_finished") => {
                let verdict = event["verdict"].as_str().unwrap().to_owned();
                verdicts.push((names[&step].clone(), verdict));
            }
            _ => {}
        }
    }
    verdicts
}

#[track_caller]
fn has(verdicts: &[(String, String)], step: &str, verdict: &str) {
    let wanted = (step.to_owned(), verdict.to_owned());
    assert!(verdicts.contains(&wanted), "{wanted:?} in {verdicts:#?}");
}

fn first<'a>(events: &'a [Value], kind: &str) -> &'a Value {
    events.iter().find(|event| event["type"] == kind).unwrap()
}

#[test]
fn recorded_run_has_the_same_verdicts_without_python_and_its_faults_take_their_paths() {
    let rig = Rig::new();
    let real = recorded(&rig);
    let again = simulated(&rig, &[]).passes();
    assert_eq!(verdicts(&real), verdicts(&again));
    let events = again.json_events();
    let started = first(&events, "run_started");
    assert_eq!(started["mode"], "simulation");
    assert_eq!(started["overrides"]["--simulate"], "demo.jsonl");
    let measured = events
        .iter()
        .filter_map(|event| event["measurements"].as_array());
    let mut points = measured
        .flatten()
        .filter(|point| point["origin"] != "operator");
    assert!(points.all(|point| point["origin"] == "simulated"));

    // A value outside its limits fails its step; the others run on (`on_step_failure: continue`).
    let low = simulated(&rig, &["Rail 3V3/Measure {{ rail }}=value:voltage=2.9"]).fails();
    has(&verdicts(&low), "Rail 3V3", "FAIL");
    has(&verdicts(&low), "Rail 1V8", "PASS");
    // The step has three attempts.
    let raised = simulated(&rig, &["steps/Unload=error"]).exit(5);
    has(&verdicts(&raised), "Unload", "ERROR");
    has(&verdicts(&raised), "Load and supply off", "PASS");
    // `terminate-on-fail`: nothing but cleanup follows, on a runner that was started anew.
    let crashed = simulated(&rig, &["Switch the supply on=crash"]).exit(5);
    let steps = verdicts(&crashed);
    has(&steps, "Switch the supply on", "ERROR");
    has(&steps, "Let the board boot", "SKIPPED");
    has(&steps, "Load and supply off", "PASS");
    let events = crashed.json_events();
    let starts = events
        .iter()
        .filter(|event| event["type"] == "runner_started");
    assert_eq!(starts.count(), 2);
}

/// Two ways to wait for an answer that does not come.
const SLOW: &str = "\
test:
  name: Slow
  version: 1.0.0
  steps:
    - { name: Ask, runner: python, module: module, function: ask, timeout_ms: 150,
        retry: { count: 1 }, measurement: { name: v, value: '{{result}}', high_limit: 3 } }
    - { name: Pause, type: delay, duration: 0 }
";

#[test]
fn timeout_is_injected_and_a_real_one_is_played_again() {
    let python = "import time\ndef ask():\n    time.sleep(5)\n    return 1\n";
    let rig = Rig::new().package("slow", SLOW, python);
    let record = [
        "run", "slow", "-s", "1", "--format", "json", "--record", "r.jsonl",
    ];
    let real = rig.run(record).exit(4);
    let play = [
        "run",
        "slow",
        "-s",
        "1",
        "--format",
        "json",
        "--simulate",
        "r.jsonl",
    ];
    let again = rig.run(play).exit(4);
    assert_eq!(verdicts(&real), verdicts(&again));

    let quick = Rig::new().package("slow", SLOW, "def ask():\n    return 1\n");
    quick.run(record).passes();
    let timeout = play.into_iter().chain(["--fault", "Ask=timeout"]);
    let aborted = quick.run(timeout).exit(4).within(Duration::from_secs(5));
    has(&verdicts(&aborted), "Ask", "ABORTED");
    quick
        .run(play.into_iter().chain(["--fault", "Ask=value:4"]))
        .fails();
}

/// Hangs at the first attempt, deaf to the cancel, and answers at the second one.
const STUBBORN: &str = "\
import os, time
def ask():
    if os.path.exists('asked'):
        return 1
    open('asked', 'w').close()
    while True:
        try:
            time.sleep(60)
        except BaseException:
            pass
";

#[test]
fn attempt_that_was_killed_is_played_before_the_one_that_followed_it() {
    let retried = SLOW.replace("count: 1", "count: 1, before: { name: Reset, type: mock }");
    let rig = Rig::new().package("slow", &retried, STUBBORN);
    let attempts = |run: &Outcome| {
        let events = run.json_events();
        let ends = events
            .iter()
            .filter(|event| event["type"] == "step_finished");
        let attempts: Vec<Value> = ends.map(|end| end["attempts"].clone()).collect();
        attempts
    };
    let run = ["run", "slow", "-s", "1", "--format", "json"];
    let real = rig.run([&run[..], &["--record", "r.jsonl"]].concat());
    let again = rig.run([&run[..], &["--simulate", "r.jsonl"]].concat());
    assert_eq!(attempts(&real.passes())[1], 2, "the reset ended first");
    assert_eq!(attempts(&again.passes())[1], 2);
}

#[test]
fn what_cannot_be_simulated_is_told_before_anything_starts() {
    let rig = Rig::new()
        .package("slow", SLOW, "def ask():\n    return 1\n")
        .file("text", "no recording\n");
    let play = |file, fault| {
        let args = [
            "run",
            "slow",
            "-s",
            "1",
            "--simulate",
            file,
            "--fault",
            fault,
        ];
        rig.run(args).exit(2)
    };
    play("missing", "Ask=error")
        .stderr("missing cannot be played")
        .stderr("--record FILE");
    play("text", "Ask=error").stderr("no recording of maestro");
    rig.run(["run", "slow", "-s", "1", "--record", "r.jsonl"])
        .passes();
    play("r.jsonl", "Aks=error")
        .stderr("no step 'Aks'")
        .stderr("did you mean `Ask`?");
    play("r.jsonl", "Pause=error").stderr("calls no runner");
    play("r.jsonl", "Ask=explode").stderr("STEP=timeout");
    rig.run(["run", "slow", "-s", "1", "--record", "no/such/folder"])
        .exit(2)
        .stderr("cannot be written");
}
