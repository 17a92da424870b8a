//! The rules for the steps that make a station safe (EXECUTION section 3).

use super::texts::texts;
use crate::diagnostic::{Code, Diagnostic};
use crate::expr::Template;
use crate::package::model::{Step, StepKind, Target, has_template};

/// Finds what a station's `safe_state` cannot do: it runs without a package, after a crash too, and
/// judges nothing.
pub(crate) fn safe_state(steps: &[Step]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for step in steps {
        let name = &step.name.value;
        let mut wrong = |message: String, span| {
            let finding = Diagnostic::error(Code::StationValue, message);
            found.push(finding.at(span, "here"));
        };
        let can_run = match &step.kind {
            StepKind::Delay { .. } | StepKind::Broken => true,
            StepKind::Runner(call) => !matches!(call.target, Target::Python(_) | Target::Dotnet(_)),
            StepKind::Mock
            | StepKind::Prompt(_)
            | StepKind::Manual(_)
            | StepKind::Sequence { .. } => false,
        };
        if !can_run {
            let message = format!(
                "`safe_state` runs without a package: '{name}' has to be a step with `runner: scpi`, \
                 `runner: command` or a runner of this station, or a `delay`"
            );
            wrong(message, step.name.span);
        }
        for text in texts(step)
            .into_iter()
            .filter(|text| has_template(text.raw))
        {
            if let Err(error) = Template::parse(text.raw) {
                wrong(format!("'{name}': {error}"), text.span);
            }
        }
        if is_judged(step) {
            let message = format!(
                "`safe_state` carries out and judges nothing: '{name}' has fields for that"
            );
            wrong(message, step.name.span);
        }
    }
    found
}

/// Whether the step has fields that mean something only within a test.
fn is_judged(step: &Step) -> bool {
    let is_conditional = step.precondition.is_some() || step.repeat.is_some();
    !step.measurements.is_empty()
        || !step.outputs.is_empty()
        || is_conditional
        || step.retry.is_some()
}
