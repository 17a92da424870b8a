//! Into the embedded store: one prepared statement a table, large transactions.

use std::path::Path;

use rusqlite::types::{ToSql, ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, Statement, params_from_iter};

use super::fleet::Population;
use super::row::{ANNOTATIONS, Cell, EXECUTIONS, MEASURED, STEPS, Table};

/// Runs of a transaction.
const BATCH: usize = 4_000;

/// Adds the rows of a population to a database that has the schema.
pub(crate) fn fill_sqlite(path: &Path, population: &Population) {
    let connection = Connection::open(path).unwrap();
    connection
        .execute_batch("PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; BEGIN")
        .unwrap();
    {
        let prepare = |table: &Table| connection.prepare(&insert(table)).unwrap();
        let mut executions = prepare(&EXECUTIONS);
        let mut steps = prepare(&STEPS);
        let mut measured = prepare(&MEASURED);
        let mut annotations = prepare(&ANNOTATIONS);
        let mut runs = 0;
        population.each(|run| {
            add(&mut executions, &run.execution);
            run.steps.iter().for_each(|row| add(&mut steps, row));
            run.measurements
                .iter()
                .for_each(|row| add(&mut measured, row));
            run.annotations
                .iter()
                .for_each(|row| add(&mut annotations, row));
            runs += 1;
            if runs % BATCH == 0 {
                connection.execute_batch("COMMIT; BEGIN").unwrap();
            }
        });
    }
    connection.execute_batch("COMMIT").unwrap();
    // As the automatic checkpoints of a year would have left it.
    connection
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
}

fn insert(table: &Table) -> String {
    format!(
        "INSERT INTO {} ({}) VALUES ({})",
        table.name,
        table.columns.join(", "),
        vec!["?"; table.columns.len()].join(", ")
    )
}

fn add(statement: &mut Statement<'_>, row: &[Cell]) {
    statement.execute(params_from_iter(row)).unwrap();
}

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Owned(Value::Null),
            Self::Flag(flag) => ToSqlOutput::Owned(Value::Integer(i64::from(*flag))),
            Self::Int(number) => ToSqlOutput::Owned(Value::Integer(*number)),
            Self::Real(number) => ToSqlOutput::Owned(Value::Real(*number)),
            Self::Text(text) | Self::Json(text) => {
                ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes()))
            }
            Self::Time(micros) => {
                let time = jiff::Timestamp::from_microsecond(*micros).unwrap();
                ToSqlOutput::Owned(Value::Text(format!("{time:.6}")))
            }
            Self::Uuid(id) => ToSqlOutput::Owned(Value::Text(id.hyphenated().to_string())),
        })
    }
}
