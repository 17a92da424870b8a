//! The shared config: one for all stations of a database.
//!
//! Texts of secrets are in a table of their own, on which nobody has rights but its owner and those
//! to whom the owner gives them; a role without them sees which secrets there are.

use std::fmt::Write as _;
use std::time::Duration;

use tokio_postgres::types::Type;
use tokio_postgres::{Client, Error, Row};

use super::PostgresOptions;
use super::error::{DatabaseError, Trouble};
use super::migrate::{self, Mode, Standing};
use super::session::{QUERY, Session};
use super::values::{Value, borrowed, placed, text_value};
use crate::station::config::{
    Author, Change, Changed, ConfigEntry, ConfigError, ConfigHistory, ConfigStore, Decision,
    HistoryQuery, NewValue, Scopes, Secret, Setting, Snapshot, State, Target, decide,
};
use crate::store::rows::Cells;
use crate::store::rows::config::{self as rows, HISTORY_COLUMNS};
use crate::store::rows::read::{Columns as _, ReadError};

/// How long a change may take: it may have to wait for that of another.
const CHANGE: Duration = Duration::from_secs(20);

/// Reads and changes the config of the shared store.
#[derive(Debug)]
pub(crate) struct PostgresConfig {
    session: Session,
}

impl PostgresConfig {
    /// The config of this database; nothing is connected yet.
    pub(crate) fn new(options: &PostgresOptions) -> Self {
        Self {
            session: Session::new(options),
        }
    }

    /// Whether there is anything to read: false for a database without tables.
    fn is_there(&mut self) -> Result<bool, ConfigError> {
        let (schema, standing) = migrate::status(&mut self.session)?;
        let reason = match (schema, standing) {
            (None, _) => return Ok(false),
            (Some(schema), Standing::Ahead { may_read: false }) => {
                format!("it was made by a newer maestro ({schema}); update this one to read it")
            }
            (Some(schema), Standing::Behind | Standing::FarBehind) => format!(
                "it has {schema}, which is too old for this maestro; `maestro db migrate` brings \
                 it up to date"
            ),
            _ => return Ok(true),
        };
        Err(DatabaseError::new(Trouble::Schema, &self.session.shown(), &reason).into())
    }

    fn ask(&mut self, query: &str, values: &[Value]) -> Result<Vec<Row>, DatabaseError> {
        self.session
            .run("reading the station config", QUERY, async |client| {
                client.query_typed(query, &borrowed(values)).await
            })
    }

    fn read<T>(
        &self,
        rows: &[Row],
        read: impl Fn(&Row) -> Result<T, ReadError>,
    ) -> Result<Vec<T>, ConfigError> {
        let read: Result<Vec<T>, ReadError> = rows.iter().map(read).collect();
        read.map_err(|error| {
            DatabaseError::new(Trouble::Schema, &self.session.shown(), &error.to_string()).into()
        })
    }
}

impl ConfigStore for PostgresConfig {
    fn entries(&mut self, scopes: &Scopes) -> Result<Vec<ConfigEntry>, ConfigError> {
        if !self.is_there()? {
            return Ok(Vec::new());
        }
        let (filter, values) = filter(scopes);
        let query = format!(
            "SELECT * FROM station_config WHERE {filter} \
             ORDER BY scope, station_id COLLATE \"C\", key COLLATE \"C\""
        );
        let rows = self.ask(&query, &values)?;
        self.read(&rows, |row| rows::entry(&row))
    }

    fn snapshot(&mut self, station: &str) -> Result<Snapshot, ConfigError> {
        if !self.is_there()? {
            return Ok(Snapshot::default());
        }
        let scopes = Scopes::SeenBy(station.to_owned());
        let (filter, values) = filter(&scopes);
        // One statement sees one moment.
        let query = format!(
            "SELECT c.*, s.value AS secret FROM station_config c \
             LEFT JOIN station_secrets s USING (scope, station_id, key) WHERE {filter} \
             ORDER BY scope, station_id COLLATE \"C\", key COLLATE \"C\""
        );
        let rows = match self.ask(&query, &values) {
            Err(error) if error.trouble == Trouble::Unwilling => {
                // A role that may see no secrets may still run what needs none.
                return Ok(Snapshot {
                    entries: self.entries(&scopes)?,
                    trouble: Some(error.to_string()),
                    ..Snapshot::default()
                });
            }
            rows => rows?,
        };
        let found = self.read(&rows, |row| {
            Ok((rows::entry(&row)?, (&row).text("secret")?))
        })?;
        let mut snapshot = Snapshot::default();
        for (entry, secret) in found {
            if let Some(secret) = secret {
                let place = (entry.scope.clone(), entry.key.clone());
                snapshot.secrets.insert(place, Secret::stored(secret));
            }
            snapshot.entries.push(entry);
        }
        Ok(snapshot)
    }

    fn change(&mut self, changes: &[Change], author: &Author) -> Result<Vec<Changed>, ConfigError> {
        migrate::migrate(&mut self.session, Mode::ByItself)?;
        self.session
            .run("changing the station config", CHANGE, async |client| {
                // One writer at a time; readers are not held up.
                client
                    .batch_execute("BEGIN; LOCK TABLE station_config IN SHARE ROW EXCLUSIVE MODE")
                    .await?;
                let mut done = Vec::new();
                for (n, change) in changes.iter().enumerate() {
                    match change_one(client, change, author, n).await? {
                        Ok(one) => done.extend(one),
                        Err(refused) => {
                            client.batch_execute("ROLLBACK").await?;
                            return Ok(Err(refused));
                        }
                    }
                }
                client.batch_execute("COMMIT").await?;
                Ok(Ok(done))
            })?
    }

    fn history(&mut self, query: &HistoryQuery) -> Result<Vec<ConfigHistory>, ConfigError> {
        if !self.is_there()? {
            return Ok(Vec::new());
        }
        let (filter, mut values) = filter(&query.scopes);
        let mut text =
            format!("SELECT {HISTORY_COLUMNS} FROM station_config_history WHERE {filter}");
        if let Some(key) = &query.key {
            values.push(text_value(key));
            let _ = write!(text, " AND key = ${}", values.len());
        }
        text.push_str(" ORDER BY updated_at DESC, id DESC");
        if let Some(limit) = query.limit {
            values.push((Box::new(i64::from(limit)), Type::INT8));
            let _ = write!(text, " LIMIT ${}", values.len());
        }
        let rows = self.ask(&text, &values)?;
        self.read(&rows, |row| rows::history(&row))
    }
}

impl From<DatabaseError> for ConfigError {
    fn from(error: DatabaseError) -> Self {
        match error.trouble {
            Trouble::Schema => Self::TooNew(error.to_string()),
            _ => Self::Unavailable(error.to_string()),
        }
    }
}

/// Makes one change in the open transaction; a refusal leaves it as it is.
async fn change_one(
    client: &Client,
    change: &Change,
    author: &Author,
    n: usize,
) -> Result<Result<Option<Changed>, ConfigError>, Error> {
    let (scope, key) = (&change.scope, &change.key);
    let place = [
        text_value(scope.kind()),
        text_value(scope.station()),
        text_value(key),
    ];
    // Without a new text the role need not be allowed to see the old one.
    let (secret, from) = if change.sets_secret() {
        let join = "station_config c LEFT JOIN station_secrets s USING (scope, station_id, key)";
        ("s.value", join)
    } else {
        ("NULL::text", "station_config c")
    };
    let found = client
        .query_typed(
            &format!(
                "SELECT c.*, {secret} AS secret FROM {from} \
                 WHERE scope = $1 AND station_id = $2 AND key = $3"
            ),
            &borrowed(&place),
        )
        .await?;
    let found = found
        .first()
        .map(|row| Ok((rows::state(&row)?, row.text("secret")?)));
    let (before, secret): (Option<State>, Option<String>) = match found.transpose() {
        Ok(found) => found.map_or((None, None), |(state, secret)| (Some(state), secret)),
        Err(error) => {
            let error: ReadError = error;
            return Ok(Err(ConfigError::Unavailable(error.to_string())));
        }
    };
    let after = match decide(before.as_ref(), secret.map(Secret::stored).as_ref(), change) {
        Ok(Decision::Becomes(after)) => after,
        Ok(Decision::Unchanged) => return Ok(Ok(None)),
        Err(refused) => return Ok(Err(refused)),
    };
    let delete = "DELETE FROM station_config WHERE scope = $1 AND station_id = $2 AND key = $3";
    client.query_typed(delete, &borrowed(&place)).await?;
    if let Some(after) = &after {
        let cells = rows::entry_cells(change, after, author);
        insert(client, "station_config", &cells).await?;
    }
    write_secret(client, change, before.as_ref(), &place).await?;
    let cells = rows::history_cells(change, after.as_ref(), author, n);
    insert(client, "station_config_history", &cells).await?;
    let cells = rows::audit_cells(change, before.as_ref(), after.as_ref(), author, n);
    insert(client, "audit_log", &cells).await?;
    Ok(Ok(Some(Changed {
        scope: scope.clone(),
        key: key.clone(),
        before: before.map(|state| state.value),
        after: after.map(|state| state.value),
    })))
}

/// Puts the text of a secret where it belongs, or takes it away.
async fn write_secret(
    client: &Client,
    change: &Change,
    before: Option<&State>,
    place: &[Value],
) -> Result<(), Error> {
    match &change.to {
        Target::Set(Setting {
            value: NewValue::Secret(secret),
            ..
        }) => {
            let mut values = borrowed(place);
            let text = secret.reveal();
            values.push((&text, Type::TEXT));
            client
                .query_typed(
                    "INSERT INTO station_secrets (scope, station_id, key, value) \
                     VALUES ($1, $2, $3, $4) \
                     ON CONFLICT (scope, station_id, key) DO UPDATE SET value = excluded.value",
                    &values,
                )
                .await?;
        }
        Target::Unset if before.is_some_and(State::is_secret) => {
            let delete =
                "DELETE FROM station_secrets WHERE scope = $1 AND station_id = $2 AND key = $3";
            client.query_typed(delete, &borrowed(place)).await?;
        }
        _ => {}
    }
    Ok(())
}

async fn insert(client: &Client, table: &str, cells: &Cells<'_>) -> Result<(), Error> {
    let columns: Vec<&str> = cells.iter().map(|(column, _)| *column).collect();
    let (places, values): (Vec<String>, Vec<Value>) = cells
        .iter()
        .enumerate()
        .map(|(n, (_, cell))| placed(cell, n + 1))
        .unzip();
    let query = format!(
        "INSERT INTO {table} ({}) VALUES ({})",
        columns.join(", "),
        places.join(", ")
    );
    client.query_typed(&query, &borrowed(&values)).await?;
    Ok(())
}

/// The condition of a query for these scopes, with its values.
fn filter(scopes: &Scopes) -> (&'static str, Vec<Value>) {
    match scopes {
        Scopes::All => ("TRUE", Vec::new()),
        Scopes::SeenBy(id) => (
            "(scope = 'global' OR station_id = $1)",
            vec![text_value(id)],
        ),
        Scopes::Only(scope) => (
            "(scope = $1 AND station_id = $2)",
            vec![text_value(scope.kind()), text_value(scope.station())],
        ),
    }
}
