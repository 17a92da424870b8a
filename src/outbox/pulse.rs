//! The sign of life of a sink's thread.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use crate::event::Timestamp;

/// What the keeper knows of one thread, and what the thread hears from the keeper.
///
/// Each thread has its own, so that one that comes back late from a call touches nothing of the
/// thread that took its place.
#[derive(Debug, Default)]
pub(super) struct Pulse {
    /// When the call began in which the thread is, in microseconds; 0 while it is in none.
    busy_since: AtomicI64,
    is_given_up: AtomicBool,
    has_ended: AtomicBool,
}

impl Pulse {
    /// A call into the sink begins.
    pub(super) fn begin(&self, now: Timestamp) {
        self.busy_since.store(now.0.max(1), Ordering::SeqCst);
    }

    /// The call is over.
    pub(super) fn end(&self) {
        self.busy_since.store(0, Ordering::SeqCst);
    }

    /// How long the thread has been in one call.
    pub(super) fn busy_for(&self, now: Timestamp) -> Duration {
        match self.busy_since.load(Ordering::SeqCst) {
            0 => Duration::ZERO,
            since => now.since(Timestamp(since)),
        }
    }

    /// Another thread takes over; this one has nothing to say any more.
    pub(super) fn give_up(&self) {
        self.is_given_up.store(true, Ordering::SeqCst);
    }

    pub(super) fn is_given_up(&self) -> bool {
        self.is_given_up.load(Ordering::SeqCst)
    }

    pub(super) fn has_ended(&self) -> bool {
        self.has_ended.load(Ordering::SeqCst)
    }

    pub(super) fn set_ended(&self) {
        self.has_ended.store(true, Ordering::SeqCst);
    }
}
