//! Annotations in the embedded store, and those among them that the shared store still lacks.
//!
//! An annotation is certain when it is here: the commit survives a power cut. Where it has to go to
//! a shared store as well, its row waits in `annotation_outbox` until that store has it.

use std::path::PathBuf;

use rusqlite::{Connection, Transaction, TransactionBehavior, params_from_iter};

use super::{connection, migrate};
use crate::record::{Annotation, Annotations, HistoryError};
use crate::store::rows::{
    ANNOTATION_COLUMNS, Cells, annotation, annotation_audit_cells, annotation_cells,
};

/// Keeps annotations in the database of a station's home. Connections live as long as one question.
#[derive(Debug, Clone)]
pub(crate) struct SqliteAnnotations {
    path: PathBuf,
}

impl SqliteAnnotations {
    /// Those in the database at `path`; nothing is opened or made yet.
    pub(crate) const fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// What no shared store has yet, in the order in which it was said.
    #[cfg_attr(
        not(feature = "postgres"),
        expect(dead_code, reason = "there is no shared store to hand them to")
    )]
    pub(crate) fn waiting(&self) -> Result<Vec<Annotation>, HistoryError> {
        if !self.path.exists() {
            return Ok(Vec::new());
        }
        let failed = |error: &dyn std::fmt::Display| self.failed(error);
        let connection = connection::open_to_read(&self.path).map_err(|error| failed(&error))?;
        if migrate::read(&connection)
            .map_err(|error| failed(&error))?
            .is_none()
        {
            return Ok(Vec::new());
        }
        let query =
            format!("SELECT {ANNOTATION_COLUMNS} FROM annotation_outbox ORDER BY annotated_at, id");
        let mut statement = connection.prepare(&query).map_err(|error| failed(&error))?;
        let mut rows = statement.query([]).map_err(|error| failed(&error))?;
        let mut waiting = Vec::new();
        while let Some(row) = rows.next().map_err(|error| failed(&error))? {
            waiting.push(annotation(&row).map_err(|error| failed(&error))?);
        }
        Ok(waiting)
    }

    /// Notes that the shared store has these.
    #[cfg_attr(
        not(feature = "postgres"),
        expect(dead_code, reason = "there is no shared store to hand them to")
    )]
    pub(crate) fn arrived(&self, annotations: &[Annotation]) -> Result<(), HistoryError> {
        self.write(|transaction| {
            let mut delete = transaction.prepare("DELETE FROM annotation_outbox WHERE id = ?1")?;
            for annotation in annotations {
                delete.execute([annotation.id.hyphenated().to_string()])?;
            }
            Ok(())
        })
    }

    /// Changes rows in a transaction that survives a power cut.
    fn write(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<()>,
    ) -> Result<(), HistoryError> {
        let mut connection = self.open().map_err(|error| self.failed(&error))?;
        let schema = migrate::migrate(&mut connection).map_err(|error| self.failed(&error))?;
        if schema.version > migrate::VERSION {
            return Err(HistoryError::Unavailable(format!(
                "{} was made by a newer maestro; update this one to write it",
                self.path.display()
            )));
        }
        let changed = || {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            work(&transaction)?;
            transaction.commit()
        };
        changed().map_err(|error| self.failed(&error))
    }

    fn open(&self) -> rusqlite::Result<Connection> {
        let connection = connection::open_to_write(&self.path)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        Ok(connection)
    }

    fn failed(&self, error: &dyn std::fmt::Display) -> HistoryError {
        HistoryError::Unavailable(format!("{}: {error}", self.path.display()))
    }
}

impl Annotations for SqliteAnnotations {
    fn add(&mut self, annotations: &[Annotation]) -> Result<(), HistoryError> {
        self.write(|transaction| {
            for annotation in annotations {
                let cells = annotation_cells(annotation);
                insert(transaction, "annotations", &cells)?;
                insert(transaction, "annotation_outbox", &cells)?;
                let audit = annotation_audit_cells(annotation);
                insert(transaction, "audit_log", &audit)?;
            }
            Ok(())
        })
    }
}

fn insert(transaction: &Transaction<'_>, table: &str, cells: &Cells<'_>) -> rusqlite::Result<()> {
    let columns: Vec<&str> = cells.iter().map(|(column, _)| *column).collect();
    let query = format!(
        "INSERT INTO {table} ({}) VALUES ({}) ON CONFLICT (id) DO NOTHING",
        columns.join(", "),
        vec!["?"; columns.len()].join(", ")
    );
    let values = cells.iter().map(|(_, cell)| cell);
    transaction
        .prepare_cached(&query)?
        .execute(params_from_iter(values))?;
    Ok(())
}
