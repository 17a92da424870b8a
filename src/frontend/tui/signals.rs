//! The signals that mean something to a screen. They are noted here and acted on by its loop, which
//! they wake.

use std::io::{self, Read as _};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::SigId;
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::flag;
use signal_hook::low_level::{pipe, unregister};

/// Notes signals until it is dropped.
#[derive(Debug)]
pub(super) struct Signals {
    leave: Arc<AtomicBool>,
    suspend: Arc<AtomicBool>,
    resumed: Arc<AtomicBool>,
    resized: Arc<AtomicBool>,
    /// Has something to read once a signal came.
    bell: UnixStream,
    ids: Vec<SigId>,
}

impl Signals {
    /// Begins to note them; from now on none of them ends or stops this process.
    pub(super) fn catch() -> io::Result<Self> {
        let (bell, rope) = UnixStream::pair()?;
        bell.set_nonblocking(true)?;
        let mut signals = Self {
            leave: Arc::default(),
            suspend: Arc::default(),
            resumed: Arc::default(),
            resized: Arc::default(),
            bell,
            ids: Vec::new(),
        };
        let noted = [
            (SIGHUP, &signals.leave),
            (SIGINT, &signals.leave),
            (SIGTERM, &signals.leave),
            (SIGTSTP, &signals.suspend),
            (SIGCONT, &signals.resumed),
            (SIGWINCH, &signals.resized),
        ];
        for (signal, noted) in noted {
            // In this order: whoever hears the bell finds the note.
            signals.ids.push(flag::register(signal, Arc::clone(noted))?);
            signals.ids.push(pipe::register(signal, rope.try_clone()?)?);
        }
        Ok(signals)
    }

    /// What becomes readable when a signal comes.
    pub(super) fn bell(&self) -> BorrowedFd<'_> {
        self.bell.as_fd()
    }

    /// Makes the bell silent until the next signal.
    pub(super) fn silence(&self) {
        let mut rings = [0; 64];
        while matches!((&self.bell).read(&mut rings), Ok(1..)) {}
    }

    /// Whether somebody wants the process to end.
    pub(super) fn has_to_leave(&self) -> bool {
        self.leave.load(Ordering::SeqCst)
    }

    /// Whether somebody wants the process to stop, once for each time.
    pub(super) fn take_suspend(&self) -> bool {
        self.suspend.swap(false, Ordering::SeqCst)
    }

    /// Whether the window has another size, once for each time.
    pub(super) fn take_resized(&self) -> bool {
        self.resized.swap(false, Ordering::SeqCst)
    }

    /// Whether the process was stopped and goes on, once for each time.
    pub(super) fn take_resumed(&self) -> bool {
        self.resumed.swap(false, Ordering::SeqCst)
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        for id in self.ids.drain(..) {
            unregister(id);
        }
    }
}
