//! Arguments of `station`.

use clap::{Args, Subcommand};

use super::OutputFormat;

/// Look at this station: its settings, and whether everything it needs works
#[derive(Debug, Args)]
pub(crate) struct StationArgs {
    #[command(subcommand)]
    pub(crate) command: StationCommand,
}

/// What to look at.
#[derive(Debug, Subcommand)]
pub(crate) enum StationCommand {
    Show(StationShowArgs),
    Doctor(StationDoctorArgs),
}

/// Show every setting of the station, and where each comes from
///
/// A flag wins over a variable, a variable over the file, and the file over the default. Passwords
/// are hidden.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maestro station show
  maestro station show --format json | jq -r .settings.home.value")]
pub(crate) struct StationShowArgs {
    /// What goes to standard output
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: OutputFormat,
}

/// Check every part of the station, and say how to mend what is wrong
///
/// Looks at the settings, the home folder and its disk, journals, stores, Redis, runners, the clock
/// and the terminal. Nothing is changed and no test is run. Exit code 1 where something fails; a
/// warning is no failure.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maestro station doctor
  maestro station doctor --format json | jq '.checks[] | select(.state == \"fail\")'")]
pub(crate) struct StationDoctorArgs {
    /// What goes to standard output
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: OutputFormat,
}
