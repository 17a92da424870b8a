//! The record of one measurement, as it goes to the journal and the stores.

use serde::{Deserialize, Serialize};

use crate::measure::Comparator;
use crate::verdict::Verdict;

/// One judged measurement (the row of the table `measurements`, less what the event adds).
///
/// Invariant: every `f64` in it is finite. What is not finite stays in the texts, so that the row
/// can be stored and `actual_value` against the evaluated limits always agrees with `verdict`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Measurement {
    /// Place among the measurements of its step, from 0.
    pub(crate) position: u32,
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) origin: Origin,
    /// The number that was judged, in `unit`; of an array the worst element.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) actual_value: Option<f64>,
    /// The value as text; of an array all elements as JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) actual_text: Option<String>,
    /// The value before a unit conversion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) raw_value: Option<String>,
    /// The unit that the test code named, where it is not `unit`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) raw_unit: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) low_limit: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) high_limit: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) target: Option<f64>,
    /// Absolute, in `unit`, also where a percentage was declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) tolerance: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) low_limit_declared: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) high_limit_declared: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) target_declared: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) tolerance_declared: Option<String>,
    /// What a text, a boolean or a whole array was compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) expected: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) expected_declared: Option<String>,
    /// Where the limits came from; absent without limits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) limits_source: Option<LimitsSource>,
    /// As written, in its canonical spelling; absent where none was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) operator: Option<Comparator>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unit: Option<String>,
    pub(crate) verdict: Verdict,
    /// Why the verdict is not PASS; of UNDETERMINED it begins with a stable word and a colon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    /// Words of the module [`flag`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) flags: Vec<String>,
}

/// The flags that a measurement may carry.
pub(crate) mod flag {
    /// The units of package and test code differ and at least one is unknown: taken as it is.
    pub(crate) const UNIT_UNVERIFIED: &str = "unit-unverified";
    /// The limits came with the value and not from the package.
    pub(crate) const LIMITS_FROM_CODE: &str = "limits-from-code";
    /// The test code returned a point that the package does not declare.
    pub(crate) const UNDECLARED: &str = "undeclared";
    /// An integer too long for a double: `actual_value` is rounded, `actual_text` is exact.
    pub(crate) const ROUNDED: &str = "rounded";
    /// `actual_text` or `raw_value` was too long to be kept whole; `outputs` has it.
    pub(crate) const CUT: &str = "cut";
}

/// The type of a measurement (`type` in a package).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    #[default]
    Numeric,
    Boolean,
    String,
    Array,
}

impl Kind {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Numeric => "numeric",
            Self::Boolean => "boolean",
            Self::String => "string",
            Self::Array => "array",
        }
    }
}

/// Who produced the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Origin {
    Runner,
    Operator,
    /// Invented because nobody was there: never in statistics, no `actual_value`.
    Unattended,
    Mock,
    Simulated,
}

impl Origin {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Runner => "runner",
            Self::Operator => "operator",
            Self::Unattended => "unattended",
            Self::Mock => "mock",
            Self::Simulated => "simulated",
        }
    }
}

/// Where the limits of a measurement were written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LimitsSource {
    Yaml,
    Code,
}

impl LimitsSource {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Yaml => "yaml",
            Self::Code => "code",
        }
    }
}
