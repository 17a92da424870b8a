//! The events that close an interrupted run.

use std::collections::HashMap;

use serde_json::json;

use super::scan::Scan;
use crate::event::{
    AbortCause, Cleanup, Envelope, Event, FORMAT_VERSION, RunFinished, RunStatus, Section,
    StepFinished, StepKind, StepNo, Timestamp,
};
use crate::journal::BadLine;
use crate::record::{DAMAGED, HoldRecord, RunRecord, StepRecord};
use crate::verdict::Verdict;

/// The events to append; empty where the run is finished and all damage is known.
pub(super) fn events(
    record: &RunRecord,
    scan: &Scan,
    now: Timestamp,
    made_safe: Vec<Event>,
) -> Vec<Envelope> {
    let mut events: Vec<Event> = new_damage(record, scan).map(damage).collect();
    if scan.torn > 0 {
        events.push(torn_tail(scan));
    }
    if record.finished.is_none() {
        close_prompts(record, &mut events);
        let verdicts = close_steps(record, &mut events);
        let end = finish(record, &verdicts);
        events.extend(made_safe);
        events.push(Event::RunFinished(Box::new(end)));
    }
    // The clock of a machine that lost power may be behind.
    let time = record.last_seen_at.max(now);
    events
        .into_iter()
        .zip(scan.next_seq..)
        .map(|(event, seq)| Envelope {
            v: FORMAT_VERSION,
            seq,
            time,
            event,
        })
        .collect()
}

/// The bad lines that no earlier recovery has noted.
pub(super) fn new_damage<'a>(
    record: &'a RunRecord,
    scan: &'a Scan,
) -> impl Iterator<Item = &'a BadLine> {
    scan.bad.iter().filter(|bad| !is_known(record, bad))
}

/// The end of a run of which nothing more will come.
pub(crate) fn interrupted_end(record: &RunRecord) -> RunFinished {
    let verdicts = close_steps(record, &mut Vec::new());
    finish(record, &verdicts)
}

fn is_known(record: &RunRecord, bad: &BadLine) -> bool {
    record
        .facts
        .iter()
        .any(|(name, value)| name == DAMAGED && value["offset"] == bad.offset)
}

fn damage(bad: &BadLine) -> Event {
    Event::FactFound {
        name: DAMAGED.to_owned(),
        value: json!({
            "offset": bad.offset,
            "bytes": bad.bytes,
            "reason": bad.reason.to_string(),
        }),
    }
}

/// What a power cut or a full disk left of a line that nobody was told of. It damages nothing; the
/// fact stays for those who look into what happened.
fn torn_tail(scan: &Scan) -> Event {
    Event::FactFound {
        name: "torn_tail".to_owned(),
        value: json!({"offset": scan.end, "bytes": scan.torn}),
    }
}

fn close_prompts(record: &RunRecord, events: &mut Vec<Event>) {
    let open = record
        .prompts
        .iter()
        .filter(|prompt| prompt.outcome.is_none());
    events.extend(open.map(|prompt| Event::PromptWithdrawn {
        step: prompt.step,
        prompt: prompt.prompt.id.clone(),
        reason: INTERRUPTED.to_owned(),
    }));
}

/// Ends open steps, children before their sequences, and gives the verdict of every step.
fn close_steps(record: &RunRecord, events: &mut Vec<Event>) -> HashMap<StepNo, Verdict> {
    let mut verdicts = HashMap::new();
    // A child starts after its sequence, so that it comes first from behind.
    for step in record.steps.iter().rev() {
        let verdict = step.verdict().unwrap_or_else(|| {
            let children = record
                .children(Some(step.no()))
                .filter(|child| child.is_counted())
                .filter_map(|child| verdicts.get(&child.no()).copied());
            let verdict = worst_with_interruption(children);
            events.push(Event::StepFinished(Box::new(interrupted(
                step, verdict, record,
            ))));
            verdict
        });
        verdicts.insert(step.no(), verdict);
    }
    verdicts
}

fn interrupted(step: &StepRecord, verdict: Verdict, record: &RunRecord) -> StepFinished {
    StepFinished {
        step: step.no(),
        verdict,
        true_verdict: None,
        reason: Some(INTERRUPTED.to_owned()),
        skip_reason: None,
        error: None,
        duration_us: micros_between(step.started_at, record.last_seen_at),
        prompt_ms: None,
        held_ms: held_ms(record, step.started_at),
        attempts: step.attempts.len() as u32 + 1,
        superseded: false,
        timeout_ms: None,
        parameters: None,
        outputs: serde_json::Map::new(),
        published: serde_json::Map::new(),
        unset: Vec::new(),
        measurements: Vec::new(),
        unattended: false,
    }
}

fn finish(record: &RunRecord, verdicts: &HashMap<StepNo, Verdict>) -> RunFinished {
    // A step whose sequence was lost with a bad line counts for itself.
    let is_root = |step: &&StepRecord| {
        step.started
            .parent
            .is_none_or(|parent| !verdicts.contains_key(&parent))
    };
    let roots = record
        .steps
        .iter()
        .filter(is_root)
        .filter(|step| step.is_counted())
        .filter_map(|step| verdicts.get(&step.no()).copied());
    RunFinished {
        verdict: worst_with_interruption(roots),
        status: RunStatus::Aborted,
        abort_cause: Some(AbortCause::Interrupted),
        abort_reason: Some(INTERRUPTED.to_owned()),
        aborted_by: None,
        cleanup: cleanup(record),
        forced: finished(record).any(|step| step.true_verdict.is_some()),
        unattended: record.started.unattended || finished(record).any(|step| step.unattended),
        duration_us: micros_between(record.started_at, record.last_seen_at),
        held_ms: held_ms(record, record.started_at),
        error: None,
        counts: counts(record, verdicts),
    }
}

/// Cleanup that began did not end: its last sign is missing.
fn cleanup(record: &RunRecord) -> Cleanup {
    let has_begun = record
        .steps
        .iter()
        .any(|step| step.started.section == Section::Teardown);
    if has_begun {
        Cleanup::Incomplete
    } else {
        Cleanup::NotRun
    }
}

/// As the engine counts: every iteration, replaced ones and sequences not.
fn counts(record: &RunRecord, verdicts: &HashMap<StepNo, Verdict>) -> [u32; 6] {
    let mut counts = [0; 6];
    let is_executed =
        |step: &&StepRecord| step.is_counted() && step.started.kind != StepKind::Sequence;
    for step in record.steps.iter().filter(is_executed) {
        if let Some(verdict) = verdicts.get(&step.no()) {
            counts[match verdict {
                Verdict::Pass => 0,
                Verdict::Fail => 1,
                Verdict::Error => 2,
                Verdict::Aborted => 3,
                Verdict::Undetermined => 4,
                Verdict::Skipped => 5,
            }] += 1;
        }
    }
    counts
}

/// The time that the run was held from then on, where it was: all of it lies within a step that is
/// open since then.
fn held_ms(record: &RunRecord, from: Timestamp) -> Option<u64> {
    let holds = record.holds.iter().filter(|hold| hold.at >= from);
    let held_us: u64 = holds.map(HoldRecord::held_us).sum();
    (held_us > 0).then_some(held_us / 1000)
}

/// What the record calls the end of a run whose process died.
const INTERRUPTED: &str = "interrupted";

fn finished(record: &RunRecord) -> impl Iterator<Item = &StepFinished> {
    record
        .steps
        .iter()
        .filter_map(|step| step.finished.as_ref())
}

/// The interruption counts ABORTED; a journaled FAIL stays FAIL.
fn worst_with_interruption(verdicts: impl Iterator<Item = Verdict>) -> Verdict {
    Verdict::worst(verdicts).map_or(Verdict::Aborted, |worst| worst.max(Verdict::Aborted))
}

fn micros_between(from: Timestamp, to: Timestamp) -> u64 {
    to.since(from).as_micros() as u64
}
