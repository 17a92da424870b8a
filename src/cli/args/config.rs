//! Arguments of `config`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{OutputFormat, StoreName};

/// Read and change the values that tests see as `cfg.KEY`
///
/// A value counts for all stations (`--scope global`) or for one (`--scope station`: this one, or
/// the one of `--station`); the station wins over global, and both win over `cfg` in station.yaml.
/// Values are kept in the embedded store, or in PostgreSQL where the station has a `database_url`:
/// then they are shared, and this computer keeps a copy for runs that start while the database is
/// away. Each run takes the values as they are when it starts and keeps them with its record.
///
/// Every change leaves a row in the history. The text of a secret is shown by no command and stands
/// in no record: wherever a run would tell it, it tells `***`.
#[derive(Debug, Args)]
pub(crate) struct ConfigArgs {
    #[command(subcommand)]
    pub(crate) command: ConfigCommand,
}

/// What to do with the config.
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    Get(ConfigGetArgs),
    Set(Box<ConfigSetArgs>),
    Unset(ConfigUnsetArgs),
    List(ConfigListArgs),
    Merged(ConfigMergedArgs),
    Export(ConfigExportArgs),
    Import(ConfigImportArgs),
    History(ConfigHistoryArgs),
}

/// Show the value of a key
///
/// Without `--scope` it is the value that a run of this station sees. A text is shown as it is,
/// everything else as JSON, a secret as `(secret)`. A key that is not set is exit code 1.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maestro config get DMM
  maestro config get DMM --scope global
  maestro config get LIMITS --format json | jq .high")]
pub(crate) struct ConfigGetArgs {
    #[arg(value_name = "KEY")]
    pub(crate) key: String,

    /// The value of this scope alone
    #[arg(long, value_name = "SCOPE")]
    pub(crate) scope: Option<ScopeName>,

    /// The store to read, with `--scope`
    #[arg(long, value_name = "STORE", requires = "scope")]
    pub(crate) store: Option<StoreName>,

    /// What goes to standard output
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: OutputFormat,
}

/// Set a key
///
/// The value is a number, true, false or null where it reads as one, a list or a mapping where it
/// begins with a bracket, and a text otherwise; `--type` says it. A category or a description that
/// is not given stays; an empty one is taken away. With nothing but these the value stays.
///
/// The value of a secret is asked for on a terminal without showing it, or read from standard input
/// or a file: a command line can be seen by others. It has 8 characters at least. One line end
/// after it is left out.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maestro config set DMM 10.0.0.7:5025 --category instruments
  maestro config set AVERAGES 16 --scope global
  maestro config set LOT 0012 --type text
  maestro config set CORRECTION '{gain: 1.002, offset: -0.004}'
  maestro config set MES_TOKEN --secret --scope global
  pass show mes | maestro config set MES_TOKEN --secret --from -")]
pub(crate) struct ConfigSetArgs {
    /// Letters, digits, `_` and `-`, beginning with a letter; dots join such words
    #[arg(value_name = "KEY")]
    pub(crate) key: String,

    #[arg(
        value_name = "VALUE",
        allow_hyphen_values = true,
        conflicts_with = "from"
    )]
    pub(crate) value: Option<String>,

    /// Read the value from this file, or `-` for standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) from: Option<PathBuf>,

    /// Keep the value as a secret
    #[arg(long, conflicts_with = "type")]
    pub(crate) secret: bool,

    /// What the value is
    #[arg(
        long = "type",
        id = "type",
        value_name = "TYPE",
        default_value = "auto",
        hide_default_value = true
    )]
    pub(crate) value_type: ValueType,

    /// A word that groups keys, such as `instruments`
    #[arg(long, value_name = "TEXT")]
    pub(crate) category: Option<String>,

    /// What the value is for
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,

    /// For whom the value counts
    #[arg(long, value_name = "SCOPE", default_value = "station")]
    pub(crate) scope: ScopeName,

    /// The store to change instead of the one that counts
    #[arg(long, value_name = "STORE")]
    pub(crate) store: Option<StoreName>,
}

/// Take keys away
///
/// A key that is not set is exit code 1; then nothing is changed.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maestro config unset DMM
  maestro config unset AVERAGES LOT --scope global")]
pub(crate) struct ConfigUnsetArgs {
    #[arg(value_name = "KEY", required = true)]
    pub(crate) keys: Vec<String>,

    /// From which scope
    #[arg(long, value_name = "SCOPE", default_value = "station")]
    pub(crate) scope: ScopeName,

    /// The store to change instead of the one that counts
    #[arg(long, value_name = "STORE")]
    pub(crate) store: Option<StoreName>,
}

/// List what is set, with who set it and when
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maestro config list
  maestro config list --scope global --category instruments
  maestro config list --scope all --format json")]
pub(crate) struct ConfigListArgs {
    /// Only this scope; unasked, global and this station
    #[arg(long, value_name = "SCOPE")]
    pub(crate) scope: Option<WideScopeName>,

    /// Only this category
    #[arg(long, value_name = "TEXT")]
    pub(crate) category: Option<String>,

    /// The store to read instead of the one that counts
    #[arg(long, value_name = "STORE")]
    pub(crate) store: Option<StoreName>,

    /// What goes to standard output; `json` is one object a line
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: OutputFormat,
}

/// Show what a run of this station sees, and where each value comes from
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maestro config merged
  maestro config merged --station bench-7")]
pub(crate) struct ConfigMergedArgs {
    /// What goes to standard output; `json` is one object a line
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: OutputFormat,
}

/// Write what is set as YAML, for `maestro config import`
///
/// A secret is written as `secret: true`, without its text.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maestro config export > config.yaml
  maestro config export config.yaml --scope global
  maestro config export --store local | maestro config import - --store shared")]
pub(crate) struct ConfigExportArgs {
    /// File to write instead of standard output
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,

    /// Which scopes
    #[arg(long, value_name = "SCOPE", default_value = "all")]
    pub(crate) scope: WideScopeName,

    /// The store to read instead of the one that counts
    #[arg(long, value_name = "STORE")]
    pub(crate) store: Option<StoreName>,
}

/// Set what a YAML file says
///
/// The file is what `maestro config export` writes. What it does not name stays, unless `--prune`
/// is said. All of it is done or nothing. Texts of secrets are not in the file: those that this
/// store has stay, and those that it lacks are told.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maestro config import config.yaml --dry-run
  maestro config import config.yaml
  maestro config import config.yaml --prune")]
pub(crate) struct ConfigImportArgs {
    /// File to read, or `-` for standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// Show what would change, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Take away what the file does not have, in the scopes that it has
    #[arg(long)]
    pub(crate) prune: bool,

    /// The store to change instead of the one that counts
    #[arg(long, value_name = "STORE")]
    pub(crate) store: Option<StoreName>,

    /// What goes to standard output; `json` is one object a change and line
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: OutputFormat,
}

/// Show past changes, the newest first
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maestro config history
  maestro config history DMM --scope all --limit 0")]
pub(crate) struct ConfigHistoryArgs {
    /// Only of this key
    #[arg(value_name = "KEY")]
    pub(crate) key: Option<String>,

    /// Only of this scope; unasked, global and this station
    #[arg(long, value_name = "SCOPE")]
    pub(crate) scope: Option<WideScopeName>,

    /// At most so many; 0 for all
    #[arg(long, short = 'n', value_name = "N", default_value_t = 20)]
    pub(crate) limit: u32,

    /// The store to read instead of the one that counts
    #[arg(long, value_name = "STORE")]
    pub(crate) store: Option<StoreName>,

    /// What goes to standard output; `json` is one object a line
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: OutputFormat,
}

/// A scope that can be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ScopeName {
    /// all stations
    Global,
    /// this station, or the one of `--station`
    Station,
}

/// Scopes that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum WideScopeName {
    /// what counts for all stations
    Global,
    /// this station, or the one of `--station`
    Station,
    /// global and every station
    All,
}

/// What `--type` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ValueType {
    /// what it reads as
    Auto,
    /// a text, whatever is in it
    Text,
    /// a number
    Number,
    /// true or false
    Boolean,
    /// a JSON document
    Json,
    /// a YAML document
    Yaml,
}
