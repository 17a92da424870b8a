//! First and last judged runs of units.

use std::collections::BTreeMap;

use super::{Asked, place_of, question, rows};
use crate::record::HistoryError;
use crate::stats::survey::{Axis, Place, Scope, Turn, UnitCount};
use crate::store::rows::Seen;
use crate::store::rows::read::{Columns, ReadError};
use crate::store::upkeep::Dialect;

/// Counts units where that is cheapest: PostgreSQL would have to hand every run over, the embedded
/// store lies in this process.
pub(super) fn units<S: Asked>(
    store: &S,
    scope: &Scope,
    axis: Axis,
) -> Result<Vec<UnitCount>, HistoryError> {
    if S::DIALECT == Dialect::Sqlite {
        return counted(store, scope, axis);
    }
    rows(store, &question::units(scope, axis), |row| {
        let is_first = row.count("is_first")? == 1;
        Ok(UnitCount {
            place: place_of(row.text("place")?, axis)?,
            turn: if is_first { Turn::First } else { Turn::Last },
            passed: row.count("passed")? == 1,
            units: row.count("units")?,
        })
    })
}

/// The unit whose rows are being read.
struct Open {
    test: String,
    serial: Option<String>,
    first: End,
    last: End,
}

/// A judged run: whether it passed, and where it was.
#[derive(Clone)]
struct End {
    passed: bool,
    place: Option<String>,
}

fn counted<S: Asked>(store: &S, scope: &Scope, axis: Axis) -> Result<Vec<UnitCount>, HistoryError> {
    let asked = question::judged(scope, axis);
    let mut counts = Counts {
        axis,
        found: BTreeMap::new(),
    };
    let mut open: Option<Open> = None;
    store.each(&asked.sql, &asked.cells, &mut |row| {
        let (test, serial, end) = read(row)?;
        match &mut open {
            // Without a serial number nobody knows whether it was the same unit.
            Some(unit) if serial.is_some() && unit.serial == serial && unit.test == test => {
                unit.last = end;
            }
            _ => {
                let before = open.replace(Open {
                    test,
                    serial,
                    last: end.clone(),
                    first: end,
                });
                if let Some(before) = before {
                    counts.add(before)?;
                }
            }
        }
        Ok(())
    })?;
    if let Some(last) = open {
        let unreadable = |error: ReadError| HistoryError::Unavailable(error.to_string());
        counts.add(last).map_err(unreadable)?;
    }
    Ok(counts.into_list())
}

fn read(row: &Seen<'_>) -> Result<(String, Option<String>, End), ReadError> {
    let end = End {
        passed: row.needed_text("verdict")? == "PASS",
        place: row.text("place")?,
    };
    Ok((
        row.needed_text("test_name")?,
        row.text("serial_number")?,
        end,
    ))
}

/// Units by turn, place and outcome.
struct Counts {
    axis: Axis,
    found: BTreeMap<(Turn, Place, bool), u64>,
}

impl Counts {
    fn add(&mut self, unit: Open) -> Result<(), ReadError> {
        for (turn, end) in [(Turn::First, unit.first), (Turn::Last, unit.last)] {
            let place = place_of(end.place, self.axis)?;
            *self.found.entry((turn, place, end.passed)).or_default() += 1;
        }
        Ok(())
    }

    fn into_list(self) -> Vec<UnitCount> {
        let count = |((turn, place, passed), units)| UnitCount {
            place,
            turn,
            passed,
            units,
        };
        self.found.into_iter().map(count).collect()
    }
}
