//! The shared store as a source of figures.

use super::PostgresHistory;
use crate::record::HistoryError;
use crate::store::rows::read::ReadError;
use crate::store::rows::{Cell, Seen};
use crate::store::survey::Asked;
use crate::store::upkeep::Dialect;

impl Asked for PostgresHistory {
    const DIALECT: Dialect = Dialect::Postgres;

    fn each(
        &self,
        query: &str,
        cells: &[Cell<'_>],
        read: &mut dyn FnMut(&Seen<'_>) -> Result<(), ReadError>,
    ) -> Result<(), HistoryError> {
        let rows = self.query(query, cells)?;
        self.read_each(&rows, |row| read(&Seen(&row)))
    }
}
