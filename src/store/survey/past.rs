//! Runs and measurements as `stats::rejudge` takes them.

use super::series::limits;
use crate::stats::rejudge::{PastRun, PastValue};
use crate::store::rows::Seen;
use crate::store::rows::read::{Columns, ReadError};

pub(super) fn run(row: &Seen<'_>) -> Result<PastRun, ReadError> {
    let flag = |column: &str| Ok::<bool, ReadError>(row.count(column)? == 1);
    Ok(PastRun {
        run: row.needed_run("id")?,
        serial_number: row.text("serial_number")?,
        started_at: row.needed_time("started_at")?,
        verdict: row.needed_word("verdict")?,
        fails_otherwise: flag("fails_otherwise")?,
        is_cut_short: flag("is_cut_short")?,
        is_forced: flag("is_forced")?,
    })
}

pub(super) fn value(row: &Seen<'_>) -> Result<PastValue, ReadError> {
    Ok(PastValue {
        run: row.needed_run("execution_id")?,
        name: row.needed_text("measurement_name")?,
        step: row.text("step")?,
        kind: row.needed_word("kind")?,
        origin: row.needed_word("origin")?,
        value: row.real("actual_value")?.filter(|value| value.is_finite()),
        text: row.text("actual_text")?,
        unit: row.text("unit")?,
        limits: limits(row)?,
        limits_source: row.word("limits_source")?,
        verdict: row.needed_word("verdict")?,
        time: row.needed_time("timestamp")?,
        position: row.int("position")?.unwrap_or(0),
    })
}
