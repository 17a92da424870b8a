//! The report `maestro-report-1`: everything that is known of a run, as one JSON document.
//!
//! [`v1`] is the contract; its fields carry the names of the database columns (STORAGE section 3)
//! and only ever grow. [`SCHEMA`] states it for others.

mod convert;
#[cfg(test)]
mod tests;
mod v1;

use serde::Serialize;

use crate::record::RunRecord;

/// The JSON Schema of the report.
pub(crate) const SCHEMA: &str = include_str!("maestro-report-1.schema.json");

/// The report as values, for templates.
pub(super) fn context(record: &RunRecord) -> impl Serialize {
    v1::Report::from(record)
}

/// Renders one run.
pub(crate) fn render(record: &RunRecord) -> String {
    // Every key is text and every number finite, so that nothing can fail here.
    let mut text = serde_json::to_string_pretty(&context(record)).unwrap_or_default();
    text.push('\n');
    text
}
