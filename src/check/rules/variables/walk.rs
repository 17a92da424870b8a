//! One test, step after step, through its sub-sequences.

use std::collections::BTreeSet;

use super::Callers;
use super::produce;
use super::scope::Scope;
use super::uses::{Hinted, Used, judge};
use crate::check::Facts;
use crate::check::texts::{Phase, texts};
use crate::diagnostic::{Diagnostic, Severity};
use crate::package::model::{Named, Step, StepKind, Value};
use crate::package::{FileIndex, LoadedPackage, LoadedTest};
use crate::source::Span;

/// Calls of sub-sequences that are followed; more would take long and tell nothing new.
const MAX_CALLS: usize = 2_000;
/// Levels of sub-sequences that are followed.
const MAX_LEVELS: usize = 50;

/// What does not change during a walk.
pub(super) struct Surroundings<'a> {
    pub(super) package: &'a LoadedPackage,
    pub(super) facts: &'a Facts,
    /// Tag keys of the root test and of the command line.
    pub(super) tags: BTreeSet<String>,
    /// Whether the root may be called by a test that is not here.
    pub(super) may_have_callers: bool,
}

struct Walk<'a> {
    surroundings: Surroundings<'a>,
    scope: Scope<'a>,
    calls: usize,
    /// The calling places on the way to the file that is being walked.
    way: Vec<Span>,
    hinted: Hinted,
    findings: Vec<Diagnostic>,
}

/// Judges the names of one test that can be started.
pub(super) fn walk(
    package: &LoadedPackage,
    facts: &Facts,
    callers: Callers,
    root: FileIndex,
) -> Vec<Diagnostic> {
    let file = package.file(root);
    let definition = &file.definition;
    let declared = definition.tags.iter().map(|tag| tag.name.value.clone());
    let required = definition.required_tags.iter().map(|tag| tag.value.clone());
    let surroundings = Surroundings {
        package,
        facts,
        tags: declared
            .chain(required)
            .chain(facts.tags.iter().cloned())
            .collect(),
        may_have_callers: callers == Callers::Elsewhere && is_sub_sequence(package, file),
    };
    let mut walk = Walk {
        surroundings,
        scope: Scope::default(),
        calls: 0,
        way: Vec::new(),
        hinted: Hinted::new(),
        findings: Vec::new(),
    };
    facts.variables.iter().for_each(|name| walk.scope.add(name));
    walk.file(root);
    walk.findings
}

/// Whether a file stands in a folder `sub-sequences` of its package.
fn is_sub_sequence(package: &LoadedPackage, file: &LoadedTest) -> bool {
    let path = package.sources.file(file.source).path();
    let inside = path.strip_prefix(package.root_of(file)).unwrap_or(path);
    let mut folders = inside.components();
    folders.any(|folder| folder.as_os_str() == "sub-sequences")
}

impl<'a> Walk<'a> {
    fn file(&mut self, index: FileIndex) {
        self.calls += 1;
        if self.calls > MAX_CALLS || self.way.len() > MAX_LEVELS {
            return;
        }
        let package: &'a LoadedPackage = self.surroundings.package;
        let file = package.file(index);
        self.names(&file.definition.variables);
        for (_, step) in file.definition.all_steps() {
            self.step(step, file);
        }
    }

    fn step(&mut self, step: &'a Step, file: &'a LoadedTest) {
        let is_judged = step.is_enabled();
        if let Some(condition) = step.precondition.as_ref().filter(|_| is_judged) {
            self.judge(Used::Condition(condition, condition.span), file);
        }
        if is_judged {
            self.texts(step, Phase::Before, file);
        }
        self.carry_out(step, file);
        if is_judged {
            self.texts(step, Phase::After, file);
        }
        // `outputs` are judged one by one: a later one may read an earlier one.
        for output in &step.outputs {
            if is_judged {
                self.value(&output.value, file);
            }
            self.scope.add(&output.name);
        }
        let condition = step
            .repeat
            .as_ref()
            .and_then(|repeat| repeat.condition.as_ref());
        if let Some(condition) = condition.filter(|_| is_judged) {
            self.judge(Used::Condition(condition, condition.span), file);
        }
        if let Some(before) = step
            .retry
            .as_ref()
            .and_then(|retry| retry.before.as_deref())
        {
            self.step(before, file);
        }
    }

    /// Brings in what the step produces.
    fn carry_out(&mut self, step: &'a Step, file: &'a LoadedTest) {
        match &step.kind {
            StepKind::Delay { .. } | StepKind::Mock => {}
            StepKind::Prompt(prompt) | StepKind::Manual(prompt) => {
                produce::prompt(&mut self.scope, prompt);
            }
            StepKind::Runner(call) => {
                produce::runner(&mut self.scope, call, file, &self.surroundings);
            }
            StepKind::Broken => self.scope.open(),
            StepKind::Sequence { path } => {
                self.names(&step.parameters);
                match file.include_at(path.span) {
                    Some(child) => {
                        self.way.push(path.span);
                        self.file(child);
                        self.way.pop();
                    }
                    // A missing file is told elsewhere; it might have set anything.
                    None => self.scope.open(),
                }
            }
        }
    }

    fn names(&mut self, values: &[Named<Value>]) {
        for value in values {
            self.scope.add(&value.name);
        }
    }

    /// Judges the texts of a phase, except `outputs`.
    fn texts(&mut self, step: &'a Step, phase: Phase, file: &LoadedTest) {
        let outputs: BTreeSet<Span> = output_spans(step);
        for text in texts(step) {
            if text.phase == phase && !outputs.contains(&text.span) {
                self.judge(Used::Template(text.raw, text.span), file);
            }
        }
    }

    fn value(&mut self, value: &'a Value, file: &LoadedTest) {
        let mut found = Vec::new();
        value.for_each_template(&mut |text| found.push(text));
        for text in found {
            self.judge(Used::Template(text, text.span), file);
        }
    }

    fn judge(&mut self, used: Used<'_>, file: &LoadedTest) {
        for verdict in judge(used, &self.scope, &self.surroundings) {
            let mut finding = verdict.finding;
            let key = (file.source.index(), verdict.name);
            if finding.severity == Severity::Hint && !self.hinted.insert(key) {
                continue;
            }
            if finding.is_error()
                && let Some(call) = self.way.last()
            {
                finding = finding.at(*call, "when called from here");
            }
            self.findings.push(finding);
        }
    }
}

/// The places of the templates in `outputs`.
fn output_spans(step: &Step) -> BTreeSet<Span> {
    let mut spans = BTreeSet::new();
    for output in &step.outputs {
        output.value.for_each_template(&mut |text| {
            spans.insert(text.span);
        });
    }
    spans
}
