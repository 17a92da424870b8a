//! `describe`: what targets look like, found without running user code where that is possible.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Parameters of `describe`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DescribeParams {
    /// The targets asked about; the answer has one entry for each, in this order.
    pub targets: Vec<TargetRef>,
}

/// A target and the package whose step names it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TargetRef {
    /// Name of the package, whose modules are searched first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// The target as `execute` would carry it.
    pub target: Value,
}

/// Answer to `describe`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DescribeResult {
    /// One entry per target asked about, in order.
    pub targets: Vec<Described>,
}

/// What is known about one target.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Described {
    /// Whether it is there; `None` when that cannot be known without running user code.
    #[serde(default)]
    pub exists: Option<bool>,
    /// Why it is missing or unknown, and what is there instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Its parameters in order; `None` when they cannot be known.
    #[serde(default)]
    pub parameters: Option<Vec<Parameter>>,
    /// True when parameters beyond the list are accepted.
    #[serde(default, skip_serializing_if = "is_false")]
    pub open: bool,
    /// First line of its documentation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands out references"
)]
fn is_false(value: &bool) -> bool {
    !*value
}

/// One parameter of a target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its declared type as the language spells it.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Its default as a value, where that can be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// True when a call without it fails.
    pub required: bool,
}
