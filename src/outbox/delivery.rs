//! Delivery as a whole, as a program sees it.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::keeper::Keeper;
use super::shelf::{Phase, Shelf};
use super::{Outlet, Registry};
use crate::event::{RunId, Timestamp};
use crate::journal::{JournalError, Positions};

/// A remote sink that is so long in one call makes no progress: the end of the program does not wait
/// for it.
const SLOW: Duration = Duration::from_millis(500);

/// How often the end of the program looks whether a sink makes progress.
const LOOK: Duration = Duration::from_millis(50);

/// Delivers journals to every sink, beside the runs of this process.
///
/// Dropping it lets the threads end by themselves; [`Delivery::finish`] waits for them.
#[derive(Debug)]
pub(crate) struct Delivery {
    shelf: Arc<Shelf>,
    registry: Registry,
    now: fn() -> Timestamp,
    patience: Vec<Duration>,
}

/// How long the end of a program waits for a sink that gave no answer to this program nor to the
/// one before: enough to find out that it is back, too little to hold up a line on which every unit
/// is a program of its own.
const REPRIEVE: Duration = Duration::from_millis(100);

/// What delivery needs from outside.
#[derive(Debug, Clone)]
pub(crate) struct DeliveryOptions {
    /// `$MAESTRO_HOME/journal`.
    pub(crate) folder: PathBuf,
    /// The clock; it must not jump.
    pub(crate) now: fn() -> Timestamp,
    /// Chance for the pauses between attempts.
    pub(crate) seed: u64,
    /// How long delivered journals are kept.
    pub(crate) retention: Duration,
    pub(crate) waiting: Waiting,
    /// How often signs of life are renewed, threads are looked after, and journals that other
    /// processes left are looked for; a sink without work for so long rests.
    pub(crate) round: Duration,
}

impl DeliveryOptions {
    /// The usual `round`; a sign of life is due every 60 s at least.
    pub(crate) const ROUND: Duration = Duration::from_secs(30);
}

/// Which journals are delivered besides those of this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Waiting {
    /// Those in `open/` that a sink lacks as far as the station knows.
    Undelivered,
    /// Every journal that the station still has: a sink may have been restored from a backup, or
    /// have been configured later.
    Everything,
}

/// How a sink is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SinkState {
    /// The name in the registry.
    pub(crate) id: &'static str,
    /// The name for people.
    pub(crate) name: String,
    /// It has all that there was, and its thread has ended.
    pub(crate) is_done: bool,
    /// Its thread has ended as it should.
    pub(crate) has_ended: bool,
    /// Why the last attempt failed; `None` while it works.
    pub(crate) problem: Option<String>,
    /// Journals that it has whole since this process began.
    pub(crate) journals: u64,
    /// Events that it took from this process.
    pub(crate) delivered: u64,
    /// Events that it refused for their content and noted.
    pub(crate) rejected: u64,
    /// Threads that were given up.
    pub(crate) replaced: u64,
    /// It has answered a question of this process.
    pub(super) has_answered: bool,
}

impl Delivery {
    /// Starts one thread per sink. They first look for journals that earlier processes left, so
    /// recovery should be done. From now on journals of this station wait for each of the sinks.
    pub(crate) fn start(
        options: &DeliveryOptions,
        outlets: Vec<Outlet>,
    ) -> Result<Self, JournalError> {
        let registry = Registry::of(&options.folder);
        let mut states = Vec::new();
        let mut patience = Vec::new();
        let mut sinks = Vec::new();
        for outlet in &outlets {
            registry.register(outlet.id)?;
            let sink = outlet.sink();
            states.push(SinkState::new(outlet.id, sink.name()));
            patience.push(sink.patience());
            sinks.push(sink);
        }
        let shelf = Shelf::new(options.folder.clone(), options.waiting, states);
        let delivery = Self {
            shelf: Arc::new(shelf),
            registry,
            now: options.now,
            patience,
        };
        let mut keeper = Keeper::new(Arc::clone(&delivery.shelf), options.clone());
        for (outlet, sink) in outlets.into_iter().zip(sinks) {
            keeper.hire(outlet, sink)?;
        }
        thread::Builder::new()
            .name("deliver".to_owned())
            .spawn(move || keeper.keep())
            .map_err(|source| JournalError::Io {
                action: "start the delivery of",
                path: options.folder.clone(),
                source,
            })?;
        Ok(delivery)
    }

    /// Adds the journal of a run of this process, as soon as it is made.
    pub(crate) fn attach(&self, run: RunId, positions: Arc<Positions>) {
        self.shelf.attach(run, positions);
    }

    /// How every sink is doing.
    pub(crate) fn states(&self) -> Vec<SinkState> {
        self.shelf.lock().sinks.clone()
    }

    /// Waits until every sink has what is there: for each at most its own patience or `sync`,
    /// whichever is longer, and without `sync` not at all for one that is away, hardly for one that
    /// has been silent for longer, and not for any but the first that takes long over one call. A
    /// thread that is still busy then is given up; the rest is delivered by the next process.
    pub(crate) fn finish(self, sync: Option<Duration>) -> Vec<SinkState> {
        let phase = if sync.is_some() {
            Phase::Insisting
        } else {
            Phase::Draining
        };
        self.shelf.enter(phase);
        let start = (self.now)();
        for (place, patience) in self.patience.iter().enumerate() {
            let patience = self.reprieve(place).unwrap_or(*patience);
            let at_most = patience.max(sync.unwrap_or_default());
            self.wait_for(place, phase, at_most, start);
        }
        let states = self.states();
        for state in &states {
            let is_silent = !state.has_answered && !state.is_done && state.problem.is_none();
            self.registry.note_silence(state.id, is_silent);
        }
        states
    }

    /// Waits for one sink until `at_most` after `start`.
    fn wait_for(&self, place: usize, phase: Phase, at_most: Duration, start: Timestamp) {
        loop {
            let now = (self.now)();
            let left = at_most.saturating_sub(now.since(start));
            let is_over = self.shelf.wait(left.min(LOOK), |content| {
                let state = &content.sinks[place];
                state.is_done || (phase == Phase::Draining && state.problem.is_some())
            });
            let is_slow = || self.shelf.lock().pulses[place].busy_for(now) > SLOW;
            let is_given_up = phase == Phase::Draining && place > 0 && is_slow();
            if is_over || left.is_zero() || is_given_up {
                return;
            }
        }
    }

    /// The time that is left to a sink that did not answer the process before this one either.
    fn reprieve(&self, place: usize) -> Option<Duration> {
        let content = self.shelf.lock();
        let state = &content.sinks[place];
        let is_silent = !state.has_answered && self.registry.was_silent(state.id);
        is_silent.then_some(REPRIEVE)
    }

    /// Delivers until every sink has what is there, or each of the others has taken nothing for
    /// `give_up_after`, or `tell` wants to stop. `tell` is asked every `tick`.
    pub(crate) fn insist(
        self,
        give_up_after: Duration,
        tick: Duration,
        mut tell: impl FnMut(&[SinkState]) -> Wish,
    ) -> Vec<SinkState> {
        self.shelf.enter(Phase::Insisting);
        let mut taken: Vec<_> = self.states().iter().map(SinkState::taken).collect();
        let mut last_taken = vec![(self.now)(); taken.len()];
        loop {
            let is_over = |sinks: &[SinkState]| sinks.iter().all(|state| state.has_ended);
            self.shelf.wait(tick, |content| is_over(&content.sinks));
            let states = self.states();
            let now = (self.now)();
            for (place, state) in states.iter().enumerate() {
                if taken[place] != state.taken() {
                    taken[place] = state.taken();
                    last_taken[place] = now;
                }
            }
            let is_hopeless = states
                .iter()
                .zip(&last_taken)
                .all(|(state, last)| state.has_ended || now.since(*last) >= give_up_after);
            if tell(&states) == Wish::Stop || is_hopeless {
                return states;
            }
        }
    }

    /// Delivers whatever comes, until `tell` wants to stop. `tell` is asked every `tick`.
    pub(crate) fn watch(
        self,
        tick: Duration,
        mut tell: impl FnMut(&[SinkState]) -> Wish,
    ) -> Vec<SinkState> {
        while tell(&self.states()) == Wish::GoOn {
            self.shelf.wait(tick, |_| false);
        }
        self.finish(None)
    }
}

/// What somebody who is told of progress wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    GoOn,
    Stop,
}

impl Drop for Delivery {
    fn drop(&mut self) {
        let phase = self.shelf.lock().phase;
        if phase == Phase::Running {
            self.shelf.enter(Phase::Draining);
        }
    }
}

impl SinkState {
    fn new(id: &'static str, name: &str) -> Self {
        Self {
            id,
            name: name.to_owned(),
            is_done: false,
            has_ended: false,
            problem: None,
            journals: 0,
            delivered: 0,
            rejected: 0,
            replaced: 0,
            has_answered: false,
        }
    }

    /// Grows with whatever the sink takes.
    const fn taken(&self) -> u64 {
        self.journals + self.delivered + self.rejected
    }
}
