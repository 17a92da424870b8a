//! `kill -9` of maestro, at every append, flush and commit and at any moment: nothing that was
//! printed is lost, nothing is doubled, nothing stays behind.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::Value;

use super::chance::{Chance, is_full};
use super::records::{Records, of_kind, word};
use super::sample::{main_yaml, python};
use crate::live::{Live, events_of};
use crate::rig::Rig;

const RUN: [&str; 6] = [
    "run",
    "small",
    "--serial",
    "C-1",
    "--unattended",
    "--format=json",
];

fn small() -> Rig {
    Rig::new().package("small", &main_yaml("Small", 1), &python(0.0))
}

#[test]
fn crash_after_every_append_loses_and_doubles_nothing() {
    let verdicts = crash_at_every("append", 6);
    // A crash after the failure leaves it standing.
    assert!(
        verdicts.contains("FAIL") && verdicts.contains("ABORTED"),
        "{verdicts:?}"
    );
}

#[test]
fn crash_after_every_flush_loses_and_doubles_nothing() {
    crash_at_every("flush", 3);
}

#[test]
fn crash_after_every_commit_loses_and_doubles_nothing() {
    crash_at_every("commit", 1);
}

/// Arms `point:1`, `point:2`, … until a run passes all of its places.
/// Gives the verdicts of the runs that were closed by recovery.
fn crash_at_every(point: &str, at_least: u32) -> BTreeSet<String> {
    let rig = small();
    let mut crashes = 0;
    let mut judged = 0;
    let mut verdicts = BTreeSet::new();
    loop {
        let mut command = rig.command(RUN);
        command.env("MAESTRO_FAILPOINT", format!("{point}:{}", crashes + 1));
        let outcome = rig.finish(command, &format!("run with {point}:{}", crashes + 1));
        if outcome.code == 1 {
            break;
        }
        assert!(
            outcome.code == -9,
            "neither killed nor at its end; {outcome}"
        );
        crashes += 1;
        let printed = events_of(&whole_lines(&outcome.stdout));
        // Every third crash is found by the next run instead of `maestro recover`.
        if crashes % 3 == 0 {
            rig.run(["run", "small", "--serial", "N-1", "--unattended"])
                .fails();
        }
        verdicts.extend(judge(&rig, &printed, &mut judged));
    }
    println!("{crashes} crashes at {point}");
    assert!(crashes >= at_least, "only {crashes} places");
    verdicts
}

#[test]
fn crash_in_the_middle_of_recovery_is_recovered_in_turn() {
    let rig = small();
    let mut command = rig.command(RUN);
    command.env("MAESTRO_FAILPOINT", "append:4");
    let first = rig.finish(command, "the run that is lost").exit(-9);
    for point in ["append:1", "flush:1", "commit:1"] {
        let mut command = rig.command(RUN);
        command.env("MAESTRO_FAILPOINT", point);
        rig.finish(command, point).exit(-9);
    }
    judge(&rig, &events_of(&whole_lines(&first.stdout)), &mut 0);
}

#[test]
fn crash_at_any_moment_of_a_long_run_loses_and_doubles_nothing() {
    let moments = if is_full() { 100 } else { 10 };
    let mut chance = Chance::new();
    println!("MAESTRO_TEST_SEED={} for {moments} moments", chance.seed());
    let rig = Rig::new().package("long", &long(), &python(0.0));
    let args = ["run", "long", "--serial", "L-1", "--format=json"];
    // The first run fills caches.
    let whole = (0..3).map(|_| rig.run(args).passes().took).min().unwrap();
    let (mut killed, mut kept) = (0, 0);
    let mut judged = 0;
    for _ in 0..moments {
        let moment = whole.mul_f64(chance.fraction() * 1.05);
        let mut live = Live::start(rig.command(args), "the long run");
        let end = Instant::now() + moment;
        while Instant::now() < end && live.ended().is_none() {
            std::thread::sleep(Duration::from_micros(200));
        }
        if live.ended().is_none() {
            live.signal(Signal::KILL);
        }
        let outcome = live.end();
        killed += u32::from(outcome.code == -9);
        let printed = events_of(&whole_lines(&outcome.stdout));
        kept += printed.len();
        judge(&rig, &printed, &mut judged);
    }
    println!("{killed} of {moments} runs were killed; {kept} printed events are kept");
    assert!(killed > 0, "no run was killed before its end");
}

/// Recovers, then compares everything with everything, for the runs beyond the first `judged`.
/// Gives the verdicts of those that recovery closed.
#[track_caller]
fn judge(rig: &Rig, printed: &[Value], judged: &mut usize) -> Vec<String> {
    let records = Records::recovered(rig);
    records.holds(printed);
    records.nothing_runs();
    let runs = records.runs();
    let mut verdicts = Vec::new();
    for run in runs.iter().skip(std::mem::replace(judged, runs.len())) {
        records.audit(run);
        let journal = records.journal(run);
        let end = of_kind(&journal, "run_finished").next().unwrap();
        if end["abort_cause"] == "interrupted" {
            let has_failed = of_kind(&journal, "step_finished").any(|end| end["verdict"] == "FAIL");
            let verdict = if has_failed { "FAIL" } else { "ABORTED" };
            assert_eq!(word(end, "verdict"), verdict, "{end}");
            assert_eq!(word(end, "status"), "Aborted", "{end}");
            assert_ne!(word(end, "cleanup"), "complete", "{end}");
            verdicts.push(verdict.to_owned());
        }
    }
    verdicts
}

/// 200 steps, every second one in Python, with a process left behind by the first.
fn long() -> String {
    let mut text = String::from(
        "test:\n  name: Long\n  version: 1.0.0\n  setup:\n    - {name: Leave a child, runner: python, module: module, function: leave_child, timeout_ms: 20000}\n  steps:\n",
    );
    for number in 1..=199 {
        let kind = if number % 2 == 0 {
            "type: mock".to_owned()
        } else {
            format!(
                "runner: python, module: module, function: step, parameters: {{number: {number}}}, timeout_ms: 20000, measurement: {{name: VALUE, low_limit: 0, unit: V}}"
            )
        };
        writeln!(text, "    - {{name: Step {number}, {kind}}}").unwrap();
    }
    text
}

pub(super) fn whole_lines(text: &str) -> String {
    text.rsplit_once('\n')
        .map_or_else(String::new, |(whole, _)| format!("{whole}\n"))
}
