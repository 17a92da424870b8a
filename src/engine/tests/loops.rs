//! `repeat`: its counters, its end, its verdict.

use serde_json::json;

use super::drive::{Does, drive, drive_files};
use crate::event::AbortCause;
use crate::verdict::Verdict;

const CALL: &str = "runner: python, module: m, timeout_ms: 1000";

#[test]
fn condition_is_tested_after_each_iteration() {
    let run = drive(
        "steps:\n  - {name: 'i{{__iteration__}}', type: mock, repeat: {condition: '__iteration__ < 4', max_iterations: 10}}\n",
    )
    .run();
    assert_eq!(
        run.steps(),
        ["i0 PASS", "i1 PASS", "i2 PASS", "i3 PASS", "i4 PASS"]
    );
    assert_eq!(run.verdict(), Verdict::Pass);
}

#[test]
fn cap_on_a_counting_loop_is_only_a_note() {
    let run = drive(
        "steps:\n  - {name: a, type: mock, repeat: {condition: '__iteration__ < 9', max_iterations: 3}}\n",
    )
    .run();
    assert_eq!(run.steps().len(), 3);
    assert_eq!(run.verdict(), Verdict::Pass);
    assert!(
        run.log()
            .iter()
            .any(|line| line.contains("max_iterations 3"))
    );
}

#[test]
fn cap_on_a_waiting_loop_is_undetermined() {
    let text = format!(
        "steps:\n  - {{name: a, {CALL}, function: temp, repeat: {{condition: 'temp > 30', max_iterations: 3}}}}\n"
    );
    let run = drive(&text).returns("temp", &[json!({"temp": 90})]).run();
    assert_eq!(run.steps(), ["a PASS", "a PASS", "a UNDETERMINED"]);
    assert!(
        run.records()[2]
            .1
            .reason
            .as_deref()
            .unwrap()
            .contains("loop-cap-reached")
    );
    assert_eq!(run.verdict(), Verdict::Undetermined);
}

#[test]
fn condition_that_cannot_be_evaluated_aborts_the_step() {
    let text = format!(
        "steps:\n  - {{name: a, {CALL}, function: f, repeat: {{condition: 'cfg.NOPE > 30', max_iterations: 3}}}}\n"
    );
    let run = drive(&text).run();
    assert_eq!(run.steps(), ["a ABORTED"]);
}

#[test]
fn worst_iteration_counts_unless_the_last_one_does() {
    let measured = "measurement: {name: v, unit: V, high_limit: 2}";
    for (verdict, expected) in [("", Verdict::Fail), (", verdict: last", Verdict::Pass)] {
        let text = format!(
            "steps:\n  - {{name: a, {CALL}, function: f, {measured}, repeat: {{condition: 'v > 2', max_iterations: 5{verdict}}}}}\n"
        );
        let run = drive(&text)
            .returns("f", &[json!({"v": 3}), json!({"v": 1})])
            .run();
        assert_eq!(run.steps(), ["a FAIL", "a PASS"]);
        assert_eq!(run.verdict(), expected, "{verdict}");
        assert_eq!(run.records()[0].1.superseded, expected == Verdict::Pass);
    }
}

#[test]
fn failing_iteration_that_terminates_ends_the_loop_at_once() {
    let text = format!(
        "steps:\n  - {{name: a, {CALL}, function: f, post_execution_action: terminate-on-fail, repeat: {{condition: '__iteration__ < 5', max_iterations: 9}}}}\n"
    );
    let run = drive(&text).function("f", |_| Does::Asserts("low")).run();
    assert_eq!(run.steps(), ["a FAIL"]);
}

#[test]
fn attempts_are_inside_each_iteration() {
    let text = format!(
        "steps:\n  - {{name: a, {CALL}, function: f, retry: {{count: 1}}, repeat: {{condition: '__iteration__ < 1', max_iterations: 9}}}}\n"
    );
    let run = drive(&text).function("f", |_| Does::Raises).run();
    assert_eq!(run.called().len(), 4);
    assert_eq!(run.records()[1].1.attempts, 2);
}

#[test]
fn inner_loop_gives_the_outer_counters_back() {
    let outer = "steps:\n  - {name: outer, type: sequence, sequence: tests/sub-sequences/in.yaml, repeat: {condition: '__iteration__ < 1', max_iterations: 5}}\n";
    let inner = "steps:\n  - {name: 'in{{__iteration__}}', type: mock, repeat: {condition: '__iteration__ < 1', max_iterations: 5}}\n  - {name: 'after{{__iteration__}}', type: mock}\n";
    let run = drive_files(&[
        ("tests/main.yaml", outer),
        ("tests/sub-sequences/in.yaml", inner),
    ])
    .run();
    assert_eq!(
        run.steps(),
        [
            "outer PASS",
            "in0 PASS",
            "in1 PASS",
            "after0 PASS",
            "outer PASS",
            "in0 PASS",
            "in1 PASS",
            "after1 PASS"
        ]
    );
}

#[test]
fn loop_can_add_up_in_its_outputs() {
    let text = format!(
        "variables: {{sum: 0}}\nsteps:\n  - {{name: a, {CALL}, function: f, outputs: {{sum: '{{{{sum + result}}}}'}}, repeat: {{condition: '__iteration__ < 2', max_iterations: 9}}}}\n"
    );
    let run = drive(&text)
        .returns("f", &[json!(2), json!(3), json!(5)])
        .run();
    assert_eq!(run.variables.lookup("sum"), Some(&json!(10)));
}

#[test]
fn time_limit_that_runs_out_ends_the_loop_and_aborts() {
    let text = format!(
        "steps:\n  - {{name: a, {CALL}, function: f, repeat: {{condition: '__iteration__ < 5', max_iterations: 9}}}}\n  - {{name: b, type: mock}}\n"
    );
    let run = drive(&text).function("f", |_| Does::Hangs).run();
    assert_eq!(run.steps(), ["a ABORTED", "b SKIPPED"]);
    assert_eq!(run.end().abort_cause, Some(AbortCause::StepTimeout));
}

#[test]
fn abort_ends_the_loop_at_once() {
    let text = format!(
        "steps:\n  - {{name: a, {CALL}, function: f, repeat: {{condition: '__iteration__ < 5', max_iterations: 9}}}}\n"
    );
    let run = drive(&text)
        .function("f", |_| Does::InterruptedThenReturns)
        .run();
    assert_eq!(run.steps(), ["a ABORTED"]);
}

#[test]
fn counters_are_those_of_the_iteration_and_the_attempt() {
    let text = format!(
        "steps:\n  - {{name: a, {CALL}, function: f, parameters: {{i: '{{{{__iteration__}}}}', c: '{{{{__cycle__}}}}', a: '{{{{__attempt__}}}}'}}, retry: {{count: 1}}, repeat: {{condition: '__iteration__ < 1', max_iterations: 3}}}}\n"
    );
    let run = drive(&text).function("f", |_| Does::Raises).run();
    let seen: Vec<_> = run
        .calls
        .iter()
        .map(|call| {
            (
                &call.parameters["i"],
                &call.parameters["c"],
                &call.parameters["a"],
            )
        })
        .map(|(i, c, a)| (i.as_u64(), c.as_u64(), a.as_u64()))
        .collect();
    let of = |i, c, a| (Some(i), Some(c), Some(a));
    assert_eq!(seen, [of(0, 1, 1), of(0, 1, 2), of(1, 2, 1), of(1, 2, 2)]);
}

#[test]
fn abort_between_two_iterations_ends_the_loop_too() {
    let run = drive(
        "steps:\n  - {name: a, type: mock, repeat: {condition: '__iteration__ < 9', max_iterations: 10}}\nteardown:\n  - {name: t, type: mock}\n",
    )
    .interrupted_at(0)
    .run();
    assert_eq!(run.steps(), ["a PASS", "a ABORTED", "t PASS"]);
    assert_eq!(run.records()[1].1.attempts, 0);
}
