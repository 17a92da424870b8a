//! Numbers as instruments spell them (SCPI-99, 7.2), and the values that stand for none.

use maestro_protocol::number::{from_f64, from_i128};
use serde_json::Value;

/// What instruments answer for an overload, above or below.
const OVERLOAD: f64 = 9.9e37;
/// What they answer for "not a number".
const NOTHING: f64 = 9.91e37;
/// Instruments that calculate in single precision hit these values only about.
const ABOUT: f64 = 1e-6;

/// Reads the whole of a text as a number; ±9.9E37 is infinite and 9.91E37 is NaN.
pub(super) fn read(text: &str) -> Option<Value> {
    let text = text.trim();
    named(text)
        .map(from_f64)
        .or_else(|| with_base(text))
        .or_else(|| decimal(text))
}

fn named(text: &str) -> Option<f64> {
    match text.to_ascii_uppercase().as_str() {
        "INF" | "+INF" | "INFINITY" | "+INFINITY" => Some(f64::INFINITY),
        "NINF" | "-INF" | "NINFINITY" | "-INFINITY" => Some(f64::NEG_INFINITY),
        "NAN" => Some(f64::NAN),
        _ => None,
    }
}

/// `#H1F`, `#Q17`, `#B101`.
fn with_base(text: &str) -> Option<Value> {
    let rest = text.strip_prefix('#')?;
    let base = match rest.chars().next()?.to_ascii_uppercase() {
        'H' => 16,
        'Q' => 8,
        'B' => 2,
        _ => return None,
    };
    let digits = &rest[1..];
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_alphanumeric());
    i128::from_str_radix(digits, base)
        .ok()
        .filter(|_| is_plain)
        .map(from_i128)
}

fn decimal(text: &str) -> Option<Value> {
    let allowed = |b: u8| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E');
    if !text.bytes().all(allowed) {
        return None;
    }
    let value: f64 = text.parse().ok()?;
    if is_about(value.abs(), NOTHING) {
        return Some(from_f64(f64::NAN));
    }
    if is_about(value.abs(), OVERLOAD) {
        return Some(from_f64(f64::INFINITY.copysign(value)));
    }
    let integer = text.parse::<i128>().ok();
    Some(integer.map_or_else(|| from_f64(value), from_i128))
}

fn is_about(value: f64, wanted: f64) -> bool {
    (value / wanted - 1.0).abs() < ABOUT
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn spellings_of_instruments_are_numbers() {
        for (text, value) in [
            ("+3.30000000E+00", json!(3.3)),
            (" -5 ", json!(-5)),
            ("+0", json!(0)),
            ("007", json!(7)),
            (".5", json!(0.5)),
            ("5.", json!(5.0)),
            ("1e3", json!(1000.0)),
            ("#H1F", json!(31)),
            ("#q17", json!(15)),
            ("#B101", json!(5)),
            ("18446744073709551616", json!("18446744073709551616")),
        ] {
            assert_eq!(read(text), Some(value), "{text}");
        }
    }

    #[test]
    fn overload_is_infinite_and_nothing_is_nan() {
        for text in [
            "9.9E37",
            "+9.90000000E+37",
            "9.89999998430674944E+37",
            "INF",
        ] {
            assert_eq!(read(text), Some(json!("Infinity")), "{text}");
        }
        for text in ["-9.9E+37", "NINF"] {
            assert_eq!(read(text), Some(json!("-Infinity")), "{text}");
        }
        for text in ["9.91E37", "+9.91000000E+37", "NAN"] {
            assert_eq!(read(text), Some(json!("NaN")), "{text}");
        }
        assert_eq!(read("9.92E37"), Some(json!(9.92e37)));
    }

    #[test]
    fn what_has_more_than_a_number_is_none() {
        for text in [
            "", "3.3 V", "3,3", "1,2", "0x1F", "#", "#H", "#H-1", "#15HELLO", "e", "+", "ON",
            "1 2", "infinite", "1_000",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
