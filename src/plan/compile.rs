//! From the checked model to the plan.
//!
//! Cannot fail: what could go wrong was found by the check. An `expect` in here names the rule that
//! makes it impossible.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    Delay, Kind, Literal, LoopVerdict, MeasurementDecl, MockCall, OnStepFailure, Plan, PlanPackage,
    PlanRunner, Policy, Repeat, Retry, RetryOn, RunnerCall, RunnerIx, Sequence, SequenceCall,
    SequenceIx, Step, StepIx, Text, ValueTemplate, Written, definitions, prompts, share::Shared,
    targets,
};
use crate::check::CheckedPackage;
use crate::event::{PackageIdent, Section, hex};
use crate::expr::{Condition, Template};
use crate::measure::{Comparator, Kind as MeasurementKind};
use crate::package::model;
use crate::package::model::Templated;
use crate::package::{FileIndex, LoadedPackage, LoadedTest};
use crate::source::Spanned;

/// Default of `grace_ms` (EXECUTION section 3).
const GRACE_MS: u64 = 500;

/// Compiles the test of a checked package.
///
/// Takes the package: the steps of the test go while those of the plan come, since nothing calls
/// the test that is run.
pub(crate) fn compile(package: CheckedPackage) -> Plan {
    let mut loaded = package.into_loaded();
    let root = *loaded
        .roots
        .first()
        .expect("a checked package names the test to run");
    let test = &mut loaded.files[root.0].definition;
    let own = [&mut test.setup, &mut test.steps, &mut test.teardown].map(std::mem::take);
    let mut compiler = Compiler::new(&loaded);
    compiler.steps.reserve(own.iter().map(Vec::len).sum());
    compiler.sequence(root, &Place::default(), &BTreeSet::new(), Some(own));
    compiler.finish(root)
}

/// The state of one compilation.
#[expect(clippy::vec_box, reason = "see `Plan`")]
struct Compiler<'a> {
    loaded: &'a LoadedPackage,
    sequences: Vec<Sequence>,
    steps: Vec<Box<Step>>,
    runners: Vec<PlanRunner>,
    shared: Shared,
    position: u32,
}

/// `setup`, `steps` and `teardown`.
type Lists = [Vec<Box<model::Step>>; 3];

/// Where in the tree of calls a sequence stands.
#[derive(Debug, Clone, Default)]
struct Place {
    /// Path of the calling step; empty at the root.
    path: String,
}

impl<'a> Compiler<'a> {
    fn new(loaded: &'a LoadedPackage) -> Self {
        Self {
            loaded,
            sequences: Vec::new(),
            steps: Vec::new(),
            runners: Vec::new(),
            shared: Shared::default(),
            position: 0,
        }
    }

    fn finish(self, root: FileIndex) -> Plan {
        let loaded = self.loaded;
        let file = loaded.file(root);
        let test = &file.definition;
        let order = definition_order(loaded, root);
        let (definitions, digests) = definitions::parts(loaded, &order);
        let mut whole = Sha256::new();
        for digest in &digests {
            whole.update(digest.as_bytes());
        }
        Plan {
            test_name: test.name.value.clone(),
            test_version: test.version.value.clone(),
            device: test.device.as_ref().map(|device| device.value.clone()),
            tags: test
                .tags
                .iter()
                .map(|tag| {
                    (
                        tag.name.value.clone(),
                        Value::String(tag.value.value.clone()),
                    )
                })
                .collect(),
            required_tags: test
                .required_tags
                .iter()
                .map(|tag| tag.value.clone())
                .collect(),
            packages: packages(loaded),
            definition_path: definition_path(loaded, file),
            definition_digest: hex(&whole.finalize()),
            definitions,
            root: loaded.root_of(file).to_path_buf(),
            sequences: self.sequences,
            steps: self.steps,
            runners: self.runners,
            steps_planned: self.position,
        }
    }

    /// Compiles one call of a file; `declared` are the names that the calling files declare.
    /// `own` are its steps, where this is the only call.
    fn sequence(
        &mut self,
        file: FileIndex,
        place: &Place,
        declared: &BTreeSet<&'a str>,
        own_steps: Option<Lists>,
    ) -> SequenceIx {
        let loaded = self.loaded;
        let test = &loaded.file(file).definition;
        let ix = SequenceIx(self.sequences.len() as u32);
        let own = test
            .variables
            .iter()
            .filter(|v| !declared.contains(v.name.value.as_str()));
        self.sequences.push(Sequence {
            name: test.name.value.clone(),
            variables: own
                .map(|v| (v.name.value.clone(), v.value.to_json()))
                .collect(),
            setup: Vec::new(),
            steps: Vec::new(),
            teardown: Vec::new(),
            policy: policy(test),
        });
        let mut names = declared.clone();
        names.extend(test.variables.iter().map(|v| v.name.value.as_str()));
        let [setup, steps, teardown] = match own_steps {
            Some(lists) => lists.map(Some),
            None => [None, None, None],
        };
        for (model_section, section, own) in [
            (model::Section::Setup, Section::Setup, setup),
            (model::Section::Steps, Section::Steps, steps),
            (model::Section::Teardown, Section::Teardown, teardown),
        ] {
            let mut compile = |step: &model::Step| {
                self.position += 1;
                let position = Some(self.position);
                self.step(file, step, section, position, place, &names)
            };
            let list: Vec<StepIx> = if let Some(own) = own {
                // Each step is dropped when it was compiled.
                own.into_iter().map(|step| compile(&step)).collect()
            } else {
                let steps = test.section(model_section).iter();
                steps.map(|step| compile(step)).collect()
            };
            let sequence = &mut self.sequences[ix.0 as usize];
            match section {
                Section::Setup => sequence.setup = list,
                Section::Steps => sequence.steps = list,
                _ => sequence.teardown = list,
            }
        }
        ix
    }

    fn step(
        &mut self,
        file: FileIndex,
        step: &model::Step,
        section: Section,
        position: Option<u32>,
        place: &Place,
        declared: &BTreeSet<&'a str>,
    ) -> StepIx {
        let name = step.name.value.as_str();
        let prefix = &place.path;
        let separator = if prefix.is_empty() { "" } else { "/" };
        let path = format!("{prefix}{separator}{}/{name}", section.as_str());
        let retry = step.retry.as_ref().map(|retry| {
            let before = retry.before.as_ref().map(|before| {
                let inner = Place { path: path.clone() };
                self.step(file, before, Section::RetryBefore, None, &inner, declared)
            });
            Box::new(compile_retry(retry, before))
        });
        let kind = self.kind(file, step, &path, declared);
        let ix = StepIx(self.steps.len() as u32);
        let mut compiled = Step {
            name_declared: Text::from(name),
            name: model::has_template(name).then(|| template(name)),
            path: Text::from(path),
            section,
            position,
            kind,
            enabled: step.is_enabled(),
            precondition: step
                .precondition
                .as_ref()
                .map(|text| Box::new(condition(&text.value))),
            force: step.force.as_ref().map(|force| compile_force(force.value)),
            retry,
            repeat: step
                .repeat
                .as_ref()
                .map(|repeat| Box::new(compile_repeat(repeat))),
            timeout_ms: step.timeout_ms.as_ref().and_then(limit),
            run_on_abort: step.runs_on_abort(),
            terminate_on_fail: step.post_execution_action.is_some(),
            restore: step.restore.as_ref().is_some_and(|flag| flag.value),
            grace_ms: step.grace_ms.as_ref().map_or(GRACE_MS, |grace| grace.value),
            interruptible: step.interruptible.as_ref().is_none_or(|flag| flag.value),
            outputs: named(&step.outputs),
            measurements: step.measurements.iter().map(measurement).collect(),
            requires: step
                .requires
                .iter()
                .map(|name| name.value.clone())
                .collect(),
        };
        self.shared.step(&mut compiled);
        self.steps.push(Box::new(compiled));
        ix
    }

    fn kind(
        &mut self,
        file: FileIndex,
        step: &model::Step,
        path: &str,
        declared: &BTreeSet<&'a str>,
    ) -> Kind {
        match &step.kind {
            model::StepKind::Delay { duration } => Kind::Delay(Delay {
                duration: match &duration.value {
                    Templated::Literal(seconds) => ValueTemplate::literal(json!(seconds)),
                    Templated::Template(text) => text_template(text),
                },
            }),
            model::StepKind::Mock => Kind::Mock(MockCall),
            model::StepKind::Prompt(prompt) => self.prompt(file, prompt, prompts::Asks::Anything),
            model::StepKind::Manual(prompt) => self.prompt(file, prompt, prompts::Asks::PassOrFail),
            model::StepKind::Sequence { path: target } => {
                let target = self
                    .loaded
                    .file(file)
                    .include_at(target.span)
                    .expect("the check refuses a sequence that does not exist");
                let inner = Place {
                    path: path.to_owned(),
                };
                let sequence = self.sequence(target, &inner, declared, None);
                Kind::Sequence(SequenceCall {
                    sequence,
                    parameters: named(&step.parameters),
                })
            }
            model::StepKind::Runner(call) => {
                let package = self.loaded.file(file).package;
                let target = target(&call.target);
                let literal = target.literal_value();
                let (target, target_literal) = self.shared.target(target, literal);
                Kind::Runner(Box::new(RunnerCall {
                    runner: self.runner(call),
                    target_literal,
                    target,
                    parameters: named(&step.parameters),
                    package: Some(package.0 as u32),
                }))
            }
            model::StepKind::Broken => panic!("the check refuses a step without a kind"),
        }
    }

    fn prompt(&self, file: FileIndex, prompt: &model::PromptDecl, asks: prompts::Asks) -> Kind {
        let package = self.loaded.file(file).package;
        Kind::Prompt(Box::new(prompts::compile(prompt, asks, package.0 as u32)))
    }

    fn runner(&mut self, call: &model::RunnerCall) -> RunnerIx {
        let runtime = call
            .runner_type
            .as_ref()
            .map(|runtime| runtime.value.clone());
        let wanted = PlanRunner {
            name: runtime.clone().unwrap_or_else(|| call.runner.value.clone()),
            runner: call.runner.value.clone(),
            runtime,
        };
        let place = self.runners.iter().position(|runner| *runner == wanted);
        let index = place.unwrap_or_else(|| {
            self.runners.push(wanted);
            self.runners.len() - 1
        });
        RunnerIx(index as u32)
    }
}

fn compile_retry(retry: &model::Retry, before: Option<StepIx>) -> Retry {
    let on = |wanted: model::RetryOn| {
        retry.on.is_empty() || retry.on.iter().any(|on| on.value == wanted)
    };
    Retry {
        count: retry.count.value,
        delay_ms: retry.delay_ms.as_ref().map_or(0, |delay| delay.value),
        on: RetryOn {
            fail: on(model::RetryOn::Fail),
            error: on(model::RetryOn::Error),
            timeout: on(model::RetryOn::Timeout),
            undetermined: on(model::RetryOn::Undetermined),
        },
        before,
    }
}

fn compile_repeat(repeat: &model::Repeat) -> Repeat {
    let text = repeat
        .condition
        .as_ref()
        .map_or("true", |condition| &condition.value);
    let condition = condition(text);
    Repeat {
        counts_only: condition.reads_only_counters(),
        condition,
        max_iterations: repeat.max_iterations.value,
        verdict: match repeat.verdict.as_ref().map(|verdict| verdict.value) {
            Some(model::RepeatVerdict::Last) => LoopVerdict::Last,
            Some(model::RepeatVerdict::Worst) | None => LoopVerdict::Worst,
        },
    }
}

const fn compile_force(force: model::Force) -> super::Force {
    match force {
        model::Force::Pass => super::Force::Pass,
        model::Force::Fail => super::Force::Fail,
        model::Force::Skip => super::Force::Skip,
        model::Force::Run => super::Force::Run,
    }
}

fn policy(test: &model::TestDefinition) -> Policy {
    let Some(block) = &test.policy else {
        return Policy::default();
    };
    Policy {
        on_step_failure: match block.on_step_failure.as_ref().map(|choice| choice.value) {
            Some(model::OnStepFailure::Continue) => OnStepFailure::Continue,
            Some(model::OnStepFailure::Abort) | None => OnStepFailure::Abort,
        },
        timeout_us: block
            .timeout_s
            .as_ref()
            .map(|limit| (limit.value * 1e6) as u64),
    }
}

/// The limit of an attempt; 0 reads as none.
pub(super) fn limit(declared: &Spanned<Templated<u64>>) -> Option<ValueTemplate> {
    match &declared.value {
        Templated::Literal(0) => None,
        Templated::Literal(ms) => Some(ValueTemplate::literal(json!(ms))),
        Templated::Template(text) => Some(text_template(text)),
    }
}

fn measurement(declared: &model::MeasurementDecl) -> MeasurementDecl {
    let optional = |field: &Option<model::Value>| field.as_ref().map(value);
    MeasurementDecl {
        name: text_template(&declared.name.value),
        kind: match declared.measurement_type() {
            model::MeasurementType::Numeric => MeasurementKind::Numeric,
            model::MeasurementType::Boolean => MeasurementKind::Boolean,
            model::MeasurementType::String => MeasurementKind::String,
            model::MeasurementType::Array => MeasurementKind::Array,
        },
        comparator: declared
            .operator
            .as_ref()
            .and_then(|operator| Comparator::parse(operator.value.as_str())),
        value: optional(&declared.value),
        target: optional(&declared.target),
        low_limit: optional(&declared.low_limit),
        high_limit: optional(&declared.high_limit),
        expected: optional(&declared.expected),
        tolerance: optional(&declared.tolerance),
        unit: declared
            .unit
            .as_ref()
            .map(|unit| text_template(&unit.value)),
    }
}

/// PROTOCOL's `target`.
pub(super) fn target(declared: &model::Target) -> ValueTemplate {
    // Names of code are no templates: they stay as they are written.
    let name = |text: &Spanned<String>| ValueTemplate::literal(json!(text.value));
    match declared {
        model::Target::Python(python) => ValueTemplate::map(vec![
            ("module".into(), name(&python.module)),
            ("function".into(), name(&python.function)),
        ]),
        model::Target::Dotnet(dotnet) => ValueTemplate::map(vec![
            ("assembly".into(), name(&dotnet.assembly)),
            ("class".into(), name(&dotnet.class)),
            ("method".into(), name(&dotnet.method)),
        ]),
        model::Target::Scpi(scpi) => targets::scpi(scpi),
        model::Target::Command(command) => targets::command(command),
        model::Target::Other(Some(declared)) => value(declared),
        model::Target::Other(None) => ValueTemplate::literal(Value::Null),
    }
}

pub(super) fn named(entries: &[model::Named<model::Value>]) -> Vec<(Text, ValueTemplate)> {
    entries
        .iter()
        .map(|entry| (Text::from(&*entry.name.value), value(&entry.value)))
        .collect()
}

/// A declared value with its templates parsed.
pub(super) fn value(declared: &model::Value) -> ValueTemplate {
    match declared {
        model::Value::Scalar(scalar) => ValueTemplate::Literal(Arc::new(Literal {
            value: scalar.native(),
            text: Text::clone(&scalar.text),
        })),
        model::Value::Template(text) => text_template(&text.value),
        model::Value::List(items) => ValueTemplate::list(items.value.iter().map(value).collect()),
        model::Value::Map(entries) => ValueTemplate::map(named(&entries.value)),
    }
}

/// A text that may be a template.
pub(super) fn text_template(text: &str) -> ValueTemplate {
    if model::has_template(text) {
        ValueTemplate::Template(Box::new(Written {
            template: template(text),
            text: Text::from(text),
        }))
    } else {
        ValueTemplate::Literal(Arc::new(Literal {
            value: Value::String(text.to_owned()),
            text: Text::from(text),
        }))
    }
}

fn template(text: &str) -> Template {
    Template::parse(text).expect("the check refuses a template that does not parse")
}

fn condition(text: &str) -> Condition {
    Condition::parse(text).expect("the check refuses a condition that does not parse")
}

fn packages(loaded: &LoadedPackage) -> Vec<PlanPackage> {
    loaded
        .packages
        .iter()
        .enumerate()
        .map(|(index, folder)| {
            let manifest = folder.manifest.as_ref();
            let requirements = manifest.map(|manifest| &manifest.requirements);
            let fallback = folder.root.file_name().map_or_else(
                || "package".to_owned(),
                |name| name.to_string_lossy().into_owned(),
            );
            PlanPackage {
                ident: PackageIdent {
                    name: manifest.map_or(fallback, |manifest| manifest.name.value.clone()),
                    version: manifest.map_or_else(String::new, |m| m.version.value.clone()),
                    lifecycle_status: manifest
                        .and_then(|manifest| manifest.lifecycle_status.as_ref())
                        .map(|status| status.value.as_str().to_owned()),
                    commit: None,
                    digest: package_digest(loaded, index),
                },
                root: folder.root.clone(),
                typed_parameters: requirements
                    .and_then(|needs| needs.typed_parameters.as_ref())
                    .is_none_or(|flag| flag.value),
                pip_packages: requirements.map_or_else(Vec::new, |needs| {
                    needs
                        .pip_packages
                        .iter()
                        .map(|text| text.value.clone())
                        .collect()
                }),
                min_python: requirements
                    .and_then(|needs| needs.min_python_version.as_ref())
                    .map(|version| version.value.clone()),
                supported_product_ids: manifest.map_or_else(Vec::new, |manifest| {
                    manifest
                        .supported_product_ids
                        .iter()
                        .map(|id| id.value.clone())
                        .collect()
                }),
                has_manifest: manifest.is_some(),
            }
        })
        .collect()
}

/// Over the definitions of the package that take part, by path.
fn package_digest(loaded: &LoadedPackage, index: usize) -> String {
    let mut texts: Vec<(String, &str)> = loaded
        .files
        .iter()
        .filter(|file| file.package.0 == index)
        .map(|file| {
            (
                definition_path(loaded, file),
                &**loaded.sources.file(file.source).text(),
            )
        })
        .collect();
    texts.sort_unstable();
    let mut digest = Sha256::new();
    for (path, text) in texts {
        digest.update(path.as_bytes());
        digest.update([0]);
        digest.update(text.as_bytes());
        digest.update([0]);
    }
    hex(&digest.finalize())
}

/// The files that a test reaches, the main one first, each once.
fn definition_order(loaded: &LoadedPackage, root: FileIndex) -> Vec<FileIndex> {
    let mut order = vec![root];
    let mut next = 0;
    while let Some(&index) = order.get(next) {
        for include in &loaded.file(index).includes {
            if !order.contains(&include.target) {
                order.push(include.target);
            }
        }
        next += 1;
    }
    order
}

pub(super) fn definition_path(loaded: &LoadedPackage, file: &LoadedTest) -> String {
    let path = loaded.sources.file(file.source).path();
    path.strip_prefix(loaded.root_of(file))
        .unwrap_or(path)
        .to_string_lossy()
        .into_owned()
}
