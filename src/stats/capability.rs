//! Capability and performance of a process against its limits.
//!
//! ISO 22514-2 (2017) and AIAG SPC (2nd edition, 2005): *capability* (`Cp`, `Cpk`) takes sigma within, the
//! spread from one value to the next; *performance* (`Pp`, `Ppk`) takes sigma overall, which also
//! holds drifts and shifts. `CpkL` and `CpkU` are the two sides of which `Cpk` is the lesser.

use super::control::D2;
use super::distribution::normal;
use super::interval::Z_95;
use super::summary::{mean, sigma};
use crate::measure::Bridge;

/// The limits that values are held against; either may be absent.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Limits {
    pub(crate) low: Option<f64>,
    pub(crate) high: Option<f64>,
}

/// The indices of one sigma. An index is absent without the limits or the spread that it needs.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Indices {
    /// Width of the limits in sixths of sigma: `Cp`, `Pp`. Needs both limits.
    pub(crate) potential: Option<f64>,
    /// Room below the mean in thirds of sigma: `CpkL`, `PpkL`.
    pub(crate) lower: Option<f64>,
    /// Room above the mean: `CpkU`, `PpkU`.
    pub(crate) upper: Option<f64>,
    /// The lesser of the two, or the only one: `Cpk`, `Ppk`.
    pub(crate) minimum: Option<f64>,
}

/// What the values of a process say about it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Capability {
    /// Mean of the moving ranges of two over d2 (AIAG SPC, individuals chart).
    pub(crate) sigma_within: Option<f64>,
    /// Standard deviation of all values, divisor n − 1.
    pub(crate) sigma_overall: Option<f64>,
    pub(crate) within: Indices,
    pub(crate) overall: Indices,
    /// Where `Ppk` is with 95 % confidence, by Bissell's approximation (1990) for normal values.
    pub(crate) ppk_range: Option<(f64, f64)>,
    /// How far the mean is from the middle of the limits, as a share of half their width.
    pub(crate) bias: Option<f64>,
    /// Values beyond the limits.
    pub(crate) outside: u64,
    /// Parts per million beyond the limits if the values are normal with sigma overall.
    pub(crate) expected_ppm: Option<f64>,
}

impl Capability {
    /// Judges values in the order in which they were measured; all of them are finite.
    pub(crate) fn of(values: &[f64], limits: Limits) -> Self {
        if values.is_empty() {
            return Self::default();
        }
        let mean = mean(values);
        let sigma_within = sigma_within(values);
        let sigma_overall = sigma(values, mean);
        let overall = Indices::of(mean, sigma_overall, limits);
        Self {
            sigma_within,
            sigma_overall,
            within: Indices::of(mean, sigma_within, limits),
            overall,
            ppk_range: overall.minimum.map(|ppk| range_of_index(ppk, values.len())),
            bias: bias(mean, limits),
            outside: values
                .iter()
                .filter(|value| limits.exclude(**value))
                .count() as u64,
            expected_ppm: expected_ppm(mean, sigma_overall, limits),
        }
    }
}

impl Limits {
    /// Whether a value is beyond a limit.
    pub(crate) fn exclude(self, value: f64) -> bool {
        self.low.is_some_and(|low| value < low) || self.high.is_some_and(|high| value > high)
    }

    /// The same in another unit.
    pub(crate) fn over(self, bridge: Bridge) -> Self {
        Self {
            low: self.low.map(|low| bridge.apply(low)),
            high: self.high.map(|high| bridge.apply(high)),
        }
    }

    pub(crate) const fn are_none(self) -> bool {
        self.low.is_none() && self.high.is_none()
    }

    /// The distance of the two limits.
    pub(crate) fn width(self) -> Option<f64> {
        Some(self.high? - self.low?).filter(|width| width.is_finite() && *width > 0.0)
    }
}

impl Indices {
    fn of(mean: f64, sigma: Option<f64>, limits: Limits) -> Self {
        let Some(sigma) = sigma.filter(|sigma| *sigma > 0.0) else {
            return Self::default();
        };
        let finite = |index: f64| Some(index).filter(|index| index.is_finite());
        let lower = limits
            .low
            .and_then(|low| finite((mean - low) / (3.0 * sigma)));
        let upper = limits
            .high
            .and_then(|high| finite((high - mean) / (3.0 * sigma)));
        Self {
            potential: limits
                .width()
                .and_then(|width| finite(width / (6.0 * sigma))),
            lower,
            upper,
            minimum: match (lower, upper) {
                (Some(lower), Some(upper)) => Some(lower.min(upper)),
                (one, other) => one.or(other),
            },
        }
    }
}

/// Sigma from the mean moving range of two; `None` for fewer than two values.
pub(crate) fn sigma_within(values: &[f64]) -> Option<f64> {
    let ranges: Vec<f64> = values
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).abs())
        .collect();
    if ranges.is_empty() {
        return None;
    }
    Some(mean(&ranges) / D2).filter(|sigma| sigma.is_finite())
}

/// The variance of an estimated index is about 1/(9n) + index²/(2(n − 1)).
fn range_of_index(index: f64, count: usize) -> (f64, f64) {
    let n = count as f64;
    let half = Z_95 * (1.0 / (9.0 * n) + index * index / (2.0 * (n - 1.0))).sqrt();
    (index - half, index + half)
}

fn bias(mean: f64, limits: Limits) -> Option<f64> {
    let half = limits.width()? / 2.0;
    Some((mean - (limits.low? + half)).abs() / half).filter(|bias| bias.is_finite())
}

fn expected_ppm(mean: f64, sigma: Option<f64>, limits: Limits) -> Option<f64> {
    let sigma = sigma.filter(|sigma| *sigma > 0.0)?;
    if limits.are_none() {
        return None;
    }
    let below = limits.low.map_or(0.0, |low| normal((low - mean) / sigma));
    let above = limits
        .high
        .map_or(0.0, |high| normal((mean - high) / sigma));
    Some((below + above) * 1e6)
}
