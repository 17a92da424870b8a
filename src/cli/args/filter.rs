//! Which runs are meant: the same arguments for lists, exports and statistics.

use clap::{Args, ValueEnum};

use super::run::pair;

/// Runs that a command is about; whatever is not given excludes nothing.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Which runs")]
pub(crate) struct FilterArgs {
    /// Only runs of this unit
    #[arg(long, short, value_name = "TEXT")]
    pub(crate) serial: Option<String>,

    /// Only runs of the test of this name
    #[arg(long, value_name = "NAME")]
    pub(crate) test: Option<String>,

    /// Only runs with this verdict
    #[arg(long, value_name = "VERDICT", ignore_case = true)]
    pub(crate) verdict: Option<VerdictName>,

    /// Only runs at the station of this id
    // Takes the place of the global option, which would say nothing here: what is read is the same
    // for every station. The same id makes clap leave that one out.
    #[arg(long, value_name = "ID")]
    pub(crate) station: Option<String>,

    /// Only runs that this operator started
    #[arg(long, value_name = "TEXT")]
    pub(crate) operator: Option<String>,

    /// Only runs with this tag; may be repeated, and then all of them must be there
    #[arg(long = "tag", short = 't', value_name = "KEY=VALUE", value_parser = pair)]
    pub(crate) tags: Vec<(String, String)>,

    /// Only runs of tests from this package, such as `my-board` or `my-board@1.2.0`
    #[arg(long, value_name = "NAME[@VERSION]")]
    pub(crate) package: Option<String>,

    /// Only runs that started then or later, such as `"2 days ago"`, `7d`, `yesterday`, `monday`,
    /// `"last week"`, `2026-11-21` or `"2026-11-21 08:00"`
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,

    /// Only runs that started before then; `--since yesterday --until today` is one day
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,

    /// Only runs that count as this
    #[arg(long, value_name = "MODE")]
    pub(crate) mode: Option<ModeName>,
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
    All,
    Production,
    Engineering,
    Debug,
    Simulation,
    Grr,
}
