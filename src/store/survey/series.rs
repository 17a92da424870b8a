//! Values of measurements and times of steps.

use super::{Asked, place, question};
use crate::event::Timestamp;
use crate::measure::Kind;
use crate::record::HistoryError;
use crate::stats::Limits;
use crate::stats::survey::{
    Axis, Condition, GaugeReading, Place, Scope, Series, SeriesValue, StepTook,
};
use crate::store::rows::Seen;
use crate::store::rows::read::{Columns, ReadError};

/// Reads a series row by row: conditions and places are few, and are kept once.
pub(super) fn series<S: Asked>(
    store: &S,
    scope: &Scope,
    name: &str,
    axis: Axis,
) -> Result<Series, HistoryError> {
    let asked = question::series(scope, name, axis, S::DIALECT);
    let mut series = Series::default();
    let mut values = Vec::new();
    store.each(&asked.sql, &asked.cells, &mut |row| {
        let time = row.needed_time("timestamp")?;
        let condition = condition(row)?;
        let place = match axis {
            Axis::Hour | Axis::Minute => Place::Since(floor(time, axis)),
            Axis::Whole | Axis::Test | Axis::Station | Axis::Operator => place(row, axis)?,
        };
        let value = SeriesValue {
            time,
            value: row.real("actual_value")?.filter(|value| value.is_finite()),
            condition: kept(&mut series.conditions, condition),
            place: kept(&mut series.places, place),
        };
        values.push((row.int("position")?, value));
        Ok(())
    })?;
    // The readings of one step have one time: what is next to each other makes sigma within.
    values.sort_by_key(|(position, one)| (one.time, *position, one.value.map(f64::to_bits)));
    series.values = values.into_iter().map(|(_, value)| value).collect();
    Ok(series)
}

/// The number of an entry in a list, where the newest are asked for most.
fn kept<T: PartialEq>(list: &mut Vec<T>, one: T) -> usize {
    list.iter()
        .rposition(|other| *other == one)
        .unwrap_or_else(|| {
            list.push(one);
            list.len() - 1
        })
}

fn floor(time: Timestamp, axis: Axis) -> Timestamp {
    let micros = if axis == Axis::Hour {
        3_600_000_000
    } else {
        60_000_000
    };
    Timestamp(time.0 - time.0.rem_euclid(micros))
}

fn condition(row: &Seen<'_>) -> Result<Condition, ReadError> {
    let kind: Kind = row.needed_word("kind")?;
    Ok(Condition {
        test: row.needed_text("test_name")?,
        unit: row.text("unit")?,
        limits: limits(row)?,
        target: row.real("target")?,
        origin: row.needed_word("origin")?,
        is_numeric: matches!(kind, Kind::Numeric | Kind::Array),
    })
}

/// The bounds that a value was held against, however they were written.
pub(super) fn limits(row: &Seen<'_>) -> Result<Limits, ReadError> {
    let mut limits = Limits {
        low: row.real("low_limit")?,
        high: row.real("high_limit")?,
    };
    let (target, tolerance) = (row.real("target")?, row.real("tolerance")?);
    if let (Some(target), true) = (target, limits.are_none()) {
        let operator = row.text("operator")?.unwrap_or_default();
        match (operator.as_str(), tolerance) {
            ("greaterthan" | "greaterthanorequal", _) => limits.low = Some(target),
            ("lessthan" | "lessthanorequal", _) => limits.high = Some(target),
            ("" | "between", Some(tolerance)) => {
                limits.low = Some(target - tolerance);
                limits.high = Some(target + tolerance);
            }
            _ => {}
        }
    }
    Ok(limits)
}

pub(super) fn took(row: &Seen<'_>) -> Result<StepTook, ReadError> {
    let prompt = row.int("prompt_ms")?.unwrap_or(0);
    let held = row.int("held_ms")?.unwrap_or(0);
    Ok(StepTook {
        run: row.needed_run("execution_id")?,
        test: row.needed_text("test_name")?,
        path: row.needed_text("path")?,
        name: row.needed_text("name")?,
        duration_ms: row.real("duration_ms")?.unwrap_or(0.0),
        waited_ms: (prompt + held) as f64,
    })
}

pub(super) fn gauge_reading(row: &Seen<'_>) -> Result<GaugeReading, ReadError> {
    Ok(GaugeReading {
        part: row.text("serial_number")?,
        appraiser: row.text("operator_id")?,
        study: row.text("study")?,
        run: row.needed_run("id")?,
        value: row.real("actual_value")?.filter(|value| value.is_finite()),
        time: row.needed_time("timestamp")?,
        unit: row.text("unit")?,
        limits: limits(row)?,
    })
}
