//! Definitions and misfortunes put together by chance: every run ends, and its record is whole.

use std::collections::HashSet;
use std::fmt::Write as _;

use proptest::prelude::*;
use serde_json::json;

use super::drive::{Does, Driven, bare, drive_files};
use crate::engine::Input;
use crate::event::{AbortCause, Event, StepNo, VariableSource};
use crate::verdict::Verdict;

/// Numbers that decide, one after the other.
struct Dice {
    numbers: Vec<u8>,
    next: usize,
}

impl Dice {
    fn roll(&mut self, sides: u8) -> u8 {
        let number = self.numbers[self.next % self.numbers.len()];
        self.next += 1;
        number.wrapping_add((self.next / self.numbers.len()) as u8) % sides
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.roll(from.len() as u8) as usize]
    }
}

const CONTROLS: [&str; 24] = [
    "",
    "",
    "",
    "",
    ", retry: {count: 2}",
    ", retry: {count: 1, delay_ms: 300}",
    ", retry: {count: 2, before: {name: reset, runner: python, module: m, function: f, timeout_ms: 200}}",
    ", retry: {count: 1, on: [error, timeout]}",
    ", repeat: {condition: '__iteration__ < 2', max_iterations: 5}",
    ", repeat: {condition: 'result == 7', max_iterations: 3, verdict: last}",
    ", run_on_abort: true",
    ", post_execution_action: terminate-on-fail",
    ", force: pass",
    ", force: fail",
    ", force: skip",
    ", force: run, precondition: 'cfg.NOPE == 1'",
    ", precondition: 'cfg.NOPE == 1'",
    ", precondition: '__attempt__ == 9'",
    ", enabled: false",
    ", measurement: {name: v, unit: V, high_limit: 5}",
    ", measurement: {name: v, unit: V, value: '{{cfg.NOPE}}'}",
    ", outputs: {x: '{{result}}', y: '{{cfg.NOPE}}'}",
    ", timeout_ms: 400",
    ", timeout_ms: '{{cfg.NOPE}}'",
];

const RUNNER_CONTROLS: [&str; 4] = ["", "", ", restore: true", ", interruptible: false"];

fn step(dice: &mut Dice, name: &str, calls: &[&str]) -> String {
    let control = dice.pick(&CONTROLS);
    let has_own_limit = control.starts_with(", timeout_ms:");
    let limit = if has_own_limit {
        ""
    } else {
        ", timeout_ms: 500"
    };
    let kind = match dice.roll(8) {
        0 => "type: mock".to_owned(),
        1 if !control.contains("outputs") => "type: delay, duration: 0.2".to_owned(),
        2 => "type: prompt, prompt: {message: Go?, timeout_s: 1}".to_owned(),
        3 | 4 if !calls.is_empty() => {
            format!("type: sequence, sequence: {}", dice.pick(calls))
        }
        _ => {
            let own = match dice.pick(&RUNNER_CONTROLS) {
                // It needs a limit that is known before.
                ", interruptible: false" if has_own_limit => "",
                own => own,
            };
            format!("runner: python, module: m, function: f{own}")
        }
    };
    format!("  - {{name: {name}, {kind}{control}{limit}}}\n")
}

fn definition(dice: &mut Dice, calls: &[&str]) -> String {
    let mut text = dice
        .pick(&[
            "",
            "policy: {on_step_failure: abort}\n",
            "policy: {on_step_failure: continue, timeout: 1}\n",
            "policy: {timeout: 3}\n",
        ])
        .to_owned();
    text.push_str("variables: {result: 0}\n");
    for (section, at_least) in [("setup", 0), ("steps", 1), ("teardown", 0)] {
        let count = at_least + dice.roll(3);
        if count > 0 {
            writeln!(text, "{section}:").unwrap();
        }
        for number in 0..count {
            text.push_str(&step(dice, &format!("{section}{number}"), calls));
        }
    }
    text
}

fn run(numbers: Vec<u8>) -> Driven {
    let mut dice = Dice { numbers, next: 0 };
    let leaf = definition(&mut dice, &[]);
    let middle = definition(&mut dice, &["tests/leaf.yaml"]);
    let main = definition(&mut dice, &["tests/leaf.yaml", "tests/middle.yaml"]);
    let mut run = drive_files(&[
        ("tests/main.yaml", &main),
        ("tests/middle.yaml", &middle),
        ("tests/leaf.yaml", &leaf),
    ]);
    run = match dice.roll(3) {
        0 => run.unattended(),
        1 => run.nobody(),
        _ => run,
    };
    if dice.roll(5) == 0 {
        run = run.restart_fails();
    }
    let mut at = 0;
    for _ in 0..dice.roll(4) {
        at += u64::from(dice.roll(20)) * 150;
        run = run.at(at, misfortune(&mut dice));
    }
    run.function("f", move |_| match dice.roll(12) {
        0 => Does::Raises,
        1 => Does::Asserts("low"),
        2 => Does::Hangs,
        3 => Does::Ignores,
        4 => Does::Dies,
        5 => Does::Asks(json!({"message": "Go?", "timeout_s": 1, "on_timeout": "continue"})),
        6 => Does::Answers(json!({"measurements": [{"name": "v", "value": 9}]})),
        7 => Does::Returns(json!(7)),
        _ => Does::Returns(json!({"v": 3, "cfg": 1})),
    })
    .run()
}

fn misfortune(dice: &mut Dice) -> Input {
    let cause = match dice.roll(8) {
        6 | 7 => {
            return Input::SetVariable {
                name: dice.pick(&["result", "v", "x", "nope"]).to_owned(),
                value: json!(dice.roll(9)),
                source: VariableSource::Remote,
            };
        }
        0 => AbortCause::JournalLost,
        1 => return Input::NobodyLeft,
        2 => return Input::Resumed { gap_us: 700_000 },
        3 => {
            return Input::Kill {
                by: "Ctrl-C".to_owned(),
            };
        }
        _ => AbortCause::Signal,
    };
    Input::Abort {
        cause,
        by: "test".to_owned(),
        message: "by chance".to_owned(),
    }
}

/// What holds for every record, whatever happened.
fn judge(run: &Driven) {
    let mut open: Vec<StepNo> = Vec::new();
    let mut seen = HashSet::new();
    for event in &run.events {
        match event {
            Event::StepStarted(started) => {
                assert!(seen.insert(started.step), "a number stands for one record");
                assert_eq!(started.parent, open.last().copied(), "records are nested");
                open.push(started.step);
            }
            Event::StepFinished(finished) => {
                assert_eq!(open.pop(), Some(finished.step), "the innermost ends first");
            }
            _ => {}
        }
    }
    assert!(open.is_empty(), "every step that began has ended");
    assert_eq!(
        run.told(),
        bare(&run.variables),
        "events tell all variables"
    );
    let end = run.end();
    let counted = run.records().into_iter().filter(|(started, finished)| {
        let is_helper = matches!(
            started.section,
            crate::event::Section::Restore | crate::event::Section::RetryBefore
        );
        started.parent.is_none() && !finished.superseded && !is_helper
    });
    let worst = Verdict::worst(counted.map(|(_, finished)| finished.verdict));
    assert!(
        worst.is_none_or(|worst| end.verdict >= worst),
        "the run is at least as bad as {worst:?}: {:?}",
        end.verdict
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn every_run_ends_and_its_record_is_whole(numbers in proptest::collection::vec(any::<u8>(), 8..120)) {
        judge(&run(numbers));
    }
}
