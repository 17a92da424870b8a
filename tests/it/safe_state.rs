//! The station's `safe_state`: after a kill, after cleanup that failed, and never otherwise.

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::rig::Rig;

/// A supply that is switched by a file, and a cleanup that can be told to fail.
const MAIN: &str = "\
test:
  name: Supply
  version: 1.0.0
  variables: { hold: 0, broken: 0 }
  steps:
    - { name: 'On', runner: command, program: /bin/sh, args: [-c, 'echo on >> ../supply'], timeout_ms: 5000 }
    - { name: Hold, type: delay, duration: '{{hold}}' }
  teardown:
    - { name: 'Off', runner: command, program: /bin/sh, args: [-c, 'exit {{broken}}'], timeout_ms: 5000 }
";

/// The first step fails, and the second runs all the same.
const STATION: &str = "\
station_id: rig
cfg: { SUPPLY: ../supply, PASSWORD: x }
safe_state:
  - { name: Load off, runner: command, program: /nonexistent/load, timeout_ms: 2000 }
  - { name: Settle, type: delay, duration: 0.01 }
  - { name: Supply off, runner: command, program: /bin/sh, args: [-c, 'echo off >> {{cfg.SUPPLY}}'], timeout_ms: 2000 }
";

fn rig(station: &str) -> Rig {
    let station = station.replace("../supply", "supply");
    let rig = Rig::new().package("supply-test", MAIN, "");
    let config = rig.work().join("station.yaml");
    rig.file("station.yaml", &station)
        .env("MAESTRO_CONFIG", config.to_str().unwrap())
}

fn supply(rig: &Rig) -> String {
    fs::read_to_string(rig.work().join("supply")).unwrap_or_default()
}

/// Name and verdict of the steps of section `safe_state`, from the record.
fn made_safe(rig: &Rig) -> Vec<(String, String)> {
    let shown = rig
        .run(["results", "show", "--format", "json"])
        .passes()
        .json();
    let steps = shown["steps"].as_array().unwrap().clone();
    let safe = steps.iter().filter(|step| step["section"] == "safe_state");
    let text = |step: &Value, key: &str| step[key].as_str().unwrap().to_owned();
    safe.map(|step| (text(step, "name"), text(step, "verdict")))
        .collect()
}

fn expected() -> Vec<(String, String)> {
    [
        ("Load off", "ERROR"),
        ("Settle", "PASS"),
        ("Supply off", "PASS"),
    ]
    .map(|(name, verdict)| (name.to_owned(), verdict.to_owned()))
    .to_vec()
}

/// Starts a run and kills it with the supply on.
fn killed(rig: &Rig) {
    let mut run = rig.command([
        "run",
        "supply-test",
        "-s",
        "S1",
        "--var",
        "hold=60",
        "--headless",
    ]);
    let mut child = run.spawn().unwrap();
    let end = Instant::now() + Duration::from_secs(30);
    while !supply(rig).contains("on") {
        assert!(Instant::now() < end, "the supply was never switched on");
        sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn killed_run_leaves_the_supply_on_until_recovery_switches_it_off() {
    let rig = rig(STATION);
    killed(&rig);
    assert_eq!(supply(&rig), "on\n");
    rig.run(["recover"])
        .passes()
        .stderr("UNIT MAY BE LIVE")
        .stderr("THE STATION'S SAFE STATE FAILED");
    assert_eq!(supply(&rig), "on\noff\n");
    assert_eq!(made_safe(&rig), expected());
    // Once: what is closed is closed.
    rig.run(["recover"]).passes().stderr("nothing to recover");
    assert_eq!(supply(&rig), "on\noff\n");
}

#[test]
fn next_run_switches_the_supply_off_before_it_begins() {
    let whole = STATION.replace("/nonexistent/load", "/bin/true");
    let rig = rig(&whole);
    killed(&rig);
    rig.run(["run", "supply-test", "-s", "S2"])
        .passes()
        .stderr("the station's safe_state was carried out");
    assert_eq!(supply(&rig), "on\noff\non\n");
}

#[test]
fn cleanup_that_fails_is_followed_by_the_safe_state_and_a_complete_one_is_not() {
    let rig = rig(STATION);
    rig.run(["run", "supply-test", "-s", "S1"]).passes();
    assert_eq!(supply(&rig), "on\n");
    assert_eq!(made_safe(&rig), []);
    rig.run(["run", "supply-test", "-s", "S1", "--var", "broken=3"])
        .exit(5)
        .shows("UNIT MAY BE LIVE")
        .shows("Safe state of the station")
        .shows("Supply off");
    assert_eq!(supply(&rig), "on\non\noff\n");
    assert_eq!(made_safe(&rig), expected());
}
