//! Limits that the past proposes for a measurement.
//!
//! The limits are those at which the overall performance has the value that is asked for. Of values
//! that look normal: mean ± 3·Ppk·sigma (AIAG SPC, 2nd edition). Of many values that do not:
//! ISO 22514-2's way by percentiles, in which the distances of the 0.135 % and the 99.865 % quantile
//! from the median stand for three sigma each.

use super::{Limits, Normality, Summary, quantile, sorted};

/// Fewer values say nothing about the spread of a process (AIAG SPC asks for 25 subgroups or more).
pub(crate) const FEWEST: usize = 30;

/// From so many values on the outer percentiles have been seen at all.
const SEEN: usize = 1000;

/// Below this p-value values do not look normal.
const SIGNIFICANCE: f64 = 0.005;

/// How limits were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Normal,
    Percentiles,
}

/// Which sides get a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sides {
    pub(crate) low: bool,
    pub(crate) high: bool,
}

/// What is proposed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Proposal {
    pub(crate) limits: Limits,
    pub(crate) method: Method,
    /// The values do not look normal, and there are too few to go by percentiles.
    pub(crate) is_doubtful: bool,
}

/// Proposes limits for finite values; `None` where they are too few, or all alike.
pub(crate) fn propose(values: &[f64], sides: Sides, ppk: f64) -> Option<Proposal> {
    if values.len() < FEWEST {
        return None;
    }
    let summary = Summary::of(values)?;
    let sigma = summary.sigma.filter(|sigma| *sigma > 0.0)?;
    let sorted = sorted(values);
    let normality = Normality::of_sorted(&sorted);
    let looks_normal = normality.is_none_or(|normality| normality.p >= SIGNIFICANCE);
    let (method, low, high) = if looks_normal || values.len() < SEEN {
        let reach = 3.0 * ppk * sigma;
        (Method::Normal, summary.mean - reach, summary.mean + reach)
    } else {
        let median = quantile(&sorted, 0.5)?;
        let below = median - quantile(&sorted, 0.001_35)?;
        let above = quantile(&sorted, 0.998_65)? - median;
        let percentiles = Method::Percentiles;
        (percentiles, median - ppk * below, median + ppk * above)
    };
    // A tenth of the leading decimal of sigma: what is finer than that says nothing.
    let exponent = sigma.log10().floor() as i32 - 1;
    let steps = |limit: f64| limit / 10_f64.powi(exponent);
    Some(Proposal {
        limits: Limits {
            low: sides.low.then(|| decimal(steps(low).floor(), exponent)),
            high: sides.high.then(|| decimal(steps(high).ceil(), exponent)),
        },
        method,
        is_doubtful: !looks_normal && method == Method::Normal,
    })
}

/// A number of steps of 10^`exponent`, without the noise of binary fractions.
fn decimal(steps: f64, exponent: i32) -> f64 {
    format!("{steps:.0}e{exponent}").parse().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use statrs::function::erf;

    use super::*;

    const BOTH: Sides = Sides {
        low: true,
        high: true,
    };

    /// Values whose mean is 10 and whose sigma is 1, as near as a thousand quantiles come.
    fn normal(count: usize) -> Vec<f64> {
        let share = |place: usize| (place as f64 + 0.5) / count as f64;
        (0..count)
            .map(|place| 10.0 - std::f64::consts::SQRT_2 * erf::erfc_inv(2.0 * share(place)))
            .collect()
    }

    #[test]
    fn normal_values_get_the_limits_of_the_performance_that_is_asked_for() {
        let proposal = propose(&normal(500), BOTH, 4.0 / 3.0).unwrap();
        assert_eq!(proposal.method, Method::Normal);
        let (low, high) = (proposal.limits.low.unwrap(), proposal.limits.high.unwrap());
        assert!(
            (low - 6.0).abs() < 0.11 && (high - 14.0).abs() < 0.11,
            "{low} {high}"
        );
        assert!(!proposal.is_doubtful);
        // Rounded outwards to a tenth of sigma's leading decimal.
        assert!(low.to_string().len() <= "6.00".len(), "{low}");
    }

    #[test]
    fn skewed_values_get_limits_by_percentiles_once_they_are_many() {
        let skewed = |count| -> Vec<f64> {
            normal(count)
                .iter()
                .map(|value| (value - 10.0).exp())
                .collect()
        };
        let few = propose(&skewed(200), BOTH, 1.0).unwrap();
        assert!(few.is_doubtful && few.method == Method::Normal);
        let many = propose(&skewed(5000), BOTH, 1.0).unwrap();
        assert_eq!(many.method, Method::Percentiles);
        // exp(3) and exp(-3): three sigma of the normal values behind them.
        assert!((many.limits.high.unwrap() - 20.1).abs() < 1.0, "{many:?}");
        assert!((many.limits.low.unwrap() - 0.05).abs() < 0.1, "{many:?}");
    }

    #[test]
    fn too_few_values_and_values_without_spread_propose_nothing() {
        assert_eq!(propose(&normal(29), BOTH, 1.33), None);
        assert_eq!(propose(&[3.3; 100], BOTH, 1.33), None);
        let one_side = Sides {
            low: false,
            high: true,
        };
        let proposal = propose(&normal(100), one_side, 1.33).unwrap();
        assert_eq!(proposal.limits.low, None);
    }
}
