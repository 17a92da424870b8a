//! The journals that wait for delivery, shared by the threads of all sinks.

use std::fs::File;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::SinkState;
use crate::event::{RunId, Timestamp};
use crate::journal::{JournalError, Positions, archive, recovery};

/// What all sinks share: the journals, how far each sink is, and whether the end has come.
#[derive(Debug)]
pub(super) struct Shelf {
    pub(super) folder: PathBuf,
    content: Mutex<Content>,
    changed: Condvar,
}

#[derive(Debug)]
pub(super) struct Content {
    journals: Vec<Arc<Shelved>>,
    pub(super) sinks: Vec<SinkState>,
    pub(super) phase: Phase,
    /// What earlier processes left has been looked for.
    pub(super) has_claimed: bool,
}

/// A journal on the shelf.
#[derive(Debug)]
pub(super) struct Shelved {
    pub(super) run: RunId,
    pub(super) path: PathBuf,
    pub(super) source: Source,
    /// Sinks, by place, that lack a part of it.
    lacking: Mutex<Vec<usize>>,
}

/// Who writes the journal.
#[derive(Debug)]
pub(super) enum Source {
    /// A run of this process.
    Live(Arc<Positions>),
    /// Nobody; this process holds the lock, so that no other one works on it.
    Left { _lock: File, length: u64 },
}

/// Whether the program goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Running,
    /// Deliver what is there and end; a sink that is away is not waited for.
    Draining,
    /// The same, and a sink that is away is tried again.
    Insisting,
}

impl Shelf {
    pub(super) fn new(folder: PathBuf, sinks: Vec<SinkState>) -> Self {
        Self {
            folder,
            content: Mutex::new(Content {
                journals: Vec::new(),
                sinks,
                phase: Phase::Running,
                has_claimed: false,
            }),
            changed: Condvar::new(),
        }
    }

    /// Adds the journal of a run of this process.
    pub(super) fn attach(&self, run: RunId, positions: Arc<Positions>) {
        let path = archive::open_path(&self.folder, run);
        self.add(run, path, Source::Live(positions));
    }

    /// Adds every journal that no process works on.
    pub(super) fn claim_left(&self) -> Result<(), JournalError> {
        for (run, path) in archive::list_open(&self.folder)? {
            if self
                .lock()
                .journals
                .iter()
                .any(|shelved| shelved.run == run)
            {
                continue;
            }
            let Some(file) = recovery::lock(&path)? else {
                continue;
            };
            // Its last lines may be in memory only.
            let is_flushed = file.sync_data().is_ok();
            if let (true, Ok(metadata)) = (is_flushed, file.metadata()) {
                let length = metadata.len();
                self.add(
                    run,
                    path,
                    Source::Left {
                        _lock: file,
                        length,
                    },
                );
            }
        }
        Ok(())
    }

    /// The journals that a sink lacks, those of this process first, then the oldest.
    pub(super) fn lacking(&self, sink: usize) -> Vec<Arc<Shelved>> {
        let mut journals: Vec<_> = self
            .lock()
            .journals
            .iter()
            .filter(|shelved| shelved.is_lacked_by(sink))
            .cloned()
            .collect();
        journals.sort_by_key(|shelved| (!shelved.is_live(), shelved.run));
        journals
    }

    /// Notes that a sink has all of a journal; one that every sink has moves to `done/`.
    pub(super) fn settle(&self, shelved: &Shelved, sink: usize, now: Timestamp) {
        if shelved.settle(sink) {
            // A journal that cannot be moved is found again by the next process.
            let _ = archive::retire(&self.folder, shelved.run, now);
            self.remove(shelved.run);
        }
    }

    /// Takes a journal off the shelf that cannot be delivered by this process.
    pub(super) fn remove(&self, run: RunId) {
        self.lock().journals.retain(|other| other.run != run);
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Content> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what is shared and wakes everybody.
    pub(super) fn update(&self, change: impl FnOnce(&mut Content)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }

    /// Sleeps until the time is up or `is_over`.
    pub(super) fn wait(&self, at_most: Duration, mut is_over: impl FnMut(&Content) -> bool) {
        let content = self.lock();
        let _ = self
            .changed
            .wait_timeout_while(content, at_most, |content| !is_over(content));
    }

    fn add(&self, run: RunId, path: PathBuf, source: Source) {
        self.update(|content| {
            let lacking = Mutex::new((0..content.sinks.len()).collect());
            content.journals.push(Arc::new(Shelved {
                run,
                path,
                source,
                lacking,
            }));
        });
    }
}

impl Content {
    /// Number of journals, so that a sleeper notices a new one.
    pub(super) fn len(&self) -> usize {
        self.journals.len()
    }

    /// Whether a run of this process goes on.
    pub(super) fn has_live(&self) -> bool {
        self.journals.iter().any(|shelved| shelved.is_live())
    }
}

impl Shelved {
    pub(super) const fn is_live(&self) -> bool {
        matches!(self.source, Source::Live(_))
    }

    fn is_lacked_by(&self, sink: usize) -> bool {
        self.lacking().contains(&sink)
    }

    /// True where no sink lacks it any more.
    fn settle(&self, sink: usize) -> bool {
        let mut lacking = self.lacking();
        lacking.retain(|&other| other != sink);
        lacking.is_empty()
    }

    fn lacking(&self) -> MutexGuard<'_, Vec<usize>> {
        self.lacking.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Source {
    /// How far the journal may be delivered now, and whether it ends there.
    pub(super) fn extent(&self) -> Extent {
        match self {
            Self::Left { length, .. } => Extent {
                end: *length,
                is_over: true,
                is_lost: false,
            },
            Self::Live(positions) => {
                // Closed is read first: the position of a closed journal moves no more.
                let is_over = positions.is_closed();
                let end = positions.flushed();
                Extent {
                    end,
                    is_over,
                    is_lost: is_over && end < positions.appended(),
                }
            }
        }
    }
}

/// How far a journal may be delivered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    pub(super) end: u64,
    /// Nothing follows.
    pub(super) is_over: bool,
    /// The disk refused a part, so that this process never delivers the rest.
    pub(super) is_lost: bool,
}
