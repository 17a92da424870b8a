//! What many steps of a plan repeat, kept once.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::Value;

use super::{Kind, Literal, MeasurementDecl, Several, Step, Text, ValueTemplate};

/// Equal parts of the steps that were compiled so far.
#[derive(Debug, Default)]
pub(super) struct Shared {
    literals: HashSet<Arc<Literal>>,
    /// Names of parameters and outputs.
    names: HashSet<Text>,
    /// By the literal as JSON: the order of the keys counts.
    targets: HashMap<String, (Arc<ValueTemplate>, Arc<Value>)>,
}

impl Shared {
    /// The target of a call with its literal; names of code repeat more than anything else.
    pub(super) fn target(
        &mut self,
        target: ValueTemplate,
        literal: Option<Value>,
    ) -> (Arc<ValueTemplate>, Option<Arc<Value>>) {
        let Some(literal) = literal else {
            return (Arc::new(target), None);
        };
        let key = literal.to_string();
        if let Some((known, literal)) = self.targets.get(&key)
            && known.is_spelled_like(&target)
        {
            return (Arc::clone(known), Some(Arc::clone(literal)));
        }
        let (target, literal) = (Arc::new(target), Arc::new(literal));
        let both = (Arc::clone(&target), Arc::clone(&literal));
        self.targets.insert(key, both);
        (target, Some(literal))
    }

    /// Replaces the literals of a step by equal ones that are there already.
    pub(super) fn step(&mut self, step: &mut Step) {
        for measurement in &mut step.measurements {
            self.measurement(measurement);
        }
        let parameters = match &mut step.kind {
            Kind::Runner(call) => call.parameters.as_mut_slice(),
            Kind::Sequence(call) => call.parameters.as_mut_slice(),
            _ => &mut [],
        };
        for (name, value) in step.outputs.iter_mut().chain(parameters) {
            self.name(name);
            self.value(value);
        }
        step.timeout_ms
            .iter_mut()
            .for_each(|limit| self.value(limit));
    }

    fn measurement(&mut self, measurement: &mut MeasurementDecl) {
        self.value(&mut measurement.name);
        let fields = [
            &mut measurement.value,
            &mut measurement.target,
            &mut measurement.low_limit,
            &mut measurement.high_limit,
            &mut measurement.expected,
            &mut measurement.tolerance,
            &mut measurement.unit,
        ];
        for field in fields.into_iter().flatten() {
            self.value(field);
        }
    }

    fn name(&mut self, name: &mut Text) {
        if let Some(known) = self.names.get(name) {
            *name = Text::clone(known);
        } else {
            self.names.insert(Text::clone(name));
        }
    }

    fn value(&mut self, value: &mut ValueTemplate) {
        let ValueTemplate::Literal(literal) = value else {
            return;
        };
        if let Some(known) = self.literals.get(literal) {
            *literal = Arc::clone(known);
        } else {
            self.literals.insert(Arc::clone(literal));
        }
    }
}

impl ValueTemplate {
    /// Whether two values without templates are also written alike.
    fn is_spelled_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Literal(one), Self::Literal(other)) => one == other,
            (Self::Several(one), Self::Several(other)) => match (&**one, &**other) {
                (Several::List(one), Several::List(other)) => {
                    let mut pairs = one.iter().zip(other);
                    one.len() == other.len() && pairs.all(|(one, other)| one.is_spelled_like(other))
                }
                (Several::Map(one), Several::Map(other)) => {
                    let mut pairs = one.iter().zip(other);
                    one.len() == other.len()
                        && pairs
                            .all(|(one, other)| one.0 == other.0 && one.1.is_spelled_like(&other.1))
                }
                _ => false,
            },
            _ => false,
        }
    }
}
