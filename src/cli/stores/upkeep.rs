//! The stores of a station, for those who look after them.

use std::collections::BTreeSet;

use serde_json::Value;
use uuid::Uuid;

use super::{Stores, no_shared_store};
use crate::cli::args::StoreName;
use crate::cli::exit::{Exit, Failure};
use crate::event::RunId;
use crate::journal::archive;
use crate::outbox::{Outstanding, Registry};
use crate::session::wall_clock;
#[cfg(feature = "postgres")]
use crate::store::postgres::PostgresDatabase;
use crate::store::sqlite::SqliteDatabase;
use crate::store::upkeep::{self, Actor, Audit, Database, Purpose, UpkeepError};

impl Stores {
    /// The store that is meant where nothing was said: the shared one where the station has one.
    #[cfg_attr(
        not(feature = "postgres"),
        expect(clippy::unused_self, reason = "the other form asks the station")
    )]
    pub(crate) fn usual(&self) -> StoreName {
        #[cfg(feature = "postgres")]
        if self.shared.is_some() {
            return StoreName::Shared;
        }
        StoreName::Local
    }

    /// A store for maintenance.
    pub(crate) fn database(
        &self,
        store: StoreName,
        purpose: Purpose,
    ) -> Result<Box<dyn Database>, Failure> {
        match store {
            StoreName::Local => Ok(Box::new(SqliteDatabase::open(&self.local_path(), purpose)?)),
            #[cfg(feature = "postgres")]
            StoreName::Shared => {
                let options = self.shared.as_ref().ok_or_else(no_shared_store)?;
                Ok(Box::new(PostgresDatabase::open(options, purpose)?))
            }
            #[cfg(not(feature = "postgres"))]
            StoreName::Shared => Err(no_shared_store()),
        }
    }

    /// Brings the schema of a store up to date, and says what was done.
    #[cfg_attr(
        not(feature = "postgres"),
        expect(unused_variables, reason = "the embedded store migrates by itself")
    )]
    pub(crate) fn migrate(&self, store: StoreName, actor: &Actor) -> Result<String, Failure> {
        match store {
            // The embedded store migrates by itself whenever it is opened.
            StoreName::Local => {
                let mut database = SqliteDatabase::open_or_make(&self.local_path())?;
                Ok(format!("is at schema {}", upkeep::schema(&mut database)?))
            }
            #[cfg(feature = "postgres")]
            StoreName::Shared => {
                let options = self.shared.as_ref().ok_or_else(no_shared_store)?;
                let report = PostgresDatabase::migrate(options)?;
                if report.before != Some(report.after) || report.months > 0 {
                    let mut database = PostgresDatabase::open(options, Purpose::Change)?;
                    let subject = database.shown();
                    let detail = serde_json::json!({
                        "from": report.before.map(|schema| schema.to_string()),
                        "to": report.after.to_string(),
                        "months": report.months,
                    });
                    Audit {
                        id: Uuid::now_v7(),
                        actor,
                        action: "db.migrate",
                        subject: &subject,
                        detail: &detail,
                    }
                    .write(&mut database)?;
                }
                let months = match report.months {
                    0 => String::new(),
                    months => format!("; {months} months of measurements were made ahead"),
                };
                Ok(match report.before {
                    None => format!("was empty and has {} now{months}", report.after),
                    Some(before) if before == report.after => {
                        format!("is at {before} already{months}")
                    }
                    Some(before) => {
                        format!("was at {before} and is at {} now{months}", report.after)
                    }
                })
            }
            #[cfg(not(feature = "postgres"))]
            StoreName::Shared => Err(no_shared_store()),
        }
    }

    /// Every journal of this station that waits for a store, or is still written.
    pub(crate) fn undelivered(&self) -> Result<BTreeSet<RunId>, Failure> {
        let open = archive::list_open(&self.home.join("journal"))
            .map_err(|error| Failure::trouble(error.to_string()))?;
        Ok(open.into_iter().map(|(run, _)| run).collect())
    }

    /// What each store of the station lacks.
    pub(crate) fn outstanding(&self) -> Result<Vec<Outstanding>, Failure> {
        Registry::of(&self.home.join("journal"))
            .outstanding()
            .map_err(|error| Failure::trouble(error.to_string()))
    }

    /// The name of the station.
    pub(crate) fn station(&self) -> &str {
        &self.station
    }

    /// Notes a change of this station in the embedded store.
    pub(crate) fn audit(
        &self,
        actor: &str,
        action: &str,
        subject: &str,
        detail: &Value,
    ) -> Result<(), UpkeepError> {
        let mut database = SqliteDatabase::open_or_make(&self.local_path())?;
        let actor = self.actor(actor);
        Audit {
            id: Uuid::now_v7(),
            actor: &actor,
            action,
            subject,
            detail,
        }
        .write(&mut database)
    }

    /// Somebody at this station, now.
    pub(crate) fn actor(&self, name: &str) -> Actor {
        Actor {
            name: name.to_owned(),
            station: self.station.clone(),
            at: wall_clock(),
        }
    }
}

impl From<UpkeepError> for Failure {
    fn from(error: UpkeepError) -> Self {
        let message = error.to_string();
        match error {
            UpkeepError::Empty(_) => Self::new(Exit::Negative, message),
            _ => Self::trouble(message),
        }
    }
}
