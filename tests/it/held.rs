//! `maestro run --step` and `--break`: a person at the bench, on the screen and in lines.

use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use crate::rig::Rig;
use crate::seat::{Bare, Multiplexed, Seat};
use crate::terminal::Terminal;

/// The first reading is too low, and a failing step ends the run.
const BENCH: &str = "
test:
  name: Bench test
  version: 1.0.0
  policy: { on_step_failure: abort }
  variables: { target: 1 }
  steps:
    - name: Read
      runner: python
      module: module
      function: read
      timeout_ms: 20000
      measurement: { name: volts, low_limit: 3, high_limit: 4, unit: V }
    - { name: Extra, type: mock }
    - name: Power up
      type: sequence
      sequence: tests/power.yaml
    - name: Echo
      runner: python
      module: module
      function: echo
      timeout_ms: 20000
      parameters: { value: '{{ target }}' }
      measurement: { name: echoed, low_limit: 6, high_limit: 8 }
  teardown:
    - { name: Switch off, type: mock }
";

const POWER: &str = "
test:
  name: Power
  version: 1.0.0
  steps:
    - { name: Relay, type: mock }
";

const CODE: &str = "
calls = 0

def read():
    global calls
    calls += 1
    return 2.0 if calls == 1 else 3.3

def echo(value):
    return value
";

fn bench() -> Rig {
    Rig::new()
        .package("bench", BENCH, CODE)
        .file("bench/tests/power.yaml", POWER)
        .env("TERM", "xterm-256color")
}

/// Whether a person would see that the run is held there.
fn is_held(screen: &str, before: &str) -> bool {
    screen.contains(&format!("Held before {before} (")) && screen.contains("v variables")
}

/// Runs the same scenario over both drivers.
macro_rules! on_both {
    ($name:ident, $scenario:ident) => {
        mod $name {
            #[test]
            fn on_a_bare_terminal() {
                super::$scenario::<super::Bare>();
            }

            #[test]
            fn in_tmux() {
                super::$scenario::<super::Multiplexed>();
            }
        }
    };
}

on_both!(stepping, step_is_run_again_skipped_and_given_a_variable);

fn step_is_run_again_skipped_and_given_a_variable<S: Seat>() {
    let rig = bench();
    let mut seat = S::sit(&rig, 80, 24);
    seat.starts("run bench --serial S1 --operator anna --step");
    seat.waits("the first step", |screen| is_held(screen, "Read"));
    seat.presses("\r");
    let screen = seat.waits("the end", |screen| is_held(screen, "the run is aborted"));
    assert!(screen.contains("ended: Read  FAIL"), "{screen}");
    seat.presses("r");
    let screen = seat.waits("the second step", |screen| is_held(screen, "Extra"));
    assert!(screen.contains("Read (execution 2)  PASS"), "{screen}");
    seat.presses("s");
    seat.waits("the sequence", |screen| is_held(screen, "Power up"));
    seat.presses("o");
    let screen = seat.waits("the last step", |screen| is_held(screen, "Echo"));
    assert!(screen.contains("ended: Power up  PASS"), "{screen}");
    seat.presses("v");
    seat.sees("target = 1");
    seat.press("target=7");
    seat.sees("▸ target=7");
    seat.presses("\r");
    seat.waits("the last step again", |screen| {
        is_held(screen, "Echo") && screen.contains("target = 7")
    });
    seat.presses("c");
    seat.sees("The unit is good");
    sleep(Duration::from_millis(600));
    seat.presses("\r");
    seat.ended_with(0);

    let shown = rig.run(["results", "show"]).passes();
    for text in [
        "mode debug",
        "PASS (debug)",
        "Read (execution 2)",
        "skipped: by hand",
        "run again: steps/Read; skipped: steps/Extra; set: target = 7",
    ] {
        assert!(shown.stdout.contains(text), "{text}: {}", shown.stdout);
    }
    let report = rig.run(["results", "show", "--format", "json"]).passes();
    let report = report.json();
    assert_eq!(
        report["run"]["overrides"],
        json!({
            "--step": true, "held.again": ["steps/Read"], "held.skipped": ["steps/Extra"],
            "held.set": {"target": 7},
        })
    );
    let commands: Vec<_> = report["holds"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hold| hold["command"].as_str().unwrap())
        .collect();
    assert_eq!(commands, ["run", "again", "skip", "over", "set", "go_on"]);
    assert_eq!(report["holds"][0]["by"], "anna");
    assert_eq!(report["holds"][0]["front_end"], "tui");
    assert_eq!(report["steps"][0]["counted"], false);
    assert!(report["run"]["held_ms"].as_u64().unwrap() > 0);
}

on_both!(breaking, held_run_is_left_for_the_shell_and_aborted);

fn held_run_is_left_for_the_shell_and_aborted<S: Seat>() {
    let rig = bench();
    let mut seat = S::sit(&rig, 120, 40);
    seat.starts("run bench --serial S1 --var target=7 --break 'Power up/Relay' --break Read");
    seat.waits("the first step", |screen| is_held(screen, "Read"));
    assert!(seat.screen().contains("(breakpoint)"));
    seat.presses("\x1a");
    seat.sees("Stopped");
    seat.types("fg");
    seat.waits("the run", |screen| is_held(screen, "Read"));
    // Run it, see it fail, run it again, and go on to the relay.
    seat.presses("n");
    seat.waits("the end", |screen| is_held(screen, "the run is aborted"));
    seat.presses("r");
    seat.waits("the second step", |screen| is_held(screen, "Extra"));
    seat.presses("c");
    let screen = seat.waits("the relay", |screen| is_held(screen, "Relay"));
    assert!(screen.contains("steps/Power up/steps/Relay"), "{screen}");
    seat.presses("\x03");
    seat.sees("Abort this run?");
    seat.presses("y");
    seat.sees("The unit was not judged");
    sleep(Duration::from_millis(600));
    seat.presses("\r");
    seat.ended_with(4);
    seat.is_usable();
    // Cleanup ran, and nobody had to let it.
    let shown = rig.run(["results", "show"]).passes();
    assert!(
        shown.stdout.contains("✓ 6/6 Switch off"),
        "{}",
        shown.stdout
    );
    assert!(shown.stdout.contains("Held    4 times"), "{}", shown.stdout);
}

#[test]
fn plain_terminal_asks_in_lines() {
    let rig = bench();
    let args = ["run", "bench", "--serial", "S1", "--step", "--headless"];
    let mut terminal = Terminal::start(&rig, args, 80);
    terminal.waits_for("Held before Read (step by step)");
    terminal.waits_for("v variables   c go on without holding");
    terminal.types("what\n");
    terminal.waits_for("'what' means nothing here");
    terminal.types("\n");
    terminal.waits_for("Held before the run is aborted");
    terminal.types("r\n");
    terminal.waits_for("Held before Extra");
    terminal.types("s\n");
    terminal.waits_for("Held before Power up");
    terminal.types("v\n");
    terminal.waits_for("target = 1");
    terminal.types("v target=7\n");
    terminal.waits_for("target = 7 set by hand");
    // What is typed before the run is seen to be held again would be dropped.
    let end = Instant::now() + Duration::from_secs(20);
    while terminal.text().matches("Held before Power up").count() < 2 {
        assert!(Instant::now() < end, "{}", terminal.text());
        sleep(Duration::from_millis(5));
    }
    terminal.types("c\n");
    let text = terminal.ends(0);
    assert!(text.contains("PASS (debug)"), "{text}");
    let report = rig.run(["results", "show", "--format", "json"]).passes();
    assert_eq!(report.json()["holds"][1]["front_end"], "headless");
}

#[test]
fn ctrl_z_in_lines_leaves_a_held_run_for_the_shell() {
    let rig = bench();
    let mut seat = Bare::sit(&rig, 100, 30);
    seat.starts("run bench --serial S1 --var target=7 --break Echo --headless");
    // The first reading is too low: with its policy the run would end there.
    seat.ended_with(1);
    seat.starts("run bench --serial S1 --var target=7 --step --headless");
    seat.sees("Held before Read");
    seat.presses("\x1a");
    seat.sees("Stopped");
    // Long enough to be noticed as a gap.
    sleep(Duration::from_millis(900));
    seat.types("fg");
    seat.sees("stopped from outside for");
    seat.presses("\r");
    seat.sees("Held before the run is aborted");
    seat.press("r\r");
    seat.sees("Held before Extra");
    seat.press("c\r");
    seat.ended_with(0);
}

#[test]
fn interrupt_in_lines_aborts_with_cleanup() {
    let rig = bench();
    let args = ["run", "bench", "--serial", "S1", "--step", "--headless"];
    let terminal = Terminal::start(&rig, args, 80);
    terminal.waits_for("Held before Read");
    terminal.signal(Signal::INT);
    let text = terminal.ends(4);
    assert!(text.contains("Switch off"), "{text}");
}

#[test]
fn signal_from_outside_ends_a_held_run_with_cleanup() {
    let rig = bench();
    let mut seat = Bare::sit(&rig, 100, 30);
    seat.starts("run bench --serial S1 --step");
    seat.waits("the first step", |screen| is_held(screen, "Read"));
    let program = Pid::from_raw(seat.program()).unwrap();
    kill_process(program, Signal::TERM).unwrap();
    seat.ended_with(4);
    let shown = rig.run(["results", "show"]).passes();
    assert!(shown.stdout.contains("Switch off"), "{}", shown.stdout);
}

#[test]
fn killed_while_it_is_held_it_is_closed_with_its_last_executions() {
    let rig = bench();
    let mut seat = Bare::sit(&rig, 100, 30);
    seat.starts("run bench --serial S1 --step");
    seat.waits("the first step", |screen| is_held(screen, "Read"));
    seat.presses("\r");
    seat.waits("the end", |screen| is_held(screen, "the run is aborted"));
    seat.presses("r");
    seat.waits("the second step", |screen| is_held(screen, "Extra"));
    kill_process(Pid::from_raw(seat.program()).unwrap(), Signal::KILL).unwrap();
    seat.sees("Killed");
    rig.run(["recover"]).passes();
    let report = rig.run(["results", "show", "--format", "json"]).passes();
    let report = report.json();
    // The FAIL of the first execution was taken back before the process died.
    assert_eq!(report["run"]["verdict"], "ABORTED");
    assert_eq!(report["run"]["mode"], "debug");
    assert_eq!(
        report["run"]["overrides"]["held.again"],
        json!(["steps/Read"])
    );
    assert_eq!(report["steps"][0]["counted"], false);
    assert_eq!(report["steps"][1]["verdict"], "PASS");
    let holds = report["holds"].as_array().unwrap();
    assert_eq!(holds.len(), 3);
    assert_eq!(holds[2]["command"], json!(null));
}

#[test]
fn run_without_a_terminal_and_unknown_steps_are_refused() {
    let rig = bench();
    for option in [["--step"].as_slice(), &["--break", "Read"]] {
        let args = ["run", "bench", "--serial", "S1"];
        let refused = rig.run(args.iter().chain(option)).exit(2);
        assert!(
            refused.stderr.contains("there is no terminal to ask on"),
            "{}",
            refused.stderr
        );
        let refused = rig
            .run(args.iter().chain(option).chain(&["--unattended"]))
            .exit(2);
        assert!(
            refused.stderr.contains("cannot be used with"),
            "{}",
            refused.stderr
        );
    }
    let args = ["run", "bench", "--serial", "S1", "--break", "power up"];
    let text = Terminal::start(&rig, args, 200).ends(2);
    assert!(text.contains("no step is called 'power up'"), "{text}");
    assert!(text.contains("`Power up`"), "{text}");
    rig.run(["results", "list"])
        .passes()
        .shows("No run has been recorded yet");
}
