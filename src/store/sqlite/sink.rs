//! The embedded store as a sink.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{
    Connection, ErrorCode, OptionalExtension as _, Transaction, TransactionBehavior, params,
    params_from_iter,
};

use super::{connection, migrate};
use crate::event::{Envelope, RunId, StepNo, Timestamp};
use crate::journal::{FailPoint, FailPoints};
use crate::outbox::{Parcel, Sink, SinkError};
use crate::store::replaced;
use crate::store::rows::read::Columns as _;
use crate::store::rows::{Cells, Change, RunContext, Table, changes, touch};

/// How long the end of the program may wait for the embedded store.
const PATIENCE: Duration = Duration::from_secs(2);

/// A rejected event is kept up to this length; its journal has it whole.
const REJECT_BYTES: usize = 64 * 1024;

/// Writes events to the embedded store. Opens the database on first use.
#[derive(Debug)]
pub(crate) struct SqliteSink {
    path: PathBuf,
    connection: Option<Connection>,
    /// What measurements repeat from earlier events, per run; dropped after an error and when a
    /// run is over.
    contexts: HashMap<RunId, RunContext>,
    statements: Statements,
    fail_points: Option<Arc<FailPoints>>,
}

impl SqliteSink {
    /// A sink for the database at `path`.
    pub(crate) fn new(path: PathBuf, fail_points: Option<Arc<FailPoints>>) -> Self {
        Self {
            path,
            connection: None,
            contexts: HashMap::new(),
            statements: Statements::default(),
            fail_points,
        }
    }

    /// Runs `work` in a transaction that is committed if it succeeds.
    fn transact<T>(
        &mut self,
        durability: Durability,
        work: impl FnOnce(&Transaction<'_>, &mut Statements) -> rusqlite::Result<T>,
    ) -> Result<T, SinkError> {
        self.connect()?;
        let Some(connection) = &mut self.connection else {
            return Err(SinkError::Unavailable("no connection".to_owned()));
        };
        let statements = &mut self.statements;
        let done = with_durability(connection, durability, |connection| {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = work(&transaction, statements)?;
            transaction.commit()?;
            Ok(value)
        });
        if done.is_ok() {
            FailPoints::pass(self.fail_points.as_ref(), FailPoint::Commit);
        }
        done.map_err(|error| self.explain(&error))
    }

    fn connect(&mut self) -> Result<(), SinkError> {
        if self.connection.is_some() {
            return Ok(());
        }
        let opened = connection::open_to_write(&self.path)
            .and_then(|mut connection| Ok((migrate::migrate(&mut connection)?, connection)));
        let (schema, connection) = opened.map_err(|error| self.explain(&error))?;
        if schema.version > migrate::VERSION {
            return Err(SinkError::Paused(format!(
                "{} was made by a newer maestro (schema {}, this one writes {}); runs are kept in \
                 the journal until this maestro is updated too",
                self.path.display(),
                schema.version,
                migrate::VERSION,
            )));
        }
        self.connection = Some(connection);
        Ok(())
    }

    /// What an error means for delivery. A connection that failed is opened anew.
    fn explain(&mut self, error: &rusqlite::Error) -> SinkError {
        let text = format!("{}: {error}", self.path.display());
        match error.sqlite_error_code() {
            Some(ErrorCode::ConstraintViolation | ErrorCode::TooBig | ErrorCode::TypeMismatch) => {
                SinkError::Refused(text)
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::DiskFull) => {
                SinkError::Unavailable(text)
            }
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                self.connection = None;
                SinkError::Unavailable(format!(
                    "{text}; move it away: what the kept journals hold can be delivered again"
                ))
            }
            _ => {
                self.connection = None;
                SinkError::Unavailable(text)
            }
        }
    }
}

impl Sink for SqliteSink {
    fn name(&self) -> &'static str {
        "embedded store"
    }

    fn cursor(&mut self, run: RunId) -> Result<u64, SinkError> {
        self.connect()?;
        let Some(connection) = &self.connection else {
            return Ok(0);
        };
        read_cursor(connection, run).map_err(|error| self.explain(&error))
    }

    fn deliver(&mut self, parcel: &Parcel) -> Result<(), SinkError> {
        let run = parcel.run;
        let durability = if parcel.is_last {
            Durability::Flushed
        } else {
            Durability::Normal
        };
        let mut context = self.contexts.remove(&run);
        self.transact(durability, |transaction, statements| {
            let cursor = read_cursor(transaction, run)?;
            let new = parcel.events.partition_point(|event| event.seq <= cursor);
            let events = &parcel.events[new..];
            let known = match &mut context {
                Some(context) => context,
                none => none.insert(load_context(transaction, run)?),
            };
            for change in changes(run, events, known) {
                apply(transaction, statements, &change)?;
            }
            // Also without events: a commit of its own carries the earlier ones to the disk.
            let last = events.last().map_or(cursor, |event| event.seq);
            write_cursor(transaction, run, last)
        })?;
        if let Some(context) = context
            && !parcel.is_last
        {
            self.contexts.insert(run, context);
        }
        Ok(())
    }

    fn reject(&mut self, run: RunId, event: &Envelope, reason: &str) -> Result<(), SinkError> {
        let mut text = serde_json::to_string(event).unwrap_or_else(|error| error.to_string());
        text.truncate(text.floor_char_boundary(REJECT_BYTES));
        self.contexts.remove(&run);
        self.transact(Durability::Normal, |transaction, _| {
            if event.seq <= read_cursor(transaction, run)? {
                return Ok(());
            }
            transaction.execute(
                "INSERT OR REPLACE INTO delivery_rejects (run_id, seq, event, reason, rejected_at) \
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                params![
                    run.to_string(),
                    event.seq as i64,
                    text,
                    reason,
                    event.time.to_rfc3339()
                ],
            )?;
            write_cursor(transaction, run, event.seq)
        })
    }

    fn touch(&mut self, run: RunId, now: Timestamp) -> Result<(), SinkError> {
        self.transact(Durability::Normal, |transaction, statements| {
            apply(transaction, statements, &touch(run, now))
        })
    }

    fn patience(&self) -> Duration {
        PATIENCE
    }
}

/// What a commit promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Durability {
    /// Survives `kill -9`.
    Normal,
    /// Survives a power cut, and all commits before it with it.
    Flushed,
}

/// The texts of statements, made once per table and kind of change.
#[derive(Debug, Default)]
struct Statements {
    inserts: HashMap<Table, String>,
}

impl Statements {
    fn insert(&mut self, table: Table, cells: &Cells) -> &str {
        self.inserts
            .entry(table)
            .or_insert_with(|| insert_text(table, cells))
    }
}

fn with_durability<T>(
    connection: &mut Connection,
    durability: Durability,
    work: impl FnOnce(&mut Connection) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    if durability == Durability::Normal {
        return work(connection);
    }
    connection.pragma_update(None, "synchronous", "FULL")?;
    let done = work(connection);
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    done
}

fn apply(
    transaction: &Transaction<'_>,
    statements: &mut Statements,
    change: &Change<'_>,
) -> rusqlite::Result<()> {
    match change {
        Change::Insert(table, cells) => {
            let text = statements.insert(*table, cells);
            transaction
                .prepare_cached(text)?
                .execute(params_from_iter(cells.iter().map(|(_, cell)| cell)))?;
        }
        Change::Update { table, keys, cells } => {
            let values = cells.iter().chain(keys).map(|(_, cell)| cell);
            transaction
                .prepare_cached(&update_text(*table, keys, cells))?
                .execute(params_from_iter(values))?;
        }
        Change::Definition { digest, cells } => add_definition(transaction, digest, cells)?,
        Change::Replace { run, first, last } => {
            for text in replaced::texts(["?1", "?2", "?3"]) {
                transaction.prepare_cached(&text)?.execute(params![
                    run.to_string(),
                    first.0,
                    last.0
                ])?;
            }
        }
    }
    Ok(())
}

fn insert_text(table: Table, cells: &Cells) -> String {
    let columns: Vec<_> = cells.iter().map(|(column, _)| *column).collect();
    format!(
        "INSERT INTO {} ({}) VALUES ({})",
        table.name(),
        columns.join(", "),
        vec!["?"; columns.len()].join(", ")
    )
}

fn update_text(table: Table, keys: &Cells, cells: &Cells) -> String {
    let mut text = format!("UPDATE {} SET ", table.name());
    let mut separator = "";
    for (column, _) in cells {
        // Writing to a text cannot fail.
        let _ = write!(text, "{separator}{column} = ?");
        separator = ", ";
    }
    separator = " WHERE ";
    for (column, _) in keys {
        // `IS` and not `=`: a key may be NULL.
        let _ = write!(text, "{separator}{column} IS ?");
        separator = " AND ";
    }
    text
}

/// Adds a part of a definition, and the definition once all parts are there.
fn add_definition(
    transaction: &Transaction<'_>,
    digest: &str,
    cells: &Cells,
) -> rusqlite::Result<()> {
    let is_known: bool = transaction
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM definitions WHERE digest = ?1)")?
        .query_row([digest], |row| row.get(0))?;
    if is_known {
        return Ok(());
    }
    let text =
        insert_text(Table::DefinitionParts, cells).replacen("INSERT", "INSERT OR REPLACE", 1);
    transaction
        .prepare_cached(&text)?
        .execute(params_from_iter(cells.iter().map(|(_, cell)| cell)))?;
    let is_whole: bool = transaction
        .prepare_cached(
            "SELECT count(*) = max(parts) FROM definition_parts WHERE digest = ?1 GROUP BY digest",
        )?
        .query_row([digest], |row| row.get(0))?;
    if !is_whole {
        return Ok(());
    }
    // The parts come in their order out of the index: to sort them would take the whole text once
    // more.
    transaction
        .prepare_cached(
            "INSERT INTO definitions (digest, path, text) \
             SELECT min(digest), min(path), group_concat(text, '') \
             FROM (SELECT * FROM definition_parts WHERE digest = ?1 ORDER BY digest, part)",
        )?
        .execute([digest])?;
    transaction
        .prepare_cached("DELETE FROM definition_parts WHERE digest = ?1")?
        .execute([digest])?;
    Ok(())
}

fn read_cursor(connection: &Connection, run: RunId) -> rusqlite::Result<u64> {
    let last: Option<i64> = connection
        .prepare_cached("SELECT last_seq FROM delivery_cursor WHERE run_id = ?1")?
        .query_row([run.to_string()], |row| row.get(0))
        .optional()?;
    Ok(last.unwrap_or(0) as u64)
}

fn write_cursor(transaction: &Transaction<'_>, run: RunId, last: u64) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO delivery_cursor (run_id, last_seq) VALUES (?1, ?2) \
             ON CONFLICT (run_id) DO UPDATE SET last_seq = excluded.last_seq",
        )?
        .execute(params![run.to_string(), last as i64])?;
    Ok(())
}

/// What the measurements of a run repeat, where an earlier process or parcel delivered it.
fn load_context(transaction: &Transaction<'_>, run: RunId) -> rusqlite::Result<RunContext> {
    let id = run.to_string();
    let mut context = transaction
        .query_row(
            "SELECT station_id, serial_number, started_at FROM test_executions WHERE id = ?1",
            [&id],
            |row| {
                Ok(RunContext {
                    station_id: row.get(0)?,
                    serial_number: row.get(1)?,
                    started_at: row.time("started_at").ok().flatten().unwrap_or_default(),
                    ..RunContext::default()
                })
            },
        )
        .optional()?
        .unwrap_or_default();
    let mut open = transaction.prepare_cached(
        "SELECT sequence_no, iteration FROM step_results \
         WHERE execution_id = ?1 AND iteration IS NOT NULL AND ended_at IS NULL",
    )?;
    let steps = open.query_map([&id], |row| Ok((StepNo(row.get(0)?), row.get(1)?)))?;
    context.iterations = steps.collect::<rusqlite::Result<_>>()?;
    Ok(context)
}
