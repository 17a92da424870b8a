//! Test code that hangs, runners that are killed, and a maestro that is stopped for a while.

use std::fs;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::records::{Records, assert_no_process, end_of_step, of_kind, only, word};
use crate::live::{Live, eventually};
use crate::rig::Rig;

const PYTHON: &str = r#"
import atexit, os, signal, subprocess, time

def hang():
    child = subprocess.Popen(["sleep", "600"], start_new_session=True)
    with open("grandchild", "w") as file:
        file.write(str(child.pid))
    while True:
        try:
            time.sleep(600)
        except BaseException:
            pass

def off():
    try:
        with open("grandchild") as file:
            os.kill(int(file.read()), 0)
        return {"grandchild": "alive"}
    except (OSError, ValueError):
        return {"grandchild": "gone"}

def freeze():
    os.kill(os.getpid(), signal.SIGSTOP)

def leave_daemon():
    # Forgets its environment, its session and its parent, and cannot be ended politely.
    script = "trap '' TERM HUP; echo $$ > daemon; sleep 600 & wait"
    subprocess.run(["sh", "-c", "env -i setsid sh -c \"$1\" >/dev/null 2>&1 &", "-", script])
    while not os.path.exists("daemon"):
        time.sleep(0.01)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    atexit.register(time.sleep, 600)

def wait_for_file(name):
    print("it holds", flush=True)
    while not os.path.exists(name):
        time.sleep(0.01)
"#;

#[test]
fn hung_function_ends_with_its_grandchild_and_a_fresh_runner_cleans_up() {
    let main = "
test:
  name: Hang
  version: 1.0.0
  steps:
    - {name: Hang, runner: python, module: module, function: hang, timeout_ms: 300}
    - {name: Never, type: mock}
  teardown:
    - name: 'Off'
      runner: python
      module: module
      function: 'off'
      timeout_ms: 20000
      measurement: {name: grandchild, type: string, expected: gone}
";
    let rig = Rig::new().package("hang", main, PYTHON);
    let outcome = rig
        .run(["run", "hang", "--serial", "H", "--format=json"])
        .exit(4);
    let events = outcome.json_events();
    let hang = end_of_step(&events, "Hang");
    assert_eq!(hang["verdict"], "ABORTED", "{hang}");
    assert!(word(&hang, "reason").contains("300 ms"), "{hang}");
    let starts = |name: &str| {
        of_kind(&events, "step_started")
            .find(|event| event["name"] == name)
            .and_then(|event| event["time"].as_i64())
            .unwrap()
    };
    let took = hang["time"].as_i64().unwrap() - starts("Hang");
    assert!(took < 1_500_000, "{took} µs; {outcome}");
    assert_eq!(end_of_step(&events, "Never")["verdict"], "SKIPPED");
    let off = end_of_step(&events, "Off");
    assert_eq!(off["verdict"], "PASS", "{off}");
    let generations: Vec<&Value> = of_kind(&events, "runner_started")
        .map(|event| &event["generation"])
        .collect();
    assert_eq!(generations, [1, 2]);
    let end = only(&events, "run_finished");
    assert_eq!(end["cleanup"], "complete", "{end}");
    assert_no_process(&word(only(&events, "run_started"), "run"));
}

#[test]
fn frozen_runner_ends_at_its_time_limit() {
    let main = "
test:
  name: Frozen
  version: 1.0.0
  steps:
    - {name: Freeze, runner: python, module: module, function: freeze, timeout_ms: 300}
  teardown:
    - {name: 'Off', runner: python, module: module, function: 'off', timeout_ms: 20000}
";
    let rig = Rig::new().package("frozen", main, PYTHON);
    let outcome = rig
        .run(["run", "frozen", "--serial", "F", "--format=json"])
        .exit(4);
    let events = outcome.json_events();
    assert_eq!(end_of_step(&events, "Freeze")["verdict"], "ABORTED");
    assert_eq!(end_of_step(&events, "Off")["verdict"], "PASS");
    assert_no_process(&word(only(&events, "run_started"), "run"));
}

#[test]
fn daemon_and_stubborn_interpreter_end_with_the_run() {
    let main = "
test:
  name: Daemon
  version: 1.0.0
  steps:
    - {name: Leave, runner: python, module: module, function: leave_daemon, timeout_ms: 20000}
";
    let rig = Rig::new().package("daemon", main, PYTHON);
    let outcome = rig
        .run(["run", "daemon", "--serial", "D", "--format=json"])
        .passes()
        .within(Duration::from_secs(15));
    let pid = fs::read_to_string(rig.work().join("daemon/daemon")).unwrap();
    let path = format!("/proc/{}/cmdline", pid.trim());
    let is_gone = || !fs::read_to_string(&path).is_ok_and(|line| line.contains("sleep 600"));
    assert!(is_gone(), "the daemon lives on; {outcome}");
    assert_no_process(&word(only(&outcome.json_events(), "run_started"), "run"));
}

#[test]
fn killed_runner_is_an_error_and_the_run_goes_on_with_a_fresh_one() {
    let main = "
test:
  name: Killed
  version: 1.0.0
  policy: {on_step_failure: continue}
  steps:
    - {name: Wait, runner: python, module: module, function: wait_for_file, parameters: {name: never}, timeout_ms: 60000}
    - {name: After, runner: python, module: module, function: 'off', timeout_ms: 20000}
";
    let rig = Rig::new().package("killed", main, PYTHON);
    let mut live = Live::start(
        rig.command(["run", "killed", "--serial", "K", "--format=json"]),
        "the run whose runner is killed",
    );
    live.until_shows("it holds");
    let started = live.until_event("a runner", |event| event["type"] == "runner_started");
    let pid = Pid::from_raw(started["pid"].as_i64().unwrap() as i32).unwrap();
    kill_process(pid, Signal::KILL).unwrap();
    let outcome = live.end().exit(5);
    let events = outcome.json_events();
    let wait = end_of_step(&events, "Wait");
    assert_eq!(wait["verdict"], "ERROR", "{wait}");
    assert!(word(&wait, "reason").contains("signal 9"), "{wait}");
    assert_eq!(end_of_step(&events, "After")["verdict"], "PASS");
    assert_eq!(of_kind(&events, "runner_started").count(), 2);
    Records::delivered(&rig).audit(&word(only(&events, "run_started"), "run"));
}

#[test]
fn stopped_maestro_shifts_its_deadlines_and_says_so() {
    let main = "
test:
  name: Stopped
  version: 1.0.0
  steps:
    - {name: Wait, runner: python, module: module, function: wait_for_file, parameters: {name: go}, timeout_ms: 4000}
";
    let rig = Rig::new().package("stopped", main, PYTHON);
    let mut live = Live::start(
        rig.command(["run", "stopped", "--serial", "S", "--format=json"]),
        "the run that is stopped",
    );
    live.until_shows("it holds");
    live.signal(Signal::STOP);
    std::thread::sleep(Duration::from_secs(2));
    live.signal(Signal::CONT);
    // Beyond 4 s from the start of the step, and well before 6 s.
    std::thread::sleep(Duration::from_millis(2300));
    fs::write(rig.work().join("stopped/go"), "").unwrap();
    let events = live.end().passes().json_events();
    let gap = only(&events, "suspension_noticed")["gap_ms"].as_u64();
    assert!(
        gap.is_some_and(|gap| (1200..4000).contains(&gap)),
        "{gap:?}"
    );
}

/// A run that waits in a step, with a teardown that says that it ran.
const WAITING: &str = "
test:
  name: Waiting
  version: 1.0.0
  steps:
    - {name: Wait, runner: python, module: module, function: wait_for_file, parameters: {name: never}, timeout_ms: 60000}
  teardown:
    - {name: 'Off', runner: python, module: module, function: 'off', timeout_ms: 20000}
";

#[test]
fn each_signal_ends_the_run_with_its_cleanup() {
    let table = [
        (Signal::INT, "Ctrl-C"),
        (Signal::TERM, "SIGTERM"),
        (Signal::HUP, "SIGHUP"),
    ];
    let rig = Rig::new().package("waiting", WAITING, PYTHON);
    for (signal, name) in table {
        let mut live = Live::start(
            rig.command(["run", "waiting", "--serial", "W", "--format=json"]),
            "the run that is interrupted",
        );
        live.until_shows("it holds");
        live.signal(signal);
        // A second one at once counts as the same.
        live.signal(signal);
        let outcome = live.end().exit(4);
        let events = outcome.json_events();
        assert_eq!(end_of_step(&events, "Wait")["verdict"], "ABORTED");
        assert_eq!(end_of_step(&events, "Off")["verdict"], "PASS");
        let end = only(&events, "run_finished");
        assert_eq!(end["status"], "Aborted", "{end}");
        assert_eq!(end["abort_cause"], "signal", "{end}");
        assert_eq!(end["aborted_by"], name, "{end}");
        assert_eq!(end["cleanup"], "complete", "{end}");
        assert!(!outcome.stdout.contains("cleanup is running"), "{outcome}");
        assert_no_process(&word(only(&events, "run_started"), "run"));
    }
}

#[test]
fn interrupt_before_the_first_step_is_an_abort() {
    let main = WAITING.replace(
        "runner: python, module: module, function: wait_for_file, parameters: {name: never}",
        "runner: silent, target: x",
    );
    // A runner that does not answer `initialize` keeps the run in its preflight.
    let rig = Rig::new().package("waiting", &main, PYTHON).file(
        "station.yaml",
        "runners: {silent: {command: [sleep, '600']}}\n",
    );
    let mut live = Live::start(
        rig.command([
            "run",
            "waiting",
            "--serial",
            "E",
            "--format=json",
            "--config=station.yaml",
        ]),
        "the run that is interrupted early",
    );
    live.until_event("its start", |event| event["type"] == "run_started");
    live.signal(Signal::INT);
    let outcome = live.end().exit(4);
    let events = outcome.json_events();
    let end = only(&events, "run_finished");
    assert_eq!(end["verdict"], "ABORTED", "{end}");
    assert_eq!(end["abort_cause"], "signal", "{end}");
    assert_eq!(of_kind(&events, "step_started").count(), 0);
}

#[test]
fn second_interrupt_tells_what_is_cleaned_up_and_third_ends_it() {
    let main = WAITING.replace(
        "function: 'off'",
        "function: wait_for_file, parameters: {name: never}",
    );
    let rig = Rig::new().package("waiting", &main, PYTHON);
    let mut live = Live::start(
        rig.command(["run", "waiting", "--serial", "W-3", "--verbose"]),
        "the run that is interrupted three times",
    );
    let steps_begun = |live: &Live| live.stdout().matches("it holds").count();
    live.until("the first step", |live| {
        (steps_begun(live) == 1).then_some(())
    });
    live.signal(Signal::INT);
    let first = std::time::Instant::now();
    live.until("the cleanup", |live| (steps_begun(live) == 2).then_some(()));
    let wait_until = |after: Duration| eventually("time passes", || first.elapsed() > after);
    wait_until(Duration::from_millis(1300));
    live.signal(Signal::INT);
    live.until_shows("cleanup is running: Off");
    wait_until(Duration::from_millis(3300));
    live.signal(Signal::INT);
    let outcome = live
        .end()
        .exit(4)
        .shows("ABORTED")
        .shows("UNIT MAY BE LIVE");
    assert!(outcome.stdout.contains("W-3"), "{outcome}");
    let records = Records::delivered(&rig);
    let run = records.runs().pop().unwrap();
    records.audit(&run);
    let journal = records.journal(&run);
    assert_eq!(only(&journal, "run_finished")["cleanup"], "incomplete");
}
