//! What a driven run left, as tests ask about it.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

use super::drive::Driven;
use crate::event::{Event, RunFinished, RunHeld, StepFinished, StepNo, StepStarted};
use crate::expr::Variables;
use crate::verdict::Verdict;

impl Driven {
    /// The end of the run.
    pub(super) fn end(&self) -> &RunFinished {
        match self.events.last() {
            Some(Event::RunFinished(end)) => end,
            other => panic!("the last event is the end of the run: {other:?}"),
        }
    }

    pub(super) fn verdict(&self) -> Verdict {
        self.end().verdict
    }

    /// Every record as `name VERDICT`, in the order in which they began.
    pub(super) fn steps(&self) -> Vec<String> {
        self.records()
            .iter()
            .map(|(started, finished)| format!("{} {}", started.name, finished.verdict))
            .collect()
    }

    /// Every record, in the order in which they began.
    pub(super) fn records(&self) -> Vec<(&StepStarted, &StepFinished)> {
        let finished: HashMap<StepNo, &StepFinished> = self
            .events
            .iter()
            .filter_map(|event| match event {
                Event::StepFinished(finished) => Some((finished.step, &**finished)),
                _ => None,
            })
            .collect();
        self.events
            .iter()
            .filter_map(|event| match event {
                Event::StepStarted(started) => Some(&**started),
                _ => None,
            })
            .map(|started| (started, finished[&started.step]))
            .collect()
    }

    /// The only record of this name.
    pub(super) fn step(&self, name: &str) -> &StepFinished {
        let found: Vec<_> = self
            .records()
            .into_iter()
            .filter(|(started, _)| started.name == name)
            .collect();
        assert_eq!(found.len(), 1, "one record of '{name}': {:?}", self.steps());
        found[0].1
    }

    /// The names of the functions that were called, in order.
    pub(super) fn called(&self) -> Vec<&str> {
        self.calls
            .iter()
            .map(|call| call.target["function"].as_str().unwrap())
            .collect()
    }

    /// The bare variables as the events tell them, from what the run began with.
    pub(super) fn told(&self) -> BTreeMap<String, Value> {
        let mut told = self.began_with.clone();
        for event in &self.events {
            let (unset, set): (&[String], Vec<&Map<String, Value>>) = match event {
                Event::VariableSet(set) => (&[], vec![&set.values]),
                Event::AttemptFinished(end) => (&end.unset, vec![&end.outputs]),
                Event::StepFinished(end) => (&end.unset, vec![&end.outputs, &end.published]),
                _ => continue,
            };
            told.retain(|name, _| !unset.contains(name));
            let set = set.into_iter().flatten();
            told.extend(set.map(|(name, value)| (name.clone(), value.clone())));
        }
        told.retain(|name, _| !Variables::is_reserved(name));
        told
    }

    /// Every hold, in order.
    pub(super) fn holds(&self) -> Vec<&RunHeld> {
        let holds = self.events.iter().filter_map(|event| match event {
            Event::RunHeld(held) => Some(&**held),
            _ => None,
        });
        holds.collect()
    }

    /// The messages of the engine's log.
    pub(super) fn log(&self) -> Vec<&str> {
        self.events
            .iter()
            .filter_map(|event| match event {
                Event::Logged { message, .. } => Some(message.as_str()),
                _ => None,
            })
            .collect()
    }
}
