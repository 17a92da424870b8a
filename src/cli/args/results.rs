//! Arguments of `results`.

use clap::{Args, Subcommand, ValueEnum};

use super::{OutputFormat, StoreName};
use crate::event::Mode;
use crate::verdict::Verdict;

/// Look at past runs
///
/// Every run is kept with what was tested, measured, asked and logged: below `$MAESTRO_HOME` for this
/// computer (`--store local`), and in PostgreSQL for all stations where the station has a
/// `database_url` (`--store shared`).
#[derive(Debug, Args)]
pub(crate) struct ResultsArgs {
    #[command(subcommand)]
    pub(crate) command: ResultsCommand,
}

/// What to do with past runs.
#[derive(Debug, Subcommand)]
pub(crate) enum ResultsCommand {
    List(ResultsListArgs),
    Show(ResultsShowArgs),
}

/// List past runs, the newest first
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maestro results list
  maestro results list --serial PB-0042
  maestro results list --verdict fail --since 7d --limit 0
  maestro results list --format json | jq -r .id")]
pub(crate) struct ResultsListArgs {
    /// Only runs of this unit
    #[arg(long, short, value_name = "TEXT")]
    pub(crate) serial: Option<String>,

    /// Only runs of the test of this name
    #[arg(long, value_name = "NAME")]
    pub(crate) test: Option<String>,

    /// Only runs with this verdict
    #[arg(long, value_name = "VERDICT", ignore_case = true)]
    pub(crate) verdict: Option<VerdictName>,

    /// Only runs that count as this
    #[arg(long, value_name = "MODE")]
    pub(crate) mode: Option<ModeName>,

    /// Only runs that started since, such as `7d`, `2026-11-21` or `2026-11-21T08:00`
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,

    /// Store to read; unasked, the shared one where it is configured and can be reached
    #[arg(long, value_name = "STORE")]
    pub(crate) store: Option<StoreName>,

    /// At most so many; 0 for all
    #[arg(long, short = 'n', value_name = "N", default_value_t = 20)]
    pub(crate) limit: u32,

    /// What goes to standard output
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: OutputFormat,
}

/// Show one past run as it was shown while it went on
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maestro results show                  the newest run
  maestro results show acb82ba9         beginning or end of a run id
  maestro results show last --format json")]
pub(crate) struct ResultsShowArgs {
    /// Run id, its beginning or its end; or `last`
    #[arg(value_name = "RUN", default_value = "last")]
    pub(crate) run: String,

    /// Store to read; unasked, the shared one where it is configured and can be reached
    #[arg(long, value_name = "STORE")]
    pub(crate) store: Option<StoreName>,

    /// What goes to standard output; `json` is the report that `maestro schema report` describes
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: OutputFormat,
}

/// The verdicts that a run can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "lower")]
pub(crate) enum VerdictName {
    Pass,
    Fail,
    Error,
    Aborted,
    Undetermined,
}

/// What a run can count as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "lower")]
pub(crate) enum ModeName {
    Production,
    Engineering,
    Debug,
    Simulation,
    Grr,
}

impl From<VerdictName> for Verdict {
    fn from(name: VerdictName) -> Self {
        match name {
            VerdictName::Pass => Self::Pass,
            VerdictName::Fail => Self::Fail,
            VerdictName::Error => Self::Error,
            VerdictName::Aborted => Self::Aborted,
            VerdictName::Undetermined => Self::Undetermined,
        }
    }
}

impl From<ModeName> for Mode {
    fn from(name: ModeName) -> Self {
        match name {
            ModeName::Production => Self::Production,
            ModeName::Engineering => Self::Engineering,
            ModeName::Debug => Self::Debug,
            ModeName::Simulation => Self::Simulation,
            ModeName::Grr => Self::Grr,
        }
    }
}
