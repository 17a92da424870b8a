//! Arguments of `limits`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::StatsCommonArgs;

/// Hold the limits of a file against what was measured
///
/// Only what says something about production counts, as in `maestro stats`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maestro limits try tests/main.yaml --since 90d
  maestro limits suggest tests/main.yaml VOUT_3V3 --ppk 1.67")]
pub(crate) struct LimitsArgs {
    #[command(subcommand)]
    pub(crate) command: LimitsCommand,
}

/// What to do with limits.
#[derive(Debug, Subcommand)]
pub(crate) enum LimitsCommand {
    Try(LimitsTryArgs),
    Suggest(LimitsSuggestArgs),
}

/// Judge past measurements by the limits of a changed file
///
/// Says what would fail and pass, which units would end otherwise, and the new yield and Cpk. Nothing
/// is changed, neither file nor results.
///
/// A measurement is judged by its name, and by its step where steps judge that name differently; one
/// of a step that the file does not have any more then stays as recorded. Answers with limits are
/// judged as well. Limits with templates are known where the station config (`cfg.*`) is all that
/// they read; others stay as recorded, and are named.
/// Runs that ended ERROR, ABORTED or UNDETERMINED and forced ones stay what they are. A run that
/// failed, would not fail by what it measured, and was ended early by that failure is counted as not
/// known: it has not measured the rest.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maestro limits try tests/main.yaml --since 90d
  maestro limits try my-board --station ST-01 --format json | jq .result.units")]
pub(crate) struct LimitsTryArgs {
    /// YAML file, package folder, or `package:name`
    #[arg(value_name = "TEST")]
    pub(crate) file: PathBuf,

    /// So many of the units; 0 for all
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) top: usize,

    #[command(flatten)]
    pub(crate) common: StatsCommonArgs,
}

/// Propose limits from what was measured
///
/// The limits are those at which the overall performance (Ppk) has the value asked for: mean ± 3·Ppk
/// sigma of values that look normal, else, from 1,000 values on, by percentiles (ISO 22514-2). They
/// are rounded outwards to a tenth of the leading decimal of sigma. A measurement with one limit
/// gets one. Limits say what a unit needs, and the past only what it was: look at the proposal before
/// it is taken. Nothing is written without --write.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maestro limits suggest tests/main.yaml
  maestro limits suggest tests/main.yaml VOUT_3V3 IDLE --since 90d --ppk 1.67
  maestro limits suggest tests/main.yaml VOUT_3V3 --write")]
pub(crate) struct LimitsSuggestArgs {
    /// YAML file, package folder, or `package:name`
    #[arg(value_name = "TEST")]
    pub(crate) file: PathBuf,

    /// Only these measurements
    #[arg(value_name = "NAME")]
    pub(crate) names: Vec<String>,

    /// The overall performance that the limits shall have
    #[arg(long, value_name = "NUMBER", default_value_t = 1.33, value_parser = ppk)]
    pub(crate) ppk: f64,

    /// Write the proposals into the file, in place of the numbers there
    #[arg(long)]
    pub(crate) write: bool,

    #[command(flatten)]
    pub(crate) common: StatsCommonArgs,
}

fn ppk(text: &str) -> Result<f64, String> {
    text.parse::<f64>()
        .ok()
        .filter(|ppk| (0.1..=10.0).contains(ppk))
        .ok_or_else(|| "write a number from 0.1 to 10, such as 1.33".to_owned())
}
