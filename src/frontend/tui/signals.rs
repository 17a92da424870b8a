//! The signals that mean something to a screen. They are noted here and acted on by its loop.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::SigId;
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP};
use signal_hook::flag;
use signal_hook::low_level::unregister;

/// Notes signals until it is dropped.
#[derive(Debug, Default)]
pub(super) struct Signals {
    leave: Arc<AtomicBool>,
    suspend: Arc<AtomicBool>,
    resumed: Arc<AtomicBool>,
    ids: Vec<SigId>,
}

impl Signals {
    /// Begins to note them; from now on none of them ends or stops this process.
    pub(super) fn catch() -> io::Result<Self> {
        let mut signals = Self::default();
        for signal in [SIGHUP, SIGINT, SIGTERM] {
            let id = flag::register(signal, Arc::clone(&signals.leave))?;
            signals.ids.push(id);
        }
        for (signal, noted) in [(SIGTSTP, &signals.suspend), (SIGCONT, &signals.resumed)] {
            let id = flag::register(signal, Arc::clone(noted))?;
            signals.ids.push(id);
        }
        Ok(signals)
    }

    /// Whether somebody wants the process to end.
    pub(super) fn has_to_leave(&self) -> bool {
        self.leave.load(Ordering::SeqCst)
    }

    /// Whether somebody wants the process to stop, once for each time.
    pub(super) fn take_suspend(&self) -> bool {
        self.suspend.swap(false, Ordering::SeqCst)
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
