//! `--step` and `--break`: where the run is held, and what its record says of that.

use std::collections::BTreeSet;

use clap::ValueEnum as _;
use serde_json::{Map, Value, json};

use crate::cli::args::RunArgs;
use crate::cli::exit::Failure;
use crate::diagnostic::nearest;
use crate::engine::Holds;
use crate::plan::{Plan, StepIx};

/// Names that are told in place of one that is not there.
const NEAREST: usize = 3;

/// Whether the run is held anywhere, which makes it one for debugging.
pub(super) const fn are_wanted(args: &RunArgs) -> bool {
    args.step || !args.breaks.is_empty()
}

/// Finds the steps. A run without anybody who could let it go on is refused, and so is a name that
/// no step has.
pub(super) fn of(args: &RunArgs, plan: &Plan, somebody: bool) -> Result<Holds, Failure> {
    if are_wanted(args) && !somebody {
        return Err(Failure::usage(
            "--step and --break hold the run until somebody lets it go on, and there is no \
             terminal to ask on",
        )
        .help("run it on a terminal, or without --step and --break"));
    }
    let mut before = BTreeSet::new();
    for name in &args.breaks {
        let steps = plan.steps_called(name);
        if steps.is_empty() {
            return Err(unknown(name, plan));
        }
        before.extend(steps);
    }
    Ok(Holds {
        every_step: args.step,
        before,
        overrides: Map::new(),
    })
}

/// What the record says among the overrides of the run.
pub(super) fn overrides(args: &RunArgs) -> Map<String, Value> {
    let mut overrides = Map::new();
    if args.step {
        overrides.insert("--step".to_owned(), json!(true));
    }
    if !args.breaks.is_empty() {
        overrides.insert("--break".to_owned(), json!(args.breaks));
    }
    if let Some(mode) = args.mode.filter(|_| are_wanted(args))
        && let Some(word) = mode.to_possible_value()
    {
        // The mode of the run is `debug`.
        overrides.insert("--mode".to_owned(), json!(word.get_name()));
    }
    overrides
}

fn unknown(name: &str, plan: &Plan) -> Failure {
    let steps = (0..).map(StepIx).zip(&plan.steps);
    let listed = steps.filter(|(_, step)| step.position.is_some());
    let names: BTreeSet<&str> = listed
        .flat_map(|(_, step)| [&*step.name_declared, &*step.path])
        .collect();
    let near = nearest(name, names, NEAREST);
    let near: Vec<String> = near.iter().map(|name| format!("`{name}`")).collect();
    let help = "`maestro plan` shows the steps; write a name, or a path such as `Power up/Measure`";
    let help = if near.is_empty() {
        help.to_owned()
    } else {
        format!("did you mean {}? {help}", near.join(" or "))
    };
    Failure::usage(format!("--break: no step is called '{name}'")).help(help)
}
