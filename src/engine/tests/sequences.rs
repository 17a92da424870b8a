//! Sub-sequences: shared variables, cleanup, policy.

use serde_json::json;

use super::drive::{Does, drive_files};
use crate::event::{AbortCause, SkipReason};
use crate::verdict::Verdict;

const CALL: &str = "runner: python, module: m, timeout_ms: 1000";

fn step(name: &str, function: &str, rest: &str) -> String {
    format!("  - {{name: {name}, {CALL}, function: {function}{rest}}}\n")
}

fn calls(rest: &str) -> String {
    format!("  - {{name: sub, type: sequence, sequence: tests/sub-sequences/s.yaml{rest}}}\n")
}

fn files<'a>(main: &'a str, sub: &'a str) -> [(&'a str, &'a str); 2] {
    [
        ("tests/main.yaml", main),
        ("tests/sub-sequences/s.yaml", sub),
    ]
}

#[test]
fn child_runs_its_three_parts_and_shares_variables() {
    let main = format!(
        "steps:\n{}{}",
        calls(", parameters: {rail: 3.3}, outputs: {seen: '{{level}}'}"),
        step("after", "g", ", parameters: {x: '{{seen}}'}")
    );
    let sub = format!(
        "variables: {{rail: 0, level: 1}}\nsetup:\n{}steps:\n{}teardown:\n{}",
        step("s", "f", ", parameters: {rail: '{{rail}}'}"),
        step("m", "level", ""),
        step("t", "f", "")
    );
    let run = drive_files(&files(&main, &sub))
        .returns("level", &[json!({"level": 7})])
        .run();
    assert_eq!(
        run.steps(),
        ["sub PASS", "s PASS", "m PASS", "t PASS", "after PASS"]
    );
    assert_eq!(run.calls[0].parameters["rail"], json!(3.3));
    assert_eq!(run.calls[3].parameters["x"], json!(7));
    let records = run.records();
    assert_eq!(records[1].0.parent, Some(records[0].0.step));
    assert_eq!(records[4].0.parent, None);
}

#[test]
fn variables_of_the_child_begin_anew_on_every_call_unless_the_caller_declares_them() {
    let main = format!(
        "variables: {{kept: 5}}\nsteps:\n{}",
        calls(", repeat: {condition: '__iteration__ < 1', max_iterations: 3}")
    );
    let sub = format!(
        "variables: {{own: 1, kept: 0}}\nsteps:\n{}",
        step("m", "f", ", parameters: {own: '{{own}}', kept: '{{kept}}'}")
    );
    let run = drive_files(&files(&main, &sub))
        .returns("f", &[json!({"own": 9, "kept": 6})])
        .run();
    let seen: Vec<_> = run
        .calls
        .iter()
        .map(|c| (c.parameters["own"].clone(), c.parameters["kept"].clone()))
        .collect();
    assert_eq!(seen, [(json!(1), json!(5)), (json!(1), json!(6))]);
}

#[test]
fn verdict_of_a_sequence_is_the_worst_of_its_children_and_measurements() {
    let main = format!(
        "steps:\n{}",
        calls(", measurement: {name: v, value: '{{level}}', unit: V, high_limit: 2}")
    );
    let sub = format!("steps:\n{}", step("m", "level", ""));
    let run = drive_files(&files(&main, &sub))
        .returns("level", &[json!({"level": 7})])
        .run();
    assert_eq!(run.steps(), ["sub FAIL", "m PASS"]);
}

#[test]
fn sequence_whose_children_were_all_skipped_is_skipped() {
    let main = format!("steps:\n{}{}", calls(""), step("b", "f", ""));
    let sub = format!("steps:\n{}", step("m", "f", ", enabled: false"));
    let run = drive_files(&files(&main, &sub)).run();
    assert_eq!(run.steps(), ["sub SKIPPED", "m SKIPPED", "b PASS"]);
    assert_eq!(run.step("sub").skip_reason, Some(SkipReason::AllSkipped));
}

#[test]
fn policy_of_a_child_ends_the_child_only() {
    let main = format!("steps:\n{}{}", calls(""), step("after", "g", ""));
    let sub = format!(
        "policy: {{on_step_failure: abort}}\nsteps:\n{}{}teardown:\n{}",
        step("m", "low", ""),
        step("n", "g", ""),
        step("t", "g", "")
    );
    let run = drive_files(&files(&main, &sub))
        .function("low", |_| Does::Asserts("low"))
        .run();
    assert_eq!(
        run.steps(),
        ["sub FAIL", "m FAIL", "n SKIPPED", "t PASS", "after PASS"]
    );
    assert_eq!(run.step("n").skip_reason, Some(SkipReason::SequenceEnded));
    assert_eq!(run.end().abort_cause, None);
}

#[test]
fn verdict_of_a_child_meets_the_policy_of_the_parent() {
    let main = format!(
        "policy: {{on_step_failure: abort}}\nsteps:\n{}{}",
        calls(""),
        step("after", "g", "")
    );
    let sub = format!("steps:\n{}", step("m", "low", ""));
    let run = drive_files(&files(&main, &sub))
        .function("low", |_| Does::Asserts("low"))
        .run();
    assert_eq!(run.steps(), ["sub FAIL", "m FAIL", "after SKIPPED"]);
    assert_eq!(run.end().abort_cause, Some(AbortCause::StepFailed));
}

#[test]
fn every_sequence_that_was_entered_is_torn_down_innermost_first() {
    let main = format!(
        "steps:\n{}{}teardown:\n{}",
        calls(""),
        calls("").replace("name: sub", "name: other"),
        step("outer", "g", "")
    );
    let sub = format!(
        "setup:\n{}steps:\n{}teardown:\n{}",
        step("s", "g", ""),
        step("m", "hang", ""),
        step("t", "g", "")
    );
    let run = drive_files(&files(&main, &sub))
        .function("hang", |_| Does::Interrupted)
        .run();
    assert_eq!(
        run.steps(),
        [
            "sub ABORTED",
            "s PASS",
            "m ABORTED",
            "t PASS",
            "other SKIPPED",
            "outer PASS"
        ]
    );
}

#[test]
fn sequence_that_is_cleanup_runs_all_its_children() {
    let main = format!("steps:\n{}teardown:\n{}", step("a", "hang", ""), calls(""));
    let sub = format!(
        "setup:\n{}steps:\n{}teardown:\n{}",
        step("s", "g", ""),
        step("m", "g", ""),
        step("t", "g", "")
    );
    let run = drive_files(&files(&main, &sub))
        .function("hang", |_| Does::Interrupted)
        .run();
    assert_eq!(
        run.steps(),
        ["a ABORTED", "sub PASS", "s PASS", "m PASS", "t PASS"]
    );
}

#[test]
fn timeout_of_a_sequence_step_ends_the_child_and_its_teardown_runs() {
    let main = format!(
        "steps:\n{}{}",
        calls(", timeout_ms: 500"),
        step("after", "g", "")
    );
    let sub = format!(
        "steps:\n{}{}teardown:\n{}",
        step("m", "hang", "").replace("timeout_ms: 1000", "timeout_ms: 9000"),
        step("n", "g", ""),
        step("t", "g", "")
    );
    let run = drive_files(&files(&main, &sub))
        .function("hang", |_| Does::Hangs)
        .run();
    assert_eq!(
        run.steps(),
        [
            "sub ABORTED",
            "m ABORTED",
            "n SKIPPED",
            "t PASS",
            "after SKIPPED"
        ]
    );
    assert_eq!(run.elapsed.as_millis(), 500);
    assert!(
        run.step("sub")
            .reason
            .as_deref()
            .unwrap()
            .contains("500 ms")
    );
}

#[test]
fn retried_sequence_runs_with_setup_and_teardown_and_keeps_its_variables() {
    let main = format!("steps:\n{}", calls(", retry: {count: 1}"));
    let sub = format!(
        "variables: {{n: 0}}\nsetup:\n{}steps:\n{}teardown:\n{}",
        step("s", "g", ""),
        step("m", "f", ", parameters: {n: '{{n}}'}"),
        step("t", "g", "")
    );
    let run = drive_files(&files(&main, &sub))
        .function("f", |call| if call.parameters["n"] == json!(0) {
            Does::Answers(json!({"outputs": {"n": 1}, "measurements": [{"name": "p", "value": 1, "high_limit": 0}]}))
        } else {
            Does::Returns(json!({}))
        })
        .run();
    assert_eq!(run.called(), ["g", "f", "g", "g", "f", "g"]);
    assert_eq!(run.step("sub").attempts, 2);
    assert_eq!(run.verdict(), Verdict::Pass);
}

#[test]
fn missing_output_of_a_child_is_undetermined_only_if_it_passed() {
    for (function, expected) in [("g", Verdict::Undetermined), ("low", Verdict::Fail)] {
        let main = format!("steps:\n{}", calls(", outputs: {x: '{{maybe}}'}"));
        let sub = format!("steps:\n{}", step("m", function, ""));
        let run = drive_files(&files(&main, &sub))
            .function("low", |_| Does::Asserts("low"))
            .run();
        assert_eq!(run.step("sub").verdict, expected, "{function}");
    }
}

#[test]
fn sequence_whose_children_were_all_skipped_is_not_measured() {
    let main = format!(
        "steps:\n{}{}",
        calls(
            ", measurement: {name: v, value: '{{level}}', unit: V, high_limit: 2}, outputs: {x: '{{level}}'}"
        ),
        step("b", "f", "")
    );
    let sub = format!("steps:\n{}", step("m", "level", ", enabled: false"));
    let run = drive_files(&files(&main, &sub)).run();
    assert_eq!(run.steps(), ["sub SKIPPED", "m SKIPPED", "b PASS"]);
    assert!(run.step("sub").measurements.is_empty());
}

#[test]
fn timeout_of_a_child_policy_puts_the_whole_run_into_abort_mode() {
    let main = format!("steps:\n{}{}", calls(""), step("after", "g", ""));
    let sub = format!(
        "policy: {{timeout: 0.5, on_step_failure: continue}}\nsteps:\n{}teardown:\n{}",
        step("m", "hang", "").replace("timeout_ms: 1000", "timeout_ms: 9000"),
        step("t", "g", "")
    );
    let run = drive_files(&files(&main, &sub))
        .function("hang", |_| Does::Hangs)
        .run();
    assert_eq!(
        run.steps(),
        ["sub ABORTED", "m ABORTED", "t PASS", "after SKIPPED"]
    );
    assert_eq!(run.end().abort_cause, Some(AbortCause::RunTimeout));
    assert_eq!(run.elapsed.as_millis(), 500);
}

#[test]
fn variable_of_the_command_line_is_set_anew_by_no_sequence() {
    let main = format!("steps:\n{}", calls(""));
    let sub = format!(
        "variables: {{rail: 1}}\nsteps:\n{}",
        step("m", "f", ", parameters: {rail: '{{rail}}'}")
    );
    let run = drive_files(&files(&main, &sub))
        .variable("rail", json!(5))
        .run();
    assert_eq!(run.calls[0].parameters["rail"], json!(5));
}
