//! The shared store as a database that maintenance works on.

use std::io::Write;
use std::time::Duration;

use futures_util::{StreamExt as _, pin_mut};
use tokio_postgres::SimpleQueryMessage;

use super::PostgresOptions;
use super::error::DatabaseError;
use super::migrate::{self, Mode, Standing};
use super::partition::{self, Month};
use super::session::Session;
use crate::event::Timestamp;
use crate::store::upkeep::{Column, Database, Dialect, Kind, Purpose, UpkeepError};

/// How long one statement may take: tables are read and removed whole.
const LONG: Duration = Duration::from_hours(6);

/// What a transaction of maintenance sets: the usual limits are those of deliveries. It waits long
/// for locks, since whoever waits behind it is only late, and a file may be written between two of
/// its statements.
const PATIENT: &str = "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '30s'; \
                       SET LOCAL idle_in_transaction_session_timeout = '1h'";

/// How often a month is tried to be dropped: a writer may hold it up.
const ATTEMPTS: usize = 15;

/// A connection for maintenance.
#[derive(Debug)]
pub(crate) struct PostgresDatabase {
    session: Session,
}

impl PostgresDatabase {
    /// Connects, and looks whether this program may do that with the schema.
    pub(crate) fn open(options: &PostgresOptions, purpose: Purpose) -> Result<Self, UpkeepError> {
        let mut session = Session::new(options);
        let (schema, standing) = migrate::status(&mut session)?;
        let shown = format!("PostgreSQL {}", session.shown());
        let Some(schema) = schema else {
            return Err(UpkeepError::Empty(shown));
        };
        let may = match standing {
            Standing::Writable => true,
            Standing::Ahead { may_read: true } | Standing::Behind | Standing::FarBehind => {
                purpose == Purpose::Look
            }
            Standing::Ahead { may_read: false } | Standing::Empty => false,
        };
        if !may {
            let way_out = match standing {
                Standing::Ahead { .. } => "update this maestro",
                _ => "run `maestro db migrate` first",
            };
            return Err(UpkeepError::Schema(format!(
                "{shown} has {schema} and this maestro writes {}; {way_out}",
                migrate::newest()
            )));
        }
        Ok(Self { session })
    }

    /// Brings the schema up to date, whatever that takes, and makes months ahead; says what it did.
    pub(crate) fn migrate(options: &PostgresOptions) -> Result<migrate::Report, UpkeepError> {
        let mut session = Session::new(options);
        Ok(migrate::migrate(&mut session, Mode::Asked)?)
    }

    fn messages(&mut self, sql: &str) -> Result<Vec<SimpleQueryMessage>, UpkeepError> {
        Ok(self.session.run("looking after it", LONG, async |client| {
            client.simple_query(sql).await
        })?)
    }

    fn begin(&mut self, how: &str) -> Result<(), UpkeepError> {
        Ok(self
            .session
            .begin(&format!("ISOLATION LEVEL {how}; {PATIENT}"))?)
    }
}

impl Database for PostgresDatabase {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn shown(&self) -> String {
        format!("PostgreSQL {}", self.session.shown())
    }

    fn execute(&mut self, sql: &str) -> Result<u64, UpkeepError> {
        let messages = self.messages(sql)?;
        let changed = messages.iter().rev().find_map(|message| match message {
            SimpleQueryMessage::CommandComplete(rows) => Some(*rows),
            _ => None,
        });
        Ok(changed.unwrap_or(0))
    }

    fn rows(&mut self, sql: &str) -> Result<Vec<Vec<Option<String>>>, UpkeepError> {
        let messages = self.messages(sql)?;
        let rows = messages.iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        });
        Ok(rows
            .map(|row| {
                (0..row.len())
                    .map(|i| row.get(i).map(str::to_owned))
                    .collect()
            })
            .collect())
    }

    fn columns(&mut self, table: &str) -> Result<Vec<Column>, UpkeepError> {
        let rows = self.rows(&format!(
            "SELECT column_name, data_type FROM information_schema.columns \
             WHERE table_schema = current_schema() AND table_name = '{table}' \
             ORDER BY ordinal_position"
        ))?;
        Ok(rows
            .into_iter()
            .filter_map(|row| {
                let [name, declared] = <[_; 2]>::try_from(row).ok()?;
                let kind = match declared?.as_str() {
                    "uuid" => Kind::Uuid,
                    "boolean" => Kind::Flag,
                    "bigint" | "integer" | "smallint" => Kind::Int,
                    "double precision" | "real" => Kind::Real,
                    "timestamp with time zone" => Kind::Time,
                    "jsonb" | "json" => Kind::Json,
                    _ => Kind::Text,
                };
                Some(Column { name: name?, kind })
            })
            .collect())
    }

    fn copy(
        &mut self,
        columns: &[Column],
        from: &str,
        out: &mut dyn Write,
    ) -> Result<u64, UpkeepError> {
        let values: Vec<_> = columns.iter().map(value).collect();
        let query = format!(
            "COPY (SELECT {} {from}) TO STDOUT WITH (FORMAT csv)",
            values.join(", ")
        );
        let mut not_written = None;
        let rows = self.session.run("reading it", LONG, async |client| {
            let stream = client.copy_out(&query).await?;
            pin_mut!(stream);
            let mut rows = 0;
            // The server sends every row in a message of its own.
            while let Some(row) = stream.next().await {
                if let Err(error) = out.write_all(&row?) {
                    not_written = Some(error);
                    break;
                }
                rows += 1;
            }
            Ok(rows)
        })?;
        match not_written {
            Some(error) => Err(UpkeepError::File(error.to_string())),
            None => Ok(rows),
        }
    }

    fn measurement_tables(&mut self) -> Result<Vec<String>, UpkeepError> {
        let rows = self.rows(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid \
             WHERE i.inhparent = 'measurements'::regclass ORDER BY c.relname",
        )?;
        Ok(rows.into_iter().flatten().flatten().collect())
    }

    fn months_that_go(&mut self, before: Timestamp) -> Result<Vec<String>, UpkeepError> {
        let Some(first_kept) = Month::of(before) else {
            return Ok(Vec::new());
        };
        let first_kept = first_kept.table();
        let mut going = Vec::new();
        self.execute(&format!(
            "SELECT pg_advisory_xact_lock({})",
            partition::LOCK
        ))?;
        for table in self.measurement_tables()? {
            // Names of months sort as the months do.
            if table >= first_kept || table.len() != first_kept.len() {
                continue;
            }
            // Whoever brings a result of that month now waits.
            self.execute(&format!("LOCK TABLE {table} IN SHARE MODE"))?;
            let others = self.rows(&format!(
                "SELECT 1 FROM {table} m WHERE NOT EXISTS \
                 (SELECT 1 FROM going_runs g WHERE g.id = m.execution_id) LIMIT 1"
            ))?;
            if others.is_empty() {
                going.push(table);
            }
        }
        Ok(going)
    }

    fn drop_month(&mut self, table: &str) -> Result<(), UpkeepError> {
        self.execute("SET LOCAL lock_timeout = '2s'")?;
        let mut attempt = 1;
        loop {
            // In a block of its own, so that the transaction survives a lock that is not had.
            let drop = format!(
                "DO $$ BEGIN DROP TABLE {table}; \
                 EXCEPTION WHEN lock_not_available OR deadlock_detected THEN \
                 RAISE NOTICE 'later'; END $$"
            );
            self.execute(&drop)?;
            if !self
                .measurement_tables()?
                .iter()
                .any(|other| other == table)
            {
                return Ok(());
            }
            if attempt == ATTEMPTS {
                return Err(UpkeepError::Database(format!(
                    "{}: the month {table} is in use all the time; nothing was removed, run it \
                     again",
                    self.shown()
                )));
            }
            // Those who waited behind it have their turn first.
            self.execute("SELECT pg_sleep(1)")?;
            attempt += 1;
        }
    }

    fn begin_to_read(&mut self) -> Result<(), UpkeepError> {
        self.begin("REPEATABLE READ")
    }

    fn begin_to_write(&mut self) -> Result<(), UpkeepError> {
        self.begin("READ COMMITTED")
    }

    fn commit(&mut self) -> Result<(), UpkeepError> {
        Ok(self.session.commit()?)
    }

    fn roll_back(&mut self) {
        self.session.roll_back();
    }
}

/// A column as text that reads the same as from the embedded store.
fn value(column: &Column) -> String {
    let name = format!("t.{}", column.name);
    match column.kind {
        Kind::Flag => format!("{name}::text"),
        Kind::Time => {
            format!("to_char({name} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")
        }
        _ => name,
    }
}

impl From<DatabaseError> for UpkeepError {
    fn from(error: DatabaseError) -> Self {
        Self::Database(error.to_string())
    }
}
