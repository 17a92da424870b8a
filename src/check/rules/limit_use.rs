//! Operators and what they look at: `limit-operand-missing`, `limit-not-used`,
//! `operator-not-for-type`.

use super::Findings;
use crate::check::view::StepView;
use crate::diagnostic::{Code, Diagnostic};
use crate::package::model::{MeasurementDecl, MeasurementType, Operator, StepKind, Value};
use crate::source::Span;

pub(super) fn check(view: &StepView<'_>, findings: &mut Findings) {
    let is_mock = matches!(view.step.kind, StepKind::Mock);
    for measurement in &view.step.measurements {
        match measurement.measurement_type() {
            MeasurementType::Numeric | MeasurementType::Array => {
                operands(measurement, findings);
                unused_by_operator(measurement, is_mock, findings);
            }
            MeasurementType::Boolean | MeasurementType::String => {
                operands_of_text(measurement, findings);
                unused_by_type(measurement, is_mock, findings);
            }
        }
        operator_fits_type(measurement, findings);
    }
}

fn operator(measurement: &MeasurementDecl) -> Operator {
    let operator = measurement.operator.as_ref();
    operator.map_or(Operator::Between, |operator| operator.value)
}

/// Where a finding about the operator stands.
fn operator_span(measurement: &MeasurementDecl) -> Span {
    let operator = measurement.operator.as_ref();
    operator.map_or(measurement.name.span, |operator| operator.span)
}

fn operands(measurement: &MeasurementDecl, findings: &mut Findings) {
    let (field, value) = match operator(measurement) {
        Operator::Equal | Operator::NotEqual => ("target", &measurement.target),
        Operator::GreaterThan | Operator::GreaterThanOrEqual => {
            ("low_limit", &measurement.low_limit)
        }
        Operator::LessThan | Operator::LessThanOrEqual => ("high_limit", &measurement.high_limit),
        Operator::Between if measurement.operator.is_some() => {
            between_needs_a_bound(measurement, findings);
            return;
        }
        _ => return,
    };
    require(measurement, field, value.as_ref(), findings);
}

/// A written `between` without any bound compares with nothing.
fn between_needs_a_bound(measurement: &MeasurementDecl, findings: &mut Findings) {
    let bounds = [
        &measurement.low_limit,
        &measurement.high_limit,
        &measurement.tolerance,
    ];
    if bounds.iter().all(|bound| bound.is_none()) {
        require(measurement, "low_limit` or `high_limit", None, findings);
    }
}

fn operands_of_text(measurement: &MeasurementDecl, findings: &mut Findings) {
    if matches!(
        operator(measurement),
        Operator::Matches | Operator::Contains
    ) {
        let expected = measurement.expected.as_ref();
        require(measurement, "expected", expected, findings);
    }
}

fn require(
    measurement: &MeasurementDecl,
    field: &str,
    value: Option<&Value>,
    findings: &mut Findings,
) {
    if value.is_some() {
        return;
    }
    let name = operator(measurement).as_str();
    let message = format!("`operator: {name}` needs `{field}`");
    findings.push(
        Diagnostic::error(Code::LimitOperandMissing, message)
            .at(operator_span(measurement), "nothing to compare with")
            .help(if measurement.expected.is_some() && field != "expected" {
                format!("`expected` is for booleans and strings: write `{field}`")
            } else {
                format!("add `{field}`")
            }),
    );
}

fn unused_by_operator(measurement: &MeasurementDecl, is_mock: bool, findings: &mut Findings) {
    let operator = operator(measurement);
    let reason = format!("`operator: {}` does not look at it", operator.as_str());
    let low = ("low_limit", &measurement.low_limit);
    let high = ("high_limit", &measurement.high_limit);
    let tolerance = ("tolerance", &measurement.tolerance);
    let unused = match operator {
        Operator::Equal => vec![low, high],
        Operator::NotEqual => vec![low, high, tolerance],
        Operator::GreaterThan | Operator::GreaterThanOrEqual => vec![high, tolerance],
        Operator::LessThan | Operator::LessThanOrEqual => vec![low, tolerance],
        Operator::Between => {
            target_alone(measurement, is_mock, findings);
            vec![]
        }
        // Recorded for charts.
        Operator::Log | Operator::Matches | Operator::Contains => vec![],
    };
    for (field, value) in unused {
        not_used(field, value.as_ref(), &reason, findings);
    }
    if !matches!(operator, Operator::Matches | Operator::Contains) {
        let reason = "numbers are compared with limits and `target`";
        not_used("expected", measurement.expected.as_ref(), reason, findings);
    }
}

/// A lone `target` is compared with nothing: every value passes, which nobody means.
fn target_alone(measurement: &MeasurementDecl, is_mock: bool, findings: &mut Findings) {
    let bounds = [
        &measurement.low_limit,
        &measurement.high_limit,
        &measurement.tolerance,
    ];
    let is_alone = bounds.iter().all(|bound| bound.is_none());
    // On a mock step it is the value.
    let gives_value = is_mock && measurement.value.is_none();
    if is_alone && !gives_value && measurement.operator.is_none() {
        let reason = "without an operator every value passes";
        not_used("target", measurement.target.as_ref(), reason, findings);
    }
}

fn unused_by_type(measurement: &MeasurementDecl, is_mock: bool, findings: &mut Findings) {
    let mut fields = vec![
        ("low_limit", &measurement.low_limit),
        ("high_limit", &measurement.high_limit),
        ("tolerance", &measurement.tolerance),
    ];
    let gives_value = is_mock && measurement.value.is_none();
    if !gives_value {
        fields.push(("target", &measurement.target));
    }
    for (field, value) in fields {
        let reason = "booleans and strings are compared with `expected`";
        not_used(field, value.as_ref(), reason, findings);
    }
}

fn not_used(field: &str, value: Option<&Value>, reason: &str, findings: &mut Findings) {
    if let Some(value) = value {
        let message = format!("`{field}` has no effect: {reason}");
        let finding = Diagnostic::warning(Code::LimitNotUsed, message);
        findings.push(finding.at(value.span(), "not used"));
    }
}

fn operator_fits_type(measurement: &MeasurementDecl, findings: &mut Findings) {
    let Some(operator) = &measurement.operator else {
        return;
    };
    let is_string = measurement.measurement_type() == MeasurementType::String;
    let for_text = matches!(operator.value, Operator::Matches | Operator::Contains);
    if for_text && !is_string {
        let message = format!("`operator: {}` is for texts", operator.value.as_str());
        findings.push(
            Diagnostic::error(Code::OperatorNotForType, message)
                .at(operator.span, "the measurement is no text")
                .help("add `type: string`"),
        );
    }
}
