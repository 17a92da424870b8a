//! The embedded store as a history.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, Params, Row, params_from_iter};

use super::{connection, migrate};
use crate::event::RunId;
use crate::record::{
    ExportError, Exported, Field, Filter, History, HistoryError, RunRecord, RunSummary, Selector,
};
use crate::store::choice::Choice;
use crate::store::export::{self, Still};
use crate::store::rows::read::{self, ReadError};
use crate::store::rows::{ANNOTATION_COLUMNS, Cell, annotation};
use crate::store::upkeep::Dialect;

/// Names of failing measurements that a line of a list holds at most.
const FAILING: usize = 3;

/// Runs that a message names where a part of an id fits several.
const CANDIDATES: usize = 5;

/// Answers questions about past runs from the embedded store; never writes.
#[derive(Debug)]
pub(crate) struct SqliteHistory {
    path: PathBuf,
    connection: Connection,
}

impl SqliteHistory {
    /// Opens the database at `path`.
    pub(crate) fn open(path: &Path) -> Result<Self, HistoryError> {
        if !path.exists() {
            return Err(HistoryError::Empty);
        }
        let connection =
            connection::open_to_read(path).map_err(|error| unavailable(path, &error))?;
        let history = Self {
            path: path.to_owned(),
            connection,
        };
        let schema =
            migrate::read(&history.connection).map_err(|error| unavailable(path, &error))?;
        match schema {
            None => Err(HistoryError::Empty),
            Some(schema) if schema.min_reader > migrate::VERSION => {
                Err(HistoryError::Unavailable(format!(
                    "{} was made by a newer maestro (schema {}); update this one to read it",
                    path.display(),
                    schema.version
                )))
            }
            Some(_) => Ok(history),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) const fn connection(&self) -> &Connection {
        &self.connection
    }

    fn batch(&self, sql: &str) -> Result<(), HistoryError> {
        let done = self.connection.execute_batch(sql);
        done.map_err(|error| unavailable(&self.path, &error))
    }

    fn rows<T>(
        &self,
        query: &str,
        params: impl Params,
        read: impl Fn(&Row<'_>) -> Result<T, ReadError>,
    ) -> Result<Vec<T>, HistoryError> {
        let in_sql = |error: rusqlite::Error| unavailable(&self.path, &error);
        let mut statement = self.connection.prepare_cached(query).map_err(in_sql)?;
        let mut rows = statement.query(params).map_err(in_sql)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(in_sql)? {
            found.push(read(row).map_err(|error| unavailable(&self.path, &error))?);
        }
        Ok(found)
    }

    /// Rows of a side table of one run.
    fn side<T>(
        &self,
        run: RunId,
        query: &str,
        read: impl Fn(&Row<'_>) -> Result<T, ReadError>,
    ) -> Result<Vec<T>, HistoryError> {
        self.rows(query, [run.to_string()], read)
    }

    /// The newest finite values of a measurement that were really measured, oldest first.
    pub(crate) fn newest_values(&self, name: &str, count: u32) -> Result<Vec<f64>, HistoryError> {
        let query = "SELECT actual_value FROM measurements WHERE measurement_name = ?1 \
             AND actual_value IS NOT NULL AND origin = 'runner' ORDER BY timestamp DESC LIMIT ?2";
        let value = |row: &Row<'_>| {
            let value: rusqlite::Result<f64> = row.get(0);
            value.map_err(|error| ReadError::new("actual_value", &error))
        };
        let mut values = self.rows(query, rusqlite::params![name, count], value)?;
        values.reverse();
        Ok(values)
    }

    fn load_steps(&self, record: &mut RunRecord) -> Result<(), HistoryError> {
        let run = record.id();
        let steps = self.side(
            run,
            "SELECT * FROM step_results WHERE execution_id = ?1 ORDER BY sequence_no",
            |row| read::step(&row),
        )?;
        for step in steps {
            record.add_step(step);
        }
        let attempts = self.side(
            run,
            "SELECT * FROM step_attempts WHERE execution_id = ?1 ORDER BY sequence_no, attempt",
            |row| read::attempt(&row),
        )?;
        for attempt in attempts {
            if let Some(step) = record.step_mut(attempt.step) {
                step.attempts.push(attempt);
            }
        }
        let artifacts = self.side(
            run,
            "SELECT * FROM artifacts WHERE execution_id = ?1 ORDER BY seq",
            |row| read::artifact(&row),
        )?;
        for (step, artifact) in artifacts {
            if let Some(step) = record.step_mut(step) {
                step.artifacts.push(artifact);
            }
        }
        Ok(())
    }

    fn load_measurements(&self, record: &mut RunRecord) -> Result<(), HistoryError> {
        let run = record.id();
        let finals = self.side(
            run,
            "SELECT s.sequence_no, m.* FROM measurements m \
             JOIN step_results s ON s.id = m.step_result_id \
             WHERE m.execution_id = ?1 ORDER BY s.sequence_no, m.position",
            |row| Ok((read::step_no(&row)?, read::measurement(&row)?)),
        )?;
        for (step, measurement) in finals {
            if let Some(step) = record.step_mut(step)
                && let Some(finished) = &mut step.finished
            {
                finished.measurements.push(measurement);
            }
        }
        let superseded = self.side(
            run,
            "SELECT s.sequence_no, m.* FROM measurement_attempts m \
             JOIN step_results s ON s.id = m.step_result_id \
             WHERE m.execution_id = ?1 ORDER BY s.sequence_no, m.attempt, m.position",
            |row| {
                let attempt = read::attempt_no(&row)?;
                Ok((read::step_no(&row)?, attempt, read::measurement(&row)?))
            },
        )?;
        for (step, number, measurement) in superseded {
            let Some(step) = record.step_mut(step) else {
                continue;
            };
            let attempts = &mut step.attempts;
            match attempts.iter_mut().find(|one| one.attempt == number) {
                Some(attempt) => attempt.measurements.push(measurement),
                // Those of an iteration that a later one replaced.
                None => {
                    if let Some(finished) = &mut step.finished {
                        finished.measurements.push(measurement);
                    }
                }
            }
        }
        Ok(())
    }

    fn load_sides(&self, record: &mut RunRecord) -> Result<(), HistoryError> {
        let run = record.id();
        record.annotations = self.side(
            run,
            &format!(
                "SELECT {ANNOTATION_COLUMNS} FROM annotations WHERE execution_id = ?1 \
                 ORDER BY annotated_at, id"
            ),
            |row| annotation(&row),
        )?;
        record.prompts = self.side(
            run,
            "SELECT * FROM prompt_answers WHERE execution_id = ?1 ORDER BY seq",
            |row| read::prompt(&row),
        )?;
        record.logs = self.side(
            run,
            "SELECT * FROM execution_logs WHERE execution_id = ?1 ORDER BY seq",
            |row| read::log(&row),
        )?;
        record.runners = self.side(
            run,
            "SELECT * FROM execution_runners WHERE execution_id = ?1 ORDER BY seq",
            |row| read::runner(&row),
        )?;
        record.definitions = self.side(
            run,
            "SELECT * FROM execution_definitions WHERE execution_id = ?1 ORDER BY seq",
            |row| read::definition(&row),
        )?;
        let facts = self.side(
            run,
            "SELECT * FROM execution_facts WHERE execution_id = ?1 ORDER BY seq",
            |row| read::fact(&row),
        )?;
        for envelope in facts.iter().flatten() {
            record.fold(envelope);
        }
        let cursor = self.side(
            run,
            "SELECT last_seq FROM delivery_cursor WHERE run_id = ?1",
            |row| read::last_seq(&row),
        )?;
        record.last_seq = cursor.into_iter().max().unwrap_or(0);
        Ok(())
    }

    fn failing_measurements(&self, run: RunId) -> Result<Vec<String>, HistoryError> {
        let mut names = self.side(
            run,
            "SELECT measurement_name FROM measurements \
             WHERE execution_id = ?1 AND verdict NOT IN ('PASS', 'SKIPPED') ORDER BY rowid",
            |row| read::measurement_name(&row),
        )?;
        names.dedup();
        names.truncate(FAILING);
        Ok(names)
    }
}

impl Still for SqliteHistory {
    fn hold_still(&self) -> Result<(), HistoryError> {
        self.batch("BEGIN")
    }

    fn let_go(&self) -> Result<(), HistoryError> {
        self.batch("COMMIT")
    }
}

impl History for SqliteHistory {
    fn list(&self, filter: &Filter) -> Result<Vec<RunSummary>, HistoryError> {
        let (query, params) = list_query(filter);
        let mut runs = self.rows(&query, params_from_iter(params), |row| read::summary(&row))?;
        for summary in &mut runs {
            if summary
                .verdict
                .is_some_and(crate::verdict::Verdict::is_failing)
            {
                summary.failing = self.failing_measurements(summary.run)?;
            }
        }
        Ok(runs)
    }

    fn find(&self, selector: &Selector) -> Result<RunId, HistoryError> {
        let by_id = |row: &Row<'_>| read::run_id(&row);
        match selector {
            Selector::Id(run) => self
                .side(*run, "SELECT id FROM test_executions WHERE id = ?1", by_id)?
                .pop()
                .ok_or_else(|| HistoryError::NotFound(run.to_string())),
            Selector::Last => self
                .rows(
                    "SELECT id FROM test_executions ORDER BY started_at DESC, id DESC LIMIT 1",
                    [],
                    by_id,
                )?
                .pop()
                .ok_or(HistoryError::Empty),
            Selector::Part(part) if !is_part_of_an_id(part) => {
                Err(HistoryError::NotFound(part.clone()))
            }
            Selector::Part(part) => {
                let runs = self.rows(
                    "SELECT id FROM test_executions \
                     WHERE replace(id, '-', '') GLOB ?1 || '*' \
                        OR replace(id, '-', '') GLOB '*' || ?1 \
                     ORDER BY started_at DESC LIMIT ?2",
                    (part, CANDIDATES as i64 + 1),
                    by_id,
                )?;
                match runs.as_slice() {
                    [] => Err(HistoryError::NotFound(part.clone())),
                    [run] => Ok(*run),
                    several => Err(HistoryError::Ambiguous {
                        part: part.clone(),
                        candidates: several
                            .iter()
                            .take(CANDIDATES)
                            .map(ToString::to_string)
                            .collect(),
                    }),
                }
            }
        }
    }

    fn export(
        &self,
        what: Exported,
        filter: &Filter,
        take: &mut dyn FnMut(&[Field]) -> io::Result<()>,
    ) -> Result<(), ExportError> {
        export::export(self, what, filter, take)
    }

    fn run(&self, selector: &Selector) -> Result<RunRecord, HistoryError> {
        let run = self.find(selector)?;
        let packages = self.side(
            run,
            "SELECT * FROM execution_packages WHERE execution_id = ?1 ORDER BY position",
            |row| read::package(&row),
        )?;
        let mut record = self
            .side(run, "SELECT * FROM test_executions WHERE id = ?1", |row| {
                read::run(&row, packages.clone())
            })?
            .pop()
            .ok_or_else(|| HistoryError::NotFound(run.to_string()))?;
        self.load_steps(&mut record)?;
        self.load_measurements(&mut record)?;
        self.load_sides(&mut record)?;
        Ok(record)
    }
}

fn list_query(filter: &Filter) -> (String, Vec<Cell<'_>>) {
    let choice = Choice::of(filter, "e", Dialect::Sqlite);
    let order = "ORDER BY started_at DESC, id DESC";
    // What is said beside a run is looked up for those of the page only.
    let query = format!(
        "SELECT e.*, {} FROM (\
           SELECT * FROM test_executions e WHERE {} {order} LIMIT ?\
         ) AS e {order}",
        read::summary_columns("e"),
        choice.sql()
    );
    let mut cells = choice.into_cells();
    cells.push(Cell::Int(filter.limit.map_or(-1, i64::from)));
    (query, cells)
}

fn is_part_of_an_id(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_hexdigit())
}

pub(super) fn unavailable(path: &Path, error: &dyn std::fmt::Display) -> HistoryError {
    HistoryError::Unavailable(format!("cannot read {}: {error}", path.display()))
}
