//! The thread of one sink.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::backoff::Backoff;
use super::shelf::{Phase, Shelf, Shelved};
use super::{DeliveryOptions, Parcel, Sink, SinkError};
use crate::event::{Envelope, Event, RunId, Timestamp};
use crate::journal::{Batch, Item, Reader, Until, archive};

/// How often a sink asks for news while a run goes on.
const TICK: Duration = Duration::from_millis(50);

/// How often it looks for journals that other processes left, and renews signs of life.
const ROUND: Duration = Duration::from_secs(30);

/// Carries every journal on the shelf to one sink.
pub(super) struct Worker {
    place: usize,
    sink: Box<dyn Sink>,
    shelf: Arc<Shelf>,
    options: DeliveryOptions,
    backoff: Backoff,
    /// How far each journal is delivered.
    progress: BTreeMap<RunId, Progress>,
    last_round: Option<Timestamp>,
}

/// How far a journal is delivered to one sink.
struct Progress {
    reader: Reader,
    offset: u64,
    cursor: u64,
    /// The end of the run has been read.
    is_finished: bool,
}

/// The next part of a journal.
struct Next {
    events: Vec<Envelope>,
    offset: u64,
    is_finished: bool,
}

impl Worker {
    pub(super) fn new(
        place: usize,
        sink: Box<dyn Sink>,
        shelf: Arc<Shelf>,
        options: DeliveryOptions,
    ) -> Self {
        let backoff = Backoff::new(options.seed.wrapping_add(place as u64));
        Self {
            place,
            sink,
            shelf,
            options,
            backoff,
            progress: BTreeMap::new(),
            last_round: None,
        }
    }

    /// Delivers until the program ends.
    pub(super) fn work(mut self) {
        if self.place > 0 {
            // Else a program that ends at once would see nothing to deliver.
            self.shelf.wait(ROUND, |content| content.has_claimed);
        }
        let is_done = loop {
            let phase = self.shelf.lock().phase;
            let outcome = self.make_round().and_then(|()| self.deliver_all());
            self.note(outcome.as_ref().err());
            match (phase, &outcome) {
                (Phase::Running, Ok(())) => self.sleep(),
                (Phase::Running | Phase::Insisting, Err(_)) => {
                    let pause = self.backoff.pause();
                    self.shelf.wait(pause, |content| content.phase != phase);
                }
                (Phase::Draining | Phase::Insisting, Ok(())) => break true,
                (Phase::Draining, Err(_)) => break false,
            }
        };
        self.shelf
            .update(|content| content.sinks[self.place].is_done = is_done);
    }

    /// Until something can have changed: a tick while a run goes on, else a round.
    fn sleep(&self) {
        let (known, has_live) = {
            let content = self.shelf.lock();
            (content.len(), content.has_live())
        };
        let at_most = if has_live { TICK } else { ROUND };
        self.shelf.wait(at_most, |content| {
            content.phase != Phase::Running || content.len() > known
        });
    }

    /// Every 30 s: signs of life; and, for all sinks, old journals are found and removed.
    fn make_round(&mut self) -> Result<(), SinkError> {
        let now = (self.options.now)();
        let is_due = self.last_round.is_none_or(|last| now.since(last) >= ROUND);
        if !is_due {
            return Ok(());
        }
        self.last_round = Some(now);
        if self.place == 0 {
            // A folder that cannot be listed now may be in the next round.
            let _ = self.shelf.claim_left();
            self.shelf.update(|content| content.has_claimed = true);
            let keep_from = now
                .0
                .saturating_sub(self.options.retention.as_micros() as i64);
            archive::prune(&self.options.folder, Timestamp(keep_from));
        }
        for shelved in self.shelf.lacking(self.place) {
            if shelved.is_live() && self.progress.contains_key(&shelved.run) {
                self.sink.touch(shelved.run, now)?;
            }
        }
        Ok(())
    }

    fn deliver_all(&mut self) -> Result<(), SinkError> {
        for shelved in self.shelf.lacking(self.place) {
            self.deliver_journal(&shelved)?;
        }
        Ok(())
    }

    /// Delivers what is flushed of a journal.
    fn deliver_journal(&mut self, shelved: &Shelved) -> Result<(), SinkError> {
        self.open(shelved)?;
        while let Some(progress) = self.progress.get_mut(&shelved.run) {
            let extent = shelved.source.extent();
            let until = Until::Position(extent.end);
            let Ok(batch) = progress.reader.read_from(progress.offset, until) else {
                // A part of the disk is gone. The file stays where it is.
                self.forget(shelved.run);
                break;
            };
            let has_moved = batch.next != progress.offset;
            let is_at_end = extent.is_over && batch.next == extent.end;
            let next = progress.after(batch);
            let parcel = Parcel {
                run: shelved.run,
                events: &next.events,
                is_last: is_at_end && next.is_finished && !extent.is_lost,
            };
            if !next.events.is_empty() || parcel.is_last {
                self.hand_over(&parcel)?;
            }
            if parcel.is_last {
                self.progress.remove(&shelved.run);
                self.shelf.settle(shelved, self.place, (self.options.now)());
            } else if is_at_end || (extent.is_over && !has_moved) {
                // Not the whole run: a recovery closes it, and the next process delivers the rest.
                self.forget(shelved.run);
            } else if !has_moved {
                break;
            } else if let Some(progress) = self.progress.get_mut(&shelved.run) {
                progress.advance(&next);
            }
        }
        Ok(())
    }

    /// Begins with a journal: the sink says what it has.
    fn open(&mut self, shelved: &Shelved) -> Result<(), SinkError> {
        if self.progress.contains_key(&shelved.run) {
            return Ok(());
        }
        let cursor = self.sink.cursor(shelved.run)?;
        let Ok(reader) = Reader::open(&shelved.path) else {
            // Moved or removed by hand; nothing to deliver.
            self.shelf.remove(shelved.run);
            return Ok(());
        };
        self.progress.insert(
            shelved.run,
            Progress {
                reader,
                offset: 0,
                cursor,
                is_finished: false,
            },
        );
        Ok(())
    }

    fn forget(&mut self, run: RunId) {
        self.progress.remove(&run);
        self.shelf.remove(run);
    }

    /// Hands a parcel over; one that is refused is halved until the offending event is alone.
    fn hand_over(&mut self, parcel: &Parcel) -> Result<(), SinkError> {
        match self.sink.deliver(parcel) {
            Ok(()) => {
                let count = parcel.events.len() as u64;
                self.shelf.update(|content| {
                    content.sinks[self.place].delivered += count;
                });
                Ok(())
            }
            Err(SinkError::Refused(reason)) => match parcel.events {
                [] => Err(SinkError::Unavailable(reason)),
                [event] => self.reject(parcel, event, &reason),
                events => {
                    let (first, second) = events.split_at(events.len() / 2);
                    self.hand_over(&Parcel {
                        events: first,
                        is_last: false,
                        ..*parcel
                    })?;
                    self.hand_over(&Parcel {
                        events: second,
                        ..*parcel
                    })
                }
            },
            Err(error) => Err(error),
        }
    }

    fn reject(&mut self, parcel: &Parcel, event: &Envelope, reason: &str) -> Result<(), SinkError> {
        self.sink.reject(parcel.run, event, reason)?;
        self.shelf
            .update(|content| content.sinks[self.place].rejected += 1);
        if parcel.is_last {
            self.hand_over(&Parcel {
                events: &[],
                ..*parcel
            })?;
        }
        Ok(())
    }

    fn note(&mut self, error: Option<&SinkError>) {
        if error.is_none() {
            self.backoff.reset();
        }
        let problem = error.map(ToString::to_string);
        self.shelf.update(|content| {
            content.sinks[self.place].problem = problem;
        });
    }
}

impl Progress {
    /// What a batch holds that the sink lacks; bad lines are skipped, recovery has noted them.
    fn after(&self, batch: Batch) -> Next {
        let mut next = Next {
            events: Vec::with_capacity(batch.items.len()),
            offset: batch.next,
            is_finished: self.is_finished,
        };
        for item in batch.items {
            let Item::Event(envelope, _) = item else {
                continue;
            };
            next.is_finished |= matches!(envelope.event, Event::RunFinished(_));
            if envelope.seq > self.cursor {
                next.events.push(*envelope);
            }
        }
        next
    }

    fn advance(&mut self, next: &Next) {
        self.offset = next.offset;
        self.is_finished = next.is_finished;
        if let Some(last) = next.events.last() {
            self.cursor = last.seq;
        }
    }
}
