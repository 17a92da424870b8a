//! The embedded store as a source of figures.

use rusqlite::params_from_iter;

use super::SqliteHistory;
use super::history::unavailable;
use crate::record::HistoryError;
use crate::store::rows::read::ReadError;
use crate::store::rows::{Cell, Seen};
use crate::store::survey::Asked;
use crate::store::upkeep::Dialect;

impl Asked for SqliteHistory {
    const DIALECT: Dialect = Dialect::Sqlite;

    fn each(
        &self,
        query: &str,
        cells: &[Cell<'_>],
        read: &mut dyn FnMut(&Seen<'_>) -> Result<(), ReadError>,
    ) -> Result<(), HistoryError> {
        let in_sql = |error: rusqlite::Error| unavailable(self.path(), &error);
        let mut statement = self.connection().prepare_cached(query).map_err(in_sql)?;
        let mut rows = statement.query(params_from_iter(cells)).map_err(in_sql)?;
        while let Some(row) = rows.next().map_err(in_sql)? {
            read(&Seen(&row)).map_err(|error| unavailable(self.path(), &error))?;
        }
        Ok(())
    }
}
