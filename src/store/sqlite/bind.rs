//! Cells as SQLite values, and SQLite rows as columns.

use rusqlite::Row;
use rusqlite::types::{FromSql, ToSql, ToSqlOutput, Value, ValueRef};
use uuid::Uuid;

use crate::event::Timestamp;
use crate::store::rows::Cell;
use crate::store::rows::read::{Columns, ReadError};

impl ToSql for Cell<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Owned(Value::Null),
            Self::Flag(flag) => ToSqlOutput::Owned(Value::Integer(i64::from(*flag))),
            Self::Int(number) => ToSqlOutput::Owned(Value::Integer(*number)),
            Self::Real(number) => ToSqlOutput::Owned(Value::Real(*number)),
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Json(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Time(time) => ToSqlOutput::Owned(Value::Text(time.to_rfc3339())),
            Self::Uuid(id) => ToSqlOutput::Owned(Value::Text(id.hyphenated().to_string())),
        })
    }
}

impl Columns for &Row<'_> {
    fn text(&self, column: &str) -> Result<Option<String>, ReadError> {
        get(self, column)
    }

    fn int(&self, column: &str) -> Result<Option<i64>, ReadError> {
        get(self, column)
    }

    fn real(&self, column: &str) -> Result<Option<f64>, ReadError> {
        get(self, column)
    }

    fn time(&self, column: &str) -> Result<Option<Timestamp>, ReadError> {
        self.text(column)?
            .map(|text| {
                text.parse::<jiff::Timestamp>()
                    .map(|time| Timestamp(time.as_microsecond()))
                    .map_err(|error| ReadError::new(column, &error))
            })
            .transpose()
    }

    fn uuid(&self, column: &str) -> Result<Option<Uuid>, ReadError> {
        self.text(column)?
            .map(|text| text.parse().map_err(|error| ReadError::new(column, &error)))
            .transpose()
    }
}

fn get<T: FromSql>(row: &Row<'_>, column: &str) -> Result<Option<T>, ReadError> {
    row.get(column)
        .map_err(|error| ReadError::new(column, &error))
}
