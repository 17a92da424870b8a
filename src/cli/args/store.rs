//! `--store`: which of the stores is meant.

use std::fmt;

use clap::ValueEnum;

/// A store of the station.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum StoreName {
    /// the embedded store on this computer
    Local,
    /// PostgreSQL
    Shared,
}

impl fmt::Display for StoreName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Local => "local",
            Self::Shared => "shared",
        })
    }
}
