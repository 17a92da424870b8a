//! The forms that a report can have.

use super::{Subject, atml, csv, html, json, junit, markdown};

/// The form of a report, as named on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Html,
    Json,
    Junit,
    Csv,
    Markdown,
    Atml,
}

impl Form {
    pub(crate) const ALL: [Self; 6] = [
        Self::Html,
        Self::Json,
        Self::Junit,
        Self::Csv,
        Self::Markdown,
        Self::Atml,
    ];

    /// The word for it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Json => "json",
            Self::Junit => "junit",
            Self::Csv => "csv",
            Self::Markdown => "markdown",
            Self::Atml => "atml",
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
            Self::Csv => csv::render(subject.record),
            Self::Markdown => markdown::render(subject),
            Self::Atml => atml::render(subject.record),
        }
    }
}
