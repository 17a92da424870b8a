//! The thread that carries what was appended to the disk.

use std::fs::File;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::{FailPoint, FailPoints, JournalError, Positions};

/// Between two flushes while a run goes on: what a power cut may take at most, and how often a slow
/// disk is asked.
const PAUSE: Duration = Duration::from_millis(50);

/// Flushes a journal: on its own at most every 50 ms, and at once when asked.
#[derive(Debug)]
pub(super) struct Flusher {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Flusher {
    /// Starts the thread.
    pub(super) fn start(
        file: Arc<File>,
        path: PathBuf,
        positions: Arc<Positions>,
        fail_points: Option<Arc<FailPoints>>,
    ) -> Result<Self, JournalError> {
        let shared = Arc::new(Shared {
            file,
            path,
            positions,
            fail_points,
            flushing: Mutex::new(()),
            is_asleep: AtomicBool::new(false),
            orders: Mutex::new(Orders::Flush),
            ordered: Condvar::new(),
        });
        let worker = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("journal-flush".to_owned())
            .spawn(move || worker.work())
            .map_err(|source| JournalError::io("start the flusher of", &shared.path, source))?;
        Ok(Self {
            shared,
            thread: Some(thread),
        })
    }

    /// Says that bytes were appended. One load, and a wake-up once per pause at most.
    pub(super) fn notice(&self) {
        if self.shared.is_asleep.load(Ordering::SeqCst)
            && self.shared.is_asleep.swap(false, Ordering::SeqCst)
        {
            self.shared.wake();
        }
    }

    /// Flushes in the calling thread what has been appended so far.
    pub(super) fn flush_now(&self) -> Result<(), JournalError> {
        self.shared.flush()
    }
}

impl Drop for Flusher {
    fn drop(&mut self) {
        *self
            .shared
            .orders
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Orders::Stop;
        self.shared.wake();
        if let Some(thread) = self.thread.take() {
            // A panic of the flusher has nothing left to spoil.
            let _ = thread.join();
        }
    }
}

#[derive(Debug)]
struct Shared {
    file: Arc<File>,
    path: PathBuf,
    positions: Arc<Positions>,
    fail_points: Option<Arc<FailPoints>>,
    /// Held around a flush: the kernel reports a lost write once per open file, so two flushes
    /// side by side could share one failure and one false success.
    flushing: Mutex<()>,
    is_asleep: AtomicBool,
    orders: Mutex<Orders>,
    ordered: Condvar,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Orders {
    Flush,
    Stop,
}

impl Shared {
    fn work(&self) {
        while self.wait_for_work() {
            if self.flush().is_err() {
                return;
            }
            let orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
            let _ = self
                .ordered
                .wait_timeout_while(orders, PAUSE, |orders| *orders == Orders::Flush);
        }
    }

    /// Sleeps until something is appended; false where the thread shall end.
    fn wait_for_work(&self) -> bool {
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if *orders == Orders::Stop {
                return false;
            }
            // Invariant: the flag is set before the test and under the lock that `wake` takes, so
            // an append after the test finds the flag and wakes this thread.
            self.is_asleep.store(true, Ordering::SeqCst);
            if self.positions.appended() > self.positions.flushed() {
                self.is_asleep.store(false, Ordering::SeqCst);
                return true;
            }
            orders = self
                .ordered
                .wait(orders)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn wake(&self) {
        drop(self.orders.lock());
        self.ordered.notify_all();
    }

    fn flush(&self) -> Result<(), JournalError> {
        let _flushing = self.flushing.lock().unwrap_or_else(PoisonError::into_inner);
        let end = self.positions.appended();
        if self.positions.is_lost() {
            return Err(self.lost());
        }
        if end <= self.positions.flushed() {
            return Ok(());
        }
        let is_broken = FailPoints::fails(self.fail_points.as_ref(), FailPoint::Broken);
        if is_broken || rustix::fs::fdatasync(&*self.file).is_err() || self.is_removed() {
            self.positions.set_lost();
            return Err(self.lost());
        }
        self.positions.set_flushed(end);
        FailPoints::pass(self.fail_points.as_ref(), FailPoint::Flush);
        Ok(())
    }

    /// Whether the file has lost its name: the disk keeps it no longer than this process lives.
    fn is_removed(&self) -> bool {
        rustix::fs::fstat(&*self.file).is_ok_and(|stat| stat.st_nlink == 0)
    }

    fn lost(&self) -> JournalError {
        let path = self.path.clone();
        if self.is_removed() {
            JournalError::Removed { path }
        } else {
            JournalError::NotFlushed { path }
        }
    }
}
