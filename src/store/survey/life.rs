//! All of a unit's life.

use super::series::limits;
use super::{Asked, question, rows};
use crate::record::HistoryError;
use crate::stats::survey::{Life, LifeValue, Remark, Scope};
use crate::store::rows::read::{self, Columns};

pub(super) fn life<S: Asked>(store: &S, scope: &Scope, serial: &str) -> Result<Life, HistoryError> {
    let runs = question::life_runs(scope, serial, S::DIALECT);
    let values = question::life_values(scope, serial, S::DIALECT);
    let remarks = question::life_remarks(scope, serial, S::DIALECT);
    Ok(Life {
        runs: rows(store, &runs, |row| read::summary(row))?,
        values: rows(store, &values, |row| {
            Ok(LifeValue {
                run: row.needed_run("execution_id")?,
                name: row.needed_text("measurement_name")?,
                value: row.real("actual_value")?,
                text: row.text("actual_text")?,
                unit: row.text("unit")?,
                limits: limits(row)?,
                verdict: row.needed_word("verdict")?,
                origin: row.needed_word("origin")?,
                time: row.needed_time("timestamp")?,
            })
        })?,
        remarks: rows(store, &remarks, |row| {
            Ok(Remark {
                run: row.needed_run("execution_id")?,
                kind: row.needed_text("kind")?,
                disposition: row.text("disposition")?,
                reason: row.needed_text("reason")?,
                by: row.needed_text("annotated_by")?,
                at: row.needed_time("annotated_at")?,
            })
        })?,
    })
}
