//! Where a number stands between its limits, as a small drawing.
//!
//! The band of allowed values, a tick at each limit, and a mark for the value: a line within the
//! picture, an arrow head at its edge for what lies far outside. Shape tells it without colour.

use std::fmt::Write as _;

use serde::Serialize;

use crate::measure::{Comparator, Measurement};

/// Width of the picture; what is allowed stands in its middle three fifths.
const WIDTH: f64 = 120.0;
const LOW: f64 = 24.0;
const HIGH: f64 = 96.0;

/// The drawing in numbers: a strip of [`WIDTH`] with what stands on it.
#[derive(Debug, Serialize)]
pub(in crate::report) struct Place {
    /// What is allowed, from and to.
    band: Option<(f64, f64)>,
    ticks: Vec<f64>,
    /// Where the value stands; outside the strip for what lies far outside.
    mark: f64,
}

impl Place {
    /// Nothing where there is no number or nothing to compare it with.
    pub(super) fn of(point: &Measurement) -> Option<Self> {
        let value = point.actual_value?;
        if point.operator == Some(Comparator::Log) {
            return None;
        }
        let (band, ticks, mark) = match (point.low_limit, point.high_limit, point.target) {
            (Some(low), Some(high), _) => (
                Some((LOW, HIGH)),
                vec![LOW, HIGH],
                between(value, low, high),
            ),
            (Some(low), None, _) => {
                let mark = LOW + beyond(value, low) * (HIGH - LOW);
                (Some((LOW, WIDTH)), vec![LOW], mark)
            }
            (None, Some(high), _) => {
                let mark = HIGH + beyond(value, high) * (HIGH - LOW);
                (Some((0.0, HIGH)), vec![HIGH], mark)
            }
            (None, None, Some(target)) => {
                let mark = WIDTH / 2.0 + beyond(value, target) * WIDTH / 2.0;
                (None, vec![WIDTH / 2.0], mark)
            }
            (None, None, None) => return None,
        };
        Some(Self { band, ticks, mark })
    }

    /// The drawing as markup.
    pub(super) fn markup(&self) -> String {
        let mut out = String::from(
            "<svg viewBox=\"0 0 120 16\" aria-hidden=\"true\"><path class=\"z\" d=\"M0 8h120\"/>",
        );
        if let Some((from, to)) = self.band {
            band(from, to, &mut out);
        }
        ticks(&self.ticks, &mut out);
        mark(self.mark, &mut out);
        out.push_str("</svg>");
        out
    }
}

/// The picture; empty where there is none.
pub(super) fn draw(point: &Measurement) -> String {
    Place::of(point).map_or_else(String::new, |place| place.markup())
}

/// The place of a value on a scale that has both limits.
fn between(value: f64, low: f64, high: f64) -> f64 {
    if high > low {
        // Halved first: limits may be as far apart as a double reaches.
        let share = (value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0);
        return LOW + share * (HIGH - LOW);
    }
    WIDTH / 2.0 + beyond(value, low) * WIDTH / 2.0
}

/// How far a value is from its only limit, as a share of the limit or of their distance, whichever
/// is larger: -1 to 1.
fn beyond(value: f64, limit: f64) -> f64 {
    let distance = value / 2.0 - limit / 2.0;
    let scale = distance.abs().max(limit.abs() / 2.0);
    if scale > 0.0 { distance / scale } else { 0.0 }
}

fn band(from: f64, to: f64, out: &mut String) {
    let _ = write!(out, "<path class=\"b\" d=\"M{from} 4H{to}v8H{from}z\"/>");
}

fn ticks(places: &[f64], out: &mut String) {
    out.push_str("<path class=\"y\" d=\"");
    for x in places {
        let _ = write!(out, "M{x} 2v12");
    }
    out.push_str("\"/>");
}

fn mark(x: f64, out: &mut String) {
    let _ = if x < 2.0 {
        write!(out, "<path class=\"k\" d=\"M0 8l8-6v12z\"/>")
    } else if x > WIDTH - 2.0 {
        write!(out, "<path class=\"k\" d=\"M120 8l-8-6v12z\"/>")
    } else {
        write!(out, "<path class=\"k\" d=\"M{:.1} 0h3v16h-3z\"/>", x - 1.5)
    };
}
