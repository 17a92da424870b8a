//! `limit-reversed`, `limit-equal` and `limit-not-a-number`.

use super::Findings;
use super::literal::{Number, known, number};
use crate::check::view::StepView;
use crate::diagnostic::{Code, Diagnostic};
use crate::package::model::{MeasurementType, Value};
use crate::package::read::decimal_comma;

pub(super) fn check(view: &StepView<'_>, findings: &mut Findings) {
    for measurement in &view.step.measurements {
        let numeric = matches!(
            measurement.measurement_type(),
            MeasurementType::Numeric | MeasurementType::Array
        );
        if !numeric {
            continue;
        }
        let unit = measurement.unit.as_ref().map(|unit| unit.value.as_str());
        if let Some(target) = &measurement.target {
            must_be_number(target, "target", findings);
        }
        pair(
            measurement.low_limit.as_ref(),
            measurement.high_limit.as_ref(),
            unit,
            findings,
        );
    }
    if let Some(input) = view.step.prompt().and_then(|prompt| prompt.input.as_ref()) {
        let unit = input.unit.as_ref().map(|unit| unit.value.as_str());
        pair(
            input.low_limit.as_ref(),
            input.high_limit.as_ref(),
            unit,
            findings,
        );
    }
}

fn pair(low: Option<&Value>, high: Option<&Value>, unit: Option<&str>, findings: &mut Findings) {
    for (value, field) in [(low, "low_limit"), (high, "high_limit")] {
        if let Some(value) = value {
            must_be_number(value, field, findings);
        }
    }
    let (Some(low), Some(high)) = (low, high) else {
        return;
    };
    let (Some(lower), Some(upper)) = (known(Some(low)), known(Some(high))) else {
        return;
    };
    let show = |value: &Value| {
        let text = value.text().unwrap_or_default();
        unit.map_or_else(|| text.to_owned(), |unit| format!("{text} {unit}"))
    };
    if lower > upper {
        findings.push(
            Diagnostic::error(Code::LimitReversed, "low_limit must be < high_limit")
                .at(low.span(), format!("{} is above {}", show(low), show(high)))
                .at(high.span(), "the upper limit")
                .help("swap `low_limit` and `high_limit`"),
        );
    } else if lower >= upper {
        findings.push(
            Diagnostic::warning(Code::LimitEqual, "both limits are the same")
                .at(high.span(), format!("only {} passes", show(high)))
                .help("if that is meant, write `operator: equal` with `target`"),
        );
    }
}

fn must_be_number(value: &Value, field: &str, findings: &mut Findings) {
    if number(value) != Number::IsNot {
        return;
    }
    let text = value.text().unwrap_or("a list or mapping");
    let help = decimal_comma(text).map(|text| format!("write `{text}`"));
    let message = format!("`{field}` must be a number, and this is `{text}`");
    findings.push(
        Diagnostic::error(Code::LimitNotANumber, message)
            .at(value.span(), "not a number")
            .maybe_help(help),
    );
}
