//! Plugs of Python code: open for the run, closed for certain, whatever ends it.

use std::fs;

use serde_json::Value;

use crate::faults::records::{of_kind, only};
use crate::live::{Live, eventually};
use crate::rig::Rig;
use rustix::process::Signal;

const PYTHON: &str = r#"
import os
import time
import maestro

def note(text):
    with open("notes", "a") as file:
        file.write(text + "\n")

@maestro.plug
class Supply:
    """Opened by the first step that asks for it."""
    def open(self): note("open")
    def close(self):
        note("close")
        print("supply is off")
    def set(self, volts): return volts

def on(supply: Supply, volts: float): return supply.set(volts)
def off(supply: Supply): note("off")
def wait(supply: Supply):
    note("waits")
    time.sleep(60)

@maestro.plug
def stubborn():
    yield 1
    raise OSError("the relay sticks")

def stick(it=stubborn): pass

@maestro.plug
class Endless:
    def close(self):
        note("closing")
        time.sleep(60)

def begin(it: Endless): pass

def deaf(supply: Supply):
    while True:
        try:
            time.sleep(60)
        except BaseException:
            pass

def crash(supply: Supply):
    os._exit(3)
"#;

fn step(name: &str, function: &str, more: &str) -> String {
    format!(
        "{{name: {name}, runner: python, module: module, function: {function}, timeout_ms: 20000{more}}}"
    )
}

fn test(steps: &[String], teardown: &[String]) -> String {
    let list = |name: &str, steps: &[String]| {
        let lines = steps.iter().map(|step| format!("    - {step}\n"));
        format!("  {name}:\n{}", lines.collect::<Vec<_>>().concat())
    };
    let mut text = "test:\n  name: Plugs\n  version: 1.0.0\n".to_owned();
    text += &list("steps", steps);
    if !teardown.is_empty() {
        text += &list("teardown", teardown);
    }
    text
}

fn notes(rig: &Rig) -> String {
    fs::read_to_string(rig.work().join("plugs/notes")).unwrap_or_default()
}

fn logged<'a>(events: &'a [Value], words: &str) -> Option<&'a Value> {
    of_kind(events, "logged").find(|event| {
        event["message"]
            .as_str()
            .is_some_and(|text| text.contains(words))
    })
}

const RUN: [&str; 5] = ["run", "plugs", "--serial", "P", "--format=json"];

#[test]
fn plug_is_open_for_the_run_and_its_closing_is_in_the_record() {
    let steps = [
        step("'On'", "'on'", ", parameters: {volts: 5}"),
        step("Again", "'on'", ", parameters: {volts: 6}"),
    ];
    let rig = Rig::new().package("plugs", &test(&steps, &[]), PYTHON);
    rig.run(["validate", "plugs"]).passes();
    let events = rig.run(RUN).passes().json_events();
    assert_eq!(notes(&rig), "open\nclose\n");
    let said = logged(&events, "supply is off").expect("what was printed while closing");
    let end = only(&events, "run_finished");
    assert!(said["seq"].as_u64() < end["seq"].as_u64(), "{said} {end}");
    assert_eq!(end["cleanup"], "complete");
}

#[test]
fn plug_is_no_parameter_of_a_step() {
    let steps = [step("'On'", "'on'", ", parameters: {volts: 5, supply: 1}")];
    let rig = Rig::new().package("plugs", &test(&steps, &[]), PYTHON);
    rig.run(["validate", "plugs"]).fails().shows("supply");
    let main = test(&[step("'On'", "'on'", "")], &[]);
    let rig = Rig::new().package("plugs", &main, PYTHON);
    rig.run(["validate", "plugs"]).fails().shows("volts");
}

#[test]
fn aborted_run_uses_its_plugs_in_teardown_and_closes_them() {
    let steps = [
        step("'On'", "'on'", ", parameters: {volts: 5}"),
        step("Wait", "wait", ""),
    ];
    let rig = Rig::new().package(
        "plugs",
        &test(&steps, &[step("'Off'", "'off'", "")]),
        PYTHON,
    );
    let live = Live::start(rig.command(RUN), "maestro run");
    eventually("the step waits", || notes(&rig).contains("waits"));
    live.signal(Signal::INT);
    live.end().exit(4);
    assert_eq!(notes(&rig), "open\nwaits\noff\nclose\n");
}

#[test]
fn plugs_are_closed_when_maestro_is_killed() {
    let steps = [step("Wait", "wait", "")];
    let rig = Rig::new().package("plugs", &test(&steps, &[]), PYTHON);
    let live = Live::start(rig.command(RUN), "maestro run");
    eventually("the step waits", || notes(&rig).contains("waits"));
    live.signal(Signal::KILL);
    live.end().exit(-9);
    eventually("the plug is closed", || {
        notes(&rig) == "open\nwaits\nclose\n"
    });
}

#[test]
fn plug_that_does_not_close_makes_the_cleanup_incomplete() {
    let rig = Rig::new().package("plugs", &test(&[step("Stick", "stick", "")], &[]), PYTHON);
    let events = rig.run(RUN).passes().json_events();
    let error = logged(
        &events,
        "plug `stubborn` could not be closed: OSError: the relay sticks",
    );
    assert_eq!(error.unwrap()["level"], "error");
    assert!(logged(&events, "did not close stubborn: UNIT MAY BE LIVE").is_some());
    assert_eq!(only(&events, "run_finished")["cleanup"], "incomplete");
}

#[test]
fn plug_that_closes_for_ever_is_ended_and_told() {
    let rig = Rig::new().package("plugs", &test(&[step("Begin", "begin", "")], &[]), PYTHON);
    let outcome = rig.run(RUN).passes();
    let events = outcome.json_events();
    assert!(
        logged(&events, "it took too long and did not close Endless").is_some(),
        "{outcome}"
    );
    assert_eq!(only(&events, "run_finished")["cleanup"], "incomplete");
}

#[test]
fn plug_of_a_runner_that_is_gone_makes_the_cleanup_incomplete() {
    for (function, code) in [("deaf", 4), ("crash", 5)] {
        let lost = step("Lost", function, "").replace("20000", "1000");
        let main = test(&[lost], &[step("'Off'", "'off'", "")]);
        let rig = Rig::new().package("plugs", &main, PYTHON);
        let outcome = rig.run(RUN).exit(code);
        let events = outcome.json_events();
        // The process that comes after it opens and closes a plug of its own.
        assert_eq!(notes(&rig), "open\nopen\noff\nclose\n", "{function}");
        let error = logged(&events, "did not close Supply: UNIT MAY BE LIVE");
        assert_eq!(error.expect(function)["level"], "error");
        let end = only(&events, "run_finished");
        assert_eq!(end["cleanup"], "incomplete", "{function}");
    }
}
