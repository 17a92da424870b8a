//! The last known global variables, for runs that start while Redis is away.

use std::collections::BTreeMap;
use std::path::PathBuf;

use rusqlite::{Connection, TransactionBehavior, params};
use serde_json::Value;

use super::connection::{open_to_read, open_to_write};
use super::migrate::{self, VERSION};
use crate::event::Timestamp;

/// The copy of the global variables in the embedded store.
#[derive(Debug)]
pub(crate) struct GlobalsCopy {
    path: PathBuf,
    /// Kept between changes; opened by the first.
    connection: Option<Connection>,
}

/// A value as it was last seen.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct KeptGlobal {
    pub(crate) value: Value,
    pub(crate) seen_at: Timestamp,
}

impl GlobalsCopy {
    /// A copy in the database at `path`; nothing is opened yet.
    pub(crate) const fn new(path: PathBuf) -> Self {
        Self {
            path,
            connection: None,
        }
    }

    /// Every kept value by its name; none where there is no database yet.
    pub(crate) fn load(&self) -> rusqlite::Result<BTreeMap<String, KeptGlobal>> {
        if !self.path.exists() {
            return Ok(BTreeMap::new());
        }
        let connection = open_to_read(&self.path)?;
        let mut statement =
            connection.prepare("SELECT name, value, seen_at FROM global_variables")?;
        let rows = statement.query_map([], |row| {
            let (name, text, seen_at): (String, String, i64) =
                (row.get(0)?, row.get(1)?, row.get(2)?);
            let kept = KeptGlobal {
                value: serde_json::from_str(&text).unwrap_or(Value::String(text)),
                seen_at: Timestamp(seen_at),
            };
            Ok((name, kept))
        })?;
        rows.collect()
    }

    /// Keeps values as they are at `now`; `None` stands for one that does not exist any more.
    pub(crate) fn keep(
        &mut self,
        values: &[(&str, Option<&Value>)],
        now: Timestamp,
    ) -> rusqlite::Result<()> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => open_to_write(&self.path)?,
        };
        // A database that a newer program has changed is left alone.
        if migrate::migrate(&mut connection)?.version != VERSION {
            return Ok(());
        }
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for (name, value) in values {
            match value {
                None => {
                    transaction.execute("DELETE FROM global_variables WHERE name = ?1", [name])?
                }
                Some(value) => transaction.execute(
                    "INSERT OR REPLACE INTO global_variables (name, value, seen_at) \
                     VALUES (?1, ?2, ?3)",
                    params![name, value.to_string(), now.0],
                )?,
            };
        }
        transaction.commit()?;
        self.connection = Some(connection);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn copy_keeps_the_newest_values_and_forgets_what_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.sqlite3");
        assert!(GlobalsCopy::new(path.clone()).load().unwrap().is_empty());
        let mut copy = GlobalsCopy::new(path.clone());
        let (lot, limits) = (json!("A17"), json!({"high": 5.25}));
        copy.keep(
            &[("lot", Some(&lot)), ("limits", Some(&limits))],
            Timestamp(5),
        )
        .unwrap();
        copy.keep(&[("lot", None), ("limits", Some(&json!(1)))], Timestamp(9))
            .unwrap();
        let kept = GlobalsCopy::new(path).load().unwrap();
        let expected = KeptGlobal {
            value: json!(1),
            seen_at: Timestamp(9),
        };
        assert_eq!(kept, BTreeMap::from([("limits".to_owned(), expected)]));
    }

    #[test]
    fn database_of_a_newer_program_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.sqlite3");
        let mut copy = GlobalsCopy::new(path.clone());
        copy.keep(&[("a", Some(&json!(1)))], Timestamp(5)).unwrap();
        let sql = "UPDATE schema_version SET version = 99";
        Connection::open(&path).unwrap().execute(sql, []).unwrap();
        let mut other = GlobalsCopy::new(path.clone());
        other.keep(&[("a", Some(&json!(2)))], Timestamp(9)).unwrap();
        assert_eq!(copy.load().unwrap()["a"].value, json!(1));
    }
}
