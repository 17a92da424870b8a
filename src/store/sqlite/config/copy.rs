//! The last copy of a shared config, for runs that start while its database is away.

use rusqlite::{Connection, TransactionBehavior, params};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::SqliteConfig;
use super::store::Worth;
use crate::event::Timestamp;
use crate::station::config::{ConfigEntry, ConfigError, ConfigValue, Scope, Snapshot};
use crate::store::rows::read::Columns as _;

/// What is kept of one shared database, as one station saw it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct ConfigCopy {
    /// What it said last, and when; `None` where it never answered.
    pub(crate) taken: Option<(Snapshot, Timestamp)>,
    /// When it last kept somebody waiting without an answer; gone with its next answer.
    pub(crate) failed_at: Option<Timestamp>,
}

/// An entry as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Kept {
    scope: String,
    station_id: String,
    key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<serde_json::Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    category: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    secret_id: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_secret: bool,
    updated_by: String,
    updated_at: Timestamp,
}

impl SqliteConfig {
    /// What is kept of the database that is called `source`.
    pub(crate) fn copy(&self, source: &str, station: &str) -> Result<ConfigCopy, ConfigError> {
        let Some(connection) = self.reading()? else {
            return Ok(ConfigCopy::default());
        };
        let Some((kept, taken_at, failed_at)) = self.kept(&connection, source, station)? else {
            return Ok(ConfigCopy::default());
        };
        let taken = taken_at.map(|at| {
            let found = kept
                .iter()
                .map(|kept| (kept.entry(), kept.secret_id.clone()));
            (self.with_secrets(found.collect()), at)
        });
        Ok(ConfigCopy { taken, failed_at })
    }

    /// Keeps what the database said at `now`. `id` names the texts that are new.
    pub(crate) fn keep_copy(
        &self,
        source: &str,
        station: &str,
        snapshot: &Snapshot,
        now: Timestamp,
        id: Uuid,
    ) -> Result<(), ConfigError> {
        let in_sql = |error: rusqlite::Error| self.failed(&error);
        let mut connection = self.writing(Worth::Copy)?;
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(in_sql)?;
        let before = self.kept(&transaction, source, station)?;
        let before = before.map_or_else(Vec::new, |(kept, _, _)| kept);
        let mut texts = self.texts()?;
        let mut is_new = false;
        let mut kept: Vec<Kept> = snapshot.entries.iter().map(Kept::of).collect();
        for (n, (kept, entry)) in kept.iter_mut().zip(&snapshot.entries).enumerate() {
            let Some(secret) = snapshot.secret(&entry.scope, &entry.key) else {
                continue;
            };
            let old = before.iter().find(|old| old.is_same_key(kept));
            let old = old.and_then(|old| old.secret_id.clone());
            let old = old.filter(|id| texts.get(id) == Some(secret));
            is_new |= old.is_none();
            let secret_id = old.unwrap_or_else(|| format!("{id}-{n}"));
            texts.insert(secret_id.clone(), secret.clone());
            kept.secret_id = Some(secret_id);
        }
        if is_new {
            self.keep(&texts)?;
        }
        let entries = serde_json::to_string(&kept).map_err(|error| self.failed(&error))?;
        transaction
            .execute(
                "INSERT OR REPLACE INTO station_config_copies \
                 (source, station_id, entries, taken_at, failed_at) VALUES (?1, ?2, ?3, ?4, NULL)",
                params![source, station, entries, now.to_rfc3339()],
            )
            .map_err(in_sql)?;
        transaction.commit().map_err(in_sql)?;
        let had_more = before.iter().any(|old| {
            old.secret_id.is_some() && !kept.iter().any(|new| new.secret_id == old.secret_id)
        });
        if had_more {
            self.sweep(&mut connection)?;
        }
        Ok(())
    }

    /// Notes that the database kept somebody waiting in vain.
    pub(crate) fn note_failure(
        &self,
        source: &str,
        station: &str,
        now: Timestamp,
    ) -> Result<(), ConfigError> {
        let connection = self.writing(Worth::Copy)?;
        connection
            .execute(
                "INSERT INTO station_config_copies (source, station_id, failed_at) \
                 VALUES (?1, ?2, ?3) \
                 ON CONFLICT (source, station_id) DO UPDATE SET failed_at = excluded.failed_at",
                params![source, station, now.to_rfc3339()],
            )
            .map_err(|error| self.failed(&error))?;
        Ok(())
    }

    #[expect(
        clippy::type_complexity,
        reason = "the columns of one row, read at once"
    )]
    fn kept(
        &self,
        connection: &Connection,
        source: &str,
        station: &str,
    ) -> Result<Option<(Vec<Kept>, Option<Timestamp>, Option<Timestamp>)>, ConfigError> {
        let found = self.rows(
            connection,
            "SELECT entries, taken_at, failed_at FROM station_config_copies \
             WHERE source = ?1 AND station_id = ?2",
            params![source, station],
            |row| {
                Ok((
                    row.text("entries")?,
                    row.time("taken_at")?,
                    row.time("failed_at")?,
                ))
            },
        )?;
        let Some((entries, taken_at, failed_at)) = found.into_iter().next() else {
            return Ok(None);
        };
        let kept = entries.map_or(Ok(Vec::new()), |text| serde_json::from_str(&text));
        let kept = kept.map_err(|error| self.failed(&error))?;
        Ok(Some((kept, taken_at, failed_at)))
    }
}

impl Kept {
    fn of(entry: &ConfigEntry) -> Self {
        Self {
            scope: entry.scope.kind().to_owned(),
            station_id: entry.scope.station().to_owned(),
            key: entry.key.clone(),
            value: match &entry.value {
                ConfigValue::Plain(value) => Some(value.clone()),
                ConfigValue::Secret => None,
            },
            category: entry.category.clone(),
            description: entry.description.clone(),
            secret_id: None,
            is_secret: entry.value == ConfigValue::Secret,
            updated_by: entry.updated_by.clone(),
            updated_at: entry.updated_at,
        }
    }

    fn entry(&self) -> ConfigEntry {
        ConfigEntry {
            scope: Scope::from_columns(&self.scope, self.station_id.clone()),
            key: self.key.clone(),
            value: if self.is_secret {
                ConfigValue::Secret
            } else {
                ConfigValue::Plain(self.value.clone().unwrap_or_default())
            },
            category: self.category.clone(),
            description: self.description.clone(),
            updated_by: self.updated_by.clone(),
            updated_at: self.updated_at,
        }
    }

    fn is_same_key(&self, other: &Self) -> bool {
        (&self.scope, &self.station_id, &self.key) == (&other.scope, &other.station_id, &other.key)
    }
}
