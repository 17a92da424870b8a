//! Which rows of `test_executions` a filter means, as a condition that every store understands.
//!
//! Values never stand in the text: each `?` of it is the place of one cell, in their order.
//! SQLite takes it as it is; PostgreSQL numbers the places first.

use std::borrow::Cow;

use crate::event::Mode;
use crate::record::{Filter, Voided};
use crate::store::rows::Cell;
use crate::store::upkeep::Dialect;
use crate::verdict::Verdict;

/// A condition with its values.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Choice<'a> {
    conditions: Vec<String>,
    cells: Vec<Cell<'a>>,
}

impl<'a> Choice<'a> {
    /// The runs that `filter` means; its limit is left to the query. `runs` is what the query calls
    /// `test_executions`.
    pub(crate) fn of(filter: &'a Filter, runs: &str, dialect: Dialect) -> Self {
        let mut choice = Self::default();
        let texts = [
            ("serial_number", filter.serial_number.as_deref()),
            ("test_name", filter.test.as_deref()),
            ("package_name", filter.package.as_deref()),
            ("package_version", filter.package_version.as_deref()),
            ("station_id", filter.station.as_deref()),
            ("operator_id", filter.operator.as_deref()),
            ("verdict", filter.verdict.map(Verdict::as_str)),
            ("mode", filter.mode.map(Mode::as_str)),
        ];
        for (column, text) in texts {
            if let Some(text) = text {
                choice.add(&format!("{runs}.{column} = ?"), [text_cell(text)]);
            }
        }
        let times = [(">=", filter.since), ("<", filter.until)];
        for (comparison, time) in times {
            if let Some(time) = time {
                let condition = format!("{runs}.started_at {comparison} ?");
                choice.add(&condition, [Cell::Time(time)]);
            }
        }
        for (key, value) in &filter.tags {
            choice.add(&has_tag(runs, dialect), [text_cell(key), text_cell(value)]);
        }
        if filter.voided == Voided::LeftOut {
            let counts = "NOT IN (SELECT execution_id FROM voided_executions)";
            choice.add(&format!("{runs}.id {counts}"), []);
        }
        if let Some(run) = filter.before {
            // The first condition is the one that an index answers.
            let that = "FROM test_executions WHERE id = ?)";
            choice.add(
                &format!(
                    "{runs}.started_at <= (SELECT started_at {that} AND \
                     ({runs}.started_at, {runs}.id) < (SELECT started_at, id {that}"
                ),
                [Cell::Uuid(run.0), Cell::Uuid(run.0)],
            );
        }
        choice
    }

    /// Adds a condition with a value for each `?` in it.
    pub(crate) fn add(&mut self, condition: &str, cells: impl IntoIterator<Item = Cell<'a>>) {
        self.conditions.push(condition.to_owned());
        self.cells.extend(cells);
    }

    /// The condition; one that is always true where nothing is excluded.
    pub(crate) fn sql(&self) -> String {
        if self.conditions.is_empty() {
            return "TRUE".to_owned();
        }
        self.conditions.join(" AND ")
    }

    /// The values of the condition, in the order of their places.
    pub(crate) fn into_cells(self) -> Vec<Cell<'a>> {
        self.cells
    }
}

/// Both keys and values are arbitrary text, so that neither can be part of a path.
fn has_tag(runs: &str, dialect: Dialect) -> String {
    match dialect {
        Dialect::Sqlite => format!(
            "EXISTS (SELECT 1 FROM json_each({runs}.tags) AS tag \
             WHERE tag.key = ? AND CAST(tag.value AS TEXT) = ?)"
        ),
        Dialect::Postgres => format!("{runs}.tags ->> ? = ?"),
    }
}

fn text_cell(text: &str) -> Cell<'_> {
    Cell::Text(Cow::Borrowed(text))
}
