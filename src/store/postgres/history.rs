//! The shared store as a history.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io;
use std::time::Duration;

use futures_util::{StreamExt as _, pin_mut};
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Error, Row};
use uuid::Uuid;

use super::PostgresOptions;
use super::error::{DatabaseError, Trouble};
use super::migrate::{self, Standing};
use super::record_rows::Rows;
use super::session::Session;
use super::values::{Value, borrowed, numbered};
use crate::event::RunId;
use crate::record::{
    ExportError, Exported, Field, Filter, History, HistoryError, RunRecord, RunSummary, Selector,
};
use crate::store::choice::Choice;
use crate::store::export::{self, Still};
use crate::store::rows::read::{self, ReadError};
use crate::store::rows::{Cell, annotation};
use crate::store::upkeep::Dialect;

/// How long an answer may take: a run may have a hundred thousand measurements, and a list all the
/// runs there are.
const ANSWER: Duration = Duration::from_secs(30);

/// How long one may take of which each row is read as it comes: there may be millions.
const ROWS: Duration = Duration::from_mins(1);

/// Names of failing measurements that a line of a list holds at most.
const FAILING: i64 = 3;

/// Runs that a message names where a part of an id fits several.
const CANDIDATES: i64 = 5;

/// Answers questions about past runs from the shared store; never writes.
#[derive(Debug)]
pub(crate) struct PostgresHistory {
    session: RefCell<Session>,
}

impl PostgresHistory {
    /// Connects and looks at the schema.
    pub(crate) fn open(options: &PostgresOptions) -> Result<Self, HistoryError> {
        let mut session = Session::new(options);
        let (schema, standing) = migrate::status(&mut session)?;
        let reason = match (schema, standing) {
            (None, _) => return Err(HistoryError::Empty),
            (Some(schema), Standing::Ahead { may_read: false }) => {
                format!("it was made by a newer maestro ({schema}); update this one to read it")
            }
            (Some(schema), Standing::Behind | Standing::FarBehind) => format!(
                "it has {schema}, which is too old for this maestro; `maestro db migrate` brings \
                 it up to date"
            ),
            _ => {
                return Ok(Self {
                    session: RefCell::new(session),
                });
            }
        };
        Err(DatabaseError::new(Trouble::Schema, &session.shown(), &reason).into())
    }

    fn ask<T>(
        &self,
        limit: Duration,
        work: impl AsyncFnOnce(&mut Client) -> Result<T, Error>,
    ) -> Result<T, HistoryError> {
        let mut session = self.session.borrow_mut();
        Ok(session.run("answering a question", limit, work)?)
    }

    /// Hands each row of a query over as it comes, in which each `?` is the place of a cell: the server finds the next ones meanwhile, and nobody holds
    /// all of them.
    pub(super) fn each_row(
        &self,
        query: &str,
        cells: &[Cell<'_>],
        read: &mut dyn FnMut(&Row) -> Result<(), ReadError>,
    ) -> Result<(), HistoryError> {
        let (query, values) = numbered(query, cells);
        let outcome = self.ask(ROWS, async |client| {
            let rows = client.query_typed_raw(&query, borrowed(&values)).await?;
            pin_mut!(rows);
            let mut outcome = Ok(());
            while let Some(row) = rows.next().await {
                let row = row?;
                outcome = outcome.and_then(|()| read(&row));
            }
            Ok(outcome)
        })?;
        outcome.map_err(|error| {
            let shown = self.session.borrow().shown();
            DatabaseError::new(Trouble::Schema, &shown, &error.to_string()).into()
        })
    }

    fn rows<T>(
        &self,
        query: &str,
        values: &[Value],
        read: impl Fn(&Row) -> Result<T, ReadError>,
    ) -> Result<Vec<T>, HistoryError> {
        let rows = self.ask(ANSWER, async |client| {
            client.query_typed(query, &borrowed(values)).await
        })?;
        self.read(&rows, read)
    }

    fn read<T>(
        &self,
        rows: &[Row],
        read: impl Fn(&Row) -> Result<T, ReadError>,
    ) -> Result<Vec<T>, HistoryError> {
        let shown = || self.session.borrow().shown();
        rows.iter()
            .map(read)
            .collect::<Result<_, _>>()
            .map_err(|error| {
                DatabaseError::new(Trouble::Schema, &shown(), &error.to_string()).into()
            })
    }

    /// Both ends of an id are ranges of an index.
    fn find_part(&self, part: &str) -> Result<RunId, HistoryError> {
        let Some((low, high)) = bounds(part) else {
            return Err(HistoryError::NotFound(part.to_owned()));
        };
        let end: String = part.chars().rev().collect();
        // No digit sorts after it.
        let beyond = format!("{end}g");
        let runs = self.rows(
            "SELECT id FROM (\
               SELECT id, started_at FROM test_executions WHERE id BETWEEN $1 AND $2 \
               UNION \
               SELECT id, started_at FROM test_executions \
               WHERE reverse(replace(id::text, '-', '')) COLLATE \"C\" >= $3 \
                 AND reverse(replace(id::text, '-', '')) COLLATE \"C\" < $4\
             ) AS found ORDER BY started_at DESC LIMIT $5",
            &[
                (Box::new(low), Type::UUID),
                (Box::new(high), Type::UUID),
                (Box::new(end), Type::TEXT),
                (Box::new(beyond), Type::TEXT),
                (Box::new(CANDIDATES + 1), Type::INT8),
            ],
            |row| read::run_id(&row),
        )?;
        match runs.as_slice() {
            [] => Err(HistoryError::NotFound(part.to_owned())),
            [run] => Ok(*run),
            several => Err(HistoryError::Ambiguous {
                part: part.to_owned(),
                candidates: several
                    .iter()
                    .take(CANDIDATES as usize)
                    .map(ToString::to_string)
                    .collect(),
            }),
        }
    }

    /// The first names of failing measurements of each of these runs.
    fn failing(&self, runs: Vec<Uuid>) -> Result<HashMap<RunId, Vec<String>>, HistoryError> {
        // No measurement is older than its run: that leaves out the months before.
        let pairs = self.rows(
            "SELECT e.id, f.measurement_name FROM test_executions e CROSS JOIN LATERAL (\
               SELECT measurement_name, timestamp, step_result_id, position FROM (\
                 SELECT measurement_name, timestamp, step_result_id, position, \
                   lag(measurement_name) OVER (ORDER BY timestamp, step_result_id, position) \
                     AS before \
                 FROM measurements WHERE execution_id = e.id AND timestamp >= e.started_at \
                   AND verdict NOT IN ('PASS', 'SKIPPED')\
               ) AS one WHERE measurement_name IS DISTINCT FROM before \
               ORDER BY timestamp, step_result_id, position LIMIT $2\
             ) AS f WHERE e.id = ANY ($1) ORDER BY f.timestamp, f.step_result_id, f.position",
            &[
                (Box::new(runs), Type::UUID_ARRAY),
                (Box::new(FAILING), Type::INT8),
            ],
            |row| Ok((read::run_id(&row)?, read::measurement_name(&row)?)),
        )?;
        let mut names: HashMap<RunId, Vec<String>> = HashMap::new();
        for (run, name) in pairs {
            names.entry(run).or_default().push(name);
        }
        Ok(names)
    }

    fn record(&self, rows: &Rows) -> Result<Option<RunRecord>, HistoryError> {
        let packages = self.read(&rows.packages, |row| read::package(&row))?;
        let Some(mut record) = self
            .read(&rows.run, |row| read::run(&row, packages.clone()))?
            .pop()
        else {
            return Ok(None);
        };
        for step in self.read(&rows.steps, |row| read::step(&row))? {
            record.add_step(step);
        }
        for attempt in self.read(&rows.attempts, |row| read::attempt(&row))? {
            if let Some(step) = record.step_mut(attempt.step) {
                step.attempts.push(attempt);
            }
        }
        for (step, artifact) in self.read(&rows.artifacts, |row| read::artifact(&row))? {
            if let Some(step) = record.step_mut(step) {
                step.artifacts.push(artifact);
            }
        }
        self.add_measurements(&mut record, rows)?;
        record.annotations = self.read(&rows.annotations, |row| annotation(&row))?;
        record.prompts = self.read(&rows.prompts, |row| read::prompt(&row))?;
        record.logs = self.read(&rows.logs, |row| read::log(&row))?;
        record.runners = self.read(&rows.runners, |row| read::runner(&row))?;
        record.definitions = self.read(&rows.definitions, |row| read::definition(&row))?;
        for envelope in self
            .read(&rows.facts, |row| read::fact(&row))?
            .iter()
            .flatten()
        {
            record.fold(envelope);
        }
        let cursor = self.read(&rows.cursor, |row| read::last_seq(&row))?;
        record.last_seq = cursor.into_iter().max().unwrap_or(0);
        Ok(Some(record))
    }

    fn add_measurements(&self, record: &mut RunRecord, rows: &Rows) -> Result<(), HistoryError> {
        let finals = self.read(&rows.measurements, |row| {
            Ok((read::step_no(&row)?, read::measurement(&row)?))
        })?;
        for (step, measurement) in finals {
            if let Some(step) = record.step_mut(step)
                && let Some(finished) = &mut step.finished
            {
                finished.measurements.push(measurement);
            }
        }
        let superseded = self.read(&rows.superseded, |row| {
            let attempt = read::attempt_no(&row)?;
            Ok((read::step_no(&row)?, attempt, read::measurement(&row)?))
        })?;
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
}

impl Still for PostgresHistory {
    fn hold_still(&self) -> Result<(), HistoryError> {
        // Whoever takes the rows may rest between two of them, as a pager does.
        let how = "ISOLATION LEVEL REPEATABLE READ, READ ONLY; \
                   SET LOCAL idle_in_transaction_session_timeout = 0";
        Ok(self.session.borrow_mut().begin(how)?)
    }

    fn let_go(&self) -> Result<(), HistoryError> {
        Ok(self.session.borrow_mut().commit()?)
    }
}

impl History for PostgresHistory {
    fn list(&self, filter: &Filter) -> Result<Vec<RunSummary>, HistoryError> {
        let (query, values) = list_query(filter);
        let mut runs = self.rows(&query, &values, |row| read::summary(&row))?;
        let failed: Vec<_> = runs
            .iter()
            .filter(|run| run.verdict.is_some_and(crate::verdict::Verdict::is_failing))
            .map(|run| run.run.0)
            .collect();
        if !failed.is_empty() {
            let mut names = self.failing(failed)?;
            for summary in &mut runs {
                summary.failing = names.remove(&summary.run).unwrap_or_default();
            }
        }
        Ok(runs)
    }

    fn find(&self, selector: &Selector) -> Result<RunId, HistoryError> {
        match selector {
            Selector::Id(run) => self
                .rows(
                    "SELECT id FROM test_executions WHERE id = $1",
                    &[(Box::new(run.0), Type::UUID)],
                    |row| read::run_id(&row),
                )?
                .pop()
                .ok_or_else(|| HistoryError::NotFound(run.to_string())),
            Selector::Last => self
                .rows(
                    "SELECT id FROM test_executions ORDER BY started_at DESC, id DESC LIMIT 1",
                    &[],
                    |row| read::run_id(&row),
                )?
                .pop()
                .ok_or(HistoryError::Empty),
            Selector::Part(part) => self.find_part(part),
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
        let rows = self.ask(ANSWER, async |client| Rows::load(client, run).await)?;
        self.record(&rows)?
            .ok_or_else(|| HistoryError::NotFound(run.to_string()))
    }
}

fn list_query(filter: &Filter) -> (String, Vec<Value>) {
    let choice = Choice::of(filter, "e", Dialect::Postgres);
    let sql = choice.sql();
    let mut cells = choice.into_cells();
    let limit = match filter.limit {
        Some(limit) => {
            cells.push(Cell::Int(i64::from(limit)));
            "LIMIT ?"
        }
        None => "",
    };
    let order = "ORDER BY started_at DESC, id DESC";
    // What is said beside a run is looked up for those of the page only.
    let query = format!(
        "SELECT e.*, {} FROM (\
           SELECT * FROM test_executions e WHERE {sql} {order} {limit}\
         ) AS e {order}",
        read::summary_columns("e")
    );
    numbered(&query, &cells)
}

/// The lowest and the highest id that begin with a part; `None` for a text that is no part of one.
fn bounds(part: &str) -> Option<(Uuid, Uuid)> {
    let is_part = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let filled = |digit: &str| {
        let rest = 32_usize.checked_sub(part.len())?;
        format!("{part}{}", digit.repeat(rest)).parse().ok()
    };
    if !is_part {
        return None;
    }
    Some((filled("0")?, filled("f")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn part_of_an_id_is_a_range() {
        let (low, high) = bounds("01a1").unwrap();
        assert_eq!(low.to_string(), "01a10000-0000-0000-0000-000000000000");
        assert_eq!(high.to_string(), "01a1ffff-ffff-ffff-ffff-ffffffffffff");
        for text in ["", "xyz", "*", "[a-f]", "%", &"0".repeat(33)] {
            assert_eq!(bounds(text), None, "{text}");
        }
    }
}
