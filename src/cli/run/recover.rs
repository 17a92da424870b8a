//! Closing what a crash left (EXECUTION section 1, item 3), before a run or on demand.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use super::safe_state;
use crate::cli::args::{OutputFormat, RecoverArgs};
use crate::cli::config::Seen;
use crate::cli::console::Console;
use crate::cli::exit::{Exit, Failure};
use crate::cli::settings::Settings;
use crate::cli::station;
use crate::cli::stores::Stores;
use crate::event::{Event, RunId};
use crate::journal::recovery::{self, Recovered, Recovery, RecoveryOptions};
use crate::journal::{FailPoints, archive};
use crate::outbox::Waiting;
use crate::record::RunRecord;
use crate::runner;
use crate::session::{Clock, SafeState, remove_left_over};
use crate::station::Station;

/// `maestro recover`.
pub(in crate::cli) fn run(
    args: &RecoverArgs,
    settings: &Settings,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let station = station::load(settings, console)?;
    let home = settings.home(station.home.as_deref());
    let stores = Stores::of(&station, &home, None)?;
    let closed = close_what_is_left(&station, &stores, settings, console)?;
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

/// Closes what a crash left of any run, with the station's `safe_state` where a run was cut off.
pub(in crate::cli) fn close_what_is_left(
    station: &Station,
    stores: &Stores,
    settings: &Settings,
    console: &mut Console<'_>,
) -> Result<Vec<Recovered>, Failure> {
    let safe_state = if station.safe_state.is_empty() {
        SafeState::default()
    } else {
        safe_state::of(station, &Seen::by(station, stores), settings)
    };
    let closing = Closing {
        folder: &settings.home(station.home.as_deref()).join("journal"),
        clock: Clock::start(),
        fail_points: None,
        station,
        safe_state: &safe_state,
    };
    closing.close(console)
}

/// Closes every journal that no process writes.
pub(super) struct Closing<'a> {
    pub(super) folder: &'a Path,
    pub(super) clock: Clock,
    pub(super) fail_points: Option<Arc<FailPoints>>,
    pub(super) station: &'a Station,
    pub(super) safe_state: &'a SafeState,
}

impl Closing<'_> {
    /// Ends what the runners of interrupted runs left, makes the station safe, closes the records.
    pub(super) fn close(&self, console: &mut Console<'_>) -> Result<Vec<Recovered>, Failure> {
        if !self.folder.exists() {
            return Ok(Vec::new());
        }
        let options = RecoveryOptions {
            now: self.clock.now(),
            fail_points: self.fail_points.clone(),
        };
        let mut outcomes = HashMap::new();
        let mut make_safe = |record: &RunRecord| {
            let mut events = Vec::new();
            // Before anything else: it may hold the instruments, and drive them.
            runner::kill_run(&record.started.run.to_string());
            if let Some(is_safe) = self.make_safe(record, &mut |event| events.push(event)) {
                outcomes.insert(record.started.run, is_safe);
            }
            events
        };
        let recovery = recovery::recover(self.folder, &options, &mut make_safe);
        let recovery = recovery.map_err(|error| match std::error::Error::source(&error) {
            Some(source) => Failure::trouble(format!("recovery: {error}: {source}")),
            None => Failure::trouble(format!("recovery: {error}")),
        })?;
        for run in &recovery.finished {
            runner::kill_run(&run.to_string());
        }
        tell(&recovery, &outcomes, console);
        self.remove_left_over();
        Ok(recovery.closed)
    }

    /// Whether all of the station's `safe_state` was carried out; `None` where it has none, where
    /// the run was another station's, or where nothing real was switched on.
    fn make_safe(&self, record: &RunRecord, tell: &mut dyn FnMut(Event)) -> Option<bool> {
        let started = &record.started;
        let is_real = !started.is_simulated();
        let is_here = started.station_id == self.station.id;
        if self.safe_state.is_empty() || !is_real || !is_here {
            return None;
        }
        let last = record.steps.iter().map(|step| step.no().0).max();
        let first = last.unwrap_or(0) + 1;
        Some(self.safe_state.run(started.run, first, self.clock, tell))
    }

    fn remove_left_over(&self) {
        if let (Ok(open), Some(home)) = (archive::list_open(self.folder), self.folder.parent()) {
            let open: Vec<String> = open.iter().map(|(run, _)| run.to_string()).collect();
            remove_left_over(home, &|run| open.iter().any(|open| open == run));
        }
    }
}

/// Says what was closed, and what could not be read.
fn tell(recovery: &Recovery, outcomes: &HashMap<RunId, bool>, console: &mut Console<'_>) {
    for closed in &recovery.closed {
        let serial = closed
            .started
            .serial_number
            .as_deref()
            .unwrap_or("without a serial number");
        let safe = match outcomes.get(&closed.run) {
            Some(true) => "; the station's safe_state was carried out",
            Some(false) => "; THE STATION'S SAFE STATE FAILED, see its record",
            None => "",
        };
        console.warning(&format!(
            "run {} of unit {serial} was interrupted and is closed as {}: UNIT MAY BE LIVE{safe}",
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
}
