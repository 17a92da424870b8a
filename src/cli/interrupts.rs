//! Ctrl-C while a program is waited for: it ends that program, and not this process before it.

use std::cell::OnceCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::SigId;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;

/// Signals that end what is waited for instead of the process.
#[derive(Default)]
pub(super) struct Interrupts {
    came: Arc<AtomicBool>,
    ids: OnceCell<Vec<SigId>>,
}

impl Interrupts {
    /// Begins to catch them, until this is dropped.
    pub(super) fn catch(&self) {
        self.ids.get_or_init(|| {
            let catch = |signal| flag::register(signal, Arc::clone(&self.came)).ok();
            [SIGINT, SIGTERM, SIGHUP]
                .into_iter()
                .filter_map(catch)
                .collect()
        });
    }

    pub(super) fn came(&self) -> bool {
        self.came.load(Ordering::Relaxed)
    }
}

impl Drop for Interrupts {
    fn drop(&mut self) {
        for id in self.ids.take().into_iter().flatten() {
            signal_hook::low_level::unregister(id);
        }
    }
}
