//! `maestro sync`: delivers what the stores lack, says what is outstanding, retires a store.

mod forget;
mod report;
mod watch;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use self::report::{Report, words};
use super::args::{OutputFormat, SyncArgs};
use super::console::Console;
use super::exit::{Exit, Failure};
use super::progress::Progress;
use super::run::close_what_is_left;
use super::settings::Settings;
use super::station;
use super::stores::Stores;
use crate::journal::JournalError;
use crate::outbox::{Delivery, SinkState, Waiting, Wish};

/// How often a person hears how far it is, and a signal is noticed.
const TICK: Duration = Duration::from_millis(100);

/// `maestro sync`.
pub(super) fn run(
    args: &SyncArgs,
    settings: &Settings,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let station = station::load(settings, console)?;
    let home = settings.home(station.home.as_deref());
    let stores = Stores::of(&station, &home, None)?;
    let folder = home.join("journal");
    if let Some(store) = &args.forget {
        return forget::forget(store, &folder, &stores, settings, console);
    }
    let stop = Stop::new().map_err(|error| Failure::trouble(format!("signals: {error}")))?;
    if !home.exists() && !args.watch {
        console.note("no run has been recorded yet");
        return Ok(Exit::Done);
    }
    if home.exists() {
        close_what_is_left(&station, &stores, settings, console)?;
    }
    let waiting = if args.all {
        Waiting::Everything
    } else {
        Waiting::Undelivered
    };
    let delivery = stores
        .deliver(waiting, seed())
        .map_err(|error| not_delivered(&error))?;
    if args.watch {
        return watch::watch(delivery, &folder, args.format, &stop, console);
    }
    let states = deliver(delivery, args, settings, &stop);
    let report = Report::make(&folder, &states).map_err(|error| not_delivered(&error))?;
    tell(&report, &stores, args, console)?;
    let has_arrived = tell_annotations(&stores, args, console);
    Ok(
        match (stop.is_wanted(), report.is_complete() && has_arrived) {
            (true, _) => Exit::Aborted,
            (false, true) => Exit::Done,
            (false, false) => Exit::Trouble,
        },
    )
}

/// Signals that ask for the end.
#[derive(Debug, Clone)]
struct Stop(Arc<AtomicBool>);

impl Stop {
    fn new() -> io::Result<Self> {
        let flag = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            signal_hook::flag::register(signal, Arc::clone(&flag))?;
        }
        Ok(Self(flag))
    }

    fn is_wanted(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

fn deliver(
    delivery: Delivery,
    args: &SyncArgs,
    settings: &Settings,
    stop: &Stop,
) -> Vec<SinkState> {
    let is_shown = settings.terminal.stderr && args.format == OutputFormat::Human;
    let progress = Progress::new(is_shown);
    let states = delivery.insist(args.timeout, TICK, |states| {
        progress.show(
            &states
                .iter()
                .map(progress_words)
                .collect::<Vec<_>>()
                .join("  "),
        );
        if stop.is_wanted() {
            Wish::Stop
        } else {
            Wish::GoOn
        }
    });
    progress.clear();
    states
}

/// How far one store is, for the line that moves.
fn progress_words(state: &SinkState) -> String {
    let runs = words(state.journals, "run", "runs");
    match &state.problem {
        None => format!("{}: {runs}", state.id),
        Some(_) => format!("{}: {runs}, not reached", state.id),
    }
}

fn tell(
    report: &Report,
    stores: &Stores,
    args: &SyncArgs,
    console: &mut Console<'_>,
) -> Result<(), Failure> {
    if args.format == OutputFormat::Json {
        return console.result(&report.json());
    }
    for problem in report.problems() {
        console.warning(&problem);
    }
    console.result(&report.text(stores))
}

/// Hands over what was said of runs; false where it did not arrive.
fn tell_annotations(stores: &Stores, args: &SyncArgs, console: &mut Console<'_>) -> bool {
    let Err(withheld) = stores.deliver_annotations() else {
        return true;
    };
    if args.format == OutputFormat::Human {
        let count = withheld.count.map_or_else(String::new, |count| {
            format!(
                "{} of runs: ",
                words(count as u64, "annotation", "annotations")
            )
        });
        console.warning(&format!(
            "{count}not in the shared store yet: {}",
            withheld.reason
        ));
    }
    false
}

/// Chance, so that many stations do not come back to a server at once.
fn seed() -> u64 {
    uuid::Uuid::now_v7().as_u64_pair().1
}

fn not_delivered(error: &JournalError) -> Failure {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    Failure::trouble(match cause {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    })
}
