//! The embedded store: one SQLite database in `$MAESTRO_HOME`, always written.
//!
//! WAL, one writer at a time (`BEGIN IMMEDIATE` with a busy timeout), `synchronous=NORMAL`: a power
//! cut may take the newest commits, which the journal still has. The commit of the last parcel of a
//! run is a `FULL` one, so that the journal may move away after it.
//!
//! Migrations run by themselves. A schema that is newer than this program is not written
//! ([`SqliteSink`] pauses) and read only where it says that this program may.
//!
//! The station's config lies here too ([`SqliteConfig`]); the texts of its secrets lie in a file of
//! their own beside the database.

mod annotations;
mod bind;
mod config;
mod connection;
#[cfg(test)]
mod crash_tests;
#[cfg(feature = "redis")]
pub(crate) mod globals;
mod history;
mod migrate;
mod secrets;
mod sink;
mod survey;
#[cfg(test)]
mod tests;
mod upkeep;

pub(crate) use annotations::SqliteAnnotations;
pub(crate) use config::{ConfigCopy, SqliteConfig};
pub(crate) use history::SqliteHistory;
pub(crate) use sink::SqliteSink;
pub(crate) use upkeep::SqliteDatabase;

use std::path::{Path, PathBuf};

/// Where the embedded store of a station lies.
pub(crate) fn database_path(home: &Path) -> PathBuf {
    home.join("maestro.sqlite3")
}
