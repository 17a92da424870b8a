//! The forms that a report can have.

use crate::record::RunRecord;

use super::{json, junit};

/// The form of a report, as named on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Json,
    Junit,
}

impl Form {
    pub(crate) const ALL: [Self; 2] = [Self::Json, Self::Junit];

    /// The word for it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Junit => "junit",
        }
    }

    /// Reads the word for a form.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.as_str() == text)
    }

    /// The report of `record` as text.
    pub(crate) fn render(self, record: &RunRecord) -> String {
        match self {
            Self::Json => json::render(record),
            Self::Junit => junit::render(record),
        }
    }
}
