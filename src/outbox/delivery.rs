//! The threads that carry events to the sinks.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::Outlet;
use super::shelf::{Phase, Shelf};
use super::worker::Worker;
use crate::event::{RunId, Timestamp};
use crate::journal::{JournalError, Positions};

/// Delivers journals to every sink, beside the runs of this process.
///
/// Dropping it lets the threads end by themselves; [`Delivery::finish`] waits for them.
#[derive(Debug)]
pub(crate) struct Delivery {
    shelf: Arc<Shelf>,
    now: fn() -> Timestamp,
    patience: Vec<Duration>,
}

/// What delivery needs from outside.
#[derive(Debug, Clone)]
pub(crate) struct DeliveryOptions {
    /// `$MAESTRO_HOME/journal`.
    pub(crate) folder: PathBuf,
    /// The clock; it must not go backwards.
    pub(crate) now: fn() -> Timestamp,
    /// Chance for the pauses between attempts.
    pub(crate) seed: u64,
    /// How long delivered journals are kept.
    pub(crate) retention: Duration,
}

/// How a sink is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SinkState {
    pub(crate) name: String,
    /// It has all that there was, and its thread has ended.
    pub(crate) is_done: bool,
    /// Why the last attempt failed; `None` while it works.
    pub(crate) problem: Option<String>,
    /// Events that it took from this process.
    pub(crate) delivered: u64,
    /// Events that it refused for their content and noted.
    pub(crate) rejected: u64,
}

impl Delivery {
    /// Starts one thread per sink. They first look for journals that earlier processes left, so
    /// recovery should be done.
    pub(crate) fn start(
        options: &DeliveryOptions,
        outlets: &[Outlet],
    ) -> Result<Self, JournalError> {
        let sinks: Vec<_> = outlets.iter().map(Outlet::sink).collect();
        let states = sinks
            .iter()
            .map(|sink| SinkState::new(sink.name()))
            .collect();
        let shelf = Arc::new(Shelf::new(options.folder.clone(), states));
        let patience = sinks.iter().map(|sink| sink.patience()).collect();
        for (place, sink) in sinks.into_iter().enumerate() {
            let name = format!("deliver-{place}");
            let worker = Worker::new(place, sink, Arc::clone(&shelf), options.clone());
            thread::Builder::new()
                .name(name)
                .spawn(move || worker.work())
                .map_err(|source| JournalError::Io {
                    action: "start the delivery of",
                    path: options.folder.clone(),
                    source,
                })?;
        }
        Ok(Self {
            shelf,
            now: options.now,
            patience,
        })
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
    /// whichever is longer, and without `sync` not at all for one that is away. A thread that is
    /// still busy then is given up; the rest is delivered by the next process.
    pub(crate) fn finish(self, sync: Option<Duration>) -> Vec<SinkState> {
        let phase = if sync.is_some() {
            Phase::Insisting
        } else {
            Phase::Draining
        };
        self.shelf.update(|content| content.phase = phase);
        let start = (self.now)();
        for (place, patience) in self.patience.iter().enumerate() {
            let at_most = (*patience).max(sync.unwrap_or_default());
            let left = at_most.saturating_sub((self.now)().since(start));
            self.shelf.wait(left, |content| {
                let state = &content.sinks[place];
                state.is_done || (phase == Phase::Draining && state.problem.is_some())
            });
        }
        self.states()
    }
}

impl Drop for Delivery {
    fn drop(&mut self) {
        self.shelf.update(|content| {
            if content.phase == Phase::Running {
                content.phase = Phase::Draining;
            }
        });
    }
}

impl SinkState {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            is_done: false,
            problem: None,
            delivered: 0,
            rejected: 0,
        }
    }
}
