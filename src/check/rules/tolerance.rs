//! `tolerance-conflict`, and the form of a tolerance.

use super::Findings;
use super::literal::{Number, number};
use crate::check::view::StepView;
use crate::diagnostic::{Code, Diagnostic};
use crate::package::model::{MeasurementDecl, MeasurementType, Value};
use crate::package::read::parse_number;

pub(super) fn check(view: &StepView<'_>, findings: &mut Findings) {
    for measurement in &view.step.measurements {
        let numeric = matches!(
            measurement.measurement_type(),
            MeasurementType::Numeric | MeasurementType::Array
        );
        if let Some(tolerance) = measurement.tolerance.as_ref().filter(|_| numeric) {
            form(tolerance, findings);
            company(measurement, tolerance, findings);
        }
    }
}

fn form(tolerance: &Value, findings: &mut Findings) {
    let percent = tolerance
        .text()
        .and_then(|text| text.trim().strip_suffix('%'));
    let number = match (percent, tolerance) {
        (_, Value::Template(_)) => return,
        (Some(percent), _) => parse_number(percent),
        (None, value) => match number(value) {
            Number::Is(number) => Some(number),
            _ => None,
        },
    };
    let label = match number {
        Some(number) if number >= 0.0 => return,
        Some(_) => "must be 0 or more",
        None => "not a tolerance",
    };
    let text = tolerance.text().unwrap_or_default();
    findings.push(
        Diagnostic::error(
            Code::LimitNotANumber,
            format!("`tolerance` cannot be `{text}`"),
        )
        .at(tolerance.span(), label)
        .help("write `5%`, or a number in the unit of the measurement"),
    );
}

fn company(measurement: &MeasurementDecl, tolerance: &Value, findings: &mut Findings) {
    let limits = [&measurement.low_limit, &measurement.high_limit];
    if let Some(limit) = limits.into_iter().flatten().next() {
        findings.push(
            Diagnostic::error(
                Code::ToleranceConflict,
                "`tolerance` and limits stand together",
            )
            .at(tolerance.span(), "gives limits around `target`")
            .at(limit.span(), "and this is a limit")
            .help("keep one of them"),
        );
    } else if measurement.target.is_none() {
        findings.push(
            Diagnostic::error(Code::LimitOperandMissing, "`tolerance` needs `target`")
                .at(tolerance.span(), "around what?")
                .help("add `target`"),
        );
    }
}
