//! How long the random tests are, and chance that can be had again.

use std::time::SystemTime;

/// Whether the random and long tests are to be as long as they can be (`tests/run --full`).
pub(super) fn is_full() -> bool {
    std::env::var_os("MAESTRO_TEST_FULL").is_some_and(|full| full == "1")
}

/// Numbers that look random and can be had again with the seed.
pub(super) struct Chance {
    seed: u64,
    state: u64,
}

impl Chance {
    pub(super) fn new() -> Self {
        let seed = std::env::var("MAESTRO_TEST_SEED")
            .ok()
            .and_then(|text| text.parse().ok())
            .unwrap_or_else(|| {
                let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
                u64::from(now.unwrap().subsec_nanos())
            });
        Self { seed, state: seed }
    }

    /// What `MAESTRO_TEST_SEED` must be set to for the same numbers.
    pub(super) const fn seed(&self) -> u64 {
        self.seed
    }

    /// One of so many.
    pub(super) fn below(&mut self, count: usize) -> usize {
        (self.fraction() * count as f64) as usize
    }

    /// A number from 0 to below 1 (splitmix64).
    pub(super) fn fraction(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}
