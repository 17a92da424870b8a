//! One measurement of a report: its value, its limits, and where it stands between them.

use serde::Serialize;

use super::head::class;
use super::{place, plot};
use crate::event::ArtifactRef;
use crate::measure::{Kind, Measurement, Origin};
use crate::record::shape;
use crate::report::Subject;

/// Longest text of an array that is repeated beside its plot.
const ELEMENTS_AT_MOST: usize = 4_000;

/// View of `measurement.html.j2`.
#[derive(Debug, Serialize)]
pub(super) struct MeasurementView<'a> {
    class: &'static str,
    shape: &'static str,
    verdict: &'static str,
    name: &'a str,
    value: String,
    limits: String,
    /// The limits as the package has them, where that says more.
    declared: String,
    raw: String,
    /// Who produced the value, where that was no runner, and what is odd about it.
    remarks: Vec<&'a str>,
    reason: Option<&'a str>,
    /// Markup of the drawing.
    place: String,
    plot: String,
    elements: Option<&'a str>,
}

impl<'a> MeasurementView<'a> {
    pub(super) fn new(
        point: &'a Measurement,
        artifacts: &[ArtifactRef],
        subject: &Subject<'_>,
    ) -> Self {
        let mut remarks: Vec<&str> = point.flags.iter().map(String::as_str).collect();
        if point.origin != Origin::Runner {
            remarks.insert(0, point.origin.as_str());
        }
        let text = point.actual_text.as_deref();
        let is_array = point.kind == Kind::Array;
        Self {
            class: class(Some(point.verdict)),
            shape: shape(point.verdict),
            verdict: point.verdict.as_str(),
            name: &point.name,
            value: point.value_text(),
            limits: point.limits_text(),
            declared: declared(point),
            raw: raw(point),
            remarks,
            reason: point.reason.as_deref(),
            place: place::draw(point),
            plot: if is_array {
                plot::draw(point, artifacts, subject)
            } else {
                String::new()
            },
            elements: text.filter(|text| is_array && text.len() <= ELEMENTS_AT_MOST),
        }
    }
}

/// What the test code gave, before the unit was converted.
fn raw(point: &Measurement) -> String {
    let Some(raw) = &point.raw_value else {
        return String::new();
    };
    match &point.raw_unit {
        Some(unit) => format!("{raw} {unit}"),
        None => raw.clone(),
    }
}

/// Limits that were written as something else than the number that was used.
fn declared(point: &Measurement) -> String {
    let says_more = |declared: &str, used: Option<f64>| {
        declared
            .trim()
            .parse::<f64>()
            .map_or(true, |number| Some(number) != used)
    };
    let numbers = [
        ("low", &point.low_limit_declared, point.low_limit),
        ("high", &point.high_limit_declared, point.high_limit),
        ("target", &point.target_declared, point.target),
        ("tolerance", &point.tolerance_declared, point.tolerance),
    ];
    let mut parts: Vec<String> = numbers
        .into_iter()
        .filter_map(|(name, declared, used)| {
            let declared = declared.as_deref()?;
            says_more(declared, used).then(|| format!("{name} {declared}"))
        })
        .collect();
    if let Some(declared) = &point.expected_declared
        && point.expected.as_ref() != Some(declared)
    {
        parts.push(format!("expected {declared}"));
    }
    parts.join(", ")
}
