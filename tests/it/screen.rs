//! The operator's screen in a real terminal: what a person sees and presses. Questions of every kind
//! are answered in `line`.

use std::thread::sleep;
use std::time::Duration;

use crate::rig::{Rig, repository};
use crate::terminal::{Terminal, Tmux};

/// A little longer than what a question must have been visible for.
const VISIBLE: Duration = Duration::from_millis(700);

const EVERYTHING: &str = r#"
test:
  name: All questions
  version: 1.0.0
  steps:
    - name: Look
      type: manual
      prompt: { title: Inspection, message: Is the LED green? }
    - name: Torque
      type: prompt
      prompt:
        message: Torque of screw 1?
        input: { mode: number, variable: torque, low_limit: 1, high_limit: 2, unit: Nm }
    - name: Label
      type: prompt
      prompt: { message: Scan the label, input: { mode: text, variable: label, pattern: "L-[0-9]+" } }
    - name: Color
      type: prompt
      prompt: { message: Which color?, input: { mode: list, options: [red, green, blue] } }
    - name: Sound
      type: prompt
      prompt: { message: Does it beep?, input: { mode: boolean, expected: true } }
  teardown:
    - { name: Switch off, type: mock }
"#;

fn everything() -> Rig {
    Rig::new()
        .package("all", EVERYTHING, "")
        .env("TERM", "xterm-256color")
}

#[test]
fn abort_is_confirmed_and_cleanup_runs_while_the_window_changes_its_size() {
    let rig = everything();
    let tmux = Tmux::start(&rig, "run all --serial PB-2", 80, 24);
    tmux.waits_for("Is the LED green?");
    tmux.types(&["C-c"]);
    tmux.waits_for("Abort this run?");
    tmux.types(&["n"]);
    tmux.waits_for("[ 1 PASS ]");
    tmux.resizes(120, 40);
    tmux.waits_for("teardown");
    tmux.types(&["C-c"]);
    tmux.waits_for("Abort this run?");
    tmux.types(&["y"]);
    let screen = tmux.waits_for("The unit was not judged");
    assert!(screen.contains("aborted at the screen"), "{screen}");
    tmux.resizes(80, 24);
    sleep(VISIBLE);
    tmux.types(&["Enter"]);
    tmux.waits_for("exit code 4");
    rig.run(["results", "show"]).exit(0).shows("Switch off");
}

#[test]
fn failing_unit_shows_what_failed_and_its_step() {
    let rig = everything();
    let tmux = Tmux::start(&rig, "run all --serial PB-3", 100, 30);
    tmux.waits_for("Is the LED green?");
    sleep(VISIBLE);
    tmux.types(&["2"]);
    // The test goes on behind a failing step; the next question is refused by Esc.
    tmux.waits_for("Torque of screw 1?");
    sleep(VISIBLE);
    tmux.types(&["Escape"]);
    tmux.waits_for("Abort this run?");
    tmux.types(&["y"]);
    let screen = tmux.waits_for("set it aside");
    assert!(
        screen.contains("✗ FAIL") && screen.contains("Look"),
        "{screen}"
    );
    sleep(VISIBLE);
    tmux.types(&["s"]);
    tmux.waits_for("back to the verdict");
    tmux.types(&["Enter"]);
    tmux.waits_for("set it aside");
    sleep(VISIBLE);
    tmux.types(&["q"]);
    tmux.waits_for("exit code 1");
}

#[test]
fn newcomer_gets_from_the_demo_to_the_verdict_by_what_the_screen_says() {
    let rig = Rig::new().env("TERM", "xterm-256color");
    let package = repository().join("fixtures/packages/demo-board");
    let line = format!("run {} --serial DEMO-1", package.display());
    let tmux = Tmux::start(&rig, &line, 80, 24);
    tmux.waits_for("[▸1 Good ]");
    tmux.waits_for("Enter press");
    sleep(VISIBLE);
    tmux.types(&["Enter"]);
    let screen = tmux.waits_for("The unit is good: take it out. Enter goes on");
    assert!(screen.contains("Unit DEMO-1"), "{screen}");
    sleep(VISIBLE);
    tmux.types(&["Enter"]);
    tmux.waits_for("exit code 0");
}

#[test]
fn signal_ends_the_run_and_gives_the_terminal_back() {
    let rig = everything();
    let terminal = Terminal::start(&rig, ["run", "all", "--serial", "PB-4"], 80);
    terminal.waits_for("Is the LED green?");
    terminal.signal(rustix::process::Signal::TERM);
    let text = terminal.ends(4);
    assert!(
        text.contains("\x1b[?1049l"),
        "the screen is not left: {text:?}"
    );
    assert!(text.contains("ABORTED"), "{text:?}");
}

#[test]
fn window_that_is_closed_ends_the_run_and_leaves_nothing_running() {
    let rig = everything();
    let tmux = Tmux::start(&rig, "run all --serial PB-5", 80, 24);
    tmux.waits_for("Is the LED green?");
    let pid = tmux.program();
    drop(tmux);
    let end = std::time::Instant::now() + Duration::from_secs(20);
    // A dead process that nobody has reaped yet runs no more.
    let runs = || {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"));
        stat.is_ok_and(|stat| !stat.contains(") Z "))
    };
    while runs() {
        assert!(std::time::Instant::now() < end, "process {pid} goes on");
        sleep(Duration::from_millis(20));
    }
    rig.run(["results", "list", "--format", "json"])
        .passes()
        .shows("ABORTED");
}

const LINE: &str = r"
test:
  name: Line test
  version: 1.0.0
  required_tags: [Lot]
  steps:
    - name: Look
      type: manual
      prompt: { message: Is the LED green? }
    - name: Measure
      type: mock
      measurement: { name: VOUT, value: 3.3, low_limit: 3, high_limit: 4, unit: V }
";

#[test]
fn units_are_tested_one_after_another_and_the_shift_is_counted() {
    let rig = Rig::new()
        .package("line", LINE, "")
        .file(
            "station.yaml",
            "station_id: rig\nserial_pattern: 'SN-[0-9]+'\n",
        )
        .env("TERM", "xterm-256color");
    let tmux = Tmux::start(&rig, "run line --config station.yaml", 100, 30);
    tmux.waits_for("Who tests?");
    scan(&tmux, "anna");
    tmux.waits_for("Scan the serial number");
    scan(&tmux, "XY-1");
    tmux.waits_for("Scan or type Lot");
    scan(&tmux, "L-7");
    tmux.waits_for("serial number 'XY-1'");
    let unit = |serial: &str, button: &str, verdict: &str| {
        scan(&tmux, serial);
        tmux.waits_for("Is the LED green?");
        sleep(VISIBLE);
        tmux.types(&[button]);
        if button == "3" {
            tmux.waits_for("Abort this run?");
            tmux.types(&["y"]);
        }
        tmux.waits_for(verdict);
        sleep(VISIBLE);
        tmux.types(&["Enter"]);
        tmux.waits_for("Scan the serial number");
    };
    unit("SN-1", "1", "The unit is good");
    let screen = tmux.waits_for("1 tested   1 passed   yield 100.0 %");
    assert!(screen.contains("Lot             L-7"), "{screen}");
    unit("SN-2", "2", "The unit failed");
    unit("SN-3", "3", "The unit was not judged");
    tmux.waits_for("3 tested   1 passed   yield 33.3 %");
    // A unit that has just been tested is asked about.
    scan(&tmux, "SN-1");
    tmux.waits_for("SN-1 was tested");
    tmux.types(&["Escape"]);
    tmux.waits_for("Scan the serial number");
    sleep(Duration::from_millis(100));
    tmux.types(&["Escape"]);
    tmux.waits_for("Leave?");
    sleep(Duration::from_millis(100));
    tmux.types(&["y"]);
    let screen = tmux.waits_for("exit code 1");
    assert!(
        screen.contains("PASS  SN-1") && screen.contains("FAIL  SN-2"),
        "{screen}"
    );
    let list = rig.run(["results", "list", "--format", "json"]).passes();
    assert_eq!(
        list.json().as_array().map(Vec::len),
        Some(3),
        "{}",
        list.stdout
    );
}

/// Types as a scanner does: all at once, with a return behind.
fn scan(tmux: &Tmux, text: &str) {
    tmux.types(&["-l", &format!("{text}\r")]);
}

#[test]
fn recorded_run_is_replayed_step_by_step() {
    // Slow enough for a look at its middle.
    let slow = format!("{LINE}    - {{ name: Rest, type: delay, duration: 0.5 }}\n");
    let rig = Rig::new()
        .package("line", &slow, "")
        .env("TERM", "xterm-256color");
    let run = [
        "run",
        "line",
        "--serial",
        "SN-1",
        "--tag",
        "Lot=1",
        "--unattended",
    ];
    rig.run(run).passes();
    rig.run(["replay"]).passes().shows("2/3 Measure");
    let tmux = Tmux::start(&rig, "replay --speed 0.125", 100, 30);
    tmux.waits_for("REPLAY");
    tmux.types(&["["]);
    tmux.waits_for("0/3");
    tmux.types(&["."]);
    tmux.waits_for("1/3");
    tmux.types(&["]"]);
    tmux.waits_for("This is a replay");
    tmux.types(&["q"]);
    tmux.waits_for("exit code 0");
}

#[test]
fn click_selects_a_step_where_the_station_wants_it_and_the_mouse_is_given_back() {
    let station = "station_id: rig\nscreen: { mouse: true }\n";
    let rig = everything().file("station.yaml", station);
    let line = "run all --serial PB-9 --step --config station.yaml";
    let tmux = Tmux::start(&rig, line, 100, 30);
    let screen = tmux.waits_for("Held before Look");
    let row = screen.lines().position(|line| line.contains("· Label"));
    let row = row.unwrap() + 1;
    tmux.types(&["-l", &format!("\x1b[<0;9;{row}M\x1b[<0;9;{row}m")]);
    tmux.waits_for("┌ Label ─");
    drop(tmux);
    // The one before still cleans up.
    let other = format!("{line} --station rig-2");
    let terminal = Terminal::start(&rig, other.split(' '), 80);
    terminal.waits_for("Held before Look");
    terminal.signal(rustix::process::Signal::TERM);
    let text = terminal.ends(4);
    assert!(text.contains("\x1b[?1000h\x1b[?1006h"), "{text:?}");
    assert!(text.contains("\x1b[?1006l\x1b[?1000l"), "{text:?}");
}
