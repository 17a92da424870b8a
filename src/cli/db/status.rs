//! `maestro db status`: what the stores hold and what they lack.

use std::fmt::Write as _;

use serde::Serialize;

use super::Task;
use super::text::{runs, size};
use crate::cli::args::{DbStatusArgs, OutputFormat, StoreName};
use crate::cli::console::Console;
use crate::cli::exit::{Exit, Failure};
use crate::cli::results::STALE_AFTER;
use crate::cli::stores::Stores;
use crate::event::Timestamp;
use crate::session::wall_clock;
use crate::store::upkeep::{Purpose, StoreStatus, TableStatus, status};

/// The stores of a station.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct StationStores {
    pub(in crate::cli) stores: Vec<OneStore>,
}

/// One of them.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct OneStore {
    /// The name in the registry: `local`, `shared`.
    pub(in crate::cli) store: String,
    /// `null` where the store is not configured and only waited for.
    pub(in crate::cli) place: Option<String>,
    /// Runs of this station that it lacks; those that go on are among them.
    pub(in crate::cli) outstanding: usize,
    #[serde(flatten)]
    pub(in crate::cli) status: Option<StoreStatus>,
    /// Why it cannot be asked.
    pub(in crate::cli) problem: Option<String>,
}

pub(super) fn run(
    args: &DbStatusArgs,
    task: &Task<'_>,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    if args.store == Some(StoreName::Shared) && task.stores.usual() != StoreName::Shared {
        // Says what to do about it.
        task.stores.database(StoreName::Shared, Purpose::Look)?;
    }
    let mut found = look(&task.stores)?;
    if let Some(wanted) = args.store {
        found.stores.retain(|one| one.store == wanted.to_string());
    }
    match args.format {
        OutputFormat::Json => {
            let text = serde_json::to_string_pretty(&found).unwrap_or_default();
            console.result(&(text + "\n"))?;
        }
        OutputFormat::Human => {
            let texts: Vec<_> = found.stores.iter().map(told).collect();
            console.result(&texts.join("\n"))?;
        }
    }
    let mut exit = Exit::Done;
    for one in &found.stores {
        if let Some(problem) = &one.problem {
            console.warning(&format!("{}: {problem}", one.store));
            exit = Exit::Trouble;
        }
    }
    Ok(exit)
}

/// Asks every store of the station; one that cannot be asked says why.
pub(in crate::cli) fn look(stores: &Stores) -> Result<StationStores, Failure> {
    let outstanding = stores.outstanding()?;
    let mut names = vec![StoreName::Local.to_string()];
    if stores.usual() == StoreName::Shared {
        names.push(StoreName::Shared.to_string());
    }
    // Those that are only waited for come last.
    let others = outstanding.iter().map(|one| one.sink.clone());
    let others: Vec<_> = others.filter(|name| !names.contains(name)).collect();
    names.extend(others);
    let one = |name: String| {
        let lacking = outstanding.iter().find(|one| one.sink == name);
        let place = stores.shown(&name);
        let (status, problem) = match &place {
            None => (None, None),
            Some(_) => ask(stores, &name),
        };
        OneStore {
            outstanding: lacking.map_or(0, |one| one.runs.len()),
            store: name,
            place,
            status,
            problem,
        }
    };
    Ok(StationStores {
        stores: names.into_iter().map(one).collect(),
    })
}

fn ask(stores: &Stores, name: &str) -> (Option<StoreStatus>, Option<String>) {
    let store = if name == StoreName::Local.to_string() {
        StoreName::Local
    } else {
        StoreName::Shared
    };
    let lost = STALE_AFTER.as_micros() as i64;
    let lost_before = Timestamp(wall_clock().0.saturating_sub(lost));
    let asked = stores
        .database(store, Purpose::Look)
        .and_then(|mut database| Ok(status(&mut *database, lost_before)?));
    match asked {
        Ok(status) => (Some(status), None),
        // Nothing in it is no trouble.
        Err(failure) if failure.exit == Exit::Negative => (None, None),
        Err(failure) => (None, Some(failure.message)),
    }
}

fn told(one: &OneStore) -> String {
    let place = one.place.as_deref().unwrap_or("not configured");
    let mut text = format!("{} ({place})\n", one.store);
    let mut row = |label: &str, said: String| {
        let _ = writeln!(text, "  {label:<9} {said}");
    };
    match (&one.status, &one.problem, &one.place) {
        (Some(status), _, _) => tell_status(status, &mut row),
        (None, Some(_), _) => row("State", "cannot be asked".to_owned()),
        (None, None, Some(_)) => row("State", "no run has been recorded yet".to_owned()),
        (None, None, None) => {}
    }
    row(
        "Waiting",
        match one.outstanding {
            0 => "no run of this station waits for it".to_owned(),
            1 => "1 run of this station waits for it, see `maestro sync`".to_owned(),
            many => format!("{many} runs of this station wait for it, see `maestro sync`"),
        },
    );
    if let Some(status) = &one.status {
        tell_tables(status, &mut text);
    }
    text
}

fn tell_status(status: &StoreStatus, row: &mut impl FnMut(&str, String)) {
    row("Schema", status.schema.clone());
    row("Size", size(status.bytes));
    let day = |time: &Option<String>| {
        let time = time.as_deref().unwrap_or_default();
        time.get(..16).unwrap_or(time).replace('T', " ")
    };
    let span = match status.runs {
        0 => String::new(),
        _ => format!(
            ", from {} to {} UTC",
            day(&status.oldest_run),
            day(&status.newest_run)
        ),
    };
    row("Runs", format!("{}{span}", status.runs));
    if status.running > 0 {
        let lost = match status.station_lost {
            0 => String::new(),
            lost => format!(
                ", {} with a lost station, see `maestro db prune --close-stale`",
                runs(lost)
            ),
        };
        row("No end", format!("{}{lost}", runs(status.running)));
    }
    if status.rejected_events > 0 {
        row(
            "Rejected",
            format!(
                "{} events were refused for their content, see the table delivery_rejects",
                status.rejected_events
            ),
        );
    }
}

fn tell_tables(status: &StoreStatus, text: &mut String) {
    let mut row = |indent: &str, table: &TableStatus| {
        let sign = if table.is_estimate { "~" } else { "" };
        let rows = format!("{sign}{}", table.rows);
        let bytes = table.bytes.map(size).unwrap_or_default();
        let line = format!(
            "  {:<28} {rows:>12} rows  {bytes:>10}",
            format!("{indent}{}", table.name)
        );
        let _ = writeln!(text, "{}", line.trim_end());
    };
    for table in status.tables.iter().filter(|table| table.rows > 0) {
        row("", table);
        if table.name == "measurements" {
            for month in status.months.iter().filter(|month| month.rows > 0) {
                row("  ", month);
            }
        }
    }
}
