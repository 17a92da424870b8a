//! Time of a run: the wall clock at its start plus the monotonic time since (STORAGE section 1).
#![expect(
    clippy::disallowed_methods,
    reason = "the one place in a run that reads the clock"
)]

use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::event::Timestamp;

/// A clock that never jumps.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    wall: Timestamp,
    start: Instant,
}

impl Clock {
    /// A clock that starts with the wall clock as it is now.
    pub(crate) fn start() -> Self {
        Self {
            wall: wall_clock(),
            start: Instant::now(),
        }
    }

    /// The time of the run now.
    pub(crate) fn now(self) -> Timestamp {
        self.wall.after(self.start.elapsed())
    }

    /// The point of the monotonic clock that a time of the run stands for.
    pub(crate) fn instant(self, time: Timestamp) -> Instant {
        self.start
            .checked_add(time.since(self.wall))
            .unwrap_or_else(|| self.start + Duration::from_secs(u64::from(u32::MAX)))
    }
}

/// A time of this process that never jumps: that of one [`Clock`] which starts with the first call.
pub(crate) fn steady_clock() -> Timestamp {
    static CLOCK: OnceLock<Clock> = OnceLock::new();
    CLOCK.get_or_init(Clock::start).now()
}

/// The wall clock, as a time.
pub(crate) fn wall_clock() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or(Duration::ZERO);
    Timestamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}
