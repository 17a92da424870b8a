//! The stores that a station is configured for: its sinks, and the history that is read.
//!
//! The embedded store is always there. The shared one is there where the station has a
//! `database_url`. Only here are concrete stores made for runs, `results`, `recover` and `sync`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::exit::Failure;
use crate::journal::{FailPoints, JournalError};
use crate::outbox::{Delivery, DeliveryOptions, Outlet, Sink, Waiting};
use crate::record::{History, HistoryError};
use crate::session::steady_clock;
use crate::station::Station;
use crate::store::sqlite::{SqliteHistory, SqliteSink, database_path};

/// The name of the embedded store in the registry of sinks and in `--store`.
pub(crate) const LOCAL: &str = "local";

/// The stores of one station.
#[derive(Debug)]
pub(crate) struct Stores {
    home: PathBuf,
    retention: Duration,
    fail_points: Option<Arc<FailPoints>>,
}

impl Stores {
    /// The stores that the station's configuration names; nothing is opened yet.
    pub(crate) fn of(
        station: &Station,
        home: &Path,
        fail_points: Option<Arc<FailPoints>>,
    ) -> Result<Self, Failure> {
        if cfg!(not(feature = "postgres")) && station.database_url.is_some() {
            return Err(Failure::usage(
                "the station has a `database_url`, and this maestro was built without PostgreSQL",
            )
            .help("use a maestro with the feature `postgres`, or remove `database_url`"));
        }
        Ok(Self {
            home: home.to_owned(),
            retention: Duration::from_secs(u64::from(station.retention_days) * 86_400),
            fail_points,
        })
    }

    /// Every sink that events are delivered to, the embedded store first.
    pub(crate) fn outlets(&self) -> Vec<Outlet> {
        let path = database_path(&self.home);
        let fail_points = self.fail_points.clone();
        let local = move || -> Box<dyn Sink> {
            Box::new(SqliteSink::new(path.clone(), fail_points.clone()))
        };
        vec![Outlet::new(LOCAL, local)]
    }

    /// Begins to deliver to every sink. `seed` is chance for the pauses between attempts.
    pub(crate) fn deliver(&self, waiting: Waiting, seed: u64) -> Result<Delivery, JournalError> {
        let options = DeliveryOptions {
            folder: self.home.join("journal"),
            now: steady_clock,
            seed,
            retention: self.retention,
            waiting,
            round: DeliveryOptions::ROUND,
        };
        Delivery::start(&options, self.outlets())
    }

    /// The runs that are kept on this computer.
    pub(crate) fn local_history(&self) -> Result<Box<dyn History>, HistoryError> {
        let history = SqliteHistory::open(&database_path(&self.home))?;
        Ok(Box::new(history))
    }
}
