//! What a store of the config does.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{Change, ConfigEntry, ConfigValue, Scope, Secret};
use crate::event::Timestamp;

/// A database that holds the config, its history and its secrets.
///
/// The last writer of a key wins: two people who change one key at a time are seen in its history,
/// and neither loses the change of another key.
pub(crate) trait ConfigStore {
    /// The entries of these scopes, the global ones first, then by station and key.
    fn entries(&mut self, scopes: &Scopes) -> Result<Vec<ConfigEntry>, ConfigError>;

    /// What a run of this station sees, secrets included, all of one moment.
    fn snapshot(&mut self, station: &str) -> Result<Snapshot, ConfigError>;

    /// Makes all changes or none, each with a row in the history and one in the audit log. What
    /// changes nothing leaves no row and is not among what is returned.
    fn change(&mut self, changes: &[Change], author: &Author) -> Result<Vec<Changed>, ConfigError>;

    /// Changes of the past, newest first.
    fn history(&mut self, query: &HistoryQuery) -> Result<Vec<ConfigHistory>, ConfigError>;
}

/// Which scopes are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Scopes {
    All,
    /// The global scope and the one of this station.
    SeenBy(String),
    Only(Scope),
}

/// What a store holds for one station.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Snapshot {
    pub(crate) entries: Vec<ConfigEntry>,
    pub(crate) secrets: BTreeMap<(Scope, String), Secret>,
    /// Why the texts of secrets cannot be read, where they cannot.
    pub(crate) trouble: Option<String>,
}

/// Who changes something, when, where; and the number that the rows of the change are named after.
#[derive(Debug, Clone)]
pub(crate) struct Author {
    pub(crate) by: String,
    pub(crate) at: Timestamp,
    /// The station at which the command was given.
    pub(crate) station: String,
    pub(crate) change: Uuid,
}

/// What became of one change.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Changed {
    pub(crate) scope: Scope,
    pub(crate) key: String,
    pub(crate) before: Option<ConfigValue>,
    pub(crate) after: Option<ConfigValue>,
}

/// A row of the history.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ConfigHistory {
    pub(crate) scope: Scope,
    pub(crate) key: String,
    /// `None` where the key was unset.
    pub(crate) value: Option<ConfigValue>,
    pub(crate) updated_by: String,
    pub(crate) updated_at: Timestamp,
}

/// Which rows of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HistoryQuery {
    pub(crate) scopes: Scopes,
    pub(crate) key: Option<String>,
    /// At most so many; `None` for all.
    pub(crate) limit: Option<u32>,
}

/// Why a store did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ConfigError {
    /// The store cannot be reached, read or written; the text names it and the reason.
    #[error("{0}")]
    Unavailable(String),
    /// The store is newer than this program.
    #[error("{0}")]
    TooNew(String),
    #[error("`{key}` ({scope}) is a secret and stays one")]
    IsSecret { scope: Scope, key: String },
    #[error("`{key}` ({scope}) is not set")]
    NotThere { scope: Scope, key: String },
}

impl Snapshot {
    pub(crate) fn secret(&self, scope: &Scope, key: &str) -> Option<&Secret> {
        self.secrets.get(&(scope.clone(), key.to_owned()))
    }
}

impl Author {
    /// The id of the `n`th row that this change makes in a table: they sort as they were made.
    pub(crate) fn row_id(&self, n: usize) -> Uuid {
        let mut bytes = *self.change.as_bytes();
        bytes[6] = bytes[6] & 0x0F | 0x80;
        // Invariant: nobody changes four billion keys at once.
        bytes[12..].copy_from_slice(&(n as u32).to_be_bytes());
        Uuid::from_bytes(bytes)
    }
}
