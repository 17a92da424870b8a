//! Control chart of individuals and moving ranges, and the Western Electric rules.
//!
//! AIAG SPC (2nd edition), individuals and moving range chart with ranges of two: limits at the
//! mean ± 3 × mean range / d2, and at D4 × mean range. Rules: Western Electric, *Statistical
//! quality control handbook* (1956); NIST/SEMATECH e-Handbook 6.3.2.

use super::summary::mean;

/// Expected range of two values of a normal distribution, in sigma: 2/√π.
pub(crate) const D2: f64 = std::f64::consts::FRAC_2_SQRT_PI;

/// Its standard deviation: √(2 − 4/π).
const D3: f64 = 0.852_502_467_229_947_6;

/// The chart of a series, in the order in which it was measured.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ControlChart {
    pub(crate) centre: f64,
    /// Mean moving range over d2.
    pub(crate) sigma: f64,
    pub(crate) mean_range: f64,
    /// Upper limit of the moving ranges; their lower one is 0.
    pub(crate) range_limit: f64,
    pub(crate) violations: Vec<Violation>,
    /// Places of the values whose range to the one before is beyond the limit.
    pub(crate) ranges_beyond: Vec<usize>,
}

/// A pattern that chance alone makes rarely.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Violation {
    pub(crate) rule: Rule,
    pub(crate) side: Side,
    /// Places of the values that make it, from 0. Patterns that share values are one.
    pub(crate) points: Vec<usize>,
}

/// The Western Electric rules; all but the first speak of one side of the centre.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rule {
    /// One value beyond three sigma.
    One,
    /// Two of three values in a row beyond two sigma.
    Two,
    /// Four of five values in a row beyond one sigma.
    Three,
    /// Eight values in a row on one side.
    Four,
}

/// Where a pattern lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Side {
    Above,
    Below,
}

impl Rule {
    pub(crate) const ALL: [Self; 4] = [Self::One, Self::Two, Self::Three, Self::Four];

    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::One => 1,
            Self::Two => 2,
            Self::Three => 3,
            Self::Four => 4,
        }
    }

    /// The rule in words.
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::One => "beyond 3 sigma",
            Self::Two => "2 of 3 in a row beyond 2 sigma",
            Self::Three => "4 of 5 in a row beyond 1 sigma",
            Self::Four => "8 in a row on one side",
        }
    }

    /// Beyond how many sigma, how many values, of how many in a row.
    const fn pattern(self) -> (f64, usize, usize) {
        match self {
            Self::One => (3.0, 1, 1),
            Self::Two => (2.0, 2, 3),
            Self::Three => (1.0, 4, 5),
            Self::Four => (0.0, 8, 8),
        }
    }
}

impl ControlChart {
    /// The chart of finite values; `None` for fewer than two.
    pub(crate) fn of(values: &[f64]) -> Option<Self> {
        let ranges: Vec<f64> = values
            .windows(2)
            .map(|pair| (pair[1] - pair[0]).abs())
            .collect();
        if ranges.is_empty() {
            return None;
        }
        let centre = mean(values);
        let mean_range = mean(&ranges);
        let sigma = mean_range / D2;
        let range_limit = mean_range * (1.0 + 3.0 * D3 / D2);
        if !centre.is_finite() || !range_limit.is_finite() {
            return None;
        }
        let beyond = |(place, range): (usize, &f64)| (*range > range_limit).then_some(place + 1);
        Some(Self {
            centre,
            sigma,
            mean_range,
            range_limit,
            violations: violations(values, centre, sigma),
            ranges_beyond: ranges.iter().enumerate().filter_map(beyond).collect(),
        })
    }

    /// A limit so many sigma from the centre.
    pub(crate) fn at(&self, sigmas: f64) -> f64 {
        self.centre + sigmas * self.sigma
    }
}

/// All patterns, by rule and then by place. Values without a spread make none.
fn violations(values: &[f64], centre: f64, sigma: f64) -> Vec<Violation> {
    if sigma <= 0.0 {
        return Vec::new();
    }
    let mut found = Vec::new();
    for rule in Rule::ALL {
        for side in [Side::Above, Side::Below] {
            found.extend(of_rule(values, centre, sigma, rule, side));
        }
    }
    found.sort_by_key(|one| (one.rule, one.points.first().copied()));
    found
}

fn of_rule(values: &[f64], centre: f64, sigma: f64, rule: Rule, side: Side) -> Vec<Violation> {
    let (sigmas, needed, window) = rule.pattern();
    let is_beyond = |place: &usize| match side {
        Side::Above => values[*place] > centre + sigmas * sigma,
        Side::Below => values[*place] < centre - sigmas * sigma,
    };
    let mut found: Vec<Violation> = Vec::new();
    for end in 0..values.len() {
        let start = (end + 1).saturating_sub(window);
        // A pattern is told at the value that completes it.
        if !is_beyond(&end) {
            continue;
        }
        let points: Vec<usize> = (start..=end).filter(is_beyond).collect();
        if points.len() < needed {
            continue;
        }
        match found.last_mut() {
            Some(before)
                if before
                    .points
                    .last()
                    .is_some_and(|last| points.contains(last)) =>
            {
                let last = before.points.last().copied();
                before
                    .points
                    .extend(points.iter().filter(|place| Some(**place) > last));
            }
            _ => found.push(Violation { rule, side, points }),
        }
    }
    found
}
