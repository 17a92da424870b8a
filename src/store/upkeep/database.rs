//! A database as maintenance sees it: statements that both kinds of store understand.

use std::io::Write;

use crate::event::Timestamp;
use crate::store::rows::{Cell, Cells};

/// A store that maintenance works on. Statements are given whole, with their values in them
/// ([`literal`]); those of the two dialects differ in few places.
pub(crate) trait Database {
    fn dialect(&self) -> Dialect;

    /// What messages call it: a path, or server and database.
    fn shown(&self) -> String;

    /// Runs statements; gives the number of rows that the last one changed.
    fn execute(&mut self, sql: &str) -> Result<u64, UpkeepError>;

    /// The rows of a query, every value as text.
    fn rows(&mut self, sql: &str) -> Result<Vec<Vec<Option<String>>>, UpkeepError>;

    /// The columns of a table, in its order.
    fn columns(&mut self, table: &str) -> Result<Vec<Column>, UpkeepError>;

    /// Writes the rows of a query as CSV lines, see [`super::csv`]; gives their number.
    ///
    /// `columns` says what the query gives, in its order.
    fn copy(
        &mut self,
        columns: &[Column],
        from: &str,
        out: &mut dyn Write,
    ) -> Result<u64, UpkeepError>;

    /// The tables that hold measurements: one, or one a month.
    fn measurement_tables(&mut self) -> Result<Vec<String>, UpkeepError>;

    /// Those of [`Database::measurement_tables`] that are months before that of `before` and hold
    /// only rows of `going_runs`. Nobody adds a row to them until the transaction ends.
    fn months_that_go(&mut self, before: Timestamp) -> Result<Vec<String>, UpkeepError>;

    /// Drops one of them.
    fn drop_month(&mut self, table: &str) -> Result<(), UpkeepError>;

    /// Begins a transaction that sees one moment of the database.
    fn begin_to_read(&mut self) -> Result<(), UpkeepError>;

    /// Begins a transaction that sees what others have committed, and changes rows.
    fn begin_to_write(&mut self) -> Result<(), UpkeepError>;

    /// Ends a transaction, or says that it is not known whether it did.
    fn commit(&mut self) -> Result<(), UpkeepError>;

    /// Undoes a transaction, where there is one.
    fn roll_back(&mut self);
}

/// What a store is opened for, which says how new its schema has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Look,
    Change,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) kind: Kind,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Int,
    Real,
    Flag,
    Time,
    Json,
    Uuid,
}

impl Kind {
    /// The word in manifests: a type that PostgreSQL and `DuckDB` know.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Int => "bigint",
            Self::Real => "double",
            Self::Flag => "boolean",
            Self::Time => "timestamptz",
            Self::Json => "json",
            Self::Uuid => "uuid",
        }
    }
}

/// The kind of SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// The month of a time, as `2026-11`.
    pub(super) fn month(self, column: &str) -> String {
        match self {
            Self::Sqlite => format!("substr({column}, 1, 7)"),
            Self::Postgres => format!("to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM')"),
        }
    }

    /// A time as RFC 3339 in UTC with microseconds.
    pub(super) fn time(self, column: &str) -> String {
        match self {
            Self::Sqlite => column.to_owned(),
            Self::Postgres => {
                format!("to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")
            }
        }
    }

    /// The type of ids of runs.
    pub(super) const fn uuid(self) -> &'static str {
        match self {
            Self::Sqlite => "TEXT",
            Self::Postgres => "uuid",
        }
    }
}

/// Why a maintenance task did not do its work; the text names the store and the way out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UpkeepError {
    /// There is nothing to maintain yet.
    #[error("no run has been recorded in {0} yet")]
    Empty(String),
    /// It cannot be reached, or it refused.
    #[error("{0}")]
    Database(String),
    /// Its schema is not for this program.
    #[error("{0}")]
    Schema(String),
    /// A file of an archive cannot be written or read.
    #[error("{0}")]
    File(String),
    /// What was read back is not what was written, or the database changed meanwhile.
    #[error("{0}; nothing was removed")]
    Differs(String),
}

/// A value as SQL text of both dialects (with `standard_conforming_strings`, as ever since
/// PostgreSQL 9.1).
pub(super) fn literal(cell: &Cell) -> String {
    match cell {
        Cell::Flag(flag) => if *flag { "TRUE" } else { "FALSE" }.to_owned(),
        Cell::Int(number) => number.to_string(),
        Cell::Real(number) if number.is_finite() => format!("{number:?}"),
        Cell::Null | Cell::Real(_) => "NULL".to_owned(),
        Cell::Text(text) => quoted(text),
        Cell::Json(text) => quoted(text),
        Cell::Time(time) => quoted(&time.to_rfc3339()),
        Cell::Uuid(id) => quoted(&id.hyphenated().to_string()),
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\0', "\u{FFFD}").replace('\'', "''"))
}

/// A statement that adds a row.
pub(super) fn insert(table: &str, cells: &Cells) -> String {
    let columns: Vec<_> = cells.iter().map(|(column, _)| *column).collect();
    let values: Vec<_> = cells.iter().map(|(_, cell)| literal(cell)).collect();
    format!(
        "INSERT INTO {table} ({}) VALUES ({})",
        columns.join(", "),
        values.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_its_quotes() {
        let text = |text: &'static str| literal(&Cell::Text(text.into()));
        assert_eq!(text("O'Neil"), "'O''Neil'");
        assert_eq!(text("\\'; DROP TABLE x; --"), "'\\''; DROP TABLE x; --'");
        assert_eq!(text("a\0b"), "'a\u{FFFD}b'");
        assert_eq!(literal(&Cell::Real(f64::NAN)), "NULL");
        assert_eq!(literal(&Cell::Real(1e300)), "1e300");
    }
}
