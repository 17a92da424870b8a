//! What a front end reads: the journal of the run as far as it is written.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::RunEnd;
use crate::event::{Envelope, Event};
use crate::journal::{Item, JournalError, Positions, Reader, Until};

/// Bytes of events that are worth another look at once.
const FAR_BEHIND: u64 = 32 * 1024;

/// What came since the last look.
#[derive(Debug)]
pub(crate) enum FeedState {
    /// Events, in order, each once.
    Batch(Vec<Envelope>),
    /// Nothing within the time given.
    Idle,
    /// The session ended by a bug; nothing follows.
    Died,
    /// The run is over and every event was handed out.
    Ended(RunEnd),
}

/// A reader of one run's events; it holds nothing up.
#[derive(Debug)]
pub(crate) struct Feed {
    reader: Option<Reader>,
    positions: Arc<Positions>,
    shared: Arc<Shared>,
    offset: u64,
    /// The last event, kept back until the disk has it.
    last: Option<Envelope>,
    last_seq: u64,
}

/// What the session tells beside the journal.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// Events that the journal could not take.
    pub(super) unjournaled: Mutex<Vec<Envelope>>,
    pub(super) end: Mutex<Option<RunEnd>>,
    /// The run is held between two steps.
    pub(super) is_held: AtomicBool,
}

impl Feed {
    pub(super) fn new(
        reader: Option<Reader>,
        positions: Arc<Positions>,
        shared: Arc<Shared>,
    ) -> Self {
        Self {
            reader,
            positions,
            shared,
            offset: 0,
            last: None,
            last_seq: 0,
        }
    }

    /// Goes back to the beginning: everything is handed out once more.
    pub(crate) fn rewind(&mut self) {
        self.offset = 0;
        self.last_seq = 0;
    }

    /// Whether a batch alone was not enough to come near the end of what is written.
    pub(crate) fn is_behind(&self) -> bool {
        self.reader.is_some() && self.positions.appended().saturating_sub(self.offset) >= FAR_BEHIND
    }

    /// The next events, waiting for them at most `timeout`.
    pub(crate) fn next(&mut self, timeout: Duration) -> Result<FeedState, JournalError> {
        // Read before the end, which is told before the journal closes.
        let is_closed = self.positions.is_closed();
        // Read before the journal, so that nothing appended before the end is missed.
        let end = lock(&self.shared.end).clone();
        let batch = self.read()?;
        if !batch.is_empty() {
            return Ok(FeedState::Batch(batch));
        }
        if end.is_none() && is_closed {
            return Ok(FeedState::Died);
        }
        let Some(end) = end else {
            // A tick, not a wake-up for every step: waking this thread would cost the run more than
            // a step's work.
            self.positions.pause(timeout);
            let batch = self.read()?;
            return Ok(if batch.is_empty() {
                FeedState::Idle
            } else {
                FeedState::Batch(batch)
            });
        };
        let mut rest: Vec<Envelope> = self.last.take().into_iter().collect();
        rest.append(&mut lock(&self.shared.unjournaled));
        rest.retain(|envelope| envelope.seq > self.last_seq);
        rest.sort_by_key(|envelope| envelope.seq);
        let Some(last) = rest.last() else {
            return Ok(FeedState::Ended(end));
        };
        self.last_seq = last.seq;
        Ok(FeedState::Batch(rest))
    }

    /// Everything that the journal holds beyond what was read.
    fn read(&mut self) -> Result<Vec<Envelope>, JournalError> {
        let Some(reader) = &mut self.reader else {
            return Ok(Vec::new());
        };
        let mut events = Vec::new();
        let until = self.positions.appended();
        if until > self.offset {
            let batch = reader.read_from(self.offset, Until::Position(until))?;
            self.offset = batch.next;
            for item in batch.items {
                let Item::Event(envelope, _) = item else {
                    continue;
                };
                // The verdict is told when the session says that the disk has it.
                if matches!(envelope.event, Event::RunFinished(_)) {
                    self.last = Some(*envelope);
                } else {
                    self.last_seq = envelope.seq;
                    events.push(*envelope);
                }
            }
        }
        Ok(events)
    }
}

/// Locks, whatever a thread that panicked left behind.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
