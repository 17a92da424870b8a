//! The command itself, its global options, and the commands that need nothing of a station.

use std::path::PathBuf;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use super::config::ConfigArgs;
use super::db::DbArgs;
use super::limits::LimitsArgs;
use super::report::ReportArgs;
use super::results::ResultsArgs;
use super::run::{PlanArgs, RecoverArgs, RunArgs, pair};
use super::runner::{RunnerArgs, SchemaArgs};
use super::station::StationArgs;
use super::stats::StatsArgs;
use super::store::StoreName;
use super::sync::SyncArgs;
use super::validate::ValidateArgs;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Yellow.on_default().bold())
    .usage(AnsiColor::Yellow.on_default().bold())
    .literal(AnsiColor::Green.on_default())
    .placeholder(AnsiColor::Cyan.on_default())
    .error(AnsiColor::Red.on_default().bold())
    .valid(AnsiColor::Green.on_default())
    .invalid(AnsiColor::Red.on_default());

/// What `maestro --help` ends with; the manual page has the same as sections.
const AFTER_HELP: &str = "\
Start here:
  maestro new my-board                  write a package that runs at once
  maestro run my-board --serial T-1     run it
  maestro man | man -l -                read the manual";

/// Runs hardware tests written in YAML and Python, and keeps every result
#[derive(Debug, Parser)]
#[command(
    name = "maestro",
    version,
    styles = STYLES,
    after_help = AFTER_HELP,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    max_term_width = 100
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options that every command takes.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct GlobalArgs {
    /// When to use colour: auto, always or never
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        hide_default_value = true,
        hide_possible_values = true
    )]
    pub(crate) color: ColorWhen,

    /// Say only what must be said
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,

    /// Say more: what runners print, where things are stored
    #[arg(long, short, global = true)]
    pub(crate) verbose: bool,

    /// Station file to use instead of `/etc/maestro/station.yaml` and the one in your own settings
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "MAESTRO_CONFIG",
        hide_env = true
    )]
    pub(crate) config: Option<PathBuf>,

    /// Station id to use instead of the configured one
    #[arg(long, global = true, value_name = "ID")]
    pub(crate) station: Option<String>,

    /// Another value for a key of the station file, such as `lock_dir=/tmp`; may be repeated
    #[arg(long = "set", global = true, value_name = "KEY=VALUE", value_parser = station_key)]
    pub(crate) overrides: Vec<(String, String)>,
}

/// When output carries colours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorWhen {
    /// on a terminal only
    #[default]
    Auto,
    /// also into files and pipes
    Always,
    /// not at all
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Run(Box<RunArgs>),
    Validate(ValidateArgs),
    Plan(PlanArgs),
    Replay(ReplayArgs),
    Results(ResultsArgs),
    Stats(StatsArgs),
    Limits(LimitsArgs),
    Report(ReportArgs),
    Config(ConfigArgs),
    Recover(RecoverArgs),
    Sync(SyncArgs),
    Db(DbArgs),
    New(NewArgs),
    Runner(RunnerArgs),
    Station(StationArgs),
    Schema(SchemaArgs),
    Completions(CompletionsArgs),
    Man(ManArgs),
}

/// Show a recorded run again
///
/// On a terminal it plays on the screen of `maestro run`: Space pauses, `.` and `,` go one step on
/// and back, `[` and `]` to its beginning and end, `+` and `-` make it faster and slower, q leaves.
/// Elsewhere, and with `--headless`, it is written as lines.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maestro replay                        the newest run
  maestro replay acb82ba9 --speed 10    beginning or end of a run id")]
pub(crate) struct ReplayArgs {
    /// Run id, its beginning or its end; or `last`
    #[arg(value_name = "RUN", default_value = "last")]
    pub(crate) run: String,

    /// How many times faster than it was
    #[arg(long, value_name = "N", default_value_t = 1.0)]
    pub(crate) speed: f64,

    /// Write lines, also on a terminal
    #[arg(long)]
    pub(crate) headless: bool,

    /// Store to read; unasked, the shared one where it is configured and can be reached
    #[arg(long, value_name = "STORE")]
    pub(crate) store: Option<StoreName>,
}

/// Write a package that runs at once
///
/// The package holds a test of two steps, the Python module that they call, a README that says what
/// to change first, and a hook that checks the package before each commit. It needs no hardware.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  maestro new my-board && maestro run my-board --serial TEST-1")]
pub(crate) struct NewArgs {
    /// Folder to make; its name becomes the name of the package
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
}

/// Print a completion script for a shell
///
/// The script goes to standard output; put it where the shell looks for completions.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maestro completions bash > ~/.local/share/bash-completion/completions/maestro
  maestro completions zsh > ~/.zfunc/_maestro
  maestro completions fish > ~/.config/fish/completions/maestro.fish")]
pub(crate) struct CompletionsArgs {
    #[arg(value_name = "SHELL")]
    pub(crate) shell: Shell,
}

/// Print the manual page of maestro or of one command
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maestro man | man -l -                read the page of maestro itself
  maestro man run | man -l -            read the page of `maestro run`
  maestro man --dir ~/.local/share/man/man1")]
pub(crate) struct ManArgs {
    /// Command whose page is wanted, such as `run` or `results show`
    #[arg(value_name = "COMMAND", conflicts_with = "dir")]
    pub(crate) command: Vec<String>,

    /// Write every page into this folder
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
}

/// Keys of the station file that hold one value or a list of words.
const STATION_KEYS: [&str; 20] = [
    "accept_lifecycle",
    "allow_modes",
    "cleanup_timeout_ms",
    "database_url",
    "database_url_file",
    "default_timeout_ms",
    "home",
    "lock_dir",
    "package_path",
    "redis_remote_set",
    "redis_ttl_s",
    "redis_url",
    "redis_url_file",
    "require_clean",
    "require_fixture",
    "retention_days",
    "serial_pattern",
    "slots",
    "station_id",
    "unknown_keys",
];

/// Reads `KEY=VALUE` of `--set`.
fn station_key(text: &str) -> Result<(String, String), String> {
    let (key, value) = pair(text)?;
    if STATION_KEYS.contains(&key.as_str()) {
        return Ok((key, value));
    }
    Err(format!(
        "no such key; there are {}",
        STATION_KEYS.join(", ")
    ))
}
