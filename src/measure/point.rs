//! A point as the test code returned it, read as if it was declared.

use serde_json::Value;

use crate::measure::{Kind, Operand, Point, Spec, spell};

impl Point {
    /// Whether limits came with the value.
    pub(crate) fn has_limits(&self) -> bool {
        [&self.low_limit, &self.high_limit, &self.expected]
            .into_iter()
            .flatten()
            .any(|limit| !limit.is_null())
    }

    /// The type that the value shows: text with numeric limits is meant as a number.
    pub(super) fn kind(&self) -> Kind {
        let has_bounds = self.low_limit.is_some() || self.high_limit.is_some();
        match &self.value {
            Value::Bool(_) => Kind::Boolean,
            Value::Array(_) => Kind::Array,
            Value::String(text) => match text.as_str() {
                "NaN" | "Infinity" | "-Infinity" => Kind::Numeric,
                _ if has_bounds => Kind::Numeric,
                _ => Kind::String,
            },
            Value::Number(_) | Value::Null | Value::Object(_) => Kind::Numeric,
        }
    }

    pub(super) fn to_spec(&self, position: u32, name: &str, kind: Kind) -> Spec {
        let operand = |limit: &Option<Value>| {
            limit
                .as_ref()
                .filter(|limit| !limit.is_null())
                .map(|limit| Operand::literal(spell(limit), limit.clone()))
        };
        Spec {
            position,
            name: name.to_owned(),
            kind,
            low_limit: operand(&self.low_limit),
            high_limit: operand(&self.high_limit),
            expected: operand(&self.expected),
            unit: self.unit.clone(),
            ..Spec::default()
        }
    }
}
