//! Arguments of `results`.

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{ArgGroup, Args, Subcommand, ValueEnum};

use super::{FilterArgs, OutputFormat, StoreName};

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
    Export(ResultsExportArgs),
    Annotate(ResultsAnnotateArgs),
}

/// List past runs, the newest first
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maestro results list
  maestro results list --serial PB-0042
  maestro results list --verdict fail --since \"2 days ago\" --limit 0
  maestro results list --since yesterday --until today --operator alice --tag Batch=B7
  maestro results list --before acb82ba9          what comes after that run
  maestro results list --format json | jq -r .id")]
pub(crate) struct ResultsListArgs {
    /// Store to read; unasked, the shared one where it is configured and can be reached
    #[arg(long, value_name = "STORE")]
    pub(crate) store: Option<StoreName>,

    /// At most so many; 0 for all
    #[arg(long, short = 'n', value_name = "N", default_value_t = 20)]
    pub(crate) limit: u32,

    /// The next page: only runs that come after this one in the list; beginning or end of its id
    #[arg(long, value_name = "RUN")]
    pub(crate) before: Option<String>,

    /// What goes to standard output
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: OutputFormat,

    // The last, since its heading holds for what follows.
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
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

/// Write past results for pandas, DuckDB and spreadsheets
///
/// One row for each measurement, step or run, the oldest first, with what there is to know of its run
/// in each row. Nothing is left out unless it is asked: the columns `mode`, `voided`, `unattended`
/// and `origin` tell what statistics would not count.
///
/// CSV is UTF-8 as in RFC 4180, with times in UTC, numbers with a point, `true` and `false`; an
/// empty field is nothing. Readers guess the types: a serial number such as `0042` loses its zeros
/// unless they are told (pandas: `dtype={"serial_number": str}`). JSON has one object a line and keeps
/// every type.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maestro results export --since \"last month\" -o measurements.csv
  maestro results export --what runs --test \"Final Test\" -o runs.jsonl
  maestro results export --serial PB-0042 | duckdb -c \"FROM read_csv('/dev/stdin')\"")]
pub(crate) struct ResultsExportArgs {
    /// What a row is of
    #[arg(long, value_name = "WHAT", default_value = "measurements")]
    pub(crate) what: ExportedName,

    /// How rows are written; unasked, as the ending of FILE says, else as CSV
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<ExportFormat>,

    /// File to write, whole or not at all; unasked, standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// CSV: leave texts as they are that a spreadsheet would take for formulas (`=…`, `@…`, `+…`,
    /// `-…`); unasked, an apostrophe goes before them
    #[arg(long)]
    pub(crate) exact: bool,

    /// CSV: begin with the mark (BOM) by which Excel knows UTF-8
    #[arg(long)]
    pub(crate) bom: bool,

    /// Store to read; unasked, the shared one where it is configured and can be reached
    #[arg(long, value_name = "STORE")]
    pub(crate) store: Option<StoreName>,

    // The last, since its heading holds for what follows.
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
}

/// What a row of an export is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportedName {
    Runs,
    Steps,
    Measurements,
}

/// How an export is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// a line of names, then one line a row
    Csv,
    /// one object a line
    #[value(alias = "jsonl")]
    Json,
}

/// Declare past runs void, or say what becomes of their units
///
/// Results are never changed: what is said stands beside the run, with who said it, when and why,
/// and is shown with it. A run that is void counts in no statistics unless they are asked to
/// include it. What was said by mistake is answered by saying the opposite (`--valid`).
///
/// It is kept on this computer at once. Where the station has a shared store it goes there too: now,
/// or with the next run or `maestro sync` where that store cannot be reached.
#[derive(Debug, Args)]
#[command(
    group(ArgGroup::new("what").required(true).multiple(true).args(["void", "valid", "disposition"])),
    after_help = "\
Examples:
  maestro results annotate acb82ba9 --void --reason \"the fixture was open\"
  maestro results annotate acb82ba9 --disposition \"rework R12\" --reason \"solder bridge\" --by alice
  maestro results annotate acb82ba9 --valid --reason \"it was the other one\""
)]
pub(crate) struct ResultsAnnotateArgs {
    /// Run id, its beginning or its end; or `last`; several for all of them or none
    #[arg(value_name = "RUN", required = true)]
    pub(crate) runs: Vec<String>,

    /// They count in no statistics
    #[arg(long, conflicts_with = "valid")]
    pub(crate) void: bool,

    /// They were declared void, and count again
    #[arg(long)]
    pub(crate) valid: bool,

    /// What becomes of the unit, such as `rework`, `scrap` or `use as is`
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) disposition: Option<String>,

    /// Why
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) reason: String,

    /// Who says so; unasked, the account
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) by: Option<String>,
}
