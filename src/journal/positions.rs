//! How far a journal got, for its readers.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// The two ends of a journal that is being written: what survives `kill -9`, and what survives a
/// power cut. Offsets in bytes; both only grow.
///
/// Readers wait with a deadline. The appender pays one load for them, and a wake-up only while
/// somebody waits in [`Positions::wait_appended`]; readers with a tick of their own use
/// [`Positions::pause`] or [`Positions::wait_flushed`], which appends never wake.
#[derive(Debug, Default)]
pub(crate) struct Positions {
    appended: AtomicU64,
    flushed: AtomicU64,
    is_closed: AtomicBool,
    is_lost: AtomicBool,
    waiting: AtomicU64,
    gate: Mutex<()>,
    changed: Condvar,
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

    /// Waits until more than `seen` is appended, the journal is closed, or the time is up; gives
    /// the position then.
    pub(crate) fn wait_appended(&self, seen: u64, at_most: Duration) -> u64 {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        self.wait(at_most, || self.appended() > seen || self.is_closed());
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        self.appended()
    }

    /// Waits until more than `seen` is flushed, the journal is closed, or the time is up; gives
    /// the position then.
    pub(crate) fn wait_flushed(&self, seen: u64, at_most: Duration) -> u64 {
        self.wait(at_most, || {
            self.flushed() > seen || self.is_closed() || self.is_lost()
        });
        self.flushed()
    }

    /// Waits for the end of the journal or of the time: the tick of a reader.
    pub(crate) fn pause(&self, at_most: Duration) {
        self.wait(at_most, || self.is_closed());
    }

    pub(super) fn set_appended(&self, end: u64) {
        self.appended.store(end, Ordering::SeqCst);
        if self.waiting.load(Ordering::SeqCst) > 0 {
            self.wake();
        }
    }

    pub(super) fn set_flushed(&self, end: u64) {
        self.flushed.fetch_max(end, Ordering::SeqCst);
        self.wake();
    }

    pub(super) fn set_lost(&self) {
        self.is_lost.store(true, Ordering::SeqCst);
        self.wake();
    }

    pub(super) fn close(&self) {
        self.is_closed.store(true, Ordering::SeqCst);
        self.wake();
    }

    fn wait(&self, at_most: Duration, is_over: impl Fn() -> bool) {
        if is_over() {
            return;
        }
        let gate = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
        // A timeout and a poisoned gate both mean: stop waiting.
        let _ = self
            .changed
            .wait_timeout_while(gate, at_most, |()| !is_over());
    }

    /// Takes the gate first, so that a reader between its test and its sleep is not missed.
    fn wake(&self) {
        drop(self.gate.lock());
        self.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::thread;

    use super::*;

    #[test]
    fn waiting_reader_is_woken_by_append_flush_and_close() {
        let positions = Arc::new(Positions::default());
        let writer = Arc::clone(&positions);
        let far = Duration::from_mins(1);
        let thread = thread::spawn(move || {
            writer.set_appended(10);
            writer.set_flushed(10);
            writer.close();
        });
        assert!(positions.wait_appended(0, far) >= 10);
        assert!(positions.wait_flushed(0, far) >= 10);
        positions.pause(far);
        assert!(positions.is_closed());
        thread.join().unwrap();
    }

    #[test]
    fn wait_ends_at_its_deadline() {
        let positions = Positions::default();
        assert_eq!(positions.wait_appended(0, Duration::from_millis(1)), 0);
        assert_eq!(positions.wait_flushed(0, Duration::from_millis(1)), 0);
    }
}
