//! Growing pauses between attempts.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(30);

/// Pauses that double up to 30 s, each between half and the whole of it, so that many stations do
/// not come back to a server at once.
#[derive(Debug, Clone)]
pub(crate) struct Backoff {
    next: Duration,
    random: u64,
}

impl Backoff {
    /// `seed` makes the pauses of this process differ from those of others.
    pub(crate) const fn new(seed: u64) -> Self {
        // One step of splitmix64, so that seeds that are close make pauses that are not.
        let mut random = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        random = (random ^ (random >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        random = (random ^ (random >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Self {
            next: FIRST,
            random: (random ^ (random >> 31)) | 1,
        }
    }

    /// The pause to make now; the next one is longer.
    pub(crate) fn pause(&mut self) -> Duration {
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
    pub(crate) const fn reset(&mut self) {
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
        for _ in 0..1000 {
            let pause = backoff.pause();
            assert!(pause >= LONGEST / 2 && pause <= LONGEST, "{pause:?}");
        }
        backoff.reset();
        assert!(backoff.pause() <= FIRST);
    }

    #[test]
    fn stations_that_lost_a_server_together_come_back_apart() {
        let mut pauses: Vec<_> = (0..100)
            .map(|seed| {
                let mut backoff = Backoff::new(seed);
                (0..10).map(|_| backoff.pause()).last().unwrap()
            })
            .collect();
        pauses.sort_unstable();
        assert!(pauses[10] < LONGEST * 6 / 10 && pauses[90] > LONGEST * 9 / 10);
        pauses.dedup();
        assert!(pauses.len() > 90, "{pauses:?}");
    }
}
