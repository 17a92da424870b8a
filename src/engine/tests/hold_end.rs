//! Held runs: sequences and loops, the time that holds take, and how a held run ends.

use serde_json::json;

use super::drive::{Does, Drive, bare, drive, drive_files};
use super::hold::{commanded, executions, plain, replaced, set, step, stops};
use crate::engine::HoldWish::{Again, GoOn, Over, Run, Skip};
use crate::engine::Input;
use crate::event::{AbortCause, ExecutionReplaced, HoldCommand, StepNo};
use crate::verdict::Verdict;

fn with_sub(rest: &str) -> Drive {
    let main = format!(
        "steps:\n{}  - {{name: sub, type: sequence, sequence: tests/s.yaml{rest}}}\n{}",
        step("a", "a", ""),
        step("z", "z", "")
    );
    let sub = format!(
        "variables: {{n: 0}}\nsteps:\n{}{}teardown:\n{}",
        step("m", "m", ""),
        step("n", "n", ""),
        step("t", "t", "")
    );
    drive_files(&[("tests/main.yaml", &main), ("tests/s.yaml", &sub)])
}

#[test]
fn sequence_is_held_before_and_after_and_at_each_of_its_steps() {
    let run = with_sub("").step_by_step(&[]).run();
    assert_eq!(
        stops(&run),
        [
            "- > a",
            "a > sub",
            "- > m",
            "m > n",
            "n > t",
            "t > end of sub: PASS",
            "sub > z",
            "z > end: PASS"
        ]
    );
}

#[test]
fn sequence_is_run_over_skipped_and_run_again_as_a_whole() {
    let run = with_sub("").step_by_step(&[Run, Over, Again, GoOn]).run();
    assert_eq!(stops(&run)[..3], ["- > a", "a > sub", "sub > z"]);
    assert_eq!(stops(&run)[3], "- > m");
    assert_eq!(
        executions(&run),
        [
            "a 1 PASS",
            "sub 1 PASS",
            "m 1 PASS",
            "n 1 PASS",
            "t 1 PASS",
            "sub 2 PASS",
            "m 1 PASS",
            "n 1 PASS",
            "t 1 PASS",
            "z 1 PASS"
        ]
    );
    let range = ExecutionReplaced {
        first: StepNo(2),
        last: StepNo(5),
    };
    assert_eq!(replaced(&run), [range]);
    // What was replaced is not counted.
    assert_eq!(run.end().counts, [5, 0, 0, 0, 0, 0]);

    let run = with_sub("").step_by_step(&[Run, Skip, GoOn]).run();
    assert_eq!(run.steps(), ["a PASS", "sub SKIPPED", "z PASS"]);
}

#[test]
fn step_of_a_sequence_that_is_run_again_turns_the_sequence() {
    let mut calls = 0;
    let run = with_sub("")
        .function("n", move |_| {
            calls += 1;
            if calls == 1 {
                Does::Asserts("low")
            } else {
                Does::Returns(json!({}))
            }
        })
        .breaks(&["sub/n"], &[Run, Again, GoOn])
        .run();
    assert_eq!(stops(&run), ["- > n", "n > t", "n > t"]);
    assert_eq!(run.verdict(), Verdict::Pass);
    let records = run.records();
    let of_n: Vec<_> = records.iter().filter(|(s, _)| s.name == "n").collect();
    assert_eq!(of_n[0].0.parent, of_n[1].0.parent);
}

#[test]
fn attempts_and_iterations_are_one_execution() {
    let text = format!(
        "steps:\n{}{}",
        step("a", "a", ", retry: {count: 2, delay_ms: 10}"),
        step(
            "b",
            "b",
            ", repeat: {condition: '__iteration__ < 2', max_iterations: 5}"
        ),
    );
    let run = drive(&text)
        .function("a", |_| Does::Raises)
        .step_by_step(&[Run, Again, Run, Again])
        .run();
    assert_eq!(
        stops(&run),
        [
            "- > a",
            "a > b",
            "a > b",
            "b > end: ERROR",
            "b > end: ERROR"
        ]
    );
    assert_eq!(
        run.called(),
        ["a", "a", "a", "a", "a", "a", "b", "b", "b", "b", "b", "b"]
    );
    let records = run.records();
    let numbers: Vec<_> = records
        .iter()
        .map(|(started, _)| (started.execution_no, started.iteration))
        .collect();
    let both = |n| [(n, Some(0)), (n, Some(1)), (n, Some(2))];
    assert_eq!(numbers[..2], [(1, None), (2, None)]);
    assert_eq!(numbers[2..5], both(1));
    assert_eq!(numbers[5..], both(2));
    let range = |first, last| ExecutionReplaced {
        first: StepNo(first),
        last: StepNo(last),
    };
    assert_eq!(replaced(&run), [range(1, 1), range(3, 5)]);
    assert_eq!(run.end().counts, [3, 0, 1, 0, 0, 0]);
}

#[test]
fn step_of_a_sequence_that_is_tried_again_is_told_as_next() {
    let run = with_sub(", retry: {count: 1, delay_ms: 500}")
        .function("m", |_| Does::Raises)
        .breaks(&["t"], &[Run, GoOn, GoOn])
        .run();
    assert_eq!(stops(&run)[..2], ["- > t", "t > m"]);
}

#[test]
fn held_time_stops_the_clocks_of_sequences() {
    let main = "policy: {timeout: 2}\nsteps:\n  - {name: sub, type: sequence, sequence: tests/s.yaml, timeout_ms: 1500}\n";
    let sub = "steps:\n  - {name: a, type: delay, duration: 0.5}\n  - {name: b, type: delay, duration: 0.5}\n";
    let files = [("tests/main.yaml", main), ("tests/s.yaml", sub)];
    let run = drive_files(&files).step_by_step(&[]).held_for(10_000).run();
    assert_eq!(run.verdict(), Verdict::Pass);
    let holds = run.holds().len() as u64;
    assert_eq!(holds, 5);
    assert_eq!(run.end().held_ms, Some(10_000 * holds));
    assert_eq!(run.end().duration_us, 10_000_000 * holds + 1_000_000);
    // Held before it and behind it is no part of a step; held within it is a part of a sequence.
    assert_eq!(run.step("a").held_ms, None);
    assert_eq!(run.step("a").duration_us, 500_000);
    assert_eq!(run.step("sub").held_ms, Some(30_000));
    assert_eq!(commanded(&run)[0].held_us, 10_000_000);
    // Without being held it would do as well; with less time it does not.
    let short = main.replace("1500", "900");
    let files = [("tests/main.yaml", short.as_str()), ("tests/s.yaml", sub)];
    let run = drive_files(&files).step_by_step(&[]).held_for(10_000).run();
    assert_eq!(run.step("sub").verdict, Verdict::Aborted);
}

#[test]
fn held_time_within_cleanup_counts_for_no_policy() {
    let main = "policy: {timeout: 3, on_step_failure: continue}\nsteps:\n  - {name: a, type: delay, duration: 1}\nteardown:\n  - {name: t, type: delay, duration: 1}\n  - {name: u, type: delay, duration: 5}\n";
    let run = drive(main).step_by_step(&[]).held_for(60_000).run();
    assert_eq!(run.steps(), ["a PASS", "t PASS", "u PASS"]);
    assert_eq!(run.end().abort_cause, None);
}

#[test]
fn computer_that_stood_still_while_held_moves_no_limit_twice() {
    let main = "policy: {timeout: 2}\nsteps:\n  - {name: a, type: delay, duration: 1}\n  - {name: b, type: delay, duration: 1.5}\n";
    let run = drive(main)
        .step_by_step(&[Run, GoOn])
        .held_for(1000)
        .at(500, Input::Resumed { gap_us: 400_000 })
        .run();
    assert_eq!(run.end().abort_cause, Some(AbortCause::RunTimeout));
    assert_eq!(run.elapsed.as_millis(), 4000);
}

#[test]
fn abort_while_held_runs_the_cleanup_without_holding() {
    let text = format!(
        "steps:\n{}{}teardown:\n{}{}",
        step("a", "a", ""),
        step("b", "b", ""),
        step("t", "t", ""),
        step("u", "u", "")
    );
    for (at, steps) in [
        (
            50,
            ["a SKIPPED", "b SKIPPED", "t PASS", "u PASS"].as_slice(),
        ),
        (150, &["a PASS", "b SKIPPED", "t PASS", "u PASS"]),
    ] {
        let run = drive(&text)
            .step_by_step(&[])
            .held_for(100)
            .interrupted_at(at)
            .run();
        assert_eq!(run.steps(), steps);
        assert_eq!(run.verdict(), Verdict::Aborted);
        assert_eq!(run.end().abort_cause, Some(AbortCause::Signal));
        let last = *commanded(&run).last().unwrap();
        assert_eq!(last.command, HoldCommand::Abort);
        assert_eq!(last.by.as_deref(), Some("Ctrl-C"));
        assert_eq!(run.holds().len(), commanded(&run).len());
    }
}

#[test]
fn failing_step_keeps_its_verdict_when_the_run_is_aborted_behind_it() {
    let run = plain("", &["a", "b"])
        .function("a", |_| Does::Asserts("low"))
        .step_by_step(&[])
        .held_for(100)
        .interrupted_at(150)
        .run();
    assert_eq!(run.steps(), ["a FAIL", "b SKIPPED"]);
    assert_eq!(run.verdict(), Verdict::Fail);
}

#[test]
fn run_that_nobody_can_let_go_on_is_aborted() {
    let text = format!(
        "steps:\n{}{}teardown:\n{}",
        step("a", "a", ""),
        step("b", "b", ""),
        step("t", "t", "")
    );
    let run = drive(&text)
        .step_by_step(&[])
        .held_for(100)
        .at(150, Input::NobodyLeft)
        .run();
    assert_eq!(run.steps(), ["a PASS", "b SKIPPED", "t PASS"]);
    assert_eq!(run.end().abort_cause, Some(AbortCause::Abandoned));
    assert_eq!(run.verdict(), Verdict::Aborted);

    // Not before it would be held.
    let run = drive(&text)
        .breaks(&["b"], &[])
        .at(0, Input::NobodyLeft)
        .run();
    assert_eq!(run.steps(), ["a PASS", "b SKIPPED", "t PASS"]);
}

#[test]
fn run_without_holds_is_the_same_as_ever() {
    let run = with_sub("").breaks(&["no such step"], &[]).run();
    assert_eq!(run.holds().len(), 0);
    assert_eq!(run.end().held_ms, None);
}

/// Whatever is held, skipped and run again: the last executions make the verdict, and every hold is
/// ended by one order.
#[test]
fn random_orders_leave_a_record_that_adds_up() {
    let mut seed = 7_u64;
    let mut chance = move |below: u64| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    for _ in 0..300 {
        let orders: Vec<_> = (0..20)
            .map(|_| match chance(8) {
                0 => Again,
                1 => Skip,
                2 => Over,
                3 => set("n", json!(1)),
                4 if chance(6) == 0 => GoOn,
                _ => Run,
            })
            .collect();
        let fails_until = chance(4);
        let mut calls = 0;
        let run = with_sub(", retry: {count: 1, delay_ms: 5}")
            .function("n", move |_| {
                calls += 1;
                if calls <= fails_until {
                    Does::Asserts("low")
                } else {
                    Does::Returns(json!({}))
                }
            })
            .step_by_step(&orders)
            .run();
        assert_eq!(run.holds().len(), commanded(&run).len(), "{orders:?}");
        assert_eq!(run.told(), bare(&run.variables), "{orders:?}");
        let replaced = replaced(&run);
        let counted = run.records().into_iter().filter(|(started, _)| {
            !replaced.iter().any(|range| range.holds(started.step))
                && started.kind != crate::event::StepKind::Sequence
        });
        assert_eq!(
            counted.count() as u32,
            run.end().counts.iter().sum::<u32>(),
            "{orders:?}"
        );
    }
}
