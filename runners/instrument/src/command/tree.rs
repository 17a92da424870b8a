//! What a program started and left behind.
//!
//! Every process that a program starts is in its process group, descends from it, or was adopted by
//! this process when its parent ended. What an earlier step left on purpose (a server that later
//! steps talk to) is spared; the engine ends it with the run.

use std::fs;
use std::io::Read as _;
use std::thread;
use std::time::Duration;

use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, getpid, kill_process, kill_process_group,
    set_child_subreaper, waitid,
};

use crate::clock;

/// Longest that a round of killing and looking goes on.
const LIMIT: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(2);

/// The processes that programs left behind.
#[derive(Debug, Default)]
pub(super) struct Orphans {
    adopts: bool,
    /// Children of this process that earlier steps left.
    earlier: Vec<i32>,
}

/// One line of the process table.
#[derive(Debug, Clone, Copy)]
struct Entry {
    pid: i32,
    parent: i32,
    group: i32,
    is_zombie: bool,
}

impl Orphans {
    /// Makes this process the parent of what its programs leave behind.
    pub(super) fn adopt(&mut self) {
        self.adopts = set_child_subreaper(Some(getpid())).is_ok();
    }

    /// Kills a program and whatever it started, until nothing of it is left. The program itself is
    /// not reaped.
    pub(super) fn end(&self, root: Pid) {
        let until = clock::now() + LIMIT;
        let mut known = vec![root.as_raw_nonzero().get()];
        loop {
            let table = table();
            self.find_members(&table, &mut known);
            let mut is_gone = true;
            for entry in table.iter().filter(|entry| !entry.is_zombie) {
                if let Some(pid) = Pid::from_raw(entry.pid)
                    && known.contains(&entry.pid)
                {
                    kill_process(pid, Signal::KILL).ok();
                    is_gone = false;
                }
            }
            if is_gone || clock::now() >= until {
                return;
            }
            thread::sleep(PAUSE);
        }
    }

    /// Adds to `known` what belongs to the program, until a pass over the table finds nobody new.
    fn find_members(&self, table: &[Entry], known: &mut Vec<i32>) {
        let me = getpid().as_raw_nonzero().get();
        let root = known[0];
        loop {
            let before = known.len();
            for entry in table {
                let is_adopted =
                    self.adopts && entry.parent == me && !self.earlier.contains(&entry.pid);
                let belongs = is_adopted || entry.group == root || known.contains(&entry.parent);
                if belongs && entry.pid != me && !known.contains(&entry.pid) {
                    known.push(entry.pid);
                }
            }
            if known.len() == before {
                return;
            }
        }
    }

    /// Reaps what has ended and notes what a step left running.
    pub(super) fn look(&mut self) {
        if !self.adopts {
            return;
        }
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG;
        loop {
            match waitid(WaitId::All, options) {
                Ok(Some(_)) => {}
                Ok(None) => break,
                // No child at all: the usual case.
                Err(_) => {
                    self.earlier.clear();
                    return;
                }
            }
        }
        let me = getpid().as_raw_nonzero().get();
        let children = table().into_iter().filter(|entry| entry.parent == me);
        self.earlier = children.map(|entry| entry.pid).collect();
    }
}

/// Asks a program and those of its children that stayed in its group to end.
pub(super) fn terminate(root: Pid) {
    kill_process_group(root, Signal::TERM).ok();
}

/// All processes of this machine. One that starts or ends meanwhile may be missing.
fn table() -> Vec<Entry> {
    let Ok(folder) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    folder
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(entry)
        .collect()
}

/// Reads `pid (name) state ppid pgrp …`; the name may hold spaces and brackets.
fn entry(pid: i32) -> Option<Entry> {
    let mut stat = Vec::with_capacity(512);
    let file = fs::File::open(format!("/proc/{pid}/stat")).ok()?;
    file.take(4096).read_to_end(&mut stat).ok()?;
    let end = stat.iter().rposition(|byte| *byte == b')')?;
    let rest = std::str::from_utf8(stat.get(end + 2..)?).ok()?;
    let mut fields = rest.split_ascii_whitespace();
    let state = fields.next()?;
    Some(Entry {
        pid,
        parent: fields.next()?.parse().ok()?,
        group: fields.next()?.parse().ok()?,
        is_zombie: matches!(state, "Z" | "X" | "x"),
    })
}
