//! The one number grammar of the program, and numbers that compare exactly.
//!
//! A number is a JSON number, or trimmed decimal or exponent text: `3.3`, `-.5`, `+1.2E-3`.
//! Nothing else is: not `3,3`, not `True`, not `0x10`, not `1_000`. A value that was measured may
//! be `Infinity` or `-Infinity` as well; `NaN` is no value.

use std::cmp::Ordering;
use std::fmt;

use serde_json::Value;

/// A number that is not NaN. Integers stay integers, however long they are.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Number {
    Integer(i128),
    /// Decimal digits of an integer outside 128 bits, with `-` where negative, no leading zeros.
    Big(Box<str>),
    /// Never NaN; infinite where the value was.
    Float(f64),
}

/// Why a value is not a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotANumber {
    /// There is none: null.
    Missing,
    /// The text `NaN`.
    Nan,
    /// Text that is no number, a boolean, a list, a map.
    Unreadable,
}

impl Number {
    /// Reads text by the grammar. Infinities and NaN are no numbers here.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        match shape(text)? {
            Shape::Integer => Some(Self::integer(text)),
            Shape::Decimal => text.parse().ok().map(Self::Float),
        }
    }

    /// Reads a value: a JSON number, text by the grammar, or an infinity as the protocol spells it.
    pub(crate) fn read(value: &Value) -> Result<Self, NotANumber> {
        match value {
            Value::Number(number) => Ok(Self::from_json(number)),
            Value::String(text) => Self::read_text(text),
            Value::Null => Err(NotANumber::Missing),
            Value::Bool(_) | Value::Array(_) | Value::Object(_) => Err(NotANumber::Unreadable),
        }
    }

    fn read_text(text: &str) -> Result<Self, NotANumber> {
        if let Some(number) = Self::parse(text) {
            return Ok(number);
        }
        match text.trim() {
            "Infinity" => Ok(Self::Float(f64::INFINITY)),
            "-Infinity" => Ok(Self::Float(f64::NEG_INFINITY)),
            "NaN" => Err(NotANumber::Nan),
            _ => Err(NotANumber::Unreadable),
        }
    }

    fn from_json(number: &serde_json::Number) -> Self {
        if let Some(integer) = number.as_i64() {
            Self::Integer(integer.into())
        } else if let Some(integer) = number.as_u64() {
            Self::Integer(integer.into())
        } else {
            // Without the feature `arbitrary_precision` every other JSON number is a finite double.
            Self::Float(number.as_f64().unwrap_or(f64::INFINITY))
        }
    }

    /// Makes an integer of text that has the shape of one.
    fn integer(text: &str) -> Self {
        if let Ok(integer) = text.parse() {
            return Self::Integer(integer);
        }
        let digits = text.trim_start_matches(['+', '-', '0']);
        let sign = if text.starts_with('-') { "-" } else { "" };
        Self::Big(format!("{sign}{digits}").into())
    }

    /// The nearest double.
    pub(crate) fn to_f64(&self) -> f64 {
        match self {
            Self::Integer(integer) => *integer as f64,
            Self::Big(digits) => digits.parse().unwrap_or(f64::INFINITY),
            Self::Float(float) => *float,
        }
    }

    /// The nearest double if it is finite, as records hold it.
    pub(crate) fn finite(&self) -> Option<f64> {
        Some(self.to_f64()).filter(|float| float.is_finite())
    }

    /// Whether the nearest double is another number.
    pub(crate) fn is_rounded(&self) -> bool {
        match self {
            Self::Integer(integer) => *integer as f64 as i128 != *integer,
            Self::Big(_) => true,
            Self::Float(_) => false,
        }
    }

    /// As JSON: integers outside 64 bits as decimal text, infinities by name.
    pub(crate) fn to_json(&self) -> Value {
        match self {
            Self::Integer(integer) => match (i64::try_from(*integer), u64::try_from(*integer)) {
                (Ok(integer), _) => integer.into(),
                (_, Ok(integer)) => integer.into(),
                _ => Value::String(integer.to_string()),
            },
            Self::Float(float) if float.is_finite() => (*float).into(),
            Self::Big(_) | Self::Float(_) => Value::String(self.to_string()),
        }
    }

    /// As a JSON number where JSON can hold one, so that it stays a number in expressions:
    /// an integer outside 64 bits becomes the nearest double, an infinity its name.
    pub(crate) fn to_json_number(&self) -> Value {
        match self.to_json() {
            Value::String(_) if self.to_f64().is_finite() => self.to_f64().into(),
            json => json,
        }
    }

    /// Compares by value: integers as integers, whole doubles as the integers that they are.
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        match (self.whole(), other.whole()) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ => match (self, other) {
                (Self::Big(a), Self::Big(b)) => compare_digits(a, b),
                (Self::Big(a), _) => compare_big(a, other),
                (_, Self::Big(b)) => compare_big(b, self).reverse(),
                _ => self.to_f64().total_cmp(&other.to_f64()),
            },
        }
    }

    /// The number as an integer of 128 bits, if it is one.
    fn whole(&self) -> Option<i128> {
        match self {
            Self::Integer(integer) => Some(*integer),
            // 2^127 is the first double outside the range.
            Self::Float(float) if float.fract() == 0.0 && float.abs() < 1.7e38 => {
                Some(*float as i128)
            }
            Self::Big(_) | Self::Float(_) => None,
        }
    }
}

impl fmt::Display for Number {
    /// The shortest text that reads as the same number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(integer) => write!(f, "{integer}"),
            Self::Big(digits) => f.write_str(digits),
            Self::Float(float) if float.is_infinite() => f.write_str(if *float > 0.0 {
                "Infinity"
            } else {
                "-Infinity"
            }),
            Self::Float(float) => write!(f, "{float:?}"),
        }
    }
}

/// A double with the last digits taken off that arithmetic on decimals leaves behind, so that
/// `1.1 + 0.055` is the limit 1.155 that a person computes.
pub(crate) fn tidy(float: f64) -> f64 {
    if !float.is_finite() {
        return float;
    }
    format!("{float:.14e}").parse().unwrap_or(float)
}

/// Multiplies by a power of ten as decimals do it: 3300 by 10⁻³ is 3.3, and not its neighbour.
pub(crate) fn shift(float: f64, exponent: i32) -> f64 {
    if exponent == 0 || float == 0.0 || !float.is_finite() {
        return float;
    }
    let text = format!("{float:e}");
    let shifted = text.split_once('e').and_then(|(digits, old)| {
        let old: i32 = old.parse().ok()?;
        format!("{digits}e{}", old + exponent).parse().ok()
    });
    shifted.unwrap_or(float)
}

/// What a text looks like by the grammar.
enum Shape {
    Integer,
    Decimal,
}

/// `[+-]? (digits [. digits*] | . digits) ([eE] [+-]? digits)?`
fn shape(text: &str) -> Option<Shape> {
    let rest = text.strip_prefix(['+', '-']).unwrap_or(text).as_bytes();
    let whole = digits(rest);
    let mut end = whole;
    let mut fraction = 0;
    if rest.get(end) == Some(&b'.') {
        fraction = digits(&rest[end + 1..]);
        end += 1 + fraction;
    }
    if whole + fraction == 0 {
        return None;
    }
    let has_point = end > whole;
    if matches!(rest.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(rest.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits(&rest[(end + 1 + sign).min(rest.len())..]);
        let is_whole_text = exponent > 0 && end + 1 + sign + exponent == rest.len();
        return is_whole_text.then_some(Shape::Decimal);
    }
    match (end == rest.len(), has_point) {
        (true, true) => Some(Shape::Decimal),
        (true, false) => Some(Shape::Integer),
        (false, _) => None,
    }
}

/// How many ASCII digits stand at the beginning.
fn digits(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count()
}

/// Compares two integers outside 128 bits.
fn compare_digits(a: &str, b: &str) -> Ordering {
    match (a.strip_prefix('-'), b.strip_prefix('-')) {
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
        (None, None) => a.len().cmp(&b.len()).then_with(|| a.cmp(b)),
        (Some(a), Some(b)) => b.len().cmp(&a.len()).then_with(|| b.cmp(a)),
    }
}

/// Compares an integer outside 128 bits with a number of another kind.
fn compare_big(digits: &str, other: &Number) -> Ordering {
    let sign = if digits.starts_with('-') {
        Ordering::Less
    } else {
        Ordering::Greater
    };
    match other {
        // Inside 128 bits: whatever is outside lies beyond it.
        Number::Integer(_) => sign,
        _ if other.whole().is_some() => sign,
        _ => digits
            .parse::<f64>()
            .map_or(sign, |float| float.total_cmp(&other.to_f64())),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn grammar_takes_decimal_and_exponent_text_only() {
        for text in [
            "3",
            "-3",
            "+3",
            "3.",
            ".5",
            "-.5",
            "3.30",
            "1e3",
            "1E-3",
            "+1.25E+03",
            " 7\r\n",
            "010",
        ] {
            assert!(Number::parse(text).is_some(), "{text:?}");
        }
        for text in [
            "", " ", ".", "+", "-", "e3", ".e3", "1e", "1e+", "3,3", "True", "0x10", "1_000",
            "1 0", "NaN", "nan", "inf", "Infinity", "--1", "1.2.3", "3V", "1e5.0", "٣", "½",
        ] {
            assert_eq!(Number::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn values_may_be_infinite_and_nan_is_none() {
        assert_eq!(
            Number::read(&json!("-Infinity")),
            Ok(Number::Float(f64::NEG_INFINITY))
        );
        assert_eq!(Number::read(&json!("NaN")), Err(NotANumber::Nan));
        assert_eq!(Number::read(&json!("nan")), Err(NotANumber::Unreadable));
        assert_eq!(Number::read(&json!(null)), Err(NotANumber::Missing));
        assert_eq!(Number::read(&json!(true)), Err(NotANumber::Unreadable));
        assert_eq!(Number::read(&json!([1])), Err(NotANumber::Unreadable));
    }

    #[test]
    fn integers_compare_as_integers() {
        let pairs = [
            ("9007199254740993", "9007199254740992", Ordering::Greater),
            (
                "340282366920938463463374607431768211457",
                "340282366920938463463374607431768211456",
                Ordering::Greater,
            ),
            (
                "-99999999999999999999999999999999999999999",
                "0",
                Ordering::Less,
            ),
            (
                "99999999999999999999999999999999999999999",
                "1e50",
                Ordering::Less,
            ),
            (
                "99999999999999999999999999999999999999999",
                "1e10",
                Ordering::Greater,
            ),
            ("3", "3.0", Ordering::Equal),
            ("3", "3.5", Ordering::Less),
            ("-0", "0", Ordering::Equal),
            ("-0.0", "0.0", Ordering::Equal),
            ("0010", "10", Ordering::Equal),
        ];
        for (a, b, order) in pairs {
            let (x, y) = (Number::parse(a).unwrap(), Number::parse(b).unwrap());
            assert_eq!(x.compare(&y), order, "{a} and {b}");
            assert_eq!(y.compare(&x), order.reverse(), "{b} and {a}");
        }
    }

    #[test]
    fn long_integers_travel_as_decimal_text() {
        let long = "123456789012345678901234567890123456789012345";
        let number = Number::parse(long).unwrap();
        assert_eq!(number.to_json(), json!(long));
        assert!(number.is_rounded());
        assert_eq!(
            Number::parse("18446744073709551615").unwrap().to_json(),
            json!(u64::MAX)
        );
    }

    #[test]
    #[expect(clippy::float_cmp, reason = "exactness is what is tested")]
    fn decimal_shift_gives_the_decimal_that_a_person_expects() {
        assert!((3300.0 * 0.001 - 3.3_f64).abs() > 0.0);
        assert_eq!(shift(3300.0, -3), 3.3);
        assert_eq!(shift(0.0033, 3), 3.3);
        assert_eq!(shift(-1.1, 6), -1_100_000.0);
        assert_eq!(shift(f64::INFINITY, 3), f64::INFINITY);
        assert_eq!(tidy(1.1 + 0.055), 1.155);
    }

    proptest! {
        #[test]
        fn doubles_go_through_text_unchanged(float in proptest::num::f64::NORMAL | proptest::num::f64::SUBNORMAL | proptest::num::f64::ZERO) {
            let number = Number::Float(float);
            prop_assert_eq!(Number::parse(&number.to_string()).unwrap().compare(&number), Ordering::Equal);
        }

        #[test]
        fn order_is_antisymmetric_and_agrees_with_doubles(a in -1e12..1e12f64, b in -1e12..1e12f64) {
            let order = Number::Float(a).compare(&Number::Float(b));
            prop_assert_eq!(order, a.partial_cmp(&b).unwrap());
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,40}") {
            let _ = Number::parse(&text);
        }

        #[test]
        fn what_the_grammar_takes_is_a_double(text in "[-+.eE0-9]{1,12}") {
            if Number::parse(&text).is_some() {
                prop_assert!(text.parse::<f64>().is_ok());
            }
        }
    }
}
