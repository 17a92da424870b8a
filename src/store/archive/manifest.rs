//! What an archive says of itself: `manifest.json`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::store::upkeep::UpkeepError;

/// The name of the file.
pub(super) const NAME: &str = "manifest.json";

/// The word by which a manifest is known.
const FORMAT: &str = "maestro-archive";

/// Everything that a reader of the files has to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    /// Always `maestro-archive`.
    format: String,
    format_version: u32,
    /// Also the id of the row in `audit_log` that tells of the removal.
    pub(crate) id: Uuid,
    pub(crate) made_at: String,
    pub(crate) made_by: String,
    pub(crate) engine_version: String,
    pub(crate) store: Origin,
    pub(crate) schema_version: String,
    /// The runs in here ended before.
    pub(crate) before: String,
    pub(crate) runs: u64,
    csv: Dialect,
    /// Columns of each table, in the order of its files.
    pub(crate) tables: BTreeMap<String, Vec<ManifestColumn>>,
    pub(crate) files: Vec<ManifestFile>,
}

/// Where the rows come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Origin {
    /// `local` or `shared`.
    pub(crate) kind: String,
    /// A path, or server and database.
    pub(crate) place: String,
    /// The station that made the archive.
    pub(crate) station_id: String,
}

/// How the files are to be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Dialect {
    compression: String,
    encoding: String,
    delimiter: String,
    quote: String,
    header: bool,
    null: String,
    empty_text: String,
    boolean: String,
    timestamptz: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ManifestColumn {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ManifestFile {
    /// Beside the manifest.
    pub(crate) path: String,
    pub(crate) table: String,
    /// The month in which the runs started, `2026-11`; `null` for rows of several months.
    pub(crate) month: Option<String>,
    pub(crate) rows: u64,
    pub(crate) bytes: u64,
    /// Of the file as it is.
    pub(crate) sha256: String,
    /// Of the CSV text in it.
    pub(crate) csv_sha256: String,
}

/// What is known before the first file is written.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    pub(crate) id: Uuid,
    pub(crate) made_at: String,
    pub(crate) made_by: String,
    pub(crate) engine_version: String,
    pub(crate) store: Origin,
    pub(crate) schema_version: String,
    pub(crate) before: String,
}

impl Manifest {
    pub(super) fn new(head: Head, runs: u64) -> Self {
        let text = str::to_owned;
        Self {
            format: text(FORMAT),
            format_version: 1,
            id: head.id,
            made_at: head.made_at,
            made_by: head.made_by,
            engine_version: head.engine_version,
            store: head.store,
            schema_version: head.schema_version,
            before: head.before,
            runs,
            csv: Dialect {
                compression: text("gzip"),
                encoding: text("utf-8"),
                delimiter: text(","),
                quote: text("\""),
                header: true,
                null: text("nothing between two delimiters"),
                empty_text: text("\"\""),
                boolean: text("true or false"),
                timestamptz: text("RFC 3339, UTC, microseconds"),
            },
            tables: BTreeMap::new(),
            files: Vec::new(),
        }
    }

    /// The manifest in a folder; `None` where there is none that is whole.
    pub(super) fn read(folder: &Path) -> Option<Self> {
        let text = fs::read_to_string(folder.join(NAME)).ok()?;
        let manifest: Self = serde_json::from_str(&text).ok()?;
        (manifest.format == FORMAT).then_some(manifest)
    }

    pub(super) fn text(&self) -> Result<String, UpkeepError> {
        serde_json::to_string_pretty(self)
            .map(|text| text + "\n")
            .map_err(|error| UpkeepError::File(error.to_string()))
    }
}
