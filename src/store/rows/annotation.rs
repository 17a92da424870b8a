//! The rows of an annotation.

use serde_json::json;

use super::read::{self, Columns, ReadError};
use super::{Cell, Cells};
use crate::event::RunId;
use crate::record::Annotation;

/// The columns that [`annotation`] reads.
pub(crate) const ANNOTATION_COLUMNS: &str = "id, execution_id, kind, disposition, reason, \
                                             annotated_by, station_id, annotated_at";

/// A row of `annotations`.
pub(crate) fn annotation(row: &impl Columns) -> Result<Annotation, ReadError> {
    Ok(Annotation {
        id: read::needed(row.uuid("id")?, "id")?,
        run: RunId(read::needed(row.uuid("execution_id")?, "execution_id")?),
        kind: read::word(row, "kind")?,
        disposition: row.text("disposition")?,
        reason: read::text(row, "reason")?,
        by: read::text(row, "annotated_by")?,
        station: row.text("station_id")?.unwrap_or_default(),
        at: read::needed(row.time("annotated_at")?, "annotated_at")?,
    })
}

/// The row of `annotations`.
pub(crate) fn annotation_cells(annotation: &Annotation) -> Cells<'_> {
    vec![
        ("id", Cell::Uuid(annotation.id)),
        ("execution_id", Cell::Uuid(annotation.run.0)),
        ("kind", Cell::text(annotation.kind.as_str())),
        (
            "disposition",
            Cell::maybe_text(annotation.disposition.as_deref()),
        ),
        ("reason", Cell::text(&annotation.reason)),
        ("annotated_by", Cell::text(&annotation.by)),
        ("station_id", Cell::text(&annotation.station)),
        ("annotated_at", Cell::Time(annotation.at)),
    ]
}

/// The row of `audit_log`, under the same id.
pub(crate) fn annotation_audit_cells(annotation: &Annotation) -> Cells<'_> {
    vec![
        ("id", Cell::Uuid(annotation.id)),
        ("at", Cell::Time(annotation.at)),
        ("actor", Cell::text(&annotation.by)),
        ("station_id", Cell::text(&annotation.station)),
        ("action", Cell::text("results.annotate")),
        ("subject", Cell::Text(annotation.run.to_string().into())),
        (
            "detail",
            Cell::json(&json!({
                "kind": annotation.kind,
                "disposition": annotation.disposition,
                "reason": annotation.reason,
            })),
        ),
    ]
}
