//! `maestro run`: from the arguments to the exit code.
//!
//! The order is that of EXECUTION section 1: check, gates, station lock, recovery, then the
//! session with its preflight, and delivery beside it.

mod begin;
mod describe;
mod environment;
mod gates;
mod git;
mod grr;
mod holds;
mod later;
mod left;
#[cfg(feature = "redis")]
mod live;
#[cfg(not(feature = "redis"))]
#[path = "no_live.rs"]
mod live;
mod recent;
mod recover;
mod runners;
mod safe_state;
mod screen;
mod shift;
mod signals;
mod simulate;
mod watch;

pub(super) use begin::lock_folder;
pub(super) use describe::run as describe;
pub(super) use recover::{close_what_is_left, run as recover};
pub(super) use screen::{open as open_screen, theme as screen_theme};

use std::collections::BTreeSet;
use std::sync::Arc;

use self::begin::{Identity, Prepared};
use self::environment::Telling;
use self::grr::Gauge;
use self::later::Later;
use self::signals::CtrlZ;
use super::args::{RunArgs, Unattended};
use super::config::Seen;
use super::console::Console;
use super::exit::{Exit, Failure};
use super::open;
use super::report;
use super::settings::Settings;
use super::station;
use super::stores::Stores;
use crate::engine::Holds;
use crate::event::{AbortCause, DefinitionPart, Level};
use crate::frontend::tui::{Acknowledged, Window};
use crate::plan::{self, Plan};
use crate::session::{self, Command, RunEnd, Running};
use crate::station::Station;
use crate::verdict::Verdict;

/// Runs one unit, or one after another.
pub(super) fn run(
    args: &RunArgs,
    settings: &Settings,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let station = station::load(settings, console)?;
    let home = settings.home(station.home.as_deref());
    let config = Seen::by(&station, &Stores::of(&station, &home, None)?);
    let plan = compile(args, settings, &station, console)?;
    let unattended = is_unattended(args, settings);
    let somebody = !unattended && settings.terminal.can_ask();
    refuse_unanswerable(&plan, unattended || somebody)?;
    let holds = holds::of(args, &plan, somebody)?;
    let places = report::Places::of_plan(&plan, settings);
    let reports = report::ready(&args.reports, &places, settings)?;
    let bench = Bench {
        settings,
        station: &station,
        config: &config,
        unattended,
        somebody,
        holds: &holds,
        reports: &reports,
    };
    let gauge = Gauge::of(args, &plan, &Stores::of(&station, &home, None)?)?;
    if shift::is_wanted(args, settings) {
        return shift::run(args, &bench, plan, gauge, console);
    }
    let single = gauge
        .map(|gauge| gauge.single(args, settings))
        .transpose()?;
    let args = single.as_ref().unwrap_or(args);
    let identity = Identity::of(args, settings, &station, &plan, unattended)?;
    if args.dry_run {
        for warning in &config.warnings {
            console.warning(warning);
        }
        let steps = plan.steps_planned;
        console.note(&format!(
            "'{}' may run: {steps} steps, nothing was started",
            plan.test_name
        ));
        return Ok(Exit::Done);
    }
    let mut lock = begin::take_station(args, settings, &station)?;
    if left::acknowledged(args, &bench, console)? == Acknowledged::Left {
        return Ok(Exit::Aborted);
    }
    let telling = Telling::Lines;
    let prepared = Prepared::new(args, &bench, &plan, &mut lock, telling, console)?;
    let ended = run_one(args, &bench, plan, identity, prepared, console)?;
    // Whoever closed standard output does not want to know.
    let _: std::io::Result<()> = console.out.write_all(ended.line.as_bytes());
    for failure in &ended.failures {
        console.failure(failure);
    }
    Ok(ended.exit)
}

/// Runs one unit, on the whole terminal where there is one.
fn run_one(
    args: &RunArgs,
    bench: &Bench<'_>,
    plan: Plan,
    identity: Identity,
    prepared: Prepared,
    console: &mut Console<'_>,
) -> Result<Ended, Failure> {
    let (mut out, mut err) = (Later::new(console.out), Later::new(console.err));
    // A terminal that cannot be drawn on gets lines.
    let mut window = screen::is_wanted(args, bench.settings)
        .then(|| screen::open(bench.station).ok())
        .flatten();
    let mut quiet = Console::new(&mut out, &mut err, bench.settings);
    Whole::new(plan).test(args, bench, identity, prepared, window.as_mut(), &mut quiet)
}

/// What all units of one command share.
struct Bench<'a> {
    settings: &'a Settings,
    station: &'a Station,
    /// `cfg.*` as the run sees it.
    config: &'a Seen,
    unattended: bool,
    /// Whether somebody is there to answer.
    somebody: bool,
    /// Where runs are held.
    holds: &'a Holds,
    /// What is written at the end of each run.
    reports: &'a [report::Ready],
}

/// A plan with the texts that it was made of.
#[derive(Clone)]
struct Whole {
    plan: Arc<Plan>,
    definitions: Vec<DefinitionPart>,
}

/// What is left of a unit's run.
struct Ended {
    exit: Exit,
    verdict: Verdict,
    /// Who took over in the middle of it.
    operator: Option<String>,
    /// What the full screen leaves behind once it is closed.
    line: String,
    /// What could not be written, although the run ended well.
    failures: Vec<Failure>,
}

/// Checks the package and compiles its plan; the model is gone afterwards.
fn compile(
    args: &RunArgs,
    settings: &Settings,
    station: &Station,
    console: &mut Console<'_>,
) -> Result<Plan, Failure> {
    let given = open::Given {
        variables: args
            .variables
            .iter()
            .map(|(name, _)| name.clone())
            .collect(),
        tags: args.tags.iter().map(|(key, _)| key.clone()).collect(),
    };
    let package = open::checked(&args.test, &given, settings, station, console)?;
    Ok(plan::compile(package))
}

impl Whole {
    fn new(mut plan: Plan) -> Self {
        begin::add_commits(&mut plan);
        Self {
            definitions: plan.take_definitions(),
            plan: Arc::new(plan),
        }
    }

    /// Tests one unit, from the start of its runners to the end of its delivery.
    ///
    /// The texts go into the record and out of memory.
    fn test(
        mut self,
        args: &RunArgs,
        bench: &Bench<'_>,
        identity: Identity,
        prepared: Prepared,
        window: Option<&mut Window>,
        console: &mut Console<'_>,
    ) -> Result<Ended, Failure> {
        let definitions = std::mem::take(&mut self.definitions);
        let plan = &self.plan;
        let fixed = identity.fixed();
        let request = prepared.request(plan, definitions, bench, identity)?;
        let ctrl_z = match window {
            Some(_) => CtrlZ::OfTheScreen,
            None => CtrlZ::WhileHeld,
        };
        let (running, forwarding) = self.begin(bench, request, &fixed, &prepared, ctrl_z)?;
        let screen = watch::Screen {
            window,
            settings: bench.settings,
            station: bench.station,
            plan,
            home: prepared.home(),
        };
        let followed = follow(args, screen, running, forwarding, console);
        let (end, shown) = match followed {
            Err(failure) if failure.exit == Exit::Bug => {
                if let Err(second) = prepared.close_after_bug(bench.station, console) {
                    console.failure(&second);
                }
                return Err(failure);
            }
            followed => followed?,
        };
        left::settle(prepared.home(), &end, shown.is_seen, console);
        let mut ended = Ended::of(&end, &shown);
        let reported = shown.record.as_ref().map_or(Ok(()), |record| {
            let lost = end.not_recorded.as_deref();
            report::write_all(
                bench.reports,
                record,
                lost,
                prepared.home(),
                bench.settings,
                console,
            )
        });
        prepared.deliver(args.sync, console);
        ended.spoil(reported.err());
        ended.spoil(not_taped(&end));
        Ok(ended)
    }

    /// Starts the session, and what follows it.
    fn begin(
        &self,
        bench: &Bench<'_>,
        request: session::Request,
        fixed: &BTreeSet<String>,
        prepared: &Prepared,
        ctrl_z: CtrlZ,
    ) -> Result<(Running, signals::Forwarding), Failure> {
        let plan = &self.plan;
        let no_signals = |error| Failure::trouble(format!("signals cannot be caught: {error}"));
        let caught = signals::Caught::begin().map_err(no_signals)?;
        let running = session::start(request)
            .map_err(|error| Failure::trouble(format!("the run cannot start: {error}")))?;
        let forwarding = signals::Forwarding::start(caught, running.handle.clone(), ctrl_z)
            .map_err(no_signals)?;
        // In the record, and with it on every screen.
        for warning in &bench.config.warnings {
            running.handle.send(Command::Log {
                level: Level::Warning,
                source: "config".to_owned(),
                message: warning.clone(),
            });
        }
        prepared.tell_environments(&running);
        prepared.attach(bench.station, plan, fixed, &running);
        begin::find_slow_facts(plan, running.handle.clone());
        Ok((running, forwarding))
    }
}

impl Ended {
    fn of(end: &RunEnd, shown: &watch::Shown) -> Self {
        Self {
            exit: if shown.has_bug {
                Exit::Bug
            } else {
                exit_of(end)
            },
            verdict: verdict_of(end),
            operator: shown.operator.clone(),
            line: shown.line.clone(),
            failures: Vec::new(),
        }
    }

    /// Something that was asked for could not be written: a good run has no good end.
    fn spoil(&mut self, failure: Option<Failure>) {
        let Some(failure) = failure else {
            return;
        };
        self.failures.push(failure);
        if self.exit == Exit::Done {
            self.exit = Exit::Trouble;
        }
    }
}

fn not_taped(end: &RunEnd) -> Option<Failure> {
    let trouble = end.tape_trouble.as_ref()?;
    Some(Failure::trouble(format!(
        "the recording of the runners is not whole: {trouble}"
    )))
}

/// Shows the run to its end.
fn follow(
    args: &RunArgs,
    screen: watch::Screen<'_>,
    mut running: Running,
    forwarding: signals::Forwarding,
    console: &mut Console<'_>,
) -> Result<(RunEnd, watch::Shown), Failure> {
    let watched = watch::watch(args, screen, &mut running, console);
    if let Err(failure) = &watched {
        // A run that nobody can follow ends with its cleanup instead of in the middle of a step.
        running.handle.send(Command::Abort {
            cause: AbortCause::JournalLost,
            by: "journal".to_owned(),
            message: failure.message.clone(),
        });
    }
    let end = running
        .join()
        .ok_or_else(|| Failure::new(Exit::Bug, "the session ended by a bug in maestro"))?;
    drop(forwarding);
    Ok((end, watched?))
}

/// A verdict that is not certain counts as a fault of the station.
fn exit_of(end: &RunEnd) -> Exit {
    if end.not_recorded.is_some() {
        Exit::Trouble
    } else {
        Exit::of_verdict(end.finished.verdict)
    }
}

fn verdict_of(end: &RunEnd) -> Verdict {
    match end.not_recorded {
        Some(_) => Verdict::Error,
        None => end.finished.verdict,
    }
}

fn is_unattended(args: &RunArgs, settings: &Settings) -> bool {
    match args.unattended {
        None => false,
        Some(Unattended::Always) => true,
        Some(Unattended::Auto) => !settings.terminal.can_ask(),
    }
}

/// A plan with prompts needs somebody, or the word that nobody is there.
fn refuse_unanswerable(plan: &Plan, is_answered: bool) -> Result<(), Failure> {
    let prompts = plan.prompts();
    if is_answered || prompts.is_empty() {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "the test asks the operator ({}), and there is no terminal to ask on",
        prompts.join(", ")
    ))
    .help("run it on a terminal, or with --unattended to have the prompts answer themselves"))
}
