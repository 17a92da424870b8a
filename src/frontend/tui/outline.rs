//! The steps that a run will have, before any of them ran.

use crate::event::{Section, StepKind};
use crate::plan::{Kind, Plan, SequenceIx};
use crate::record::RunRecord;

/// The planned steps in their order; the step at place `i` has position `i + 1`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outline {
    pub(super) steps: Vec<Planned>,
}

/// A step as the plan has it.
#[derive(Debug, Clone)]
pub(super) struct Planned {
    pub(super) name: String,
    pub(super) kind: StepKind,
    pub(super) section: Section,
    /// Iterations that it has at most, where it is a loop and the plan is known.
    pub(super) iterations: Option<u32>,
    /// Position of the step that calls the sequence which holds this one.
    pub(super) parent: Option<u32>,
}

impl Outline {
    /// The outline of a compiled test.
    pub(crate) fn of_plan(plan: &Plan) -> Self {
        let mut outline = Self::default();
        outline.add(plan, SequenceIx(0), None);
        outline
    }

    /// What a record knows of its plan: the steps that began.
    pub(crate) fn of_record(record: &RunRecord) -> Self {
        let mut outline = Self::default();
        for step in &record.steps {
            let Some(position) = step.started.position else {
                continue;
            };
            let parent = step
                .started
                .parent
                .and_then(|parent| record.step(parent)?.started.position);
            let place = position.saturating_sub(1) as usize;
            // A step that was skipped with its whole sequence leaves a gap.
            if outline.steps.len() <= place && place < STEPS_AT_MOST {
                outline.steps.resize_with(place + 1, Planned::unknown);
            }
            if let Some(planned) = outline.steps.get_mut(place) {
                *planned = Planned {
                    name: step.started.name.clone(),
                    kind: step.started.kind,
                    section: step.started.section,
                    iterations: None,
                    parent,
                };
            }
        }
        outline
    }

    fn add(&mut self, plan: &Plan, sequence: SequenceIx, parent: Option<u32>) {
        let sequence = plan.sequence(sequence);
        let lists = [&sequence.setup, &sequence.steps, &sequence.teardown];
        for &ix in lists.into_iter().flatten() {
            let step = plan.step(ix);
            self.steps.push(Planned {
                name: step.name_declared.to_string(),
                kind: step.kind.as_event(),
                section: step.section,
                iterations: step.repeat.as_ref().map(|repeat| repeat.max_iterations),
                parent,
            });
            if let Kind::Sequence(call) = &step.kind {
                let position = self.steps.len() as u32;
                self.add(plan, call.sequence, Some(position));
            }
        }
    }
}

/// Positions beyond it come from a damaged record.
const STEPS_AT_MOST: usize = 1_000_000;

impl Planned {
    fn unknown() -> Self {
        Self {
            name: "(not recorded)".to_owned(),
            kind: StepKind::Mock,
            section: Section::Steps,
            iterations: None,
            parent: None,
        }
    }
}
