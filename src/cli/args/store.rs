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

impl StoreName {
    /// Where that is, for somebody at the station.
    pub(crate) const fn place(self) -> &'static str {
        match self {
            Self::Local => "from this computer",
            Self::Shared => "from the shared store",
        }
    }
}

impl fmt::Display for StoreName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Local => "local",
            Self::Shared => "shared",
        })
    }
}
