//! The journals that wait for delivery, shared by the threads of all sinks.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use super::pulse::Pulse;
use super::{Registry, SinkState, Waiting};
use crate::event::{RunId, Timestamp};
use crate::journal::{JournalError, Positions, archive, recovery};

/// What all sinks share: the journals, how far each sink is, and whether the end has come.
#[derive(Debug)]
pub(super) struct Shelf {
    folder: PathBuf,
    registry: Registry,
    waiting: Waiting,
    /// The names of the sinks, by place.
    sinks: Vec<&'static str>,
    content: Mutex<Content>,
    changed: Condvar,
    /// Wakes the keeper, which hears of nothing else.
    bell: Condvar,
    claims: Mutex<BTreeMap<RunId, Weak<Claim>>>,
}

#[derive(Debug)]
pub(super) struct Content {
    live: Vec<Live>,
    /// Runs of this process; what it cannot deliver of them the next process finds.
    own: BTreeSet<RunId>,
    /// Journals that others left, by sink.
    waiting: Vec<BTreeSet<RunId>>,
    pub(super) sinks: Vec<SinkState>,
    /// The sign of life of each sink's thread.
    pub(super) pulses: Vec<Arc<Pulse>>,
    pub(super) phase: Phase,
    /// What earlier processes left has been looked for.
    pub(super) has_looked: bool,
}

/// The journal of a run of this process.
#[derive(Debug)]
struct Live {
    run: RunId,
    positions: Arc<Positions>,
    /// Sinks, by place, that lack a part of it.
    lacking: BTreeSet<usize>,
}

/// A journal that a sink is to be given.
#[derive(Debug, Clone)]
pub(super) struct Task {
    pub(super) run: RunId,
    pub(super) path: PathBuf,
    pub(super) source: Source,
}

/// Who writes the journal.
#[derive(Debug, Clone)]
pub(super) enum Source {
    /// A run of this process.
    Live(Arc<Positions>),
    /// Nobody, and while it is claimed no other process works on it.
    Left(Arc<Claim>),
}

/// The lock on a journal that nobody writes; shared by the sinks of this process.
#[derive(Debug)]
pub(super) struct Claim {
    _lock: File,
    length: u64,
    is_open: bool,
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
    pub(super) fn new(folder: PathBuf, waiting: Waiting, states: Vec<SinkState>) -> Self {
        let sinks: Vec<_> = states.iter().map(|state| state.id).collect();
        Self {
            registry: Registry::of(&folder),
            folder,
            waiting,
            content: Mutex::new(Content {
                live: Vec::new(),
                own: BTreeSet::new(),
                waiting: vec![BTreeSet::new(); sinks.len()],
                pulses: states.iter().map(|_| Arc::default()).collect(),
                sinks: states,
                phase: Phase::Running,
                has_looked: false,
            }),
            sinks,
            changed: Condvar::new(),
            bell: Condvar::new(),
            claims: Mutex::default(),
        }
    }

    /// Adds the journal of a run of this process.
    pub(super) fn attach(&self, run: RunId, positions: Arc<Positions>) {
        let lacking = (0..self.sinks.len()).collect();
        self.update(|content| {
            content.own.insert(run);
            content.live.push(Live {
                run,
                positions,
                lacking,
            });
        });
    }

    /// Looks for journals that wait for a sink. Whether another process works on one shows when it
    /// is claimed.
    pub(super) fn look(&self, now: Timestamp) -> Result<(), JournalError> {
        let waiting = if self.lock().has_looked {
            Waiting::Undelivered
        } else {
            self.waiting
        };
        let mut runs: Vec<_> = archive::list_open(&self.folder)?;
        let held: Vec<_> = match waiting {
            Waiting::Undelivered => self.sinks.iter().map(|id| self.registry.held(id)).collect(),
            // Whatever the notes say: the sink is asked.
            Waiting::Everything => vec![BTreeSet::new(); self.sinks.len()],
        };
        if held.iter().any(|held| !held.is_empty()) {
            // The last sink that lacked it may have been forgotten.
            runs.retain(|(run, _)| {
                let is_over = held.iter().all(|held| held.contains(run))
                    && self.registry.is_with_all(*run, None);
                if is_over {
                    self.retire(*run, now);
                }
                !is_over
            });
        }
        if waiting == Waiting::Everything {
            runs.extend(archive::list_done(&self.folder)?);
        }
        self.update(|content| {
            for (run, _) in &runs {
                if content.own.contains(run) {
                    continue;
                }
                for (queue, held) in content.waiting.iter_mut().zip(&held) {
                    if !held.contains(run) {
                        queue.insert(*run);
                    }
                }
            }
        });
        Ok(())
    }

    /// The journals of this process that a sink lacks.
    pub(super) fn live(&self, sink: usize) -> Vec<Task> {
        let content = self.lock();
        let lacking = content
            .live
            .iter()
            .filter(|live| live.lacking.contains(&sink));
        lacking
            .map(|live| Task {
                run: live.run,
                path: archive::open_path(&self.folder, live.run),
                source: Source::Live(Arc::clone(&live.positions)),
            })
            .collect()
    }

    /// The oldest journal that others left and a sink lacks; it leaves the queue.
    ///
    /// One that another process works on is passed over: that process delivers it, or the next
    /// look finds it again.
    pub(super) fn next_left(&self, sink: usize) -> Option<Task> {
        loop {
            let (run, is_own) = {
                let mut content = self.lock();
                let run = content.waiting[sink].pop_first()?;
                // A look may have found it before it was attached.
                (run, content.own.contains(&run))
            };
            if is_own {
                continue;
            }
            if self.waiting == Waiting::Undelivered && self.registry.has(self.sinks[sink], run) {
                // A look found it while it was being delivered.
                continue;
            }
            let open = archive::open_path(&self.folder, run);
            let (path, is_open) = if open.exists() || self.waiting == Waiting::Undelivered {
                (open, true)
            } else {
                (archive::done_path(&self.folder, run), false)
            };
            if let Some(claim) = self.claim(run, &path, is_open) {
                return Some(Task {
                    run,
                    path,
                    source: Source::Left(claim),
                });
            }
        }
    }

    /// Puts a journal back that its sink could not take.
    pub(super) fn put_back(&self, task: &Task, sink: usize) {
        if matches!(task.source, Source::Left(_)) {
            self.lock().waiting[sink].insert(task.run);
        }
    }

    /// Notes that a sink has all of a journal; one that every sink has moves to `done/`.
    pub(super) fn settle(&self, task: &Task, sink: usize, now: Timestamp) {
        let is_open = match &task.source {
            Source::Live(_) => true,
            Source::Left(claim) => claim.is_open,
        };
        if is_open && self.registry.note(self.sinks[sink], task.run) {
            self.retire(task.run, now);
        }
        self.drop_live(task, sink);
    }

    /// Gives up a journal that cannot be delivered to a sink by this process.
    pub(super) fn drop_live(&self, task: &Task, sink: usize) {
        if matches!(task.source, Source::Live(_)) {
            let live = &mut self.lock().live;
            for one in live.iter_mut().filter(|one| one.run == task.run) {
                one.lacking.remove(&sink);
            }
            live.retain(|one| !one.lacking.is_empty());
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Content> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what is shared and wakes everybody.
    pub(super) fn update(&self, change: impl FnOnce(&mut Content)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }

    /// Begins another phase.
    pub(super) fn enter(&self, phase: Phase) {
        self.update(|content| content.phase = phase);
        self.bell.notify_all();
    }

    /// Notes that a thread has ended as it should.
    pub(super) fn end(&self, sink: usize, is_done: bool) {
        self.update(|content| {
            content.sinks[sink].is_done = is_done;
            content.sinks[sink].has_ended = true;
        });
        self.bell.notify_all();
    }

    /// The keeper's sleep.
    pub(super) fn rest(&self, at_most: Duration) {
        let content = self.lock();
        // A phase that begins between the keeper's look and its sleep waits for the next round;
        // then nobody waits for the keeper.
        let _ = self.bell.wait_timeout(content, at_most);
    }

    /// Sleeps until the time is up or `is_over`; true for the latter.
    pub(super) fn wait(
        &self,
        at_most: Duration,
        mut is_over: impl FnMut(&Content) -> bool,
    ) -> bool {
        let content = self.lock();
        let (_content, timeout) = self
            .changed
            .wait_timeout_while(content, at_most, |content| !is_over(content))
            .unwrap_or_else(PoisonError::into_inner);
        !timeout.timed_out()
    }

    /// Locks a journal that nobody writes, or shares the lock that another sink holds.
    fn claim(&self, run: RunId, path: &std::path::Path, is_open: bool) -> Option<Arc<Claim>> {
        let mut claims = self.claims.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(claim) = claims.get(&run).and_then(Weak::upgrade) {
            return Some(claim);
        }
        claims.retain(|_, claim| claim.strong_count() > 0);
        let file = recovery::lock(path).ok().flatten()?;
        // Its last lines may be in memory only.
        file.sync_data().ok()?;
        let claim = Arc::new(Claim {
            length: file.metadata().ok()?.len(),
            _lock: file,
            is_open,
        });
        claims.insert(run, Arc::downgrade(&claim));
        Some(claim)
    }

    /// A journal that cannot be moved is found again by the next process.
    fn retire(&self, run: RunId, now: Timestamp) {
        if archive::retire(&self.folder, run, now).is_ok() {
            self.registry.clear(run);
        }
    }
}

impl Content {
    /// Whether a run of this process lacks delivery to a sink.
    pub(super) fn has_live(&self, sink: usize) -> bool {
        self.live.iter().any(|live| live.lacking.contains(&sink))
    }

    /// Whether a journal that others left waits for a sink.
    pub(super) fn has_left(&self, sink: usize) -> bool {
        !self.waiting[sink].is_empty()
    }
}

impl Source {
    /// How far the journal may be delivered now, and whether it ends there.
    pub(super) fn extent(&self) -> Extent {
        match self {
            Self::Left(claim) => Extent {
                end: claim.length,
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
