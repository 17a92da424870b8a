//! `maestro db …`: looks after the stores.

mod archive;
mod prune;
pub(super) mod status;
pub(super) mod text;

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::args::{DbArgs, DbCommand, DbMigrateArgs, StoreName};
use super::console::Console;
use super::exit::{Exit, Failure};
use super::moment::timestamp;
use super::settings::Settings;
use super::station;
use super::stores::Stores;
use crate::event::{RunId, Timestamp};
use crate::journal::FailPoints;
use crate::session::wall_clock;
use crate::store::upkeep::Actor;

/// `maestro db …`.
pub(super) fn run(
    args: &DbArgs,
    settings: &Settings,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let station = station::load(settings, console)?;
    let home = settings.home(station.home.as_deref());
    let fail_points = settings
        .env
        .get("MAESTRO_FAILPOINT")
        .and_then(FailPoints::parse);
    let stores = Stores::of(&station, &home, None)?;
    let task = Task {
        actor: stores.actor(&settings.actor()),
        stores,
        fail_points,
        settings,
    };
    match &args.command {
        DbCommand::Status(args) => status::run(args, &task, console),
        DbCommand::Migrate(args) => migrate(args, &task, console),
        DbCommand::Prune(args) => prune::run(args, &task, console),
        DbCommand::Archive(args) => archive::run(args, &task, console),
    }
}

/// What every one of these commands works with.
struct Task<'a> {
    stores: Stores,
    actor: Actor,
    fail_points: Option<Arc<FailPoints>>,
    settings: &'a Settings,
}

impl Task<'_> {
    /// The store that is meant, and what people call it.
    fn store(&self, wanted: Option<StoreName>) -> (StoreName, String) {
        let store = wanted.unwrap_or_else(|| self.stores.usual());
        let place = self.stores.shown(&store.to_string());
        (
            store,
            place.map_or_else(|| store.to_string(), |place| format!("{store} ({place})")),
        )
    }

    fn undelivered(&self) -> Result<BTreeSet<RunId>, Failure> {
        self.stores.undelivered()
    }
}

fn migrate(
    args: &DbMigrateArgs,
    task: &Task<'_>,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let (store, name) = task.store(args.store);
    let done = task.stores.migrate(store, &task.actor)?;
    console.result(&format!("{name} {done}\n"))?;
    Ok(Exit::Done)
}

/// A day or a time that lies behind; days begin at midnight UTC, as the months of the store do.
fn past(text: &str) -> Result<Timestamp, Failure> {
    let now = wall_clock();
    let time = timestamp(text, now, &TimeZone::UTC).ok_or_else(|| {
        Failure::usage(format!("`{text}` is no date"))
            .help("write a date such as 2025-01-01, or a time such as 2025-01-01T06:00:00Z")
    })?;
    if time > now {
        return Err(Failure::usage(format!("`{text}` lies in the future")));
    }
    Ok(time)
}
