//! The events of a run: the one stream that journal, stores, screens and reports read.
//!
//! Every struct here is a contract (journal lines are read years later): fields are added with a
//! default, never renamed. Events are past tense and carry what was decided, so that no reader has
//! to decide anything again. This module never formats for people and never reads a clock.
//! Begin with [`Event`].

mod digest;
mod envelope;
mod finished;
mod hold;
mod run;
#[cfg(test)]
pub(crate) mod sample;
mod step;
mod time;
mod variables;

pub(crate) use digest::hex;
pub(crate) use envelope::{Envelope, FORMAT_VERSION, RunId, StepNo};
pub(crate) use finished::{Cleanup, RunFinished, RunStatus};
pub(crate) use hold::{
    ExecutionReplaced, HoldCause, HoldCommand, HoldCommanded, RunHeld, Upcoming, by_hand,
};
pub(crate) use run::{
    DefinitionPart, Mode, OperatorChanged, OperatorSource, PackageIdent, RunStarted, RunnerFacts,
};
pub(crate) use step::{
    ArtifactRef, AttemptFinished, Section, SkipReason, StepError, StepFinished, StepKind,
    StepStarted,
};
pub(crate) use time::Timestamp;
pub(crate) use variables::{VariableSet, VariableSource};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::prompt::{Answer, Prompt};

/// One thing that happened in a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Event {
    /// The first event; flushed to disk before the first step.
    RunStarted(Box<RunStarted>),
    /// A piece of the text of a definition that takes part; follows `RunStarted`.
    DefinitionRecorded(DefinitionPart),
    /// A fact that was slow to find, such as whether a package's work tree is dirty.
    FactFound {
        name: String,
        value: Value,
    },
    /// A runner process answered `initialize`.
    RunnerStarted(RunnerFacts),
    /// A runner process is gone.
    RunnerStopped {
        runner: String,
        generation: u32,
        reason: String,
    },
    StepStarted(Box<StepStarted>),
    /// An attempt that a later one superseded.
    AttemptFinished(Box<AttemptFinished>),
    StepFinished(Box<StepFinished>),
    /// A question became visible to the operator.
    PromptOpened {
        step: StepNo,
        prompt: Box<Prompt>,
    },
    PromptAnswered {
        step: StepNo,
        answer: Box<Answer>,
    },
    PromptWithdrawn {
        step: StepNo,
        prompt: String,
        reason: String,
    },
    /// Variables were set beside the steps.
    VariableSet(Box<VariableSet>),
    /// A line for the log of the run.
    Logged {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<StepNo>,
        level: Level,
        /// Who said it: the name of a runner, or `engine`.
        source: String,
        message: String,
    },
    /// How far a running step is, 0 to 1.
    Progressed {
        step: StepNo,
        fraction: f64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
    },
    /// A file that belongs to a step.
    ArtifactStored {
        step: StepNo,
        artifact: ArtifactRef,
    },
    /// Another person is at the station from now on.
    OperatorChanged(OperatorChanged),
    /// The run is held between two steps, and its clocks stand still.
    RunHeld(Box<RunHeld>),
    /// A held run was told how to go on.
    HoldCommanded(Box<HoldCommanded>),
    /// A step is run again by hand: its execution before counts no more.
    ExecutionReplaced(ExecutionReplaced),
    /// The process was stopped from outside, and deadlines were shifted by the gap.
    SuspensionNoticed {
        gap_ms: u64,
    },
    /// The run went into abort mode.
    AbortBegan {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<StepNo>,
        cause: AbortCause,
        /// Who asked: an operator, a signal's name, a policy.
        by: String,
        message: String,
    },
    /// The last event; flushed to disk before anybody is told the verdict.
    RunFinished(Box<RunFinished>),
}

impl Event {
    /// Whether the event must be on the disk before the run goes on (STORAGE section 1).
    pub(crate) const fn is_flushed_at_once(&self) -> bool {
        matches!(
            self,
            Self::RunStarted(_)
                | Self::PromptAnswered { .. }
                | Self::HoldCommanded(_)
                | Self::RunFinished(_)
        )
    }
}

/// How loud a log line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Level {
    Debug,
    Info,
    Warning,
    Error,
}

impl Level {
    /// The level as it is stored and shown.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Why a run went into abort mode (EXECUTION section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AbortCause {
    /// A failing step with `terminate-on-fail`, or a policy `abort`.
    StepFailed,
    /// ERROR or ABORTED in `setup`.
    SetupBroken,
    /// A step ran into its time limit in its last attempt.
    StepTimeout,
    /// `policy.timeout` of a sequence ran out.
    RunTimeout,
    /// An abort button, or a template or precondition that could not be evaluated.
    Prompt,
    /// A person at a screen asked for it.
    Operator,
    /// The run was to be held, and nobody was left who could let it go on.
    Abandoned,
    /// A signal.
    Signal,
    /// The journal can no longer be written.
    JournalLost,
    /// The process died in the middle of the run; found by recovery.
    Interrupted,
    /// A bug in this program stopped the engine.
    Bug,
}

impl AbortCause {
    /// Whether the record's `status` becomes `Aborted` for it (STORAGE section 3): an abort by a
    /// person, a signal, a program, a timeout or a crash.
    pub(crate) const fn ends_as_aborted(self) -> bool {
        !matches!(self, Self::StepFailed | Self::SetupBroken)
    }
}
