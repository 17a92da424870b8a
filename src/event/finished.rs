//! How a run ended.

use serde::{Deserialize, Serialize};

use super::AbortCause;
use crate::verdict::Verdict;

/// The end of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RunFinished {
    pub(crate) verdict: Verdict,
    pub(crate) status: RunStatus,
    /// The cause of the end, where the run was aborted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) abort_cause: Option<AbortCause>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) abort_reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) aborted_by: Option<String>,
    pub(crate) cleanup: Cleanup,
    /// A step's verdict was overridden by `force: pass` or `force: fail`.
    pub(crate) forced: bool,
    /// A step rests on an invented answer.
    pub(crate) unattended: bool,
    pub(crate) duration_us: u64,
    /// The part of the duration that the run was held between steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) held_ms: Option<u64>,
    /// What went wrong with the run itself, beside its steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
    /// Steps by verdict in the order PASS, FAIL, ERROR, ABORTED, UNDETERMINED, SKIPPED.
    pub(crate) counts: [u32; 6],
}

/// Whether a run is still going on, came to its own end, or was ended from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum RunStatus {
    Running,
    Completed,
    Aborted,
}

impl RunStatus {
    /// The status as it is stored and shown.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "Running",
            Self::Completed => "Completed",
            Self::Aborted => "Aborted",
        }
    }
}

/// Whether the unit was left safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Cleanup {
    Complete,
    Incomplete,
    NotRun,
}

impl Cleanup {
    /// The state as it is stored and shown.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Incomplete => "incomplete",
            Self::NotRun => "not_run",
        }
    }
}
