//! `--step` and `--break`: where a run is held, and what it is told there.

use serde_json::{Value, json};

use super::drive::{Does, Drive, Driven, bare, drive};
use crate::engine::HoldWish::{self, Again, GoOn, Run, Skip};
use crate::engine::{HoldOrder, Input};
use crate::event::{
    AbortCause, Event, ExecutionReplaced, HoldCause, HoldCommand, HoldCommanded, RunStatus,
    SkipReason, StepNo, Upcoming, VariableSource, by_hand,
};
use crate::verdict::Verdict;

const CALL: &str = "runner: python, module: m, timeout_ms: 1000";

pub(super) fn step(name: &str, function: &str, rest: &str) -> String {
    format!("  - {{name: {name}, {CALL}, function: {function}{rest}}}\n")
}

/// Steps that call the function of their own name.
pub(super) fn plain(head: &str, names: &[&str]) -> Drive {
    let steps: String = names.iter().map(|name| step(name, name, "")).collect();
    drive(&format!("{head}steps:\n{steps}"))
}

pub(super) fn set(name: &str, value: Value) -> HoldWish {
    HoldWish::Set {
        name: name.to_owned(),
        value,
    }
}

/// Each hold as `step that ended > what comes next`.
pub(super) fn stops(run: &Driven) -> Vec<String> {
    let records = run.records();
    let name_of = |no: StepNo| {
        let found = records.iter().find(|(started, _)| started.step == no);
        found.unwrap().0.name.clone()
    };
    run.holds()
        .iter()
        .map(|held| {
            let after = held.after.map_or_else(|| "-".to_owned(), name_of);
            let next = match &held.next {
                Upcoming::Step { name, .. } => name.clone(),
                Upcoming::Ended { name, verdict, .. } => format!("end of {name}: {verdict}"),
                Upcoming::Abort { .. } => "abort".to_owned(),
                Upcoming::End { verdict } => format!("end: {verdict}"),
                Upcoming::Other => "other".to_owned(),
            };
            format!("{after} > {next}")
        })
        .collect()
}

pub(super) fn commanded(run: &Driven) -> Vec<&HoldCommanded> {
    let commands = run.events.iter().filter_map(|event| match event {
        Event::HoldCommanded(commanded) => Some(&**commanded),
        _ => None,
    });
    commands.collect()
}

pub(super) fn replaced(run: &Driven) -> Vec<ExecutionReplaced> {
    let replaced = run.events.iter().filter_map(|event| match event {
        Event::ExecutionReplaced(replaced) => Some(*replaced),
        _ => None,
    });
    replaced.collect()
}

pub(super) fn executions(run: &Driven) -> Vec<String> {
    let records = run.records();
    let text = records
        .iter()
        .map(|(started, end)| format!("{} {} {}", started.name, started.execution_no, end.verdict));
    text.collect()
}

#[test]
fn run_step_by_step_stops_once_between_two_steps_and_at_the_end() {
    let run = plain("", &["a", "b"]).step_by_step(&[]).run();
    assert_eq!(stops(&run), ["- > a", "a > b", "b > end: PASS"]);
    assert_eq!(run.steps(), ["a PASS", "b PASS"]);
    assert_eq!(run.verdict(), Verdict::Pass);
    let numbers: Vec<_> = run.holds().iter().map(|held| held.hold).collect();
    assert_eq!(numbers, [1, 2, 3]);
    assert!(
        run.holds()
            .iter()
            .all(|held| held.because == HoldCause::Step)
    );
    let commands = commanded(&run);
    assert_eq!(commands.len(), 3);
    assert_eq!(commands[1].hold, 2);
    assert_eq!(commands[1].command, HoldCommand::Run);
    assert_eq!(commands[1].by.as_deref(), Some("ada"));
    assert_eq!(commands[1].front_end.as_deref(), Some("test"));
    assert_eq!(commands[1].overrides, None);
}

#[test]
fn every_kind_of_step_in_every_part_is_held() {
    let text = "setup:\n  - {name: s, type: delay, duration: 0}\nsteps:\n  - {name: m, type: mock}\n  - {name: q, type: prompt, prompt: {message: hello}}\nteardown:\n  - {name: t, type: mock}\n";
    let run = drive(text).answers("OK", None).step_by_step(&[]).run();
    assert_eq!(
        stops(&run),
        ["- > s", "s > m", "m > q", "q > t", "t > end: PASS"]
    );
}

#[test]
fn step_that_is_not_executed_is_not_held() {
    let text = format!(
        "variables: {{x: 0}}\nsteps:\n{}{}{}{}",
        step("a", "a", ", enabled: false"),
        step("b", "b", ", precondition: 'x == 1'"),
        step("c", "c", ", force: skip"),
        step("d", "d", ""),
    );
    let run = drive(&text).step_by_step(&[]).run();
    assert_eq!(stops(&run), ["- > d", "d > end: PASS"]);
    assert_eq!(
        run.steps(),
        ["a SKIPPED", "b SKIPPED", "c SKIPPED", "d PASS"]
    );
}

#[test]
fn skipped_step_is_recorded_and_listed_among_the_overrides() {
    let run = plain("", &["a", "b", "c"]).step_by_step(&[Run, Skip]).run();
    assert_eq!(stops(&run), ["- > a", "a > b", "- > c", "c > end: PASS"]);
    assert_eq!(run.called(), ["a", "c"]);
    assert_eq!(run.step("b").skip_reason, Some(SkipReason::ByHand));
    assert_eq!(run.end().counts, [2, 0, 0, 0, 0, 1]);
    let overrides = commanded(&run)[1].overrides.clone().unwrap();
    assert_eq!(
        Value::Object(overrides),
        json!({by_hand::SKIPPED: ["steps/b"]})
    );
}

#[test]
fn last_execution_counts_and_policy_sees_no_other() {
    for head in [
        "policy: {on_step_failure: abort}\n",
        "",
        "policy: {on_step_failure: continue}\n",
    ] {
        let mut calls = 0;
        let run = plain(head, &["a", "b"])
            .function("a", move |_| {
                calls += 1;
                if calls < 3 {
                    Does::Asserts("too low")
                } else {
                    Does::Returns(json!({}))
                }
            })
            .step_by_step(&[Run, Again, Again])
            .run();
        assert_eq!(
            executions(&run),
            ["a 1 FAIL", "a 2 FAIL", "a 3 PASS", "b 1 PASS"],
            "{head}"
        );
        let range = |no| ExecutionReplaced {
            first: StepNo(no),
            last: StepNo(no),
        };
        assert_eq!(replaced(&run), [range(1), range(2)]);
        assert_eq!(run.verdict(), Verdict::Pass, "{head}");
        assert_eq!(run.end().counts, [2, 0, 0, 0, 0, 0]);
        assert_eq!(run.end().abort_cause, None);
        let overrides = commanded(&run)[2].overrides.clone().unwrap();
        assert_eq!(
            Value::Object(overrides),
            json!({by_hand::AGAIN: ["steps/a", "steps/a"]})
        );
    }
}

#[test]
fn failing_step_says_what_will_follow_before_it_does() {
    let text = format!(
        "steps:\n{}{}teardown:\n{}",
        step("a", "a", ", post_execution_action: terminate-on-fail"),
        step("b", "b", ""),
        step("t", "t", "")
    );
    let run = drive(&text)
        .function("a", |_| Does::Asserts("too low"))
        .step_by_step(&[])
        .run();
    assert_eq!(stops(&run), ["- > a", "a > abort"]);
    let Upcoming::Abort { message } = &run.holds()[1].next else {
        panic!("the run will be aborted: {:?}", run.holds()[1]);
    };
    assert!(message.contains("'a' is FAIL"), "{message}");
    // Cleanup in abort mode is not held.
    assert_eq!(run.steps(), ["a FAIL", "b SKIPPED", "t PASS"]);
    assert_eq!(run.end().abort_cause, Some(AbortCause::StepFailed));
}

#[test]
fn step_that_ran_into_its_limit_can_be_run_again() {
    let mut calls = 0;
    let run = plain("", &["a", "b"])
        .function("a", move |_| {
            calls += 1;
            if calls == 1 {
                Does::Hangs
            } else {
                Does::Returns(json!({}))
            }
        })
        .step_by_step(&[Run, Again])
        .run();
    assert_eq!(executions(&run), ["a 1 ABORTED", "a 2 PASS", "b 1 PASS"]);
    assert_eq!(run.verdict(), Verdict::Pass);
    assert_eq!(run.end().status, RunStatus::Completed);
}

#[test]
fn failed_cleanup_that_is_run_again_leaves_the_unit_safe() {
    let text = format!(
        "steps:\n{}teardown:\n{}",
        step("a", "a", ""),
        step("t", "t", "")
    );
    let mut calls = 0;
    let run = drive(&text)
        .function("t", move |_| {
            calls += 1;
            if calls == 1 {
                Does::Raises
            } else {
                Does::Returns(json!({}))
            }
        })
        .step_by_step(&[Run, Run, Again])
        .run();
    assert_eq!(executions(&run), ["a 1 PASS", "t 1 ERROR", "t 2 PASS"]);
    assert_eq!(run.end().cleanup, crate::event::Cleanup::Complete);
}

#[test]
fn variable_set_by_hand_is_read_by_the_next_step() {
    let text = format!(
        "variables: {{volts: 1}}\nsteps:\n{}{}",
        step("a", "a", ""),
        step(
            "b",
            "b",
            ", parameters: {volts: '{{volts}}', more: '{{more}}'}"
        )
    );
    let run = drive(&text)
        .step_by_step(&[Run, set("volts", json!(3.3)), set("more", json!("x"))])
        .run();
    assert_eq!(
        stops(&run),
        ["- > a", "a > b", "a > b", "a > b", "b > end: PASS"]
    );
    assert_eq!(
        run.calls[1].parameters,
        *json!({"volts": 3.3, "more": "x"}).as_object().unwrap()
    );
    let sources: Vec<_> = run
        .events
        .iter()
        .filter_map(|event| match event {
            Event::VariableSet(set) => Some(set.source),
            _ => None,
        })
        .collect();
    assert_eq!(sources, [VariableSource::Hand; 2]);
    let overrides = commanded(&run)[2].overrides.clone().unwrap();
    assert_eq!(
        Value::Object(overrides),
        json!({by_hand::SET: {"volts": 3.3, "more": "x"}})
    );
    assert_eq!(run.told(), bare(&run.variables));
}

#[test]
fn variable_set_by_hand_can_change_what_comes_next() {
    let text = format!(
        "variables: {{x: 1}}\nsteps:\n{}{}{}",
        step("a", "a", ""),
        step("b", "b", ", precondition: 'x == 1'"),
        step("c", "c", ""),
    );
    let run = drive(&text)
        .step_by_step(&[Run, set("x", json!(0)), Run])
        .run();
    assert_eq!(stops(&run), ["- > a", "a > b", "a > c", "c > end: PASS"]);
    assert_eq!(run.steps(), ["a PASS", "b SKIPPED", "c PASS"]);
    assert_eq!(run.step("b").skip_reason, Some(SkipReason::Precondition));
}

#[test]
fn step_without_its_variable_runs_once_it_is_there() {
    let text = format!(
        "variables: {{late: none, later: 1}}\nsteps:\n{}{}",
        step("a", "a", ", precondition: 'late > 1'"),
        step("b", "b", ", parameters: {v: '{{later.x}}'}"),
    );
    let run = drive(&text)
        .step_by_step(&[
            set("late", json!(2)),
            // The first hold is behind a step that could not even begin.
            Again,
            Run,
            set("later", json!({"x": 2})),
            Again,
        ])
        .run();
    assert_eq!(
        executions(&run),
        ["a 1 ABORTED", "a 2 PASS", "b 1 ABORTED", "b 2 PASS"]
    );
    assert_eq!(run.verdict(), Verdict::Pass);
}

#[test]
fn reserved_name_is_refused_and_the_run_stays_held() {
    let run = plain("", &["a"])
        .step_by_step(&[set("cfg.DMM", json!(1)), Run])
        .at(5, Input::Tick)
        .held_for(10)
        .run();
    assert!(
        run.log().iter().any(|line| line.contains("'cfg.DMM'")),
        "{:?}",
        run.log()
    );
    assert_eq!(stops(&run), ["- > a", "a > end: PASS"]);
}

#[test]
fn what_cannot_be_done_is_refused() {
    let run = plain("", &["a"])
        .step_by_step(&[Again, Run, Skip, Run])
        .run();
    let log = run.log();
    assert!(log[0].contains("run again"), "{log:?}");
    assert!(log[1].contains("skipped"), "{log:?}");
    assert_eq!(run.steps(), ["a PASS"]);
}

#[test]
fn order_about_an_earlier_hold_comes_too_late() {
    let late = |hold| {
        Input::Hold(Box::new(HoldOrder {
            hold,
            wants: Skip,
            by: None,
            front_end: None,
        }))
    };
    let run = plain("", &["a", "b"])
        .step_by_step(&[])
        .held_for(100)
        .at(150, late(1))
        .run();
    assert_eq!(run.steps(), ["a PASS", "b PASS"]);
}

#[test]
fn breakpoint_is_a_name_or_a_path() {
    for name in ["b", "steps/b"] {
        let run = plain("", &["a", "b", "c", "d"])
            .breaks(&[name], &[Run, GoOn])
            .run();
        assert_eq!(stops(&run), ["- > b", "b > c"], "{name}");
        assert_eq!(run.holds()[0].because, HoldCause::Break);
        assert_eq!(run.holds()[1].because, HoldCause::Step);
        assert_eq!(run.steps().len(), 4);
    }
}

#[test]
fn going_on_from_a_step_before_a_breakpoint_does_not_hold_there_twice() {
    let run = plain("", &["a", "b", "c"])
        .breaks(&["a", "b", "c"], &[Run, GoOn, GoOn])
        .run();
    assert_eq!(stops(&run), ["- > a", "a > b", "- > c"]);
}

#[test]
fn failing_step_ends_the_run_as_ever_where_it_is_not_stepped() {
    let run = plain("policy: {on_step_failure: abort}\n", &["a", "b", "c"])
        .function("b", |_| Does::Asserts("low"))
        .breaks(&["a"], &[GoOn])
        .run();
    assert_eq!(run.steps(), ["a PASS", "b FAIL", "c SKIPPED"]);
    assert_eq!(run.holds().len(), 1);
}
