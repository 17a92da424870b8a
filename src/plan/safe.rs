//! The steps that make a station safe (EXECUTION section 3), compiled.

use serde_json::{Value, json};

use super::compile::{limit, target, text_template};
use super::{Text, ValueTemplate};
use crate::expr::{ExprError, Variables};
use crate::package::model::{Step, StepKind, Templated};

/// A step of the station's `safe_state`.
#[derive(Debug, Clone)]
pub(crate) struct SafeStep {
    pub(crate) name: Text,
    pub(crate) work: SafeWork,
    timeout_ms: Option<ValueTemplate>,
}

/// What it does.
#[derive(Debug, Clone)]
pub(crate) enum SafeWork {
    /// Seconds.
    Pause(ValueTemplate),
    Call {
        runner: String,
        target: ValueTemplate,
    },
}

impl SafeStep {
    /// Milliseconds that the step may take, where it says so.
    pub(crate) fn timeout_ms(&self, variables: &Variables) -> Result<Option<u64>, ExprError> {
        let Some(limit) = &self.timeout_ms else {
            return Ok(None);
        };
        Ok(limit.render(variables)?.as_u64())
    }
}

/// Compiles steps that the check has let through; a step that is switched off is left out.
pub(crate) fn safe_state(steps: &[Step]) -> Vec<SafeStep> {
    steps
        .iter()
        .filter(|step| step.is_enabled())
        .filter_map(safe_step)
        .collect()
}

fn safe_step(step: &Step) -> Option<SafeStep> {
    let work = match &step.kind {
        StepKind::Delay { duration } => SafeWork::Pause(match &duration.value {
            Templated::Literal(seconds) => ValueTemplate::literal(json!(seconds)),
            Templated::Template(text) => text_template(text),
        }),
        StepKind::Runner(call) => SafeWork::Call {
            runner: call.runner.value.clone(),
            target: target(&call.target),
        },
        _ => return None,
    };
    Some(SafeStep {
        name: Text::from(step.name.value.as_str()),
        work,
        timeout_ms: step.timeout_ms.as_ref().and_then(limit),
    })
}

/// Seconds of a pause.
pub(crate) fn pause_seconds(value: &Value) -> Option<f64> {
    let seconds = value
        .as_f64()
        .or_else(|| value.as_str()?.trim().parse().ok())?;
    (seconds.is_finite() && seconds >= 0.0).then_some(seconds)
}
