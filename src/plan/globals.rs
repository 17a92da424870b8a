//! The global variables that a plan reads, so that a run asks for those and no others.

use std::collections::BTreeSet;

use super::limits::{limits, made_by, prefixes};
use super::{Kind, Plan, PromptDecl, Step, ValueTemplate};
use crate::expr::{Condition, Template};

/// The global variables that a plan reads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct GlobalNames {
    /// Dotted names as they are written after `global.`: a path into a value is among them, since
    /// nothing but the value tells which part is the name.
    pub(crate) names: BTreeSet<String>,
    /// Some expression reads `global` as a whole.
    pub(crate) all: bool,
}

impl GlobalNames {
    /// Whether the plan reads none.
    pub(crate) fn is_empty(&self) -> bool {
        self.names.is_empty() && !self.all
    }

    /// Whether the value of the global `name` can matter: it is read, or something in it is.
    pub(crate) fn reads(&self, name: &str) -> bool {
        self.all || self.names.iter().any(|read| is_part(read, name))
    }

    /// Every name that may hold what is read: `a.b` is a global of that name, or `b` in `a`.
    pub(crate) fn candidates(&self) -> BTreeSet<&str> {
        self.names.iter().flat_map(|name| prefixes(name)).collect()
    }
}

impl Plan {
    /// The global variables that templates and conditions read.
    pub(crate) fn global_names(&self) -> GlobalNames {
        let mut found = GlobalNames::default();
        for step in &self.steps {
            for_each_name(step, &mut |name| match name.split_once('.') {
                Some(("global", rest)) => drop(found.names.insert(rest.to_owned())),
                None if name == "global" => found.all = true,
                _ => {}
            });
        }
        found
    }
}

/// Calls `found` with every full name that the step reads.
fn for_each_name(step: &Step, found: &mut dyn FnMut(&str)) {
    let conditions = [
        step.precondition.as_deref(),
        step.repeat.as_ref().map(|repeat| &repeat.condition),
    ];
    for used in conditions.into_iter().flatten().flat_map(Condition::names) {
        found(&used.name);
    }
    for used in step.name.iter().flat_map(Template::names) {
        found(&used.name);
    }
    let mut read = |template: &ValueTemplate| {
        for name in template.names() {
            found(&name);
        }
    };
    for (_, template) in made_by(step) {
        read(template);
    }
    for declared in &step.measurements {
        read(&declared.name);
        declared.value.iter().for_each(&mut read);
    }
    limits(step).chain(&step.timeout_ms).for_each(&mut read);
    match &step.kind {
        Kind::Delay(delay) => read(&delay.duration),
        Kind::Runner(call) => {
            read(&call.target);
            call.parameters.iter().for_each(|(_, one)| read(one));
        }
        Kind::Prompt(prompt) => texts(prompt).for_each(read),
        Kind::Sequence(_) | Kind::Mock(_) => {}
    }
}

/// What a question shows and offers.
fn texts(prompt: &PromptDecl) -> impl Iterator<Item = &ValueTemplate> {
    let shown = [
        Some(&prompt.message),
        prompt.title.as_ref(),
        prompt.image.as_ref(),
        prompt.default_button.as_ref(),
        prompt.timeout_s.as_ref(),
    ];
    let buttons = prompt.buttons.iter().map(|button| &button.name);
    let input = prompt.input.iter().flat_map(|input| {
        let given = [input.pattern.as_ref(), input.default.as_ref()];
        given.into_iter().flatten().chain(&input.options)
    });
    shown.into_iter().flatten().chain(buttons).chain(input)
}

/// Whether `read` is `name` or a path into its value.
fn is_part(read: &str, name: &str) -> bool {
    read.strip_prefix(name)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
