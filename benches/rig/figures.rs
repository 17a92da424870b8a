//! Medians.

/// Median and spread of one figure.
#[derive(Debug)]
pub(crate) struct Figures(pub(crate) Vec<f64>);

impl std::fmt::Display for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let (Some(least), Some(greatest)) = (sorted.first(), sorted.last()) else {
            return f.write_str("-");
        };
        let median = sorted[sorted.len() / 2];
        write!(f, "{median:>7.1}  ({least:.1} to {greatest:.1})")
    }
}
