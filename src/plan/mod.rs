//! A checked package compiled into ordered steps.
//!
//! A [`Plan`] holds all that a run needs and nothing else: every name is resolved, every template
//! and condition is parsed, every sub-sequence stands at the place that calls it. Compilation cannot
//! fail, since [`crate::check`] has let the package through. Nothing here opens a file.
//! Begin with [`Plan`] and [`Step`].

mod compile;
mod definitions;
#[cfg(feature = "redis")]
pub(crate) mod globals;
mod limits;
mod prompts;
mod safe;
mod share;
mod step;
mod targets;
#[cfg(test)]
mod tests;
mod value;

pub(crate) use compile::compile;
pub(crate) use limits::Judging;
pub(crate) use safe::{SafeStep, SafeWork, pause_seconds, safe_state};

pub(crate) use step::{
    Button, Delay, Force, InputDecl, Kind, LoopVerdict, MeasurementDecl, MockCall, PromptDecl,
    Repeat, Retry, RetryOn, RunnerCall, SequenceCall, Step,
};
use value::{Literal, Written};
pub(crate) use value::{Several, ValueTemplate};

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::event::{DefinitionPart, PackageIdent};

/// Index of a step in [`Plan::steps`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct StepIx(pub(crate) u32);

/// Index of a sequence in [`Plan::sequences`]; 0 is the root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SequenceIx(pub(crate) u32);

/// Index of a runner in [`Plan::runners`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct RunnerIx(pub(crate) u32);

/// Everything that a run of one test needs.
#[derive(Debug, Clone)]
#[expect(clippy::vec_box, reason = "a long list of steps must not be one block")]
pub(crate) struct Plan {
    pub(crate) test_name: String,
    pub(crate) test_version: String,
    pub(crate) device: Option<String>,
    /// Tags of the definition; those of the command line come on top.
    pub(crate) tags: Map<String, Value>,
    pub(crate) required_tags: Vec<String>,
    /// Packages that take part, the running one first.
    pub(crate) packages: Vec<PlanPackage>,
    /// The texts of all definitions that take part, the main one first.
    pub(crate) definitions: Vec<DefinitionPart>,
    pub(crate) definition_digest: String,
    pub(crate) definition_path: String,
    /// Root folder of the running package: the working directory of every step.
    pub(crate) root: PathBuf,
    pub(crate) sequences: Vec<Sequence>,
    /// Boxed one by one: they take the place of the steps of the model as these go.
    pub(crate) steps: Vec<Box<Step>>,
    pub(crate) runners: Vec<PlanRunner>,
    /// Steps that the lists hold, sub-sequences included.
    pub(crate) steps_planned: u32,
}

/// A package that takes part in a plan.
#[derive(Debug, Clone)]
pub(crate) struct PlanPackage {
    pub(crate) ident: PackageIdent,
    pub(crate) root: PathBuf,
    /// `requirements.typedParameters`: whether annotated parameters are converted.
    pub(crate) typed_parameters: bool,
    /// `requirements.pipPackages`.
    pub(crate) pip_packages: Vec<String>,
    /// `requirements.minPythonVersion`.
    pub(crate) min_python: Option<String>,
    pub(crate) supported_product_ids: Vec<String>,
    /// False for the folder of a lone YAML file.
    pub(crate) has_manifest: bool,
}

/// A runner process that the plan needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PlanRunner {
    /// The name in events and records: `python`, or the station's name for it.
    pub(crate) name: String,
    /// The `runner` field: which program.
    pub(crate) runner: String,
    /// The `runner_type` field: which runtime.
    pub(crate) runtime: Option<String>,
}

/// One definition, at the place that calls it.
#[derive(Debug, Clone)]
pub(crate) struct Sequence {
    pub(crate) name: String,
    /// Variables that entering this sequence sets: the declared ones, less those that a calling
    /// file declares too.
    pub(crate) variables: Vec<(String, Value)>,
    pub(crate) setup: Vec<StepIx>,
    pub(crate) steps: Vec<StepIx>,
    pub(crate) teardown: Vec<StepIx>,
    pub(crate) policy: Policy,
}

/// What a sequence does about failing steps and time (FORMAT section 2).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Policy {
    pub(crate) on_step_failure: OnStepFailure,
    /// Limit of the sequence in microseconds, prompts and cleanup not counted.
    pub(crate) timeout_us: Option<u64>,
}

/// What a failing step does to its sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum OnStepFailure {
    /// Nothing was written: go on, but broken `setup` steps abort the run.
    #[default]
    Unstated,
    /// Written: go on whatever happens, in `setup` too.
    Continue,
    Abort,
}

impl Plan {
    /// The root sequence.
    pub(crate) fn root_sequence(&self) -> &Sequence {
        &self.sequences[0]
    }

    pub(crate) fn sequence(&self, ix: SequenceIx) -> &Sequence {
        &self.sequences[ix.0 as usize]
    }

    pub(crate) fn step(&self, ix: StepIx) -> &Step {
        &self.steps[ix.0 as usize]
    }

    pub(crate) fn runner(&self, ix: RunnerIx) -> &PlanRunner {
        &self.runners[ix.0 as usize]
    }

    /// The steps that ask a person, by declared name: a run without anybody is refused for them.
    pub(crate) fn prompts(&self) -> Vec<&str> {
        self.steps
            .iter()
            .filter(|step| step.enabled && matches!(step.kind, Kind::Prompt(_)))
            .map(|step| &*step.name_declared)
            .collect()
    }

    /// The steps that a person means by a text: those of that declared name, and those of that path,
    /// be it whole or without the words for the sections (`Power up/Measure 3V3`).
    pub(crate) fn steps_called(&self, text: &str) -> Vec<StepIx> {
        let is_meant = |step: &Step| {
            let is_listed = step.position.is_some();
            is_listed
                && (*step.name_declared == *text
                    || *step.path == *text
                    || short(&step.path) == text)
        };
        (0..)
            .map(StepIx)
            .zip(&self.steps)
            .filter(|(_, step)| is_meant(step))
            .map(|(ix, _)| ix)
            .collect()
    }

    /// Takes the texts of the definitions out, so that those of a large package do not stay in
    /// memory for the whole run.
    pub(crate) fn take_definitions(&mut self) -> Vec<DefinitionPart> {
        std::mem::take(&mut self.definitions)
    }
}

/// A path without the words for the sections.
pub(crate) fn short(path: &str) -> String {
    let words = path.split('/');
    let names = words.filter(|word| !matches!(*word, "setup" | "steps" | "teardown"));
    names.collect::<Vec<_>>().join("/")
}

/// A shared text: names that many records repeat.
pub(crate) type Text = Arc<str>;
