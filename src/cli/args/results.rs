//! Arguments of `results`.

use clap::builder::NonEmptyStringValueParser;
use clap::{ArgGroup, Args, Subcommand};

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
