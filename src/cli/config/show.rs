//! The config as a person reads it, and as JSON lines.

use std::fmt::Write as _;

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::cli::look;
use crate::cli::settings::Settings;
use crate::event::Timestamp;
use crate::frontend::headless::Look;
use crate::frontend::text::{Tone, columns, cut};
use crate::station::config::document::flow;
use crate::station::config::{
    Changed, ConfigEntry, ConfigHistory, ConfigValue, Merged, SECRET_MARK, Scope,
};

/// Columns that a table has between two of its columns.
const GAP: &str = "  ";

/// Columns that a value takes at most, where the table goes to a terminal.
const VALUE_WIDTH: usize = 40;

/// What a person sees it with.
pub(super) struct View {
    look: Look,
    /// Columns of the terminal; `None` for a file, where nothing is cut.
    width: Option<usize>,
    zone: TimeZone,
}

impl View {
    pub(super) fn of(settings: &Settings) -> Self {
        let terminal = settings.terminal;
        Self {
            look: look::of(settings),
            width: terminal
                .columns
                .filter(|_| terminal.stdout)
                .map(usize::from),
            zone: TimeZone::system(),
        }
    }

    pub(super) fn list(&self, entries: &[ConfigEntry]) -> String {
        let rows = entries.iter().map(|entry| {
            let said = |text: &Option<String>| text.clone().unwrap_or_default();
            vec![
                entry.key.clone(),
                self.value(&entry.value),
                entry.scope.to_string(),
                said(&entry.category),
                entry.updated_by.clone(),
                self.time(entry.updated_at),
                said(&entry.description),
            ]
        });
        let headings = [
            "KEY",
            "VALUE",
            "SCOPE",
            "CATEGORY",
            "BY",
            "WHEN",
            "DESCRIPTION",
        ];
        self.table(&headings, rows.collect())
    }

    pub(super) fn merged(&self, merged: &Merged) -> String {
        let rows = merged.entries.iter().map(|(key, entry)| {
            let from = entry.level.as_str().to_owned();
            vec![key.clone(), self.value(&entry.value), from]
        });
        self.table(&["KEY", "VALUE", "FROM"], rows.collect())
    }

    pub(super) fn history(&self, rows: &[ConfigHistory]) -> String {
        let rows = rows.iter().map(|row| {
            let value = row.value.as_ref().map(|value| self.value(value));
            vec![
                self.time(row.updated_at),
                row.updated_by.clone(),
                row.key.clone(),
                value.unwrap_or_else(|| "unset".to_owned()),
                row.scope.to_string(),
            ]
        });
        self.table(&["WHEN", "BY", "KEY", "VALUE", "SCOPE"], rows.collect())
    }

    /// One line for each change: what came, what went, what became of it.
    pub(super) fn changes(&self, changes: &[Changed]) -> String {
        let mut text = String::new();
        for change in changes {
            let place = format!("{} ({})", change.key, change.scope);
            let value = |value: &ConfigValue| self.value(value);
            let (tone, line) = match (&change.before, &change.after) {
                (None, Some(after)) => (Tone::Good, format!("+ {place} = {}", value(after))),
                (Some(before), None) => (Tone::Bad, format!("- {place} was {}", value(before))),
                (Some(before), Some(after)) if before == after => {
                    let what = match after {
                        ConfigValue::Secret => "its text, or what is said about it",
                        ConfigValue::Plain(_) => "what is said about it",
                    };
                    (Tone::Note, format!("~ {place}: {what}"))
                }
                (Some(before), Some(after)) => {
                    let (before, after) = (value(before), value(after));
                    (Tone::Note, format!("~ {place}: {before} -> {after}"))
                }
                (None, None) => continue,
            };
            let line = self.look.script.clean(&line);
            self.look.paint.push(&mut text, tone, &line);
            text.push('\n');
        }
        text
    }

    fn value(&self, value: &ConfigValue) -> String {
        let text = match value {
            ConfigValue::Plain(value) => flow(value),
            ConfigValue::Secret => SECRET_MARK.to_owned(),
        };
        let room = self.width.map_or(usize::MAX, |_| VALUE_WIDTH);
        cut(&text, room, self.look.script).into_owned()
    }

    /// Date and time of day in the zone of the person who looks.
    fn time(&self, time: Timestamp) -> String {
        jiff::Timestamp::from_microsecond(time.0).map_or_else(
            |_| time.to_rfc3339(),
            |time| {
                let time = time.to_zoned(self.zone.clone());
                time.strftime("%Y-%m-%d %H:%M").to_string()
            },
        )
    }

    /// Aligned columns; one that is empty in all rows is left out.
    fn table(&self, headings: &[&str], rows: Vec<Vec<String>>) -> String {
        let rows: Vec<Vec<String>> = rows
            .into_iter()
            .map(|row| {
                row.iter()
                    .map(|cell| self.look.script.clean(cell).into_owned())
                    .collect()
            })
            .collect();
        let width = |column: usize| {
            rows.iter()
                .map(|row| columns(&row[column]))
                .max()
                .unwrap_or(0)
        };
        let kept: Vec<(usize, usize)> = (0..headings.len())
            .map(|column| (column, width(column)))
            .filter(|(_, width)| *width > 0)
            .map(|(column, width)| (column, width.max(columns(headings[column]))))
            .collect();
        let line = |cells: &dyn Fn(usize) -> String| {
            let mut line = String::new();
            for (column, width) in &kept {
                let cell = cells(*column);
                line.push_str(&cell);
                line.extend(std::iter::repeat_n(' ', width - columns(&cell)));
                line.push_str(GAP);
            }
            let room = self.width.unwrap_or(usize::MAX);
            cut(line.trim_end(), room, self.look.script).into_owned()
        };
        let mut text = String::new();
        let heading = line(&|column| headings[column].to_owned());
        self.look.paint.push(&mut text, Tone::Dim, &heading);
        text.push('\n');
        for row in &rows {
            text.push_str(&line(&|column| row[column].clone()));
            text.push('\n');
        }
        text
    }
}

/// One object for each; the names are those of the columns in the store.
pub(super) fn lines(objects: impl Iterator<Item = Value>) -> String {
    let mut text = String::new();
    for object in objects {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{object}");
    }
    text
}

pub(super) fn entry_json(entry: &ConfigEntry) -> Value {
    json!({
        "scope": entry.scope.kind(),
        "station_id": station_of(&entry.scope),
        "key": entry.key,
        "value": entry.value.shown(),
        "category": entry.category,
        "description": entry.description,
        "display_mode": entry.value.display_mode().as_str(),
        "updated_by": entry.updated_by,
        "updated_at": entry.updated_at.to_rfc3339(),
    })
}

pub(super) fn merged_json(merged: &Merged) -> impl Iterator<Item = Value> {
    merged.entries.iter().map(|(key, entry)| {
        json!({
            "key": key,
            "value": entry.value.shown(),
            "display_mode": entry.value.display_mode().as_str(),
            "from": entry.level.as_str(),
        })
    })
}

pub(super) fn history_json(row: &ConfigHistory) -> Value {
    let mode = row
        .value
        .as_ref()
        .map(|value| value.display_mode().as_str());
    json!({
        "scope": row.scope.kind(),
        "station_id": station_of(&row.scope),
        "key": row.key,
        "change": if row.value.is_some() { "set" } else { "unset" },
        "value": row.value.as_ref().map(ConfigValue::shown),
        "display_mode": mode,
        "updated_by": row.updated_by,
        "updated_at": row.updated_at.to_rfc3339(),
    })
}

pub(super) fn change_json(change: &Changed) -> Value {
    let shown = |value: &Option<ConfigValue>| value.as_ref().map(ConfigValue::shown);
    json!({
        "scope": change.scope.kind(),
        "station_id": station_of(&change.scope),
        "key": change.key,
        "from": shown(&change.before),
        "to": shown(&change.after),
    })
}

fn station_of(scope: &Scope) -> Option<&str> {
    match scope {
        Scope::Global => None,
        Scope::Station(id) => Some(id),
    }
}
