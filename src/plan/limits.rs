//! The limits that a test judges by, and the variables on which they rest.

use std::collections::{BTreeMap, BTreeSet};

use super::{Kind, MeasurementDecl, Plan, Step, Text, ValueTemplate};
use crate::expr::{Variables, spell};
use crate::measure::{Operand, Spec};

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

/// What a test judges its measurements by, as far as the file says it.
#[derive(Debug, Default)]
pub(crate) struct Judging {
    pub(crate) specs: BTreeMap<String, Spec>,
    /// Measurements whose limits cannot be known without a run, and why.
    pub(crate) unknown: BTreeMap<String, String>,
}

impl Plan {
    /// The limits of each measurement, by its name. `variables` holds what is known without a run,
    /// such as the station config.
    pub(crate) fn judging(&self, variables: &Variables) -> Judging {
        let mut judging = Judging::default();
        for step in self.steps.iter().filter(|step| step.enabled) {
            for declared in &step.measurements {
                match spec(declared, variables) {
                    Ok(spec) if spec.judges_nothing() => {}
                    Ok(spec) => judging.add(spec),
                    Err(why) => {
                        judging.unknown.insert(declared.name.declared(), why);
                    }
                }
            }
        }
        for name in judging.unknown.keys() {
            judging.specs.remove(name);
        }
        judging
    }
}

impl Judging {
    fn add(&mut self, spec: Spec) {
        let name = spec.name.clone();
        if let Some(known) = self.specs.get(&name)
            && *known != spec
        {
            let why = "several steps judge it by different limits".to_owned();
            self.unknown.insert(name, why);
        } else {
            self.specs.insert(name, spec);
        }
    }
}

fn spec(declared: &MeasurementDecl, variables: &Variables) -> Result<Spec, String> {
    let known = |field: &str, template: &Option<ValueTemplate>| {
        let rendered = template.as_ref().map(|template| {
            let value = template.render(variables);
            value.map_err(|_| format!("its {field} is {}", template.declared()))
        });
        rendered.transpose()
    };
    let operand = |field: &str, template: &Option<ValueTemplate>| {
        let declared = template.as_ref().map(ValueTemplate::declared);
        let value = known(field, template)?;
        Ok::<_, String>(declared.zip(value).map(|(declared, value)| Operand {
            declared,
            value: Ok(value),
        }))
    };
    let name = declared.name.render(variables);
    let name = name.map_err(|_| "its name is made while the test runs".to_owned())?;
    Ok(Spec {
        position: 0,
        name: spell(&name),
        kind: declared.kind,
        comparator: declared.comparator,
        low_limit: operand("low_limit", &declared.low_limit)?,
        high_limit: operand("high_limit", &declared.high_limit)?,
        target: operand("target", &declared.target)?,
        tolerance: operand("tolerance", &declared.tolerance)?,
        expected: operand("expected", &declared.expected)?,
        unit: known("unit", &declared.unit)?.map(|unit| spell(&unit)),
    })
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
