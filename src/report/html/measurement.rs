//! One measurement of a report: its value, its limits, and where it stands between them.

use serde::Serialize;

use super::head::class;
use super::place::{self, Place};
use super::plot;
use crate::event::ArtifactRef;
use crate::measure::{Kind, Measurement, Origin};
use crate::record::shape;
use crate::report::Subject;

/// Longest value in its column, in characters; what is longer is folded below.
const VALUE_AT_MOST: usize = 120;

/// Longest text that is folded below.
const WHOLE_AT_MOST: usize = 20_000;

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
    /// The same in numbers, for those who draw themselves.
    strip: Option<Place>,
    plot: String,
    /// The value where its column has no room for it.
    whole: Option<&'a str>,
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
        let is_long = text.is_some_and(|text| text.chars().count() > VALUE_AT_MOST);
        Self {
            class: class(Some(point.verdict)),
            shape: shape(point.verdict),
            verdict: point.verdict.as_str(),
            name: &point.name,
            value: short(point.value_text()),
            limits: short(point.limits_text()),
            declared: declared(point),
            raw: raw(point),
            remarks,
            reason: point.reason.as_deref(),
            place: place::draw(point),
            strip: Place::of(point),
            plot: if is_array {
                plot::draw(point, artifacts, subject)
            } else {
                String::new()
            },
            whole: text.filter(|text| (is_array || is_long) && text.len() <= WHOLE_AT_MOST),
        }
    }
}

/// As much of a text as its column has room for.
pub(super) fn short(text: String) -> String {
    match text.char_indices().nth(VALUE_AT_MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
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
