//! Questions on a terminal, and what a person sees in tmux.

use std::thread::sleep;
use std::time::Duration;

use crate::rig::Rig;
use crate::terminal::{Terminal, Tmux};

/// A little longer than what a question must have been visible for.
const VISIBLE: Duration = Duration::from_millis(700);

const PROMPTS: &str = r"
test:
  name: Questions
  version: 1.0.0
  steps:
    - name: Look
      type: manual
      prompt: { title: Inspection, message: Is the LED green?, image: images/led.png }
    - name: Torque
      type: prompt
      prompt:
        message: Torque of screw 1?
        input: { mode: number, variable: torque, low_limit: 1, high_limit: 2, unit: Nm }
";

fn prompts() -> Rig {
    Rig::new()
        .package("prompts", PROMPTS, "")
        .file("prompts/images/led.png", "not looked at")
}

const RUN: [&str; 5] = ["run", "prompts", "--serial", "PB-1", "--headless"];

#[test]
fn operator_answers_line_by_line() {
    let rig = prompts();
    let mut terminal = Terminal::start(&rig, RUN, 80);
    terminal.waits_for("1 PASS   2 FAIL   3 Cancel (aborts the run)");
    assert!(
        terminal.text().contains("prompts/images/led.png"),
        "{}",
        terminal.text()
    );
    sleep(VISIBLE);
    terminal.types("\n");
    terminal.waits_for("Enter alone presses nothing here");
    terminal.types("1\n");
    terminal.waits_for("Number in Nm");
    sleep(VISIBLE);
    terminal.types("tight\n");
    terminal.waits_for("'tight'");
    terminal.types("1,5\n");
    let text = terminal.ends(0);
    assert!(text.contains("PASS"), "{text}");
    rig.run(["results", "show"])
        .passes()
        .shows("1.5 Nm [1 … 2]");
}

#[test]
fn value_outside_its_limits_is_asked_about_once_and_fails() {
    let rig = prompts();
    let mut terminal = Terminal::start(&rig, RUN, 80);
    terminal.waits_for("3 Cancel");
    sleep(VISIBLE);
    terminal.types("pass\n");
    terminal.waits_for("Number in Nm");
    sleep(VISIBLE);
    terminal.types("5\n");
    terminal.waits_for("Enter keeps it");
    terminal.types("\n");
    terminal.ends(1);
}

#[test]
fn keys_from_before_the_question_answer_nothing() {
    let rig = prompts();
    let mut terminal = Terminal::start(&rig, RUN, 80);
    terminal.types("1\n1\n");
    terminal.waits_for("3 Cancel");
    terminal.types("1\n");
    sleep(VISIBLE);
    assert!(
        !terminal.text().contains("Number in Nm"),
        "{}",
        terminal.text()
    );
    terminal.types("3\n");
    let text = terminal.ends(4);
    assert!(text.contains("ABORTED"), "{text}");
}

#[test]
fn interrupt_withdraws_the_question() {
    let rig = prompts();
    let terminal = Terminal::start(&rig, RUN, 80);
    terminal.waits_for("3 Cancel");
    terminal.signal(rustix::process::Signal::INT);
    let text = terminal.ends(4);
    assert!(text.contains("withdrawn"), "{text}");
    assert!(text.contains("ABORTED"), "{text}");
}

#[test]
fn question_that_nobody_answers_runs_out() {
    let main = PROMPTS.replace("image: images/led.png", "timeout_s: 1, on_timeout: fail");
    let rig = Rig::new().package("prompts", &main, "");
    let mut terminal = Terminal::start(&rig, RUN, 80);
    terminal.waits_for("within 1 s, else the step fails");
    terminal.waits_for("Number in Nm");
    sleep(VISIBLE);
    terminal.types("1.5\n");
    let text = terminal.ends(1);
    assert!(text.contains("nobody answered"), "{text}");
}

#[test]
fn prompts_without_a_terminal_are_refused_before_anything_starts() {
    let rig = prompts();
    rig.run(RUN).exit(2).stderr("Look").stderr("--unattended");
    rig.run(["results", "list"]).passes().shows("No run");
}

#[test]
fn demo_board_fits_a_terminal_of_80_columns() {
    let rig = Rig::new();
    let package = crate::rig::repository().join("fixtures/packages/demo-board");
    let line = format!("run {} --serial DEMO-1 --headless", package.display());
    let tmux = Tmux::start(&rig, &line, 80, 200);
    tmux.waits_for("1 Good");
    sleep(VISIBLE);
    tmux.types(&["1", "Enter"]);
    let screen = tmux.waits_for("exit code 0");
    assert!(screen.contains("PASS"), "{screen}");
    assert!(screen.contains("Next    maestro results show"), "{screen}");
    let left_over = screen.lines().any(|line| line.contains("━╸"));
    assert!(!left_over, "the progress bar is left behind:\n{screen}");
    // A line that wraps leaves a rest that begins in the first column.
    let signs = ["✓", "✗", "▸", "↻", "–", "?", "!", "■", "·"];
    for line in screen
        .lines()
        .skip(4)
        .take_while(|line| !line.contains("PASS"))
    {
        let starts = signs.iter().any(|sign| line.trim_start().starts_with(sign));
        let is_indented = line.starts_with("  ") || line.is_empty();
        let is_heading = ["Setup", "Steps", "Teardown"].contains(&line.trim());
        assert!(starts || is_indented || is_heading, "{line:?} in\n{screen}");
    }
}
