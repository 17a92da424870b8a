//! Units that may be live: asked about on a screen before the next one, told everywhere else.
//!
//! A crash leaves some, and so does a run whose cleanup was not complete when nobody called its unit
//! safe at the screen. They are kept by the session (`Alarms`) until somebody has.

use std::path::Path;
use std::time::Duration;

use super::recover::{Hold, close_with, words};
use super::{Bench, begin, screen};
use crate::cli::args::RunArgs;
use crate::cli::console::Console;
use crate::cli::exit::Failure;
use crate::cli::stores::Stores;
use crate::event::Cleanup;
use crate::frontend::tui::{Acknowledged, LiveUnit, acknowledge};
use crate::session::{Alarm, Alarms, Clock, LockError, RunEnd, StationLock};
use crate::station::Station;

/// What to do about a unit that may be live, without a screen.
pub(super) const WAY_OUT: &str =
    "once somebody has seen that what may be live is safe: maestro recover --acknowledge";

/// Closes what a crash left, and tells of the units that may be live: on a screen until somebody
/// says that they are safe, elsewhere as warnings, after which the run itself closes what is left.
///
/// It has to come before anybody is asked for a unit: what is under power stays so no longer than
/// it takes to look.
pub(super) fn acknowledged(
    args: &RunArgs,
    bench: &Bench<'_>,
    console: &mut Console<'_>,
) -> Result<Acknowledged, Failure> {
    let (station, settings) = (bench.station, bench.settings);
    let home = settings.home(station.home.as_deref());
    if bench.unattended || !screen::is_wanted(args, settings) {
        let live = of_station(&home, station);
        for alarm in &live {
            warn(alarm, console);
        }
        if !live.is_empty() {
            console.note(WAY_OUT);
        }
        return Ok(Acknowledged::Safe);
    }
    let stores = Stores::of(station, &home, None)?;
    close_with(station, &stores, settings, Hold::Held, console)?;
    let mut live = of_station(&home, station);
    live.retain(|alarm| !is_looked_after(alarm, args, bench));
    if live.is_empty() {
        return Ok(Acknowledged::Safe);
    }
    // A terminal that cannot be drawn on has the warnings.
    let Ok(mut window) = screen::open(station) else {
        for alarm in &live {
            warn(alarm, console);
        }
        return Ok(Acknowledged::Safe);
    };
    let units: Vec<LiveUnit> = live.iter().map(unit).collect();
    let theme = screen::theme(settings);
    let said = acknowledge(&mut window, &units, theme, Clock::start());
    drop(window);
    match said {
        Acknowledged::Safe => clear(&home, &live, console),
        Acknowledged::Left => {
            console.warning("nothing was started: nobody said that the unit is safe");
        }
    }
    Ok(said)
}

/// What stays of a run that is over: the alarm goes with somebody who has called the unit safe at
/// the screen, and anybody else is told how to.
pub(super) fn settle(home: &Path, end: &RunEnd, is_seen: bool, console: &mut Console<'_>) {
    let alarms = Alarms::below(home);
    if end.finished.cleanup == Cleanup::Complete || !alarms.is_raised(end.run) {
        return;
    }
    if !is_seen {
        return console.note(WAY_OUT);
    }
    if let Err(error) = alarms.clear(end.run) {
        console.warning(&format!(
            "it will be asked again whether the unit is safe: {error}"
        ));
    }
}

/// The units of this station that nobody has called safe.
pub(super) fn of_station(home: &Path, station: &Station) -> Vec<Alarm> {
    Alarms::below(home).of_station(&station.id)
}

/// Takes away alarms of which somebody says that the units are safe.
pub(super) fn acknowledge_all(
    home: &Path,
    live: &[Alarm],
    console: &mut Console<'_>,
) -> Result<(), Failure> {
    if live.is_empty() {
        console.note("no unit was told to be live");
    }
    for alarm in live {
        let cleared = Alarms::below(home).clear(alarm.run);
        cleared.map_err(|error| Failure::trouble(not_cleared(alarm, &error)))?;
        console.note(&format!(
            "{} is taken for safe (run {})",
            named(alarm),
            alarm.run
        ));
    }
    Ok(())
}

fn clear(home: &Path, live: &[Alarm], console: &mut Console<'_>) {
    for alarm in live {
        if let Err(error) = Alarms::below(home).clear(alarm.run) {
            console.warning(&not_cleared(alarm, &error));
        }
    }
}

fn not_cleared(alarm: &Alarm, error: &std::io::Error) -> String {
    let named = named(alarm);
    format!(
        "{named} was called safe, which cannot be kept, so that it will be asked again: {error}"
    )
}

/// Says that a unit may be live, and why.
pub(super) fn warn(alarm: &Alarm, console: &mut Console<'_>) {
    console.warning(&format!(
        "UNIT MAY BE LIVE: {} since {} (run {}): {} Nobody has said that it is safe.",
        named(alarm),
        alarm.since,
        alarm.run,
        story(alarm)
    ));
}

fn unit(alarm: &Alarm) -> LiveUnit {
    LiveUnit {
        serial: alarm.serial_number.clone(),
        story: story(alarm),
    }
}

fn named(alarm: &Alarm) -> String {
    let serial = alarm.serial_number.as_deref();
    format!("unit {}", serial.unwrap_or("without a serial number"))
}

fn story(alarm: &Alarm) -> String {
    let (test, verdict, safe) = (&alarm.test_name, alarm.verdict, words(alarm.is_made_safe));
    match alarm.cleanup {
        _ if alarm.is_interrupted => {
            format!("its test {test} was interrupted and is closed as {verdict}{safe}.")
        }
        Cleanup::NotRun => format!("its test {test} ended as {verdict} without cleanup{safe}."),
        Cleanup::Incomplete | Cleanup::Complete => {
            format!("its test {test} ended as {verdict} and its cleanup did not finish{safe}.")
        }
    }
}

/// Whether the unit is in another slot, at which somebody works now: it is asked about there.
fn is_looked_after(alarm: &Alarm, args: &RunArgs, bench: &Bench<'_>) -> bool {
    let folder = begin::lock_folder(bench.settings, bench.station);
    let is_taken = || StationLock::take(&folder, &bench.station.id, alarm.slot, Duration::ZERO);
    alarm.slot != args.slot && matches!(is_taken(), Err(LockError::Busy { .. }))
}
