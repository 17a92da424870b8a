//! Control charts and the Western Electric rules.
//!
//! AIAG SPC (2nd edition), chapter II and appendix E: individuals and moving ranges of two; means and
//! ranges, or from subgroups of ten on means and standard deviations. Limits stand three sigma from
//! the centre: of individuals at the mean ± 3 × mean range / d2, of means at ± A2 × mean range or
//! ± A3 × mean deviation, of ranges at D3 and D4, of deviations at B3 and B4 times their mean; the
//! constants are made of d2, d3 and c4. Rules: Western Electric, *Statistical quality control
//! handbook* (1956); NIST/SEMATECH e-Handbook 6.3.2.

use statrs::function::gamma::ln_gamma;

use super::grr::{d2, d3};
use super::summary::{mean, sigma};

/// Expected range of two values of a normal distribution, in sigma: 2/√π.
pub(crate) const D2: f64 = std::f64::consts::FRAC_2_SQRT_PI;

/// Its standard deviation: √(2 − 4/π).
const D3: f64 = 0.852_502_467_229_947_6;

/// From so many values on the range of a subgroup tells less than its standard deviation.
const DEVIATIONS_FROM: usize = 10;

/// The chart of a series, in the order in which it was measured.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ControlChart {
    pub(crate) kind: ChartKind,
    /// The values, or the means of the subgroups.
    pub(crate) points: Vec<f64>,
    pub(crate) centre: f64,
    /// Of single values, from what they differ within a subgroup.
    pub(crate) sigma: f64,
    pub(crate) violations: Vec<Violation>,
    pub(crate) spread: SpreadChart,
}

/// What a chart is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChartKind {
    /// Values and moving ranges of two.
    Individuals,
    /// Means and ranges of subgroups of this size.
    Ranges(usize),
    /// Means and standard deviations of subgroups of this size.
    Deviations(usize),
}

/// How far values are from each other, point by point.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SpreadChart {
    /// As many as the chart has points; the first value of individuals has no range.
    pub(crate) points: Vec<Option<f64>>,
    pub(crate) centre: f64,
    /// Control limits; the lower one is 0 of small subgroups.
    pub(crate) low: f64,
    pub(crate) high: f64,
    /// Places of points beyond the limits.
    pub(crate) beyond: Vec<usize>,
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

impl ChartKind {
    /// Values of one point.
    pub(crate) const fn size(self) -> usize {
        match self {
            Self::Individuals => 1,
            Self::Ranges(size) | Self::Deviations(size) => size,
        }
    }
}

impl ControlChart {
    /// The chart of finite values one by one; `None` for fewer than two.
    pub(crate) fn of(values: &[f64]) -> Option<Self> {
        let ranges: Vec<f64> = values
            .windows(2)
            .map(|pair| (pair[1] - pair[0]).abs())
            .collect();
        if ranges.is_empty() {
            return None;
        }
        let mean_range = mean(&ranges);
        let points = std::iter::once(None).chain(ranges.into_iter().map(Some));
        let spread = SpreadChart::of(points.collect(), mean_range, D3 / D2);
        Self::made(
            ChartKind::Individuals,
            values.to_vec(),
            mean_range / D2,
            spread,
        )
    }

    /// The chart of subgroups of so many values in a row. Values at the end that fill no subgroup are
    /// left out; `None` for subgroups of fewer than two values, and for fewer than two subgroups.
    pub(crate) fn of_subgroups(values: &[f64], size: usize) -> Option<Self> {
        if size < 2 || values.len() / size < 2 {
            return None;
        }
        let means: Vec<f64> = values.chunks_exact(size).map(mean).collect();
        let (kind, spreads, expected, share) = if size < DEVIATIONS_FROM {
            let spreads: Vec<f64> = values.chunks_exact(size).map(range).collect();
            let expected = d2(size)?;
            (
                ChartKind::Ranges(size),
                spreads,
                expected,
                d3(size)? / expected,
            )
        } else {
            let deviation = |group: &[f64]| sigma(group, mean(group)).unwrap_or(f64::NAN);
            let spreads: Vec<f64> = values.chunks_exact(size).map(deviation).collect();
            let expected = c4(size);
            let share = (1.0 - expected * expected).sqrt() / expected;
            (ChartKind::Deviations(size), spreads, expected, share)
        };
        let mean_spread = mean(&spreads);
        let points = spreads.into_iter().map(Some).collect();
        let spread = SpreadChart::of(points, mean_spread, share);
        Self::made(kind, means, mean_spread / expected, spread)
    }

    fn made(kind: ChartKind, points: Vec<f64>, sigma: f64, spread: SpreadChart) -> Option<Self> {
        let centre = mean(&points);
        if !centre.is_finite() || !sigma.is_finite() || !spread.high.is_finite() {
            return None;
        }
        let mut chart = Self {
            kind,
            points,
            centre,
            sigma,
            violations: Vec::new(),
            spread,
        };
        chart.violations = violations(&chart.points, centre, chart.sigma_of_points());
        Some(chart)
    }

    /// A mean of n values varies by sigma over √n.
    fn sigma_of_points(&self) -> f64 {
        self.sigma / (self.kind.size() as f64).sqrt()
    }

    /// A limit so many sigma of the points from the centre.
    pub(crate) fn at(&self, sigmas: f64) -> f64 {
        self.centre + sigmas * self.sigma_of_points()
    }
}

impl SpreadChart {
    /// `share`: standard deviation of a point as a share of its expectation.
    fn of(points: Vec<Option<f64>>, centre: f64, share: f64) -> Self {
        let low = centre * (1.0 - 3.0 * share).max(0.0);
        let high = centre * (1.0 + 3.0 * share);
        let beyond = |(place, point): (usize, &Option<f64>)| {
            point
                .is_some_and(|point| point > high || point < low)
                .then_some(place)
        };
        Self {
            beyond: points.iter().enumerate().filter_map(beyond).collect(),
            points,
            centre,
            low,
            high,
        }
    }
}

/// Expected standard deviation of a sample of this size, in sigma: √(2/(n − 1)) Γ(n/2) / Γ((n − 1)/2).
fn c4(size: usize) -> f64 {
    let n = size as f64;
    let gammas = ln_gamma(n / 2.0) - ln_gamma((n - 1.0) / 2.0);
    (2.0 / (n - 1.0)).sqrt() * gammas.exp()
}

pub(super) fn range(values: &[f64]) -> f64 {
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    high - low
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
