//! What an interrupt means after the ones before it (EXECUTION section 3, Signals).

use std::time::Duration;

use crate::event::Timestamp;

/// Interrupts closer together than this count as one.
const SAME: Duration = Duration::from_secs(1);

/// Cleanup is given at least this long before a third interrupt ends it.
const CLEANUP_AT_LEAST: Duration = Duration::from_secs(3);

/// What to do about an interrupt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Begin the abort.
    Abort,
    /// Say what is still being cleaned up.
    Report,
    /// Give the cleanup up.
    Kill,
    /// The same interrupt again.
    Nothing,
}

/// The interrupts of a run.
#[derive(Debug, Default)]
pub(super) struct Interrupts {
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    count: u32,
}

impl Interrupts {
    /// Takes one interrupt.
    pub(super) fn take(&mut self, now: Timestamp) -> Meaning {
        if self.last.is_some_and(|last| now.since(last) < SAME) {
            return Meaning::Nothing;
        }
        self.last = Some(now);
        self.count += 1;
        let first = *self.first.get_or_insert(now);
        match self.count {
            1 => Meaning::Abort,
            2 => Meaning::Report,
            _ if now.since(first) < CLEANUP_AT_LEAST => Meaning::Report,
            _ => Meaning::Kill,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp(1_000_000_000 + ms * 1000)
    }

    #[test]
    fn third_interrupt_kills_after_three_seconds_of_cleanup() {
        let mut interrupts = Interrupts::default();
        assert_eq!(interrupts.take(at(0)), Meaning::Abort);
        assert_eq!(interrupts.take(at(900)), Meaning::Nothing);
        assert_eq!(interrupts.take(at(2000)), Meaning::Report);
        assert_eq!(interrupts.take(at(3500)), Meaning::Kill);
    }

    #[test]
    fn impatient_third_interrupt_only_reports() {
        let mut interrupts = Interrupts::default();
        assert_eq!(interrupts.take(at(0)), Meaning::Abort);
        assert_eq!(interrupts.take(at(1100)), Meaning::Report);
        assert_eq!(interrupts.take(at(2200)), Meaning::Report);
        assert_eq!(interrupts.take(at(3300)), Meaning::Kill);
    }
}
