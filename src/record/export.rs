//! Rows for other programs: which there are, and what stands in their columns.

use std::io;

use serde_json::Value;
use uuid::Uuid;

use super::history::HistoryError;
use crate::event::Timestamp;

/// What a row is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exported {
    Runs,
    Steps,
    Measurements,
}

/// The value of a column.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Field {
    Null,
    Flag(bool),
    Int(i64),
    Real(f64),
    Text(String),
    Json(Value),
    Time(Timestamp),
    Uuid(Uuid),
}

/// What a column holds, in every row of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FieldKind {
    Flag,
    Int,
    Real,
    Text,
    Json,
    Time,
    Uuid,
}

/// Why an export ended early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExportError {
    #[error(transparent)]
    History(#[from] HistoryError),
    /// Whoever takes the rows cannot take more.
    #[error(transparent)]
    Write(#[from] io::Error),
}

/// Columns of a run that stand in each of its rows, so that no table has to be joined.
const OF_THE_RUN: [(&str, FieldKind); 14] = [
    ("execution_id", FieldKind::Uuid),
    ("test_name", FieldKind::Text),
    ("test_version", FieldKind::Text),
    ("package_name", FieldKind::Text),
    ("package_version", FieldKind::Text),
    ("serial_number", FieldKind::Text),
    ("operator_id", FieldKind::Text),
    ("station_id", FieldKind::Text),
    ("slot", FieldKind::Int),
    ("mode", FieldKind::Text),
    ("unattended", FieldKind::Flag),
    ("voided", FieldKind::Flag),
    ("run_verdict", FieldKind::Text),
    ("run_started_at", FieldKind::Time),
];

const OF_A_RUN: [(&str, FieldKind); 14] = [
    ("device", FieldKind::Text),
    ("fixture_id", FieldKind::Text),
    ("host", FieldKind::Text),
    ("forced", FieldKind::Flag),
    ("status", FieldKind::Text),
    ("run_ended_at", FieldKind::Time),
    ("duration_ms", FieldKind::Real),
    ("held_ms", FieldKind::Int),
    ("abort_reason", FieldKind::Text),
    ("error", FieldKind::Text),
    ("disposition", FieldKind::Text),
    ("clock_suspect", FieldKind::Flag),
    ("damaged", FieldKind::Flag),
    ("tags", FieldKind::Json),
];

const OF_A_STEP: [(&str, FieldKind); 19] = [
    ("sequence_no", FieldKind::Int),
    ("step_path", FieldKind::Text),
    ("step_name", FieldKind::Text),
    ("section", FieldKind::Text),
    ("kind", FieldKind::Text),
    ("runner", FieldKind::Text),
    ("iteration", FieldKind::Int),
    ("execution_no", FieldKind::Int),
    ("attempts", FieldKind::Int),
    ("verdict", FieldKind::Text),
    ("true_verdict", FieldKind::Text),
    ("reason", FieldKind::Text),
    ("skip_reason", FieldKind::Text),
    ("superseded", FieldKind::Flag),
    ("started_at", FieldKind::Time),
    ("ended_at", FieldKind::Time),
    ("duration_ms", FieldKind::Real),
    ("prompt_ms", FieldKind::Int),
    ("held_ms", FieldKind::Int),
];

const OF_A_MEASUREMENT: [(&str, FieldKind); 20] = [
    ("sequence_no", FieldKind::Int),
    ("step_path", FieldKind::Text),
    ("step_name", FieldKind::Text),
    ("iteration", FieldKind::Int),
    ("position", FieldKind::Int),
    ("measurement_name", FieldKind::Text),
    ("kind", FieldKind::Text),
    ("origin", FieldKind::Text),
    ("actual_value", FieldKind::Real),
    ("actual_text", FieldKind::Text),
    ("unit", FieldKind::Text),
    ("low_limit", FieldKind::Real),
    ("high_limit", FieldKind::Real),
    ("target", FieldKind::Real),
    ("tolerance", FieldKind::Real),
    ("expected", FieldKind::Text),
    ("operator", FieldKind::Text),
    ("verdict", FieldKind::Text),
    ("reason", FieldKind::Text),
    ("timestamp", FieldKind::Time),
];

impl Exported {
    /// The columns of a row, in their order. A contract: columns may be added at the end.
    pub(crate) fn columns(self) -> Vec<(&'static str, FieldKind)> {
        let own: &[_] = match self {
            Self::Runs => &OF_A_RUN,
            Self::Steps => &OF_A_STEP,
            Self::Measurements => &OF_A_MEASUREMENT,
        };
        [&OF_THE_RUN, own].concat()
    }
}
