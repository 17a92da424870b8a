//! Arguments of `sync`.

use std::time::Duration;

use clap::Args;

use super::OutputFormat;
use super::run::seconds;

/// Deliver to the stores what they do not have yet
///
/// Every run is kept in a journal below `$MAESTRO_HOME` and delivered from there: to the embedded
/// store (`local`), and to PostgreSQL (`shared`) where the station has a `database_url`. A run
/// never waits for a store. What a store lacks, the next run delivers; this command does it now.
/// Whatever is delivered twice is kept once.
///
/// Runs that were interrupted are closed first, as `maestro recover` does it. Runs that go on are
/// left alone.
///
/// A store that was configured once is waited for until somebody says `--forget`, also by commands
/// that run without its `database_url`: its journals stay in `journal/open`.
///
/// The exit code is 0 when every store has everything, 5 when something is outstanding, 4 when the
/// command was interrupted. With `--watch` a signal is the usual end, and the code is 0.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maestro sync                          after the database was away
  maestro sync --timeout 600            wait up to ten minutes for it to come back
  maestro sync --all                    after the database was restored from a backup
  maestro sync --watch                  as a service beside the runs
  maestro sync --forget shared          the station has no PostgreSQL any more")]
pub(crate) struct SyncArgs {
    /// Go on until a signal, and deliver whatever comes
    #[arg(long, conflicts_with_all = ["timeout", "forget"])]
    pub(crate) watch: bool,

    /// Offer every journal that the station still keeps (`retention_days`), also those that were
    /// delivered: for a store that was restored from a backup, or configured later than the runs
    #[arg(long, conflicts_with = "forget")]
    pub(crate) all: bool,

    /// Wait no more for a store that is gone for good: `shared`
    #[arg(long, value_name = "STORE", conflicts_with = "timeout")]
    pub(crate) forget: Option<String>,

    /// Give up a store that has taken nothing for so long
    #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "30")]
    pub(crate) timeout: Duration,

    /// What goes to standard output; `json` is one object, with `--watch` one a line
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: OutputFormat,
}
