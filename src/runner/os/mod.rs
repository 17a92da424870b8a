//! What the supervisor asks of the operating system.
//!
//! Every `unsafe` block of the program is in this folder. Linux only so far: another platform gets
//! files beside these with the same names.

mod detach;
mod exit;
mod memory;
mod proc;
mod tree;
mod waker;

pub(super) use detach::{become_subreaper, detach};
pub(super) use exit::ExitWatch;
pub(crate) use memory::give_back_memory;
pub(super) use proc::BootTicks;
pub(crate) use tree::KillReport;
pub(super) use tree::{Target, end_adopted, end_tree, kill_marked};
pub(super) use waker::WakeSource;
pub(crate) use waker::Waker;

/// Living processes whose marker, `name` and what follows, is of this run.
#[cfg(test)]
pub(super) fn marked(name: &str, run: &str) -> Vec<i32> {
    let runs = std::collections::HashSet::from([run.to_owned()]);
    let marker = proc::Marker::Runs { name, runs: &runs };
    let mut text = Vec::new();
    let living = proc::table().into_iter().filter(|entry| !entry.is_zombie);
    living
        .map(|entry| entry.pid)
        .filter(|pid| proc::is_marked(*pid, marker, &mut text))
        .collect()
}

/// Whether a process has ended.
#[cfg(test)]
pub(super) fn is_gone(pid: i32) -> bool {
    proc::entry(pid, &mut Vec::new()).is_none_or(|entry| entry.is_zombie)
}

/// How many living children of this process are in another session.
#[cfg(test)]
pub(super) fn adopted() -> usize {
    let me = std::process::id() as i32;
    let table = proc::table();
    let session = table
        .iter()
        .find(|entry| entry.pid == me)
        .map(|entry| entry.session);
    let children = table
        .iter()
        .filter(|entry| entry.parent == me && !entry.is_zombie);
    children
        .filter(|entry| Some(entry.session) != session)
        .count()
}
