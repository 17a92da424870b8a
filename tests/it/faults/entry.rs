//! Who may start a run, who must wait, and what the exit code says.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;
use std::time::Duration;

use super::records::{Records, only, word};
use crate::live::Live;
use crate::rig::Rig;

const HOLDING: &str = "
test:
  name: Holding
  version: 1.0.0
  steps:
    - {name: Hold, runner: python, module: module, function: hold, timeout_ms: 60000}
";

const PYTHON: &str = r#"
import os, time

def hold():
    print("it holds")
    while not os.path.exists("go"):
        time.sleep(0.01)

def boom():
    raise RuntimeError("the meter does not answer")
"#;

const MOCK: &str = "
test:
  name: Mock
  version: 1.0.0
  steps:
    - {name: Only, type: mock}
";

#[test]
fn busy_station_names_its_holder_and_can_be_waited_for() {
    let rig = Rig::new()
        .package("holding", HOLDING, PYTHON)
        .package("mock", MOCK, "");
    let mut live = Live::start(
        rig.command(["run", "holding", "--serial=1", "--format=json"]),
        "the run that holds the station",
    );
    live.until_shows("it holds");
    let started = live.events().remove(0);
    let day = jiff::Timestamp::now().to_string()[..10].to_owned();
    let refused = rig
        .run(["run", "mock", "--serial=2"])
        .exit(6)
        .stderr(&format!(
            "station 'rig' slot 1 is busy: run {}",
            word(&started, "run")
        ))
        .stderr(&format!("in process {}", live.pid()))
        .stderr("of 'Holding'")
        .stderr("--wait SECONDS");
    assert!(
        refused.stderr.contains(&format!("since {day}T")),
        "{refused}"
    );
    assert_eq!(refused.stdout, "");
    // In vain.
    let waited = rig.run(["run", "mock", "--serial=2", "--wait=0.4"]).exit(6);
    assert!(waited.took >= Duration::from_millis(400), "{waited}");
    // Another station of the machine is free.
    rig.run(["run", "mock", "--serial=2", "--station=other"])
        .passes();
    let mut queue = Live::start(
        rig.command(["run", "mock", "--serial=3", "--wait=40"]),
        "the run that waits",
    );
    std::thread::sleep(Duration::from_millis(200));
    assert!(queue.ended().is_none(), "it waits");
    fs::write(rig.work().join("holding/go"), "").unwrap();
    queue.end().passes();
    live.end().passes();
    // A lock that a dead process left is free.
    let records = Records::delivered(&rig);
    assert_eq!(records.runs().len(), 3);
}

#[test]
fn each_gate_names_both_values_and_starts_nothing() {
    let manifest = r#"{"name": "mock", "version": "1.0.0", "author": "A", "description": "D",
        "lifecycleStatus": "Evaluation", "supportedProductIds": ["P-1", "P-2"]}"#;
    let main = format!("{MOCK}  required_tags: [Batch]\n");
    let rig = Rig::new()
        .package("mock", &main, "")
        .file("mock/package.json", manifest);
    let table: [(&str, &[&str], &[&str]); 8] = [
        ("", &["--tag=ProductId=P-9"], &["'P-9'", "P-1, P-2"]),
        (
            "accept_lifecycle: [Released]",
            &[],
            &["Evaluation", "Released"],
        ),
        ("require_clean: true", &[], &["'mock'", "no Git work tree"]),
        (
            "require_fixture: true",
            &[],
            &["no fixture", "--fixture ID"],
        ),
        ("serial_pattern: 'PB-[0-9]+'", &[], &["'X1'", "'PB-[0-9]+'"]),
        (
            "allow_modes: [production]",
            &["--var=a=1"],
            &["'engineering'", "production"],
        ),
        ("", &["--tag=Batch="], &["Batch"]),
        ("slots: 2", &["--slot=3"], &["slot 3", "1 to 2"]),
    ];
    for (station, more, wanted) in table {
        let file = rig.work().join("station.yaml");
        fs::write(&file, format!("station_id: rig\n{station}\n")).unwrap();
        let base = [
            "run",
            "mock",
            "--serial=X1",
            "--config=station.yaml",
            "--tag=Batch=B7",
        ];
        let mut outcome = rig.run(base.iter().chain(more)).exit(2);
        for text in wanted {
            outcome = outcome.stderr(text);
        }
        assert_eq!(outcome.stdout, "");
        rig.run(base.iter().chain(&["--dry-run"]).chain(more))
            .exit(2);
    }
    let git = |args: &[&str]| {
        let mut command = Command::new("git");
        command.current_dir(rig.work().join("mock")).args([
            "-c",
            "user.name=t",
            "-c",
            "user.email=t@example.com",
        ]);
        assert!(command.args(args).output().unwrap().status.success());
    };
    git(&["init"]);
    git(&["add", "."]);
    git(&["commit", "-m", "all"]);
    let file = rig.work().join("station.yaml");
    fs::write(&file, "require_clean: true\n").unwrap();
    let run = [
        "run",
        "mock",
        "--serial=X1",
        "--config=station.yaml",
        "--tag=Batch=B7",
    ];
    fs::write(rig.work().join("mock/new.txt"), "").unwrap();
    rig.run(run)
        .exit(2)
        .stderr("'mock' has changes")
        .stderr("requires a clean one");
    assert!(
        !rig.home().join("journal").exists(),
        "something was started"
    );
    fs::remove_file(rig.work().join("mock/new.txt")).unwrap();
    rig.run(run).passes();
}

#[test]
fn prompts_without_a_terminal_are_refused_by_name() {
    let main = format!(
        "{MOCK}    - {{name: Look, type: prompt, prompt: {{message: Well?}}}}
    - {{name: Judge, type: manual, prompt: {{message: Good?}}}}\n"
    );
    let rig = Rig::new().package("asking", &main, "");
    rig.run(["run", "asking", "--serial=1"])
        .exit(2)
        .stderr("Look")
        .stderr("Judge")
        .stderr("--unattended");
    assert!(
        !rig.home().join("journal").exists(),
        "something was started"
    );
    rig.run(["run", "asking", "--serial=1", "--unattended=auto"])
        .passes()
        .shows("PASS (unattended)");
}

#[test]
fn closed_pipe_does_not_end_a_run() {
    let mut main = HOLDING.replace("function: hold", "function: hold, run_on_abort: true");
    for number in 0..300 {
        writeln!(main, "    - {{name: Step {number}, type: mock}}").unwrap();
    }
    let rig = Rig::new()
        .package("long", &main, PYTHON)
        .file("long/go", "");
    let maestro = env!("CARGO_BIN_EXE_maestro");
    for (format, streams) in [("human", ""), ("json", ""), ("human", "2>&1")] {
        let mut shell = Command::new("bash");
        rig.surround(&mut shell);
        shell.current_dir(rig.work()).args([
            "-c",
            &format!(
                "{maestro} run long --serial 1 --format {format} {streams} | head -1; exit ${{PIPESTATUS[0]}}"
            ),
        ]);
        let outcome = rig.finish(shell, "run | head -1").exit(0);
        assert_eq!(outcome.stdout.lines().count(), 1, "{outcome}");
    }
    let records = Records::delivered(&rig);
    assert_eq!(records.runs().len(), 3);
    for run in records.runs() {
        assert_eq!(records.end_of(&run).0, "PASS");
        let end = records.journal(&run).pop().unwrap();
        assert_eq!(word(&end, "type"), "run_finished");
    }
}

#[test]
fn exit_code_tells_how_the_run_ended() {
    let table = [
        ("{name: A, type: mock}", "PASS", 0),
        (
            "{name: A, type: mock, measurement: {name: V, value: 9, high_limit: 5, unit: V}}",
            "FAIL",
            1,
        ),
        ("{name: A, type: mock, enabled: false}", "UNDETERMINED", 3),
        ("{name: A, type: mock, precondition: 'no_such > 1'}", "", 2),
        (
            "{name: A, runner: python, module: module, function: hold, timeout_ms: 300}",
            "ABORTED",
            4,
        ),
        (
            "{name: A, runner: python, module: module, function: boom, timeout_ms: 20000}",
            "ERROR",
            5,
        ),
    ];
    for (step, verdict, code) in table {
        let main = format!("test:\n  name: T\n  version: 1.0.0\n  steps:\n    - {step}\n");
        let rig = Rig::new().package("one", &main, PYTHON);
        let outcome = rig
            .run(["run", "one", "--serial=1", "--format=json"])
            .exit(code);
        if verdict.is_empty() {
            assert_eq!(outcome.stdout, "");
        } else {
            let end = only(&outcome.json_events(), "run_finished").clone();
            assert_eq!(end["verdict"], verdict, "{end}");
        }
    }
}

#[test]
fn report_that_cannot_be_written_spoils_a_pass_but_hides_no_failure() {
    let rig = Rig::new()
        .package("good", MOCK, "")
        .package(
            "bad",
            &MOCK.replace("type: mock", "type: mock, force: fail"),
            "",
        )
        .file("plain", "a file");
    let run = |package: &str| {
        rig.run([
            "run",
            package,
            "--serial=1",
            "--report=junit:plain/report.xml",
        ])
    };
    run("good")
        .exit(5)
        .shows("PASS")
        .stderr("plain/report.xml cannot be written");
    run("bad")
        .exit(1)
        .stderr("plain/report.xml cannot be written");
}
