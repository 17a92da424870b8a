//! How sure a share is.

/// The 97.5 % point of the standard normal distribution.
pub(super) const Z_95: f64 = 1.959_963_984_540_054;

/// Two bounds that hold the true value with a confidence of 95 %.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Interval {
    pub(crate) low: f64,
    pub(crate) high: f64,
}

impl Interval {
    /// The interval of a share, `part` of `whole`, by Wilson's score (NIST/SEMATECH e-Handbook
    /// 7.2.4.1), without correction for continuity. `None` where there is nothing to share.
    ///
    /// Wilson and not Clopper-Pearson: it keeps its promise at yields near 100 %, where those of
    /// a factory are, and is exact arithmetic at a million units.
    pub(crate) fn of_share(part: u64, whole: u64) -> Option<Self> {
        if whole == 0 || part > whole {
            return None;
        }
        let n = whole as f64;
        let share = part as f64 / n;
        let z2 = Z_95 * Z_95;
        let centre = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
        let spread = share * (1.0 - share) / n + z2 / (4.0 * n * n);
        let half = Z_95 / (1.0 + z2 / n) * spread.sqrt();
        // The bounds of 0 and of all are known; rounding must not move them.
        Some(Self {
            low: if part == 0 {
                0.0
            } else {
                (centre - half).max(0.0)
            },
            high: if part == whole {
                1.0
            } else {
                (centre + half).min(1.0)
            },
        })
    }
}
