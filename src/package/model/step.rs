//! A step and its control fields.

use crate::package::model::{MeasurementDecl, Named, PromptDecl, RunnerCall, Templated, Value};
use crate::source::Spanned;

/// One step of a section, or the inline step of `retry.before`. What few steps have is boxed: a
/// package may have ten thousands of steps.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    /// May hold templates.
    pub(crate) name: Spanned<String>,
    pub(crate) kind: StepKind,
    pub(crate) parameters: Vec<Named<Value>>,
    pub(crate) outputs: Vec<Named<Value>>,
    pub(crate) measurements: Vec<MeasurementDecl>,
    /// Per attempt; `timeout_ms: 0` reads as none.
    pub(crate) timeout_ms: Option<Spanned<Templated<u64>>>,
    pub(crate) enabled: Option<Spanned<bool>>,
    /// An expression.
    pub(crate) precondition: Option<Spanned<String>>,
    pub(crate) force: Option<Spanned<Force>>,
    pub(crate) retry: Option<Box<Retry>>,
    pub(crate) repeat: Option<Box<Repeat>>,
    pub(crate) run_on_abort: Option<Spanned<bool>>,
    pub(crate) post_execution_action: Option<Spanned<PostExecutionAction>>,
    pub(crate) restore: Option<Spanned<bool>>,
    pub(crate) grace_ms: Option<Spanned<u64>>,
    pub(crate) interruptible: Option<Spanned<bool>>,
    pub(crate) requires: Vec<Spanned<String>>,
}

/// What a step does.
#[derive(Debug, Clone)]
pub(crate) enum StepKind {
    /// Seconds.
    Delay {
        duration: Spanned<Templated<f64>>,
    },
    Mock,
    Prompt(Box<PromptDecl>),
    /// A prompt that asks for pass or fail.
    Manual(Box<PromptDecl>),
    /// The path as written; `LoadedTest::include_at` with its span gives the file.
    Sequence {
        path: Spanned<String>,
    },
    Runner(Box<RunnerCall>),
    /// No kind could be read. Never in a `CheckedPackage`: an error finding says why.
    Broken,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Force {
    Pass,
    Fail,
    Skip,
    Run,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PostExecutionAction {
    TerminateOnFail,
}

/// `count` further attempts after a failing one.
#[derive(Debug, Clone)]
pub(crate) struct Retry {
    pub(crate) count: Spanned<u32>,
    pub(crate) delay_ms: Option<Spanned<u64>>,
    /// Empty: all of them.
    pub(crate) on: Vec<Spanned<RetryOn>>,
    pub(crate) before: Option<Box<Step>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RetryOn {
    Fail,
    Error,
    Timeout,
    Undetermined,
}

/// The body runs, then `condition` decides about another iteration.
#[derive(Debug, Clone)]
pub(crate) struct Repeat {
    /// An expression; absent means `true`: the body runs `max_iterations` times.
    pub(crate) condition: Option<Spanned<String>>,
    pub(crate) max_iterations: Spanned<u32>,
    pub(crate) verdict: Option<Spanned<RepeatVerdict>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RepeatVerdict {
    Worst,
    Last,
}

impl Step {
    pub(crate) fn is_enabled(&self) -> bool {
        self.enabled.as_ref().is_none_or(|enabled| enabled.value)
    }

    pub(crate) fn runs_on_abort(&self) -> bool {
        self.run_on_abort.as_ref().is_some_and(|flag| flag.value)
    }

    pub(crate) fn prompt(&self) -> Option<&PromptDecl> {
        match &self.kind {
            StepKind::Prompt(prompt) | StepKind::Manual(prompt) => Some(prompt),
            _ => None,
        }
    }

    pub(crate) fn runner(&self) -> Option<&RunnerCall> {
        match &self.kind {
            StepKind::Runner(call) => Some(call),
            _ => None,
        }
    }
}
