//! The monotonic clock of the supervisor: the one place in `runner` that reads it.

use std::time::Instant;

/// The present moment. Deadlines of processes (drain, TERM, KILL) are kept here and not in the
/// engine, because no verdict depends on them.
#[expect(
    clippy::disallowed_methods,
    reason = "the supervisor waits on real processes; its deadlines are real"
)]
pub(super) fn now() -> Instant {
    Instant::now()
}
