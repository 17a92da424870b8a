//! What the supervisor asks of the operating system.
//!
//! Every `unsafe` block of the program is in this folder. Linux only so far: another platform gets
//! files beside these with the same names.

mod detach;
mod exit;
mod proc;
mod tree;
mod waker;

pub(super) use detach::{become_subreaper, detach};
pub(super) use exit::ExitWatch;
pub(super) use proc::BootTicks;
pub(crate) use tree::KillReport;
pub(super) use tree::{Target, end_adopted, end_tree, kill_marked};
pub(super) use waker::WakeSource;
pub(crate) use waker::Waker;
