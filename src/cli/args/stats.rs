//! Arguments of `stats`.

use clap::{Args, Subcommand, ValueEnum};

use super::{FilterArgs, StoreName};

/// Figures from past runs: yield, what fails, capability, trends
///
/// Only what says something about production counts: runs of mode `production` that nobody declared
/// void and in which no question was answered for want of somebody, and values that were really
/// measured or entered. What was left out is counted and said; `--mode` and `--include` ask for it.
///
/// The store is the shared one where the station has a `database_url` that can be reached, else the
/// one of this computer; `--store` chooses.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maestro stats yield --since 7d --by station
  maestro stats pareto --test \"Power board\"
  maestro stats capability VOUT_3V3 --since \"last month\"
  maestro stats trend VOUT_3V3 --by day
  maestro stats unit SN-0042
  maestro stats yield --by week --format csv > yield.csv")]
pub(crate) struct StatsArgs {
    #[command(subcommand)]
    pub(crate) command: StatsCommand,
}

/// Which figures.
#[derive(Debug, Subcommand)]
pub(crate) enum StatsCommand {
    Yield(YieldArgs),
    Pareto(ParetoArgs),
    Capability(CapabilityArgs),
    Trend(TrendArgs),
    Times(TimesArgs),
    Unit(UnitArgs),
    Grr(GrrArgs),
}

/// Yield and first-pass yield
///
/// A unit is a serial number under one test; a run without a serial number is a unit of its own. A
/// run judges its unit if it ends PASS or FAIL. Runs that end ERROR, ABORTED or UNDETERMINED do not:
/// they say that the station or the test was at fault, so they are counted beside and change no
/// yield.
///
/// Yield: units whose last judged run passed, of all units with one. First-pass yield: units whose
/// first judged run passed, of the same units; a retest never mends it. First and last are those of
/// the runs that are selected. With `--by` a unit counts where that run was made, so that the rows
/// add up to the whole.
///
/// The confidence interval is Wilson's score interval at 95 % (NIST/SEMATECH e-Handbook 7.2.4.1).
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maestro stats yield
  maestro stats yield --since 30d --by week
  maestro stats yield --by station --test \"Power board\" --format json")]
pub(crate) struct YieldArgs {
    /// One row for each of these
    #[arg(long, value_name = "WHAT")]
    pub(crate) by: Option<ByName>,

    #[command(flatten)]
    pub(crate) common: StatsCommonArgs,
}

/// What fails most: steps and measurements, with their share of all failures
///
/// Counted are runs in which a step or a measurement did not pass, once each however often it was
/// repeated. A sequence counts only through its steps. Superseded attempts do not count.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maestro stats pareto --since 7d
  maestro stats pareto --by station --top 5
  maestro stats pareto --format csv > failures.csv")]
pub(crate) struct ParetoArgs {
    /// A list for each of these
    #[arg(long, value_name = "WHAT")]
    pub(crate) by: Option<ByName>,

    /// So many of each list; 0 for all
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) top: usize,

    #[command(flatten)]
    pub(crate) common: StatsCommonArgs,
}

/// Capability of one measurement: Cp, Cpk, Pp, Ppk, and the histogram between its limits
///
/// ISO 22514-2 and AIAG SPC. Sigma within is the mean moving range of two values over d2 = 1.128, in
/// the order in which they were measured: Cp and Cpk rest on it. Sigma overall is the standard
/// deviation of all values with divisor n - 1: Pp and Ppk rest on it. k is how far the mean is from
/// the middle of the limits, as a share of half their width. With one limit, Cpk and Ppk are those
/// of its side.
///
/// The limits are those of the newest value; the output says whether there were others. Values in
/// another unit of the same kind, such as mV before V, are converted to that of the newest; others
/// are left out and counted. The bounds of Ppk hold with 95 % confidence for normal values (Bissell).
/// Whether the values look normal is tested after Anderson and Darling; classes are those of
/// Freedman and Diaconis.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maestro stats capability VOUT_3V3
  maestro stats capability VOUT_3V3 --by station --since 30d
  maestro stats capability VOUT_3V3 --test \"Power board\" --format json")]
pub(crate) struct CapabilityArgs {
    /// Name of the measurement
    #[arg(value_name = "MEASUREMENT")]
    pub(crate) measurement: String,

    /// Values of this step only, by its name or its path
    #[arg(long, value_name = "STEP")]
    pub(crate) step: Option<String>,

    /// One row more for each of these
    #[arg(long, value_name = "WHAT")]
    pub(crate) by: Option<ByName>,

    #[command(flatten)]
    pub(crate) common: StatsCommonArgs,
}

/// One measurement over time, and its control chart
///
/// Mean, sigma and Cpk of each period; then the control charts of the newest values (AIAG SPC):
/// individuals and moving ranges of two, or with --subgroup means and ranges (standard deviations
/// from 10 values on) of values in a row. Limits stand three sigma from the centre. Subgroups are
/// counted from the oldest value that is selected; one that is not full yet is left out. Points that
/// break a Western Electric rule are marked and named: 1, one beyond 3 sigma; 2, two of three in a
/// row beyond 2 sigma; 3, four of five in a row beyond 1 sigma; 4, eight in a row on one side.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maestro stats trend VOUT_3V3
  maestro stats trend VOUT_3V3 --by hour --since today --station bench-1
  maestro stats trend VOUT_3V3 --last 25 --subgroup 5")]
pub(crate) struct TrendArgs {
    /// Name of the measurement
    #[arg(value_name = "MEASUREMENT")]
    pub(crate) measurement: String,

    /// Values of this step only, by its name or its path
    #[arg(long, value_name = "STEP")]
    pub(crate) step: Option<String>,

    /// Length of a period
    #[arg(long, value_name = "PERIOD", default_value = "month")]
    pub(crate) by: PeriodName,

    /// So many of the newest points in the control chart; 0 for all
    #[arg(long, value_name = "N", default_value_t = 60)]
    pub(crate) last: usize,

    /// Draw means of so many values in a row, and their ranges, from 10 on their standard deviations
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(2..=1000))]
    pub(crate) subgroup: Option<u16>,

    #[command(flatten)]
    pub(crate) common: StatsCommonArgs,
}

/// Where the time goes: how long each step takes, the most expensive first
///
/// Over the newest runs. A step that a loop repeats counts with all its rounds; a sequence counts
/// through its steps. Waiting is the time of questions to the operator and of holds, which the time
/// of the step contains.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maestro stats times --test \"Power board\"
  maestro stats times --runs 100 --station bench-1 --format csv")]
pub(crate) struct TimesArgs {
    /// So many of the newest runs that are selected
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub(crate) runs: u32,

    /// So many steps; 0 for all
    #[arg(long, value_name = "N", default_value_t = 15)]
    pub(crate) top: usize,

    #[command(flatten)]
    pub(crate) common: StatsCommonArgs,
}

/// All of a unit's life: its runs, what failed, what was said of it, the course of each measurement
///
/// Runs of every mode are shown, also void ones; nothing is left out unless a filter asks for it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maestro stats unit SN-0042
  maestro stats unit SN-0042 --test \"Power board\"
  maestro stats unit SN-0042 --format csv > SN-0042.csv")]
pub(crate) struct UnitArgs {
    /// Serial number of the unit
    #[arg(value_name = "SERIAL")]
    pub(crate) unit: String,

    #[command(flatten)]
    pub(crate) common: StatsCommonArgs,
}

/// Gauge R&R: how much of the spread is the gauge, the operators and the parts
///
/// AIAG MSA, 4th edition: a crossed study by analysis of variance. The interaction of operator and
/// part is pooled with the equipment where its p is 0.25 or more. EV repeatability, AV
/// reproducibility, INT interaction, GRR the three together, PV parts, TV all; each as a standard
/// deviation, as a share of the variance and of the study (TV), and six times it as a share of the
/// tolerance. ndc is 1.41 PV / GRR without decimals. The average-and-range method stands beside for
/// comparison.
///
/// Counted are runs of mode `grr` that ended PASS or FAIL; serial numbers are the parts, operators
/// the appraisers, runs the trials in their order.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maestro run my-board --grr 3x10x3
  maestro stats grr VOUT_3V3
  maestro stats grr VOUT_3V3 --study 2026-11-21 --format json")]
pub(crate) struct GrrArgs {
    /// Name of the measurement
    #[arg(value_name = "MEASUREMENT")]
    pub(crate) measurement: String,

    /// Values of this step only, by its name or its path
    #[arg(long, value_name = "STEP")]
    pub(crate) step: Option<String>,

    /// Name of the study; unasked, that of the newest run
    #[arg(long, value_name = "NAME")]
    pub(crate) study: Option<String>,

    #[command(flatten)]
    pub(crate) common: StatsCommonArgs,
}

/// What all figures take.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct StatsCommonArgs {
    #[command(flatten)]
    pub(crate) filter: FilterArgs,

    /// Count these too; several with commas
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    pub(crate) include: Vec<IncludeName>,

    /// Store to read; unasked, the shared one where it is configured and can be reached
    #[arg(long, value_name = "STORE")]
    pub(crate) store: Option<StoreName>,

    /// What goes to standard output
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: StatsFormat,
}

/// By what figures are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ByName {
    Test,
    Station,
    Operator,
    /// hour in which a run started
    Hour,
    Day,
    /// week of ISO 8601, from Monday
    Week,
    Month,
}

/// How long a period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PeriodName {
    Hour,
    Day,
    /// week of ISO 8601, from Monday
    Week,
    Month,
}

impl From<PeriodName> for ByName {
    fn from(period: PeriodName) -> Self {
        match period {
            PeriodName::Hour => Self::Hour,
            PeriodName::Day => Self::Day,
            PeriodName::Week => Self::Week,
            PeriodName::Month => Self::Month,
        }
    }
}

/// What figures leave out unasked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum IncludeName {
    /// runs in which a question was answered because nobody was there
    Unattended,
    /// runs that somebody declared void
    Voided,
    /// values of steps that a package replaces
    Mock,
    /// values of simulated instruments
    Simulated,
}

/// How figures are put out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum StatsFormat {
    /// tables and drawings for people
    #[default]
    Human,
    /// one document with a version of its schema
    Json,
    /// one table with a heading
    Csv,
    /// one page for a browser that needs nothing else
    Html,
}
