//! Tables for spreadsheets, pandas and `DuckDB`.

use serde_json::Value;

/// A table with a heading, as RFC 4180 has it but for the ends of lines.
pub(super) fn text(table: &[Vec<String>]) -> String {
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    for row in table {
        // Writing to memory cannot fail, and every row is as long as its heading.
        let _ = writer.write_record(row);
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

/// A value as a cell: numbers as they are, nothing for what is not there.
pub(super) fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A number that may be absent.
pub(super) fn number(value: Option<f64>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}
