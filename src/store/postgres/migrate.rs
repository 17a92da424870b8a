//! Brings the schema of the database to that of this program.
//!
//! A schema has a version and a revision. A change that programs of before can live with (a new
//! table, a column that may be empty) is additive: it makes a new revision, runs by itself, and
//! older stations write on beside it. Any other change makes a new version, which older stations
//! must not write; it runs only when somebody asks for it (`maestro db migrate`), and the stations
//! that are not updated yet keep their results in the journal.

use std::fmt;
use std::time::Duration;

use tokio_postgres::{Client, Error};

use super::error::{DatabaseError, Trouble};
use super::partition::{self, Month};
use super::session::{QUERY, Session};

/// The steps that lead from an empty database to the newest schema.
const STEPS: &[Step] = &[Step {
    makes: Schema {
        version: 1,
        revision: 0,
        min_reader: 1,
    },
    sql: include_str!("schema_1.sql"),
}];

/// Held while the schema is changed.
const LOCK: i64 = 0x6D61_6573_7472_6F01;

/// How long a migration that runs by itself may take, with the wait for one that another station
/// makes.
const BY_ITSELF: Duration = Duration::from_secs(45);

/// How long one that was asked for may take: a large table may be rewritten.
const ASKED: Duration = Duration::from_hours(6);

/// What a database says of its schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Schema {
    pub(crate) version: i64,
    pub(crate) revision: i64,
    /// The oldest version whose programs may read it.
    pub(crate) min_reader: i64,
}

impl fmt::Display for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.revision {
            0 => write!(f, "schema {}", self.version),
            revision => write!(f, "schema {}.{revision}", self.version),
        }
    }
}

/// A change of the schema.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) makes: Schema,
    pub(super) sql: &'static str,
}

/// Which steps may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// An empty database, and additive changes.
    ByItself,
    /// All: somebody asked for it.
    Asked,
}

/// What a database is to this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It has no schema yet.
    Empty,
    /// It may be written: it is the schema of this program, or a later revision of it.
    Writable,
    /// A station migrates it by itself.
    Behind,
    /// `maestro db migrate` is needed.
    FarBehind,
    /// A newer program made it; `may_read` says whether this one may read it.
    Ahead { may_read: bool },
}

/// What a migration did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Report {
    /// `None` for a database that was empty.
    pub(crate) before: Option<Schema>,
    pub(crate) after: Schema,
    /// Partitions of `measurements` that were made ahead.
    pub(crate) months: usize,
}

/// Brings the database to the schema of this program where `mode` allows it. A schema that this
/// program may not write is an error of [`Trouble::Schema`] that tells the way out.
pub(crate) fn migrate(session: &mut Session, mode: Mode) -> Result<Report, DatabaseError> {
    Steps(STEPS).migrate(session, mode)
}

/// The schema of the database and what it is to this program.
pub(crate) fn status(session: &mut Session) -> Result<(Option<Schema>, Standing), DatabaseError> {
    let schema = session.run("reading its schema", QUERY, async |client| {
        read(client).await
    })?;
    Ok((schema, Steps(STEPS).standing(schema)))
}

/// The schema that this program writes.
pub(crate) fn newest() -> Schema {
    Steps(STEPS).newest()
}

/// A line of steps; tests have their own.
#[derive(Debug, Clone, Copy)]
pub(super) struct Steps<'a>(pub(super) &'a [Step]);

impl Steps<'_> {
    fn newest(self) -> Schema {
        let empty = Schema {
            version: 0,
            revision: 0,
            min_reader: 0,
        };
        self.0.last().map_or(empty, |step| step.makes)
    }

    fn standing(self, schema: Option<Schema>) -> Standing {
        let newest = self.newest();
        match schema {
            None => Standing::Empty,
            Some(schema) if schema.version > newest.version => Standing::Ahead {
                may_read: schema.min_reader <= newest.version,
            },
            Some(schema) if schema.version < newest.version => Standing::FarBehind,
            Some(schema) if schema.revision < newest.revision => Standing::Behind,
            Some(_) => Standing::Writable,
        }
    }

    pub(super) fn migrate(
        self,
        session: &mut Session,
        mode: Mode,
    ) -> Result<Report, DatabaseError> {
        let doing = "reading its schema";
        let before = session.run(doing, QUERY, async |client| read(client).await)?;
        let mut after = before;
        if self.is_allowed(before, mode) && self.standing(before) != Standing::Writable {
            let limit = if mode == Mode::Asked {
                ASKED
            } else {
                BY_ITSELF
            };
            after = session.run("changing its schema", limit, async |client| {
                self.apply(client, mode, limit).await
            })?;
        }
        match after {
            Some(after) if self.standing(Some(after)) == Standing::Writable => {
                // A database that is in use has them made by those who write.
                let months = match (before, mode) {
                    (Some(_), Mode::ByItself) => 0,
                    _ => make_months_ahead(session, mode)?,
                };
                Ok(Report {
                    before,
                    after,
                    months,
                })
            }
            after => Err(self.objection(session, after)),
        }
    }

    fn is_allowed(self, schema: Option<Schema>, mode: Mode) -> bool {
        match self.standing(schema) {
            Standing::Empty | Standing::Behind | Standing::Writable => true,
            Standing::FarBehind => mode == Mode::Asked,
            Standing::Ahead { .. } => false,
        }
    }

    /// Makes the missing steps in one transaction. Asks again under the lock: another station may
    /// just have made them.
    async fn apply(
        self,
        client: &mut Client,
        mode: Mode,
        limit: Duration,
    ) -> Result<Option<Schema>, Error> {
        let millis = limit.as_millis();
        client
            .batch_execute(&format!(
                "BEGIN; SET LOCAL lock_timeout = {millis}; SET LOCAL statement_timeout = {millis}; \
                 SELECT pg_advisory_xact_lock({LOCK})"
            ))
            .await?;
        let mut schema = read(client).await?;
        if self.is_allowed(schema, mode) {
            let done = schema.map_or((0, 0), |schema| (schema.version, schema.revision));
            for step in self.0 {
                if (step.makes.version, step.makes.revision) > done {
                    client.batch_execute(step.sql).await?;
                    write(client, step.makes).await?;
                    schema = Some(step.makes);
                }
            }
        }
        client.batch_execute("COMMIT").await?;
        Ok(schema)
    }

    /// Why this program may not write the database.
    fn objection(self, session: &Session, schema: Option<Schema>) -> DatabaseError {
        let newest = self.newest();
        let reason = match (schema, self.standing(schema)) {
            (Some(schema), Standing::Ahead { .. }) => format!(
                "a newer maestro made it ({schema}, this one writes {newest}); results are kept \
                 in the journal until this maestro is updated too"
            ),
            (Some(schema), _) => format!(
                "it has {schema} and this maestro writes {newest}; results are kept in the \
                 journal until somebody runs `maestro db migrate`"
            ),
            (None, _) => "it has no schema; run `maestro db migrate`".to_owned(),
        };
        DatabaseError::new(Trouble::Schema, &session.shown(), &reason)
    }
}

/// The schema of the database; `None` for one without.
async fn read(client: &Client) -> Result<Option<Schema>, Error> {
    // `to_regclass` would remember that there was none, from before the lock was had.
    let there = client
        .query_typed_one(
            "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_class \
             WHERE relname = 'schema_version' AND relkind = 'r' AND pg_table_is_visible(oid))",
            &[],
        )
        .await?;
    if !there.try_get::<_, bool>(0)? {
        return Ok(None);
    }
    let row = client
        .query_typed_opt(
            "SELECT version, revision, min_reader FROM schema_version",
            &[],
        )
        .await?;
    row.map(|row| {
        Ok(Schema {
            version: row.try_get(0)?,
            revision: row.try_get(1)?,
            min_reader: row.try_get(2)?,
        })
    })
    .transpose()
}

async fn write(client: &Client, schema: Schema) -> Result<(), Error> {
    let Schema {
        version,
        revision,
        min_reader,
    } = schema;
    client
        .batch_execute(&format!(
            "DELETE FROM schema_version; INSERT INTO schema_version \
             (version, revision, min_reader) VALUES ({version}, {revision}, {min_reader})"
        ))
        .await
}

/// Makes the partitions of this month and the next, by the server's clock, or of the next year.
fn make_months_ahead(session: &mut Session, mode: Mode) -> Result<usize, DatabaseError> {
    let mut month = partition::this_month(session)?;
    let known = partition::months(session)?;
    let ahead = if mode == Mode::Asked { 13 } else { 2 };
    let mut count = 0;
    for _ in 0..ahead {
        let Some(needed) = month else { break };
        if !known.contains(&needed) {
            partition::make(session, needed)?;
            count += 1;
        }
        month = Month::next(needed);
    }
    Ok(count)
}
