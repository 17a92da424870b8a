//! The variables on which limits rest: nobody outside the test may change them.

use std::collections::BTreeSet;

use super::{Kind, Plan, Step, Text, ValueTemplate};

impl Plan {
    /// The bare variables on which a limit rests: read by it, or by the `outputs` and parameters
    /// that make a variable which it reads. Nobody outside the test may change them.
    ///
    /// The unit is a limit's too: it says what its numbers mean.
    pub(crate) fn limit_names(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for step in &self.steps {
            for template in limits(step) {
                add(&mut names, template);
            }
        }
        loop {
            let before = names.len();
            for (made, template) in self.steps.iter().flat_map(|step| made_by(step)) {
                if names.contains(&**made) {
                    add(&mut names, template);
                }
            }
            if names.len() == before {
                return names;
            }
        }
    }
}

/// Everything that says what a measured or entered value is judged by.
pub(super) fn limits(step: &Step) -> impl Iterator<Item = &ValueTemplate> {
    let measured = step.measurements.iter().flat_map(|declared| {
        [
            &declared.target,
            &declared.low_limit,
            &declared.high_limit,
            &declared.expected,
            &declared.tolerance,
            &declared.unit,
        ]
    });
    let input = match &step.kind {
        Kind::Prompt(prompt) => prompt.input.as_ref(),
        _ => None,
    };
    let entered = input.into_iter().flat_map(|input| {
        [
            &input.low_limit,
            &input.high_limit,
            &input.expected,
            &input.unit,
        ]
    });
    measured.chain(entered).filter_map(Option::as_ref)
}

/// The variables that a step makes of others, each with what it is made of.
pub(super) fn made_by(step: &Step) -> impl Iterator<Item = &(Text, ValueTemplate)> {
    let parameters = match &step.kind {
        Kind::Sequence(call) => call.parameters.as_slice(),
        _ => &[],
    };
    step.outputs.iter().chain(parameters)
}

/// Adds the names that a template reads, each with the values it may be a part of.
fn add(names: &mut BTreeSet<String>, template: &ValueTemplate) {
    for name in template.names() {
        let bare = name.strip_prefix("test.").unwrap_or(&name);
        for prefix in prefixes(bare) {
            if !names.contains(prefix) {
                names.insert(prefix.to_owned());
            }
        }
    }
}

/// `a.b.c`, `a.b` and `a`.
pub(super) fn prefixes(name: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(name), |name| {
        name.rsplit_once('.').map(|(head, _)| head)
    })
}
