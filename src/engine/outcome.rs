//! What an attempt came to.

use serde_json::{Map, Value};

use crate::event::StepError;
use crate::measure::Measurement;
use crate::verdict::Verdict;

/// The result of one attempt, filled as it becomes known.
#[derive(Debug, Default, Clone)]
pub(super) struct Outcome {
    /// Verdict of the execution itself, without its measurements; `None` while it runs.
    pub(super) verdict: Option<Verdict>,
    pub(super) cause: Cause,
    pub(super) reason: Option<String>,
    pub(super) error: Option<StepError>,
    pub(super) outputs: Map<String, Value>,
    pub(super) points: Vec<crate::measure::Point>,
    pub(super) published: Map<String, Value>,
    pub(super) measurements: Vec<Measurement>,
    /// A runner was asked and answered, or the step needs none.
    pub(super) answered: bool,
    pub(super) unattended: bool,
    /// Every child of the sequence was skipped.
    pub(super) all_skipped: bool,
}

/// What a run has come to so far, beside the verdicts of its sequences.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    /// Steps by verdict, as [`crate::event::RunFinished`] counts them.
    pub(super) counts: [u32; 6],
    pub(super) forced: bool,
    pub(super) unattended: bool,
    /// A cleanup step did not PASS.
    pub(super) cleanup_failed: bool,
}

/// What kind of outcome it is, for `retry.on` and the abort rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Cause {
    /// Decided by measurements or children.
    #[default]
    Measured,
    /// An exception, a dead runner, a broken protocol.
    Error,
    /// The attempt ran into its time limit.
    Timeout,
    /// A template or condition that cannot be evaluated.
    Template,
    /// An operator or something outside the step.
    Person,
}

impl Outcome {
    /// An outcome that needs no measurement to be known.
    pub(super) fn of(verdict: Verdict, cause: Cause, reason: impl Into<String>) -> Self {
        Self {
            verdict: Some(verdict),
            cause,
            reason: Some(reason.into()),
            ..Self::default()
        }
    }

    /// The attempt could not be carried out.
    pub(super) fn error(error: StepError) -> Self {
        Self {
            reason: Some(error.message.clone()),
            error: Some(error),
            verdict: Some(Verdict::Error),
            cause: Cause::Error,
            ..Self::default()
        }
    }

    /// Makes the verdict at least as bad as `verdict`; the reason follows the worse one.
    pub(super) fn worsen(&mut self, verdict: Verdict, reason: impl Into<String>) {
        if self.verdict.is_none_or(|own| verdict > own) {
            self.verdict = Some(verdict);
            self.reason = Some(reason.into());
        }
    }

    /// The verdict; PASS where nothing said otherwise.
    pub(super) fn verdict(&self) -> Verdict {
        self.verdict.unwrap_or(Verdict::Pass)
    }
}
