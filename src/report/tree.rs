//! The steps of a run by the step that they belong to.

use std::collections::HashMap;

use crate::event::StepNo;
use crate::record::{RunRecord, StepRecord};

/// Steps that are still to be told, by their parent.
pub(super) struct Children<'a>(HashMap<Option<StepNo>, Vec<&'a StepRecord>>);

impl<'a> Children<'a> {
    /// One whose parent is missing stands at the root: a damaged record shows what it has.
    pub(super) fn of(record: &'a RunRecord) -> Self {
        let mut children = HashMap::<_, Vec<_>>::new();
        for step in &record.steps {
            let parent = step.started.parent.filter(|parent| {
                // A step comes after what it belongs to: anything else would be a circle.
                *parent < step.no() && record.step(*parent).is_some()
            });
            children.entry(parent).or_default().push(step);
        }
        Self(children)
    }

    /// The steps directly under `parent`, each told once; `None` stands for the run itself.
    pub(super) fn take(&mut self, parent: Option<StepNo>) -> Vec<&'a StepRecord> {
        self.0.remove(&parent).unwrap_or_default()
    }

    pub(super) fn are_there(&self, parent: StepNo) -> bool {
        self.0.contains_key(&Some(parent))
    }
}
