//! Closing what a crash left (EXECUTION section 1, item 3), before a run or on demand.

use std::path::Path;
use std::sync::Arc;

use crate::cli::args::{OutputFormat, RecoverArgs};
use crate::cli::console::Console;
use crate::cli::exit::{Exit, Failure};
use crate::cli::settings::Settings;
use crate::cli::station;
use crate::cli::stores::Stores;
use crate::event::Timestamp;
use crate::journal::recovery::{self, Recovered, RecoveryOptions};
use crate::journal::{FailPoints, archive};
use crate::outbox::Waiting;
use crate::runner;
use crate::session::{remove_left_over, wall_clock};

/// `maestro recover`.
pub(in crate::cli) fn run(
    args: &RecoverArgs,
    settings: &Settings,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let station = station::load(settings, console)?;
    let home = settings.home(station.home.as_deref());
    let stores = Stores::of(&station, &home, None)?;
    let folder = home.join("journal");
    let closed = close_interrupted(&folder, wall_clock(), None, console)?;
    if home.exists() {
        let delivery = stores
            .deliver(Waiting::Undelivered, 0)
            .map_err(|error| Failure::trouble(error.to_string()))?;
        drop(delivery.finish(None));
    }
    match args.format {
        OutputFormat::Json => {
            let runs: Vec<serde_json::Value> = closed
                .iter()
                .map(|closed| {
                    serde_json::json!({
                        "run": closed.run,
                        "serial_number": closed.started.serial_number,
                        "verdict": closed.verdict,
                        "cleanup": closed.cleanup,
                    })
                })
                .collect();
            console.result(&format!("{}\n", serde_json::Value::Array(runs)))?;
        }
        OutputFormat::Human if closed.is_empty() => console.note("nothing to recover"),
        OutputFormat::Human => {}
    }
    Ok(Exit::Done)
}

/// Closes every journal that no process writes, and ends what its runners left.
pub(in crate::cli) fn close_interrupted(
    folder: &Path,
    now: Timestamp,
    fail_points: Option<Arc<FailPoints>>,
    console: &mut Console<'_>,
) -> Result<Vec<Recovered>, Failure> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let recovery =
        recovery::recover(folder, &RecoveryOptions { now, fail_points }).map_err(|error| {
            match std::error::Error::source(&error) {
                Some(source) => Failure::trouble(format!("recovery: {error}: {source}")),
                None => Failure::trouble(format!("recovery: {error}")),
            }
        })?;
    for run in &recovery.finished {
        runner::kill_run(&run.to_string());
    }
    for closed in &recovery.closed {
        runner::kill_run(&closed.run.to_string());
        let serial = closed
            .started
            .serial_number
            .as_deref()
            .unwrap_or("without a serial number");
        console.warning(&format!(
            "run {} of unit {serial} was interrupted and is closed as {}: UNIT MAY BE LIVE",
            closed.run, closed.verdict
        ));
    }
    for damage in &recovery.damaged {
        console.warning(&format!(
            "the journal of run {} is damaged ({}): {}",
            damage.run,
            damage.path.display(),
            damage.notes.join("; ")
        ));
    }
    for left in &recovery.left {
        console.warning(&format!(
            "the journal {} is left alone: {}",
            left.path.display(),
            left.reason
        ));
    }
    if let (Ok(open), Some(home)) = (archive::list_open(folder), folder.parent()) {
        let open: Vec<String> = open.iter().map(|(run, _)| run.to_string()).collect();
        remove_left_over(home, &|run| open.iter().any(|open| open == run));
    }
    Ok(recovery.closed)
}
