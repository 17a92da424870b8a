//! The value of one column.

use std::borrow::Cow;

use serde::Serialize;
use uuid::Uuid;

use crate::event::Timestamp;

/// Columns with their values, in the order of the statement.
pub(crate) type Cells<'a> = Vec<(&'static str, Cell<'a>)>;

/// A value, typed by what a database makes of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell<'a> {
    Null,
    Flag(bool),
    Int(i64),
    Real(f64),
    Text(Cow<'a, str>),
    /// The text of a JSON document.
    Json(String),
    Time(Timestamp),
    Uuid(Uuid),
}

impl<'a> Cell<'a> {
    pub(super) fn text(text: &'a str) -> Self {
        // An event that was not read from a journal may hold NUL, which databases refuse.
        if text.contains('\0') {
            Self::Text(Cow::Owned(text.replace('\0', "\u{FFFD}")))
        } else {
            Self::Text(Cow::Borrowed(text))
        }
    }

    pub(super) fn maybe_text(text: Option<&'a str>) -> Self {
        text.map_or(Self::Null, Self::text)
    }

    pub(super) fn maybe_real(number: Option<f64>) -> Self {
        number
            .filter(|number| number.is_finite())
            .map_or(Self::Null, Self::Real)
    }

    pub(super) fn maybe_int(number: Option<impl Into<i64>>) -> Self {
        number.map_or(Self::Null, |number| Self::Int(number.into()))
    }

    /// Numbers beyond the range of a database saturate.
    pub(super) fn count(number: u64) -> Self {
        Self::Int(i64::try_from(number).unwrap_or(i64::MAX))
    }

    pub(super) fn json(value: &impl Serialize) -> Self {
        serde_json::to_string(value).map_or(Self::Null, |text| Self::Json(without_nul(text)))
    }

    pub(super) fn maybe_json(value: Option<&impl Serialize>) -> Self {
        value.map_or(Self::Null, Self::json)
    }

    /// Milliseconds with a fraction.
    pub(super) fn millis(micros: u64) -> Self {
        Self::Real(micros as f64 / 1000.0)
    }
}

/// Writes U+FFFD for NUL in a document, since databases refuse it. The digits after an escaped
/// backslash are no escape.
fn without_nul(document: String) -> String {
    const NUL: &str = "\\u0000";
    if !document.contains(NUL) {
        return document;
    }
    let mut clean = String::with_capacity(document.len());
    let mut rest = document.as_str();
    while let Some(at) = rest.find('\\') {
        let is_nul = rest[at..].starts_with(NUL);
        // Every escape is a backslash and an ASCII character at least.
        let end = if is_nul { at + NUL.len() } else { at + 2 };
        clean.push_str(&rest[..if is_nul { at } else { end }]);
        if is_nul {
            clean.push_str("\\ufffd");
        }
        rest = &rest[end..];
    }
    clean.push_str(rest);
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nul_of_a_document_is_replaced_and_nothing_else() {
        let cases = [
            ("a\0b", "a\u{FFFD}b"),
            ("\\u0000", "\\u0000"),
            ("\\\0\\\\u0000\0", "\\\u{FFFD}\\\\u0000\u{FFFD}"),
            ("ä\n\"\0", "ä\n\"\u{FFFD}"),
        ];
        for (text, clean) in cases {
            let Cell::Json(document) = Cell::json(&text) else {
                panic!("{text:?}");
            };
            let read: String = serde_json::from_str(&document).unwrap();
            assert_eq!(read, clean, "{text:?}");
        }
    }
}
