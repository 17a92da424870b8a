//! Distributions that figures rest on, from the crate `statrs`.

use statrs::function::{beta, erf};

/// Logarithm of the standard normal distribution function.
pub(crate) fn ln_normal(z: f64) -> f64 {
    // Below, the distribution function itself is no longer a double.
    if z < -37.0 {
        let series = 1.0 - 1.0 / (z * z) + 3.0 / z.powi(4);
        return -z * z / 2.0 - (-z).ln() - (2.0 * std::f64::consts::PI).ln() / 2.0 + series.ln();
    }
    if z > 5.0 {
        return (-normal(-z)).ln_1p();
    }
    normal(z).ln()
}

/// The standard normal distribution function.
pub(crate) fn normal(z: f64) -> f64 {
    erf::erfc(-z / std::f64::consts::SQRT_2) / 2.0
}

/// How likely a ratio of variances is at least `ratio` by chance (the upper tail of Fisher's F).
/// `None` where one side has no degrees of freedom or the ratio is no number.
pub(crate) fn f_tail(ratio: f64, above: usize, below: usize) -> Option<f64> {
    if above == 0 || below == 0 || ratio.is_nan() || ratio < 0.0 {
        return None;
    }
    if ratio.is_infinite() {
        return Some(0.0);
    }
    let (above, below) = (above as f64, below as f64);
    let place = below / (below + above * ratio);
    beta::checked_beta_reg(below / 2.0, above / 2.0, place).ok()
}
