//! What `/proc` says about the processes of this machine.

use std::collections::HashSet;
use std::fs;
use std::io::Read as _;

use rustix::param::clock_ticks_per_second;
use rustix::process::Pid;
use rustix::time::{ClockId, clock_gettime};

/// One line of the process table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) pid: i32,
    pub(crate) parent: i32,
    pub(crate) session: i32,
    /// Dead, waiting to be reaped by its parent.
    pub(crate) is_zombie: bool,
    pub(crate) started: BootTicks,
}

/// A moment in the unit in which the process table tells it: ticks since the machine booted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct BootTicks(u64);

impl BootTicks {
    pub(crate) const ZERO: Self = Self(0);

    /// The present moment, rounded down far enough to be at or before what starts from now on.
    pub(crate) fn now() -> Self {
        let now = clock_gettime(ClockId::Boottime);
        let rate = clock_ticks_per_second();
        let nanos = now.tv_nsec.unsigned_abs();
        let ticks = now.tv_sec.unsigned_abs() * rate + nanos * rate / 1_000_000_000;
        Self(ticks.saturating_sub(1))
    }
}

/// All processes of this machine. One that starts or ends meanwhile may be missing.
pub(crate) fn table() -> Vec<Entry> {
    let Ok(folder) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let mut text = Vec::with_capacity(512);
    folder
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(|pid| entry(pid, &mut text))
        .collect()
}

/// Whether the environment that the process was started with holds the marker. What we may not read
/// (somebody else's process) is not marked.
pub(crate) fn is_marked(pid: i32, marker: Marker<'_>, text: &mut Vec<u8>) -> bool {
    if matches!(marker, Marker::None) || !read(pid, "environ", text) {
        return false;
    }
    text.split(|byte| *byte == 0).any(|variable| match marker {
        Marker::Exact(whole) => variable == whole.as_bytes(),
        Marker::None => false,
        Marker::Runs { name, runs } => variable
            .strip_prefix(name.as_bytes())
            .and_then(|value| value.split(|byte| *byte == b'/').next())
            .and_then(|run| std::str::from_utf8(run).ok())
            .is_some_and(|run| runs.contains(run)),
    })
}

/// What to look for in an environment.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Marker<'a> {
    None,
    /// `NAME=value`.
    Exact(&'a str),
    /// `name`, which ends with `=`, and then, up to a slash, one of `runs`.
    Runs {
        name: &'a str,
        runs: &'a HashSet<String>,
    },
}

pub(crate) fn entry(pid: i32, text: &mut Vec<u8>) -> Option<Entry> {
    Pid::from_raw(pid)?;
    if !read(pid, "stat", text) {
        return None;
    }
    parse(pid, text)
}

/// Reads `pid (name) state ppid pgrp session …`; the name may hold spaces and brackets.
fn parse(pid: i32, stat: &[u8]) -> Option<Entry> {
    let end = stat.iter().rposition(|byte| *byte == b')')?;
    let rest = std::str::from_utf8(stat.get(end + 2..)?).ok()?;
    let fields: Vec<&str> = rest.split_ascii_whitespace().take(20).collect();
    let number = |index: usize| fields.get(index)?.parse::<i32>().ok();
    let state = *fields.first()?;
    // A process whose first thread has ended while others go on is shown as a zombie too.
    let threads = number(17).unwrap_or(1);
    Some(Entry {
        pid,
        parent: number(1)?,
        session: number(3)?,
        started: BootTicks(fields.get(19)?.parse().ok()?),
        is_zombie: matches!(state, "Z" | "X" | "x") && threads <= 1,
    })
}

/// Reads a file of a process, at most 2 MiB (the kernel's limit for an environment and more).
fn read(pid: i32, name: &str, text: &mut Vec<u8>) -> bool {
    text.clear();
    let Ok(file) = fs::File::open(format!("/proc/{pid}/{name}")) else {
        return false;
    };
    file.take(2 << 20).read_to_end(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_with_brackets_and_spaces_is_read_over() {
        let mut stat = b"12 (a) Z (b c) S 3 12 7 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 4 0 99".to_vec();
        let entry = parse(12, &stat).unwrap();
        assert_eq!(
            (entry.parent, entry.session, entry.is_zombie),
            (3, 7, false)
        );
        stat.truncate(20);
        assert_eq!(parse(12, &stat), None);
    }

    #[test]
    fn zombie_with_living_threads_counts_as_alive() {
        let dead = b"12 (a) Z 3 12 7 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 99";
        let leader = b"12 (a) Z 3 12 7 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 3 0 99";
        assert!(parse(12, dead).unwrap().is_zombie);
        assert!(!parse(12, leader).unwrap().is_zombie);
    }

    #[test]
    fn table_holds_this_process() {
        let me = rustix::process::getpid().as_raw_nonzero().get();
        assert!(
            table()
                .iter()
                .any(|entry| entry.pid == me && !entry.is_zombie)
        );
    }
}
