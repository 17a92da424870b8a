//! `enabled`, `precondition`, `force`, `retry`, `run_on_abort`, `post_execution_action`.

use serde_json::json;

use super::drive::{Does, drive};
use crate::event::{AbortCause, Event, RunStatus, Section, SkipReason};
use crate::verdict::Verdict;

const CALL: &str = "runner: python, module: m, timeout_ms: 1000";

fn step(name: &str, function: &str, rest: &str) -> String {
    format!("  - {{name: {name}, {CALL}, function: {function}{rest}}}\n")
}

#[test]
fn disabled_step_is_skipped_and_nothing_of_it_is_evaluated() {
    let run = drive(&format!(
        "steps:\n{}{}",
        step("a", "f", ""),
        step(
            "b",
            "g",
            ", enabled: false, precondition: 'cfg.none == 1', force: fail"
        ),
    ))
    .run();
    assert_eq!(run.steps(), ["a PASS", "b SKIPPED"]);
    assert_eq!(run.step("b").skip_reason, Some(SkipReason::Disabled));
    assert_eq!(run.called(), ["f"]);
    assert_eq!(run.verdict(), Verdict::Pass);
}

#[test]
fn false_precondition_skips_and_sees_every_namespace() {
    let text = format!(
        "variables: {{level: 2}}\nsteps:\n{}{}{}",
        step(
            "a",
            "f",
            ", precondition: 'cfg.MODE == \"fast\" && level > 1'"
        ),
        step(
            "b",
            "f",
            ", precondition: 'exec.serial_number == \"other\"'"
        ),
        step("c", "f", ", precondition: 'level < 2'"),
    );
    let run = drive(&text).config("MODE", json!("fast")).run();
    assert_eq!(run.steps(), ["a PASS", "b SKIPPED", "c SKIPPED"]);
    assert_eq!(run.step("c").skip_reason, Some(SkipReason::Precondition));
}

#[test]
fn precondition_that_cannot_be_evaluated_aborts_the_step_only() {
    let text = format!(
        "steps:\n{}{}",
        step("a", "f", ", precondition: 'cfg.NOPE == 1'"),
        step("b", "f", ""),
    );
    let run = drive(&text).run();
    assert_eq!(run.steps(), ["a ABORTED", "b PASS"]);
    assert!(
        run.step("a")
            .reason
            .as_deref()
            .unwrap()
            .contains("cfg.NOPE")
    );
    assert_eq!(run.verdict(), Verdict::Aborted);
    assert_eq!(run.end().status, RunStatus::Completed);
}

#[test]
fn forced_verdict_overrides_and_the_true_one_is_kept() {
    let text = format!(
        "steps:\n{}{}",
        step("a", "bad", ", force: pass, retry: {count: 3}"),
        step("b", "good", ", force: fail"),
    );
    let run = drive(&text).function("bad", |_| Does::Raises).run();
    assert_eq!(run.steps(), ["a PASS", "b FAIL"]);
    assert_eq!(run.step("a").true_verdict, Some(Verdict::Error));
    assert_eq!(run.step("b").true_verdict, Some(Verdict::Pass));
    assert_eq!(run.step("a").attempts, 1);
    assert!(run.end().forced);
    assert_eq!(run.verdict(), Verdict::Fail);
}

#[test]
fn force_cannot_override_an_abort() {
    let text = format!("steps:\n{}", step("a", "f", ", force: pass"));
    let run = drive(&text).function("f", |_| Does::Hangs).run();
    assert_eq!(run.steps(), ["a ABORTED"]);
}

#[test]
fn force_pass_respects_the_precondition_and_force_run_does_not() {
    let text = format!(
        "variables: {{x: 0}}\nsteps:\n{}{}{}",
        step("a", "f", ", precondition: 'x == 1', force: pass"),
        step("b", "f", ", precondition: 'x == 1', force: run"),
        step("c", "f", ", force: skip"),
    );
    let run = drive(&text).run();
    assert_eq!(run.steps(), ["a SKIPPED", "b PASS", "c SKIPPED"]);
    assert_eq!(run.step("c").skip_reason, Some(SkipReason::Forced));
}

#[test]
fn retry_makes_count_plus_one_attempts_and_keeps_each() {
    let text = format!(
        "steps:\n{}",
        step("a", "f", ", retry: {count: 2, delay_ms: 100}")
    );
    let run = drive(&text).function("f", |_| Does::Raises).run();
    assert_eq!(run.step("a").attempts, 3);
    assert_eq!(run.called().len(), 3);
    let superseded = run
        .events
        .iter()
        .filter(|event| matches!(event, Event::AttemptFinished(_)))
        .count();
    assert_eq!(superseded, 2);
    assert_eq!(run.elapsed.as_millis(), 200);
    assert_eq!(run.verdict(), Verdict::Error);
}

#[test]
fn retry_stops_at_the_first_pass() {
    let text = format!("steps:\n{}", step("a", "f", ", retry: {count: 5}"));
    let run = drive(&text)
        .function("f", |call| {
            if call.attempt < 3 {
                Does::Asserts("low")
            } else {
                Does::Returns(json!({}))
            }
        })
        .run();
    assert_eq!(run.step("a").attempts, 3);
    assert_eq!(run.verdict(), Verdict::Pass);
}

#[test]
fn retry_on_tries_only_what_it_names() {
    for (on, attempts) in [("[fail]", 1), ("[error]", 3), ("[timeout]", 1)] {
        let text = format!(
            "steps:\n{}",
            step("a", "f", &format!(", retry: {{count: 2, on: {on}}}"))
        );
        let run = drive(&text).function("f", |_| Does::Raises).run();
        assert_eq!(run.step("a").attempts, attempts, "{on}");
    }
}

#[test]
fn step_before_another_attempt_has_a_record_that_does_not_count() {
    let before = format!("{{name: reset, {CALL}, function: reset}}");
    let text = format!(
        "steps:\n{}",
        step(
            "a",
            "f",
            &format!(", retry: {{count: 1, before: {before}}}")
        )
    );
    let run = drive(&text).function("f", |call| match call.attempt {
        1 => Does::Raises,
        _ => Does::Returns(json!({})),
    });
    let run = run.run();
    assert_eq!(run.called(), ["f", "reset", "f"]);
    let records = run.records();
    assert_eq!(records[1].0.section, Section::RetryBefore);
    assert_eq!(records[1].0.parent, Some(records[0].0.step));
    assert_eq!(run.verdict(), Verdict::Pass);
    assert_eq!(run.end().counts, [1, 0, 0, 0, 0, 0]);
}

#[test]
fn failing_reset_ends_the_attempts() {
    let before = format!("{{name: reset, {CALL}, function: reset}}");
    let text = format!(
        "steps:\n{}",
        step(
            "a",
            "f",
            &format!(", retry: {{count: 3, before: {before}}}")
        )
    );
    let run = drive(&text)
        .function("f", |_| Does::Raises)
        .function("reset", |_| Does::Raises)
        .run();
    assert_eq!(run.called(), ["f", "reset"]);
    assert!(run.step("a").reason.as_deref().unwrap().contains("reset"));
    assert_eq!(run.verdict(), Verdict::Error);
}

#[test]
fn after_a_kill_only_a_reset_allows_another_attempt() {
    let retry = ", retry: {count: 2}";
    let text = format!("steps:\n{}", step("a", "f", retry));
    let run = drive(&text).function("f", |_| Does::Ignores).run();
    assert_eq!(run.called().len(), 1);
    assert_eq!(run.kills, 1);
    let before = format!("{{name: reset, {CALL}, function: reset}}");
    let text = format!(
        "steps:\n{}",
        step(
            "a",
            "f",
            &format!(", retry: {{count: 2, before: {before}}}")
        )
    );
    let run = drive(&text).function("f", |_| Does::Ignores).run();
    assert_eq!(run.called(), ["f", "reset", "f", "reset", "f"]);
}

#[test]
fn terminate_on_fail_ends_the_run_and_cleanup_still_runs() {
    let text = format!(
        "steps:\n{}{}{}teardown:\n{}",
        step("a", "f", ", post_execution_action: terminate-on-fail"),
        step("b", "f", ""),
        step("c", "off", ", run_on_abort: true"),
        step("d", "off", ""),
    );
    let run = drive(&text).function("f", |_| Does::Asserts("low")).run();
    assert_eq!(run.steps(), ["a FAIL", "b SKIPPED", "c PASS", "d PASS"]);
    assert_eq!(run.step("b").skip_reason, Some(SkipReason::AbortMode));
    assert_eq!(run.end().abort_cause, Some(AbortCause::StepFailed));
    assert_eq!(run.end().status, RunStatus::Completed);
    assert_eq!(run.verdict(), Verdict::Fail);
}

#[test]
fn undetermined_reading_is_failing_too() {
    let text = format!(
        "steps:\n{}{}",
        step(
            "a",
            "f",
            ", post_execution_action: terminate-on-fail, measurement: {name: v, unit: V, high_limit: 2}"
        ),
        step("b", "f", ""),
    );
    let run = drive(&text).run();
    assert_eq!(run.steps(), ["a UNDETERMINED", "b SKIPPED"]);
    assert_eq!(run.verdict(), Verdict::Undetermined);
}

#[test]
fn policy_abort_at_the_root_is_abort_mode() {
    for (policy, steps) in [
        (
            "policy: {on_step_failure: abort}\n",
            ["a FAIL", "b SKIPPED"],
        ),
        ("policy: {timeout: 60}\n", ["a FAIL", "b SKIPPED"]),
        (
            "policy: {on_step_failure: continue}\n",
            ["a FAIL", "b PASS"],
        ),
        ("", ["a FAIL", "b PASS"]),
    ] {
        let text = format!(
            "{policy}steps:\n{}{}",
            step("a", "f", ""),
            step("b", "g", "")
        );
        let run = drive(&text).function("f", |_| Does::Asserts("low")).run();
        assert_eq!(run.steps(), steps, "{policy}");
    }
}

#[test]
fn broken_setup_aborts_unless_continue_is_written() {
    for (policy, steps) in [
        ("", ["s ERROR", "a SKIPPED", "t PASS"]),
        (
            "policy: {on_step_failure: continue}\n",
            ["s ERROR", "a PASS", "t PASS"],
        ),
    ] {
        let text = format!(
            "{policy}setup:\n{}steps:\n{}teardown:\n{}",
            step("s", "f", ""),
            step("a", "g", ""),
            step("t", "g", "")
        );
        let run = drive(&text).function("f", |_| Does::Raises).run();
        assert_eq!(run.steps(), steps, "{policy}");
    }
}

#[test]
fn failed_measurement_in_setup_does_not_abort() {
    let text = format!(
        "setup:\n{}steps:\n{}",
        step("s", "f", ""),
        step("a", "g", "")
    );
    let run = drive(&text).function("f", |_| Does::Asserts("low")).run();
    assert_eq!(run.steps(), ["s FAIL", "a PASS"]);
}

#[test]
fn run_in_which_nothing_counted_is_undetermined() {
    let text = format!("steps:\n{}", step("a", "f", ", enabled: false"));
    assert_eq!(drive(&text).run().verdict(), Verdict::Undetermined);
    let text = format!(
        "setup:\n{}steps:\n{}",
        step("s", "f", ""),
        step("a", "f", ", enabled: false")
    );
    let run = drive(&text).run();
    assert_eq!(run.steps(), ["s PASS", "a SKIPPED"]);
    assert_eq!(run.verdict(), Verdict::Undetermined);
}

#[test]
fn worst_verdict_of_the_steps_is_that_of_the_run() {
    let text = format!(
        "steps:\n{}{}{}",
        step("a", "f", ""),
        step("b", "g", ""),
        step("c", "h", "")
    );
    let run = drive(&text)
        .function("f", |_| Does::Raises)
        .function("g", |_| Does::Asserts("low"))
        .run();
    assert_eq!(run.steps(), ["a ERROR", "b FAIL", "c PASS"]);
    assert_eq!(run.verdict(), Verdict::Fail);
}

#[test]
fn refused_preflight_is_an_error_without_a_step() {
    let text = format!("steps:\n{}", step("a", "f", ""));
    let run = drive(&text).refused("function 'f' does not exist").run();
    assert!(run.steps().is_empty());
    assert_eq!(run.verdict(), Verdict::Error);
    assert_eq!(
        run.end().error.as_deref(),
        Some("function 'f' does not exist")
    );
}

#[test]
fn forced_verdict_drives_the_policy() {
    let text = |force: &str| {
        format!(
            "policy: {{on_step_failure: abort}}\nsteps:\n{}{}",
            step("a", "f", force),
            step("b", "g", "")
        )
    };
    let run = drive(&text(", force: fail")).run();
    assert_eq!(run.steps(), ["a FAIL", "b SKIPPED"]);
    let run = drive(&text(", force: pass"))
        .function("f", |_| Does::Raises)
        .run();
    assert_eq!(run.steps(), ["a PASS", "b PASS"]);
    assert_eq!(run.verdict(), Verdict::Pass);
    assert!(run.end().forced);
}

#[test]
fn abort_while_the_reset_runs_allows_no_further_attempt() {
    let before = format!("{{name: reset, {CALL}, function: reset, interruptible: false}}");
    let text = format!(
        "steps:\n{}",
        step(
            "a",
            "f",
            &format!(", retry: {{count: 3, before: {before}}}")
        )
    );
    let run = drive(&text)
        .function("f", |_| Does::Raises)
        .function("reset", |_| Does::InterruptedThenReturns)
        .run();
    assert_eq!(run.called(), ["f", "reset"]);
    assert_eq!(run.step("reset").verdict, Verdict::Pass);
    assert_eq!(run.step("a").verdict, Verdict::Error);
}

#[test]
fn disabled_prompt_needs_nobody() {
    let text = "steps:\n  - {name: a, type: mock}\n  - {name: ask, type: prompt, enabled: false, prompt: {message: Ready?}}\n";
    assert!(drive(text).plan().prompts().is_empty());
}
