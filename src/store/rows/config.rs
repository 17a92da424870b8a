//! The rows that a change of the config makes, and what rows say of the config.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::read::{Columns, ReadError};
use super::{Cell, Cells};
use crate::station::config::{
    Author, Change, ConfigEntry, ConfigHistory, ConfigValue, DisplayMode, Scope, State,
};

/// The columns that [`entry`] and [`state`] read.
pub(crate) const ENTRY_COLUMNS: &str = "scope, station_id, key, value, category, description, \
                                        display_mode, updated_by, updated_at";

/// The columns that [`history`] reads.
pub(crate) const HISTORY_COLUMNS: &str =
    "scope, station_id, key, value, display_mode, change, updated_by, updated_at";

/// Words of the column `change`.
const SET: &str = "set";
const UNSET: &str = "unset";

/// A row of `station_config`.
pub(crate) fn entry(row: &impl Columns) -> Result<ConfigEntry, ReadError> {
    let state = state(row)?;
    Ok(ConfigEntry {
        scope: scope(row)?,
        key: text(row, "key")?,
        value: state.value,
        category: state.category,
        description: state.description,
        updated_by: text(row, "updated_by")?,
        updated_at: row.time("updated_at")?.unwrap_or_default(),
    })
}

/// What a row of `station_config` holds under its key.
pub(crate) fn state(row: &impl Columns) -> Result<State, ReadError> {
    Ok(State {
        value: value(row)?,
        category: row.text("category")?,
        description: row.text("description")?,
    })
}

/// A row of `station_config_history`.
pub(crate) fn history(row: &impl Columns) -> Result<ConfigHistory, ReadError> {
    let is_unset = text(row, "change")? == UNSET;
    Ok(ConfigHistory {
        scope: scope(row)?,
        key: text(row, "key")?,
        value: if is_unset { None } else { Some(value(row)?) },
        updated_by: text(row, "updated_by")?,
        updated_at: row.time("updated_at")?.unwrap_or_default(),
    })
}

/// The row of `station_config` after a change, without what is the store's own.
pub(crate) fn entry_cells<'a>(
    change: &'a Change,
    after: &'a State,
    author: &'a Author,
) -> Cells<'a> {
    let mut cells = place(change);
    cells.extend(state_cells(after));
    cells.extend(signature(author));
    cells
}

/// The row of `station_config_history` for the `n`th change of a command.
pub(crate) fn history_cells<'a>(
    change: &'a Change,
    after: Option<&'a State>,
    author: &'a Author,
    n: usize,
) -> Cells<'a> {
    let mut cells = vec![("id", Cell::Uuid(author.row_id(n)))];
    cells.extend(place(change));
    match after {
        Some(after) => cells.extend(state_cells(after)),
        None => cells.push(("display_mode", DisplayMode::ReadWrite.as_str().into())),
    }
    let word = if after.is_some() { SET } else { UNSET };
    cells.push(("change", word.into()));
    cells.extend(signature(author));
    cells
}

/// The row of `audit_log` for the `n`th change of a command.
pub(crate) fn audit_cells<'a>(
    change: &'a Change,
    before: Option<&State>,
    after: Option<&State>,
    author: &'a Author,
    n: usize,
) -> Cells<'a> {
    let shown = |state: Option<&State>| state.map_or(Value::Null, |state| state.value.shown());
    let action = if after.is_some() { SET } else { UNSET };
    let detail = json!({ "from": shown(before), "to": shown(after) });
    vec![
        ("id", Cell::Uuid(author.row_id(n))),
        ("at", Cell::Time(author.at)),
        ("actor", author.by.as_str().into()),
        ("station_id", author.station.as_str().into()),
        ("action", Cell::Text(Cow::Owned(format!("config.{action}")))),
        (
            "subject",
            Cell::Text(Cow::Owned(format!("{} ({})", change.key, change.scope))),
        ),
        ("detail", Cell::Json(detail.to_string())),
    ]
}

fn place(change: &Change) -> Cells<'_> {
    vec![
        ("scope", change.scope.kind().into()),
        ("station_id", change.scope.station().into()),
        ("key", change.key.as_str().into()),
    ]
}

fn state_cells(state: &State) -> Cells<'_> {
    let maybe = |text: &'static str, value: &'_ Option<String>| -> (&'static str, Cell<'_>) {
        (
            text,
            value
                .clone()
                .map_or(Cell::Null, |text| Cell::Text(Cow::Owned(text))),
        )
    };
    vec![
        ("value", state.value.column().map_or(Cell::Null, Cell::Json)),
        maybe("category", &state.category),
        maybe("description", &state.description),
        ("display_mode", state.value.display_mode().as_str().into()),
    ]
}

fn signature(author: &Author) -> Cells<'_> {
    vec![
        ("updated_by", author.by.as_str().into()),
        ("updated_at", Cell::Time(author.at)),
    ]
}

fn scope(row: &impl Columns) -> Result<Scope, ReadError> {
    Ok(Scope::from_columns(
        &text(row, "scope")?,
        text(row, "station_id")?,
    ))
}

fn value(row: &impl Columns) -> Result<ConfigValue, ReadError> {
    let stored = row.text("value")?;
    ConfigValue::from_columns(&text(row, "display_mode")?, stored.as_deref())
        .map_err(|error| ReadError::new("value", &error))
}

fn text(row: &impl Columns, column: &str) -> Result<String, ReadError> {
    row.text(column)?
        .ok_or_else(|| ReadError::new(column, &"it is empty"))
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::text(text)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::event::Timestamp;
    use crate::station::config::{SECRET_MARK, Target};

    #[test]
    fn audit_row_names_the_change_and_no_secret() {
        let change = Change {
            scope: Scope::Station("b-1".to_owned()),
            key: "PW".to_owned(),
            to: Target::Unset,
        };
        let author = Author {
            by: "ops".to_owned(),
            at: Timestamp(0),
            station: "b-1".to_owned(),
            change: Uuid::nil(),
        };
        let before = State {
            value: ConfigValue::Secret,
            category: None,
            description: None,
        };
        let cells = audit_cells(&change, Some(&before), None, &author, 0);
        let cell = |name: &str| &cells.iter().find(|(column, _)| *column == name).unwrap().1;
        assert_eq!(cell("subject"), &Cell::from("PW (station b-1)"));
        assert_eq!(cell("action"), &Cell::from("config.unset"));
        let detail = json!({"from": SECRET_MARK, "to": null}).to_string();
        assert_eq!(cell("detail"), &Cell::Json(detail));
    }
}
