//! A row of any database, where its type is not to be said.

use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use super::read::{Columns, ReadError};
use crate::event::{RunId, Timestamp};

/// A row, read by the names of its columns.
pub(crate) struct Seen<'a>(pub(crate) &'a dyn Columns);

impl Seen<'_> {
    pub(crate) fn needed_text(&self, column: &str) -> Result<String, ReadError> {
        needed(self.text(column)?, column)
    }

    pub(crate) fn needed_time(&self, column: &str) -> Result<Timestamp, ReadError> {
        needed(self.time(column)?, column)
    }

    pub(crate) fn needed_run(&self, column: &str) -> Result<RunId, ReadError> {
        Ok(RunId(needed(self.uuid(column)?, column)?))
    }

    /// An enumeration by its stored word.
    pub(crate) fn needed_word<T: DeserializeOwned>(&self, column: &str) -> Result<T, ReadError> {
        let word = Value::String(self.needed_text(column)?);
        serde_json::from_value(word).map_err(|error| ReadError::new(column, &error))
    }

    /// A word that may be absent.
    pub(crate) fn word<T: DeserializeOwned>(&self, column: &str) -> Result<Option<T>, ReadError> {
        let word = self.text(column)?.map(Value::String);
        let read = word.map(|word| serde_json::from_value(word));
        read.transpose()
            .map_err(|error| ReadError::new(column, &error))
    }

    /// A number of rows.
    pub(crate) fn count(&self, column: &str) -> Result<u64, ReadError> {
        let number = needed(self.int(column)?, column)?;
        u64::try_from(number).map_err(|error| ReadError::new(column, &error))
    }
}

fn needed<T>(value: Option<T>, column: &str) -> Result<T, ReadError> {
    value.ok_or_else(|| ReadError::new(column, &"it is empty"))
}

impl Columns for Seen<'_> {
    fn text(&self, column: &str) -> Result<Option<String>, ReadError> {
        self.0.text(column)
    }

    fn int(&self, column: &str) -> Result<Option<i64>, ReadError> {
        self.0.int(column)
    }

    fn real(&self, column: &str) -> Result<Option<f64>, ReadError> {
        self.0.real(column)
    }

    fn time(&self, column: &str) -> Result<Option<Timestamp>, ReadError> {
        self.0.time(column)
    }

    fn uuid(&self, column: &str) -> Result<Option<Uuid>, ReadError> {
        self.0.uuid(column)
    }
}
