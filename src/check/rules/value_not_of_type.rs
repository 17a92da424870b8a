//! `value-not-of-type` and `value-missing`.

use super::Findings;
use super::literal::{Number, boolean, number};
use crate::check::view::StepView;
use crate::diagnostic::{Code, Diagnostic};
use crate::package::model::{MeasurementDecl, MeasurementType, StepKind, Value};

pub(super) fn check(view: &StepView<'_>, findings: &mut Findings) {
    for measurement in &view.step.measurements {
        if let Some(value) = &measurement.value {
            of_type(value, "value", measurement.measurement_type(), findings);
        }
        if let Some(expected) = &measurement.expected
            && measurement.measurement_type() == MeasurementType::Boolean
        {
            of_type(expected, "expected", MeasurementType::Boolean, findings);
        }
        missing(view, measurement, findings);
    }
}

fn of_type(value: &Value, field: &str, kind: MeasurementType, findings: &mut Findings) {
    let wanted = match kind {
        MeasurementType::Numeric if number(value) == Number::IsNot => "a number",
        MeasurementType::Boolean => match value {
            Value::Scalar(scalar) if boolean(&scalar.text).is_none() => "true or false",
            Value::List(_) | Value::Map(_) => "true or false",
            _ => return,
        },
        MeasurementType::String if matches!(value, Value::List(_) | Value::Map(_)) => "a text",
        MeasurementType::Array if matches!(value, Value::Scalar(_) | Value::Map(_)) => "a list",
        _ => return,
    };
    let message = format!("`{field}` must be {wanted} for this type of measurement");
    findings.push(
        Diagnostic::error(Code::ValueNotOfType, message)
            .at(value.span(), format!("not {wanted}"))
            .help("set `type:`, or correct the value"),
    );
}

/// Steps that return nothing cannot give a value.
fn missing(view: &StepView<'_>, measurement: &MeasurementDecl, findings: &mut Findings) {
    let help = match view.step.kind {
        StepKind::Mock if measurement.target.is_none() => "add `value` or `target`",
        StepKind::Delay { .. } => "add `value`",
        _ => return,
    };
    if measurement.value.is_none() {
        let message = "nothing gives this measurement a value, so it is UNDETERMINED";
        findings.push(
            Diagnostic::warning(Code::ValueMissing, message)
                .at(measurement.name.span, "no value")
                .help(help),
        );
    }
}
