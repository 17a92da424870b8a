//! Parameters that calls cannot do without.

use crate::plan::StepIx;

/// Which parameters which steps must have, by target: thousands of steps call a few of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Required(Vec<Group>);

/// Steps that call the same target.
#[derive(Debug, Clone)]
struct Group {
    /// In their order.
    steps: Vec<StepIx>,
    parameters: Vec<String>,
}

impl Required {
    /// Adds the parameters of one target and the steps that call it, in their order.
    pub(crate) fn add(&mut self, steps: Vec<StepIx>, parameters: Vec<String>) {
        if !parameters.is_empty() {
            self.0.push(Group { steps, parameters });
        }
    }

    /// Whether a step must have that parameter.
    pub(super) fn holds(&self, step: StepIx, parameter: &str) -> bool {
        self.0.iter().any(|group| {
            group.steps.binary_search(&step).is_ok()
                && group
                    .parameters
                    .iter()
                    .any(|required| required == parameter)
        })
    }
}
