//! `maestro db prune`: removes old runs, ends those whose station was lost.

use std::fmt::Write as _;

use serde_json::json;
use uuid::Uuid;

use super::{Task, past, text};
use crate::cli::args::{DbPruneArgs, OutputFormat};
use crate::cli::console::Console;
use crate::cli::exit::{Exit, Failure};
use crate::cli::results::STALE_AFTER;
use crate::event::Timestamp;
use crate::session::wall_clock;
use crate::store::upkeep::stale::{self, Stale};
use crate::store::upkeep::{Audit, Going, Purpose, Removed, Selection, look, prune};

const MICROS_PER_DAY: i64 = 86_400_000_000;

pub(super) fn run(
    args: &DbPruneArgs,
    task: &Task<'_>,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    if args.close_stale {
        return close_stale(args, task, console);
    }
    let before = match (&args.before, args.older_than) {
        (Some(date), _) => past(date)?,
        (None, days) => {
            let days = i64::from(days.unwrap_or_default());
            Timestamp(
                wall_clock()
                    .0
                    .saturating_sub(days.saturating_mul(MICROS_PER_DAY)),
            )
        }
    };
    let (store, name) = task.store(args.store);
    let undelivered = task.undelivered()?;
    let selection = Selection {
        before,
        undelivered: &undelivered,
    };
    let day = before.to_rfc3339();
    let (going, removed) = if args.dry_run {
        let mut database = task.stores.database(store, Purpose::Look)?;
        (look(&mut *database, &selection)?, None)
    } else {
        let mut database = task.stores.database(store, Purpose::Change)?;
        let subject = database.shown();
        let (going, removed) = prune(&mut *database, &selection, |database, removed| {
            Audit {
                id: Uuid::now_v7(),
                actor: &task.actor,
                action: "db.prune",
                subject: &subject,
                detail: &json!({ "before": day, "removed": removed }),
            }
            .write(database)
        })?;
        (going, Some(removed))
    };
    console.result(&match args.format {
        OutputFormat::Json => format!(
            "{}\n",
            json!({ "store": store.to_string(), "before": day, "going": going, "removed": removed })
        ),
        OutputFormat::Human => told(&name, &day, &going, removed.as_ref()),
    })?;
    Ok(Exit::Done)
}

fn told(name: &str, day: &str, going: &Going, removed: Option<&Removed>) -> String {
    let runs = text::runs(going.runs);
    let day = day.replace('T', " ").replace(".000000Z", " UTC");
    let mut told = match removed {
        _ if going.runs == 0 => format!("{name}: no run that ended before {day} may go\n"),
        None => format!("{name}: {runs} that ended before {day} would go\n"),
        Some(_) => format!("{name}: {runs} that ended before {day} are gone\n"),
    };
    told.push_str(&text::going(going));
    told.push_str(&text::kept(going));
    for month in removed.iter().flat_map(|removed| &removed.dropped) {
        let _ = writeln!(told, "  dropped as a whole: {month}");
    }
    told
}

fn close_stale(
    args: &DbPruneArgs,
    task: &Task<'_>,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let (store, name) = task.store(args.store);
    let purpose = if args.dry_run {
        Purpose::Look
    } else {
        Purpose::Change
    };
    let mut database = task.stores.database(store, purpose)?;
    let history = task.stores.history(Some(store))?.history?;
    let age = STALE_AFTER.as_micros() as i64;
    let unseen_since = Timestamp(wall_clock().0.saturating_sub(age));
    let here = task.undelivered()?;
    let mut closed: Vec<Stale> = Vec::new();
    for run in stale::find(&mut *database, unseen_since, &here)? {
        closed.extend(if args.dry_run {
            stale::preview(&*history, run)?
        } else {
            let actor = &task.actor;
            stale::close(&mut *database, &*history, run, unseen_since, actor)?
        });
    }
    console.result(&match args.format {
        OutputFormat::Json => format!(
            "{}\n",
            json!({ "store": store.to_string(), "dry_run": args.dry_run, "closed": closed })
        ),
        OutputFormat::Human => stale_told(&name, &closed, args.dry_run),
    })?;
    Ok(Exit::Done)
}

fn stale_told(name: &str, closed: &[Stale], is_dry_run: bool) -> String {
    let runs = text::runs(closed.len() as u64);
    let mut told = match (closed.len(), is_dry_run) {
        (0, _) => format!("{name}: every run without an end was heard of in the last 24 hours\n"),
        (_, true) => format!("{name}: {runs} would be ended\n"),
        (_, false) => format!("{name}: {runs} ended\n"),
    };
    for one in closed {
        let serial = one.serial_number.as_deref().unwrap_or("-");
        let _ = writeln!(
            told,
            "  {}  {:<8} {serial}  station {}, last seen {}",
            one.run,
            one.verdict.to_string(),
            one.station_id,
            one.last_seen_at
        );
    }
    told
}
