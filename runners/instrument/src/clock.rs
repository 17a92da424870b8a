//! The clock of this crate, read in one place.

use std::time::Instant;

#[expect(
    clippy::disallowed_methods,
    reason = "a runner is a process of its own, with deadlines of its own"
)]
pub(crate) fn now() -> Instant {
    Instant::now()
}
