//! Questions: verdicts, variables, time, and nobody there.

use serde_json::json;

use super::drive::drive;
use crate::event::{AbortCause, Event, RunStatus};
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
