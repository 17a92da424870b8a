//! Timeouts, kills, aborts from outside, and what cleanup may rely on.

use serde_json::json;

use super::drive::{Does, drive, drive_files};
use crate::engine::Input;
use crate::event::{AbortCause, Cleanup, Event, RunStatus, Section};
use crate::verdict::Verdict;

const CALL: &str = "runner: python, module: m";

fn step(name: &str, function: &str, rest: &str) -> String {
    format!("  - {{name: {name}, {CALL}, function: {function}{rest}}}\n")
}

#[test]
fn step_timeout_aborts_the_run_and_the_runner_that_obeys_is_kept() {
    let text = format!(
        "steps:\n{}{}teardown:\n{}",
        step("a", "f", ", timeout_ms: 300"),
        step("b", "g", ", timeout_ms: 300"),
        step("t", "off", "")
    );
    let run = drive(&text).function("f", |_| Does::Hangs).run();
    assert_eq!(run.steps(), ["a ABORTED", "b SKIPPED", "t PASS"]);
    assert!(run.step("a").reason.as_deref().unwrap().contains("300 ms"));
    assert_eq!((run.kills, run.starts), (0, 0));
    assert_eq!(run.end().abort_cause, Some(AbortCause::StepTimeout));
    assert_eq!(run.end().status, RunStatus::Aborted);
    assert_eq!(run.verdict(), Verdict::Aborted);
    assert_eq!(run.elapsed.as_millis(), 300);
}

#[test]
fn runner_that_ignores_its_cancel_is_killed_after_the_grace_and_cleanup_gets_a_fresh_one() {
    let text = format!(
        "steps:\n{}teardown:\n{}",
        step("a", "f", ", timeout_ms: 300, grace_ms: 200"),
        step("t", "off", "")
    );
    let run = drive(&text).function("f", |_| Does::Ignores).run();
    assert_eq!(run.steps(), ["a ABORTED", "t PASS"]);
    assert_eq!((run.kills, run.starts), (1, 1));
    assert_eq!(run.elapsed.as_millis(), 500);
    assert!(
        run.log().iter().any(|line| line.contains("is gone")),
        "{:?}",
        run.log()
    );
    assert_eq!(run.end().cleanup, Cleanup::Complete);
}

#[test]
fn dead_runner_is_an_error_and_the_next_step_gets_a_fresh_one() {
    let text = format!(
        "steps:\n{}{}",
        step("a", "f", ", timeout_ms: 300"),
        step("b", "g", ", timeout_ms: 300")
    );
    let run = drive(&text).function("f", |_| Does::Dies).run();
    assert_eq!(run.steps(), ["a ERROR", "b PASS"]);
    assert_eq!(run.step("a").error.as_ref().unwrap().kind, "runner-died");
    assert_eq!(run.starts, 1);
    assert_eq!(run.verdict(), Verdict::Error);
    assert!(run.log().iter().any(|line| line.contains("is gone")));
}

#[test]
fn runner_that_had_ended_before_its_call_is_started_anew_for_it() {
    let text = format!("steps:\n{}", step("a", "f", ", timeout_ms: 300"));
    let mut is_gone = true;
    let run = drive(&text)
        .function("f", move |_| {
            if std::mem::take(&mut is_gone) {
                Does::IsGone
            } else {
                Does::Returns(json!({"result": 1}))
            }
        })
        .run();
    assert_eq!(run.steps(), ["a PASS"]);
    assert_eq!((run.starts, run.step("a").attempts), (1, 1));
    assert!(run.log().iter().any(|line| line.contains("is gone")));
}

#[test]
fn runner_that_cannot_be_started_anew_is_an_error() {
    let text = format!(
        "steps:\n{}{}",
        step("a", "f", ", timeout_ms: 300"),
        step("b", "g", ", timeout_ms: 300")
    );
    let run = drive(&text)
        .function("f", |_| Does::Dies)
        .restart_fails()
        .run();
    assert_eq!(run.steps(), ["a ERROR", "b ERROR"]);
    assert!(
        run.step("b")
            .reason
            .as_deref()
            .unwrap()
            .contains("no such file")
    );
}

#[test]
fn steps_that_connect_run_again_on_a_fresh_runner_and_do_not_count() {
    let text = format!(
        "setup:\n{}steps:\n{}{}",
        step("connect", "open", ", restore: true, timeout_ms: 300"),
        step("a", "f", ", timeout_ms: 300"),
        step("b", "g", ", timeout_ms: 300")
    );
    let run = drive(&text).function("f", |_| Does::Dies).run();
    assert_eq!(run.called(), ["open", "f", "open", "g"]);
    let sections: Vec<Section> = run
        .records()
        .iter()
        .map(|(started, _)| started.section)
        .collect();
    assert_eq!(
        sections,
        [
            Section::Setup,
            Section::Steps,
            Section::Steps,
            Section::Restore
        ]
    );
    assert_eq!(run.end().counts, [2, 0, 1, 0, 0, 0]);
}

#[test]
fn abort_from_outside_cancels_the_step_and_is_never_retried() {
    let text = format!(
        "steps:\n{}{}teardown:\n{}",
        step("a", "f", ", timeout_ms: 9000, retry: {count: 3}"),
        step("b", "g", ", timeout_ms: 300"),
        step("t", "off", "")
    );
    let run = drive(&text).function("f", |_| Does::Interrupted).run();
    assert_eq!(run.steps(), ["a ABORTED", "b SKIPPED", "t PASS"]);
    assert_eq!(run.called(), ["f", "off"]);
    assert_eq!(run.end().aborted_by.as_deref(), Some("Ctrl-C"));
    assert_eq!(run.end().status, RunStatus::Aborted);
}

#[test]
fn step_that_must_not_be_interrupted_is_waited_for() {
    let text = format!(
        "steps:\n{}{}",
        step("flash", "f", ", timeout_ms: 4000, interruptible: false"),
        step("b", "g", ", timeout_ms: 300")
    );
    let run = drive(&text).function("f", |_| Does::Interrupted).run();
    // It hangs for good here, so its own limit ends it.
    assert_eq!(run.elapsed.as_millis(), 4000);
    assert_eq!(run.steps(), ["flash ABORTED", "b SKIPPED"]);
    assert_eq!(run.verdict(), Verdict::Aborted);
}

#[test]
fn abort_during_cleanup_lets_it_finish() {
    let text = format!(
        "steps:\n{}teardown:\n{}{}",
        step("a", "g", ", timeout_ms: 300"),
        step("t", "off", ", timeout_ms: 700"),
        step("u", "g", "")
    );
    let run = drive(&text).function("off", |_| Does::Interrupted).run();
    assert_eq!(run.steps(), ["a PASS", "t ABORTED", "u PASS"]);
    // The function hangs: not the interrupt but its own limit ended it.
    assert_eq!(run.elapsed.as_millis(), 700);
    assert_eq!(run.end().cleanup, Cleanup::Incomplete);
}

#[test]
fn measured_failure_stays_fail_after_an_abort() {
    let text = format!(
        "steps:\n{}{}",
        step("a", "low", ", timeout_ms: 300"),
        step("b", "f", ", timeout_ms: 300")
    );
    let run = drive(&text)
        .function("low", |_| Does::Asserts("low"))
        .function("f", |_| Does::Interrupted)
        .run();
    assert_eq!(run.steps(), ["a FAIL", "b ABORTED"]);
    assert_eq!(run.verdict(), Verdict::Fail);
    assert_eq!(run.end().status, RunStatus::Aborted);
}

#[test]
fn policy_timeout_cancels_the_step_and_does_not_touch_cleanup() {
    let text = format!(
        "policy: {{timeout: 1, on_step_failure: continue}}\nsteps:\n{}{}teardown:\n  - {{name: t, type: delay, duration: 5}}\n",
        step("a", "f", ", timeout_ms: 9000"),
        step("b", "g", ", timeout_ms: 300"),
    );
    let run = drive(&text).function("f", |_| Does::Hangs).run();
    assert_eq!(run.steps(), ["a ABORTED", "b SKIPPED", "t PASS"]);
    assert_eq!(run.end().abort_cause, Some(AbortCause::RunTimeout));
    assert_eq!(run.elapsed.as_millis(), 6000);
    assert_eq!(run.verdict(), Verdict::Aborted);
}

#[test]
fn cleanup_without_a_limit_gets_that_of_the_station() {
    let text = format!(
        "steps:\n{}teardown:\n{}",
        step("a", "g", ", timeout_ms: 300"),
        step("t", "off", "")
    );
    let run = drive(&text).function("off", |_| Does::Hangs).run();
    assert_eq!(run.elapsed.as_millis(), 60_000);
    assert_eq!(run.end().cleanup, Cleanup::Incomplete);
}

#[test]
fn undefined_template_aborts_a_step_but_never_cleanup() {
    let params = ", timeout_ms: 300, parameters: {x: '{{cfg.NOPE}}', y: 1}";
    let text = format!(
        "steps:\n{}teardown:\n{}",
        step("a", "f", params),
        step(
            "t",
            "off",
            &format!("{params}, precondition: 'cfg.NOPE == 1'")
        )
    );
    let run = drive(&text).run();
    assert_eq!(run.steps(), ["a ABORTED", "t PASS"]);
    assert!(
        run.step("a")
            .reason
            .as_deref()
            .unwrap()
            .contains("cfg.NOPE")
    );
    assert_eq!(
        run.calls[0].parameters,
        *json!({"y": 1}).as_object().unwrap()
    );
    assert!(
        run.log()
            .iter()
            .any(|line| line.contains("without parameter 'x'"))
    );
    assert_eq!(run.end().cleanup, Cleanup::Complete);
}

#[test]
fn delay_and_pause_end_at_once_on_abort() {
    let text = format!(
        "steps:\n{}",
        step(
            "a",
            "f",
            ", timeout_ms: 300, retry: {count: 1, delay_ms: 60000}"
        )
    );
    let mut first = true;
    let run = drive(&text)
        .function("f", move |_| {
            if std::mem::take(&mut first) {
                Does::Raises
            } else {
                Does::Returns(json!({}))
            }
        })
        .run();
    assert_eq!(run.elapsed.as_millis(), 60_000);
    assert_eq!(run.verdict(), Verdict::Pass);
}

#[test]
fn delay_lasts_as_long_as_it_says() {
    let run =
        drive("variables: {s: 0.25}\nsteps:\n  - {name: d, type: delay, duration: '{{s}}'}\n")
            .run();
    assert_eq!(run.elapsed.as_millis(), 250);
    assert_eq!(run.steps(), ["d PASS"]);
}

#[test]
fn late_answer_changes_no_verdict() {
    let text = format!(
        "steps:\n{}",
        step("a", "f", ", timeout_ms: 300, retry: {count: 1}")
    );
    let run = drive(&text).function("f", |_| Does::Hangs).run();
    assert_eq!(run.step("a").attempts, 2);
    assert_eq!(run.verdict(), Verdict::Aborted);
    assert!(matches!(run.events.last(), Some(Event::RunFinished(_))));
}

#[test]
fn abort_ends_a_pause_between_attempts_at_once_and_the_last_outcome_stands() {
    for rest in ["", ", interruptible: false"] {
        let retry = format!(", timeout_ms: 300, retry: {{count: 1, delay_ms: 60000}}{rest}");
        let text = format!("steps:\n{}", step("a", "f", &retry));
        let run = drive(&text)
            .function("f", |_| Does::Raises)
            .interrupted_at(1000)
            .run();
        assert_eq!(run.steps(), ["a ERROR"], "{rest}");
        assert_eq!(run.called(), ["f"], "{rest}");
        assert_eq!(run.elapsed.as_millis(), 1000, "{rest}");
    }
}

#[test]
fn abort_ends_a_delay_at_once() {
    let run = drive("steps:\n  - {name: d, type: delay, duration: 60}\n")
        .interrupted_at(1000)
        .run();
    assert_eq!(run.steps(), ["d ABORTED"]);
    assert_eq!(run.elapsed.as_millis(), 1000);
}

#[test]
fn step_that_must_not_be_interrupted_keeps_its_own_verdict() {
    let text = format!(
        "steps:\n{}{}",
        step("flash", "f", ", timeout_ms: 4000, interruptible: false"),
        step("b", "g", ", timeout_ms: 300")
    );
    let run = drive(&text)
        .function("f", |_| Does::InterruptedThenReturns)
        .run();
    assert_eq!(run.steps(), ["flash PASS", "b SKIPPED"]);
    assert_eq!(run.verdict(), Verdict::Aborted);
}

#[test]
fn timeout_of_a_sequence_waits_for_what_must_not_be_interrupted() {
    let main = "steps:\n  - {name: sub, type: sequence, sequence: tests/s.yaml, timeout_ms: 500}\n";
    let sub = format!(
        "steps:\n{}{}",
        step("flash", "f", ", timeout_ms: 4000, interruptible: false"),
        step("b", "g", ", timeout_ms: 300")
    );
    let run = drive_files(&[("tests/main.yaml", main), ("tests/s.yaml", &sub)])
        .function("f", |_| Does::Hangs)
        .run();
    assert_eq!(run.elapsed.as_millis(), 4000);
    assert_eq!(run.steps(), ["sub ABORTED", "flash ABORTED", "b SKIPPED"]);
}

#[test]
fn abort_before_the_first_step_starts_nothing_and_is_no_fault_of_the_station() {
    let text = format!(
        "steps:\n{}teardown:\n{}",
        step("a", "g", ", timeout_ms: 300"),
        step("t", "off", "")
    );
    let run = drive(&text).aborted_early().run();
    assert!(run.steps().is_empty());
    assert_eq!(run.verdict(), Verdict::Aborted);
    assert_eq!(run.end().status, RunStatus::Aborted);
    assert_eq!(run.end().error, None);
}

#[test]
fn limit_of_the_station_holds_for_steps_that_declare_none() {
    let run = drive(&format!("steps:\n{}", step("a", "f", "")))
        .default_timeout(700)
        .function("f", |_| Does::Hangs)
        .run();
    assert_eq!(run.elapsed.as_millis(), 700);
    assert_eq!(run.step("a").timeout_ms, Some(700));
}

#[test]
fn process_that_stood_still_shifts_its_deadlines_by_the_gap() {
    let text = format!("steps:\n{}", step("a", "f", ", timeout_ms: 1000"));
    let run = drive(&text)
        .function("f", |_| Does::Hangs)
        .at(500, Input::Resumed { gap_us: 300_000 })
        .run();
    assert_eq!(run.elapsed.as_millis(), 1300);
    assert!(
        run.events
            .iter()
            .any(|event| matches!(event, Event::SuspensionNoticed { gap_ms: 300 }))
    );
}

#[test]
fn lost_journal_aborts_the_run_as_a_fault_of_the_station() {
    let lost = Input::Abort {
        cause: AbortCause::JournalLost,
        by: "journal".to_owned(),
        message: "no space left".to_owned(),
    };
    let text = format!(
        "steps:\n{}teardown:\n{}",
        step("a", "f", ", timeout_ms: 9000"),
        step("t", "off", "")
    );
    let run = drive(&text)
        .function("f", |_| Does::Hangs)
        .at(100, lost)
        .run();
    assert_eq!(run.steps(), ["a ABORTED", "t PASS"]);
    assert_eq!(run.verdict(), Verdict::Error);
    assert!(run.end().error.as_deref().unwrap().contains("no space"));
}
