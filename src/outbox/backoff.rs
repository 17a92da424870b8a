//! Growing pauses between attempts.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(30);

/// Pauses that double up to 30 s, each between half and the whole of it, so that many stations do
/// not come back to a server at once.
#[derive(Debug, Clone)]
pub(super) struct Backoff {
    next: Duration,
    random: u64,
}

impl Backoff {
    /// `seed` makes the pauses of this process differ from those of others.
    pub(super) const fn new(seed: u64) -> Self {
        Self {
            next: FIRST,
            random: seed | 1,
        }
    }

    /// The pause to make now; the next one is longer.
    pub(super) fn pause(&mut self) -> Duration {
        let whole = self.next;
        self.next = (whole * 2).min(LONGEST);
        // xorshift64: chance enough for jitter.
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        let share = (self.random % 1000) as u32;
        whole / 2 + whole / 2 * share / 1000
    }

    /// Something succeeded: the next pause is short again.
    pub(super) const fn reset(&mut self) {
        self.next = FIRST;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_bound_and_fall_back_after_success() {
        let mut backoff = Backoff::new(42);
        let mut bound = FIRST;
        for _ in 0..20 {
            let pause = backoff.pause();
            assert!(pause >= bound / 2 && pause <= bound, "{pause:?}");
            bound = (bound * 2).min(LONGEST);
        }
        backoff.reset();
        assert!(backoff.pause() <= FIRST);
    }
}
