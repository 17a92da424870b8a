//! What a literal stands for; shared by the rules about limits and values.

use crate::package::model::Value;
use crate::package::read::parse_number;

/// A value of which the validator wants a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Number {
    Is(f64),
    IsNot,
    /// Known at run time only.
    Template,
}

/// Reads a literal by the number grammar of measurements (FORMAT section 3).
pub(super) fn number(value: &Value) -> Number {
    let scalar = match value {
        Value::Scalar(scalar) => scalar,
        Value::Template(_) => return Number::Template,
        Value::List(_) | Value::Map(_) => return Number::IsNot,
    };
    let native = scalar.native();
    if let Some(number) = native.as_f64() {
        return Number::Is(number);
    }
    match native.as_str() {
        Some("Infinity") => Number::Is(f64::INFINITY),
        Some("-Infinity") => Number::Is(f64::NEG_INFINITY),
        Some(_) => parse_number(&scalar.text).map_or(Number::IsNot, Number::Is),
        None => Number::IsNot,
    }
}

/// The number, if it is a literal one.
pub(super) fn known(value: Option<&Value>) -> Option<f64> {
    match number(value?) {
        Number::Is(number) => Some(number),
        Number::IsNot | Number::Template => None,
    }
}

/// How a boolean may be written: `True`, `true` and `1` alike.
pub(super) fn boolean(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}
