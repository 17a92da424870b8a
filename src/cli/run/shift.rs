//! One unit after another: scan, test, verdict, next.
//!
//! The station stays taken between units. What the commands of a run would write to the terminal
//! is kept until the screen is closed.

use std::time::Duration;

use jiff::tz::TimeZone;

use super::begin::{self, Identity, Prepared};
use super::environment::Telling;
use super::grr::{self, Gauge};
use super::later::Later;
use super::{Bench, Ended, Whole, left, recent, runners, screen};
use crate::cli::args::RunArgs;
use crate::cli::config::Seen;
use crate::cli::console::Console;
use crate::cli::exit::{Exit, Failure};
use crate::cli::settings::Settings;
use crate::cli::stores::Stores;
use crate::event::OperatorSource;
use crate::frontend::tui::{
    Acknowledged, Admission, Desk, DeskShow, Field, Scanner, Starts, Unit, What, Window, ask_unit,
};
use crate::plan::Plan;
use crate::record::Study;
use crate::session::{Clock, StationLock, wall_clock};
use crate::station::Station;
use crate::verdict::Verdict;

/// Whether units are asked for: with `--loop`, or on a screen that was given no serial number.
pub(super) fn is_wanted(args: &RunArgs, settings: &Settings) -> bool {
    let is_asked = args.in_loop || (args.serial.is_none() && args.record.is_none());
    let somebody = args.unattended.is_none() && !args.dry_run;
    is_asked && somebody && screen::is_wanted(args, settings)
}

/// Tests units until somebody leaves; the exit code is that of the worst of them.
pub(super) fn run(
    args: &RunArgs,
    bench: &Bench<'_>,
    plan: Plan,
    gauge: Option<Gauge>,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let lock = begin::take_station(args, bench.settings, bench.station)?;
    if left::acknowledged(args, bench, console)? == Acknowledged::Left {
        return Ok(Exit::Aborted);
    }
    let home = bench.settings.home(bench.station.home.as_deref());
    // Minutes, the first time: not with a unit in the fixture and no line to be seen.
    let search = runners::Search {
        settings: bench.settings,
        station: bench.station,
        home: &home,
        telling: Telling::Lines,
    };
    let is_real = args.simulate.is_none();
    let _starts = is_real.then(|| search.starts(&plan, console)).transpose()?;
    let (mut out, mut err) = (Later::new(console.out), Later::new(console.err));
    let window = screen::open(bench.station)
        .map_err(|error| Failure::trouble(format!("this terminal cannot be drawn on: {error}")))?;
    let mut shift = Shift {
        args,
        bench,
        stores: Stores::of(bench.station, &home, None)?,
        whole: Whole::new(plan),
        lock,
        window,
        gauge,
        quiet: Console::new(&mut out, &mut err, bench.settings),
    };
    shift.work()
}

/// What lasts from unit to unit.
struct Shift<'a> {
    args: &'a RunArgs,
    bench: &'a Bench<'a>,
    stores: Stores,
    whole: Whole,
    lock: StationLock,
    window: Window,
    /// The study that the units are measured for.
    gauge: Option<Gauge>,
    /// Says nothing as long as the screen is open.
    quiet: Console<'a>,
}

impl Shift<'_> {
    fn work(&mut self) -> Result<Exit, Failure> {
        let show = DeskShow {
            theme: screen::theme(self.bench.settings),
            zone: TimeZone::system(),
        };
        let mut desk = desk(self.args, self.bench.station, &self.whole.plan);
        if let Some(gauge) = &self.gauge {
            desk.take_part_in(gauge.study.clone());
        }
        let clock = Clock::start();
        let mut worst: Option<(Verdict, Exit)> = None;
        while let Some(unit) = self.ask(&mut desk, &show, clock) {
            match self.test(&unit, desk.study()) {
                Ok(ended) => {
                    self.quiet.result(&ended.line)?;
                    // Of two units that are as bad, the one that has more to tell.
                    let this = (ended.verdict, ended.exit);
                    if worst.is_none_or(|worst| this > worst) {
                        worst = Some(this);
                    }
                    desk.tested(&unit.serial, ended.verdict);
                    if let Some(name) = &ended.operator {
                        desk.operator_is(name);
                    }
                    if let Some(failure) = ended.failures.first() {
                        desk.tell(failure.message.clone());
                    }
                }
                // After a bug nothing is certain any more.
                Err(failure) if failure.exit == Exit::Bug => return Err(failure),
                // The unit was not tested: the next scan is asked for with the reason.
                Err(failure) => desk.not_tested(&unit.serial, &failure.message),
            }
            // The screen itself had a bug.
            if !Window::is_open() {
                return Ok(Exit::Bug);
            }
        }
        Ok(worst.map_or(Exit::Done, |(_, exit)| exit))
    }

    fn ask(&mut self, desk: &mut Desk, show: &DeskShow, clock: Clock) -> Option<Unit> {
        let (args, bench, stores, plan) = (self.args, self.bench, &self.stores, &self.whole.plan);
        let mut admit = |unit: &Unit| admission(args, bench, plan, stores, unit);
        ask_unit(&mut self.window, desk, show, clock, &mut admit)
    }

    /// Tests a unit, and notes it in the study that it is measured for.
    fn test(&mut self, unit: &Unit, study: Option<&mut Study>) -> Result<Ended, Failure> {
        let mut args = of_unit(self.args, unit);
        let Some((gauge, study)) = self.gauge.as_ref().zip(study) else {
            return self.test_with(&args, unit);
        };
        let operator = unit.operator.clone().unwrap_or_default();
        let trial = study.admit(&operator, &unit.serial);
        let trial = trial.map_err(|refused| Failure::usage(refused.to_string()))?;
        args = grr::tagged(&args, &gauge.name, study.size(), trial);
        let ended = self.test_with(&args, unit)?;
        if grr::counts(ended.verdict) {
            study.measured(&operator, &unit.serial);
        }
        Ok(ended)
    }

    fn test_with(&mut self, args: &RunArgs, unit: &Unit) -> Result<Ended, Failure> {
        // The values that hold now, which may have changed since the unit before.
        let config = Seen::by(self.bench.station, &self.stores);
        let bench = &Bench {
            config: &config,
            ..*self.bench
        };
        let mut identity = identity(args, bench, &self.whole.plan)?;
        if unit.operator != self.args.operator {
            identity.source(OperatorSource::Scan);
        }
        let prepared = Prepared::new(
            args,
            bench,
            &self.whole.plan,
            &mut self.lock,
            Telling::Nothing,
            &mut self.quiet,
        )?;
        let window = Some(&mut self.window);
        self.whole
            .clone()
            .test(args, bench, identity, prepared, window, &mut self.quiet)
    }
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
    if !station.shift_starts.is_empty() {
        desk.ask_at(Starts {
            times: station.shift_starts.clone(),
            zone: TimeZone::system(),
        });
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
    // A study measures each unit again and again.
    if args.grr.is_some() {
        return Admission::Yes;
    }
    match recent::doubt(stores, &plan.test_name, &unit.serial, wall_clock()) {
        Some(doubt) => Admission::Doubtful(doubt),
        None => Admission::Yes,
    }
}
