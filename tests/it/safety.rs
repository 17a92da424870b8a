//! The terminal is given back, whatever happens: Ctrl-Z, a stop from outside, a bug, a signal, a
//! window that is closed. Each on a bare pseudo-terminal and in tmux.

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::faults::processes_of;
use crate::rig::Rig;
use crate::seat::{Bare, Multiplexed, Seat};

/// A step of a runner, with a question before and behind it.
const ASKING: &str = "
test:
  name: Line test
  version: 1.0.0
  steps:
    - name: Read
      runner: python
      module: module
      function: read
      timeout_ms: 20000
      measurement: {name: volts, low_limit: 3, high_limit: 4, unit: V}
    - name: Look
      type: manual
      prompt: {message: Is the LED green?}
  teardown:
    - {name: Switch off, type: mock}
";

const CODE: &str = "
def read():
    return 3.3
";

fn rig() -> Rig {
    Rig::new()
        .package("line", ASKING, CODE)
        .env("TERM", "xterm-256color")
}

/// The only run of the rig.
fn only_run(rig: &Rig) -> serde_json::Value {
    let list = rig.run(["results", "list", "--format", "json"]).passes();
    let runs = list.json();
    assert_eq!(runs.as_array().map(Vec::len), Some(1), "{runs}");
    runs[0].clone()
}

#[track_caller]
fn leaves_no_process(rig: &Rig) {
    let run = only_run(rig)["id"].as_str().unwrap().to_owned();
    let end = Instant::now() + Duration::from_secs(10);
    loop {
        let left = processes_of(&run);
        if left.is_empty() {
            return;
        }
        assert!(
            Instant::now() < end,
            "run {run} has left processes {left:?}"
        );
        sleep(Duration::from_millis(20));
    }
}

fn signal(seat: &impl Seat, signal: Signal) {
    kill_process(Pid::from_raw(seat.program()).unwrap(), signal).unwrap();
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

on_both!(suspended_between_units, ctrl_z_stops_between_units_only);

fn ctrl_z_stops_between_units_only<S: Seat>() {
    let rig = rig();
    let mut seat = S::sit(&rig, 100, 30);
    seat.starts("run line --operator anna");
    seat.sees("Scan the serial number");
    seat.presses("\x1a");
    seat.sees("Stopped");
    seat.is_usable();
    // The window changes while nobody draws.
    seat.resize(120, 40);
    seat.types("fg");
    seat.waits("the bottom line", |screen| {
        screen.lines().count() == 40 && screen.contains("Scan the serial number")
    });
    seat.scan("SN-1");
    seat.is_asked("Is the LED green?");
    seat.presses("\x1a");
    seat.sees("Ctrl-Z is refused while a unit is tested");
    seat.presses("1");
    seat.sees("The unit is good");
    sleep(Duration::from_millis(600));
    // Nothing is under power any more.
    seat.presses("\x1a");
    seat.sees("Stopped");
    seat.types("fg");
    seat.sees("The unit is good");
    seat.presses("\r");
    seat.sees("1 tested");
    seat.presses("\x1b");
    seat.sees("Leave?");
    seat.presses("y");
    seat.ended_with(0);
    seat.is_usable();
}

on_both!(
    stopped_from_outside,
    stop_from_outside_leaves_a_gap_and_a_whole_screen
);

fn stop_from_outside_leaves_a_gap_and_a_whole_screen<S: Seat>() {
    let rig = rig();
    let mut seat = S::sit(&rig, 100, 30);
    seat.starts("run line --operator anna --serial SN-1");
    seat.is_asked("Is the LED green?");
    signal(&seat, Signal::STOP);
    // The shell notices and has the terminal; it leaves its own lines and modes there.
    seat.press("\r");
    seat.sees("Stopped");
    seat.press("echo something else\r");
    seat.sees("something else");
    sleep(Duration::from_millis(800));
    // In the background the run goes on and keeps its hands off the terminal.
    seat.press("bg\r");
    seat.press("echo in the background\r");
    seat.sees("in the background");
    sleep(Duration::from_millis(300));
    seat.press("fg\r");
    let screen = seat.waits("the whole screen", |screen| {
        screen.contains("Is the LED green?") && !screen.contains("something else")
    });
    assert!(screen.contains("Line test 1.0.0"), "{screen}");
    assert!(screen.contains("warning: the computer stood"), "{screen}");
    seat.presses("1");
    seat.sees("The unit is good");
    sleep(Duration::from_millis(600));
    seat.presses("\r");
    seat.ended_with(0);
    seat.is_usable();
}

on_both!(
    bug_of_the_screen,
    run_is_told_as_lines_after_a_bug_of_the_screen
);

fn run_is_told_as_lines_after_a_bug_of_the_screen<S: Seat>() {
    let rig = rig().env("MAESTRO_FAILPOINT", "screen:7");
    let mut seat = S::sit(&rig, 100, 30);
    seat.starts("run line --operator anna --serial SN-1");
    let screen = seat.sees("1 PASS");
    assert!(screen.contains("this is a bug"), "{screen}");
    assert!(screen.contains("Is the LED green?"), "{screen}");
    assert!(!seat.is_covered() && seat.has_cursor());
    sleep(Duration::from_millis(700));
    seat.press("p\r");
    seat.sees("maestro results show");
    seat.ended_with(70);
    seat.is_usable();
    assert_eq!(only_run(&rig)["verdict"], "PASS");
    assert_eq!(fs::read_dir(rig.home().join("crash")).unwrap().count(), 1);
    leaves_no_process(&rig);
}

on_both!(
    bug_of_the_engine,
    bug_of_the_engine_ends_the_run_and_its_runners
);

fn bug_of_the_engine_ends_the_run_and_its_runners<S: Seat>() {
    let rig = rig().env("MAESTRO_FAILPOINT", "session:7");
    let mut seat = S::sit(&rig, 100, 30);
    seat.starts("run line --operator anna --loop");
    seat.sees("Scan the serial number");
    seat.scan("SN-1");
    let screen = seat.sees("the session ended by a bug");
    assert!(screen.contains("this is a bug"), "{screen}");
    assert!(screen.contains("UNIT MAY BE LIVE"), "{screen}");
    seat.ended_with(70);
    seat.is_usable();
    assert_eq!(only_run(&rig)["verdict"], "ABORTED");
    leaves_no_process(&rig);
}

on_both!(signal_at_the_desk, signal_between_units_ends_the_loop);

fn signal_between_units_ends_the_loop<S: Seat>() {
    let rig = rig();
    let mut seat = S::sit(&rig, 80, 24);
    seat.starts("run line --operator anna");
    seat.sees("Scan the serial number");
    signal(&seat, Signal::TERM);
    seat.ended_with(0);
    seat.is_usable();
    // In the middle of a unit it ends the run, and the loop with it.
    seat.starts("run line --operator anna");
    seat.sees("Scan the serial number");
    seat.scan("SN-1");
    seat.sees("Is the LED green?");
    signal(&seat, Signal::TERM);
    seat.ended_with(4);
    seat.is_usable();
    assert_eq!(only_run(&rig)["verdict"], "ABORTED");
    leaves_no_process(&rig);
}

on_both!(
    signal_at_the_verdict,
    signal_while_the_verdict_is_shown_ends_the_program
);

fn signal_while_the_verdict_is_shown_ends_the_program<S: Seat>() {
    for given in [Signal::TERM, Signal::HUP] {
        let rig = rig();
        let mut seat = S::sit(&rig, 80, 24);
        seat.starts("run line --operator anna --loop");
        seat.sees("Scan the serial number");
        seat.scan("SN-1");
        seat.is_asked("Is the LED green?");
        seat.presses("1");
        seat.sees("The unit is good");
        signal(&seat, given);
        seat.ended_with(0);
        seat.is_usable();
        leaves_no_process(&rig);
    }
}

#[test]
fn lost_connection_ends_the_run_and_leaves_nothing_running() {
    let rig = rig();
    let mut seat = Bare::sit(&rig, 80, 24);
    seat.starts("run line --operator anna --serial SN-1");
    seat.sees("Is the LED green?");
    let program = seat.program();
    seat.hang_up();
    let end = Instant::now() + Duration::from_secs(20);
    while fs::read_to_string(format!("/proc/{program}/stat")).is_ok_and(|it| !it.contains(") Z ")) {
        assert!(Instant::now() < end, "process {program} goes on");
        sleep(Duration::from_millis(20));
    }
    assert_eq!(only_run(&rig)["verdict"], "ABORTED");
    assert!(!rig.home().join("crash").exists(), "the screen broke");
    leaves_no_process(&rig);
}
