//! The config in the embedded store. Connections live as long as one question.

use std::collections::BTreeSet;
use std::path::PathBuf;

use rusqlite::types::Value;
use rusqlite::{
    Connection, Params, Row, Transaction, TransactionBehavior, params, params_from_iter,
};

use super::super::secrets::{SecretFile, Texts};
use super::super::{connection, migrate};
use crate::station::config::{
    Author, Change, Changed, ConfigEntry, ConfigError, ConfigHistory, ConfigStore, Decision,
    HistoryQuery, NewValue, Scopes, Setting, Snapshot, State, Target, decide,
};
use crate::store::rows::config::{self as rows, ENTRY_COLUMNS, HISTORY_COLUMNS};
use crate::store::rows::read::{Columns as _, ReadError};
use crate::store::rows::{Cell, Cells};

/// Reads and changes the config of a station's home.
#[derive(Debug, Clone)]
pub(crate) struct SqliteConfig {
    path: PathBuf,
    secrets: SecretFile,
}

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Worth {
    /// Nothing but this database has it: it survives a power cut.
    Unique,
    /// Another one has it too: nobody waits for the disk.
    Copy,
}

/// What a change of one key did.
struct Done {
    changed: Changed,
    /// Whether a text came or went.
    has_secret: bool,
}

impl SqliteConfig {
    /// The config in the database at `path`; nothing is opened or made yet.
    pub(crate) fn new(path: PathBuf) -> Self {
        Self {
            secrets: SecretFile::beside(&path),
            path,
        }
    }

    /// A warning where others than the owner can read the texts of secrets.
    pub(crate) fn exposed(&self) -> Option<String> {
        let path = self.secrets.path().display();
        self.secrets.is_exposed().then(|| {
            format!("others can read the secrets in {path}; close it with: chmod 600 {path}")
        })
    }

    /// Opens the database for reading; `None` where there is none yet.
    pub(super) fn reading(&self) -> Result<Option<Connection>, ConfigError> {
        if !self.path.exists() {
            return Ok(None);
        }
        let opened = connection::open_to_read(&self.path)
            .and_then(|connection| Ok((migrate::read(&connection)?, connection)));
        let (schema, connection) = opened.map_err(|error| self.failed(&error))?;
        match schema {
            None => Ok(None),
            Some(schema) if schema.min_reader > migrate::VERSION => Err(self.too_new("read")),
            Some(_) => Ok(Some(connection)),
        }
    }

    /// Opens the database for writing, made and migrated.
    pub(super) fn writing(&self, worth: Worth) -> Result<Connection, ConfigError> {
        let opened = connection::open_to_write(&self.path).and_then(|mut connection| {
            if worth == Worth::Unique {
                connection.pragma_update(None, "synchronous", "FULL")?;
            }
            Ok((migrate::migrate(&mut connection)?, connection))
        });
        let (schema, connection) = opened.map_err(|error| self.failed(&error))?;
        if schema.version > migrate::VERSION {
            return Err(self.too_new("write"));
        }
        Ok(connection)
    }

    pub(super) fn texts(&self) -> Result<Texts, ConfigError> {
        self.secrets.read().map_err(|error| self.no_secrets(&error))
    }

    pub(super) fn keep(&self, texts: &Texts) -> Result<(), ConfigError> {
        let written = self.secrets.write(texts);
        written.map_err(|error| self.no_secrets(&error))
    }

    pub(super) fn failed(&self, error: &dyn std::fmt::Display) -> ConfigError {
        ConfigError::Unavailable(format!("{}: {error}", self.path.display()))
    }

    fn no_secrets(&self, error: &dyn std::fmt::Display) -> ConfigError {
        ConfigError::Unavailable(format!("{}: {error}", self.secrets.path().display()))
    }

    fn too_new(&self, verb: &str) -> ConfigError {
        ConfigError::TooNew(format!(
            "{} was made by a newer maestro; update this one to {verb} it",
            self.path.display()
        ))
    }

    /// Everything that `query` gives.
    pub(super) fn rows<T>(
        &self,
        connection: &Connection,
        query: &str,
        params: impl Params,
        read: impl Fn(&Row<'_>) -> Result<T, ReadError>,
    ) -> Result<Vec<T>, ConfigError> {
        let in_sql = |error: rusqlite::Error| self.failed(&error);
        let mut statement = connection.prepare(query).map_err(in_sql)?;
        let mut rows = statement.query(params).map_err(in_sql)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(in_sql)? {
            found.push(read(row).map_err(|error| self.failed(&error))?);
        }
        Ok(found)
    }

    fn change_one(
        &self,
        transaction: &Transaction<'_>,
        change: &Change,
        author: &Author,
        n: usize,
        texts: &mut Texts,
    ) -> Result<Option<Done>, ConfigError> {
        let in_sql = |error: rusqlite::Error| self.failed(&error);
        let (before, old_id) = self.state(transaction, change)?.unzip();
        let old_id = old_id.flatten();
        let secret = old_id.as_ref().and_then(|id| texts.get(id));
        let after = match decide(before.as_ref(), secret, change)? {
            Decision::Unchanged => return Ok(None),
            Decision::Becomes(after) => after,
        };
        let (scope, key) = (&change.scope, &change.key);
        transaction
            .execute(
                "DELETE FROM station_config WHERE scope = ?1 AND station_id = ?2 AND key = ?3",
                params![scope.kind(), scope.station(), key],
            )
            .map_err(in_sql)?;
        let id = match (&change.to, &after) {
            (
                Target::Set(Setting {
                    value: NewValue::Secret(text),
                    ..
                }),
                Some(_),
            ) => {
                let id = author.row_id(n).to_string();
                texts.insert(id.clone(), text.clone());
                Some(id)
            }
            (_, Some(_)) => old_id.clone(),
            (_, None) => None,
        };
        if let Some(after) = &after {
            let mut cells = rows::entry_cells(change, after, author);
            cells.push((
                "secret_id",
                id.clone().map_or(Cell::Null, |id| Cell::Text(id.into())),
            ));
            insert(transaction, "station_config", &cells).map_err(in_sql)?;
        }
        let cells = rows::history_cells(change, after.as_ref(), author, n);
        insert(transaction, "station_config_history", &cells).map_err(in_sql)?;
        let cells = rows::audit_cells(change, before.as_ref(), after.as_ref(), author, n);
        insert(transaction, "audit_log", &cells).map_err(in_sql)?;
        Ok(Some(Done {
            has_secret: id != old_id,
            changed: Changed {
                scope: scope.clone(),
                key: key.clone(),
                before: before.map(|state| state.value),
                after: after.map(|state| state.value),
            },
        }))
    }

    /// What the database holds under the key of a change, and the id of its secret.
    fn state(
        &self,
        transaction: &Transaction<'_>,
        change: &Change,
    ) -> Result<Option<(State, Option<String>)>, ConfigError> {
        let (scope, key) = (&change.scope, &change.key);
        let found = self.rows(
            transaction,
            "SELECT * FROM station_config WHERE scope = ?1 AND station_id = ?2 AND key = ?3",
            params![scope.kind(), scope.station(), key],
            |row| Ok((rows::state(&row)?, row.text("secret_id")?)),
        )?;
        Ok(found.into_iter().next())
    }

    /// Takes out of the file of secrets what nothing names any more.
    pub(super) fn sweep(&self, connection: &mut Connection) -> Result<(), ConfigError> {
        let in_sql = |error: rusqlite::Error| self.failed(&error);
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(in_sql)?;
        let named = self.rows(
            &transaction,
            "SELECT secret_id FROM station_config WHERE secret_id IS NOT NULL \
             UNION SELECT json_extract(entry.value, '$.secret_id') \
             FROM station_config_copies, json_each(station_config_copies.entries) AS entry \
             WHERE json_extract(entry.value, '$.secret_id') IS NOT NULL",
            [],
            |row| row.text("secret_id"),
        )?;
        let named: BTreeSet<String> = named.into_iter().flatten().collect();
        let swept = self.secrets.sweep(&named);
        swept.map_err(|error| self.no_secrets(&error))
    }
}

impl ConfigStore for SqliteConfig {
    fn entries(&mut self, scopes: &Scopes) -> Result<Vec<ConfigEntry>, ConfigError> {
        let Some(connection) = self.reading()? else {
            return Ok(Vec::new());
        };
        let (filter, values) = filter(scopes);
        let query = format!(
            "SELECT {ENTRY_COLUMNS} FROM station_config WHERE {filter} \
             ORDER BY scope, station_id, key"
        );
        self.rows(&connection, &query, params_from_iter(values), |row| {
            rows::entry(&row)
        })
    }

    fn snapshot(&mut self, station: &str) -> Result<Snapshot, ConfigError> {
        let Some(connection) = self.reading()? else {
            return Ok(Snapshot::default());
        };
        let (filter, values) = filter(&Scopes::SeenBy(station.to_owned()));
        let query = format!(
            "SELECT {ENTRY_COLUMNS}, secret_id FROM station_config WHERE {filter} \
             ORDER BY scope, station_id, key"
        );
        let found = self.rows(&connection, &query, params_from_iter(values), |row| {
            Ok((rows::entry(&row)?, row.text("secret_id")?))
        })?;
        Ok(self.with_secrets(found))
    }

    fn change(&mut self, changes: &[Change], author: &Author) -> Result<Vec<Changed>, ConfigError> {
        let in_sql = |error: rusqlite::Error| self.failed(&error);
        let mut connection = self.writing(Worth::Unique)?;
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(in_sql)?;
        // Whoever changes no secret need not be allowed to read any.
        let sets_secret = changes.iter().any(Change::sets_secret);
        let mut texts = if sets_secret {
            self.texts()?
        } else {
            Texts::new()
        };
        let mut done = Vec::new();
        for (n, change) in changes.iter().enumerate() {
            done.extend(self.change_one(&transaction, change, author, n, &mut texts)?);
        }
        let has_secret = done.iter().any(|done| done.has_secret);
        if has_secret && sets_secret {
            self.keep(&texts)?;
        }
        transaction.commit().map_err(in_sql)?;
        if has_secret {
            self.sweep(&mut connection).map_err(|error| {
                ConfigError::Unavailable(format!(
                    "the change is made, and the old text of a secret is still in the file: {error}"
                ))
            })?;
        }
        Ok(done.into_iter().map(|done| done.changed).collect())
    }

    fn history(&mut self, query: &HistoryQuery) -> Result<Vec<ConfigHistory>, ConfigError> {
        let Some(connection) = self.reading()? else {
            return Ok(Vec::new());
        };
        let (filter, mut values) = filter(&query.scopes);
        let mut text =
            format!("SELECT {HISTORY_COLUMNS} FROM station_config_history WHERE {filter}");
        if let Some(key) = &query.key {
            text.push_str(" AND key = ?");
            values.push(Value::Text(key.clone()));
        }
        text.push_str(" ORDER BY updated_at DESC, id DESC LIMIT ?");
        values.push(Value::Integer(query.limit.map_or(-1, i64::from)));
        self.rows(&connection, &text, params_from_iter(values), |row| {
            rows::history(&row)
        })
    }
}

impl SqliteConfig {
    /// Entries with the texts that their ids name. Texts that cannot be read are missing.
    pub(super) fn with_secrets(&self, found: Vec<(ConfigEntry, Option<String>)>) -> Snapshot {
        let mut snapshot = Snapshot::default();
        let mut texts: Option<Texts> = None;
        for (entry, id) in found {
            if let Some(id) = id {
                let texts = texts.get_or_insert_with(|| {
                    self.texts().unwrap_or_else(|error| {
                        snapshot.trouble = Some(error.to_string());
                        Texts::new()
                    })
                });
                if let Some(text) = texts.get(&id) {
                    let place = (entry.scope.clone(), entry.key.clone());
                    snapshot.secrets.insert(place, text.clone());
                }
            }
            snapshot.entries.push(entry);
        }
        snapshot
    }
}

/// The condition of a query for these scopes, with its values.
fn filter(scopes: &Scopes) -> (&'static str, Vec<Value>) {
    let text = |text: &str| Value::Text(text.to_owned());
    match scopes {
        Scopes::All => ("1", Vec::new()),
        Scopes::SeenBy(id) => ("(scope = 'global' OR station_id = ?)", vec![text(id)]),
        Scopes::Only(scope) => (
            "(scope = ? AND station_id = ?)",
            vec![text(scope.kind()), text(scope.station())],
        ),
    }
}

fn insert(transaction: &Transaction<'_>, table: &str, cells: &Cells<'_>) -> rusqlite::Result<()> {
    let columns: Vec<_> = cells.iter().map(|(column, _)| *column).collect();
    let query = format!(
        "INSERT INTO {table} ({}) VALUES ({})",
        columns.join(", "),
        vec!["?"; columns.len()].join(", ")
    );
    let values = cells.iter().map(|(_, cell)| cell);
    transaction.execute(&query, params_from_iter(values))?;
    Ok(())
}
