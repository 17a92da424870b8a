//! One sequence whose steps are Python, .NET under Mono, an instrument and programs: values keep
//! their types, and whichever runner is killed, wherever, the run comes to its end.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::dotnet::compile;
use crate::faults::records::{assert_no_process, end_of_step, of_kind, only, processes_of, word};
use crate::instrument::simulated::Simulated;
use crate::live::{Live, eventually};
use crate::rig::{Outcome, Rig, repository};

/// Every step of `main.yaml`, and the runner that carries it out.
const STEPS: [(&str, &str); 12] = [
    ("On", "scpi"),
    ("Give", "python"),
    ("Change", "dotnet"),
    ("Pass", "command"),
    ("Say", "scpi"),
    ("Count", "scpi"),
    ("Take", "python"),
    ("Back", "dotnet"),
    ("Off", "scpi"),
    ("Free", "python"),
    ("Leave", "dotnet"),
    ("Close", "command"),
];

/// The steps of the teardown begin here.
const TEARDOWN: usize = 8;

/// The station with its supply, and the package.
struct Bench {
    rig: Rig,
    supply: Simulated,
}

impl Bench {
    fn new() -> Self {
        let supply = Simulated::listen();
        let station = format!("station_id: rig\ncfg: {{PSU: '{}'}}\n", supply.resource());
        let rig = Rig::new()
            .package("mixed", include_str!("main.yaml"), "")
            .file("mixed/python_modules/mixed.py", include_str!("mixed.py"))
            .file("station.yaml", &station);
        let assemblies = rig.work().join("mixed/assemblies");
        fs::create_dir(&assemblies).unwrap();
        let source = repository().join("tests/it/mixed/Mixed.cs");
        compile(&source, &assemblies.join("Mixed.dll"));
        Self { rig, supply }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.rig.work().join("mixed").join(name)
    }

    fn start(&self) -> Live {
        let args = [
            "run",
            "mixed",
            "--serial=S1",
            "--headless",
            "--format=json",
            "--config=station.yaml",
        ];
        Live::start(self.rig.command(args), "maestro run mixed")
    }

    /// A run in which `then` happens while `step` waits in its runner.
    fn run_held(&self, step: &str, runner: &str, then: impl FnOnce(&Live, &str)) -> Outcome {
        for left in ["at", "go"] {
            let _ = fs::remove_file(self.file(left));
        }
        let is_held_by_supply = runner == "scpi";
        let hold = self.file(&format!("hold-{step}"));
        if is_held_by_supply {
            self.supply.bench.hold_at(message_of(step));
        } else {
            fs::write(&hold, "").unwrap();
        }
        let mut live = self.start();
        let start = live.until_event("its start", |event| event["type"] == "run_started");
        let at = self.file("at");
        live.until(step, |_| {
            let is_there = at.exists() || self.supply.bench.is_holding();
            is_there.then_some(())
        });
        then(&live, &word(&start, "run"));
        self.supply.bench.go_on();
        fs::write(self.file("go"), "").unwrap();
        let _ = fs::remove_file(hold);
        live.end()
    }
}

/// What the supply hears in a step, and is held at.
fn message_of(step: &str) -> &'static str {
    match step {
        "On" => "OUTP ON",
        "Off" => "OUTP OFF",
        "Say" => "ECHO? Grüße, \"€😀\" e\u{301}ß",
        _ => "ECHO? 42,9007199254740993,3.0,\"0042\"",
    }
}

/// The process of a runner: what it started itself carries its mark too, and has another parent.
#[track_caller]
fn process_of(live: &Live, run: &str, runner: &str) -> Option<Pid> {
    let marker = format!("MAESTRO_RUNNER={run}/{runner}/");
    let has_mark = |pid: &i32| {
        let environ = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        let mut variables = environ.split(|&byte| byte == 0);
        variables.any(|variable| variable.starts_with(marker.as_bytes()))
    };
    let is_child = |pid: &i32| {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        status.contains(&format!("\nPPid:\t{}\n", live.pid()))
    };
    let all = processes_of(run).into_iter();
    let mut found = all.filter(|pid| has_mark(pid) && is_child(pid));
    let pid = found.next().and_then(Pid::from_raw);
    assert_eq!(found.next(), None, "two runners '{runner}'");
    pid
}

/// Kills a process and waits for its end, which takes one with many threads a moment.
#[track_caller]
fn kill(pid: Option<Pid>) {
    let pid = pid.expect("the runner is there");
    kill_process(pid, Signal::KILL).unwrap();
    let place = PathBuf::from(format!("/proc/{}", pid.as_raw_nonzero()));
    eventually("the runner is dead", || {
        let stat = fs::read_to_string(place.join("stat")).unwrap_or_default();
        let threads = fs::read_dir(place.join("task")).map_or(0, Iterator::count);
        stat.is_empty() || (stat.contains(") Z ") && threads <= 1)
    });
}

/// The verdict of each step that was started.
fn verdicts(events: &[Value]) -> BTreeMap<String, String> {
    STEPS
        .iter()
        .map(|(step, _)| {
            let end = end_of_step(events, step);
            ((*step).to_owned(), word(&end, "verdict"))
        })
        .collect()
}

#[test]
fn values_keep_their_types_through_every_runner_and_in_the_record() {
    let bench = Bench::new();
    let outcome = bench.start().end().passes();
    assert!(!bench.supply.bench.is_on());
    let events = outcome.json_events();
    assert_no_process(&word(only(&events, "run_started"), "run"));
    let show = bench.rig.run(["results", "show", "--format=json"]);
    let record = show.passes().json();
    let of = |name: &str, key: &str| {
        let steps = record["steps"].as_array().unwrap();
        let step = steps.iter().find(|step| step["name"] == name).unwrap();
        step[key].clone()
    };
    let given = json!({
        "whole": 41,
        "big": 9_007_199_254_740_993_i64,
        "real": 1.5,
        "flag": false,
        "text": "Grüße, \"€😀\" e\u{301}",
        "code": "0042",
        "list": [1, 2.0, "ä,b", true, null, [3]],
        "map": {"ü": {"n": 1, "x": 0.1}, "empty": {}, "none": null},
    });
    let changed = json!({
        "whole": 42,
        "big": 9_007_199_254_740_993_i64,
        "real": 3.0,
        "flag": true,
        "text": "Grüße, \"€😀\" e\u{301}ß",
        "code": "0042",
        "list": [[3], null, true, "ä,b", 2.0, 1],
        "map": {"ü": {"n": 1, "x": 0.1}, "empty": {}, "none": null, "net": 6},
    });
    assert_eq!(of("Give", "outputs"), given);
    assert_eq!(of("Change", "parameters"), given);
    assert_eq!(of("Change", "outputs"), changed);
    let mut passed = of("Pass", "outputs");
    for key in ["exit_code", "stdout", "stderr"] {
        passed.as_object_mut().unwrap().remove(key).unwrap();
    }
    assert_eq!(passed, changed);
    assert_eq!(of("Say", "outputs"), json!({"result": changed["text"]}));
    let counted = json!([42, 9_007_199_254_740_993_i64, 3.0, "0042"]);
    assert_eq!(of("Count", "outputs"), json!({"result": counted}));
    assert_eq!(of("Take", "parameters"), changed);
    let kinds = json!({
        "whole": "int", "big": "int", "real": "float", "flag": "bool",
        "text": "str", "code": "str", "list": "list", "map": "dict",
    });
    assert_eq!(
        of("Take", "outputs"),
        json!({"everything": changed, "kinds": kinds})
    );
    let mut back = of("Back", "outputs");
    let kinds = back.as_object_mut().unwrap().remove("kinds").unwrap();
    assert_eq!(back, changed);
    for (name, kind) in [("real", "Double"), ("flag", "Boolean"), ("code", "String")] {
        assert_eq!(kinds[name], kind, "{kinds}");
    }
}

#[test]
fn runner_that_is_killed_in_its_step_makes_it_an_error_and_the_run_ends_with_its_cleanup() {
    let bench = Bench::new();
    for (place, (step, runner)) in STEPS.into_iter().enumerate() {
        let outcome = bench
            .run_held(step, runner, |live, run| {
                kill(process_of(live, run, runner));
            })
            .exit(5);
        let events = outcome.json_events();
        let verdicts = verdicts(&events);
        let dead = end_of_step(&events, step);
        assert_eq!(dead["verdict"], "ERROR", "{step}: {outcome}");
        assert_eq!(dead["error"]["kind"], "runner-died", "{step}: {dead}");
        for (before, _) in &STEPS[..place] {
            assert_eq!(verdicts[*before], "PASS", "{before} before {step}");
        }
        // Whatever was lost, all of the cleanup is carried out, by a new runner where needed.
        let cleanup = STEPS[TEARDOWN..].iter().filter(|(name, _)| *name != step);
        for (cleaned, _) in cleanup {
            assert_eq!(verdicts[*cleaned], "PASS", "{cleaned} after {step}");
        }
        let end = only(&events, "run_finished");
        assert_eq!(end["verdict"], "ERROR", "{step}: {end}");
        let is_whole = place < TEARDOWN;
        let cleanup = if is_whole { "complete" } else { "incomplete" };
        assert_eq!(end["cleanup"], cleanup, "{step}: {end}");
        assert!(!is_whole || !bench.supply.bench.is_on(), "{step}");
        assert_no_process(&word(only(&events, "run_started"), "run"));
    }
    // Every record is closed. Where the cleanup itself was cut off, somebody has to look.
    let acknowledge = bench.rig.run(["recover", "--acknowledge"]).passes();
    acknowledge.stderr("is taken for safe");
    let recover = bench.rig.run(["recover"]).passes();
    recover.stderr("nothing to recover");
    eventually("every connection is closed", || {
        bench.supply.bench.open() == 0
    });
}

#[test]
fn runners_that_are_killed_while_they_do_nothing_are_started_anew_by_their_next_step() {
    let bench = Bench::new();
    for (place, (step, runner)) in STEPS.into_iter().enumerate() {
        let mut killed = Vec::new();
        let outcome = bench
            .run_held(step, runner, |live, run| {
                let mut idle = vec!["python", "dotnet", "scpi", "command"];
                idle.retain(|name| *name != runner);
                for name in idle {
                    kill(process_of(live, run, name));
                    killed.push(name);
                }
            })
            .passes();
        let events = outcome.json_events();
        assert!(verdicts(&events).values().all(|verdict| verdict == "PASS"));
        let later: Vec<&str> = STEPS[place + 1..].iter().map(|(_, name)| *name).collect();
        for name in killed {
            let is_needed = later.contains(&name);
            let starts = of_kind(&events, "runner_started").filter(|start| start["runner"] == name);
            let expected = if is_needed { 2 } else { 1 };
            assert_eq!(starts.count(), expected, "{name} at {step}: {outcome}");
            let warning = format!("runner '{name}' is lost: what it held in memory is gone");
            let told = of_kind(&events, "logged").filter(|line| line["message"] == warning);
            // The end of one that nothing needs any more may come after that of the run.
            let is_told = told.count() == 1;
            assert!(is_told || !is_needed, "{name} at {step}: {outcome}");
        }
        assert_no_process(&word(only(&events, "run_started"), "run"));
    }
}
