//! Brings the schema of the database to the version of this program.

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior};

/// The steps that lead from an empty database to the newest schema; step `i` makes version `i + 1`.
const STEPS: [&str; 1] = [include_str!("schema_1.sql")];

/// The schema that this program writes.
pub(super) const VERSION: i64 = STEPS.len() as i64;

/// The oldest program, by its schema version, that may read what this one writes.
const MIN_READER: i64 = 1;

/// What a database says of its schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Schema {
    pub(super) version: i64,
    pub(super) min_reader: i64,
}

/// Reads the schema version; `None` for a database without one.
pub(super) fn read(connection: &Connection) -> rusqlite::Result<Option<Schema>> {
    let is_there: bool = connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema_version')",
        [],
        |row| row.get(0),
    )?;
    if !is_there {
        return Ok(None);
    }
    connection
        .query_row(
            "SELECT version, min_reader FROM schema_version",
            [],
            |row| {
                Ok(Schema {
                    version: row.get(0)?,
                    min_reader: row.get(1)?,
                })
            },
        )
        .optional()
}

/// Brings an empty or older database to [`VERSION`]; a newer one stays as it is.
pub(super) fn migrate(connection: &mut Connection) -> rusqlite::Result<Schema> {
    if let Some(schema) = read(connection)?
        && schema.version >= VERSION
    {
        return Ok(schema);
    }
    // Asked again under the lock: another process may just have done it.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = read(&transaction)?.map_or(0, |schema| schema.version);
    let missing = STEPS.iter().skip(usize::try_from(done).unwrap_or(0));
    for step in missing {
        transaction.execute_batch(step)?;
    }
    let schema = Schema {
        version: done.max(VERSION),
        min_reader: MIN_READER,
    };
    if done < VERSION {
        transaction.execute("DELETE FROM schema_version", [])?;
        transaction.execute(
            "INSERT INTO schema_version (version, min_reader) VALUES (?1, ?2)",
            [schema.version, schema.min_reader],
        )?;
    }
    transaction.commit()?;
    Ok(schema)
}
