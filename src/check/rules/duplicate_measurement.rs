//! `duplicate-measurement`.

use std::collections::HashMap;

use super::Findings;
use crate::check::view::StepView;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

pub(super) fn check(view: &StepView<'_>, findings: &mut Findings) {
    let mut seen: HashMap<&str, Span> = HashMap::new();
    for measurement in &view.step.measurements {
        let name = measurement.name.trim();
        if name.is_empty() {
            continue;
        }
        if let Some(first) = seen.insert(name, measurement.name.span) {
            let message = format!("two measurements of this step are called `{name}`");
            findings.push(
                Diagnostic::warning(Code::DuplicateMeasurement, message)
                    .at(measurement.name.span, "again here")
                    .at(first, "first here")
                    .help("give each a name of its own"),
            );
        }
    }
}
