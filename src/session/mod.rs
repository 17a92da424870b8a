//! The loop that joins sources, engine, journal and subscribers.
//!
//! One thread per run owns the engine, the journal and the runners. It waits for runners and
//! commands, hands what came to the engine, journals what the engine publishes, and only then
//! acts. Front ends read the journal through a [`Feed`] and send [`Command`]s through a
//! [`Handle`]; neither can hold the loop up. Secrets are masked on the way to the journal ([`mask`]).
//! This module and `cli` are the only readers of the clock. Begin with [`start`] and `run.rs`.

mod alarm;
mod artifacts;
mod clock;
mod command;
mod feed;
mod interrupts;
mod lock;
pub(crate) mod mask;
mod picture;
mod preflight;
mod recorder;
mod run;
mod safe_state;
mod scope;
mod scratch;

pub(crate) use crate::engine::{HoldOrder, HoldWish};
pub(crate) use alarm::{Alarm, Alarms};
pub(crate) use clock::{Clock, steady_clock, wall_clock};
pub(crate) use command::{Command, Handle};
pub(crate) use feed::{Feed, FeedState};
pub(crate) use lock::{Holder, LockError, StationLock};
pub(crate) use run::{Request, RunEnd, Running, start};
pub(crate) use safe_state::{SafeCall, SafeState, Work};
pub(crate) use scope::{Scope, variables};
pub(crate) use scratch::remove_left_over;
