//! Who changed what: rows of `audit_log`.

use serde_json::Value;
use uuid::Uuid;

use super::database::{Database, UpkeepError, insert};
use crate::event::Timestamp;
use crate::store::rows::Cell;

/// Who does something, when, at which station.
#[derive(Debug, Clone)]
pub(crate) struct Actor {
    pub(crate) name: String,
    pub(crate) station: String,
    pub(crate) at: Timestamp,
}

/// One row of `audit_log`.
#[derive(Debug, Clone)]
pub(crate) struct Audit<'a> {
    pub(crate) id: Uuid,
    pub(crate) actor: &'a Actor,
    /// Such as `db.prune`.
    pub(crate) action: &'a str,
    pub(crate) subject: &'a str,
    pub(crate) detail: &'a Value,
}

impl Audit<'_> {
    /// Adds the row, in the transaction of what it tells of.
    pub(crate) fn write(&self, database: &mut dyn Database) -> Result<(), UpkeepError> {
        let cells = vec![
            ("id", Cell::Uuid(self.id)),
            ("at", Cell::Time(self.actor.at)),
            ("actor", Cell::Text(self.actor.name.as_str().into())),
            ("station_id", Cell::Text(self.actor.station.as_str().into())),
            ("action", Cell::Text(self.action.into())),
            ("subject", Cell::Text(self.subject.into())),
            ("detail", Cell::Json(self.detail.to_string())),
        ];
        database.execute(&insert("audit_log", &cells)).map(drop)
    }

    /// Whether the row with this id is there.
    pub(crate) fn is_written(database: &mut dyn Database, id: Uuid) -> Result<bool, UpkeepError> {
        let query = format!("SELECT 1 FROM audit_log WHERE id = '{}'", id.hyphenated());
        Ok(!database.rows(&query)?.is_empty())
    }
}
