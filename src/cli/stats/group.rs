//! `--by`: from the places of a store to the rows of a table.

use serde_json::{Value, json};

use crate::cli::args::ByName;
use crate::cli::results::View;
use crate::stats::Period;
use crate::stats::survey::{Axis, Place};

/// By what rows are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grouping {
    Whole,
    Test,
    Station,
    Operator,
    Time(Period),
}

impl Grouping {
    pub(super) const fn of(by: Option<ByName>) -> Self {
        match by {
            None => Self::Whole,
            Some(ByName::Test) => Self::Test,
            Some(ByName::Station) => Self::Station,
            Some(ByName::Operator) => Self::Operator,
            Some(ByName::Hour) => Self::Time(Period::Hour),
            Some(ByName::Day) => Self::Time(Period::Day),
            Some(ByName::Week) => Self::Time(Period::Week),
            Some(ByName::Month) => Self::Time(Period::Month),
        }
    }

    /// What the store counts by.
    pub(super) fn axis(self, view: &View) -> Axis {
        match self {
            Self::Whole => Axis::Whole,
            Self::Test => Axis::Test,
            Self::Station => Axis::Station,
            Self::Operator => Axis::Operator,
            Self::Time(_) => Period::axis(&view.zone, view.now),
        }
    }

    /// The row that a place belongs to; `None` for runs that name no operator, and for the whole.
    pub(super) fn name(self, place: &Place, view: &View) -> Option<String> {
        match (self, place) {
            (Self::Time(period), Place::Since(time)) => Some(period.name(*time, &view.zone)),
            (_, Place::Named(name)) => name.clone(),
            _ => None,
        }
    }

    /// The heading of the column of names; empty for the whole.
    pub(super) const fn heading(self) -> &'static str {
        match self {
            Self::Whole => "",
            Self::Test => "TEST",
            Self::Station => "STATION",
            Self::Operator => "OPERATOR",
            Self::Time(Period::Hour) => "HOUR",
            Self::Time(Period::Day) => "DAY",
            Self::Time(Period::Week) => "WEEK",
            Self::Time(Period::Month) => "MONTH",
        }
    }

    /// The word in documents and tables for programs.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Test => "test",
            Self::Station => "station",
            Self::Operator => "operator",
            Self::Time(Period::Hour) => "hour",
            Self::Time(Period::Day) => "day",
            Self::Time(Period::Week) => "week",
            Self::Time(Period::Month) => "month",
        }
    }

    /// A table whose first column says the group: the whole has none.
    pub(super) fn table(self, mut rows: Vec<Vec<String>>) -> Vec<Vec<String>> {
        if self == Self::Whole {
            for row in &mut rows {
                row.remove(0);
            }
        }
        rows
    }

    pub(super) fn json(self) -> Value {
        match self {
            Self::Whole => Value::Null,
            other => json!(other.word()),
        }
    }
}

/// A name as a person reads it.
pub(super) fn shown(name: Option<&str>) -> String {
    name.map_or_else(|| "(none)".to_owned(), str::to_owned)
}
