//! What cleanup may rely on: it is not cut off, not stopped by templates, and gets its instruments.

use serde_json::json;

use super::drive::{Does, drive, drive_files};
use crate::event::{AbortCause, Cleanup, Section, SkipReason};
use crate::verdict::Verdict;

const CALL: &str = "runner: python, module: m";

fn step(name: &str, function: &str, rest: &str) -> String {
    format!("  - {{name: {name}, {CALL}, function: {function}{rest}}}\n")
}

#[test]
fn step_that_also_runs_on_abort_is_not_cut_off_by_one() {
    let text = format!(
        "steps:\n{}{}",
        step("off", "off", ", run_on_abort: true, timeout_ms: 9000"),
        step("b", "g", ", timeout_ms: 300")
    );
    let run = drive(&text)
        .function("off", |_| Does::InterruptedThenReturns)
        .run();
    assert_eq!(run.steps(), ["off PASS", "b SKIPPED"]);
    assert_eq!(run.verdict(), Verdict::Aborted);
    assert_eq!(run.end().cleanup, Cleanup::Complete);
}

#[test]
fn step_that_became_cleanup_gets_the_limit_of_cleanup_and_tells_that_it_failed() {
    let text = format!("steps:\n{}", step("off", "off", ", run_on_abort: true"));
    let run = drive(&text).function("off", |_| Does::Interrupted).run();
    assert_eq!(run.steps(), ["off ABORTED"]);
    assert_eq!(run.elapsed.as_millis(), 60_000);
    assert_eq!(run.end().cleanup, Cleanup::Incomplete);
}

#[test]
fn group_that_also_runs_on_abort_goes_on_with_all_its_steps() {
    let main = "steps:\n  - {name: group, type: sequence, sequence: tests/s.yaml, run_on_abort: true}\n  - {name: b, type: mock}\n";
    let sub = format!(
        "steps:\n{}{}",
        step("off1", "off", ", timeout_ms: 300"),
        step("off2", "g", ", timeout_ms: 300")
    );
    let run = drive_files(&[("tests/main.yaml", main), ("tests/s.yaml", &sub)])
        .function("off", |_| Does::InterruptedThenReturns)
        .run();
    assert_eq!(
        run.steps(),
        ["group PASS", "off1 PASS", "off2 PASS", "b SKIPPED"]
    );
}

#[test]
fn no_template_stops_a_step_of_the_teardown() {
    let nope = "'{{cfg.NOPE}}'";
    let text = format!(
        "steps:\n  - {{name: a, type: mock}}\nteardown:\n  - {{name: d, type: delay, duration: {nope}}}\n{}  - {{name: m, type: mock, measurement: {{name: {nope}, unit: {nope}, value: 1}}, outputs: {{x: {nope}}}}}\n  - {{name: p, type: prompt, prompt: {{message: {nope}, title: {nope}, timeout_s: {nope}, default_button: {nope}, input: {{default: {nope}, unit: {nope}, pattern: {nope}}}}}}}\n",
        step("t", "off", &format!(", timeout_ms: {nope}")),
    );
    let run = drive(&text).unattended().run();
    assert_eq!(
        run.steps(),
        ["a PASS", "d PASS", "t PASS", "m PASS", "p PASS"]
    );
    assert_eq!(run.step("t").timeout_ms, Some(60_000));
    assert!(
        run.log()
            .iter()
            .any(|line| line.contains("'d' runs without its duration")),
        "{:?}",
        run.log()
    );
    assert_eq!(run.end().cleanup, Cleanup::Complete);
}

#[test]
fn long_delay_of_the_teardown_is_not_cut_short() {
    let text = "steps:\n  - {name: a, type: mock}\nteardown:\n  - {name: discharge, type: delay, duration: 90}\n";
    let run = drive(text).run();
    assert_eq!(run.steps(), ["a PASS", "discharge PASS"]);
    assert_eq!(run.elapsed.as_secs(), 90);
}

#[test]
fn polling_loop_of_the_teardown_counts_by_its_last_iteration() {
    let text = format!(
        "steps:\n  - {{name: a, type: mock}}\nteardown:\n{}",
        step(
            "discharged",
            "v",
            ", timeout_ms: 300, measurement: {name: v, unit: V, high_limit: 1}, repeat: {condition: 'v > 1', max_iterations: 5, verdict: last}"
        )
    );
    let run = drive(&text)
        .returns("v", &[json!({"v": 30}), json!({"v": 0})])
        .run();
    assert_eq!(run.verdict(), Verdict::Pass);
    assert_eq!(run.end().cleanup, Cleanup::Complete);
}

#[test]
fn step_is_not_called_on_an_instrument_that_could_not_be_connected_again() {
    let text = format!(
        "setup:\n{}steps:\n{}{}teardown:\n{}",
        step("connect", "open", ", restore: true, timeout_ms: 300"),
        step("a", "f", ", timeout_ms: 300"),
        step("b", "g", ", timeout_ms: 300"),
        step("t", "off", "")
    );
    let mut opened = 0;
    let run = drive(&text)
        .function("f", |_| Does::Dies)
        .function("open", move |_| {
            opened += 1;
            if opened == 1 {
                Does::Returns(json!({}))
            } else {
                Does::Dies
            }
        })
        .run();
    assert_eq!(run.called(), ["open", "f", "open", "open", "off"]);
    assert_eq!(run.step("b").verdict, Verdict::Error);
    let reason = run.step("b").reason.clone().unwrap();
    assert!(reason.contains("restore step 'connect'"), "{reason}");
    assert_eq!(run.step("t").verdict, Verdict::Pass);
    assert!(
        run.records()
            .iter()
            .filter(|(started, _)| started.section == Section::Restore)
            .all(|(_, finished)| finished.verdict == Verdict::Error)
    );
}

#[test]
fn abort_while_instruments_are_connected_again_keeps_the_step_from_being_called() {
    let text = format!(
        "setup:\n{}steps:\n{}{}",
        step("connect", "open", ", restore: true, timeout_ms: 300"),
        step("a", "f", ", timeout_ms: 300"),
        step("b", "g", ", timeout_ms: 300")
    );
    let mut opened = 0;
    let run = drive(&text)
        .function("f", |_| Does::Dies)
        .function("open", move |_| {
            opened += 1;
            if opened == 1 {
                Does::Returns(json!({}))
            } else {
                Does::Interrupted
            }
        })
        .run();
    assert_eq!(run.called(), ["open", "f", "open"]);
    assert_eq!(run.verdict(), Verdict::Error);
    assert_eq!(run.end().abort_cause, Some(AbortCause::Signal));
}

#[test]
fn third_interrupt_kills_and_nothing_more_is_executed() {
    let text = format!(
        "steps:\n{}teardown:\n{}{}",
        step("a", "g", ", timeout_ms: 300"),
        step("t", "off", ", timeout_ms: 9000"),
        step("u", "g", ", timeout_ms: 300")
    );
    let run = drive(&text)
        .function("off", |_| Does::Ignores)
        .at(
            4000,
            crate::engine::Input::Kill {
                by: "Ctrl-C".to_owned(),
            },
        )
        .run();
    assert_eq!(run.steps(), ["a PASS", "t ABORTED", "u SKIPPED"]);
    assert_eq!(run.kills, 1);
    assert_eq!(run.elapsed.as_millis(), 4000);
    assert_eq!(run.end().cleanup, Cleanup::Incomplete);
    assert_eq!(run.verdict(), Verdict::Aborted);
}

#[test]
fn cleanup_in_the_middle_of_a_run_counts_for_no_policy_and_only_once() {
    let main = "policy: {timeout: 10, on_step_failure: continue}\nsteps:\n  - {name: sub, type: sequence, sequence: tests/s.yaml}\n  - {name: hang, runner: python, module: m, function: hang, timeout_ms: 60000}\n";
    let sub = "steps:\n  - {name: a, type: mock}\nteardown:\n  - {name: inner, type: sequence, sequence: tests/i.yaml}\n";
    let inner = "steps:\n  - {name: wait, type: delay, duration: 30}\n  - {name: ask, type: prompt, prompt: {message: Off?, timeout_s: 20, on_timeout: continue}}\n";
    let run = drive_files(&[
        ("tests/main.yaml", main),
        ("tests/s.yaml", sub),
        ("tests/i.yaml", inner),
    ])
    .function("hang", |_| Does::Hangs)
    .run();
    assert_eq!(run.end().abort_cause, Some(AbortCause::RunTimeout));
    // 50 s of cleanup, then the 10 s of the policy.
    assert_eq!(run.elapsed.as_secs(), 60);
}

#[test]
fn sequence_that_was_not_entered_is_skipped_whole() {
    let main = format!(
        "steps:\n{}  - {{name: sub, type: sequence, sequence: tests/s.yaml}}\n",
        step(
            "a",
            "f",
            ", timeout_ms: 300, post_execution_action: terminate-on-fail"
        )
    );
    let sub = "steps:\n  - {name: m, type: mock}\nteardown:\n  - {name: t, type: mock}\n";
    let run = drive_files(&[("tests/main.yaml", &main), ("tests/s.yaml", sub)])
        .function("f", |_| Does::Raises)
        .run();
    assert_eq!(run.steps(), ["a ERROR", "sub SKIPPED"]);
    assert_eq!(run.step("sub").skip_reason, Some(SkipReason::AbortMode));
}
