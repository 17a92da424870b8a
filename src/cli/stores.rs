//! The stores that a station is configured for: its sinks, and the history that is read.
//!
//! The embedded store is always there. The shared one is there where the station has a
//! `database_url`. Only here are concrete stores made for runs, `results`, `recover`, `sync` and
//! `db`.

mod upkeep;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::args::StoreName;
use super::exit::Failure;
use crate::journal::{FailPoints, JournalError};
use crate::outbox::{Delivery, DeliveryOptions, Outlet, Sink, Waiting};
use crate::record::{Annotation, Annotations as _, History, HistoryError};
use crate::session::steady_clock;
use crate::station::Station;
use crate::station::config::ConfigStore;
use crate::stats::survey::Survey;
#[cfg(feature = "postgres")]
use crate::store::postgres::{
    PostgresAnnotations, PostgresConfig, PostgresHistory, PostgresOptions, PostgresSink,
};
use crate::store::sqlite::{
    SqliteAnnotations, SqliteConfig, SqliteHistory, SqliteSink, database_path,
};

/// The name of the embedded store in the registry of sinks and in `--store`.
pub(crate) const LOCAL: &str = "local";

/// The name of the shared store.
#[cfg(feature = "postgres")]
pub(crate) const SHARED: &str = "shared";

/// The stores of one station.
#[derive(Debug, Clone)]
pub(crate) struct Stores {
    home: PathBuf,
    station: String,
    retention: Duration,
    #[cfg(feature = "postgres")]
    shared: Option<PostgresOptions>,
    fail_points: Option<Arc<FailPoints>>,
}

/// A history, and where it is.
pub(crate) struct OpenHistory {
    pub(crate) history: Result<Box<dyn History>, HistoryError>,
    pub(crate) store: StoreName,
    /// Why the shared store was not taken although the station has one.
    pub(crate) instead: Option<String>,
}

/// Annotations that did not arrive in the shared store; they are kept on this computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Withheld {
    /// How many; `None` where not even that is known.
    pub(crate) count: Option<usize>,
    pub(crate) reason: String,
}

/// A store that can be asked for figures, and where it is.
pub(crate) struct OpenSurvey {
    pub(crate) past: Result<Box<dyn Survey>, HistoryError>,
    pub(crate) store: StoreName,
    /// Why the shared store was not taken although the station has one.
    pub(crate) instead: Option<String>,
}

/// The config of the shared store.
pub(crate) struct SharedConfig {
    /// What people call the store.
    pub(crate) name: String,
    pub(crate) store: Box<dyn ConfigStore + Send>,
}

impl Stores {
    /// The stores that the station's configuration names; nothing is opened yet.
    pub(crate) fn of(
        station: &Station,
        home: &Path,
        fail_points: Option<Arc<FailPoints>>,
    ) -> Result<Self, Failure> {
        #[cfg(not(feature = "postgres"))]
        if station.database_url.is_some() {
            return Err(Failure::usage(
                "the station has a `database_url`, and this maestro was built without PostgreSQL",
            )
            .help("use a maestro with the feature `postgres`, or remove `database_url`"));
        }
        Ok(Self {
            home: home.to_owned(),
            station: station.id.clone(),
            retention: Duration::from_secs(u64::from(station.retention_days) * 86_400),
            #[cfg(feature = "postgres")]
            shared: shared_options(station)?,
            fail_points,
        })
    }

    /// Every sink that events are delivered to, the embedded store first.
    pub(crate) fn outlets(&self) -> Vec<Outlet> {
        let path = self.local_path();
        let fail_points = self.fail_points.clone();
        let local = move || -> Box<dyn Sink> {
            Box::new(SqliteSink::new(path.clone(), fail_points.clone()))
        };
        #[cfg_attr(
            not(feature = "postgres"),
            expect(unused_mut, reason = "nothing is added")
        )]
        let mut outlets = vec![Outlet::new(LOCAL, local)];
        #[cfg(feature = "postgres")]
        if let Some(options) = self.shared.clone() {
            let fail_points = self.fail_points.clone();
            outlets.push(Outlet::new(SHARED, move || {
                Box::new(PostgresSink::new(&options, fail_points.clone()))
            }));
        }
        outlets
    }

    /// Keeps annotations on this computer, which makes them certain, and hands them to the shared
    /// store.
    pub(crate) fn annotate(
        &self,
        annotations: &[Annotation],
    ) -> Result<Result<(), Withheld>, HistoryError> {
        SqliteAnnotations::new(self.local_path()).add(annotations)?;
        Ok(self.deliver_annotations())
    }

    /// Hands the annotations that it lacks to the shared store. Without one they wait for it.
    #[cfg_attr(
        not(feature = "postgres"),
        expect(
            clippy::unused_self,
            clippy::unnecessary_wraps,
            reason = "without a shared store there is nothing to do"
        )
    )]
    pub(crate) fn deliver_annotations(&self) -> Result<(), Withheld> {
        #[cfg(feature = "postgres")]
        if let Some(options) = &self.shared {
            let local = SqliteAnnotations::new(self.local_path());
            let withheld = |count| {
                move |error: HistoryError| Withheld {
                    count,
                    reason: error.to_string(),
                }
            };
            let waiting = local.waiting().map_err(withheld(None))?;
            if waiting.is_empty() {
                return Ok(());
            }
            let mut shared = PostgresAnnotations::new(options);
            // What arrived and was not noted arrives again and changes nothing.
            let handed_over = shared.add(&waiting).and_then(|()| local.arrived(&waiting));
            handed_over.map_err(withheld(Some(waiting.len())))?;
        }
        Ok(())
    }

    /// Hands over annotations while something else goes on; nobody waits for it.
    #[cfg(feature = "postgres")]
    fn begin_to_deliver_annotations(&self) {
        if self.shared.is_some() {
            let stores = self.clone();
            // Those that did not arrive wait for the next time, as those do without a thread.
            let work = move || drop(stores.deliver_annotations());
            drop(std::thread::Builder::new().spawn(work));
        }
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
        #[cfg(feature = "postgres")]
        self.begin_to_deliver_annotations();
        Delivery::start(&options, self.outlets())
    }

    /// What people call a store: its file, or server and database. `None` where the station has
    /// no such store.
    pub(crate) fn shown(&self, id: &str) -> Option<String> {
        match id {
            LOCAL => Some(self.local_path().display().to_string()),
            #[cfg(feature = "postgres")]
            SHARED => self
                .shared
                .as_ref()
                .map(|options| format!("PostgreSQL {}", options.shown())),
            _ => None,
        }
    }

    /// The runs of the store that was asked for; unasked, the shared store where the station has
    /// one and it can be reached within its deadline, else the embedded one.
    pub(crate) fn history(&self, wanted: Option<StoreName>) -> Result<OpenHistory, Failure> {
        let local = |instead| OpenHistory {
            history: SqliteHistory::open(&self.local_path())
                .map(|history| Box::new(history) as Box<dyn History>),
            store: StoreName::Local,
            instead,
        };
        match wanted {
            Some(StoreName::Local) => Ok(local(None)),
            Some(StoreName::Shared) => match self.shared_history() {
                Some(history) => Ok(OpenHistory {
                    history,
                    store: StoreName::Shared,
                    instead: None,
                }),
                None => Err(no_shared_store()),
            },
            None => Ok(match self.shared_history() {
                None => local(None),
                Some(Err(HistoryError::Unavailable(reason))) => local(Some(reason)),
                Some(history) => OpenHistory {
                    history,
                    store: StoreName::Shared,
                    instead: None,
                },
            }),
        }
    }

    /// The store to ask for figures, chosen as [`Self::history`] chooses.
    pub(crate) fn survey(&self, wanted: Option<StoreName>) -> Result<OpenSurvey, Failure> {
        let local = |instead| OpenSurvey {
            past: SqliteHistory::open(&self.local_path())
                .map(|store| Box::new(store) as Box<dyn Survey>),
            store: StoreName::Local,
            instead,
        };
        let shared = |past| OpenSurvey {
            past,
            store: StoreName::Shared,
            instead: None,
        };
        match wanted {
            Some(StoreName::Local) => Ok(local(None)),
            Some(StoreName::Shared) => self.shared_survey().map(shared).ok_or_else(no_shared_store),
            None => Ok(match self.shared_survey() {
                None => local(None),
                Some(Err(HistoryError::Unavailable(reason))) => local(Some(reason)),
                Some(past) => shared(past),
            }),
        }
    }

    /// The config that is kept on this computer.
    pub(crate) fn local_config(&self) -> SqliteConfig {
        SqliteConfig::new(self.local_path())
    }

    /// The config that the stations of a database share.
    #[cfg(feature = "postgres")]
    pub(crate) fn shared_config(&self) -> Option<SharedConfig> {
        let options = self.shared.as_ref()?;
        Some(SharedConfig {
            name: self.shown(SHARED)?,
            store: Box::new(PostgresConfig::new(options)),
        })
    }

    #[cfg(not(feature = "postgres"))]
    #[expect(clippy::unused_self, reason = "the other form asks the station")]
    pub(crate) fn shared_config(&self) -> Option<SharedConfig> {
        None
    }

    fn local_path(&self) -> PathBuf {
        database_path(&self.home)
    }

    #[cfg(feature = "postgres")]
    fn shared_survey(&self) -> Option<Result<Box<dyn Survey>, HistoryError>> {
        let store = PostgresHistory::open(self.shared.as_ref()?);
        Some(store.map(|store| Box::new(store) as Box<dyn Survey>))
    }

    #[cfg(not(feature = "postgres"))]
    #[expect(clippy::unused_self, reason = "the other form asks the station")]
    fn shared_survey(&self) -> Option<Result<Box<dyn Survey>, HistoryError>> {
        None
    }

    #[cfg(feature = "postgres")]
    fn shared_history(&self) -> Option<Result<Box<dyn History>, HistoryError>> {
        let options = self.shared.as_ref()?;
        let history = PostgresHistory::open(options);
        Some(history.map(|history| Box::new(history) as Box<dyn History>))
    }

    #[cfg(not(feature = "postgres"))]
    #[expect(clippy::unused_self, reason = "the other form asks the station")]
    fn shared_history(&self) -> Option<Result<Box<dyn History>, HistoryError>> {
        None
    }
}

/// A store was asked for that the station does not have.
pub(crate) fn no_shared_store() -> Failure {
    Failure::usage("this station has no shared store")
        .help("set `database_url` in station.yaml, or say --store local")
}

#[cfg(feature = "postgres")]
fn shared_options(station: &Station) -> Result<Option<PostgresOptions>, Failure> {
    let Some(url) = &station.database_url else {
        return Ok(None);
    };
    let options = PostgresOptions {
        url: url.clone(),
        station: station.id.clone(),
    };
    options.check().map_err(|reason| {
        Failure::usage(format!("`database_url` cannot be used: {reason}")).help(
            "write it as postgresql://user@server:5432/database; the manual page \
             maestro-station(5) tells what else it may hold",
        )
    })?;
    Ok(Some(options))
}
