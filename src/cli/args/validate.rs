//! `maestro validate`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::validate::FindingFormat;

/// Find every mistake in tests and packages
///
/// Files are read, Python modules too, but nothing is imported, started or asked. In a folder every
/// YAML file with the root key `test` is validated, in sub-folders as well; other YAML files are
/// passed over. With `--station`, the config keys and runners that tests name must be
/// there at that station.
///
/// The exit code is 0 without errors, 1 with errors, and 2 where a path could not be read.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maestro validate .                    everything below this folder
  maestro validate my-board --deny warnings
  maestro validate . --format sarif > findings.sarif
  maestro validate --explain limit-reversed")]
pub(crate) struct ValidateArgs {
    /// Files, package folders or folders of packages
    #[arg(value_name = "PATH", required_unless_present = "explain")]
    pub(crate) paths: Vec<PathBuf>,

    /// How findings are written
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "human",
        hide_default_value = true
    )]
    pub(crate) format: FindingFormat,

    /// Fail on warnings too
    #[arg(long, value_name = "KIND")]
    pub(crate) deny: Option<Denied>,

    /// Say what a finding means, such as `limit-reversed`, and do nothing else
    #[arg(long, value_name = "CODE")]
    pub(crate) explain: Option<String>,
}

/// What `--deny` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Denied {
    /// findings that do not stop a run
    Warnings,
}
