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
        self.each_row(query, cells, &mut |row| read(&Seen(&row)))
    }
}
