//! The row of a measurement.

use super::cell::{Cell, Cells};
use super::change::{execution_id, step_result_id};
use super::context::RunContext;
use crate::event::{RunId, StepNo, Timestamp};
use crate::measure::{Comparator, LimitsSource, Measurement};

/// The columns of `measurements`; `measurement_attempts` has them too, and `attempt`.
pub(crate) const COLUMNS: [&str; 30] = [
    "step_result_id",
    "execution_id",
    "position",
    "measurement_name",
    "kind",
    "origin",
    "actual_value",
    "actual_text",
    "raw_value",
    "raw_unit",
    "low_limit",
    "high_limit",
    "target",
    "tolerance",
    "low_limit_declared",
    "high_limit_declared",
    "target_declared",
    "tolerance_declared",
    "expected",
    "expected_declared",
    "limits_source",
    "operator",
    "unit",
    "verdict",
    "reason",
    "flags",
    "timestamp",
    "station_id",
    "serial_number",
    "iteration",
];

/// The row of a measurement.
pub(super) fn cells<'a>(
    run: RunId,
    step: StepNo,
    one: &'a Measurement,
    time: Timestamp,
    context: &RunContext,
) -> Cells<'a> {
    let serial_number = context.serial_number.clone();
    let iteration = context.iterations.get(&step).copied();
    let mut cells = Vec::with_capacity(32);
    cells.extend([
        step_result_id(run, step),
        execution_id(run),
        ("position", Cell::Int(i64::from(one.position))),
        ("measurement_name", Cell::text(&one.name)),
        ("kind", Cell::text(one.kind.as_str())),
        ("origin", Cell::text(one.origin.as_str())),
    ]);
    value_cells(one, &mut cells);
    limit_cells(one, &mut cells);
    cells.extend([
        ("verdict", Cell::text(one.verdict.as_str())),
        ("reason", Cell::maybe_text(one.reason.as_deref())),
        ("flags", flags(&one.flags)),
        ("timestamp", Cell::Time(time)),
        ("station_id", Cell::Text(context.station_id.clone().into())),
        (
            "serial_number",
            serial_number.map_or(Cell::Null, |serial| Cell::Text(serial.into())),
        ),
        ("iteration", Cell::maybe_int(iteration)),
    ]);
    cells
}

fn value_cells<'a>(one: &'a Measurement, cells: &mut Cells<'a>) {
    cells.extend([
        ("actual_value", Cell::maybe_real(one.actual_value)),
        ("actual_text", Cell::maybe_text(one.actual_text.as_deref())),
        ("raw_value", Cell::maybe_text(one.raw_value.as_deref())),
        ("raw_unit", Cell::maybe_text(one.raw_unit.as_deref())),
        ("unit", Cell::maybe_text(one.unit.as_deref())),
    ]);
}

fn limit_cells<'a>(one: &'a Measurement, cells: &mut Cells<'a>) {
    let text = |text: &'a Option<String>| Cell::maybe_text(text.as_deref());
    cells.extend([
        ("low_limit", Cell::maybe_real(one.low_limit)),
        ("high_limit", Cell::maybe_real(one.high_limit)),
        ("target", Cell::maybe_real(one.target)),
        ("tolerance", Cell::maybe_real(one.tolerance)),
        ("low_limit_declared", text(&one.low_limit_declared)),
        ("high_limit_declared", text(&one.high_limit_declared)),
        ("target_declared", text(&one.target_declared)),
        ("tolerance_declared", text(&one.tolerance_declared)),
        ("expected", text(&one.expected)),
        ("expected_declared", text(&one.expected_declared)),
        (
            "limits_source",
            Cell::maybe_text(one.limits_source.map(LimitsSource::as_str)),
        ),
        (
            "operator",
            Cell::maybe_text(one.operator.map(Comparator::as_str)),
        ),
    ]);
}

fn flags(flags: &[String]) -> Cell<'static> {
    if flags.is_empty() {
        Cell::Null
    } else {
        Cell::json(&flags)
    }
}
