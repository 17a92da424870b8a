//! Variables that are set from outside the run: only at step borders, and never those of a limit.

use std::collections::{BTreeSet, HashSet};

use serde_json::Value;

use super::frame::{Frame, Phase};
use super::input::Effect;
use super::machine::Engine;
use crate::event::{Event, Level, Section, VariableSet, VariableSource};
use crate::expr::Variables;

/// What was asked for and not done yet.
#[derive(Debug, Default, Clone)]
pub(super) struct Settings {
    /// One value a name, the newest, in the order in which the names came.
    waiting: Vec<Setting>,
    /// Names that were refused: each is told once.
    refused: HashSet<String>,
    /// Names on which a limit rests; found when the first request comes.
    limits: Option<BTreeSet<String>>,
}

/// A variable that gets a value at the next step border.
#[derive(Debug, Clone)]
struct Setting {
    /// Full name.
    name: String,
    value: Value,
    source: VariableSource,
}

impl Engine {
    /// Somebody outside sets a variable: `global.*`, or one of this run.
    pub(super) fn on_set(
        &mut self,
        name: String,
        value: Value,
        source: VariableSource,
        effects: &mut Vec<Effect>,
    ) {
        if source == VariableSource::Remote
            && let Some(why) = self.refusal(&name)
        {
            if self.settings.refused.insert(name.clone()) {
                let message = format!("'{name}' was set from outside and is left as it is: {why}");
                self.log(Level::Warning, message, effects);
            }
            return;
        }
        let waiting = &mut self.settings.waiting;
        match waiting.iter_mut().find(|setting| setting.name == name) {
            Some(setting) => setting.value = value,
            None => waiting.push(Setting {
                name,
                value,
                source,
            }),
        }
    }

    /// Why a variable cannot be set from outside.
    fn refusal(&mut self, name: &str) -> Option<&'static str> {
        if Variables::is_reserved(name) {
            return Some("the name is reserved");
        }
        if self.options.fixed.contains(name) {
            return Some("`--var` fixed it for this run");
        }
        let plan = &self.plan;
        let limits = self
            .settings
            .limits
            .get_or_insert_with(|| plan.limit_names());
        if limits.contains(name) {
            return Some("a limit of the test rests on it");
        }
        if !self.variables.is_set(name) {
            return Some("the test has no such variable; `variables` declares one");
        }
        None
    }

    /// Does what was asked for, if the run stands between two steps.
    pub(super) fn set_waiting(&mut self, effects: &mut Vec<Effect>) {
        if self.settings.waiting.is_empty() || !self.is_between_steps() {
            return;
        }
        for setting in std::mem::take(&mut self.settings.waiting) {
            self.variables.assign(&setting.name, setting.value.clone());
            effects.push(Effect::Publish(Event::VariableSet(Box::new(VariableSet {
                step: None,
                source: setting.source,
                values: serde_json::Map::from_iter([(setting.name, setting.value)]),
            }))));
        }
    }

    /// Whether a step, or an iteration of one, is about to begin. What runs in the middle of
    /// another step is a part of that one.
    fn is_between_steps(&self) -> bool {
        match self.stack.last() {
            None => false,
            Some(Frame::Sequence(_)) => true,
            Some(Frame::Step(frame)) => {
                let is_own = !matches!(frame.section, Section::Restore | Section::RetryBefore);
                frame.phase == Phase::Iterate && is_own
            }
        }
    }
}
