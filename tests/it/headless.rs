//! `maestro run` as people and programs see it: lines, closing block, reports, exit codes.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::rig::{Rig, repository};

const RAILS: &str = r#"
test:
  name: Two rails
  version: 1.2.0
  setup:
    - { name: Connect, type: mock }
  steps:
    - name: Measure 3V3
      type: mock
      measurement: { name: VOUT_3V3, value: 3.301, low_limit: 3.135, high_limit: 3.465, unit: V }
    - name: Measure 5V0
      type: mock
      measurement: { name: VOUT_5V0, value: "{{ five }}", low_limit: 4.75, high_limit: 5.25, unit: V }
    - { name: Left out, type: mock, enabled: false }
  variables: { five: 5.01 }
  teardown:
    - { name: Switch off, type: mock }
"#;

fn rails() -> Rig {
    Rig::new().package("rails", RAILS, "")
}

/// Arguments of a run of the rails, and more.
fn run<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["run", "rails", "--serial", "PB-1"], more].concat()
}

#[test]
fn passing_run_shows_its_lines_and_where_the_result_is() {
    let rig = rails();
    let home = rig.home().display().to_string();
    rig.run(run(&[]))
        .passes()
        .silent()
        .shows("Two rails 1.2.0 · PB-1")
        .shows("✓ 2/5 Measure 3V3 3.301 V [3.135 … 3.465]")
        .shows("– 4/5 Left out skipped: disabled")
        .shows("PASS PB-1 · Two rails")
        .shows("Steps 4 passed, 1 skipped (5 in all) · 2 measurements")
        .shows(&format!("Stored {home}"))
        .shows("Next maestro results show ");
}

/// In a container that was entered from outside the number of the session is 0.
#[test]
fn run_whose_session_leader_is_outside_the_container_ends_as_any_other() {
    let unshare = ["-Urpf", "--mount-proc"];
    let can = Command::new("unshare").args(unshare).arg("true").status();
    if !can.is_ok_and(|status| status.success()) {
        println!("skipped: no process namespace can be made here");
        return;
    }
    let rig = rails();
    let mut command = Command::new("unshare");
    command.args(unshare).arg(env!("CARGO_BIN_EXE_maestro"));
    command.args(run(&[])).current_dir(rig.work());
    rig.surround(&mut command);
    rig.finish(command, "unshare maestro run").passes().silent();
}

#[test]
fn failing_run_tells_what_failed_twice_and_ends_with_1() {
    rails()
        .run(run(&["--var", "five=5.4"]))
        .fails()
        .shows("✗ 3/5 Measure 5V0 FAIL 5.4 V [4.75 … 5.25]")
        .shows("✗ FAIL VOUT_5V0 5.4 V [4.75 … 5.25] Measure 5V0")
        .shows("mode engineering");
}

#[test]
fn quiet_run_is_one_line_and_nothing_else() {
    let outcome = rails().run(run(&["--quiet"])).passes().silent();
    assert_eq!(outcome.stdout.lines().count(), 1, "{outcome}");
    assert!(
        outcome.stdout.starts_with("PASS  PB-1  Two rails"),
        "{outcome}"
    );
}

#[test]
fn json_lines_are_the_events_in_order() {
    let events = rails()
        .run(run(&["--format", "json"]))
        .passes()
        .silent()
        .json_events();
    let numbers = events.iter().map(|event| event["seq"].as_u64().unwrap());
    assert!(numbers.eq(1..=events.len() as u64));
    assert_eq!(events[0]["type"], "run_started");
    let last = events.last().unwrap();
    assert_eq!(
        (&last["type"], &last["verdict"]),
        (&"run_finished".into(), &"PASS".into())
    );
}

#[test]
fn terminal_that_knows_ascii_only_gets_ascii_only() {
    let outcome = rails().env("LANG", "C").run(run(&[])).passes();
    assert!(outcome.stdout.is_ascii(), "{outcome}");
    outcome.shows("+ 2/5 Measure 3V3 3.301 V [3.135 .. 3.465]");
}

#[test]
fn escape_codes_of_a_package_do_not_reach_the_terminal() {
    let main = RAILS.replace("Measure 3V3", "\"Measure \\e[2J3V3\"");
    let outcome = Rig::new()
        .package("rails", &main, "")
        .run(run(&[]))
        .passes();
    assert!(!outcome.stdout.contains('\x1b'), "{outcome}");
}

#[test]
fn colour_is_written_into_a_pipe_only_when_asked_for() {
    let rig = rails();
    assert!(!rig.run(run(&[])).stdout.contains('\x1b'));
    assert!(
        rig.run(run(&["--color", "always"]))
            .stdout
            .contains("\x1b[32m")
    );
}

#[test]
fn closed_stdout_does_not_end_a_run() {
    let rig = rails();
    let mut reader = Command::new("true").stdin(Stdio::piped()).spawn().unwrap();
    let pipe = reader.stdin.take().unwrap();
    reader.wait().unwrap();
    let output = rig
        .command(run(&[]))
        .stdout(Stdio::from(pipe))
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    rig.run(["results", "show"])
        .passes()
        .shows("PASS PB-1 · Two rails");
}

#[test]
fn reports_are_written_and_fit_their_schemas() {
    let rig = rails();
    let reports = [
        "--report",
        "junit:out/run.xml",
        "--report",
        "json:out/run.json",
    ];
    rig.run(run(&[&reports[..], &["--var", "five=5.4"]].concat()))
        .fails()
        .shows("Report out/run.xml (junit)");
    let xml = rig.work().join("out/run.xml");
    fits_the_junit_schema(&xml);
    let text = std::fs::read_to_string(xml).unwrap();
    assert!(text.contains("<failure message="), "{text}");
    let report: Value =
        serde_json::from_slice(&std::fs::read(rig.work().join("out/run.json")).unwrap()).unwrap();
    assert_eq!(report["schema"], "maestro-report-1");
    assert_eq!(report["run"]["verdict"], "FAIL");
    let shown = rig
        .run(["results", "show", "--format", "json"])
        .passes()
        .json();
    assert_eq!(shown["run"]["id"], report["run"]["id"]);
}

/// The schema states what the readers of Jenkins and Surefire have in common.
#[track_caller]
fn fits_the_junit_schema(path: &Path) {
    let output = Command::new("xmllint")
        .arg("--noout")
        .arg("--schema")
        .arg(repository().join("fixtures/junit/junit.xsd"))
        .arg(path)
        .output();
    match output {
        Ok(output) => assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        ),
        Err(error) => println!("skipped: xmllint does not start ({error}); tests/run installs it"),
    }
}

#[test]
fn every_verdict_is_told_to_ci_in_its_own_way() {
    let main = r#"
test:
  name: Verdicts
  version: 1.0.0
  steps:
    - { name: Passes, type: mock }
    - { name: Fails, type: mock, measurement: { name: A, value: 2, high_limit: 1, unit: V } }
    - { name: No value, type: mock, measurement: { name: B, high_limit: 1, unit: V } }
    - { name: Skipped, type: mock, enabled: false }
    - { name: Breaks, runner: python, module: module, function: breaks, timeout_ms: 5000 }
    - { name: Undefined, type: delay, duration: "{{ later }}" }
  variables: { later: 0 }
"#;
    let main = main.replace("{{ later }}", "{{ cfg.NOPE }}");
    let python = "def breaks():\n    raise OSError('the meter is off')\n";
    let rig = Rig::new().package("verdicts", &main, python);
    rig.run([
        "run", "verdicts", "--serial", "X", "--report", "junit:-", "--quiet",
    ])
    .fails();
    rig.run([
        "run",
        "verdicts",
        "--serial",
        "X",
        "--report",
        "junit:out.xml",
        "--quiet",
    ])
    .fails();
    let xml = rig.work().join("out.xml");
    fits_the_junit_schema(&xml);
    let text = std::fs::read_to_string(xml).unwrap();
    for part in [
        r#"tests="6" skipped="1" errors="3" failures="1""#,
        r#"type="OSError""#,
        r#"type="UNDETERMINED""#,
        r#"type="ABORTED""#,
        "the meter is off",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
}

#[test]
fn report_that_cannot_be_written_spoils_a_pass() {
    rails()
        .file("out", "a file, not a folder")
        .run(run(&["--report", "junit:out/run.xml"]))
        .exit(5)
        .shows("PASS")
        .stderr("out/run.xml");
}

#[test]
fn plan_shows_the_steps_and_starts_nothing() {
    let rig = rails();
    rig.run(["plan", "rails"])
        .passes()
        .shows("2 Measure 3V3 mock VOUT_3V3 [3.135 … 3.465] V")
        .shows("4 Left out mock (disabled)");
    let plan = rig
        .run(["plan", "rails", "--format", "json"])
        .passes()
        .json();
    assert_eq!(plan["steps_planned"], 5);
    assert_eq!(plan["steps"][1]["name"], "Measure 3V3");
    rig.run(["results", "list"]).passes().shows("No run");
}

#[test]
fn package_that_new_writes_runs_at_once() {
    let rig = Rig::new();
    rig.run(["new", "my-board"]).passes();
    rig.run(["validate", "my-board", "--deny", "warnings"])
        .passes();
    rig.run(["run", "my-board", "--serial", "TEST-1"])
        .passes()
        .shows("mV < 50")
        .silent();
}

#[test]
fn results_are_listed_and_filtered() {
    let rig = rails();
    rig.run(run(&[])).passes();
    rig.run(["run", "rails", "--serial", "PB-2", "--var", "five=6"])
        .fails();
    rig.run(["results", "list"])
        .passes()
        .shows("PB-1")
        .shows("PB-2")
        .shows("VOUT_5V0");
    rig.run(["results", "list", "--verdict", "fail"])
        .passes()
        .shows("PB-2")
        .hides("PB-1");
    rig.run(["results", "list", "--serial", "PB-1", "--since", "1h"])
        .passes()
        .hides("PB-2");
    rig.run(["results", "show", "ffffffffffff"])
        .exit(1)
        .stderr("no run matches");
    rig.run(["results", "list", "--since", "soon"])
        .exit(2)
        .stderr("7d");
}
