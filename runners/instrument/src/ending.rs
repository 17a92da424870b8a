//! SIGTERM: how this process learns that the engine is gone or wants no more of it.
//!
//! A handler and not a blocked or ignored signal: programs that are started here would inherit that.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use signal_hook::consts::SIGTERM;
use signal_hook::iterator::Signals;

/// Time for what runs to be ended and for sessions to be closed.
const LAST_WORDS: Duration = Duration::from_millis(700);

static IS_ENDING: AtomicBool = AtomicBool::new(false);

/// Ends this process soon after SIGTERM, in order where that is possible.
pub(crate) fn watch() -> io::Result<()> {
    let mut signals = Signals::new([SIGTERM])?;
    thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            signals.forever().next();
            IS_ENDING.store(true, Ordering::Release);
            thread::sleep(LAST_WORDS);
            #[expect(clippy::exit, reason = "whatever still runs had its time")]
            std::process::exit(128 + SIGTERM);
        })?;
    Ok(())
}

/// Whether SIGTERM has come.
pub(crate) fn is_ending() -> bool {
    IS_ENDING.load(Ordering::Acquire)
}
