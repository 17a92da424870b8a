//! The shared store as a sink.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use tokio_postgres::types::Type;
use tokio_postgres::{Client, Error, Row, SimpleQueryMessage};
use uuid::Uuid;

use super::batch::{Batch, Statements};
use super::error::{DatabaseError, Trouble};
use super::migrate::{self, Mode};
use super::partition::{self, Month};
use super::session::{QUERY, Session};
use super::{PostgresOptions, columns};
use crate::event::{Envelope, Event, RunId, StepNo, Timestamp};
use crate::journal::{FailPoint, FailPoints};
use crate::outbox::{Parcel, Sink, SinkError};
use crate::store::rows::{RunContext, changes, touch};

/// How long a parcel may take, from the first statement to the commit.
const BATCH: Duration = Duration::from_secs(45);

/// How long the end of the program may wait for the shared store while it makes progress.
const PATIENCE: Duration = Duration::from_secs(1);

/// More than all deadlines of a call together: connecting, the schema, months, the parcel twice.
const STUCK: Duration = Duration::from_mins(4);

/// A sink finds every row by its key. The planner would read whole tables while they are young and
/// nothing has counted their rows.
const BY_KEY: &str =
    "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off";

/// A rejected event is kept up to this length; its journal has it whole.
const REJECT_BYTES: usize = 64 * 1024;

/// Writes events to the shared store. Connects on first use.
#[derive(Debug)]
pub(crate) struct PostgresSink {
    session: Session,
    /// The connection whose schema was looked at.
    epoch: Option<u64>,
    statements: Statements,
    /// The months that are known to be there.
    months: BTreeSet<Month>,
    /// The month that was made ahead, or was tried to.
    ahead: Option<Month>,
    /// What measurements repeat from earlier events, per run; dropped after an error and when a
    /// run is over.
    contexts: HashMap<RunId, RunContext>,
    /// How far the database had each run when this sink asked or wrote last.
    delivered: HashMap<RunId, u64>,
    fail_points: Option<Arc<FailPoints>>,
}

impl PostgresSink {
    pub(crate) fn new(options: &PostgresOptions, fail_points: Option<Arc<FailPoints>>) -> Self {
        Self {
            session: Session::new(options),
            epoch: None,
            statements: Statements::new(),
            months: BTreeSet::new(),
            ahead: None,
            contexts: HashMap::new(),
            delivered: HashMap::new(),
            fail_points,
        }
    }

    /// Connects; looks at the schema of a new connection, and makes it in an empty database.
    fn prepare(&mut self) -> Result<(), DatabaseError> {
        self.session.connect()?;
        if self.epoch == Some(self.session.epoch()) {
            return Ok(());
        }
        self.statements.clear();
        self.contexts.clear();
        if let Err(error) = migrate::migrate(&mut self.session, Mode::ByItself) {
            // Whoever migrates may want to know that nobody is connected.
            self.session.close();
            return Err(error);
        }
        self.session
            .run("preparing to write", QUERY, async |client| {
                client.batch_execute(BY_KEY).await
            })?;
        self.months = partition::months(&mut self.session)?;
        self.epoch = Some(self.session.epoch());
        Ok(())
    }

    /// Makes the months that the measurements of a parcel need, and the one after them.
    fn make_months(&mut self, events: &[Envelope]) -> Result<(), SinkError> {
        let mut needed = BTreeSet::new();
        for envelope in events {
            if let Event::StepFinished(end) = &envelope.event
                && !end.measurements.is_empty()
            {
                let month = Month::of(envelope.time).ok_or_else(|| {
                    SinkError::Refused("the year of the event is beyond 9998".to_owned())
                })?;
                needed.insert(month);
            }
        }
        for month in &needed {
            if !self.months.contains(month) {
                partition::make(&mut self.session, *month).map_err(no_content)?;
                self.months.insert(*month);
            }
        }
        if let Some(next) = needed.last().and_then(|last| last.next())
            && !self.months.contains(&next)
            && self.ahead.replace(next) != Some(next)
            && partition::make(&mut self.session, next).is_ok()
        {
            // Where that does not work, it matters when the month comes.
            self.months.insert(next);
        }
        Ok(())
    }

    fn write(&mut self, parcel: &Parcel) -> Result<(), DatabaseError> {
        // Making a month may have cost the connection, and with it what was prepared.
        self.prepare()?;
        let run = parcel.run;
        let known = self.contexts.remove(&run);
        let had = self.delivered.remove(&run).unwrap_or(0);
        let statements = &mut self.statements;
        let written = self.session.run("writing results", BATCH, async |client| {
            write_parcel(client, statements, parcel, known, had).await
        })?;
        let Some((context, last)) = written else {
            // What came before this parcel is missing. Whoever delivers asks again what is there.
            let reason = "it has less than it had, as after a restore; it gets what it lacks";
            let shown = self.session.shown();
            return Err(DatabaseError::new(Trouble::Unwilling, &shown, reason));
        };
        if !parcel.is_last {
            self.contexts.insert(run, context);
            self.delivered.insert(run, last);
        }
        Ok(())
    }

    fn settle<T>(&self, outcome: Result<T, DatabaseError>) -> Result<T, SinkError> {
        if outcome.is_ok() {
            FailPoints::pass(self.fail_points.as_ref(), FailPoint::Commit);
        }
        Ok(outcome?)
    }
}

impl Sink for PostgresSink {
    fn name(&self) -> &'static str {
        "shared store"
    }

    fn cursor(&mut self, run: RunId) -> Result<u64, SinkError> {
        self.prepare().map_err(no_content)?;
        let last = self
            .session
            .run("asking what it has", QUERY, async |client| {
                let row = client
                    .query_typed_opt(
                        "SELECT last_seq FROM delivery_cursor WHERE run_id = $1",
                        &[(&run.0, Type::UUID)],
                    )
                    .await?;
                row.map(|row| row.try_get::<_, i64>(0)).transpose()
            })
            .map_err(no_content)?;
        let last = last.unwrap_or(0) as u64;
        self.delivered.insert(run, last);
        Ok(last)
    }

    fn deliver(&mut self, parcel: &Parcel) -> Result<(), SinkError> {
        self.prepare().map_err(no_content)?;
        self.make_months(parcel.events)?;
        let mut outcome = self.write(parcel);
        if let Err(error) = &outcome
            && error.trouble == Trouble::NoPartition
        {
            // An archive has just taken the month away.
            self.months.clear();
            self.make_months(parcel.events)?;
            outcome = self.write(parcel);
        }
        self.settle(outcome)
    }

    fn reject(&mut self, run: RunId, event: &Envelope, reason: &str) -> Result<(), SinkError> {
        let mut text = serde_json::to_string(event).unwrap_or_else(|error| error.to_string());
        text.truncate(text.floor_char_boundary(REJECT_BYTES));
        self.prepare().map_err(no_content)?;
        self.contexts.remove(&run);
        let outcome = self.session.run("noting an event", QUERY, async |client| {
            let cursor = begin(client, run).await?;
            if event.seq > cursor {
                client
                    .query_typed(
                        "INSERT INTO delivery_rejects (run_id, seq, event, reason, rejected_at) \
                         VALUES ($1, $2, $3, $4, now()) ON CONFLICT (run_id, seq) DO UPDATE \
                         SET event = excluded.event, reason = excluded.reason",
                        &[
                            (&run.0, Type::UUID),
                            (&(event.seq as i64), Type::INT8),
                            (&text, Type::TEXT),
                            (&reason, Type::TEXT),
                        ],
                    )
                    .await?;
            }
            commit(client, run, event.seq.max(cursor)).await
        });
        self.settle(outcome.map_err(no_content))
    }

    fn touch(&mut self, run: RunId, now: Timestamp) -> Result<(), SinkError> {
        self.prepare().map_err(no_content)?;
        let statements = &mut self.statements;
        let outcome = self
            .session
            .run("renewing a sign of life", QUERY, async |client| {
                Batch::of(vec![touch(run, now)])
                    .apply(client, statements)
                    .await
            });
        self.settle(outcome.map_err(no_content))
    }

    fn rest(&mut self) {
        self.session.close();
    }

    fn patience(&self) -> Duration {
        PATIENCE
    }

    fn stuck_after(&self) -> Duration {
        STUCK
    }
}

/// Where no content of a run is sent, trouble of that class is the server's.
fn no_content(mut error: DatabaseError) -> DatabaseError {
    if error.trouble == Trouble::Content {
        error.trouble = Trouble::Unwilling;
    }
    error
}

/// Writes what is new of a parcel, in one transaction; gives the context for the next one and the
/// cursor. `None` where the database has less of the run than it `had`.
async fn write_parcel(
    client: &Client,
    statements: &mut Statements,
    parcel: &Parcel<'_>,
    known: Option<RunContext>,
    had: u64,
) -> Result<Option<(RunContext, u64)>, Error> {
    let run = parcel.run;
    let cursor = begin(client, run).await?;
    if cursor < had {
        client.batch_execute("ROLLBACK").await?;
        return Ok(None);
    }
    let new = parcel.events.partition_point(|event| event.seq <= cursor);
    let events = &parcel.events[new..];
    let mut context = match known {
        // What another process delivered is not in it.
        Some(context) if new == 0 => context,
        _ if cursor == 0 => RunContext::default(),
        _ => load_context(client, run).await?,
    };
    let batch = Batch::of(changes(run, events, &mut context));
    batch.apply(client, statements).await?;
    let last = events.last().map_or(cursor, |event| event.seq);
    commit(client, run, last).await?;
    Ok(Some((context, last)))
}

/// Begins a transaction and locks the cursor of a run, which is made if there is none.
async fn begin(client: &Client, run: RunId) -> Result<u64, Error> {
    let id = run.0.hyphenated();
    let answers = client
        .simple_query(&format!(
            "BEGIN ISOLATION LEVEL READ COMMITTED; \
             INSERT INTO delivery_cursor (run_id, last_seq) VALUES ('{id}', 0) \
             ON CONFLICT DO NOTHING; \
             SELECT last_seq FROM delivery_cursor WHERE run_id = '{id}' FOR UPDATE"
        ))
        .await?;
    let last = answers.iter().find_map(|answer| match answer {
        SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    });
    Ok(last.and_then(|last| last.parse().ok()).unwrap_or(0))
}

/// Moves the cursor and commits.
async fn commit(client: &Client, run: RunId, last: u64) -> Result<(), Error> {
    let id = run.0.hyphenated();
    client
        .batch_execute(&format!(
            "UPDATE delivery_cursor SET last_seq = {last} WHERE run_id = '{id}'; COMMIT"
        ))
        .await
}

/// What the measurements of a run repeat, where an earlier process or parcel delivered it.
async fn load_context(client: &Client, run: RunId) -> Result<RunContext, Error> {
    let id: &Uuid = &run.0;
    let head = client
        .query_typed_opt(
            "SELECT station_id, serial_number, started_at FROM test_executions WHERE id = $1",
            &[(id, Type::UUID)],
        )
        .await?;
    let mut context = match head {
        None => RunContext::default(),
        Some(row) => RunContext {
            station_id: row.try_get(0)?,
            serial_number: row.try_get(1)?,
            started_at: row.try_get::<_, columns::Time>(2)?.0,
            ..RunContext::default()
        },
    };
    let open = client
        .query_typed(
            "SELECT sequence_no, iteration FROM step_results \
             WHERE execution_id = $1 AND iteration IS NOT NULL AND ended_at IS NULL",
            &[(id, Type::UUID)],
        )
        .await?;
    let number = |row: &Row, place: usize| row.try_get::<_, i64>(place);
    for row in &open {
        let step = StepNo(number(row, 0)? as u32);
        context.iterations.insert(step, number(row, 1)? as u32);
    }
    Ok(context)
}
