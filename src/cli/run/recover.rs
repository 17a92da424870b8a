//! Closing what a crash left (EXECUTION section 1, item 3), before a run or on demand.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::{begin, left, safe_state};
use crate::cli::args::{OutputFormat, RecoverArgs};
use crate::cli::config::Seen;
use crate::cli::console::Console;
use crate::cli::exit::{Exit, Failure};
use crate::cli::settings::Settings;
use crate::cli::station;
use crate::cli::stores::Stores;
use crate::event::{Event, Level, RunId};
use crate::journal::recovery::{self, Recovered, Recovery, RecoveryOptions};
use crate::journal::{FailPoints, archive};
use crate::outbox::Waiting;
use crate::record::RunRecord;
use crate::runner;
use crate::session::{
    Alarm, Alarms, Clock, Holder, LockError, SafeState, StationLock, remove_left_over,
};
use crate::station::Station;

/// How long is waited for somebody else who makes the same station safe.
const PATIENCE: Duration = Duration::from_secs(20);

/// `maestro recover`.
pub(in crate::cli) fn run(
    args: &RecoverArgs,
    settings: &Settings,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let station = station::load(settings, console)?;
    let home = settings.home(station.home.as_deref());
    let stores = Stores::of(&station, &home, None)?;
    let told = left::of_station(&home, &station);
    let closed = close_what_is_left(&station, &stores, settings, console)?;
    if args.acknowledge {
        left::acknowledge_all(&home, &told, console)?;
    } else {
        for alarm in &told {
            left::warn(alarm, console);
        }
    }
    let live = left::of_station(&home, &station);
    if home.exists() {
        let delivery = stores
            .deliver(Waiting::Undelivered, 0)
            .map_err(|error| Failure::trouble(error.to_string()))?;
        drop(delivery.finish(None));
    }
    match args.format {
        OutputFormat::Json => {
            let runs = told_as_json(&closed, &live);
            console.result(&format!("{}\n", serde_json::Value::Array(runs)))?;
        }
        OutputFormat::Human if !live.is_empty() => console.note(left::WAY_OUT),
        OutputFormat::Human if closed.is_empty() && told.is_empty() => {
            console.note("nothing to recover");
        }
        OutputFormat::Human => {}
    }
    let has_failed = closed.iter().any(|closed| closed.is_safe == Some(false));
    Ok(if has_failed {
        Exit::Trouble
    } else {
        Exit::Done
    })
}

/// The runs that were closed, and before them those whose unit may still be live.
fn told_as_json(closed: &[Closed], live: &[Alarm]) -> Vec<serde_json::Value> {
    let is_live = |run: RunId| live.iter().any(|alarm| alarm.run == run);
    let is_closed = |run: RunId| closed.iter().any(|closed| closed.recovered.run == run);
    let earlier = live.iter().filter(|alarm| !is_closed(alarm.run));
    let earlier = earlier.map(|alarm| {
        serde_json::json!({
            "run": alarm.run,
            "serial_number": alarm.serial_number,
            "verdict": alarm.verdict,
            "cleanup": alarm.cleanup,
            "is_safe": alarm.is_made_safe,
            "may_be_live": true,
        })
    });
    let closed = closed.iter().map(|Closed { recovered, is_safe }| {
        serde_json::json!({
            "run": recovered.run,
            "serial_number": recovered.started.serial_number,
            "verdict": recovered.verdict,
            "cleanup": recovered.cleanup,
            "is_safe": is_safe,
            "may_be_live": is_live(recovered.run),
        })
    });
    earlier.chain(closed).collect()
}

/// Closes what a crash left of any run, with the station's `safe_state` where a run was cut off.
pub(in crate::cli) fn close_what_is_left(
    station: &Station,
    stores: &Stores,
    settings: &Settings,
    console: &mut Console<'_>,
) -> Result<Vec<Closed>, Failure> {
    let hold = Hold::Take(begin::lock_folder(settings, station));
    close_with(station, stores, settings, hold, console)
}

/// The same where the caller holds the station, or not.
pub(super) fn close_with(
    station: &Station,
    stores: &Stores,
    settings: &Settings,
    hold: Hold,
    console: &mut Console<'_>,
) -> Result<Vec<Closed>, Failure> {
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
        hold,
    };
    closing.close(console)
}

/// A run that was closed.
pub(in crate::cli) struct Closed {
    recovered: Recovered,
    /// Whether all of the station's `safe_state` was carried out; `None` where none was wanted.
    is_safe: Option<bool>,
}

/// What is said of the station's `safe_state`.
pub(super) const fn words(is_safe: Option<bool>) -> &'static str {
    match is_safe {
        Some(true) => "; the station's safe_state was carried out",
        Some(false) => "; THE STATION'S SAFE STATE FAILED, see its record",
        None => "",
    }
}

/// Who keeps others from the station while it is made safe.
pub(super) enum Hold {
    /// The caller does.
    Held,
    /// Nobody yet; the locks lie in this folder.
    Take(PathBuf),
}

/// Closes every journal that no process writes.
pub(super) struct Closing<'a> {
    pub(super) folder: &'a Path,
    pub(super) clock: Clock,
    pub(super) fail_points: Option<Arc<FailPoints>>,
    pub(super) station: &'a Station,
    pub(super) safe_state: &'a SafeState,
    pub(super) hold: Hold,
}

impl Closing<'_> {
    /// Ends what the runners of interrupted runs left, makes the station safe, closes the records.
    pub(super) fn close(&self, console: &mut Console<'_>) -> Result<Vec<Closed>, Failure> {
        if !self.folder.exists() {
            return Ok(Vec::new());
        }
        let options = RecoveryOptions {
            now: self.clock.now(),
            fail_points: self.fail_points.clone(),
        };
        let mut outcomes = HashMap::new();
        let mut locks = Vec::new();
        let mut make_safe = |record: &RunRecord| {
            let mut events = Vec::new();
            // Before anything else: it may hold the instruments, and drive them.
            runner::kill_run(&record.started.run.to_string());
            // Before its record is closed: after that nobody looks at it again.
            self.raise(Alarm::of(&record.started, self.clock.now()), &mut events);
            if let Some(is_safe) =
                self.make_safe(record, &mut locks, &mut |event| events.push(event))
            {
                outcomes.insert(record.started.run, is_safe);
            }
            events
        };
        let recovery = recovery::recover(self.folder, &options, &mut make_safe);
        let recovery = recovery.map_err(|error| match std::error::Error::source(&error) {
            Some(source) => Failure::trouble(format!("recovery: {error}: {source}")),
            None => Failure::trouble(format!("recovery: {error}")),
        })?;
        // There are many where a store has been away for long.
        runner::kill_runs(&recovery.finished.iter().map(ToString::to_string).collect());
        for closed in &recovery.closed {
            let alarm = Alarm::of(&closed.started, self.clock.now());
            self.raise(
                alarm.map(|alarm| Alarm {
                    verdict: closed.verdict,
                    cleanup: closed.cleanup,
                    is_made_safe: outcomes.get(&closed.run).copied(),
                    ..alarm
                }),
                &mut Vec::new(),
            );
        }
        tell(&recovery, &outcomes, console);
        self.remove_left_over();
        let closed = recovery.closed.into_iter().map(|recovered| Closed {
            is_safe: outcomes.get(&recovered.run).copied(),
            recovered,
        });
        Ok(closed.collect())
    }

    /// Keeps that the unit may be live, until somebody says that it is safe.
    fn raise(&self, alarm: Option<Alarm>, told: &mut Vec<Event>) {
        let (Some(alarm), Some(home)) = (alarm, self.folder.parent()) else {
            return;
        };
        if let Err(error) = Alarms::below(home).raise(&alarm) {
            told.push(Event::Logged {
                step: None,
                level: Level::Error,
                source: "recovery".to_owned(),
                message: format!("nobody will be asked whether the unit is safe: {error}"),
            });
        }
    }

    /// Whether all of the station's `safe_state` was carried out; `None` where it has none, where
    /// the run was another station's, or where nothing real was switched on.
    fn make_safe(
        &self,
        record: &RunRecord,
        locks: &mut Vec<StationLock>,
        tell: &mut dyn FnMut(Event),
    ) -> Option<bool> {
        let started = &record.started;
        let is_real = !started.is_simulated();
        let is_here = started.station_id == self.station.id;
        if self.safe_state.is_empty() || !is_real || !is_here {
            return None;
        }
        if locks.is_empty()
            && let Err(busy) = self.take_station(record, locks)
        {
            tell(Event::Logged {
                step: None,
                level: Level::Error,
                source: "safe_state".to_owned(),
                message: format!("it is not carried out: {busy}"),
            });
            return Some(false);
        }
        let last = record.steps.iter().map(|step| step.no().0).max();
        let first = last.unwrap_or(0) + 1;
        Some(self.safe_state.run(started.run, first, self.clock, tell))
    }

    /// Keeps runs from beginning meanwhile: what one of them switches on would be switched off. The
    /// error says who tests a unit now.
    fn take_station(
        &self,
        record: &RunRecord,
        locks: &mut Vec<StationLock>,
    ) -> Result<(), LockError> {
        let Hold::Take(folder) = &self.hold else {
            return Ok(());
        };
        let holder = Holder {
            run: record.started.run.to_string(),
            pid: std::process::id(),
            since: self.clock.now(),
            test: record.started.test_name.clone(),
        };
        for slot in 1..=self.station.slots {
            match StationLock::take(folder, &self.station.id, slot, PATIENCE) {
                Ok(mut lock) => {
                    // Only told to those who find the station busy.
                    let _: std::io::Result<()> = lock.announce(&holder);
                    locks.push(lock);
                }
                Err(busy @ LockError::Busy { .. }) => {
                    locks.clear();
                    return Err(busy);
                }
                // Without a place for locks nothing can run here either.
                Err(LockError::Io { .. }) => {}
            }
        }
        Ok(())
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
        let safe = words(outcomes.get(&closed.run).copied());
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
