//! `maestro run`: from the arguments to the exit code.
//!
//! The order is that of EXECUTION section 1: check, gates, station lock, recovery, then the
//! session with its preflight, and delivery beside it.

mod begin;
mod describe;
mod gates;
mod git;
#[cfg(feature = "redis")]
mod live;
#[cfg(not(feature = "redis"))]
#[path = "no_live.rs"]
mod live;
mod recover;
mod runners;
mod signals;
mod watch;

pub(super) use describe::run as describe;
pub(super) use recover::{close_interrupted, run as recover};

use std::path::Path;
use std::sync::Arc;

use self::begin::{Identity, Prepared};
use super::args::{RunArgs, Unattended};
use super::config::Seen;
use super::console::Console;
use super::exit::{Exit, Failure};
use super::open;
use super::settings::Settings;
use super::station;
use super::stores::Stores;
use crate::event::AbortCause;
use crate::plan::{self, Plan};
use crate::session::{self, Command, RunEnd, Running};
use crate::station::Station;

/// Runs one unit.
pub(super) fn run(
    args: &RunArgs,
    settings: &Settings,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let station = station::load(settings, console)?;
    let home = settings.home(station.home.as_deref());
    let config = Seen::by(&station, &Stores::of(&station, &home, None)?);
    for warning in &config.warnings {
        console.warning(warning);
    }
    let plan = compile(args, settings, &station, console)?;
    let unattended = is_unattended(args, settings);
    let somebody = !unattended && settings.terminal.can_ask();
    refuse_unanswerable(&plan, unattended || somebody)?;
    let identity = Identity::of(args, settings, &station, &plan, unattended)?;
    if args.dry_run {
        let steps = plan.steps_planned;
        console.note(&format!(
            "'{}' may run: {steps} steps, nothing was started",
            plan.test_name
        ));
        return Ok(Exit::Done);
    }
    let prepared = Prepared::new(args, settings, &station, &plan, console)?;
    go(
        args, settings, &station, &config, plan, identity, prepared, somebody, console,
    )
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

#[expect(
    clippy::too_many_arguments,
    reason = "the parts of one run, each made elsewhere"
)]
fn go(
    args: &RunArgs,
    settings: &Settings,
    station: &Station,
    config: &Seen,
    mut plan: Plan,
    identity: Identity,
    prepared: Prepared,
    somebody: bool,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    begin::add_commits(&mut plan);
    let definitions = plan.take_definitions();
    let plan = Arc::new(plan);
    let fixed = identity.fixed();
    let request = prepared.request(&plan, definitions, station, config, identity, somebody)?;
    let no_signals = |error| Failure::trouble(format!("signals cannot be caught: {error}"));
    let caught = signals::Caught::begin().map_err(no_signals)?;
    let running = session::start(request)
        .map_err(|error| Failure::trouble(format!("the run cannot start: {error}")))?;
    let forwarding =
        signals::Forwarding::start(caught, running.handle.clone()).map_err(no_signals)?;
    prepared.attach(station, &plan, &fixed, &running);
    begin::find_slow_facts(&plan, running.handle.clone());
    finish(
        args, settings, prepared, &plan.root, running, forwarding, console,
    )
}

/// Shows the run to its end, then delivers and reports.
fn finish(
    args: &RunArgs,
    settings: &Settings,
    prepared: Prepared,
    root: &Path,
    mut running: Running,
    forwarding: signals::Forwarding,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let watched = watch::watch(args, settings, root, prepared.home(), &mut running, console);
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
    let record = watched?;
    let mut exit = exit_of(&end);
    let reported = watch::write_reports(args, settings, record.as_ref(), console);
    prepared.deliver(args.sync, console);
    if let Err(failure) = reported {
        console.failure(&failure);
        if exit == Exit::Done {
            exit = Exit::Trouble;
        }
    }
    Ok(exit)
}

/// A verdict that is not certain counts as a fault of the station.
fn exit_of(end: &RunEnd) -> Exit {
    if end.not_recorded.is_some() {
        Exit::Trouble
    } else {
        Exit::of_verdict(end.finished.verdict)
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
