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
        serde_json::to_string(value).map_or(Self::Null, |text| {
            Self::Json(text.replace("\\u0000", "\\ufffd"))
        })
    }

    pub(super) fn maybe_json(value: Option<&impl Serialize>) -> Self {
        value.map_or(Self::Null, Self::json)
    }

    /// Milliseconds with a fraction.
    pub(super) fn millis(micros: u64) -> Self {
        Self::Real(micros as f64 / 1000.0)
    }
}
