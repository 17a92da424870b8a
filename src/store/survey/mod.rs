//! Figures from both stores: the same questions, the same reading of their rows.
//!
//! [`question`] makes the text of each query; a database only runs it ([`Asked`]) and hands over its
//! rows. Nothing is decided here: what counts is said by the scope.

#[cfg(test)]
pub(super) mod contract;
mod life;
mod past;
mod question;
mod series;
mod units;

use std::cmp::Reverse;

use self::question::Question;
use super::rows::read::{Columns, ReadError};
use super::rows::{Cell, Seen};
use super::upkeep::Dialect;
use crate::event::Timestamp;
use crate::record::HistoryError;
use crate::stats::rejudge::{PastRun, PastValue};
use crate::stats::survey::{
    Axis, Failing, GaugeReading, Life, Place, RunCount, RunKind, Scope, Series, StepTook, Survey,
    UnitCount,
};

/// A database that runs a query.
pub(super) trait Asked {
    const DIALECT: Dialect;

    /// Hands each row over, in order. Each `?` of the query is the place of one cell.
    fn each(
        &self,
        query: &str,
        cells: &[Cell<'_>],
        row: &mut dyn FnMut(&Seen<'_>) -> Result<(), ReadError>,
    ) -> Result<(), HistoryError>;
}

/// All rows of a question.
fn rows<S: Asked, T>(
    store: &S,
    question: &Question<'_>,
    read: impl Fn(&Seen<'_>) -> Result<T, ReadError>,
) -> Result<Vec<T>, HistoryError> {
    let mut found = Vec::new();
    store.each(&question.sql, &question.cells, &mut |row| {
        found.push(read(row)?);
        Ok(())
    })?;
    Ok(found)
}

impl<S: Asked> Survey for S {
    fn runs(&self, scope: &Scope, axis: Axis) -> Result<Vec<RunCount>, HistoryError> {
        rows(self, &question::runs(scope, axis, S::DIALECT), |row| {
            Ok(RunCount {
                place: place(row, axis)?,
                verdict: row.needed_word("verdict")?,
                runs: row.count("runs")?,
            })
        })
        .map(|runs| in_order(runs, |one| (one.place.clone(), one.verdict)))
    }

    fn units(&self, scope: &Scope, axis: Axis) -> Result<Vec<UnitCount>, HistoryError> {
        let found = units::units(self, scope, axis)?;
        Ok(in_order(found, |one| {
            (one.turn, one.place.clone(), one.passed)
        }))
    }

    fn kinds(&self, scope: &Scope) -> Result<Vec<RunKind>, HistoryError> {
        rows(self, &question::kinds(scope, S::DIALECT), |row| {
            Ok(RunKind {
                mode: row.needed_word("mode")?,
                voided: row.count("voided")? == 1,
                unattended: row.count("unattended")? == 1,
                runs: row.count("runs")?,
            })
        })
    }

    fn failing_steps(&self, scope: &Scope, axis: Axis) -> Result<Vec<Failing>, HistoryError> {
        let question = question::failing_steps(scope, axis, S::DIALECT);
        let found = rows(self, &question, |row| failing(row, axis))?;
        Ok(in_order(found, order_of_failing))
    }

    fn failing_measurements(
        &self,
        scope: &Scope,
        axis: Axis,
    ) -> Result<Vec<Failing>, HistoryError> {
        let question = question::failing_measurements(scope, axis, S::DIALECT);
        let found = rows(self, &question, |row| failing(row, axis))?;
        Ok(in_order(found, order_of_failing))
    }

    fn series(&self, scope: &Scope, name: &str, axis: Axis) -> Result<Series, HistoryError> {
        series::series(self, scope, name, axis)
    }

    fn times(&self, scope: &Scope, newest: u32) -> Result<Vec<StepTook>, HistoryError> {
        rows(
            self,
            &question::times(scope, newest, S::DIALECT),
            series::took,
        )
    }

    fn life(&self, scope: &Scope, serial: &str) -> Result<Life, HistoryError> {
        life::life(self, scope, serial)
    }

    fn readings(&self, scope: &Scope, name: &str) -> Result<Vec<GaugeReading>, HistoryError> {
        let question = question::readings(scope, name, S::DIALECT);
        rows(self, &question, series::gauge_reading)
    }

    fn past_runs(&self, scope: &Scope) -> Result<Vec<PastRun>, HistoryError> {
        rows(self, &question::past_runs(scope, S::DIALECT), past::run)
    }

    fn past_values(
        &self,
        scope: &Scope,
        with_step: &[&str],
        take: &mut dyn FnMut(PastValue),
    ) -> Result<(), HistoryError> {
        let asked = question::past_values(scope, with_step, S::DIALECT);
        self.each(&asked.sql, &asked.cells, &mut |row| {
            take(past::value(row)?);
            Ok(())
        })
    }

    fn names(&self, scope: &Scope) -> Result<Vec<String>, HistoryError> {
        rows(self, &question::names(scope, S::DIALECT), |row| {
            row.needed_text("measurement_name")
        })
    }
}

/// Databases sort texts by rules of their own: the order of an answer is made here.
fn in_order<T, K: Ord>(mut list: Vec<T>, key: impl FnMut(&T) -> K) -> Vec<T> {
    list.sort_by_cached_key(key);
    list
}

/// The most frequent first.
fn order_of_failing(one: &Failing) -> (Reverse<u64>, String, String, Place) {
    let names = (one.name.clone(), one.path.clone());
    (Reverse(one.runs), names.0, names.1, one.place.clone())
}

/// The place of a row, as the column `place` says it.
fn place(row: &Seen<'_>, axis: Axis) -> Result<Place, ReadError> {
    place_of(row.text("place")?, axis)
}

fn place_of(text: Option<String>, axis: Axis) -> Result<Place, ReadError> {
    Ok(match axis {
        Axis::Whole => Place::Whole,
        Axis::Test | Axis::Station | Axis::Operator => Place::Named(text),
        // A text that begins as RFC 3339 in UTC does.
        Axis::Hour => Place::Since(time(&format!("{}:00:00Z", text.unwrap_or_default()))?),
        Axis::Minute => Place::Since(time(&format!("{}:00Z", text.unwrap_or_default()))?),
    })
}

fn time(text: &str) -> Result<Timestamp, ReadError> {
    text.parse::<jiff::Timestamp>()
        .map(|time| Timestamp(time.as_microsecond()))
        .map_err(|error| ReadError::new("place", &error))
}

fn failing(row: &Seen<'_>, axis: Axis) -> Result<Failing, ReadError> {
    Ok(Failing {
        place: place(row, axis)?,
        name: row.needed_text("name")?,
        path: row.text("path")?.unwrap_or_default(),
        runs: row.count("runs")?,
        failed: row.count("failed")?,
    })
}
