//! The elements of an array measurement, drawn over their place, with the limits.

use std::fmt::Write as _;

use serde_json::Value;

use crate::event::ArtifactRef;
use crate::measure::Measurement;
use crate::report::Subject;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 200.0;
/// Room for the numbers at the left and below.
const LEFT: f64 = 72.0;
const BELOW: f64 = 24.0;
const ABOVE: f64 = 10.0;
const RIGHT: f64 = 10.0;

/// Up to so many elements are dots of their own.
const DOTS: usize = 64;
/// Places at which elements outside the limits are marked.
const MARKS: usize = 200;
/// Columns into which a long array is gathered, each with its least and greatest element.
const COLUMNS: usize = 600;

/// The picture; empty where the elements are not numbers, or are not here.
pub(super) fn draw(
    point: &Measurement,
    artifacts: &[ArtifactRef],
    subject: &Subject<'_>,
) -> String {
    let Some(elements) = elements(point, artifacts, subject) else {
        return String::new();
    };
    let Some(scale) = Scale::of(&elements, point) else {
        return String::new();
    };
    let mut out = String::new();
    let _ = write!(
        out,
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{} values over their place{}\">",
        elements.len(),
        outside_text(&elements, point),
    );
    scale.frame(&elements, point, &mut out);
    scale.limits(point, &mut out);
    scale.line(&elements, &mut out);
    scale.outliers(&elements, point, &mut out);
    out.push_str("</svg>");
    out
}

/// The elements: from the text, or from the file that holds what was too long for the record.
fn elements(
    point: &Measurement,
    artifacts: &[ArtifactRef],
    subject: &Subject<'_>,
) -> Option<Vec<f64>> {
    let text = point.actual_text.as_deref()?;
    if let Some(elements) = numbers(text.as_bytes()) {
        return Some(elements);
    }
    // A text that was cut begins as the file does.
    let head = text.get(..text.floor_char_boundary(200))?;
    artifacts
        .iter()
        .filter(|artifact| artifact.media_type == "application/json")
        .filter_map(|artifact| (subject.artifact)(artifact))
        .filter(|bytes| bytes.starts_with(head.as_bytes()))
        .find_map(|bytes| numbers(&bytes))
}

fn numbers(json: &[u8]) -> Option<Vec<f64>> {
    let list: Vec<Value> = serde_json::from_slice(json).ok()?;
    let numbers = list.iter().map(Value::as_f64).collect::<Option<Vec<_>>>()?;
    (numbers.len() > 1).then_some(numbers)
}

/// From elements to places in the picture.
struct Scale {
    least: f64,
    greatest: f64,
    last: f64,
}

impl Scale {
    /// Takes in all elements and limits, with a margin.
    fn of(elements: &[f64], point: &Measurement) -> Option<Self> {
        let limits = [point.low_limit, point.high_limit, point.target];
        let all = || elements.iter().copied().chain(limits.into_iter().flatten());
        let least = all().fold(f64::INFINITY, f64::min);
        let greatest = all().fold(f64::NEG_INFINITY, f64::max);
        let span = greatest - least;
        let margin = if span > 0.0 {
            span * 0.08
        } else {
            least.abs().max(1.0) * 0.1
        };
        let scale = Self {
            least: least - margin,
            greatest: greatest + margin,
            last: (elements.len() - 1) as f64,
        };
        (scale.greatest - scale.least).is_finite().then_some(scale)
    }

    fn x(&self, index: usize) -> f64 {
        LEFT + index as f64 / self.last * (WIDTH - LEFT - RIGHT)
    }

    fn y(&self, value: f64) -> f64 {
        let share = (value - self.least) / (self.greatest - self.least);
        HEIGHT - BELOW - share * (HEIGHT - BELOW - ABOVE)
    }

    fn frame(&self, elements: &[f64], point: &Measurement, out: &mut String) {
        let (right, floor) = (WIDTH - RIGHT, HEIGHT - BELOW);
        let _ = write!(
            out,
            "<path class=\"z\" d=\"M{LEFT} {ABOVE}V{floor}H{right}\"/>"
        );
        for value in ticks(self.least, self.greatest) {
            let y = self.y(value);
            let _ = write!(out, "<path class=\"w\" d=\"M{LEFT} {y:.1}H{right}\"/>");
            let _ = write!(
                out,
                "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{value}</text>",
                LEFT - 6.0,
                y + 4.0
            );
        }
        let base = HEIGHT - 6.0;
        let _ = write!(out, "<text x=\"{LEFT}\" y=\"{base}\">0</text>");
        let _ = write!(
            out,
            "<text x=\"{right}\" y=\"{base}\" text-anchor=\"end\">{}</text>",
            self.last
        );
        let middle = f64::midpoint(LEFT, right);
        let unit = crate::report::page::html(point.unit.as_deref().unwrap_or_default());
        let over = if unit.is_empty() {
            "element".to_owned()
        } else {
            format!("{unit} over element")
        };
        let outside = outside_text(elements, point);
        let _ = write!(
            out,
            "<text x=\"{middle}\" y=\"{base}\" text-anchor=\"middle\">{over}{outside}</text>"
        );
    }

    fn limits(&self, point: &Measurement, out: &mut String) {
        let right = WIDTH - RIGHT;
        for limit in [point.low_limit, point.high_limit].into_iter().flatten() {
            let y = self.y(limit);
            let _ = write!(out, "<path class=\"y\" d=\"M{LEFT} {y:.1}H{right}\"/>");
        }
    }

    /// The elements as a line; of a long array each column keeps its extremes, so that a spike stays.
    fn line(&self, elements: &[f64], out: &mut String) {
        let mut path = String::new();
        let width = elements.len().div_ceil(COLUMNS);
        let mut add = |index: usize, value: f64| {
            let letter = if path.is_empty() { 'M' } else { 'L' };
            let _ = write!(path, "{letter}{:.1} {:.1}", self.x(index), self.y(value));
        };
        if width <= 1 {
            elements
                .iter()
                .enumerate()
                .for_each(|(index, value)| add(index, *value));
        } else {
            for (column, part) in elements.chunks(width).enumerate() {
                let least = part.iter().copied().fold(f64::INFINITY, f64::min);
                let greatest = part.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                add(column * width, least);
                add(column * width, greatest);
            }
        }
        let _ = write!(out, "<path class=\"c\" d=\"{path}\"/>");
        if elements.len() <= DOTS {
            for (index, value) in elements.iter().enumerate() {
                let _ = write!(
                    out,
                    "<circle class=\"d\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"2.5\"/>",
                    self.x(index),
                    self.y(*value)
                );
            }
        }
    }

    /// A cross on each element outside the limits; of a long array on the farthest of each part.
    fn outliers(&self, elements: &[f64], point: &Measurement, out: &mut String) {
        let width = elements.len().div_ceil(MARKS);
        for (part, these) in elements.chunks(width).enumerate() {
            let farthest = these
                .iter()
                .enumerate()
                .map(|(index, value)| (index, beyond(*value, point)))
                .filter(|(_, beyond)| *beyond > 0.0)
                .max_by(|one, other| one.1.total_cmp(&other.1));
            let Some((index, _)) = farthest else {
                continue;
            };
            let (x, y) = (self.x(part * width + index), self.y(these[index]));
            let _ = write!(
                out,
                "<path class=\"o\" d=\"M{:.1} {:.1}l10 10m0-10l-10 10\"/>",
                x - 5.0,
                y - 5.0
            );
        }
    }
}

/// How far an element is outside the limits; not above zero for one within them.
fn beyond(value: f64, point: &Measurement) -> f64 {
    let low = point.low_limit.unwrap_or(f64::NEG_INFINITY);
    let high = point.high_limit.unwrap_or(f64::INFINITY);
    (low - value).max(value - high)
}

/// How many elements are outside the limits, after a comma; empty where none is.
fn outside_text(elements: &[f64], point: &Measurement) -> String {
    let outside = elements.iter().filter(|value| beyond(**value, point) > 0.0);
    match outside.count() {
        0 => String::new(),
        count => format!(", {count} of {} outside the limits", elements.len()),
    }
}

/// Three to six round numbers within a range.
fn ticks(least: f64, greatest: f64) -> Vec<f64> {
    let span = greatest - least;
    let rough = 10_f64.powf((span / 4.0).log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * rough)
        .find(|step| span / step <= 5.0)
        .unwrap_or(span);
    let first = (least / step).ceil() as i64;
    let digits = (-step.log10().floor()).clamp(0.0, 12.0) as i32;
    let unit = 10_f64.powi(digits);
    (first..)
        .map(|number| (number as f64 * step * unit).round() / unit)
        .take_while(|value| *value <= greatest)
        .take(8)
        .collect()
}
