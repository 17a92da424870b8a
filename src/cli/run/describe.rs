//! `maestro runner describe`: what the functions are that a test calls, told by their runners.
//!
//! Runners are started and asked, no step is executed and no user code runs where the language
//! allows that.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use maestro_protocol::{DescribeParams, Described, Parameter, TargetRef};
use serde::Serialize;
use serde_json::Value;

use super::environment::Telling;
use super::{begin, runners};
use crate::cli::args::{OutputFormat, RunnerDescribeArgs};
use crate::cli::console::Console;
use crate::cli::exit::{Exit, Failure};
use crate::cli::settings::Settings;
use crate::cli::{look, open, station};
use crate::frontend::headless::Look;
use crate::frontend::text::Tone;
use crate::plan::{self, Kind, Plan, RunnerIx};
use crate::runner::{CallId, Fleet, FleetEvent, FleetOptions, RunnerId};

/// Longest wait for the answers of all runners.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a runner said about one target.
#[derive(Debug, Serialize)]
struct Told {
    runner: String,
    target: Value,
    #[serde(flatten)]
    described: Described,
}

/// Asks the runners of a test. Exit code 1 where a target is not there.
pub(crate) fn run(
    args: &RunnerDescribeArgs,
    settings: &Settings,
    console: &mut Console,
) -> Result<Exit, Failure> {
    let station = station::load(settings, console)?;
    let given = open::Given::default();
    let package = open::checked(&args.test, &given, settings, &station, console)?;
    let plan = plan::compile(package);
    let home = settings.home(station.home.as_deref());
    let search = runners::Search {
        settings,
        station: &station,
        home: &home,
        telling: Telling::Lines,
    };
    let starts = search.starts(&plan, console)?;
    let initialize = begin::initialize(&plan, &station);
    let mut fleet = Fleet::new(FleetOptions::new(
        format!("describe-{}", std::process::id()),
        1,
    ))
    .map_err(|error| Failure::trouble(format!("no runner can be started: {error}")))?;
    let begin = now();
    for (index, (spec, told)) in starts.specs.iter().zip(&initialize).enumerate() {
        fleet.start(RunnerId(index as u32), spec, told, begin);
    }
    let answers = ask(&mut fleet, &plan, begin + PATIENCE);
    stop(&mut fleet);
    let told = answers?;
    console.result(&match args.format {
        OutputFormat::Human => text(&told, look::of(settings)),
        OutputFormat::Json => json(&told),
    })?;
    let is_missing = |told: &Told| told.described.exists == Some(false);
    let exit = if told.iter().any(is_missing) {
        Exit::Negative
    } else {
        Exit::Done
    };
    Ok(exit)
}

#[expect(
    clippy::disallowed_methods,
    reason = "runners have deadlines on this clock"
)]
fn now() -> Instant {
    Instant::now()
}

/// The literal targets of one runner, each once.
fn targets(plan: &Plan, runner: RunnerIx) -> DescribeParams {
    let mut params = DescribeParams::default();
    for step in &plan.steps {
        let Kind::Runner(call) = &step.kind else {
            continue;
        };
        let Some(target) = call
            .target_literal
            .as_ref()
            .filter(|_| call.runner == runner)
        else {
            continue;
        };
        let package = call
            .package
            .and_then(|index| plan.packages.get(index as usize))
            .map(|package| package.ident.name.clone());
        let asked = TargetRef {
            package,
            target: serde_json::Value::clone(target),
        };
        if !params.targets.contains(&asked) {
            params.targets.push(asked);
        }
    }
    params
}

/// Waits for every runner's answer, in the order of the plan's runners.
fn ask(fleet: &mut Fleet, plan: &Plan, until: Instant) -> Result<Vec<Told>, Failure> {
    let mut told = plan.runners.iter().map(|_| None).collect::<Vec<_>>();
    let mut events = Vec::new();
    while told.iter().any(Option::is_none) {
        if now() >= until {
            return Err(Failure::trouble("a runner did not answer in time"));
        }
        fleet
            .poll(Some(until), &mut events)
            .map_err(|error| Failure::trouble(format!("runners cannot be watched: {error}")))?;
        for event in events.drain(..) {
            let (runner, trouble) = match event {
                FleetEvent::Ready { runner, .. } => {
                    let params = targets(plan, RunnerIx(runner.0));
                    fleet.describe(runner, CallId(1), &params);
                    continue;
                }
                FleetEvent::Described {
                    runner,
                    result: Ok(result),
                    ..
                } => {
                    told[runner.0 as usize] = Some(pair(plan, runner, result.targets));
                    continue;
                }
                FleetEvent::Described {
                    runner,
                    result: Err(error),
                    ..
                } => (runner, error.message),
                FleetEvent::StartFailed { runner, reason }
                | FleetEvent::NotSent { runner, reason, .. } => (runner, reason),
                FleetEvent::Died { runner, status, .. } => (runner, status),
                FleetEvent::Violation {
                    runner, message, ..
                } => (runner, message),
                _ => continue,
            };
            let name = &plan.runner(RunnerIx(runner.0)).name;
            return Err(Failure::trouble(format!("runner '{name}': {trouble}")));
        }
    }
    Ok(told.into_iter().flatten().flatten().collect())
}

/// Answers beside what was asked.
fn pair(plan: &Plan, runner: RunnerId, described: Vec<Described>) -> Vec<Told> {
    let runner = RunnerIx(runner.0);
    let name = &plan.runner(runner).name;
    let asked = targets(plan, runner).targets;
    asked
        .into_iter()
        .zip(described)
        .map(|(asked, described)| Told {
            runner: name.clone(),
            target: asked.target,
            described,
        })
        .collect()
}

/// Ends the runners; what does not end in time is killed when the fleet is dropped.
fn stop(fleet: &mut Fleet) {
    let begin = now();
    fleet.shutdown_all(begin);
    let mut events = Vec::new();
    while !fleet.is_empty() && now() < begin + PATIENCE {
        if fleet.poll(Some(begin + PATIENCE), &mut events).is_err() {
            return;
        }
    }
}

fn text(told: &[Told], look: Look) -> String {
    let mut out = String::new();
    for told in told {
        let (sign, tone) = match told.described.exists {
            Some(true) => ("✓", Tone::Good),
            Some(false) => ("✗", Tone::Bad),
            None => ("?", Tone::Warn),
        };
        look.paint.push(&mut out, tone, &look.script.sign(sign));
        let name = target_text(&told.target);
        let parameters = told
            .described
            .parameters
            .as_deref()
            .map_or_else(String::new, |list| {
                format!(
                    "({})",
                    list.iter()
                        .map(parameter_text)
                        .collect::<Vec<_>>()
                        .join(", ")
                )
            });
        let line = format!(" {} {name}{parameters}", told.runner);
        let _ = writeln!(out, "{}", look.script.clean(&line));
        for more in [&told.described.doc, &told.described.reason]
            .into_iter()
            .flatten()
        {
            out.push_str("    ");
            look.paint
                .push(&mut out, Tone::Dim, &look.script.clean(more));
            out.push('\n');
        }
    }
    out
}

/// The words of a target joined by dots, such as `module.function`.
fn target_text(target: &Value) -> String {
    match target {
        Value::Object(map) => map.values().map(target_text).collect::<Vec<_>>().join("."),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn parameter_text(parameter: &Parameter) -> String {
    let mut text = parameter.name.clone();
    if let Some(kind) = &parameter.kind {
        let _ = write!(text, ": {kind}");
    }
    if let Some(default) = &parameter.default {
        let _ = write!(text, " = {default}");
    }
    text
}

fn json(told: &[Told]) -> String {
    // Nothing in it can fail to be JSON.
    let mut text = serde_json::to_string_pretty(told).unwrap_or_default();
    text.push('\n');
    text
}
