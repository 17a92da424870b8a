//! Whether a key was pressed by a person or sent by a scanner: a scanner types faster.
//!
//! What counts is when keys came, not when they were read: a screen that was busy finds several at
//! once. Where that is not known a key is taken for a part of a scan, which presses nothing.

use std::time::Duration;

use crate::event::Timestamp;

/// Keys closer together than this come from a scanner.
const BURST: Duration = Duration::from_millis(35);

/// How long a key that presses or decides something waits for company: a scanner sends more.
pub(super) const ALONE: Duration = Duration::from_millis(60);

/// A key that was waited for so long has not been there before.
const WAITED: Duration = Duration::from_millis(1);

/// How a key came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tempo {
    /// Alone, as a person presses it.
    Single,
    /// Right behind another one.
    Burst,
}

/// The keys so far.
#[derive(Debug, Default)]
pub(super) struct Pace {
    last_key: Option<Timestamp>,
    /// When there was surely no key that nobody had read.
    quiet_at: Timestamp,
}

impl Pace {
    /// Nothing was to be read at `now`.
    pub(super) const fn quiet(&mut self, now: Timestamp) {
        self.quiet_at = now;
    }

    /// A key that was waited for since `asked` was read at `now`.
    pub(super) fn key(&mut self, asked: Timestamp, now: Timestamp) -> Tempo {
        let came_at = if now.since(asked) >= WAITED {
            now
        } else {
            self.quiet_at
        };
        let last = self.last_key.replace(now);
        match last {
            Some(last) if came_at.since(last) < BURST => Tempo::Burst,
            _ => Tempo::Single,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(millis: i64) -> Timestamp {
        Timestamp(millis * 1_000)
    }

    #[test]
    fn key_right_behind_another_is_part_of_a_burst() {
        let mut pace = Pace::default();
        assert_eq!(pace.key(at(0), at(10)), Tempo::Single);
        assert_eq!(pace.key(at(11), at(15)), Tempo::Burst);
        pace.quiet(at(48));
        assert_eq!(pace.key(at(48), at(80)), Tempo::Single);
    }

    #[test]
    fn keys_that_a_busy_screen_finds_together_are_a_burst() {
        let mut pace = Pace::default();
        pace.quiet(at(0));
        assert_eq!(pace.key(at(0), at(10)), Tempo::Single);
        // It drew for a long time, and the next key is there at once.
        assert_eq!(pace.key(at(300), at(300)), Tempo::Burst);
        // Nothing was there a moment before: this one came alone.
        pace.quiet(at(600));
        assert_eq!(pace.key(at(601), at(601)), Tempo::Single);
    }
}
