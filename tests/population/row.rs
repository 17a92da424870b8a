//! Rows of tables.

use std::borrow::Cow;

use uuid::Uuid;

/// A table and the columns that are filled; the others are empty.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) columns: &'static [&'static str],
}

/// The value of a column.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Null,
    Flag(bool),
    Int(i64),
    Real(f64),
    Text(Cow<'static, str>),
    Json(Cow<'static, str>),
    /// µs since 1970.
    Time(i64),
    Uuid(Uuid),
}

impl Cell {
    pub(super) const fn text(text: &'static str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }

    pub(super) const fn owned(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

pub(super) const EXECUTIONS: Table = Table {
    name: "test_executions",
    columns: &[
        "id",
        "test_name",
        "test_version",
        "device",
        "package_name",
        "package_version",
        "lifecycle_status",
        "definition_digest",
        "definition_path",
        "serial_number",
        "operator_id",
        "operator_source",
        "station_id",
        "slot",
        "host",
        "mode",
        "overrides",
        "forced",
        "unattended",
        "status",
        "verdict",
        "cleanup",
        "started_at",
        "ended_at",
        "duration_ms",
        "last_seen_at",
        "clock_suspect",
        "damaged",
        "config_snapshot",
        "tags",
        "engine_version",
        "steps_planned",
        "step_counts",
        "pid",
    ],
};

pub(super) const STEPS: Table = Table {
    name: "step_results",
    columns: &[
        "id",
        "execution_id",
        "sequence_no",
        "position",
        "path",
        "section",
        "name",
        "kind",
        "runner",
        "target",
        "parameters",
        "execution_no",
        "attempts",
        "verdict",
        "verdict_forced",
        "started_at",
        "ended_at",
        "duration_ms",
        "timeout_ms",
        "unattended",
        "superseded",
    ],
};

pub(super) const MEASURED: Table = Table {
    name: "measurements",
    columns: &[
        "step_result_id",
        "execution_id",
        "position",
        "measurement_name",
        "kind",
        "origin",
        "actual_value",
        "actual_text",
        "low_limit",
        "high_limit",
        "expected",
        "limits_source",
        "operator",
        "unit",
        "verdict",
        "timestamp",
        "station_id",
        "serial_number",
    ],
};

pub(super) const ANNOTATIONS: Table = Table {
    name: "annotations",
    columns: &[
        "id",
        "execution_id",
        "kind",
        "disposition",
        "reason",
        "annotated_by",
        "annotated_at",
    ],
};
