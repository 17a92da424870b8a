//! Cells as the values of a query, each with the type that the server is told.

use tokio_postgres::types::{ToSql, Type};
use uuid::Uuid;

use crate::store::rows::Cell;

/// A value of a query, with its type.
pub(super) type Value = (Box<dyn ToSql + Sync>, Type);

/// A query in which every `?` is the place of a cell, as PostgreSQL wants it: with numbered places.
/// No text of a query holds a question mark otherwise.
pub(super) fn numbered(query: &str, cells: &[Cell<'_>]) -> (String, Vec<Value>) {
    let mut text = String::with_capacity(query.len() + 8 * cells.len());
    let mut values = Vec::with_capacity(cells.len());
    let mut parts = query.split('?');
    text.push_str(parts.next().unwrap_or_default());
    for (part, cell) in parts.zip(cells) {
        let (place, value) = placed(cell, values.len() + 1);
        text.push_str(&place);
        text.push_str(part);
        values.push(value);
    }
    (text, values)
}

/// The place of a cell in a statement, and its value.
pub(super) fn placed(cell: &Cell<'_>, n: usize) -> (String, Value) {
    let place = format!("${n}");
    match cell {
        Cell::Null => (place, (Box::new(None::<String>), Type::TEXT)),
        Cell::Flag(flag) => (place, (Box::new(*flag), Type::BOOL)),
        Cell::Int(number) => (place, (Box::new(*number), Type::INT8)),
        Cell::Real(number) => (place, (Box::new(*number), Type::FLOAT8)),
        Cell::Text(text) => (place, text_value(text)),
        Cell::Json(text) => (place, text_value(text)),
        Cell::Time(time) => (format!("${n}::timestamptz"), text_value(&time.to_rfc3339())),
        Cell::Uuid(id) => (
            place,
            (Box::new(Uuid::from_bytes(*id.as_bytes())), Type::UUID),
        ),
    }
}

pub(super) fn text_value(text: &str) -> Value {
    (Box::new(text.to_owned()), Type::TEXT)
}

pub(super) fn borrowed(values: &[Value]) -> Vec<(&(dyn ToSql + Sync), Type)> {
    values
        .iter()
        .map(|(value, ty)| (&**value, ty.clone()))
        .collect()
}
