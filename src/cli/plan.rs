//! `maestro plan`: the compiled steps of a test as a tree; nothing is executed.

use std::fmt::Write as _;

use serde::Serialize;

use crate::event::Section;
use crate::frontend::headless::Look;
use crate::frontend::text::{Tone, columns};
use crate::measure::Comparator;
use crate::plan::{
    self, Force, Kind, MeasurementDecl, Plan, SequenceIx, Step, StepIx, ValueTemplate,
};

use super::args::{OutputFormat, PlanArgs};
use super::console::Console;
use super::exit::{Exit, Failure};
use super::settings::Settings;
use super::{look, open, station};

/// Checks the test, compiles it and shows its steps.
pub(crate) fn run(
    args: &PlanArgs,
    settings: &Settings,
    console: &mut Console,
) -> Result<Exit, Failure> {
    let station = station::load(settings, console)?;
    let given = open::Given::default();
    let package = open::checked(&args.test, &given, settings, &station, console)?;
    let plan = plan::compile(package);
    let tree = Tree::of(&plan);
    console.result(&match args.format {
        OutputFormat::Human => tree.text(look::of(settings)),
        OutputFormat::Json => tree.json(),
    })?;
    Ok(Exit::Done)
}

/// A plan as it is shown.
#[derive(Debug, Serialize)]
struct Tree<'a> {
    test_name: &'a str,
    test_version: &'a str,
    packages: Vec<String>,
    runners: Vec<&'a str>,
    steps_planned: u32,
    steps: Vec<Planned>,
}

/// A step, with the steps of the sequence that it calls behind it, one deeper.
#[derive(Debug, Serialize)]
struct Planned {
    /// Number in the plan; absent for a step that resets an instrument between attempts.
    position: Option<u32>,
    /// Sections and names from the root, as `--fault` takes it.
    path: String,
    depth: usize,
    section: &'static str,
    name: String,
    kind: &'static str,
    /// What the step calls or asks.
    does: String,
    /// What makes it special, such as `retry 2`.
    notes: Vec<String>,
    measurements: Vec<String>,
}

impl<'a> Tree<'a> {
    fn of(plan: &'a Plan) -> Self {
        let mut steps = Vec::new();
        add_sequence(plan, SequenceIx(0), 0, &mut steps);
        Self {
            test_name: &plan.test_name,
            test_version: &plan.test_version,
            packages: plan
                .packages
                .iter()
                .filter(|package| package.has_manifest)
                .map(|package| format!("{} {}", package.ident.name, package.ident.version))
                .collect(),
            runners: plan
                .runners
                .iter()
                .map(|runner| runner.name.as_str())
                .collect(),
            steps_planned: plan.steps_planned,
            steps,
        }
    }

    fn json(&self) -> String {
        // Nothing in it can fail to be JSON.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    fn text(&self, look: Look) -> String {
        let mut out = String::new();
        let title = format!("{} {}", self.test_name, self.test_version);
        look.paint
            .push(&mut out, Tone::Strong, &look.script.clean(&title));
        let mut facts = self.packages.clone();
        facts.push(format!("{} steps", self.steps_planned));
        if !self.runners.is_empty() {
            facts.push(format!("runners: {}", self.runners.join(", ")));
        }
        out.push('\n');
        let facts = facts.join(" · ");
        look.paint
            .push(&mut out, Tone::Dim, &look.script.clean(&facts));
        out.push_str("\n\n");
        let digits = self.steps_planned.to_string().len();
        // The deepest and longest name decides where the second column stands, within reason.
        let names = self
            .steps
            .iter()
            .map(|step| 2 * step.depth + columns(&step.name));
        let width = names.max().unwrap_or(0).min(44);
        let mut section = "";
        for step in &self.steps {
            if step.depth == 0 && step.section != section {
                section = step.section;
                look.paint.push(&mut out, Tone::Dim, section);
                out.push('\n');
            }
            step.write(digits, width, look, &mut out);
        }
        out
    }
}

impl Planned {
    fn write(&self, digits: usize, width: usize, look: Look, out: &mut String) {
        let number = self
            .position
            .map_or_else(String::new, |number| number.to_string());
        let indent = " ".repeat(2 * self.depth);
        look.paint
            .push(out, Tone::Dim, &format!("{number:>digits$} "));
        let name = look.script.clean(&self.name);
        let _ = write!(out, "{indent}{name}");
        let used = indent.len() + columns(&name);
        out.extend(std::iter::repeat_n(' ', width.saturating_sub(used)));
        out.push_str("  ");
        look.paint
            .push(out, Tone::Note, &look.script.clean(&self.does));
        if !self.notes.is_empty() {
            let notes = format!("  ({})", self.notes.join(", "));
            look.paint.push(out, Tone::Warn, &look.script.clean(&notes));
        }
        out.push('\n');
        for measurement in &self.measurements {
            let margin = " ".repeat(digits + 3 + indent.len());
            out.push_str(&margin);
            look.paint
                .push(out, Tone::Dim, &look.script.clean(measurement));
            out.push('\n');
        }
    }
}

fn add_sequence(plan: &Plan, ix: SequenceIx, depth: usize, steps: &mut Vec<Planned>) {
    let sequence = plan.sequence(ix);
    let parts = [&sequence.setup, &sequence.steps, &sequence.teardown];
    for step in parts.into_iter().flatten() {
        add_step(plan, *step, depth, steps);
    }
}

fn add_step(plan: &Plan, ix: StepIx, depth: usize, steps: &mut Vec<Planned>) {
    let step = plan.step(ix);
    steps.push(Planned {
        position: step.position,
        path: step.path.to_string(),
        depth,
        section: step.section.as_str(),
        name: step.name_declared.to_string(),
        kind: step.kind.as_event().as_str(),
        does: does(plan, step),
        notes: notes(step),
        measurements: step.measurements.iter().map(measurement).collect(),
    });
    if let Kind::Sequence(call) = &step.kind {
        add_sequence(plan, call.sequence, depth + 1, steps);
    }
    if let Some(before) = step.retry.as_ref().and_then(|retry| retry.before) {
        add_step(plan, before, depth + 1, steps);
    }
}

/// What a step calls or asks, on one line.
fn does(plan: &Plan, step: &Step) -> String {
    match &step.kind {
        Kind::Delay(delay) => format!("wait {} s", delay.duration.declared()),
        Kind::Mock(_) => "mock".to_owned(),
        Kind::Prompt(prompt) => {
            let word = if prompt.manual { "manual" } else { "prompt" };
            let first = prompt.message.declared();
            let first = first.lines().next().unwrap_or_default();
            format!("{word}: {first}")
        }
        Kind::Sequence(call) => format!("sequence: {}", plan.sequence(call.sequence).name),
        Kind::Runner(call) => {
            let runner = &plan.runner(call.runner).name;
            format!("{runner} {}", target(&call.target))
        }
    }
}

/// `module.function` of Python, else the target as it is written.
fn target(target: &ValueTemplate) -> String {
    let ValueTemplate::Several(several) = target else {
        return literal_target(&target.declared());
    };
    let values = several.items().map(ValueTemplate::declared);
    values.collect::<Vec<_>>().join(".")
}

/// A target that is a JSON map without templates.
fn literal_target(text: &str) -> String {
    match serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text) {
        Ok(map) => map
            .values()
            .map(|value| {
                value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned)
            })
            .collect::<Vec<_>>()
            .join("."),
        Err(_) => text.to_owned(),
    }
}

fn notes(step: &Step) -> Vec<String> {
    let mut notes = Vec::new();
    let mut note = |is: bool, text: &str| {
        if is {
            notes.push(text.to_owned());
        }
    };
    note(!step.enabled, "disabled");
    note(step.precondition.is_some(), "has a precondition");
    // Teardown always runs.
    let is_cleanup_elsewhere = step.run_on_abort && !step.path.starts_with("teardown");
    note(is_cleanup_elsewhere, "runs on abort");
    note(step.terminate_on_fail, "ends the run when it fails");
    note(step.restore, "restores a runner");
    note(!step.interruptible, "not interruptible");
    note(
        step.section == Section::RetryBefore,
        "before each further attempt",
    );
    if let Some(force) = step.force {
        let word = match force {
            Force::Pass => "pass",
            Force::Fail => "fail",
            Force::Skip => "skip",
            Force::Run => "run",
        };
        notes.push(format!("force: {word}"));
    }
    if let Some(retry) = &step.retry {
        notes.push(format!("retry {}", retry.count));
    }
    if let Some(repeat) = &step.repeat {
        notes.push(format!("up to {} times", repeat.max_iterations));
    }
    if let Some(limit) = &step.timeout_ms {
        notes.push(format!("timeout {} ms", limit.declared()));
    }
    notes
}

/// A measurement with its limits as declared.
fn measurement(point: &MeasurementDecl) -> String {
    let text = |template: &Option<ValueTemplate>| template.as_ref().map(ValueTemplate::declared);
    let (low, high) = (text(&point.low_limit), text(&point.high_limit));
    let (target, expected) = (text(&point.target), text(&point.expected));
    let operand = || {
        target
            .clone()
            .or_else(|| expected.clone())
            .unwrap_or_default()
    };
    let limits = match point.comparator.unwrap_or(Comparator::Within) {
        Comparator::Log => "recorded".to_owned(),
        Comparator::Eq => format!("= {}", operand()),
        Comparator::Ne => format!("≠ {}", operand()),
        Comparator::Gt => format!("> {}", low.unwrap_or_default()),
        Comparator::Ge => format!("≥ {}", low.unwrap_or_default()),
        Comparator::Lt => format!("< {}", high.unwrap_or_default()),
        Comparator::Le => format!("≤ {}", high.unwrap_or_default()),
        Comparator::Matches => format!("matches {}", operand()),
        Comparator::Contains => format!("contains {}", operand()),
        Comparator::Within => match (low, high) {
            (Some(low), Some(high)) => format!("[{low} … {high}]"),
            (Some(low), None) => format!("≥ {low}"),
            (None, Some(high)) => format!("≤ {high}"),
            (None, None) if operand().is_empty() => "recorded".to_owned(),
            (None, None) => format!("= {}", operand()),
        },
    };
    let tolerance = text(&point.tolerance).map_or_else(String::new, |t| format!(" ± {t}"));
    let unit = text(&point.unit).map_or_else(String::new, |unit| format!(" {unit}"));
    let line = format!("{} {limits}{tolerance}{unit}", point.name.declared());
    line.trim_end().to_owned()
}
