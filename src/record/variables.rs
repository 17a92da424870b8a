//! The variables of a run as its events tell them.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::event::Event;

/// The newest value of each variable: bare names, and `global.*` in full. Secrets are masked.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct KnownVariables(BTreeMap<String, Value>);

impl KnownVariables {
    pub(crate) const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Takes in what an event says of variables. What a step returned under a reserved name is among
    /// them, although it is no variable.
    pub(crate) fn fold(&mut self, event: &Event) {
        match event {
            Event::VariableSet(set) => self.set([&set.values]),
            Event::AttemptFinished(end) => {
                self.unset(&end.unset);
                self.set([&end.outputs]);
            }
            Event::StepFinished(end) => {
                self.unset(&end.unset);
                self.set([&end.outputs, &end.published]);
            }
            _ => {}
        }
    }

    /// Names and values, by name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    fn set<const N: usize>(&mut self, maps: [&serde_json::Map<String, Value>; N]) {
        for (name, value) in maps.into_iter().flatten() {
            self.0.insert(name.clone(), value.clone());
        }
    }

    fn unset(&mut self, names: &[String]) {
        for name in names {
            self.0.remove(name);
        }
    }
}
