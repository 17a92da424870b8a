//! The limits that a test judges by, and the variables on which they rest.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{InputDecl, Kind, MeasurementDecl, Plan, Step, Text, ValueTemplate};
use crate::expr::{Variables, spell};
use crate::measure::{Operand, Spec};
use crate::prompt::{Input, InputMode};

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

/// What one step says of one measurement, or why that cannot be known without a run.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Judging {
    /// Path of the step.
    pub(crate) step: String,
    pub(crate) name: String,
    pub(crate) spec: Result<Spec, String>,
}

impl Plan {
    /// What each step judges its measurements and answers by. `variables` holds what is known
    /// without a run, such as the station config.
    pub(crate) fn judging(&self, variables: &Variables) -> Vec<Judging> {
        let mut judging = Vec::new();
        for step in self.steps.iter().filter(|step| step.enabled) {
            let mut add = |name: String, spec| {
                judging.push(Judging {
                    step: step.path.to_string(),
                    name,
                    spec,
                });
            };
            for declared in &step.measurements {
                match spec(declared, variables) {
                    Ok(spec) => add(spec.name.clone(), Ok(spec)),
                    Err(why) => add(declared.name.declared(), Err(why)),
                }
            }
            if let Kind::Prompt(prompt) = &step.kind
                && let Some(declared) = &prompt.input
                && let Some((name, spec)) = entered(declared, variables)
            {
                add(name, spec);
            }
        }
        judging
    }
}

/// What an answer is measured by; `None` for a field without limits.
fn entered(declared: &InputDecl, variables: &Variables) -> Option<(String, Result<Spec, String>)> {
    let mut input = Input {
        mode: InputMode::parse(&declared.mode).unwrap_or_default(),
        variable: declared.variable.clone(),
        ..Input::default()
    };
    let name = input.measurement_name().to_owned();
    let mut fill = || {
        input.low_limit = operand("low_limit", declared.low_limit.as_ref(), variables)?;
        input.high_limit = operand("high_limit", declared.high_limit.as_ref(), variables)?;
        input.expected = operand("expected", declared.expected.as_ref(), variables)?;
        let unit = known("unit", declared.unit.as_ref(), variables)?;
        input.unit = unit.map(|unit| spell(&unit));
        Ok(())
    };
    match fill() {
        Ok(()) => input.spec().map(|spec| (name, Ok(spec))),
        Err(why) => Some((name, Err(why))),
    }
}

/// The value of a field.
fn known(
    field: &str,
    template: Option<&ValueTemplate>,
    variables: &Variables,
) -> Result<Option<Value>, String> {
    let rendered = template.map(|template| {
        let value = template.render(variables);
        value.map_err(|_| format!("its {field} is {}", template.declared()))
    });
    rendered.transpose()
}

fn operand(
    field: &str,
    template: Option<&ValueTemplate>,
    variables: &Variables,
) -> Result<Option<Operand>, String> {
    let declared = template.map(ValueTemplate::declared);
    let value = known(field, template, variables)?;
    Ok(declared.zip(value).map(|(declared, value)| Operand {
        declared,
        value: Ok(value),
    }))
}

fn spec(declared: &MeasurementDecl, variables: &Variables) -> Result<Spec, String> {
    let operand =
        |field, template: &Option<ValueTemplate>| operand(field, template.as_ref(), variables);
    let name = declared.name.render(variables);
    let name = name.map_err(|_| "its name is made while the test runs".to_owned())?;
    let unit = known("unit", declared.unit.as_ref(), variables)?;
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
        unit: unit.map(|unit| spell(&unit)),
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
