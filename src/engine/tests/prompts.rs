//! Questions: verdicts, variables, time, and nobody there.

use serde_json::json;

use super::drive::{Does, drive};
use crate::engine::Input;
use crate::event::{AbortCause, Event, OperatorSource, RunStatus};
use crate::measure::Origin;
use crate::verdict::Verdict;

const NUMBER: &str = "steps:\n  - {name: ask, type: prompt, prompt: {message: 'Volts?', input: {mode: number, variable: volts, low_limit: 3, high_limit: 4, unit: V}}}\n";

#[test]
fn answer_inside_the_limits_passes_and_sets_its_variables() {
    let run = drive(NUMBER).answers("OK", Some(json!(3.3))).run();
    assert_eq!(run.verdict(), Verdict::Pass);
    for (name, value) in [
        ("volts", json!(3.3)),
        ("InputValue", json!(3.3)),
        ("Response", json!("OK")),
        ("exec.prompt.response", json!("OK")),
        ("Action", json!("continue")),
        ("exec.prompt.action", json!("continue")),
    ] {
        assert_eq!(run.variables.lookup(name), Some(&value), "{name}");
    }
    assert_eq!(run.step("ask").measurements[0].origin, Origin::Operator);
}

#[test]
fn answer_outside_the_limits_fails() {
    let run = drive(NUMBER).answers("OK", Some(json!(5))).run();
    assert_eq!(run.verdict(), Verdict::Fail);
}

#[test]
fn cancel_aborts_the_run_at_once() {
    let text =
        format!("{NUMBER}  - {{name: b, type: mock}}\nteardown:\n  - {{name: t, type: mock}}\n");
    let run = drive(&text).answers("Cancel", None).run();
    assert_eq!(run.steps(), ["ask ABORTED", "b SKIPPED", "t PASS"]);
    assert_eq!(run.end().abort_cause, Some(AbortCause::Prompt));
    assert_eq!(run.end().aborted_by.as_deref(), Some("op"));
    assert_eq!(run.end().status, RunStatus::Aborted);
}

#[test]
fn another_operator_is_recorded_and_known_to_the_steps_that_follow() {
    let text = "steps:\n  - {name: wait, type: delay, duration: 1}\n  - {name: who, type: mock, outputs: {who: '{{exec.operator_id}}'}}\n";
    let change = || Input::OperatorChanged {
        to: "bert".to_owned(),
        source: OperatorSource::Scan,
        front_end: "tui".to_owned(),
    };
    let run = drive(text).at(500, change()).at(600, change()).run();
    assert_eq!(run.variables.lookup("who"), Some(&json!("bert")));
    let changes: Vec<_> = run
        .events
        .iter()
        .filter_map(|event| match event {
            Event::OperatorChanged(changed) => Some(changed.to.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(changes, ["bert"], "told once");
}

#[test]
fn manual_step_is_what_the_operator_says() {
    let text = "steps:\n  - {name: look, type: manual, prompt: {message: 'LED green?'}}\n";
    assert_eq!(
        drive(text).answers("PASS", None).run().verdict(),
        Verdict::Pass
    );
    assert_eq!(
        drive(text).answers("FAIL", None).run().verdict(),
        Verdict::Fail
    );
}

#[test]
fn unattended_run_invents_an_answer_and_says_so() {
    let run = drive(NUMBER).unattended().run();
    assert_eq!(run.verdict(), Verdict::Pass);
    let measured = &run.step("ask").measurements[0];
    assert_eq!(measured.origin, Origin::Unattended);
    assert_eq!(measured.actual_value, None);
    assert!(run.end().unattended && run.step("ask").unattended);
    assert!(
        run.log()
            .iter()
            .any(|line| line.starts_with("[UNATTENDED]"))
    );
}

#[test]
fn timeout_of_a_prompt_does_what_it_says() {
    for (on_timeout, expected) in [
        ("", Verdict::Aborted),
        (", on_timeout: fail", Verdict::Fail),
        (", on_timeout: continue", Verdict::Pass),
    ] {
        let text = format!(
            "steps:\n  - {{name: ask, type: prompt, prompt: {{message: 'Ready?', timeout_s: 2{on_timeout}}}}}\n"
        );
        let run = drive(&text).run();
        assert_eq!(run.verdict(), expected, "{on_timeout}");
        assert_eq!(run.elapsed.as_millis(), 2000);
        assert_eq!(run.variables.lookup("TimedOut"), Some(&json!(true)));
    }
}

#[test]
fn earlier_of_the_two_limits_of_a_prompt_holds() {
    let text = "steps:\n  - {name: ask, type: prompt, timeout_ms: 500, prompt: {message: 'Ready?', timeout_s: 2, on_timeout: continue}}\n";
    let run = drive(text).run();
    assert_eq!(run.elapsed.as_millis(), 500);
    assert_eq!(run.verdict(), Verdict::Pass);
}

#[test]
fn without_anybody_a_question_ends_as_timed_out() {
    let run = drive(NUMBER).nobody().run();
    assert_eq!(run.verdict(), Verdict::Aborted);
    assert_eq!(run.elapsed.as_millis(), 0);
}

#[test]
fn time_of_a_question_does_not_count_for_the_policy() {
    let text = "policy: {timeout: 1, on_step_failure: continue}\nsteps:\n  - {name: ask, type: prompt, prompt: {message: 'Ready?', timeout_s: 30, on_timeout: continue}}\n  - {name: d, type: delay, duration: 0.5}\n";
    let run = drive(text).run();
    assert_eq!(run.steps(), ["ask PASS", "d PASS"]);
    assert_eq!(run.step("ask").prompt_ms, Some(30_000));
}

#[test]
fn question_and_answer_are_in_the_record() {
    let run = drive(NUMBER).answers("OK", Some(json!(3.3))).run();
    let opened = run.events.iter().any(
        |event| matches!(event, Event::PromptOpened { prompt, .. } if prompt.message == "Volts?"),
    );
    let answered = run.events.iter().any(|event| {
        matches!(event, Event::PromptAnswered { answer, .. } if answer.by.as_deref() == Some("op"))
    });
    assert!(opened && answered);
}

fn asking(rest: &str) -> String {
    format!(
        "steps:\n  - {{name: a, runner: python, module: m, function: f, timeout_ms: 1000{rest}}}\n  - {{name: b, type: mock}}\n"
    )
}

#[test]
fn question_of_test_code_is_answered_and_its_time_does_not_count() {
    let question = json!({"message": "Go on?", "timeout_s": 30, "on_timeout": "continue"});
    let run = drive(&asking(""))
        .function("f", move |_| Does::Asks(question.clone()))
        .run();
    assert_eq!(run.steps(), ["a PASS", "b PASS"]);
    assert_eq!(run.step("a").prompt_ms, Some(30_000));
    assert!(run.answered[0].timed_out);
}

#[test]
fn abort_button_of_a_question_of_test_code_aborts_whatever_the_code_does() {
    let run = drive(&asking(", retry: {count: 2}"))
        .function("f", |_| Does::Asks(json!({"message": "Go on?"})))
        .answers("Cancel", None)
        .run();
    assert_eq!(run.steps(), ["a ABORTED", "b SKIPPED"]);
    assert_eq!(run.calls.len(), 1);
    assert_eq!(run.end().abort_cause, Some(AbortCause::Prompt));
}

#[test]
fn invented_answer_to_test_code_marks_the_step_and_leaves_its_readings_alone() {
    let run = drive(&asking(", measurement: {name: v, unit: V, value: 3}"))
        .function("f", |_| Does::Asks(json!({"message": "Go on?"})))
        .unattended()
        .run();
    assert!(run.step("a").unattended && run.end().unattended);
    let measured = &run.step("a").measurements[0];
    assert_eq!(
        (measured.actual_value, measured.origin),
        (Some(3.0), Origin::Runner)
    );
}

#[test]
fn question_of_test_code_is_refused_where_nobody_is() {
    let run = drive(&asking(""))
        .function("f", |_| Does::Asks(json!({"message": "Go on?"})))
        .nobody()
        .run();
    assert_eq!(run.steps(), ["a ERROR", "b PASS"]);
    assert!(run.refusals[0].contains("nobody"), "{:?}", run.refusals);
}

#[test]
fn abort_withdraws_the_question_and_a_late_answer_is_refused() {
    let late = Input::Answered(Box::new(crate::prompt::Answer {
        prompt_id: "1".to_owned(),
        button: Some("OK".to_owned()),
        ..crate::prompt::Answer::default()
    }));
    let text = "steps:\n  - {name: ask, type: prompt, prompt: {message: Ready?}}\nteardown:\n  - {name: t, type: delay, duration: 2}\n";
    let run = drive(text).interrupted_at(1000).at(2000, late).run();
    assert_eq!(run.steps(), ["ask ABORTED", "t PASS"]);
    assert!(
        run.events
            .iter()
            .any(|event| matches!(event, Event::PromptWithdrawn { .. }))
    );
    assert!(run.log().iter().any(|line| line.contains("refused")));
}

#[test]
fn last_front_end_that_goes_ends_the_open_question_as_timed_out() {
    let text = "steps:\n  - {name: ask, type: prompt, prompt: {message: Ready?, on_timeout: fail}}\n  - {name: again, type: prompt, prompt: {message: Ready?, on_timeout: fail}}\n";
    let run = drive(text).at(1000, Input::NobodyLeft).run();
    assert_eq!(run.steps(), ["ask FAIL", "again FAIL"]);
    assert_eq!(run.elapsed.as_millis(), 1000);
}

#[test]
fn button_and_pattern_of_a_prompt_may_be_templates() {
    let text = "variables: {go: Go, kind: A}\nsteps:\n  - {name: ask, type: prompt, prompt: {message: Code?, buttons: [{name: '{{go}}', action: pass}], default_button: '{{go}}', input: {mode: text, pattern: '{{kind}}[0-9]+'}}}\n";
    let run = drive(text).answers("Go", Some(json!("A1"))).run();
    let asked = run.events.iter().find_map(|event| match event {
        Event::PromptOpened { prompt, .. } => Some(prompt),
        _ => None,
    });
    let asked = asked.unwrap();
    assert_eq!(asked.default_button.as_deref(), Some("Go"));
    let pattern = asked.input.as_ref().unwrap().pattern.as_deref();
    assert_eq!(pattern, Some("A[0-9]+"));
}

#[test]
fn answer_that_names_a_reserved_variable_overwrites_nothing() {
    let text = "steps:\n  - {name: ask, type: prompt, prompt: {message: Who?, input: {variable: exec.serial_number}}}\n";
    let run = drive(text).answers("OK", Some(json!("X"))).run();
    assert_eq!(
        run.variables.lookup("exec.serial_number"),
        Some(&json!("S1"))
    );
}

#[test]
fn prompt_time_out_is_no_timeout_of_the_step_and_is_not_tried_again() {
    let text = "steps:\n  - {name: ask, type: prompt, retry: {count: 2}, prompt: {message: Ready?, timeout_s: 2}}\n";
    let run = drive(text).run();
    assert_eq!(run.step("ask").attempts, 1);
    assert_eq!(run.elapsed.as_millis(), 2000);
}
