//! One unit after another: scan, test, verdict, next.
//!
//! The station stays taken between units. What the commands of a run would write to the terminal
//! is kept until the screen is closed.

use std::time::Duration;

use jiff::tz::TimeZone;

use super::begin::{self, Identity, Prepared};
use super::{Bench, Whole, screen};
use crate::cli::args::RunArgs;
use crate::cli::config::Seen;
use crate::cli::console::Console;
use crate::cli::exit::{Exit, Failure};
use crate::cli::settings::Settings;
use crate::cli::stores::{OpenHistory, Stores};
use crate::event::{OperatorSource, Timestamp};
use crate::frontend::text::clock_text;
use crate::frontend::tui::{
    Admission, Desk, DeskShow, Field, Scanner, Unit, What, Window, ask_unit,
};
use crate::plan::Plan;
use crate::record::{Filter, RunSummary};
use crate::session::{Clock, wall_clock};
use crate::station::Station;
use crate::verdict::Verdict;

/// A unit that was tested within this time is tested again only if somebody says so.
const JUST_TESTED: Duration = Duration::from_hours(12);

/// Whether units are asked for: with `--loop`, or on a screen that was given no serial number.
pub(super) fn is_wanted(args: &RunArgs, settings: &Settings) -> bool {
    let is_asked = args.in_loop || args.serial.is_none();
    let somebody = args.unattended.is_none() && !args.dry_run;
    is_asked && somebody && screen::is_wanted(args, settings)
}

/// Tests units until somebody leaves; the exit code is that of the worst of them.
pub(super) fn run(
    args: &RunArgs,
    bench: &Bench<'_>,
    plan: Plan,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let mut lock = begin::take_station(args, bench.settings, bench.station)?;
    let mut window = Window::open()
        .map_err(|error| Failure::trouble(format!("this terminal cannot be drawn on: {error}")))?;
    let home = bench.settings.home(bench.station.home.as_deref());
    let stores = Stores::of(bench.station, &home, None)?;
    let show = DeskShow {
        theme: screen::theme(bench.settings),
        zone: TimeZone::system(),
    };
    let mut desk = desk(args, bench.station, &plan);
    let whole = Whole::new(plan);
    let clock = Clock::start();
    let mut worst: Option<Verdict> = None;
    let mut exit = Exit::Done;
    let mut kept = Kept::default();
    loop {
        let mut admit = |unit: &Unit| admission(args, bench, &whole.plan, &stores, unit);
        let Some(unit) = ask_unit(&mut window, &mut desk, &show, clock, &mut admit) else {
            break;
        };
        let args = of_unit(args, &unit);
        let mut quiet = Console::new(&mut kept.out, &mut kept.err, bench.settings);
        // The values that hold now, which may have changed since the unit before.
        let config = Seen::by(bench.station, &stores);
        let bench = &Bench {
            config: &config,
            ..*bench
        };
        let tested = (|| {
            let mut identity = identity(&args, bench, &whole.plan)?;
            identity.source(OperatorSource::Scan);
            let prepared = Prepared::new(
                &args,
                bench.settings,
                bench.station,
                &whole.plan,
                &mut lock,
                &mut quiet,
            )?;
            whole.test(
                &args,
                bench,
                identity,
                prepared,
                Some(&mut window),
                &mut quiet,
            )
        })();
        match tested {
            Ok(ended) => {
                kept.out.extend_from_slice(ended.line.as_bytes());
                let is_worse = worst.is_none_or(|worst| ended.verdict > worst);
                if is_worse {
                    worst = Some(ended.verdict);
                    exit = ended.exit;
                }
                desk.tested(&unit.serial, ended.verdict);
                if let Some(failure) = ended.failures.first() {
                    desk.tell(failure.message.clone());
                }
            }
            // The unit was not tested: the next scan is asked for with the reason.
            Err(failure) => desk.not_tested(failure.message),
        }
        if !Window::is_open() {
            break;
        }
    }
    drop(window);
    // Whoever closed a stream does not want to know.
    let _: std::io::Result<()> = console.out.write_all(&kept.out);
    let _: std::io::Result<()> = console.err.write_all(&kept.err);
    Ok(exit)
}

/// What was written while the screen was open.
#[derive(Default)]
struct Kept {
    out: Vec<u8>,
    err: Vec<u8>,
}

/// What is asked: the operator unless named, the unit, and the tags that the test requires.
fn desk(args: &RunArgs, station: &Station, plan: &Plan) -> Desk {
    let field = |what, value: &str, is_kept| Field {
        what,
        value: value.to_owned(),
        is_kept,
    };
    let mut fields = vec![
        field(
            What::Operator,
            args.operator.as_deref().unwrap_or_default(),
            true,
        ),
        field(What::Serial, "", false),
    ];
    let is_given = |key: &String| {
        args.tags.iter().any(|(given, _)| given == key) || plan.tags.contains_key(key)
    };
    for key in plan.required_tags.iter().filter(|key| !is_given(key)) {
        fields.push(field(What::Tag(key.clone()), "", true));
    }
    let title = format!("{} {}", plan.test_name, plan.test_version);
    let scanner = Scanner::of_station(station.scanner.as_ref());
    let mut desk = Desk::new(title, station.id.clone(), fields, scanner);
    if let Some(minutes) = station.operator_idle_min {
        desk.forget_operator_after(Duration::from_mins(u64::from(minutes)));
    }
    desk
}

/// The command line as if the unit had been named on it.
fn of_unit(args: &RunArgs, unit: &Unit) -> RunArgs {
    let mut args = args.clone();
    args.serial = Some(unit.serial.clone());
    args.operator = unit.operator.clone().or(args.operator);
    args.tags.extend(unit.tags.iter().cloned());
    args
}

fn identity(args: &RunArgs, bench: &Bench<'_>, plan: &Plan) -> Result<Identity, Failure> {
    Identity::of(args, bench.settings, bench.station, plan, bench.unattended)
}

/// The gates, and whether the unit was tested a moment ago.
fn admission(
    args: &RunArgs,
    bench: &Bench<'_>,
    plan: &Plan,
    stores: &Stores,
    unit: &Unit,
) -> Admission {
    if let Err(failure) = identity(&of_unit(args, unit), bench, plan) {
        return Admission::No(failure.message);
    }
    match newest_run(stores, plan, &unit.serial) {
        Some((run, place)) => Admission::Doubtful(told(&run, place, wall_clock())),
        None => Admission::Yes,
    }
}

/// The newest run of this test with this unit, and the store that says so.
fn newest_run(stores: &Stores, plan: &Plan, serial: &str) -> Option<(RunSummary, &'static str)> {
    let OpenHistory { history, store, .. } = stores.history(None).ok()?;
    let since = wall_clock()
        .0
        .saturating_sub(JUST_TESTED.as_micros() as i64);
    let filter = Filter {
        serial_number: Some(serial.to_owned()),
        test: Some(plan.test_name.clone()),
        since: Some(Timestamp(since)),
        limit: Some(1),
        ..Filter::default()
    };
    let run = history.ok()?.list(&filter).ok()?.into_iter().next()?;
    Some((run, store.place()))
}

fn told(run: &RunSummary, place: &str, now: Timestamp) -> String {
    let ago = clock_text(now.since(run.started_at).as_secs());
    let serial = run.serial_number.as_deref().unwrap_or_default();
    let verdict = run.verdict.map_or("without a verdict", Verdict::as_str);
    format!("{serial} was tested {ago} ago: {verdict} ({place}). Enter tests it again")
}
