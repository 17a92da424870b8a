//! Rows of PostgreSQL as columns.

use std::error::Error;

use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, Type};
use uuid::Uuid;

use super::copy::EPOCH;
use crate::event::Timestamp;
use crate::store::rows::read::{Columns, ReadError};

type BoxedError = Box<dyn Error + Sync + Send>;

/// A time as the server sends it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Time(pub(super) Timestamp);

impl FromSql<'_> for Time {
    fn from_sql(_: &Type, raw: &[u8]) -> Result<Self, BoxedError> {
        let micros = i64::from_be_bytes(raw.try_into()?);
        Ok(Self(Timestamp(micros.saturating_add(EPOCH))))
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::TIMESTAMPTZ
    }
}

/// A text or the text of a document.
#[derive(Debug)]
struct Text(String);

impl FromSql<'_> for Text {
    fn from_sql(ty: &Type, raw: &[u8]) -> Result<Self, BoxedError> {
        let text = match (ty, raw) {
            (&Type::JSONB, [1, text @ ..]) => text,
            (&Type::JSONB, _) => return Err("unknown form of a document".into()),
            _ => raw,
        };
        Ok(Self(std::str::from_utf8(text)?.to_owned()))
    }

    fn accepts(ty: &Type) -> bool {
        matches!(
            *ty,
            Type::TEXT | Type::VARCHAR | Type::NAME | Type::JSON | Type::JSONB
        )
    }
}

/// A whole number, or a flag as 0 or 1.
#[derive(Debug)]
struct Int(i64);

impl FromSql<'_> for Int {
    fn from_sql(ty: &Type, raw: &[u8]) -> Result<Self, BoxedError> {
        Ok(Self(match *ty {
            Type::BOOL => i64::from(raw != [0]),
            Type::INT4 => i64::from(i32::from_be_bytes(raw.try_into()?)),
            _ => i64::from_be_bytes(raw.try_into()?),
        }))
    }

    fn accepts(ty: &Type) -> bool {
        matches!(*ty, Type::BOOL | Type::INT4 | Type::INT8)
    }
}

impl Columns for &Row {
    fn text(&self, column: &str) -> Result<Option<String>, ReadError> {
        Ok(get::<Text>(self, column)?.map(|text| text.0))
    }

    fn int(&self, column: &str) -> Result<Option<i64>, ReadError> {
        Ok(get::<Int>(self, column)?.map(|number| number.0))
    }

    fn real(&self, column: &str) -> Result<Option<f64>, ReadError> {
        get(self, column)
    }

    fn time(&self, column: &str) -> Result<Option<Timestamp>, ReadError> {
        Ok(get::<Time>(self, column)?.map(|time| time.0))
    }

    fn uuid(&self, column: &str) -> Result<Option<Uuid>, ReadError> {
        get(self, column)
    }
}

fn get<'a, T: FromSql<'a>>(row: &'a Row, column: &str) -> Result<Option<T>, ReadError> {
    row.try_get(column).map_err(|error| {
        let reason = error
            .source()
            .map_or_else(|| error.to_string(), ToString::to_string);
        ReadError::new(column, &reason)
    })
}
