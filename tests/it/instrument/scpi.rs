//! Instruments as steps, in whole runs.

use std::fs;
use std::time::Duration;

use serde_json::Value;

use super::simulated::{Simulated, SimulatedLine, samples};
use crate::faults::records::{assert_no_process, end_of_step, of_kind, only, word};
use crate::live::eventually;
use crate::rig::{Outcome, Rig, repository};

fn test_of(steps: &str) -> String {
    format!("test:\n  name: Instruments\n  version: 1.0.0\n  steps:\n{steps}")
}

/// A package with these steps, and a station whose `cfg.PSU` is the instrument.
pub(super) fn rig(steps: &str, resource: &str) -> Rig {
    Rig::new()
        .package(
            "p",
            &test_of(steps),
            "def twice(x: float):\n    return 2 * x\n",
        )
        .file(
            "station.yaml",
            &format!("station_id: rig\ncfg: {{PSU: '{resource}'}}\n"),
        )
}

pub(super) fn run(rig: &Rig) -> Outcome {
    rig.run([
        "run",
        "p",
        "--serial=S1",
        "--unattended",
        "--format=json",
        "--config=station.yaml",
    ])
}

pub(super) fn verdict(events: &[Value], step: &str) -> String {
    word(&end_of_step(events, step), "verdict")
}

pub(super) fn reason(events: &[Value], step: &str) -> String {
    let end = end_of_step(events, step);
    word(&end["error"], "message")
}

/// What the log of the run holds, line by line.
pub(super) fn log(events: &[Value]) -> String {
    let lines: Vec<String> = of_kind(events, "logged")
        .map(|event| format!("{}: {}", word(event, "level"), word(event, "message")))
        .collect();
    lines.join("\n")
}

/// A session with a supply: switched on, measured, read out and switched off.
pub(super) const SESSION: &str = r#"
    - {name: Who, runner: scpi, resource: "{{cfg.PSU}}", query: "*IDN?", parse: '(?P<maker>\w+),(?P<model>[^,]+)', timeout_ms: 20000, measurement: {name: model, type: string, expected: SIM-1}}
    - {name: Set, runner: scpi, resource: "{{cfg.PSU}}", write: "VOLT {{ 3 + 0.3 }}", check_errors: true, timeout_ms: 20000}
    - {name: On, runner: scpi, resource: "{{cfg.PSU}}", write: OUTP ON, opc: true, timeout_ms: 20000}
    - {name: Measure, runner: scpi, resource: "{{cfg.PSU}}", query: "MEAS:VOLT:DC?", timeout_ms: 20000, measurement: {name: V, low_limit: 3.2, high_limit: 3.4, unit: V}}
    - {name: Twice, runner: python, module: module, function: twice, parameters: {x: "{{result}}"}, timeout_ms: 20000, measurement: {name: result, low_limit: 6.5, high_limit: 6.7}}
    - {name: Trace, runner: scpi, resource: "{{cfg.PSU}}", query: "CURV?", parse: binary, timeout_ms: 20000, measurement: {name: result, operator: equal, target: 256}}
    - {name: Size, runner: command, program: wc, args: [-c, "{{file}}"], parse: '(?P<bytes>\d+)', timeout_ms: 20000, measurement: {name: bytes, operator: equal, target: 256}}
    - {name: Over, runner: scpi, resource: "{{cfg.PSU}}", query: "OVER?", timeout_ms: 20000, measurement: {name: O, operator: gt, low_limit: 5}}
  teardown:
    - {name: "Off", runner: scpi, resource: "{{cfg.PSU}}", write: OUTP OFF, timeout_ms: 20000}
"#;

#[test]
fn instrument_is_driven_over_tcp_beside_python_and_a_program() {
    let instrument = Simulated::listen();
    let rig = rig(SESSION, &instrument.resource());
    let events = run(&rig).passes().json_events();
    assert!(!instrument.bench.is_on());
    assert_eq!(instrument.bench.connections(), 1, "one session for the run");
    let log = log(&events);
    assert!(log.contains("debug: TCPIP::127.0.0.1::"), "{log}");
    assert!(log.contains(r#"> "OUTP ON\n""#), "{log}");
    let stored = only(&events, "artifact_stored");
    let path = rig
        .home()
        .join("artifacts")
        .join(word(&stored["artifact"], "path"));
    assert!(fs::read(path).unwrap() == samples());
}

#[test]
fn sample_without_test_code_runs_and_leaves_nothing() {
    let package = repository().join("fixtures/packages/bench-supply");
    let package = package.display().to_string();
    let rig = Rig::new();
    rig.run(["validate", &package, "--deny=warnings"]).passes();
    let outcome = rig
        .run(["run", &package, "--serial=S1", "--format=json"])
        .passes();
    let events = outcome.json_events();
    assert_no_process(&word(only(&events, "run_started"), "run"));
}

#[test]
fn instrument_is_driven_over_a_serial_line() {
    let instrument = SimulatedLine::plug_in();
    let rig = rig(SESSION, &instrument.resource());
    let events = run(&rig).passes().json_events();
    assert!(instrument.bench.heard().ends_with(&["OUTP OFF".to_owned()]));
    let log = log(&events);
    assert!(
        log.contains(&format!("ASRL{}::INSTR: > \"OUTP ON\\n\"", instrument.path)),
        "{log}"
    );
}

#[test]
fn errors_of_the_instrument_and_answers_that_do_not_fit_are_errors_of_the_step() {
    let steps = r#"
    - {name: High, runner: scpi, resource: "{{cfg.PSU}}", write: VOLT 99, check_errors: true, timeout_ms: 20000}
    - {name: Unit, runner: scpi, resource: "{{cfg.PSU}}", query: "UNIT?", parse: number, timeout_ms: 20000}
    - {name: Dies, runner: scpi, resource: "{{cfg.PSU}}", query: "DIE?", timeout_ms: 20000}
    - {name: Lives, runner: scpi, resource: "{{cfg.PSU}}", query: "OUTP?", timeout_ms: 20000, measurement: {name: O, operator: equal, target: 0}}
"#;
    let instrument = Simulated::listen();
    let rig = rig(steps, &instrument.resource());
    let events = run(&rig).exit(5).json_events();
    for (step, says) in [
        ("High", "-222 Data out of range;VOLT 99"),
        ("Unit", "the answer \"3.30 V\" is no number"),
        ("Dies", "the instrument closed the connection"),
    ] {
        assert_eq!(verdict(&events, step), "ERROR", "{step}");
        let reason = reason(&events, step);
        assert!(reason.contains(says), "{step}: {reason}");
    }
    assert_eq!(verdict(&events, "Lives"), "PASS");
    assert!(log(&events).contains("was opened anew"), "{}", log(&events));
}

#[test]
fn silent_instrument_ends_the_step_at_its_limit_and_cleanup_reaches_it() {
    let steps = r#"
    - {name: "On", runner: scpi, resource: "{{cfg.PSU}}", write: OUTP ON, timeout_ms: 20000}
    - {name: Late, runner: scpi, resource: "{{cfg.PSU}}", query: "LATE?", timeout_ms: 300}
  teardown:
    - {name: "Off", runner: scpi, resource: "{{cfg.PSU}}", write: OUTP OFF, timeout_ms: 20000}
    - {name: State, runner: scpi, resource: "{{cfg.PSU}}", query: "OUTP?", timeout_ms: 20000, measurement: {name: O, operator: equal, target: 0}}
"#;
    let instrument = Simulated::listen();
    let rig = rig(steps, &instrument.resource());
    let events = run(&rig).exit(4).json_events();
    assert_eq!(verdict(&events, "Late"), "ABORTED");
    assert_eq!(verdict(&events, "State"), "PASS", "and not the late 666");
    assert_eq!(
        of_kind(&events, "runner_started").count(),
        1,
        "it was not killed"
    );
}

#[test]
fn limit_of_the_resource_makes_silence_an_error() {
    let steps = "    - {name: Never, runner: scpi, resource: '{{cfg.PSU}}', query: 'NEVER?', timeout_ms: 20000}\n";
    let instrument = Simulated::listen();
    let rig = rig(steps, &format!("{}?timeout_ms=150", instrument.resource()));
    let events = run(&rig)
        .exit(5)
        .within(Duration::from_secs(15))
        .json_events();
    assert!(reason(&events, "Never").contains("within 150 ms"));
}

#[test]
fn resource_that_is_none_ends_the_run_before_its_first_step() {
    let steps = "    - {name: A, runner: scpi, resource: 'GIPB0::5::INSTR', query: '*IDN?', timeout_ms: 1000}\n";
    let rig = rig(steps, "");
    let outcome = run(&rig).exit(2);
    assert!(outcome.stderr.contains("resource-invalid"), "{outcome}");
}

#[test]
fn killed_maestro_leaves_no_connection_open() {
    let steps = "    - {name: Never, runner: scpi, resource: '{{cfg.PSU}}', query: 'NEVER?', timeout_ms: 60000}\n";
    let instrument = Simulated::listen();
    let rig = rig(steps, &instrument.resource());
    let mut maestro = rig
        .command([
            "run",
            "p",
            "--serial=S1",
            "--unattended",
            "--config=station.yaml",
        ])
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    eventually("the instrument is asked", || {
        !instrument.bench.heard().is_empty()
    });
    maestro.kill().unwrap();
    maestro.wait().unwrap();
    eventually("the connection is closed", || instrument.bench.open() == 0);
    let run = fs::read_dir(rig.home().join("journal/open"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    let run = run
        .path()
        .file_stem()
        .unwrap()
        .to_string_lossy()
        .into_owned();
    eventually("the runner is gone", || {
        std::panic::catch_unwind(|| assert_no_process(&run)).is_ok()
    });
}
