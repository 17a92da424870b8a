//! `missing-unit`.

use super::Findings;
use crate::check::view::StepView;
use crate::diagnostic::{Code, Diagnostic};
use crate::package::model::MeasurementType;

pub(super) fn check(view: &StepView<'_>, findings: &mut Findings) {
    for measurement in &view.step.measurements {
        let numeric = matches!(
            measurement.measurement_type(),
            MeasurementType::Numeric | MeasurementType::Array
        );
        let is_limited = measurement.low_limit.is_some()
            || measurement.high_limit.is_some()
            || measurement.tolerance.is_some();
        if numeric && is_limited && measurement.unit.is_none() {
            let message = format!("the measurement `{}` has no `unit`", measurement.name.value);
            findings.push(
                Diagnostic::hint(Code::MissingUnit, message)
                    .at(measurement.name.span, "of what?")
                    .help("add `unit: V`, or `unit: \"1\"` for a count"),
            );
        }
    }
}
