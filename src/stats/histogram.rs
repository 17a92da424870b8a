//! How often values fall where.

use super::summary::quantile;

/// Counts of equal classes from the lowest value to the highest.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Histogram {
    /// One more than the classes; the last class holds its upper edge too.
    pub(crate) edges: Vec<f64>,
    pub(crate) counts: Vec<u64>,
}

impl Histogram {
    /// Classes by the rule of Freedman and Diaconis, width `2 IQR / ∛n`, at most `most` of them.
    /// Where half of the values are alike that width is zero, and Sturges' rule is taken. `None`
    /// of no values; values that are all alike make one class.
    pub(crate) fn of_sorted(sorted: &[f64], most: usize) -> Option<Self> {
        let (low, high) = (*sorted.first()?, *sorted.last()?);
        let classes = classes(sorted).clamp(1, most.max(1));
        let mut histogram = Self {
            edges: edges(low, high, classes),
            counts: vec![0; classes],
        };
        for value in sorted {
            let class = histogram.class_of(*value);
            histogram.counts[class] += 1;
        }
        Some(histogram)
    }

    /// The class of a value between the outer edges.
    pub(crate) fn class_of(&self, value: f64) -> usize {
        let inner = &self.edges[1..self.edges.len() - 1];
        inner.partition_point(|edge| *edge <= value)
    }
}

fn classes(sorted: &[f64]) -> usize {
    let n = sorted.len() as f64;
    let range = sorted[sorted.len() - 1] - sorted[0];
    if range <= 0.0 {
        return 1;
    }
    let quartile = |share| quantile(sorted, share).unwrap_or_default();
    let width = 2.0 * (quartile(0.75) - quartile(0.25)) / n.cbrt();
    let classes = if width > 0.0 {
        range / width
    } else {
        n.log2() + 1.0
    };
    if classes.is_finite() {
        classes.ceil() as usize
    } else {
        usize::MAX
    }
}

fn edges(low: f64, high: f64, classes: usize) -> Vec<f64> {
    let step = high / classes as f64 - low / classes as f64;
    let inner = (1..classes).map(|place| (low + step * place as f64).min(high));
    std::iter::once(low).chain(inner).chain([high]).collect()
}
