//! How far a journal got, for its readers.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// The two ends of a journal that is being written: what survives `kill -9`, and what survives a
/// power cut. Offsets in bytes; both only grow.
///
/// Readers have a tick of their own, [`Positions::pause`], which only the end of the journal cuts
/// short: the appender pays one store for them and never a wake-up.
#[derive(Debug, Default)]
pub(crate) struct Positions {
    appended: AtomicU64,
    flushed: AtomicU64,
    is_closed: AtomicBool,
    is_lost: AtomicBool,
    gate: Mutex<()>,
    closed: Condvar,
}

impl Positions {
    /// End of the last whole line.
    pub(crate) fn appended(&self) -> u64 {
        self.appended.load(Ordering::SeqCst)
    }

    /// End of what is on the disk; durable sinks read to here.
    pub(crate) fn flushed(&self) -> u64 {
        self.flushed.load(Ordering::SeqCst)
    }

    /// Whether the writer is gone, so that nothing follows.
    pub(crate) fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::SeqCst)
    }

    /// Whether the disk refused a flush; final for the run.
    pub(crate) fn is_lost(&self) -> bool {
        self.is_lost.load(Ordering::SeqCst)
    }

    /// Waits for the end of the journal or of the time: the tick of a reader.
    pub(crate) fn pause(&self, at_most: Duration) {
        if self.is_closed() {
            return;
        }
        let gate = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
        // A timeout and a poisoned gate both mean: stop waiting.
        let _ = self
            .closed
            .wait_timeout_while(gate, at_most, |()| !self.is_closed());
    }

    pub(super) fn set_appended(&self, end: u64) {
        self.appended.store(end, Ordering::SeqCst);
    }

    pub(super) fn set_flushed(&self, end: u64) {
        self.flushed.fetch_max(end, Ordering::SeqCst);
    }

    pub(super) fn set_lost(&self) {
        self.is_lost.store(true, Ordering::SeqCst);
    }

    pub(super) fn close(&self) {
        self.is_closed.store(true, Ordering::SeqCst);
        // Takes the gate first, so that a reader between its test and its sleep is not missed.
        drop(self.gate.lock());
        self.closed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::thread;

    use super::*;

    #[test]
    fn pause_ends_with_the_journal() {
        let positions = Arc::new(Positions::default());
        let writer = Arc::clone(&positions);
        let thread = thread::spawn(move || {
            writer.set_appended(10);
            writer.set_flushed(10);
            writer.close();
        });
        positions.pause(Duration::from_mins(1));
        assert!(positions.is_closed());
        assert_eq!((positions.appended(), positions.flushed()), (10, 10));
        thread.join().unwrap();
    }

    #[test]
    fn pause_ends_at_its_deadline() {
        let positions = Positions::default();
        positions.pause(Duration::from_millis(1));
        assert!(!positions.is_closed());
    }
}
