//! Rows of the format and of the execution that only a whole run can show.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use crate::rig::Rig;

const PYTHON: &str = "\
def measure(channel, rate=1):
    return {'volts': 3.3}
";

fn main_with(steps: &str) -> String {
    format!(
        "test:\n  name: Rows\n  version: 1.2.3\n  device: PSU\n  tags: {{ProductId: P1}}\n  steps:\n{steps}"
    )
}

fn of_type<'a>(events: &'a [Value], kind: &str) -> Vec<&'a Value> {
    let wanted = |event: &&Value| event["type"] == kind;
    events.iter().filter(wanted).collect()
}

#[test]
fn exec_and_cfg_hold_what_the_run_is_about() {
    let names = [
        ("exec.serial_number", "S1"),
        ("exec.SerialNumber", "S1"),
        ("exec.operator_id", "Ada"),
        ("exec.station_id", "rig"),
        ("exec.test_name", "Rows"),
        ("exec.test_version", "1.2.3"),
        ("exec.package_name", "rows"),
        ("exec.package_version", "1.0.0"),
        ("exec.tag.ProductId", "P1"),
        ("exec.tag.Batch", "B7"),
        ("exec.unattended", "True"),
        ("cfg.DMM", "tcp"),
        ("test.rail", "3V3"),
    ];
    let mut steps = String::new();
    for (name, expected) in names {
        writeln!(steps, "    - {{name: '{name}', type: mock, measurement: {{name: m, type: string, value: '{{{{{name}}}}} ', expected: '{expected} '}}}}").unwrap();
    }
    steps.push_str("    - {name: id, type: mock, precondition: 'exec.execution_id == __execution_id__', measurement: {name: m, type: string, operator: matches, value: '{{exec.started_at}}', expected: '^20[0-9]{2}-'}}\n");
    let main = main_with(&steps).replace("  steps:", "  variables: {rail: 3V3}\n  steps:");
    Rig::new()
        .package("rows", &main, "")
        .file("station.yaml", "station_id: rig\ncfg: {DMM: tcp}\n")
        .run([
            "run",
            "rows",
            "--serial=S1",
            "--operator=Ada",
            "--tag=Batch=B7",
            "--unattended",
            "--config=station.yaml",
        ])
        .passes();
}

/// A runner that describes every target as the file beside it says.
const RUNNER: &str = r#"
import json, sys
for line in sys.stdin:
    message = json.loads(line)
    method = message["method"]
    if method == "initialize":
        result = {"protocol": 1, "name": "r", "version": "1", "runtime": "r", "capabilities": ["describe"]}
    elif method == "describe":
        result = {"targets": [json.load(open("described.json")) for _ in message["params"]["targets"]]}
    else:
        result = {}
    print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}), flush=True)
    if method == "shutdown":
        break
"#;

#[test]
fn preflight_refuses_what_the_code_does_not_have_and_starts_no_step() {
    let channel = json!({"name": "channel", "required": true});
    let table = [
        (json!({"exists": false}), "", "no target"),
        (
            json!({"exists": true, "parameters": [channel]}),
            "",
            "does not give parameter 'channel'",
        ),
        (
            json!({"exists": true, "parameters": []}),
            ", parameters: {gain: 2}",
            "gives parameter 'gain'",
        ),
    ];
    for (described, fields, reason) in table {
        let steps = format!(
            "    - {{name: first, type: mock}}\n    - {{name: a, runner: vision, timeout_ms: 20000, target: {{job: 1}}{fields}}}\n"
        );
        let outcome = Rig::new()
            .package("rows", &main_with(&steps), "")
            .file("rows/runner.py", RUNNER)
            .file("rows/described.json", &described.to_string())
            .file(
                "station.yaml",
                "station_id: rig\nrunners: {vision: {command: [python3, runner.py]}}\n",
            )
            .run([
                "run",
                "rows",
                "--serial=S1",
                "--format=json",
                "--config=station.yaml",
            ])
            .exit(5);
        let events = outcome.json_events();
        assert!(of_type(&events, "step_started").is_empty(), "{outcome}");
        let end = of_type(&events, "run_finished")[0];
        assert_eq!(end["verdict"], "ERROR");
        let told = end["error"].as_str().unwrap();
        assert!(told.contains(reason), "{told}");
    }
}

#[test]
fn record_begins_with_everything_that_the_run_rests_on() {
    let sub = "test:\n  name: Sub\n  version: 1.0.0\n  steps:\n    - {name: m, type: mock}\n";
    let steps = "    - {name: s, type: sequence, sequence: tests/sub-sequences/sub.yaml}\n    - {name: a, runner: python, module: module, function: measure, timeout_ms: 20000, parameters: {channel: 1}}\n";
    let rig = Rig::new()
        .package("rows", &main_with(steps), PYTHON)
        .file("rows/tests/sub-sequences/sub.yaml", sub)
        .file(
            "station.yaml",
            "station_id: rig\nslots: 2\ncfg: {DMM: tcp}\n",
        );
    for args in [
        &["init"][..],
        &["add", "."],
        &[
            "-c",
            "user.name=t",
            "-c",
            "user.email=t@example.com",
            "commit",
            "-m",
            "all",
        ],
    ] {
        let mut git = Command::new("git");
        git.current_dir(rig.work().join("rows")).args(args);
        assert!(git.output().unwrap().status.success());
    }
    fs::write(rig.work().join("rows/new.txt"), "").unwrap();
    let outcome = rig
        .run([
            "run",
            "rows",
            "--serial=S1",
            "--operator=Ada",
            "--slot=2",
            "--tag=Batch=B7",
            "--var=limit=3",
            "--config=station.yaml",
            "--format=json",
        ])
        .passes();
    let events = outcome.json_events();
    let started = &events[0];
    for (field, expected) in [
        ("type", json!("run_started")),
        ("test_name", json!("Rows")),
        ("test_version", json!("1.2.3")),
        ("device", json!("PSU")),
        ("serial_number", json!("S1")),
        ("operator_id", json!("Ada")),
        ("operator_source", json!("flag")),
        ("station_id", json!("rig")),
        ("slot", json!(2)),
        ("mode", json!("engineering")),
        ("overrides", json!({"limit": 3})),
        ("tags", json!({"ProductId": "P1", "Batch": "B7"})),
        ("config_snapshot", json!({"DMM": "tcp"})),
        ("steps_planned", json!(3)),
    ] {
        assert_eq!(started[field], expected, "{field}");
    }
    let package = &started["packages"][0];
    assert_eq!(
        (&package["name"], &package["version"]),
        (&json!("rows"), &json!("1.0.0"))
    );
    assert_eq!(package["commit"].as_str().unwrap().len(), 40);
    assert_eq!(package["digest"].as_str().unwrap().len(), 64);
    assert_eq!(started["run"].as_str().unwrap().as_bytes()[14], b'7');
    let texts = of_type(&events, "definition_recorded");
    assert_eq!(texts.len(), 2);
    assert_eq!(texts[1]["text"], sub);
    let runner = of_type(&events, "runner_started")[0];
    assert_eq!(runner["runner"], "python");
    let place = |kind: &str| {
        events
            .iter()
            .position(|event| event["type"] == kind)
            .unwrap()
    };
    assert_eq!(events[place("fact_found")]["value"], true);
    assert!(place("fact_found") < place("run_finished"));
}

#[test]
fn mode_is_production_unless_something_else_is_asked_for() {
    let rig = Rig::new().package("rows", &main_with("    - {name: a, type: mock}\n"), "");
    for (more, mode) in [
        (None, "production"),
        (Some("--mode=simulation"), "simulation"),
        (Some("--mode=grr"), "grr"),
        (Some("--var=x=1"), "engineering"),
    ] {
        let base = ["run", "rows", "--serial=S1", "--format=json"];
        let outcome = rig.run(base.into_iter().chain(more)).passes();
        assert_eq!(outcome.json_events()[0]["mode"], mode);
    }
}

#[test]
fn runner_that_the_station_does_not_have_is_a_finding_and_no_crash() {
    let step = "    - {name: a, runner: vision, timeout_ms: 9, target: {job: 1}}\n";
    let rig = Rig::new().package("rows", &main_with(step), "");
    rig.run(["validate", "rows"]).passes();
    rig.run(["run", "rows", "--serial=S1"])
        .exit(2)
        .stderr("the station has no runner");
}

#[test]
fn packages_are_found_on_the_path_that_the_environment_names() {
    let steps = "    - {name: s, type: sequence, sequence: drivers/tests/on.yaml}\n";
    let on = "test:\n  name: On\n  version: 1.0.0\n  steps:\n    - {name: m, type: mock}\n";
    Rig::new()
        .package("shelf/drivers", on, "")
        .file(
            "shelf/drivers/package.json",
            r#"{"name": "drivers", "version": "1.0.0", "author": "A", "description": "D"}"#,
        )
        .file("shelf/drivers/tests/on.yaml", on)
        .package("apart/rows", &main_with(steps), "")
        .file(
            "apart/rows/package.json",
            r#"{"name": "rows", "version": "1.0.0", "author": "A", "description": "D"}"#,
        )
        .env("MAESTRO_PACKAGE_PATH", "shelf")
        .run(["run", "apart/rows", "--serial=S1"])
        .passes();
}
