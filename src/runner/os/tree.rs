//! Ends every process that a runner left behind.
//!
//! A process belongs to a runner if it descends from it, is in its session, or carries its marker
//! in the environment that it was started with. Each of the three alone has a hole (an orphan, a
//! daemon, an emptied environment). The table is read again after each round of SIGKILL, because a
//! process can fork until it is dead.

use std::collections::HashSet;
use std::time::Duration;

use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, getpid, kill_process, waitid};

use super::proc::{self, BootTicks, Entry, Marker};
use crate::runner::clock;

/// Longest that a round of killing and looking goes on.
const LIMIT: Duration = Duration::from_secs(2);
const FIRST_PAUSE: Duration = Duration::from_micros(250);
const LONGEST_PAUSE: Duration = Duration::from_millis(10);

/// Whose processes to end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target<'a> {
    /// The runner itself, which leads its session and is not reaped here. Invariant: not yet reaped
    /// by anybody, so that the number means no other process.
    pub(crate) root: Pid,
    /// `MAESTRO_RUNNER=run/name/generation`.
    pub(crate) marker: &'a str,
    /// When it was started: what is older cannot carry its marker.
    pub(crate) since: BootTicks,
}

/// What a kill did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct KillReport {
    /// Processes that got SIGKILL.
    pub(crate) killed: usize,
    /// Processes that were still there after two seconds (stuck in the kernel).
    pub(crate) left: usize,
}

/// Ends the tree of a runner, the runner included, and reaps what this process adopted from it.
/// Takes a few milliseconds, two seconds at most.
pub(crate) fn end_tree(target: Target<'_>) -> KillReport {
    let root = target.root.as_raw_nonzero().get();
    Hunt::new(Some(root), Marker::Exact(target.marker), target.since).run()
}

/// Ends every process of this machine whose runner marker, `name` and what follows, is of one of
/// `runs`: what crashed supervisors left. Takes a few milliseconds where there is nothing to do,
/// for however many runs.
pub(crate) fn kill_marked(name: &str, runs: &HashSet<String>) -> KillReport {
    Hunt::new(None, Marker::Runs { name, runs }, BootTicks::ZERO).run()
}

/// Ends the children of this process that it adopted after `since`: daemons that left the session,
/// the tree and the environment of the runner that started them.
/// Children that this process started itself are in its own session and are spared.
pub(crate) fn end_adopted(since: BootTicks) -> KillReport {
    if !has_children() {
        return KillReport::default();
    }
    let me = getpid().as_raw_nonzero().get();
    // From the table and not by `getsid`: in a container whose session leader is outside, the
    // session's number is 0, which the typed call takes for impossible.
    let Some(session) = proc::entry(me, &mut Vec::new()).map(|own| own.session) else {
        return KillReport::default();
    };
    let mut report = KillReport::default();
    for stray in proc::table() {
        let is_stray = stray.parent == me && stray.session != session && stray.started >= since;
        if !is_stray {
            continue;
        }
        let found = Hunt::new(Some(stray.pid), Marker::None, since).run();
        reap(stray.pid);
        report.killed += found.killed;
        report.left += found.left;
    }
    report
}

/// Whether this process has children, dead ones not yet reaped included. Asked first, since the
/// table of a machine with many processes takes a millisecond to read.
fn has_children() -> bool {
    let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    !matches!(waitid(WaitId::All, look), Err(Errno::CHILD))
}

struct Hunt<'a> {
    me: i32,
    root: Option<i32>,
    marker: Marker<'a>,
    since: BootTicks,
    /// Every member seen so far, dead ones included: a child that is born in the last moment is
    /// known by its parent.
    known: Vec<i32>,
    text: Vec<u8>,
}

impl<'a> Hunt<'a> {
    fn new(root: Option<i32>, marker: Marker<'a>, since: BootTicks) -> Self {
        Self {
            me: getpid().as_raw_nonzero().get(),
            root,
            marker,
            since,
            known: root.into_iter().collect(),
            text: Vec::new(),
        }
    }

    fn run(&mut self) -> KillReport {
        let deadline = clock::now() + LIMIT;
        let mut pause = FIRST_PAUSE;
        let mut killed: Vec<i32> = Vec::new();
        loop {
            let alive = self.round();
            killed.extend(&alive);
            if alive.is_empty() || clock::now() >= deadline {
                killed.sort_unstable();
                killed.dedup();
                return KillReport {
                    killed: killed.len(),
                    left: alive.len(),
                };
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Looks once: kills the living members, reaps the dead ones that are our children, and
    /// returns the living.
    fn round(&mut self) -> Vec<i32> {
        let table = proc::table();
        self.find_members(&table);
        let mut alive = Vec::new();
        for entry in table.iter().filter(|entry| self.known.contains(&entry.pid)) {
            if !entry.is_zombie {
                if let Some(pid) = Pid::from_raw(entry.pid) {
                    kill_process(pid, Signal::KILL).ok();
                }
                alive.push(entry.pid);
            } else if entry.parent == self.me && Some(entry.pid) != self.root {
                reap(entry.pid);
            }
        }
        alive
    }

    fn find_members(&mut self, table: &[Entry]) {
        for entry in table {
            let is_marked = !self.known.contains(&entry.pid)
                && !entry.is_zombie
                && entry.started >= self.since
                && proc::is_marked(entry.pid, self.marker, &mut self.text);
            if is_marked || Some(entry.session) == self.root {
                self.add(entry.pid);
            }
        }
        // Children of children: until a pass over the table finds nobody new.
        loop {
            let before = self.known.len();
            for entry in table {
                if self.known.contains(&entry.parent) {
                    self.add(entry.pid);
                }
            }
            if self.known.len() == before {
                return;
            }
        }
    }

    fn add(&mut self, pid: i32) {
        // Neither this process nor the first one of the machine is ever a member.
        if pid > 1 && pid != self.me && !self.known.contains(&pid) {
            self.known.push(pid);
        }
    }
}

fn reap(pid: i32) {
    if let Some(pid) = Pid::from_raw(pid) {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG;
        waitid(WaitId::Pid(pid), options).ok();
    }
}
