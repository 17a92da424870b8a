//! What a step leaves behind.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{StepNo, Timestamp};
use crate::measure::Measurement;
use crate::verdict::Verdict;

/// A step, or one iteration of it, began.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct StepStarted {
    pub(crate) step: StepNo,
    /// The record of the sequence step that this one belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) parent: Option<StepNo>,
    /// Place in the plan, from 1; absent for steps that no list holds (`retry.before`, restores).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) position: Option<u32>,
    /// Sections and declared names from the root, joined by `/`.
    pub(crate) path: String,
    pub(crate) section: Section,
    pub(crate) name: String,
    /// The name as written, where it holds templates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name_declared: Option<String>,
    pub(crate) kind: StepKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) runner: Option<String>,
    /// What the runner is asked to call, as PROTOCOL's `target`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) target: Option<Value>,
    /// Number of this iteration, from 0; absent without `repeat`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) iteration: Option<u32>,
    /// Number of this execution of the step under its parent record, from 1; above 1 only when it
    /// was run again by hand.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub(crate) execution_no: u32,
}

/// A step, or one iteration of it, has its verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct StepFinished {
    pub(crate) step: StepNo,
    pub(crate) verdict: Verdict,
    /// The verdict before `force`, where a force overrode it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) true_verdict: Option<Verdict>,
    /// Why the verdict is what it is; absent for PASS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) skip_reason: Option<SkipReason>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<StepError>,
    pub(crate) duration_us: u64,
    /// The part of the duration that a question was open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) prompt_ms: Option<u64>,
    /// The part of the duration that the run was held between steps within this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) held_ms: Option<u64>,
    /// Attempts made in all; 0 where nothing was executed.
    pub(crate) attempts: u32,
    /// Limit of one attempt that was in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) timeout_ms: Option<u64>,
    /// Parameters as sent in the last attempt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) parameters: Option<Map<String, Value>>,
    /// What the runner returned in the last attempt.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(crate) outputs: Map<String, Value>,
    /// Variables that the declared `outputs` set, beside the keys of `outputs`.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(crate) published: Map<String, Value>,
    /// Variables that were set before the last attempt and are not any more. Live readers need them;
    /// no record keeps them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) unset: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) measurements: Vec<Measurement>,
    /// Answered by nobody: the verdict rests on an invented answer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) unattended: bool,
    /// A later iteration of a `verdict: last` loop replaced it: it does not count. Of a step that
    /// was run again by hand, [`super::ExecutionReplaced`] says so later.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) superseded: bool,
}

impl StepFinished {
    /// The duration without the time that the run was held, in microseconds.
    pub(crate) fn worked_us(&self) -> u64 {
        let held_us = self.held_ms.unwrap_or_default().saturating_mul(1000);
        self.duration_us.saturating_sub(held_us)
    }
}

/// An attempt that failed and was followed by another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct AttemptFinished {
    pub(crate) step: StepNo,
    /// Number of the attempt, from 1.
    pub(crate) attempt: u32,
    pub(crate) verdict: Verdict,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<StepError>,
    pub(crate) started_at: Timestamp,
    pub(crate) duration_us: u64,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(crate) outputs: Map<String, Value>,
    /// As in [`StepFinished`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) unset: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) measurements: Vec<Measurement>,
}

/// What kept a step from being carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StepError {
    /// Class of the error: an exception's type, or one of `runner-died`, `protocol`, `start`.
    pub(crate) kind: String,
    pub(crate) message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) traceback: Option<String>,
}

/// A file kept with the run; large values end here too (PROTOCOL, Bounds).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ArtifactRef {
    pub(crate) name: String,
    /// Path relative to `$MAESTRO_HOME/artifacts`.
    pub(crate) path: String,
    pub(crate) media_type: String,
    /// SHA-256 in hexadecimal.
    pub(crate) digest: String,
    /// Bytes.
    pub(crate) size: u64,
}

/// The part of a run or sequence in which a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Section {
    Setup,
    Steps,
    Teardown,
    /// An idempotent connect step, run again on a restarted runner; not counted.
    Restore,
    /// A reset between two attempts; not counted.
    RetryBefore,
    /// The station's own steps after an incomplete cleanup; not counted.
    SafeState,
}

impl Section {
    /// The section as it is stored and shown.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::Steps => "steps",
            Self::Teardown => "teardown",
            Self::Restore => "restore",
            Self::RetryBefore => "retry_before",
            Self::SafeState => "safe_state",
        }
    }
}

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum StepKind {
    Delay,
    Mock,
    Prompt,
    Manual,
    Sequence,
    Runner,
}

impl StepKind {
    /// The kind as it is stored and shown.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Delay => "delay",
            Self::Mock => "mock",
            Self::Prompt => "prompt",
            Self::Manual => "manual",
            Self::Sequence => "sequence",
            Self::Runner => "runner",
        }
    }
}

/// Why a step was not executed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SkipReason {
    Disabled,
    Precondition,
    Forced,
    AbortMode,
    /// The sequence that holds it was ended by its own policy.
    SequenceEnded,
    /// Every child of the sequence was skipped.
    AllSkipped,
    /// Somebody left it out while the run was held before it.
    ByHand,
}

impl SkipReason {
    /// The reason as it is stored and shown.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Disabled => "disabled",
            Self::Precondition => "precondition",
            Self::Forced => "forced",
            Self::AbortMode => "abort_mode",
            Self::SequenceEnded => "sequence_ended",
            Self::AllSkipped => "all_skipped",
            Self::ByHand => "by_hand",
        }
    }
}

const fn one() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
const fn is_one(number: &u32) -> bool {
    *number == 1
}
