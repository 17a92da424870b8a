//! A record as the events that would make it: to show or to replay a run from a store.

use std::collections::VecDeque;
use std::time::Duration;

use super::{LogRecord, RunRecord, StepRecord};
use crate::event::{Envelope, Event, FORMAT_VERSION, StepNo, Timestamp};

/// The events of a run in an order in which they can have happened, numbered anew.
///
/// Steps come as they started, each ended before the next one that is not within it. Questions,
/// runners and definitions are left out: what a reader of a finished run wants is in the steps.
pub(crate) fn replay(record: &RunRecord) -> Vec<Envelope> {
    let mut replay = Replay {
        record,
        events: Vec::new(),
        logs: record.logs.iter().collect(),
        open: Vec::new(),
    };
    let started = Event::RunStarted(record.started.clone());
    replay.push(record.started_at, started);
    for step in &record.steps {
        replay.close_until(step.started.parent);
        replay.log_before(step.started_at);
        replay.begin(step);
    }
    replay.close_until(None);
    replay.log_before(Timestamp(i64::MAX));
    replay.end();
    for (envelope, seq) in replay.events.iter_mut().zip(1..) {
        envelope.seq = seq;
    }
    replay.events
}

struct Replay<'a> {
    record: &'a RunRecord,
    events: Vec<Envelope>,
    /// Lines that are not told yet, oldest first.
    logs: VecDeque<&'a LogRecord>,
    /// Steps that have begun and not ended, the innermost last.
    open: Vec<&'a StepRecord>,
}

impl<'a> Replay<'a> {
    fn begin(&mut self, step: &'a StepRecord) {
        let started = Event::StepStarted(Box::new(step.started.clone()));
        self.push(step.started_at, started);
        for attempt in &step.attempts {
            let at = attempt
                .started_at
                .after(Duration::from_micros(attempt.duration_us));
            self.push(at, Event::AttemptFinished(Box::new(attempt.clone())));
        }
        for artifact in &step.artifacts {
            let stored = Event::ArtifactStored {
                step: step.no(),
                artifact: artifact.clone(),
            };
            self.push(step.started_at, stored);
        }
        self.open.push(step);
    }

    /// Ends open steps from within until `parent` is the innermost; all of them for `None`.
    fn close_until(&mut self, parent: Option<StepNo>) {
        while let Some(step) = self.open.last()
            && Some(step.no()) != parent
        {
            let step = *step;
            self.open.pop();
            let Some(finished) = &step.finished else {
                continue;
            };
            let at = step.ended_at.unwrap_or(step.started_at);
            self.log_before(at);
            self.push(at, Event::StepFinished(Box::new(finished.clone())));
        }
    }

    fn log_before(&mut self, time: Timestamp) {
        while let Some(log) = self.logs.front()
            && log.at <= time
        {
            let logged = Event::Logged {
                step: log.step,
                level: log.level,
                source: log.source.clone(),
                message: log.message.clone(),
            };
            let at = log.at;
            self.logs.pop_front();
            self.push(at, logged);
        }
    }

    fn end(&mut self) {
        if let Some(abort) = &self.record.abort {
            let began = Event::AbortBegan {
                step: abort.step,
                cause: abort.cause,
                by: abort.by.clone(),
                message: abort.message.clone(),
            };
            // In its place among the steps, after those that had ended before it.
            let place = self
                .events
                .partition_point(|envelope| envelope.time <= abort.at);
            self.insert(place, abort.at, began);
        }
        if let Some(finished) = &self.record.finished {
            let at = self.record.ended_at.unwrap_or(self.record.last_seen_at);
            self.push(at, Event::RunFinished(finished.clone()));
        }
    }

    fn push(&mut self, time: Timestamp, event: Event) {
        self.insert(self.events.len(), time, event);
    }

    fn insert(&mut self, place: usize, time: Timestamp, event: Event) {
        self.events.insert(
            place,
            Envelope {
                v: FORMAT_VERSION,
                seq: 0,
                time,
                event,
            },
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::samples::{full_run, run_id};

    #[test]
    fn replayed_record_folds_to_what_a_person_sees_of_it() {
        let record = RunRecord::from_events(&full_run(run_id(1))).unwrap();
        let again = RunRecord::from_events(&replay(&record)).unwrap();
        assert_eq!(again.started, record.started);
        assert_eq!(again.steps, record.steps);
        assert_eq!(again.logs, record.logs);
        assert_eq!(again.abort, record.abort);
        assert_eq!(again.finished, record.finished);
    }

    #[test]
    fn sequence_ends_after_its_children_and_before_the_next_step() {
        let record = RunRecord::from_events(&full_run(run_id(1))).unwrap();
        let order: Vec<_> = replay(&record)
            .iter()
            .filter_map(|envelope| match &envelope.event {
                Event::StepStarted(step) => Some(format!("+{}", step.step.0)),
                Event::StepFinished(step) => Some(format!("-{}", step.step.0)),
                Event::AbortBegan { .. } => Some("abort".to_owned()),
                _ => None,
            })
            .collect();
        let order = order.join(" ");
        assert_eq!(order, "+1 -1 +2 -2 +3 +4 -4 -3 abort +5 -5");
    }

    #[test]
    fn running_step_stays_open() {
        let events = full_run(run_id(1));
        let record = RunRecord::from_events(&events[..10]).unwrap();
        let replayed = replay(&record);
        let is_end = |envelope: &Envelope| matches!(envelope.event, Event::RunFinished(_));
        assert!(!replayed.iter().any(is_end));
        assert!(
            replayed
                .windows(2)
                .all(|pair| pair[0].seq + 1 == pair[1].seq)
        );
    }
}
