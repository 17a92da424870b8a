//! One step of a plan.

use std::sync::Arc;

use serde_json::Value;

use super::{RunnerIx, SequenceIx, StepIx, Text, ValueTemplate};
use crate::event::{Section, StepKind};
use crate::expr::{Condition, Template};
use crate::measure::{Comparator, Kind as MeasurementKind};
use crate::prompt::Action;

/// A step with everything resolved.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    /// The name as written.
    pub(crate) name_declared: Text,
    /// The name's template, where it holds one.
    pub(crate) name: Option<Template>,
    /// Sections and declared names from the root, joined by `/`.
    pub(crate) path: Text,
    pub(crate) section: Section,
    /// Place in the plan, from 1; `None` for a `retry.before` step.
    pub(crate) position: Option<u32>,
    pub(crate) kind: Kind,
    pub(crate) enabled: bool,
    pub(crate) precondition: Option<Box<Condition>>,
    pub(crate) force: Option<Force>,
    pub(crate) retry: Option<Box<Retry>>,
    pub(crate) repeat: Option<Box<Repeat>>,
    /// Limit of one attempt in milliseconds.
    pub(crate) timeout_ms: Option<ValueTemplate>,
    pub(crate) run_on_abort: bool,
    pub(crate) terminate_on_fail: bool,
    pub(crate) restore: bool,
    /// Time between cancel and kill.
    pub(crate) grace_ms: u64,
    pub(crate) interruptible: bool,
    pub(crate) outputs: Vec<(Text, ValueTemplate)>,
    pub(crate) measurements: Vec<MeasurementDecl>,
    /// Instruments that the step needs for itself.
    #[expect(
        dead_code,
        reason = "part of the package format; stations with several slots lock by it, and none exist yet"
    )]
    pub(crate) requires: Vec<String>,
}

/// What a step does.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Delay(Delay),
    Mock(MockCall),
    Prompt(Box<PromptDecl>),
    Sequence(SequenceCall),
    Runner(Box<RunnerCall>),
}

impl Kind {
    /// The kind as events name it.
    pub(crate) fn as_event(&self) -> StepKind {
        match self {
            Self::Delay(_) => StepKind::Delay,
            Self::Mock(_) => StepKind::Mock,
            Self::Prompt(prompt) if prompt.manual => StepKind::Manual,
            Self::Prompt(_) => StepKind::Prompt,
            Self::Sequence(_) => StepKind::Sequence,
            Self::Runner(_) => StepKind::Runner,
        }
    }
}

/// A pause.
#[derive(Debug, Clone)]
pub(crate) struct Delay {
    /// Seconds.
    pub(crate) duration: ValueTemplate,
}

/// A step that calls nothing: its measurements carry their own values.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MockCall;

/// A call of a definition.
#[derive(Debug, Clone)]
pub(crate) struct SequenceCall {
    pub(crate) sequence: SequenceIx,
    pub(crate) parameters: Vec<(Text, ValueTemplate)>,
}

/// A call of a runner.
#[derive(Debug, Clone)]
pub(crate) struct RunnerCall {
    pub(crate) runner: RunnerIx,
    /// PROTOCOL's `target`; texts in it may be templates.
    pub(crate) target: Arc<ValueTemplate>,
    /// The literal target, where it holds no template: what most steps have.
    pub(crate) target_literal: Option<Arc<Value>>,
    pub(crate) parameters: Vec<(Text, ValueTemplate)>,
    /// Index in the plan's packages of the one whose file holds the step.
    pub(crate) package: Option<u32>,
}

/// Overrides what a step does or is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Force {
    Pass,
    Fail,
    Skip,
    Run,
}

/// Further attempts.
#[derive(Debug, Clone)]
pub(crate) struct Retry {
    /// Re-tries; one attempt more than that is made at most.
    pub(crate) count: u32,
    pub(crate) delay_ms: u64,
    pub(crate) on: RetryOn,
    /// The step that resets the instrument between attempts.
    pub(crate) before: Option<StepIx>,
}

/// Which outcomes are tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RetryOn {
    pub(crate) fail: bool,
    pub(crate) error: bool,
    pub(crate) timeout: bool,
    pub(crate) undetermined: bool,
}

/// A loop, tested after each iteration.
#[derive(Debug, Clone)]
pub(crate) struct Repeat {
    pub(crate) condition: Condition,
    pub(crate) max_iterations: u32,
    pub(crate) verdict: LoopVerdict,
    /// The condition reads nothing but counters: stopping at the cap is then only a note.
    pub(crate) counts_only: bool,
}

/// What a loop is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LoopVerdict {
    Worst,
    Last,
}

/// A measurement as declared.
#[derive(Debug, Clone)]
pub(crate) struct MeasurementDecl {
    pub(crate) name: ValueTemplate,
    pub(crate) kind: MeasurementKind,
    pub(crate) comparator: Option<Comparator>,
    pub(crate) value: Option<ValueTemplate>,
    pub(crate) target: Option<ValueTemplate>,
    pub(crate) low_limit: Option<ValueTemplate>,
    pub(crate) high_limit: Option<ValueTemplate>,
    pub(crate) expected: Option<ValueTemplate>,
    pub(crate) tolerance: Option<ValueTemplate>,
    pub(crate) unit: Option<ValueTemplate>,
}

/// A question as declared (FORMAT section 5).
#[derive(Debug, Clone)]
pub(crate) struct PromptDecl {
    /// The step asks for pass or fail.
    pub(crate) manual: bool,
    pub(crate) message: ValueTemplate,
    pub(crate) title: Option<ValueTemplate>,
    pub(crate) image: Option<ValueTemplate>,
    /// Index in the plan's packages of the one in which the picture lies.
    pub(crate) package: u32,
    pub(crate) buttons: Vec<Button>,
    pub(crate) default_button: Option<ValueTemplate>,
    pub(crate) input: Option<InputDecl>,
    pub(crate) timeout_s: Option<ValueTemplate>,
    /// `abort`, `fail`, `continue` or a button's name, as written.
    pub(crate) on_timeout: Option<String>,
}

/// A declared button.
#[derive(Debug, Clone)]
pub(crate) struct Button {
    pub(crate) name: ValueTemplate,
    pub(crate) action: Action,
}

/// A declared input.
#[derive(Debug, Clone)]
pub(crate) struct InputDecl {
    pub(crate) mode: String,
    pub(crate) variable: Option<String>,
    pub(crate) low_limit: Option<ValueTemplate>,
    pub(crate) high_limit: Option<ValueTemplate>,
    pub(crate) unit: Option<ValueTemplate>,
    pub(crate) expected: Option<ValueTemplate>,
    pub(crate) options: Vec<ValueTemplate>,
    pub(crate) pattern: Option<ValueTemplate>,
    pub(crate) default: Option<ValueTemplate>,
    pub(crate) prefill: bool,
    pub(crate) show_limits: bool,
}
