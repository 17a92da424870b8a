//! A connection whose every wait has a deadline.

use std::time::{Duration, Instant};

use tokio_postgres::{Client, Error};

use super::address::PostgresOptions;
use super::error::{DatabaseError, Trouble};
use super::link::{Link, Reach};

/// How long a question may take.
pub(crate) const QUERY: Duration = Duration::from_secs(10);

/// How long the border of a transaction may take that goes over several calls.
const TRANSACTION: Duration = Duration::from_mins(1);

/// A connection may have been closed by the server after so long without use; it is looked at first.
const DOUBTFUL: Duration = Duration::from_secs(1);

/// The connection of one owner to the shared store, made when it is needed.
///
/// Blocks the calling thread, which must not be one of an asynchronous runtime.
#[derive(Debug)]
pub(crate) struct Session {
    options: PostgresOptions,
    reach: Option<Reach>,
    link: Option<Link>,
    /// Number of connections made so far.
    epoch: u64,
    last_use: Option<Instant>,
    /// A transaction that goes over several calls is open: what follows must not run outside it.
    in_transaction: bool,
}

impl Session {
    /// A session that connects on first use.
    pub(crate) fn new(options: &PostgresOptions) -> Self {
        Self {
            options: options.clone(),
            reach: None,
            link: None,
            epoch: 0,
            last_use: None,
            in_transaction: false,
        }
    }

    /// Server and database as messages name them.
    pub(crate) fn shown(&self) -> String {
        self.options.shown()
    }

    /// Changes with every new connection: whoever keeps prepared statements drops them then.
    pub(crate) const fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Connects unless there is a connection already.
    pub(crate) fn connect(&mut self) -> Result<(), DatabaseError> {
        if self.in_transaction {
            let lost = "the connection was lost in the middle, and nothing was changed; try again";
            return match self.link {
                Some(_) => Ok(()),
                None => Err(self.unreachable(lost)),
            };
        }
        let reach = match &mut self.reach {
            Some(reach) => reach,
            none => none.insert(Reach::new(&self.options)?),
        };
        if let Some(link) = &mut self.link {
            let is_doubtful = |last: Instant| now().duration_since(last) >= DOUBTFUL;
            if !self.last_use.is_none_or(is_doubtful) || link.is_alive(reach.runtime()) {
                return Ok(());
            }
        }
        self.link = None;
        self.link = Some(reach.connect()?);
        self.epoch += 1;
        self.last_use = Some(now());
        Ok(())
    }

    /// Runs `work` on the connection, which is made if there is none. `doing` completes the
    /// sentence "no answer while …".
    ///
    /// Work that takes longer than `limit` is dropped, and the connection with it. An error closes
    /// the connection too, unless it is about the content of a statement; then only the transaction
    /// is undone.
    pub(crate) fn run<T>(
        &mut self,
        doing: &str,
        limit: Duration,
        work: impl AsyncFnOnce(&mut Client) -> Result<T, Error>,
    ) -> Result<T, DatabaseError> {
        self.connect()?;
        let (Some(reach), Some(mut link)) = (&self.reach, self.link.take()) else {
            return Err(self.unreachable("no connection"));
        };
        let shown = reach.shown();
        // A link that is not put back is closed.
        let Some(outcome) = link.run(reach.runtime(), limit, work) else {
            return Err(DatabaseError::timeout(shown, doing, limit));
        };
        let outcome = outcome.map_err(|error| DatabaseError::from_client(shown, &error));
        let is_of_use = match &outcome {
            Ok(_) => true,
            Err(error) => match error.trouble {
                Trouble::Content | Trouble::NoPartition if !self.in_transaction => {
                    link.undo(reach.runtime())
                }
                // What it is about may be set anew by then: the rights of the role, read-only, the
                // primary behind the name of the host.
                _ => false,
            },
        };
        if is_of_use {
            self.link = Some(link);
        } else {
            link.close(reach.runtime());
        }
        self.last_use = Some(now());
        outcome
    }

    /// Begins a transaction that goes over several calls, until [`Self::commit`] or
    /// [`Self::roll_back`]; `how` is what follows BEGIN. Any error ends it, and what is asked after
    /// that fails.
    pub(crate) fn begin(&mut self, how: &str) -> Result<(), DatabaseError> {
        self.batch("beginning a transaction", &format!("BEGIN {how}"))?;
        self.in_transaction = true;
        Ok(())
    }

    /// Ends the transaction; after an error it is not known whether it did.
    pub(crate) fn commit(&mut self) -> Result<(), DatabaseError> {
        let outcome = self.batch("committing", "COMMIT");
        self.in_transaction = false;
        outcome
    }

    /// Undoes the transaction, where there is one.
    pub(crate) fn roll_back(&mut self) {
        if self.in_transaction {
            // A server that does not answer undoes it when it finds the connection closed.
            if self.link.is_some() && self.batch("undoing", "ROLLBACK").is_err() {
                self.close();
            }
            self.in_transaction = false;
        }
    }

    fn batch(&mut self, doing: &str, sql: &str) -> Result<(), DatabaseError> {
        self.run(doing, TRANSACTION, async |client| {
            client.batch_execute(sql).await
        })
    }

    fn unreachable(&self, reason: &str) -> DatabaseError {
        DatabaseError::new(Trouble::Unreachable, &self.shown(), reason)
    }

    /// Closes the connection; the next use makes a new one.
    pub(crate) fn close(&mut self) {
        if let (Some(link), Some(reach)) = (self.link.take(), &self.reach) {
            link.close(reach.runtime());
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.close();
        if let Some(reach) = self.reach.take() {
            reach.leave();
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the deadline of a connection is measured where the connection is"
)]
fn now() -> Instant {
    Instant::now()
}
