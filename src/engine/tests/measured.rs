//! Where values come from, what becomes a variable, and what an old value may not do.

use serde_json::json;

use super::drive::{Does, drive};
use crate::measure::Origin;
use crate::verdict::Verdict;

const CALL: &str = "runner: python, module: m, timeout_ms: 1000";

fn one(rest: &str) -> String {
    format!("steps:\n  - {{name: a, {CALL}, function: f, {rest}}}\n")
}

#[test]
fn value_comes_from_the_first_place_that_has_it() {
    let answer = json!({
        "outputs": {"v": 3, "result": 4},
        "measurements": [{"name": "v", "value": 2}],
    });
    for (declared, answer, expected) in [
        (
            "measurement: {name: v, unit: V, value: 1}",
            answer.clone(),
            1.0,
        ),
        ("measurement: {name: v, unit: V}", answer.clone(), 2.0),
        (
            "measurement: {name: v, unit: V}",
            json!({"outputs": {"v": 3, "result": 4}}),
            3.0,
        ),
        (
            "measurement: {name: v, unit: V}",
            json!({"outputs": {"result": 4}}),
            4.0,
        ),
    ] {
        let run = drive(&one(declared))
            .function("f", move |_| Does::Answers(answer.clone()))
            .run();
        let measured = &run.step("a").measurements[0];
        assert_eq!(measured.actual_value, Some(expected));
        assert_eq!(measured.origin, Origin::Runner);
    }
}

#[test]
fn mock_takes_its_value_else_its_target() {
    let run = drive(
        "steps:\n  - {name: a, type: mock, measurement: {name: v, unit: V, value: 1, target: 2}}\n  - {name: b, type: mock, measurement: {name: v, unit: V, target: 2}}\n",
    )
    .run();
    assert_eq!(run.step("a").measurements[0].actual_value, Some(1.0));
    assert_eq!(run.step("b").measurements[0].actual_value, Some(2.0));
    assert_eq!(run.step("b").measurements[0].origin, Origin::Mock);
}

#[test]
fn undeclared_point_is_recorded_and_judged_by_the_limits_that_came_with_it() {
    let answer = json!({"measurements": [{"name": "x", "value": 9, "high_limit": 5, "unit": "V"}]});
    let run = drive(&one("outputs: {}"))
        .function("f", move |_| Does::Answers(answer.clone()))
        .run();
    assert_eq!(run.verdict(), Verdict::Fail);
    assert_eq!(run.step("a").measurements[0].name, "x");
}

#[test]
fn limits_are_kept_as_declared_and_as_evaluated() {
    let text = one(
        "measurement: {name: v, unit: V, low_limit: '{{base - 1}}', high_limit: '{{base + 1}}'}",
    );
    let run = drive(&format!("variables: {{base: 5}}\n{text}"))
        .returns("f", &[json!({"v": 4.5})])
        .run();
    let measured = &run.step("a").measurements[0];
    assert_eq!(
        (measured.low_limit, measured.high_limit),
        (Some(4.0), Some(6.0))
    );
    assert_eq!(measured.low_limit_declared.as_deref(), Some("{{base - 1}}"));
    assert_eq!(measured.verdict, Verdict::Pass);
}

#[test]
fn undefined_variable_in_a_limit_aborts_the_step() {
    let text = one("measurement: {name: v, unit: V, high_limit: '{{cfg.NOPE}}'}");
    let run = drive(&text).returns("f", &[json!({"v": 4.5})]).run();
    assert_eq!(run.verdict(), Verdict::Aborted);
    assert!(
        run.step("a")
            .reason
            .as_deref()
            .unwrap()
            .contains("cfg.NOPE")
    );
}

#[test]
fn returned_keys_become_variables_and_reserved_ones_do_not() {
    let run = drive(&one("outputs: {twice: '{{v * 2}}'}"))
        .returns("f", &[json!({"v": 3, "cfg": 1})])
        .run();
    assert_eq!(run.variables.lookup("v"), Some(&json!(3)));
    assert_eq!(run.variables.lookup("twice"), Some(&json!(6)));
    assert_eq!(run.variables.lookup("cfg"), None);
    assert_eq!(run.step("a").outputs["cfg"], json!(1));
    assert!(run.log().iter().any(|line| line.contains("reserved")));
}

#[test]
fn old_value_never_judges_a_missing_answer() {
    let text = format!(
        "steps:\n  - {{name: a, {CALL}, function: f, measurement: {{name: v, unit: V, value: '{{{{reading}}}}', high_limit: 5}}, repeat: {{condition: '__iteration__ < 1', max_iterations: 3}}}}\n"
    );
    let run = drive(&text)
        .returns("f", &[json!({"reading": 3}), json!({})])
        .run();
    assert_eq!(run.steps(), ["a PASS", "a ABORTED"]);
}

#[test]
fn scalar_of_an_earlier_step_is_gone_before_the_next_call() {
    let text = format!(
        "steps:\n  - {{name: a, {CALL}, function: f}}\n  - {{name: b, {CALL}, function: g, measurement: {{name: v, unit: V, high_limit: 5}}}}\n"
    );
    let run = drive(&text).returns("f", &[json!(3)]).run();
    assert_eq!(run.step("b").verdict, Verdict::Undetermined);
}

#[test]
fn outputs_are_not_published_on_error_or_timeout() {
    for does in ["raise", "hang"] {
        let run = drive(&one("outputs: {x: 1}"))
            .function("f", move |_| {
                if does == "raise" {
                    Does::Raises
                } else {
                    Does::Hangs
                }
            })
            .run();
        assert_eq!(run.variables.lookup("x"), None, "{does}");
    }
}

#[test]
fn parameters_keep_their_type_and_their_spelling() {
    let run = drive(&format!(
        "variables: {{v: 2.50, yes: true}}\n{}",
        one(
            "parameters: {a: 010, b: '{{v}}', c: '{{yes}}', d: 'x{{v}}', e: 3.30, f: [1, '{{v}}']}"
        )
    ))
    .run();
    let call = &run.calls[0];
    assert_eq!(call.parameters["b"], json!(2.5));
    assert_eq!(call.parameters["d"], json!("x2.5"));
    assert_eq!(call.parameters["f"], json!([1, 2.5]));
    assert_eq!(call.parameters_text["a"], json!("010"));
    assert_eq!(call.parameters_text["c"], json!("True"));
    assert_eq!(call.parameters_text["e"], json!("3.30"));
}

#[test]
fn assertion_of_the_test_code_is_a_fail_with_its_message() {
    let run = drive(&one("outputs: {}"))
        .function("f", |_| Does::Asserts("3.1 V is low"))
        .run();
    assert_eq!(run.verdict(), Verdict::Fail);
    assert_eq!(run.step("a").reason.as_deref(), Some("3.1 V is low"));
}

#[test]
fn several_failing_measurements_give_the_worst_verdict() {
    let text =
        one("measurements: [{name: v, unit: V, high_limit: 1}, {name: w, unit: V, high_limit: 1}]");
    let run = drive(&text).returns("f", &[json!({"w": 3})]).run();
    let verdicts: Vec<_> = run
        .step("a")
        .measurements
        .iter()
        .map(|m| m.verdict)
        .collect();
    assert_eq!(verdicts, [Verdict::Undetermined, Verdict::Fail]);
    assert_eq!(run.step("a").verdict, Verdict::Fail);
}

#[test]
fn outputs_after_a_failed_assertion_are_those_that_need_no_answer() {
    let run = drive(&one("outputs: {x: 1, y: '{{reading}}'}"))
        .function("f", |_| Does::Asserts("low"))
        .run();
    assert_eq!(run.steps(), ["a FAIL"]);
    assert_eq!(run.variables.lookup("x"), Some(&json!(1)));
    assert_eq!(run.variables.lookup("y"), None);
}

#[test]
fn outputs_are_published_from_the_last_attempt_only() {
    let run = drive(&one(
        "retry: {count: 1}, measurement: {name: v, unit: V, high_limit: 2}, outputs: {x: '{{v}}'}",
    ))
    .returns("f", &[json!({"v": 3}), json!({"v": 1})])
    .run();
    assert_eq!(run.variables.lookup("x"), Some(&json!(1)));
    assert_eq!(run.step("a").published["x"], json!(1));
}

#[test]
fn undefined_output_aborts_the_step() {
    let run = drive(&one("outputs: {x: '{{reading}}'}")).run();
    assert_eq!(run.steps(), ["a ABORTED"]);
    let reason = run.step("a").reason.clone().unwrap();
    assert!(reason.contains("reading"), "{reason}");
}
