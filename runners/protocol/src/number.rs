//! Numbers that JSON cannot carry.
//!
//! Integers outside 64 bits travel as decimal strings, non-finite values as `"NaN"`, `"Infinity"`
//! and `"-Infinity"`.

use serde_json::{Number, Value};

/// Spelling of a number that is not one.
pub const NAN: &str = "NaN";
/// Spelling of positive infinity.
pub const INFINITY: &str = "Infinity";
/// Spelling of negative infinity.
pub const NEGATIVE_INFINITY: &str = "-Infinity";

/// Spells a float as a message carries it.
pub fn from_f64(value: f64) -> Value {
    match Number::from_f64(value) {
        Some(number) => Value::Number(number),
        None if value.is_nan() => Value::from(NAN),
        None if value > 0.0 => Value::from(INFINITY),
        None => Value::from(NEGATIVE_INFINITY),
    }
}

/// Spells an integer as a message carries it.
pub fn from_i128(value: i128) -> Value {
    if let Ok(small) = i64::try_from(value) {
        return Value::from(small);
    }
    u64::try_from(value).map_or_else(|_| Value::from(value.to_string()), Value::from)
}

/// Reads a number of a message, also the spellings for what JSON cannot carry.
///
/// Text is accepted only in exactly those spellings or as a decimal integer; a measurement's text
/// that happens to look like a number is a matter for its reader.
pub fn to_f64(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => match text.as_str() {
            NAN => Some(f64::NAN),
            INFINITY => Some(f64::INFINITY),
            NEGATIVE_INFINITY => Some(f64::NEG_INFINITY),
            _ if is_integer(text) => text.parse().ok(),
            _ => None,
        },
        _ => None,
    }
}

fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn wide_integers_travel_as_decimal_strings() {
        assert_eq!(from_i128(i128::from(i64::MIN)), json!(i64::MIN));
        assert_eq!(from_i128(i128::from(u64::MAX)), json!(u64::MAX));
        assert_eq!(
            from_i128(i128::from(u64::MAX) + 1),
            json!("18446744073709551616")
        );
        assert_eq!(
            from_i128(i128::from(i64::MIN) - 1),
            json!("-9223372036854775809")
        );
        assert_eq!(
            to_f64(&json!("18446744073709551616")),
            Some(18_446_744_073_709_551_616.0)
        );
    }

    #[test]
    fn non_finite_values_have_names() {
        for (value, spelling) in [
            (f64::NAN, NAN),
            (f64::INFINITY, INFINITY),
            (f64::NEG_INFINITY, NEGATIVE_INFINITY),
        ] {
            assert_eq!(from_f64(value), json!(spelling));
            let back = to_f64(&json!(spelling)).unwrap();
            assert_eq!(back.to_bits(), value.to_bits());
        }
        assert_eq!(from_f64(3.3), json!(3.3));
    }

    #[test]
    fn other_text_is_no_number() {
        for text in ["", "-", "3.3", "1e3", "nan", "inf", "+3", " 3", "True"] {
            assert_eq!(to_f64(&json!(text)), None, "{text:?}");
        }
        assert_eq!(to_f64(&json!(true)), None);
    }
}
