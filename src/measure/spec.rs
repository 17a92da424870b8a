//! What is declared and what was observed: the two inputs of an evaluation.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::measure::{Comparator, Kind, Origin};

/// One bound as it was written and as it was rendered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "OperandForm", into = "OperandForm")]
pub(crate) struct Operand {
    /// The source text, templates included.
    pub(crate) declared: String,
    /// The rendered value, or why there is none.
    pub(crate) value: Result<Value, String>,
}

impl Operand {
    /// A bound that was written as a plain value; `declared` is its source text.
    pub(crate) fn literal(declared: impl Into<String>, value: Value) -> Self {
        Self {
            declared: declared.into(),
            value: Ok(value),
        }
    }

    /// Whether the source text is a template, so that it says nothing about the value.
    pub(crate) fn is_template(&self) -> bool {
        self.declared.contains("{{")
    }
}

/// The form of an [`Operand`] in events: `{declared, value}` or `{declared, error}`.
#[derive(Serialize, Deserialize)]
struct OperandForm {
    declared: String,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    value: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl From<OperandForm> for Operand {
    fn from(form: OperandForm) -> Self {
        Self {
            declared: form.declared,
            value: form.error.map_or(Ok(form.value), Err),
        }
    }
}

impl From<Operand> for OperandForm {
    fn from(operand: Operand) -> Self {
        let (value, error) = match operand.value {
            Ok(value) => (value, None),
            Err(error) => (Value::Null, Some(error)),
        };
        Self {
            declared: operand.declared,
            value,
            error,
        }
    }
}

/// A declared measurement whose templates have been rendered.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Spec {
    /// Place among the measurements of the step, from 0.
    pub(crate) position: u32,
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) comparator: Option<Comparator>,
    pub(crate) low_limit: Option<Operand>,
    pub(crate) high_limit: Option<Operand>,
    pub(crate) target: Option<Operand>,
    /// An absolute number, or a percentage of |target| such as `5%`.
    pub(crate) tolerance: Option<Operand>,
    pub(crate) expected: Option<Operand>,
    pub(crate) unit: Option<String>,
}

impl Spec {
    /// Whether the package says nothing about how to judge the value.
    pub(crate) fn judges_nothing(&self) -> bool {
        self.comparator.is_none()
            && self.low_limit.is_none()
            && self.high_limit.is_none()
            && self.target.is_none()
            && self.tolerance.is_none()
            && self.expected.is_none()
    }
}

/// What came back for a declared measurement.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Observed<'a> {
    /// `None` where nothing was returned under that name; a JSON null counts the same.
    pub(crate) value: Option<&'a Value>,
    /// The unit that the test code named.
    pub(crate) unit: Option<&'a str>,
    pub(crate) origin: Origin,
    /// The point with the limits of the test code, used where the package judges nothing.
    pub(crate) point: Option<&'a Point>,
}

/// One point among the measurements that a runner returned.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Point {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) value: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unit: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) low_limit: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) high_limit: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) expected: Option<Value>,
}
