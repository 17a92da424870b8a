//! The thread of one sink.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::backoff::Backoff;
use super::pulse::Pulse;
use super::shelf::{Phase, Shelf, Source, Task};
use super::{DeliveryOptions, Parcel, Sink, SinkError, SinkState};
use crate::event::{Envelope, Event, RunId, Timestamp};
use crate::journal::{Batch, Item, Reader, Until};

/// How often a sink asks for news while a run goes on.
const TICK: Duration = Duration::from_millis(50);

/// Carries every journal on the shelf to one sink.
pub(super) struct Worker {
    place: usize,
    sink: Box<dyn Sink>,
    shelf: Arc<Shelf>,
    pulse: Arc<Pulse>,
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

/// Why a worker stops in the middle.
enum Halt {
    Sink(SinkError),
    /// Another thread has taken over.
    GivenUp,
}

/// Tells the keeper that the thread has ended, also after a panic.
struct EndNote(Arc<Pulse>);

impl Drop for EndNote {
    fn drop(&mut self) {
        self.0.set_ended();
    }
}

impl Worker {
    pub(super) fn new(
        place: usize,
        sink: Box<dyn Sink>,
        shelf: Arc<Shelf>,
        pulse: Arc<Pulse>,
        options: DeliveryOptions,
    ) -> Self {
        let backoff = Backoff::new(options.seed.wrapping_add(place as u64));
        Self {
            place,
            sink,
            shelf,
            pulse,
            options,
            backoff,
            progress: BTreeMap::new(),
            last_round: None,
        }
    }

    /// Delivers until the program ends.
    pub(super) fn work(mut self) {
        let _note = EndNote(Arc::clone(&self.pulse));
        // Else a program that ends at once would see nothing to deliver.
        self.shelf
            .wait(self.options.round, |content| content.has_looked);
        let is_done = loop {
            let phase = self.shelf.lock().phase;
            let error = match self.renew().and_then(|()| self.deliver_all()) {
                Ok(()) => None,
                Err(Halt::Sink(error)) => {
                    // It may be another one when it is back, from a backup: it is asked again what
                    // it has.
                    self.progress.clear();
                    Some(error)
                }
                Err(Halt::GivenUp) => return,
            };
            self.note(error.as_ref());
            match (phase, error) {
                (Phase::Running, None) => {
                    if self.sleep().is_err() {
                        return;
                    }
                }
                (Phase::Running | Phase::Insisting, Some(_)) => {
                    let pause = self.backoff.pause();
                    self.shelf.wait(pause, |content| content.phase != phase);
                }
                (Phase::Draining | Phase::Insisting, None) => break true,
                (Phase::Draining, Some(_)) => break false,
            }
            if self.pulse.is_given_up() {
                return;
            }
        };
        self.shelf.end(self.place, is_done);
    }

    /// Until something can have changed: a tick while a run goes on, else a round. A sink that had
    /// nothing to do in a whole round rests.
    fn sleep(&mut self) -> Result<(), Halt> {
        let place = self.place;
        let has_live = self.shelf.lock().has_live(place);
        let at_most = if has_live { TICK } else { self.options.round };
        let has_news = self.shelf.wait(at_most, |content| {
            content.phase != Phase::Running
                || content.has_left(place)
                || (!has_live && content.has_live(place))
        });
        if !has_news && !has_live {
            self.ask(|sink| {
                sink.rest();
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Every round: signs of life of the runs of this process.
    fn renew(&mut self) -> Result<(), Halt> {
        let now = (self.options.now)();
        let is_due = self
            .last_round
            .is_none_or(|last| now.since(last) >= self.options.round);
        if !is_due {
            return Ok(());
        }
        self.last_round = Some(now);
        for task in self.shelf.live(self.place) {
            if self.progress.contains_key(&task.run) {
                self.ask(|sink| sink.touch(task.run, now))?;
            }
        }
        Ok(())
    }

    /// Delivers everything that is there; a backlog never holds up the run that goes on.
    fn deliver_all(&mut self) -> Result<(), Halt> {
        loop {
            for task in self.shelf.live(self.place) {
                self.deliver_journal(&task)?;
            }
            let Some(task) = self.shelf.next_left(self.place) else {
                return Ok(());
            };
            let delivered = self.deliver_journal(&task);
            if matches!(delivered, Err(Halt::Sink(_))) {
                self.shelf.put_back(&task, self.place);
            }
            delivered?;
        }
    }

    /// Delivers what is flushed of a journal.
    fn deliver_journal(&mut self, task: &Task) -> Result<(), Halt> {
        self.open(task)?;
        while let Some(progress) = self.progress.get_mut(&task.run) {
            let extent = task.source.extent();
            let until = Until::Position(extent.end);
            let Ok(batch) = progress.reader.read_from(progress.offset, until) else {
                // A part of the disk is gone. The file stays where it is.
                self.forget(task);
                break;
            };
            let has_moved = batch.next != progress.offset;
            let is_at_end = extent.is_over && batch.next == extent.end;
            let next = progress.after(batch);
            let parcel = Parcel {
                run: task.run,
                events: &next.events,
                is_last: is_at_end && next.is_finished && !extent.is_lost,
            };
            if !next.events.is_empty() || parcel.is_last {
                self.hand_over(&parcel)?;
            }
            if parcel.is_last {
                self.progress.remove(&task.run);
                self.shelf.settle(task, self.place, (self.options.now)());
                self.tell(|state| state.journals += 1);
            } else if is_at_end || (extent.is_over && !has_moved) {
                // Not the whole run: a recovery closes it, and the next process delivers the rest.
                self.forget(task);
            } else if !has_moved {
                break;
            } else if let Some(progress) = self.progress.get_mut(&task.run) {
                progress.advance(&next);
            }
        }
        Ok(())
    }

    /// Begins with a journal: the sink says what it has.
    fn open(&mut self, task: &Task) -> Result<(), Halt> {
        if matches!(task.source, Source::Left(_)) {
            // Another process may have worked on it since.
            self.progress.remove(&task.run);
        }
        if self.progress.contains_key(&task.run) {
            return Ok(());
        }
        let cursor = self.ask(|sink| sink.cursor(task.run))?;
        self.tell(|state| state.has_answered = true);
        let Ok(reader) = Reader::open(&task.path) else {
            // Moved or removed by hand; nothing to deliver.
            self.shelf.drop_live(task, self.place);
            return Ok(());
        };
        self.progress.insert(
            task.run,
            Progress {
                reader,
                offset: 0,
                cursor,
                is_finished: false,
            },
        );
        Ok(())
    }

    fn forget(&mut self, task: &Task) {
        self.progress.remove(&task.run);
        self.shelf.drop_live(task, self.place);
    }

    /// One call of the sink, watched by the keeper.
    fn ask<T>(
        &mut self,
        call: impl FnOnce(&mut dyn Sink) -> Result<T, SinkError>,
    ) -> Result<T, Halt> {
        self.pulse.begin((self.options.now)());
        let answer = call(&mut *self.sink);
        self.pulse.end();
        if self.pulse.is_given_up() {
            return Err(Halt::GivenUp);
        }
        answer.map_err(Halt::Sink)
    }

    /// Says how the sink is doing.
    fn tell(&self, change: impl FnOnce(&mut SinkState)) {
        self.shelf
            .update(|content| change(&mut content.sinks[self.place]));
    }

    /// Hands a parcel over; one that is refused is halved until the offending event is alone.
    fn hand_over(&mut self, parcel: &Parcel) -> Result<(), Halt> {
        match self.ask(|sink| sink.deliver(parcel)) {
            Ok(()) => {
                let count = parcel.events.len() as u64;
                self.tell(|state| state.delivered += count);
                Ok(())
            }
            Err(Halt::Sink(SinkError::Refused(reason))) => match parcel.events {
                [] => Err(Halt::Sink(SinkError::Unavailable(reason))),
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
            Err(halt) => Err(halt),
        }
    }

    fn reject(&mut self, parcel: &Parcel, event: &Envelope, reason: &str) -> Result<(), Halt> {
        self.ask(|sink| sink.reject(parcel.run, event, reason))?;
        self.tell(|state| state.rejected += 1);
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
        self.tell(|state| state.problem = problem);
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
