//! Programs as steps, in whole runs.

use serde_json::Value;

use crate::faults::records::{assert_no_process, end_of_step, of_kind, only, word};
use crate::live::eventually;
use crate::rig::{Outcome, Rig};

fn test_of(steps: &str) -> String {
    format!("test:\n  name: Programs\n  version: 1.0.0\n  steps:\n{steps}")
}

fn run(rig: &Rig) -> Outcome {
    rig.run(["run", "p", "--serial=S1", "--unattended", "--format=json"])
}

fn verdict(events: &[Value], step: &str) -> String {
    word(&end_of_step(events, step), "verdict")
}

#[test]
fn values_pass_from_a_program_through_python_into_another_program() {
    let steps = r#"
    - {name: Tool, runner: command, program: echo, args: ['{"volts": 3.25}'], parse: json, timeout_ms: 20000}
    - {name: Code, runner: python, module: module, function: double, parameters: {volts: "{{volts}}"}, timeout_ms: 20000}
    - name: Back
      runner: command
      program: printf
      args: ["%s %s", "{{result}}", "{{volts}}"]
      timeout_ms: 20000
      measurement: {name: M, type: string, value: "{{stdout}}", expected: "6.5 3.25"}
"#;
    let python = "def double(volts: float):\n    return volts * 2\n";
    let rig = Rig::new().package("p", &test_of(steps), python);
    run(&rig).passes();
}

#[test]
fn program_at_its_time_limit_is_ended_with_all_that_it_started() {
    let steps = "    - {name: Hang, runner: command, program: sh, args: [-c, 'setsid sleep 77 & sleep 77 & wait'], timeout_ms: 500}\n";
    let rig = Rig::new().package("p", &test_of(steps), "");
    let outcome = run(&rig).exit(4);
    let events = outcome.json_events();
    assert_eq!(verdict(&events, "Hang"), "ABORTED");
    assert_no_process(&word(only(&events, "run_started"), "run"));
}

#[test]
fn program_that_ignores_the_request_to_end_is_killed_after_the_grace() {
    let steps = r#"
    - {name: Stubborn, runner: command, program: sh, args: [-c, "trap '' TERM; while :; do sleep 1; done"], timeout_ms: 300, grace_ms: 200}
  teardown:
    - {name: Off, runner: command, program: "true", timeout_ms: 20000}
"#;
    let rig = Rig::new().package("p", &test_of(steps), "");
    let events = run(&rig).exit(4).json_events();
    assert_eq!(verdict(&events, "Stubborn"), "ABORTED");
    assert_eq!(verdict(&events, "Off"), "PASS");
    assert_no_process(&word(only(&events, "run_started"), "run"));
}

#[test]
fn server_that_a_step_leaves_behind_serves_the_others_and_goes_with_the_run() {
    let steps = r#"
    - {name: Start, runner: command, program: sh, args: [-c, "sleep 77 & echo $!"], outputs: {server: "{{result}}"}, timeout_ms: 20000}
    - {name: Hang, runner: command, program: sh, args: [-c, sleep 77], timeout_ms: 300}
  teardown:
    - {name: There, runner: command, program: kill, args: ["-0", "{{server}}"], timeout_ms: 20000}
"#;
    let rig = Rig::new().package("p", &test_of(steps), "");
    let events = run(&rig).exit(4).json_events();
    assert_eq!(verdict(&events, "There"), "PASS");
    assert_no_process(&word(only(&events, "run_started"), "run"));
}

#[test]
fn large_output_is_an_artifact_with_its_head_in_the_record() {
    let steps = "    - {name: Flood, runner: command, program: sh, args: [-c, 'yes 0123456789 | head -c 700000'], timeout_ms: 20000}\n";
    let rig = Rig::new().package("p", &test_of(steps), "");
    let events = run(&rig).passes().json_events();
    let stored = of_kind(&events, "artifact_stored")
        .find(|event| event["artifact"]["name"] == "stdout.txt")
        .unwrap();
    assert_eq!(stored["artifact"]["size"], 700_000);
    let path = rig
        .home()
        .join("artifacts")
        .join(word(&stored["artifact"], "path"));
    assert_eq!(std::fs::read(path).unwrap().len(), 700_000);
}

#[test]
fn program_that_is_not_there_ends_the_run_before_its_first_step() {
    let steps = "    - {name: Gone, runner: command, program: no-such-tool, timeout_ms: 1000}\n";
    let rig = Rig::new().package("p", &test_of(steps), "");
    let outcome = run(&rig).exit(5);
    let events = outcome.json_events();
    assert_eq!(of_kind(&events, "step_started").count(), 0);
    assert!(
        outcome.stdout.contains("program no-such-tool not found"),
        "{outcome}"
    );
    let steps = steps.replace("no-such-tool", "tools/gone");
    Rig::new()
        .package("p", &test_of(&steps), "")
        .run(["validate", "p"])
        .fails()
        .shows("the program `tools/gone` does not exist");
}

#[test]
fn variables_of_the_station_reach_the_programs() {
    let steps = "    - {name: Env, runner: command, program: printenv, args: [BENCH], timeout_ms: 20000, measurement: {name: M, type: string, value: '{{result}}', expected: b7}}\n";
    let rig = Rig::new().package("p", &test_of(steps), "").file(
        "station.yaml",
        "station_id: rig\nrunners: {command: {env: {BENCH: b7}}}\n",
    );
    rig.run(["run", "p", "--serial=S1", "--config=station.yaml"])
        .passes();
}

#[test]
fn maestro_that_is_killed_takes_the_program_along() {
    let steps = "    - {name: Hang, runner: command, program: sh, args: [-c, 'trap \"\" TERM; echo $$ > pid; while :; do sleep 1; done'], timeout_ms: 60000}\n";
    let rig = Rig::new().package("p", &test_of(steps), "");
    let mut maestro = rig
        .command(["run", "p", "--serial=S1", "--unattended"])
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let pid = rig.work().join("p/pid");
    eventually("the program runs", || {
        std::fs::read_to_string(&pid).is_ok_and(|pid| pid.ends_with('\n'))
    });
    maestro.kill().unwrap();
    maestro.wait().unwrap();
    let pid = std::fs::read_to_string(pid).unwrap();
    let stat = format!("/proc/{}/stat", pid.trim());
    eventually("the program is gone", || {
        std::fs::read_to_string(&stat).map_or(true, |stat| stat.contains(") Z"))
    });
}

#[test]
fn killed_runner_is_an_error_of_its_step_and_the_next_step_gets_another() {
    let steps = r#"
    - {name: Kill, runner: command, program: sh, args: [-c, 'kill -9 $PPID; sleep 77'], timeout_ms: 20000}
    - {name: Next, runner: command, program: "true", timeout_ms: 20000}
"#;
    let rig = Rig::new().package("p", &test_of(steps), "");
    let events = run(&rig).exit(5).json_events();
    assert_eq!(verdict(&events, "Kill"), "ERROR");
    assert_eq!(verdict(&events, "Next"), "PASS");
    assert_no_process(&word(only(&events, "run_started"), "run"));
}
