//! One step of a run, or one iteration of it.

use crate::event::{
    ArtifactRef, AttemptFinished, Section, StepFinished, StepNo, StepStarted, Timestamp,
};
use crate::measure::Measurement;
use crate::verdict::Verdict;

/// What is known of a step: how it began, what superseded attempts left, and how it ended.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StepRecord {
    pub(crate) started: StepStarted,
    pub(crate) started_at: Timestamp,
    /// Superseded attempts, oldest first; the last attempt is in `finished`.
    pub(crate) attempts: Vec<AttemptFinished>,
    /// `None` while the step runs.
    pub(crate) finished: Option<StepFinished>,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) artifacts: Vec<ArtifactRef>,
}

impl StepRecord {
    /// A step that has just begun.
    pub(crate) fn begin(started: StepStarted, at: Timestamp) -> Self {
        Self {
            started,
            started_at: at,
            attempts: Vec::new(),
            finished: None,
            ended_at: None,
            artifacts: Vec::new(),
        }
    }

    /// The number of the record within its run.
    pub(crate) const fn no(&self) -> StepNo {
        self.started.step
    }

    /// The verdict, once there is one.
    pub(crate) fn verdict(&self) -> Option<Verdict> {
        self.finished.as_ref().map(|finished| finished.verdict)
    }

    /// Whether the step takes part in the verdicts above it: restores, resets between attempts,
    /// replaced iterations and executions do not.
    pub(crate) fn is_counted(&self) -> bool {
        let is_replaced = self.finished.as_ref().is_some_and(|step| step.superseded);
        !is_replaced && self.has_counted_section()
    }

    /// Whether the step stands where steps are counted.
    const fn has_counted_section(&self) -> bool {
        !matches!(
            self.started.section,
            Section::Restore | Section::RetryBefore | Section::SafeState
        )
    }

    /// The measurements of the last attempt.
    pub(crate) fn measurements(&self) -> &[Measurement] {
        self.finished
            .as_ref()
            .map_or(&[], |finished| finished.measurements.as_slice())
    }
}
