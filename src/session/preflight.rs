//! Before the first step: every runner is up, and every target is what the package thinks it is
//! (EXECUTION section 1, item 4).

use maestro_protocol::{DescribeParams, DescribeResult, Described, TargetRef};
use serde_json::Value;

use crate::engine::Required;
use crate::plan::{Kind, Plan, RunnerCall, RunnerIx, StepIx};

/// Most complaints that one message lists.
const TOLD_AT_MOST: usize = 8;

/// What a runner is asked about, and which steps the answers are for.
#[derive(Debug, Default)]
pub(super) struct Questions {
    pub(super) params: DescribeParams,
    /// For each target, the steps that call it.
    steps: Vec<Vec<StepIx>>,
}

/// What the answers of all runners came to.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) complaints: Vec<String>,
    /// Parameters that a call cannot do without.
    pub(super) required: Required,
    /// Parameters that a step leaves out and the variable of that name fills: .NET's only.
    pub(super) filled: Vec<(StepIx, String)>,
}

impl Questions {
    /// The targets of a runner, each once. A target with templates is known only at its step.
    pub(super) fn of(plan: &Plan, runner: RunnerIx) -> Self {
        let mut questions = Self::default();
        let mut places = std::collections::HashMap::<(Option<u32>, String), usize>::new();
        for (index, step) in plan.steps.iter().enumerate() {
            let Kind::Runner(call) = &step.kind else {
                continue;
            };
            let (true, Some(target)) =
                (call.runner == runner && step.enabled, &call.target_literal)
            else {
                continue;
            };
            let place = *places
                .entry((call.package, target.to_string()))
                .or_insert_with(|| {
                    questions.params.targets.push(TargetRef {
                        package: package_name(plan, call),
                        target: serde_json::Value::clone(target),
                    });
                    questions.steps.push(Vec::new());
                    questions.steps.len() - 1
                });
            questions.steps[place].push(StepIx(index as u32));
        }
        questions
    }

    /// Compares the answers with the calls of the plan.
    pub(super) fn check(&self, plan: &Plan, answer: &DescribeResult, findings: &mut Findings) {
        if answer.targets.len() != self.steps.len() {
            findings.complaints.push(format!(
                "the runner described {} targets, asked were {}",
                answer.targets.len(),
                self.steps.len()
            ));
            return;
        }
        for ((described, asked), steps) in answer
            .targets
            .iter()
            .zip(&self.params.targets)
            .zip(&self.steps)
        {
            check_target(plan, described, &asked.target, steps, findings);
        }
    }
}

impl Findings {
    /// What is odd and does not stop the run: one line a step.
    pub(super) fn warnings(&self, plan: &Plan) -> Vec<String> {
        let steps = self.filled.chunk_by(|(one, _), (other, _)| one == other);
        let told = steps.map(|filled| {
            let names = filled.iter().map(|(_, name)| format!("'{name}'"));
            format!(
                "step '{}' does not give {}: it gets the variable of that name",
                plan.step(filled[0].0).name_declared,
                names.collect::<Vec<_>>().join(", ")
            )
        });
        told.collect()
    }

    /// The reason not to start, if there is one.
    pub(super) fn refusal(&self) -> Option<String> {
        let more = self.complaints.len().saturating_sub(TOLD_AT_MOST);
        let told: Vec<&str> = self
            .complaints
            .iter()
            .take(TOLD_AT_MOST)
            .map(String::as_str)
            .collect();
        match (told.is_empty(), more) {
            (true, _) => None,
            (false, 0) => Some(told.join("; ")),
            (false, more) => Some(format!("{}; and {more} more", told.join("; "))),
        }
    }
}

fn check_target(
    plan: &Plan,
    described: &Described,
    target: &Value,
    steps: &[StepIx],
    findings: &mut Findings,
) {
    let first = steps
        .first()
        .map_or("", |ix| &*plan.step(*ix).name_declared);
    if described.exists == Some(false) {
        let reason = described
            .reason
            .clone()
            .unwrap_or_else(|| format!("no target {target}"));
        findings
            .complaints
            .push(format!("step '{first}': {reason}"));
        return;
    }
    let Some(parameters) = &described.parameters else {
        return;
    };
    let required: Vec<String> = parameters
        .iter()
        .filter(|parameter| parameter.required)
        .map(|parameter| parameter.name.clone())
        .collect();
    for &ix in steps {
        let step = plan.step(ix);
        let Kind::Runner(call) = &step.kind else {
            continue;
        };
        let name = &step.name_declared;
        let given = |wanted: &str| call.parameters.iter().any(|(given, _)| **given == *wanted);
        for parameter in &required {
            if given(parameter) {
                continue;
            }
            if plan.runner(call.runner).runner == "dotnet" {
                findings.filled.push((ix, parameter.clone()));
            } else {
                findings.complaints.push(format!(
                    "step '{name}' does not give parameter '{parameter}'"
                ));
            }
        }
        for (given, _) in &call.parameters {
            if !described.open
                && !parameters
                    .iter()
                    .any(|parameter| *parameter.name == **given)
            {
                findings.complaints.push(format!(
                    "step '{name}' gives parameter '{given}', which the target does not have"
                ));
            }
        }
    }
    findings.required.add(steps.to_vec(), required);
}

fn package_name(plan: &Plan, call: &RunnerCall) -> Option<String> {
    let package = plan.packages.get(call.package? as usize)?;
    Some(package.ident.name.clone())
}
