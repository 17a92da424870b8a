//! Scalars and the YAML 1.2 core schema.

use std::sync::Arc;

use serde_json::Number;

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    /// Single or double quotes.
    Quoted,
    /// `|` or `>`.
    Block,
}

/// A scalar: the text with quotes and escapes resolved. What the core schema makes of it is worked
/// out when it is asked for, since a large document has many scalars and few are numbers.
#[derive(Debug, Clone)]
pub(crate) struct Scalar {
    pub(crate) text: Arc<str>,
    pub(crate) style: Style,
    tag: CoreTag,
}

/// The tags of the core schema that a scalar can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CoreTag {
    /// None, or one that says nothing.
    None,
    Text,
    Null,
    Float,
    /// `!!bool` and `!!int`: read like a plain scalar, whatever the style.
    Plain,
}

/// The core schema's reading of a plain scalar; quoted ones are text.
///
/// Integers with leading zeros (a serial number `010`) and those outside 64 bits stay text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Resolved {
    Null,
    Bool(bool),
    Int(i64),
    /// Above `i64::MAX`.
    Unsigned(u64),
    Float(f64),
    Text,
}

impl Scalar {
    pub(crate) fn new(text: impl Into<Arc<str>>, style: Style, tag: Option<&str>) -> Self {
        let tag = match tag {
            Some("str") => CoreTag::Text,
            Some("null") => CoreTag::Null,
            Some("float") => CoreTag::Float,
            Some("bool" | "int") => CoreTag::Plain,
            _ => CoreTag::None,
        };
        let text = text.into();
        Self { text, style, tag }
    }

    /// What the core schema makes of the text.
    pub(crate) fn value(&self) -> Resolved {
        match (self.tag, self.style) {
            (CoreTag::Null, _) => Resolved::Null,
            (CoreTag::Float, _) => match resolve(&self.text) {
                Resolved::Int(int) => Resolved::Float(int as f64),
                value => value,
            },
            (CoreTag::Plain, _) | (CoreTag::None, Style::Plain) => resolve(&self.text),
            (CoreTag::Text, _) | (CoreTag::None, Style::Quoted | Style::Block) => Resolved::Text,
        }
    }

    /// Null, for places where nothing could be read.
    pub(crate) fn null() -> Self {
        Self::new("", Style::Plain, None)
    }

    /// The native value; non-finite floats are the strings of the protocol.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        self.value().to_json(&self.text)
    }
}

impl Resolved {
    /// The native value of a scalar with that text.
    pub(crate) fn to_json(self, text: &str) -> serde_json::Value {
        match self {
            Self::Null => serde_json::Value::Null,
            Self::Bool(flag) => flag.into(),
            Self::Int(int) => int.into(),
            Self::Unsigned(int) => int.into(),
            Self::Float(float) => match Number::from_f64(float) {
                Some(number) => number.into(),
                None if float.is_nan() => "NaN".into(),
                None if float > 0.0 => "Infinity".into(),
                None => "-Infinity".into(),
            },
            Self::Text => text.into(),
        }
    }
}

fn resolve(text: &str) -> Resolved {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Resolved::Null,
        "true" | "True" | "TRUE" => return Resolved::Bool(true),
        "false" | "False" | "FALSE" => return Resolved::Bool(false),
        ".nan" | ".NaN" | ".NAN" => return Resolved::Float(f64::NAN),
        _ => {}
    }
    let Some(first) = text.bytes().next() else {
        return Resolved::Text;
    };
    if !matches!(first, b'0'..=b'9' | b'+' | b'-' | b'.') {
        return Resolved::Text;
    }
    radix(text)
        .or_else(|| decimal(text))
        .or_else(|| float(text))
        .unwrap_or(Resolved::Text)
}

/// `0x1F` and `0o17`.
fn radix(text: &str) -> Option<Resolved> {
    let (digits, radix) = match text.get(..2)? {
        "0x" => (&text[2..], 16),
        "0o" => (&text[2..], 8),
        _ => return None,
    };
    let all_digits = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
    let value = all_digits.then(|| u64::from_str_radix(digits, radix).ok())??;
    Some(i64::try_from(value).map_or(Resolved::Unsigned(value), Resolved::Int))
}

fn decimal(text: &str) -> Option<Resolved> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let all_digits = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    if !all_digits {
        return None;
    }
    if digits.len() > 1 && digits.starts_with('0') {
        return Some(Resolved::Text);
    }
    let int = text.parse().map(Resolved::Int);
    let int = int.or_else(|_| text.parse().map(Resolved::Unsigned));
    Some(int.unwrap_or(Resolved::Text))
}

fn float(text: &str) -> Option<Resolved> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
        return Some(Resolved::Float(sign * f64::INFINITY));
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mantissa_fits =
        digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty());
    let exponent_fits = exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !exponent.is_empty() && digits(exponent)
    });
    // `007.5` is no float either: leading zeros are kept as text.
    let leading_zero = whole.len() > 1 && whole.starts_with('0');
    if !mantissa_fits || !exponent_fits || leading_zero {
        return None;
    }
    // A literal too large for a double stays text rather than becoming infinite.
    text.parse()
        .ok()
        .filter(|f: &f64| f.is_finite())
        .map(Resolved::Float)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn core_schema_reads_plain_scalars() {
        let cases = [
            ("", Resolved::Null),
            ("~", Resolved::Null),
            ("True", Resolved::Bool(true)),
            ("yes", Resolved::Text),
            ("-12", Resolved::Int(-12)),
            ("0", Resolved::Int(0)),
            ("010", Resolved::Text),
            ("0x10", Resolved::Int(16)),
            ("0o17", Resolved::Int(15)),
            ("1_000", Resolved::Text),
            ("18446744073709551615", Resolved::Unsigned(u64::MAX)),
            ("18446744073709551616", Resolved::Text),
            ("3.30", Resolved::Float(3.3)),
            (".5", Resolved::Float(0.5)),
            ("1.", Resolved::Float(1.0)),
            ("1e3", Resolved::Float(1000.0)),
            ("1e999", Resolved::Text),
            ("-.inf", Resolved::Float(f64::NEG_INFINITY)),
            ("1.2.3", Resolved::Text),
            ("3,3", Resolved::Text),
            ("-", Resolved::Text),
            (".", Resolved::Text),
            ("0x", Resolved::Text),
            ("0µ", Resolved::Text),
        ];
        for (text, expected) in cases {
            let scalar = Scalar::new(text, Style::Plain, None);
            assert_eq!(scalar.value(), expected, "{text}");
        }
        assert_eq!(
            Scalar::new("1", Style::Quoted, None).value(),
            Resolved::Text
        );
        assert_eq!(
            Scalar::new("1", Style::Plain, Some("str")).value(),
            Resolved::Text
        );
    }
}
