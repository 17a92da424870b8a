//! Numbers events and journals them before anybody is told.

use std::sync::Arc;

use super::feed::{Shared, lock};
use super::mask::Masked;
use crate::event::{Envelope, Event, FORMAT_VERSION, RunStatus, Timestamp};
use crate::journal::{Journal, JournalError};
use crate::verdict::Verdict;

/// Events that are kept in memory once the journal takes no more.
const UNJOURNALED_AT_MOST: usize = 10_000;

/// The pen of a run.
#[derive(Debug)]
pub(super) struct Recorder {
    journal: Journal,
    shared: Arc<Shared>,
    seq: u64,
    batch: Vec<Envelope>,
    wants_flush: bool,
    lost: Option<String>,
}

impl Recorder {
    pub(super) fn new(journal: Journal, shared: Arc<Shared>) -> Self {
        Self {
            journal,
            shared,
            seq: 0,
            batch: Vec::new(),
            wants_flush: false,
            lost: None,
        }
    }

    /// Adds an event to what the next commit writes.
    pub(super) fn publish(&mut self, event: Masked, time: Timestamp) {
        let event = event.into_event();
        self.seq += 1;
        self.wants_flush |= event.is_flushed_at_once();
        self.batch.push(Envelope {
            v: FORMAT_VERSION,
            seq: self.seq,
            time,
            event,
        });
    }

    /// Appends what was published. An error is told once; from then on the reserve and at last the
    /// memory take the events.
    pub(super) fn commit(&mut self) -> Result<(), JournalError> {
        if self.batch.is_empty() {
            return Ok(());
        }
        let written = self.write();
        self.batch.clear();
        self.wants_flush = false;
        written
    }

    /// Appends without waiting for the disk, where a flush would be due: for what is flushed
    /// later in one go with the work that goes on meanwhile.
    pub(super) fn commit_unflushed(&mut self) -> Result<(), JournalError> {
        self.wants_flush = false;
        self.commit()
    }

    /// Waits until the disk has everything.
    pub(super) fn flush(&mut self) -> Result<(), JournalError> {
        if self.lost.is_some() {
            return Ok(());
        }
        self.journal
            .flush_now()
            .inspect_err(|error| self.lost = Some(described(error)))
    }

    /// Why the journal takes no more, if so.
    pub(super) fn lost(&self) -> Option<&str> {
        self.lost.as_deref()
    }

    fn write(&mut self) -> Result<(), JournalError> {
        let failure = match self.journal.append(&self.batch) {
            Ok(_) if !self.wants_flush || self.lost.is_some() => return Ok(()),
            Ok(_) => self
                .journal
                .flush_now()
                .map_err(|error| (error, Written::Appended)),
            Err(error) => Err((error, Written::Nothing)),
        };
        let Err((error, written)) = failure else {
            return Ok(());
        };
        let is_first = self.lost.is_none();
        if is_first {
            self.lost = Some(described(&error));
            self.journal.release_reserve();
            self.contradict_verdict(written);
        }
        if !is_first || self.journal.append(&self.batch).is_err() {
            self.keep_in_memory();
        }
        if is_first { Err(error) } else { Ok(()) }
    }

    /// A verdict that could not be made certain is taken back. What is in the journal already
    /// stays, and the end is told again with a number of its own.
    fn contradict_verdict(&mut self, written: Written) {
        let lost = self.lost.clone().unwrap_or_default();
        for envelope in &mut self.batch {
            if let Event::RunFinished(end) = &mut envelope.event {
                end.verdict = Verdict::Error;
                end.status = RunStatus::Aborted;
                end.error = Some(format!("not-recorded: {lost}"));
            }
        }
        if written == Written::Appended {
            self.batch
                .retain(|envelope| matches!(envelope.event, Event::RunFinished(_)));
            for envelope in &mut self.batch {
                self.seq += 1;
                envelope.seq = self.seq;
            }
        }
    }

    fn keep_in_memory(&mut self) {
        let mut kept = lock(&self.shared.unjournaled);
        let room = UNJOURNALED_AT_MOST.saturating_sub(kept.len());
        let is_end = |envelope: &Envelope| matches!(envelope.event, Event::RunFinished(_));
        let count = self.batch.len();
        kept.extend(
            self.batch
                .drain(..)
                .enumerate()
                .filter(|(index, envelope)| *index < room || is_end(envelope) || count == 1)
                .map(|(_, envelope)| envelope),
        );
    }
}

/// How far a commit came before it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    Nothing,
    /// In the file, but perhaps not on the disk.
    Appended,
}

/// An error with its cause.
fn described(error: &JournalError) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
