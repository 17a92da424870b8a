//! Mean, sigma and the order statistics of a sample.

/// What is said of any sample first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Summary {
    pub(crate) count: usize,
    pub(crate) mean: f64,
    /// Standard deviation of the sample (divisor n − 1); `None` for a single value, and where it
    /// is too large for a double.
    pub(crate) sigma: Option<f64>,
    pub(crate) median: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

impl Summary {
    /// Describes finite values; `None` of none. Non-finite values are the caller's to leave out.
    pub(crate) fn of(values: &[f64]) -> Option<Self> {
        let sorted = sorted(values);
        Self::of_sorted(&sorted)
    }

    /// The same of values that are sorted already.
    pub(crate) fn of_sorted(sorted: &[f64]) -> Option<Self> {
        let (low, high) = (*sorted.first()?, *sorted.last()?);
        let mean = mean(sorted);
        Some(Self {
            count: sorted.len(),
            mean,
            sigma: sigma(sorted, mean),
            median: quantile(sorted, 0.5)?,
            low,
            high,
        })
    }
}

/// The values in order.
pub(crate) fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted
}

/// The mean; 0 of none. The second pass takes away what the first one rounded.
pub(crate) fn mean(values: &[f64]) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    let n = values.len() as f64;
    let sum: f64 = values.iter().sum();
    let first = if sum.is_finite() {
        sum / n
    } else {
        values.iter().map(|value| value / n).sum()
    };
    let rest: f64 = values.iter().map(|value| (value - first) / n).sum();
    if rest.is_finite() {
        first + rest
    } else {
        first
    }
}

/// Standard deviation of a sample about its mean.
pub(crate) fn sigma(values: &[f64], mean: f64) -> Option<f64> {
    if values.len() < 2 {
        return None;
    }
    let square = |value: &f64| (value - mean) * (value - mean);
    let sum: f64 = values.iter().map(square).sum();
    let sigma = (sum / (values.len() - 1) as f64).sqrt();
    // Values that are all alike have no spread, whatever their mean was rounded to.
    let is_flat = values
        .iter()
        .all(|value| value.total_cmp(&values[0]).is_eq());
    Some(if is_flat { 0.0 } else { sigma }).filter(|sigma| sigma.is_finite())
}

/// A quantile of sorted values, with linear interpolation (type 7 of Hyndman and Fan, as numpy and
/// spreadsheets have it). `None` of no values.
pub(crate) fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = share.clamp(0.0, 1.0) * last as f64;
    let below = place.floor() as usize;
    let low = sorted[below];
    let high = sorted[(below + 1).min(last)];
    let part = place - below as f64;
    let step = high - low;
    Some(if step.is_finite() {
        low + step * part
    } else {
        low * (1.0 - part) + high * part
    })
}
