//! The verdict on a measurement, a step or a run, and the one order in which verdicts merge.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A judgement (EXECUTION section 2).
///
/// The order of the variants is the merge rule: the greatest counted verdict wins. `Skipped` does
/// not count and must go through [`Verdict::counted`] before a merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Verdict {
    Pass,
    Undetermined,
    Aborted,
    Error,
    Fail,
    Skipped,
}

impl Verdict {
    /// The verdict as it is stored and shown: upper case.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::Undetermined => "UNDETERMINED",
            Self::Aborted => "ABORTED",
            Self::Error => "ERROR",
            Self::Fail => "FAIL",
            Self::Skipped => "SKIPPED",
        }
    }

    /// The verdict if it takes part in a merge.
    pub(crate) fn counted(self) -> Option<Self> {
        (self != Self::Skipped).then_some(self)
    }

    /// Whether the verdict counts and is not PASS: what `terminate-on-fail`, policy and retry ask.
    pub(crate) fn is_failing(self) -> bool {
        !matches!(self, Self::Pass | Self::Skipped)
    }

    /// The worst counted verdict, or `None` where nothing counted: an empty run never passes.
    pub(crate) fn worst(verdicts: impl IntoIterator<Item = Self>) -> Option<Self> {
        verdicts.into_iter().filter_map(Self::counted).max()
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Verdict::{Aborted, Error, Fail, Pass, Skipped, Undetermined};
    use super::*;

    #[test]
    fn worst_verdict_follows_the_order_of_the_specification() {
        let order = [Fail, Error, Aborted, Undetermined, Pass];
        for (i, worse) in order.iter().enumerate() {
            for better in &order[i..] {
                assert_eq!(Verdict::worst([*better, *worse, Skipped]), Some(*worse));
            }
        }
    }

    #[test]
    fn nothing_counted_is_no_verdict() {
        assert_eq!(Verdict::worst([]), None);
        assert_eq!(Verdict::worst([Skipped, Skipped]), None);
    }
}
