//! A whole shift on the screen, on a bare pseudo-terminal and in tmux: three units with questions of
//! every kind, a failing one, an abort, a resize, Ctrl-Z, another operator, and a bug.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use crate::rig::{Rig, repository};
use crate::seat::{Bare, Multiplexed, Seat};

/// A little longer than what a verdict must have been visible for.
const SEEN: Duration = Duration::from_millis(600);

const TEST: &str = r#"
test:
  name: Whole line
  version: 1.0.0
  required_tags: [Lot]
  policy: { on_step_failure: abort }
  steps:
    - name: Look
      type: manual
      prompt: { title: Inspection, message: Is the LED green?, image: images/board.png }
    - name: Lid
      type: prompt
      prompt: { message: Close the lid }
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
    - name: Read
      runner: python
      module: module
      function: read
      timeout_ms: 20000
      measurement: { name: VOUT, low_limit: 3, high_limit: 4, unit: V }
  teardown:
    - { name: Switch off, type: mock }
"#;

const CODE: &str = "
def read():
    return 3.3
";

fn rig() -> Rig {
    let rig = Rig::new()
        .package("line", TEST, CODE)
        .file(
            "station.yaml",
            "station_id: rig\nserial_pattern: 'SN-[0-9]+'\nscanner: { prefix: '~' }\n",
        )
        .file("line/images/about", "the picture of the demo")
        .env("TERM", "xterm-256color");
    let picture = repository().join("fixtures/packages/demo-board/images/board-top.png");
    fs::copy(picture, rig.work().join("line/images/board.png")).unwrap();
    rig
}

#[test]
fn shift_on_a_bare_terminal() {
    shift::<Bare>();
}

#[test]
fn shift_in_tmux() {
    shift::<Multiplexed>();
}

fn shift<S: Seat>() {
    let rig = rig();
    let mut seat = S::sit(&rig, 80, 24);
    seat.starts("run line --config station.yaml");
    seat.sees("Who tests?");
    seat.scan("anna");
    seat.sees("Scan the serial number");
    seat.scan("~XY-1");
    seat.sees("Scan or type Lot");
    seat.scan("L-7");
    seat.sees("serial number 'XY-1'");
    seat.scan("~SN-1");
    good_unit(&mut seat);
    let screen = seat.sees("1 tested   1 passed   yield 100.0 %");
    assert!(screen.contains("Operator        bert"), "{screen}");
    seat.presses("\x1a");
    seat.sees("Stopped");
    seat.types("fg");
    seat.sees("1 tested");
    seat.scan("~SN-2");
    bad_unit(&mut seat);
    seat.sees("2 tested   1 passed   yield 50.0 %");
    seat.scan("~SN-3");
    aborted_unit(&mut seat);
    seat.sees("3 tested   1 passed   yield 33.3 %");
    seat.presses("\x1b");
    seat.sees("Leave?");
    seat.presses("y");
    // The lines of the shell before are there at once, what is left of the screen a moment later.
    let screen = seat.sees("FAIL  SN-2");
    assert!(screen.contains("PASS  SN-1"), "{screen}");
    seat.ended_with(1);
    seat.is_usable();
    is_recorded(&rig);
    unit_with_a_bug(&mut seat);
}

/// Answers every kind of question, hands the station over, and changes the window.
fn good_unit(seat: &mut impl Seat) {
    // Half blocks: the picture has arrived.
    seat.sees("▀▀▀▀▀▀▀▀");
    seat.is_asked("Is the LED green?");
    seat.presses("\r");
    seat.sees("Enter alone presses nothing here");
    seat.presses("1");
    seat.is_asked("Close the lid");
    seat.presses("\x1bOQ");
    seat.sees("Who tests now?");
    seat.scan("bert");
    seat.sees("rig · bert");
    seat.presses("\r");
    seat.is_asked("Torque of screw 1?");
    seat.presses("9");
    seat.sees("▸ 9");
    seat.presses("\r");
    seat.sees("Enter keeps it");
    seat.presses("\x7f");
    for (key, shown) in [("1", "▸ 1"), (",", "▸ 1,"), ("5", "▸ 1,5")] {
        seat.presses(key);
        seat.sees(shown);
    }
    seat.presses("\r");
    seat.is_asked("Scan the label");
    seat.resize(120, 40);
    seat.scan("~]C1L-0815");
    seat.sees("[▸1 OK ]");
    let screen = seat.waits("the larger window", |screen| screen.lines().count() == 40);
    assert!(screen.contains("L-0815"), "{screen}");
    seat.presses("\r");
    seat.is_asked("Which color?");
    seat.presses("\x1b[B");
    seat.sees("▸ red");
    seat.presses("\x1b[B");
    seat.sees("▸ green");
    seat.presses("\r");
    seat.is_asked("Does it beep?");
    seat.presses("y");
    seat.sees("▸ yes");
    seat.presses("\r");
    let screen = seat.sees("The unit is good");
    assert!(screen.contains("Unit SN-1"), "{screen}");
    sleep(SEEN);
    seat.presses("\r");
}

fn bad_unit(seat: &mut impl Seat) {
    seat.is_asked("Is the LED green?");
    seat.presses("2");
    let screen = seat.sees("The unit failed");
    assert!(screen.contains("Look"), "{screen}");
    sleep(SEEN);
    seat.presses("\r");
}

fn aborted_unit(seat: &mut impl Seat) {
    seat.is_asked("Is the LED green?");
    seat.resize(80, 24);
    seat.presses("\x03");
    seat.sees("Abort this run?");
    seat.presses("n");
    seat.is_asked("Is the LED green?");
    seat.presses("\x03");
    seat.sees("Abort this run?");
    seat.presses("y");
    seat.sees("The unit was not judged");
    sleep(SEEN);
    seat.presses("\r");
}

/// The screen breaks when the first question comes; the run goes on as lines.
fn unit_with_a_bug(seat: &mut impl Seat) {
    seat.types("export MAESTRO_FAILPOINT=screen:5");
    seat.starts("run line --serial SN-4 --tag Lot=L-7 --operator anna --config station.yaml");
    let screen = seat.sees("1 PASS   2 FAIL");
    assert!(screen.contains("this is a bug"), "{screen}");
    sleep(SEEN);
    seat.press("f\r");
    seat.sees("maestro results show");
    seat.ended_with(70);
    seat.is_usable();
}

/// Three runs, with who answered what.
#[track_caller]
fn is_recorded(rig: &Rig) {
    let list = rig.run(["results", "list", "--format", "json"]).passes();
    let runs = list.json();
    let mut verdicts: Vec<(&str, &str)> = runs
        .as_array()
        .unwrap()
        .iter()
        .map(|run| {
            let word = |key: &str| run[key].as_str().unwrap_or_default();
            (word("serial_number"), word("verdict"))
        })
        .collect();
    verdicts.sort_unstable();
    let wanted = [("SN-1", "PASS"), ("SN-2", "FAIL"), ("SN-3", "ABORTED")];
    assert_eq!(verdicts, wanted);
    let good = runs
        .as_array()
        .unwrap()
        .iter()
        .find(|run| run["verdict"] == "PASS");
    let id = good.unwrap()["id"].as_str().unwrap();
    let report = rig
        .run(["results", "show", id, "--format", "json"])
        .passes()
        .json();
    let prompts = report["prompts"].as_array().unwrap();
    let by = |place: usize| prompts[place]["answer"]["by"].as_str().unwrap();
    assert_eq!((by(0), by(1), by(5)), ("anna", "bert", "bert"));
    assert_eq!(prompts[3]["answer"]["raw"], "L-0815");
    assert_eq!(prompts[0]["image_digest"].as_str().unwrap().len(), 64);
}
