//! A person at a real terminal: questions of every kind, an abort at a question, a window that is
//! closed, and `tmux`.

use std::fs;
use std::process::Command;

use serde_json::Value;

use super::records::{Records, end_of_step, of_kind, only, word};
use crate::live::eventually;
use crate::pty::{Controlling, Terminal};
use crate::rig::Rig;

const ASKING: &str = "
test:
  name: Asking
  version: 1.0.0
  steps:
    - name: Button
      type: prompt
      prompt: {title: Fixture, message: Close the lid}
    - name: Judgement
      type: manual
      prompt: {message: Is the LED green?}
    - name: Number
      type: prompt
      prompt:
        message: Read the torque
        input: {mode: number, variable: torque, unit: Nm, low_limit: 1, high_limit: 2}
    - name: Text
      type: prompt
      prompt: {message: Read the label, input: {mode: text, variable: label, pattern: '[A-Z]{2}[0-9]+'}}
    - name: Boolean
      type: prompt
      prompt: {message: Does it hum?, input: {mode: boolean, variable: hums}}
    - name: List
      type: prompt
      prompt: {message: Which colour?, input: {mode: list, variable: colour, options: [red, green]}}
    - name: Prefilled
      type: prompt
      prompt: {message: Which room?, input: {mode: text, variable: room, default: B7, prefill: true}}
    - name: Outside
      type: prompt
      prompt:
        message: Read the gap
        input: {mode: number, variable: gap, unit: mm, low_limit: 1, high_limit: 2}
  teardown:
    - {name: 'Off', type: mock}
";

fn rig() -> Rig {
    Rig::new().package("asking", ASKING, "")
}

fn run_of(rig: &Rig) -> Command {
    rig.command([
        "run",
        "asking",
        "--serial=T-1",
        "--operator=ann",
        "--headless",
    ])
}

#[test]
fn questions_of_every_kind_are_answered_on_a_terminal() {
    let rig = rig();
    let mut person = Terminal::run(&run_of(&rig), Controlling::Yes);
    person.answers("Close the lid", "", "Is the LED green?");
    person.answers("1 PASS", "", "Enter alone presses nothing here");
    person.press("p\r");
    person.answers("Read the torque", "three", "not a number");
    person.answers("Number in Nm", "1,5", "Read the label");
    person.answers("Text", "lower", "[A-Z]{2}[0-9]+");
    person.answers("Text", "AB12", "Does it hum?");
    person.answers("yes or no", "no", "Which colour?");
    person.answers("1) red", "2", "Which room?");
    person.answers("Enter for B7", "", "Read the gap");
    person.answers("Number in mm", "9", "Enter keeps it");
    person.press("\r");
    let text = person.ends_with(1);
    assert!(text.contains("FAIL"), "{text}");
    let journal = journal_of(&rig);
    let answers: Vec<Value> = of_kind(&journal, "prompt_answered")
        .map(|event| event["answer"].clone())
        .collect();
    let values: Vec<&Value> = answers.iter().map(|answer| &answer["value"]).collect();
    let wanted = serde_json::json!([null, null, 1.5, "AB12", false, "green", "B7", 9]);
    assert_eq!(serde_json::json!(values), wanted);
    for answer in &answers {
        assert_eq!(answer["by"], "ann", "{answer}");
        assert_eq!(answer["front_end"], "headless", "{answer}");
        assert_eq!(answer["unattended"], false, "{answer}");
    }
    assert_eq!(end_of_step(&journal, "Judgement")["verdict"], "PASS");
    assert_eq!(end_of_step(&journal, "Number")["verdict"], "PASS");
    assert_eq!(end_of_step(&journal, "Outside")["verdict"], "FAIL");
}

#[test]
fn keys_pressed_before_a_question_answer_nothing() {
    let rig = rig();
    let mut person = Terminal::run(&run_of(&rig), Controlling::Yes);
    person.press("\r\r\r");
    person.sees("Close the lid");
    person.press("\r");
    person.answers("Enter", "", "Is the LED green?");
    person.answers("1 PASS", "/3", "ABORTED");
    person.ends_with(4);
    let journal = journal_of(&rig);
    let opened = only(&journal, "prompt_opened")["time"].as_i64().unwrap();
    let answered = only(&journal, "prompt_answered")["time"].as_i64().unwrap();
    assert!(answered - opened >= 500_000, "{} µs", answered - opened);
    assert_eq!(end_of_step(&journal, "Off")["verdict"], "PASS");
}

#[test]
fn interrupt_at_a_question_withdraws_it_and_restores_the_terminal() {
    let rig = rig();
    let mut person = Terminal::run(&run_of(&rig), Controlling::Yes);
    person.sees("Close the lid");
    person.press("\x03");
    person.sees("withdrawn: interrupted by Ctrl-C");
    let text = person.ends_with(4);
    assert!(text.contains("ABORTED"), "{text}");
    let journal = journal_of(&rig);
    let withdrawn = only(&journal, "prompt_withdrawn");
    assert!(word(withdrawn, "reason").contains("Ctrl-C"), "{withdrawn}");
    assert_eq!(end_of_step(&journal, "Off")["verdict"], "PASS");
}

/// Test code that asks, and asks again in a step that nobody answers in time.
const CODE_ASKS: &str = "
test:
  name: Code asks
  version: 1.0.0
  policy: {on_step_failure: continue}
  steps:
    - name: Ask
      runner: python
      module: module
      function: ask
      timeout_ms: 20000
      measurement: {name: volts, low_limit: 3, high_limit: 4, unit: V}
    - {name: Die, runner: python, module: module, function: ask_and_die, timeout_ms: 20000}
    - {name: Answered, type: prompt, prompt: {message: Still there?}}
";

const CODE: &str = r#"
import os, threading, time
import maestro

def ask():
    try:
        reply = maestro.prompt("Read the meter", input={"mode": "number"})
    except maestro.NobodyAnswers:
        return {"volts": 3.5}
    return {"volts": reply.value}

def ask_and_die():
    threading.Timer(0.3, lambda: os.kill(os.getpid(), 9)).start()
    maestro.prompt("Never answered")
"#;

#[test]
fn question_of_test_code_is_answered_and_withdrawn_when_its_runner_dies() {
    let rig = Rig::new().package("asking", CODE_ASKS, CODE);
    let mut person = Terminal::run(&run_of(&rig), Controlling::Yes);
    person.answers("Read the meter", "3.3", "Never answered");
    person.sees("withdrawn");
    person.answers("Still there?", "", "ERROR");
    person.ends_with(5);
    let journal = journal_of(&rig);
    let ask = end_of_step(&journal, "Ask");
    assert_eq!(ask["verdict"], "PASS", "{ask}");
    assert_eq!(ask["outputs"]["volts"], 3.3, "{ask}");
    assert_eq!(end_of_step(&journal, "Die")["verdict"], "ERROR");
    assert_eq!(end_of_step(&journal, "Answered")["verdict"], "PASS");
}

#[test]
fn question_of_test_code_is_refused_at_once_where_nobody_is_there() {
    let main = CODE_ASKS.split("    - {name: Die").next().unwrap();
    let rig = Rig::new().package("asking", main, CODE);
    let events = rig
        .run(["run", "asking", "--serial=T-1", "--format=json"])
        .passes()
        .json_events();
    assert_eq!(end_of_step(&events, "Ask")["outputs"]["volts"], 3.5);
}

#[test]
fn closed_window_is_an_abort_with_cleanup() {
    let rig = rig();
    let mut person = Terminal::run(&run_of(&rig), Controlling::Yes);
    person.sees("Close the lid");
    person.hang_up();
    person.ends_with(4);
    let journal = journal_of(&rig);
    let end = only(&journal, "run_finished");
    assert_eq!(end["aborted_by"], "SIGHUP", "{end}");
    assert_eq!(end["cleanup"], "complete", "{end}");
    assert_eq!(end_of_step(&journal, "Off")["verdict"], "PASS");
}

#[test]
fn terminal_that_goes_away_without_a_signal_ends_questions_as_timed_out() {
    let main = "
test:
  name: Asking
  version: 1.0.0
  steps:
    - {name: One, type: prompt, prompt: {message: Close the lid, timeout_s: 600, on_timeout: continue}}
    - {name: Two, type: prompt, prompt: {message: Open it, timeout_s: 600, on_timeout: fail}}
";
    let rig = Rig::new().package("asking", main, "");
    let mut person = Terminal::run(&run_of(&rig), Controlling::No);
    person.sees("Close the lid");
    person.hang_up();
    person.ends_with(1);
    let journal = journal_of(&rig);
    assert_eq!(end_of_step(&journal, "One")["verdict"], "PASS");
    assert_eq!(end_of_step(&journal, "Two")["verdict"], "FAIL");
    for answer in of_kind(&journal, "prompt_answered") {
        assert_eq!(answer["answer"]["timed_out"], true, "{answer}");
    }
}

#[test]
fn questions_are_answered_in_tmux() {
    let rig = rig();
    let Some(tmux) = Tmux::start(&rig) else {
        println!("skipped: there is no tmux");
        return;
    };
    tmux.shows("Close the lid");
    tmux.answers("", "Is the LED green?");
    tmux.answers("f", "Read the torque");
    tmux.keys(&["C-c"]);
    tmux.shows("ended with 1");
    let screen = tmux.screen();
    assert!(
        screen.contains("withdrawn: interrupted by Ctrl-C"),
        "{screen}"
    );
    let settings = |name: &str| fs::read_to_string(rig.work().join(name)).unwrap_or_default();
    eventually("the terminal is as it was", || {
        !settings("after").is_empty() && settings("after") == settings("before")
    });
    let journal = journal_of(&rig);
    assert_eq!(end_of_step(&journal, "Judgement")["verdict"], "FAIL");
    // A unit that failed stays so, whatever happened afterwards.
    assert_eq!(only(&journal, "run_finished")["verdict"], "FAIL");
}

#[track_caller]
fn journal_of(rig: &Rig) -> Vec<Value> {
    let records = Records::delivered(rig);
    let run = records.runs().pop().unwrap();
    records.audit(&run);
    records.journal(&run)
}

/// A server of its own, with the run in its only window.
struct Tmux {
    socket: String,
}

impl Tmux {
    fn start(rig: &Rig) -> Option<Self> {
        let socket = rig.work().join("tmux").display().to_string();
        let maestro = env!("CARGO_BIN_EXE_maestro");
        let script = format!(
            "trap : INT; stty -g >before; {maestro} run asking --serial=T-1 --headless; echo ended with $?; stty -g >after; cat"
        );
        fs::write(rig.work().join("script"), script).unwrap();
        let mut command = Command::new("tmux");
        rig.surround(&mut command);
        command.current_dir(rig.work()).env_remove("TMUX").args([
            "-S",
            &socket,
            "-f",
            "/dev/null",
            "new-session",
            "-d",
            "-x",
            "100",
            "-y",
            "50",
            "sh script",
        ]);
        match command.output() {
            Ok(output) => {
                assert!(output.status.success(), "{output:?}");
                Some(Self { socket })
            }
            Err(_) => None,
        }
    }

    fn command(&self, args: &[&str]) -> String {
        let output = Command::new("tmux")
            .args(["-S", &self.socket])
            .args(args)
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn screen(&self) -> String {
        self.command(&["capture-pane", "-p"])
    }

    fn keys(&self, keys: &[&str]) {
        let mut args = vec!["send-keys"];
        args.extend(keys);
        self.command(&args);
    }

    #[track_caller]
    fn shows(&self, wanted: &str) {
        eventually(wanted, || self.screen().contains(wanted));
    }

    /// Types a line until `wanted` follows.
    #[track_caller]
    fn answers(&self, line: &str, wanted: &str) {
        let mut tries = 0;
        eventually(wanted, || {
            // Once a second: a line that comes too early does not count.
            if tries % 20 == 15 {
                self.keys(&[line, "Enter"]);
            }
            tries += 1;
            std::thread::sleep(std::time::Duration::from_millis(50));
            self.screen().contains(wanted)
        });
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        self.command(&["kill-server"]);
    }
}
