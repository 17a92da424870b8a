//! The forms that a report can have.

use super::{Subject, html, json, junit};

/// The form of a report, as named on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Html,
    Json,
    Junit,
}

impl Form {
    pub(crate) const ALL: [Self; 3] = [Self::Html, Self::Json, Self::Junit];

    /// The word for it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Json => "json",
            Self::Junit => "junit",
        }
    }

    /// Reads the word for a form.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.as_str() == text)
    }

    /// The report of a run as text.
    pub(crate) fn render(self, subject: &Subject<'_>) -> String {
        match self {
            Self::Html => html::render(subject),
            Self::Json => json::render(subject.record),
            Self::Junit => junit::render(subject.record),
        }
    }
}
