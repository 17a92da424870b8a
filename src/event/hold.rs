//! A run that is held between two steps, and what somebody told it then.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{StepKind, StepNo};
use crate::verdict::Verdict;

/// The run stands still until somebody says how it goes on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct RunHeld {
    /// Number of the hold within the run, from 1: a command names the one that it is about.
    pub(crate) hold: u32,
    pub(crate) because: HoldCause,
    /// The record of the step that has just ended and can be run again. What follows from its
    /// verdict has not happened yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) after: Option<StepNo>,
    pub(crate) next: Upcoming,
}

/// Why a run is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum HoldCause {
    /// It goes on step by step.
    Step,
    /// The next step was named as a breakpoint.
    Break,
}

impl HoldCause {
    /// The cause as it is stored and shown.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Step => "step",
            Self::Break => "break",
        }
    }
}

/// What comes next if nothing is changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub(crate) enum Upcoming {
    /// This step is executed.
    Step {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        position: Option<u32>,
        path: String,
        /// With its templates rendered, as far as they can be by now.
        name: String,
        kind: StepKind,
    },
    /// No step is executed before this one ends: a sequence whose steps are over, or a step whose
    /// precondition cannot be evaluated.
    Ended {
        path: String,
        /// As declared.
        name: String,
        verdict: Verdict,
    },
    /// The run goes into abort mode for this reason; cleanup runs without being held.
    Abort { message: String },
    /// The run ends.
    End { verdict: Verdict },
    /// Something that is no step of a list, such as a reset between two attempts.
    Other,
}

/// Somebody said how a held run goes on. Each hold is ended by exactly one of these.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct HoldCommanded {
    pub(crate) hold: u32,
    pub(crate) command: HoldCommand,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) front_end: Option<String>,
    pub(crate) held_us: u64,
    /// All overrides of the run from now on, where the command added one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) overrides: Option<Map<String, Value>>,
}

/// What a held run was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum HoldCommand {
    /// Run the next step.
    Run,
    /// Run the next step with everything in it.
    Over,
    /// Run the step that has just ended again.
    Again,
    /// Leave the next step out.
    Skip,
    /// Set a variable; `VariableSet` follows, and the run is held again.
    Set,
    /// Go on to the next breakpoint, or to the end.
    GoOn,
    /// The run was aborted.
    Abort,
}

impl HoldCommand {
    /// The command as it is stored and shown.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Over => "over",
            Self::Again => "again",
            Self::Skip => "skip",
            Self::Set => "set",
            Self::GoOn => "go_on",
            Self::Abort => "abort",
        }
    }
}

/// What was done by hand, as the overrides of a run name it. No variable has such a name without
/// somebody asking for it.
pub(crate) mod by_hand {
    /// Paths of steps that were skipped.
    pub(crate) const SKIPPED: &str = "held.skipped";
    /// Paths of steps that were run again, once for each time.
    pub(crate) const AGAIN: &str = "held.again";
    /// Variables that were set, with their newest values.
    pub(crate) const SET: &str = "held.set";
}

/// An execution of a step does not count any more, since the step is run again by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ExecutionReplaced {
    /// The first record of the execution: the step itself, or its first iteration.
    pub(crate) first: StepNo,
    /// The last one. All records from the first to this one belong to the execution, those of the
    /// steps within it too.
    pub(crate) last: StepNo,
}

impl ExecutionReplaced {
    /// Whether a record belongs to the execution.
    pub(crate) fn holds(self, step: StepNo) -> bool {
        (self.first..=self.last).contains(&step)
    }
}
