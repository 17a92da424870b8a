//! Annotations in the shared store.

use std::time::Duration;

use tokio_postgres::{Client, Error};

use super::PostgresOptions;
use super::migrate::{self, Mode};
use super::session::Session;
use super::values::{borrowed, placed};
use crate::record::{Annotation, Annotations, HistoryError};
use crate::store::rows::{Cells, annotation_audit_cells, annotation_cells};

/// How long adding them may take.
const ADD: Duration = Duration::from_secs(10);

/// Keeps annotations in a shared database.
#[derive(Debug)]
pub(crate) struct PostgresAnnotations {
    session: Session,
}

impl PostgresAnnotations {
    /// Those of this database; nothing is connected yet.
    pub(crate) fn new(options: &PostgresOptions) -> Self {
        Self {
            session: Session::new(options),
        }
    }
}

impl Annotations for PostgresAnnotations {
    fn add(&mut self, annotations: &[Annotation]) -> Result<(), HistoryError> {
        migrate::migrate(&mut self.session, Mode::ByItself)?;
        let add = async |client: &mut Client| {
            let transaction = client.transaction().await?;
            for annotation in annotations {
                let cells = annotation_cells(annotation);
                insert(transaction.client(), "annotations", &cells).await?;
                let audit = annotation_audit_cells(annotation);
                insert(transaction.client(), "audit_log", &audit).await?;
            }
            transaction.commit().await
        };
        Ok(self.session.run("adding annotations", ADD, add)?)
    }
}

async fn insert(client: &Client, table: &str, cells: &Cells<'_>) -> Result<(), Error> {
    let columns: Vec<&str> = cells.iter().map(|(column, _)| *column).collect();
    let (places, values): (Vec<String>, Vec<_>) = cells
        .iter()
        .enumerate()
        .map(|(n, (_, cell))| placed(cell, n + 1))
        .unzip();
    let query = format!(
        "INSERT INTO {table} ({}) VALUES ({}) ON CONFLICT (id) DO NOTHING",
        columns.join(", "),
        places.join(", ")
    );
    client.query_typed(&query, &borrowed(&values)).await?;
    Ok(())
}
