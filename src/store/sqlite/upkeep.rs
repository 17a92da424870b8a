//! The embedded store as a database that maintenance works on.

use std::io::Write;
use std::path::{Path, PathBuf};

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};

use super::{connection, migrate};
use crate::event::Timestamp;
use crate::store::upkeep::{Column, Database, Dialect, Kind, Purpose, UpkeepError, csv};

/// A connection for maintenance. The schema is that of this program.
#[derive(Debug)]
pub(crate) struct SqliteDatabase {
    path: PathBuf,
    connection: Connection,
}

impl SqliteDatabase {
    /// Opens the database, which must be there; its schema is brought up to date for a change.
    pub(crate) fn open(path: &Path, purpose: Purpose) -> Result<Self, UpkeepError> {
        if !path.exists() {
            return Err(UpkeepError::Empty(path.display().to_string()));
        }
        match purpose {
            Purpose::Change => Self::open_or_make(path),
            Purpose::Look => Self::open_to_look(path),
        }
    }

    fn open_to_look(path: &Path) -> Result<Self, UpkeepError> {
        let failed =
            |error: rusqlite::Error| UpkeepError::Database(format!("{}: {error}", path.display()));
        let connection = connection::open_to_read(path).map_err(failed)?;
        match migrate::read(&connection).map_err(failed)? {
            None => Err(UpkeepError::Empty(path.display().to_string())),
            Some(schema) if schema.min_reader > migrate::VERSION => {
                Err(UpkeepError::Schema(format!(
                    "{} was made by a newer maestro (schema {}); update this one to read it",
                    path.display(),
                    schema.version
                )))
            }
            Some(_) => Ok(Self {
                path: path.to_owned(),
                connection,
            }),
        }
    }

    /// Opens the database and makes it where it is missing.
    pub(crate) fn open_or_make(path: &Path) -> Result<Self, UpkeepError> {
        let failed =
            |error: rusqlite::Error| UpkeepError::Database(format!("{}: {error}", path.display()));
        let mut connection = connection::open_to_write(path).map_err(failed)?;
        let schema = migrate::migrate(&mut connection).map_err(failed)?;
        if schema.version > migrate::VERSION {
            return Err(UpkeepError::Schema(format!(
                "{} was made by a newer maestro (schema {}, this one writes {}); update this one",
                path.display(),
                schema.version,
                migrate::VERSION
            )));
        }
        // What is removed must not come back after a power cut, nor an archive be the only copy
        // of what the disk has not got.
        connection
            .pragma_update(None, "synchronous", "FULL")
            .map_err(failed)?;
        Ok(Self {
            path: path.to_owned(),
            connection,
        })
    }

    fn failed(&self, error: &rusqlite::Error) -> UpkeepError {
        UpkeepError::Database(format!("{}: {error}", self.path.display()))
    }
}

impl Database for SqliteDatabase {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn shown(&self) -> String {
        self.path.display().to_string()
    }

    fn execute(&mut self, sql: &str) -> Result<u64, UpkeepError> {
        self.connection
            .execute_batch(sql)
            .map_err(|error| self.failed(&error))?;
        Ok(self.connection.changes())
    }

    fn rows(&mut self, sql: &str) -> Result<Vec<Vec<Option<String>>>, UpkeepError> {
        let read = || -> rusqlite::Result<_> {
            let mut statement = self.connection.prepare(sql)?;
            let count = statement.column_count();
            let mut rows = statement.query([])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let values = (0..count).map(|i| text(row, i, Kind::Text));
                found.push(values.collect::<rusqlite::Result<_>>()?);
            }
            Ok(found)
        };
        read().map_err(|error| self.failed(&error))
    }

    fn columns(&mut self, table: &str) -> Result<Vec<Column>, UpkeepError> {
        let query = format!("SELECT name, type FROM pragma_table_info('{table}') ORDER BY cid");
        let rows = self.rows(&query)?;
        Ok(rows
            .into_iter()
            .filter_map(|row| {
                let [name, declared] = <[_; 2]>::try_from(row).ok()?;
                let name = name?;
                let kind = kind_of(table, &name, declared.as_deref().unwrap_or_default());
                Some(Column { name, kind })
            })
            .collect())
    }

    fn copy(
        &mut self,
        columns: &[Column],
        from: &str,
        out: &mut dyn Write,
    ) -> Result<u64, UpkeepError> {
        let names: Vec<_> = columns
            .iter()
            .map(|column| format!("t.{}", column.name))
            .collect();
        let query = format!("SELECT {} {from}", names.join(", "));
        let failed = |error| self.failed(&error);
        let mut statement = self.connection.prepare(&query).map_err(failed)?;
        let mut rows = statement.query([]).map_err(failed)?;
        let mut count = 0;
        while let Some(row) = rows.next().map_err(failed)? {
            for (i, column) in columns.iter().enumerate() {
                let value = text(row, i, column.kind).map_err(failed)?;
                csv::write_value(out, i == 0, value.as_deref()).map_err(|error| in_file(&error))?;
            }
            csv::end_row(out).map_err(|error| in_file(&error))?;
            count += 1;
        }
        Ok(count)
    }

    fn measurement_tables(&mut self) -> Result<Vec<String>, UpkeepError> {
        Ok(vec!["measurements".to_owned()])
    }

    fn months_that_go(&mut self, _: Timestamp) -> Result<Vec<String>, UpkeepError> {
        Ok(Vec::new())
    }

    fn drop_month(&mut self, table: &str) -> Result<(), UpkeepError> {
        let reason = format!("{} has no table of a month, {table}", self.shown());
        Err(UpkeepError::Database(reason))
    }

    fn begin_to_read(&mut self) -> Result<(), UpkeepError> {
        self.execute("BEGIN DEFERRED").map(drop)
    }

    fn begin_to_write(&mut self) -> Result<(), UpkeepError> {
        self.execute("BEGIN IMMEDIATE").map(drop)
    }

    fn commit(&mut self) -> Result<(), UpkeepError> {
        self.execute("COMMIT").map(drop)
    }

    fn roll_back(&mut self) {
        if !self.connection.is_autocommit() {
            // A connection that cannot even do that is closed with this value.
            let _ = self.execute("ROLLBACK");
        }
    }
}

fn in_file(error: &std::io::Error) -> UpkeepError {
    UpkeepError::File(error.to_string())
}

/// A value as text.
fn text(row: &Row<'_>, place: usize, kind: Kind) -> rusqlite::Result<Option<String>> {
    Ok(match row.get_ref(place)? {
        ValueRef::Null => None,
        ValueRef::Integer(number) if kind == Kind::Flag => Some((number != 0).to_string()),
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Real(number) => Some(format!("{number:?}")),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            Some(String::from_utf8_lossy(bytes).into_owned())
        }
    })
}

/// Columns of whole numbers that are flags.
const FLAGS: [&str; 10] = [
    "clock_suspect",
    "damaged",
    "forced",
    "is_active",
    "package_dirty",
    "superseded",
    "timed_out",
    "unattended",
    "verdict_forced",
    "required",
];

/// Columns that hold JSON wherever they are of type TEXT.
const DOCUMENTS: [&str; 11] = [
    "answer",
    "config_snapshot",
    "flags",
    "outputs",
    "overrides",
    "parameters",
    "prompt",
    "published",
    "step_counts",
    "tags",
    "target",
];

/// The same for columns whose name means a plain text in other tables.
const DOCUMENTS_OF: [(&str, &str); 4] = [
    ("execution_facts", "value"),
    ("prompt_answers", "value"),
    ("step_attempts", "error"),
    ("step_results", "error"),
];

const UUIDS: [&str; 5] = [
    "execution_id",
    "id",
    "parent_id",
    "run_id",
    "step_result_id",
];

/// What a column holds; SQLite's own types are fewer.
fn kind_of(table: &str, name: &str, declared: &str) -> Kind {
    match declared {
        "REAL" => Kind::Real,
        "INTEGER" if FLAGS.contains(&name) => Kind::Flag,
        "INTEGER" => Kind::Int,
        _ if name.ends_with("_at") || name == "timestamp" || name == "at" => Kind::Time,
        _ if UUIDS.contains(&name) => Kind::Uuid,
        _ if DOCUMENTS.contains(&name) || DOCUMENTS_OF.contains(&(table, name)) => Kind::Json,
        _ => Kind::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The kinds are those of the shared store, whose types say more.
    #[test]
    fn kinds_are_those_of_the_shared_store() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = super::super::database_path(folder.path());
        let mut database = SqliteDatabase::open_or_make(&path).unwrap();
        let mut table = String::new();
        let mut compared = 0;
        for line in include_str!("../postgres/schema_1.sql").lines() {
            let words: Vec<_> = line
                .split([' ', ','])
                .filter(|word| !word.is_empty())
                .collect();
            match words[..] {
                ["CREATE", "TABLE", name, ..] => name.clone_into(&mut table),
                [name, declared, ..] if line.starts_with("  ") && name != "PRIMARY" => {
                    let kind = match declared {
                        "uuid" => Kind::Uuid,
                        "boolean" => Kind::Flag,
                        "bigint" => Kind::Int,
                        "double" => Kind::Real,
                        "timestamptz" => Kind::Time,
                        "jsonb" => Kind::Json,
                        _ => Kind::Text,
                    };
                    let columns = database.columns(&table).unwrap();
                    if let Some(column) = columns.iter().find(|column| column.name == name) {
                        assert_eq!(column.kind, kind, "{table}.{name}");
                        compared += 1;
                    }
                }
                _ => {}
            }
        }
        assert!(compared > 150, "{compared}");
    }
}
