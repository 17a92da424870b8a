//! Whether values look normal: the test of Anderson and Darling.
//!
//! Mean and sigma are estimated (case 3 of Stephens); statistic, correction for size and
//! probability are those of D'Agostino and Stephens, *Goodness-of-fit techniques* (1986), table
//! 4.9; the statistic is that of NIST/SEMATECH e-Handbook 1.3.5.14.

use super::distribution::ln_normal;
use super::summary::{mean, sigma};

/// Fewer values than that say nothing about their distribution.
pub(crate) const LEAST: usize = 8;

/// The outcome of the test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Normality {
    /// The statistic A², without correction.
    pub(crate) statistic: f64,
    /// How likely a sample of a normal distribution is at least so far from it.
    pub(crate) p: f64,
}

impl Normality {
    /// Tests sorted values; `None` for fewer than [`LEAST`] and for values without a spread.
    pub(crate) fn of_sorted(sorted: &[f64]) -> Option<Self> {
        if sorted.len() < LEAST {
            return None;
        }
        let mean = mean(sorted);
        let sigma = sigma(sorted, mean).filter(|sigma| *sigma > 0.0)?;
        let n = sorted.len() as f64;
        let z = |place: usize| (sorted[place] - mean) / sigma;
        let sum: f64 = (0..sorted.len())
            .map(|place| {
                let weight = (2 * place + 1) as f64;
                weight * (ln_normal(z(place)) + ln_normal(-z(sorted.len() - 1 - place)))
            })
            .sum();
        let statistic = -n - sum / n;
        statistic.is_finite().then(|| Self {
            statistic,
            p: probability(statistic * (1.0 + 0.75 / n + 2.25 / (n * n))),
        })
    }

    /// Whether the values may be taken as normal (at the usual 5 %).
    pub(crate) fn is_plausible(&self) -> bool {
        self.p >= 0.05
    }
}

/// The probability of a corrected statistic.
fn probability(a: f64) -> f64 {
    let p = if a >= 0.6 {
        // The parabola turns up again far beyond where the probability is nothing.
        let a = a.min(100.0);
        (1.2937 - 5.709 * a + 0.0186 * a * a).exp()
    } else if a > 0.34 {
        (0.9177 - 4.279 * a - 1.38 * a * a).exp()
    } else if a > 0.2 {
        1.0 - (-8.318 + 42.796 * a - 59.938 * a * a).exp()
    } else {
        1.0 - (-13.436 + 101.14 * a - 223.73 * a * a).exp()
    };
    p.clamp(0.0, 1.0)
}
