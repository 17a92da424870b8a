//! The environment of a package: built once, found again, never half.

use std::fs;
use std::path::{Path, PathBuf};

use rustix::process::Signal;
use serde_json::Value;

use super::bench::{Tool, alone, offline, package, path_without_uv, uv, wheel};
use crate::faults::records::{end_of_step, only};
use crate::live::{Live, eventually};
use crate::pty::{Controlling, Terminal};
use crate::rig::{Outcome, Rig};

const WANTS_GAUGE: &str = r#"{"pipPackages": ["gauge"]}"#;
const RUN: [&str; 5] = ["run", "bench", "--serial", "1", "--format=json"];

fn value(outcome: &Outcome) -> Value {
    end_of_step(&outcome.json_events(), "Read")["outputs"]["value"].clone()
}

/// Folders of environments, and everything else in their place.
fn environments(rig: &Rig) -> Vec<PathBuf> {
    let entries = fs::read_dir(rig.home().join("environments"))
        .into_iter()
        .flatten()
        .flatten();
    let folders = entries
        .map(|entry| entry.path())
        .filter(|path| path.is_dir());
    folders.collect()
}

fn start(rig: &Rig, station: &str) -> Live {
    let mut command = rig.command(RUN);
    command.env("MAESTRO_STATION_ID", station);
    Live::start(command, "maestro run")
}

/// Processes of this machine whose command line names the folder.
fn busy_in(folder: &Path) -> Vec<String> {
    let folder = folder.to_string_lossy().into_owned();
    let processes = fs::read_dir("/proc").unwrap().flatten();
    processes
        .filter_map(|entry| fs::read(entry.path().join("cmdline")).ok())
        .map(|line| String::from_utf8_lossy(&line).replace('\0', " "))
        .filter(|line| line.contains(&folder) && !line.contains("maestro run"))
        .collect()
}

/// A rig whose Python environments are built with the real uv, or with pip where that is not there.
fn quick(rig: Rig) -> Rig {
    let usual = path_without_uv();
    let path = match uv() {
        Some(uv) => format!("{}:{usual}", uv.parent().unwrap().display()),
        None => usual,
    };
    rig.env("PATH", &path)
}

#[test]
fn environment_is_found_again_until_its_wheels_change() {
    let rig = quick(package(Rig::new(), WANTS_GAUGE));
    let wheels = rig.work().join("bench/wheels");
    wheel(&wheels, "gauge", "1.0", "VALUE = 1");
    let first = rig
        .run(RUN)
        .passes()
        .stderr("building the Python environment of 'bench': gauge (")
        .stderr("built in");
    assert_eq!(value(&first), 1);
    let facts = only(&first.json_events(), "fact_found").clone();
    let installed = &facts["value"][0]["installed"];
    assert_eq!(installed, &serde_json::json!(["gauge==1.0"]));

    let second = rig.run(RUN).passes().silent();
    assert_eq!(value(&second), 1);
    assert_eq!(environments(&rig).len(), 1);

    wheel(&wheels, "gauge", "1.0", "VALUE = 2");
    let third = rig.run(RUN).passes().stderr("built in");
    assert_eq!(value(&third), 2);
    assert_eq!(environments(&rig).len(), 2);

    let list = rig.run(["runner", "list"]).passes();
    list.shows("bench: Python 3.").shows("gauge==1.0");
    let clean = rig.run(["runner", "clean"]).passes();
    clean.stderr("0 removed (0.0 MB), 2 kept");
    let clean = rig.run(["runner", "clean", "--older-than", "0"]).passes();
    clean.stderr("2 removed");
    let left: Vec<_> = fs::read_dir(rig.home().join("environments"))
        .unwrap()
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn uv_says_in_its_own_words_what_cannot_be_had() {
    if uv().is_none() {
        eprintln!("skipped: uv is not installed; tests/run installs it");
        return;
    }
    let rig = quick(package(Rig::new(), r#"{"pipPackages": ["gauge>=2"]}"#));
    wheel(
        &rig.work().join("bench/wheels"),
        "gauge",
        "1.0",
        "VALUE = 1",
    );
    let outcome = rig.run(RUN).exit(2);
    outcome
        .stderr("gauge>=2 (uv, from wheels)")
        .stderr("uv ended with exit code 1")
        .stderr("No solution found");
}

#[test]
fn pip_installs_wheels_with_no_network_and_its_last_words_are_told() {
    let rig = package(Rig::new(), WANTS_GAUGE).env("PATH", &path_without_uv());
    wheel(
        &rig.work().join("bench/wheels"),
        "gauge",
        "1.0",
        "VALUE = 1",
    );
    let (rig, unshared) = offline(rig);
    let run = |rig: &Rig| rig.finish(alone(&rig.command(RUN), unshared), "maestro run");
    let first = run(&rig).passes().stderr("gauge (pip, from wheels)");
    assert_eq!(value(&first), 1);
    run(&rig).passes().silent();

    let rig = package(rig, r#"{"pipPackages": ["gauge==9.9"]}"#);
    run(&rig)
        .exit(2)
        .stderr(
            "error: the Python environment of 'bench' cannot be built: pip ended with exit code 1",
        )
        .stderr("ERROR: No matching distribution found for gauge==9.9")
        .stderr("-I -m pip install")
        .stderr("-m pip download --dest wheels 'gauge==9.9'");
    assert_eq!(environments(&rig).len(), 1);
    let open = fs::read_dir(rig.home().join("journal/open"));
    assert_eq!(open.into_iter().flatten().count(), 0, "nothing was started");
}

#[test]
fn index_that_cannot_be_reached_is_a_trouble_of_the_network() {
    let rig = package(Rig::new(), WANTS_GAUGE).env("PATH", &path_without_uv());
    let rig = rig
        .env("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
        .env("PIP_FIND_LINKS", "");
    rig.run(RUN)
        .exit(5)
        .stderr("cannot be built: pip ended with exit code 1")
        .stderr("the package index cannot be reached");
}

#[test]
fn killed_build_is_never_taken_for_whole() {
    let (rig, tool) = Tool::put(package(Rig::new(), WANTS_GAUGE));
    tool.hang();
    let first = start(&rig, "one");
    eventually("the build stands still", || tool.hangs());
    first.signal(Signal::KILL);
    first.end().exit(-9);
    assert_eq!(environments(&rig).len(), 1, "half an environment");
    eventually("the tool ends with maestro", || {
        busy_in(&rig.work().join("tools")).is_empty()
    });
    tool.go_on();
    let second = rig.run(RUN).passes().stderr("built in");
    assert_eq!(value(&second), 1);
    assert_eq!(environments(&rig).len(), 1);
    assert_eq!(tool.builds(), 2);
}

#[test]
fn second_station_waits_for_the_build_of_the_first() {
    let (rig, tool) = Tool::put(package(Rig::new(), WANTS_GAUGE));
    tool.hang();
    let first = start(&rig, "one");
    eventually("the first builds", || tool.hangs());
    let mut second = start(&rig, "two");
    let waits = "another maestro builds the Python environment of 'bench': waiting for it";
    second.until(waits, |live| live.stderr().contains(waits).then_some(()));
    tool.go_on();
    assert_eq!(value(&first.end().passes()), 1);
    assert_eq!(value(&second.end().passes()), 1);
    assert_eq!(tool.builds(), 1);
}

#[test]
fn environment_in_use_is_not_removed() {
    let wait = "
import time, pathlib
def read():
    pathlib.Path('reads').touch()
    while pathlib.Path('reads').exists(): time.sleep(0.01)
    return {'value': 1}
";
    let rig = package(Rig::new(), WANTS_GAUGE).file("bench/python_modules/module.py", wait);
    let (rig, _tool) = Tool::put(rig);
    let live = start(&rig, "one");
    let reads = rig.work().join("bench/reads");
    eventually("the step runs", || reads.exists());
    rig.run(["runner", "clean", "--older-than", "0"])
        .passes()
        .stderr("in use")
        .stderr("0 removed");
    fs::remove_file(reads).unwrap();
    live.end().passes();
    rig.run(["runner", "clean", "--older-than", "0"])
        .passes()
        .stderr("1 removed");
}

#[test]
fn interrupt_ends_a_build_with_everything_that_it_started() {
    let (rig, tool) = Tool::put(package(Rig::new(), WANTS_GAUGE));
    tool.hang();
    let command = rig.command(["run", "bench", "--serial", "1", "--headless"]);
    let mut terminal = Terminal::run(&command, Controlling::Yes);
    // What the tool says moves in one line while it works.
    terminal.sees("building the Python environment of 'bench': gauge (uv)");
    terminal.sees("fetching gauge");
    terminal.press("\x03");
    terminal.sees("interrupted while the Python environment of 'bench' was built");
    terminal.ends_with(4);
    assert_eq!(busy_in(&rig.work().join("tools")), Vec::<String>::new());
    assert!(environments(&rig).is_empty());
}

#[test]
fn packages_that_need_nothing_get_no_environment() {
    let rig = Rig::new().package("bench", super::bench::MAIN, "def read(): return 1");
    rig.run(RUN).passes().silent();
    assert!(!rig.home().join("environments").exists());
}

#[test]
fn virtual_environment_of_the_station_is_used_as_it_is() {
    let (rig, tool) = Tool::put(package(Rig::new(), WANTS_GAUGE));
    let own = rig.work().join("own");
    let made = std::process::Command::new("python3")
        .args(["-m", "venv", "--without-pip"])
        .arg(&own)
        .status();
    assert!(made.unwrap().success());
    let station = format!(
        "runners: {{python: {{command: [{}/bin/python]}}}}",
        own.display()
    );
    let rig = rig.file("station.yaml", &station);
    // Nothing is built, so nothing is there.
    let outcome = rig
        .run(["--config", "station.yaml"].iter().chain(&RUN))
        .exit(5);
    let error = end_of_step(&outcome.json_events(), "Read")["error"]["message"].to_string();
    assert!(error.contains("No module named 'gauge'"), "{error}");
    assert_eq!(tool.builds(), 0);
}

#[test]
fn interpreter_that_is_not_there_is_told_with_those_that_are() {
    let main = super::bench::MAIN.replace(
        "runner: python,",
        "runner: python, runner_type: python3.27,",
    );
    let rig = Rig::new().package("bench", &main, "def read(): return 1");
    rig.run(RUN)
        .exit(2)
        .stderr("no Python 3.27 on PATH (")
        .stderr("is 3.");
}

#[test]
fn package_that_wants_a_newer_python_is_refused() {
    let rig = package(Rig::new(), r#"{"minPythonVersion": "3.29"}"#);
    rig.run(RUN)
        .exit(2)
        .stderr("no Python 3.29 or newer on PATH (");
}
