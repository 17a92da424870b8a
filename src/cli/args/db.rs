//! Arguments of `db`.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};

use super::{OutputFormat, StoreName};

/// Look after the stores
///
/// A station has the embedded store on its own computer (`--store local`), and PostgreSQL where it
/// has a `database_url` (`--store shared`). Every change is noted in the table `audit_log`.
#[derive(Debug, Args)]
pub(crate) struct DbArgs {
    #[command(subcommand)]
    pub(crate) command: DbCommand,
}

/// What to do with the stores.
#[derive(Debug, Subcommand)]
pub(crate) enum DbCommand {
    Status(DbStatusArgs),
    Migrate(DbMigrateArgs),
    Prune(DbPruneArgs),
    Archive(DbArchiveArgs),
}

/// Show what the stores hold and what they lack
///
/// For each store: its place and schema, how large it is, its oldest and newest run, runs without an
/// end, events that it refused for their content, and rows per table; and how many runs of this
/// station still wait for it. Large tables of PostgreSQL are not counted: the number is the
/// server's own estimate, and has a `~`.
///
/// The exit code is 5 where a store cannot be asked.
#[derive(Debug, Args)]
pub(crate) struct DbStatusArgs {
    /// Only this store
    #[arg(long, value_name = "STORE")]
    pub(crate) store: Option<StoreName>,

    /// What goes to standard output
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: OutputFormat,
}

/// Bring the schema of a store up to date
///
/// An empty database and changes that older stations can live with need no command: whoever
/// delivers first makes them. Other changes wait for this one, since they stop older stations from
/// writing; their results are kept in their journals until they are updated. It also makes the
/// tables of the coming twelve months.
#[derive(Debug, Args)]
pub(crate) struct DbMigrateArgs {
    /// Store to change; unasked, the shared one where the station has one
    #[arg(long, value_name = "STORE")]
    pub(crate) store: Option<StoreName>,
}

/// Remove old runs, or end those whose station was lost
///
/// A run goes whole, with its steps, measurements, logs and everything else that belongs to it, or it
/// stays: what counts is when it ended. Runs stay that have no end, whose journal on this station
/// still waits for a store, that an MES waits for, or whose clock was wrong. The texts of the
/// definitions, the config, the audit log, and the note of what was delivered stay too, so that
/// `maestro sync --all` brings nothing back. Months of PostgreSQL's `measurements` of which nothing
/// stays are dropped as a whole.
///
/// With `--close-stale`, runs without an end of which nothing was heard for 24 hours (`station lost`
/// in `results list`) end as ABORTED, or as what was worse and recorded. If their journal still
/// comes, it replaces that.
///
/// The file of the embedded store does not shrink; its space is used again. Files that steps stored
/// (`artifacts` below `$MAESTRO_HOME`) are not touched.
#[derive(Debug, Args)]
#[command(
    group(ArgGroup::new("what").required(true).args(["older_than", "before", "close_stale"])),
    after_help = "\
Examples:
  maestro db prune --older-than 730 --dry-run
  maestro db prune --before 2025-01-01 --store local
  maestro db prune --close-stale"
)]
pub(crate) struct DbPruneArgs {
    /// Runs that ended more than so many days ago
    #[arg(long, value_name = "DAYS")]
    pub(crate) older_than: Option<u32>,

    /// Runs that ended before, such as `2025-01-01` (UTC)
    #[arg(long, value_name = "DATE")]
    pub(crate) before: Option<String>,

    /// End runs whose station was not heard of for 24 hours
    #[arg(long)]
    pub(crate) close_stale: bool,

    /// Only say what would be done
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Store to change; unasked, the shared one where the station has one
    #[arg(long, value_name = "STORE")]
    pub(crate) store: Option<StoreName>,

    /// What goes to standard output
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: OutputFormat,
}

/// Move old runs into files
///
/// Takes the runs that `maestro db prune --before DATE` would remove. Their rows are written into a
/// folder of their own below DIR, one file per table and month in which the runs started:
/// gzip-compressed CSV, with a `manifest.json` that tells columns with their types, numbers of rows,
/// SHA-256 digests and the version of the schema. pandas, `DuckDB` and PostgreSQL read the files as
/// they are; NULL is an empty field, an empty text is `""`.
///
/// Nothing is removed before every file has been read back and compared, row counts and digests,
/// with what the database holds. An archive that is interrupted leaves the database as it was; run
/// it again, and it finds what the first one left. The removal and its row in the audit log are one
/// transaction.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maestro db archive --before 2025-01-01 --to /srv/archive --dry-run
  maestro db archive --before 2025-01-01 --to /srv/archive
  duckdb -c \"SELECT * FROM '/srv/archive/*/measurements-*.csv.gz' LIMIT 5\"")]
pub(crate) struct DbArchiveArgs {
    /// Runs that ended before, such as `2025-01-01` (UTC)
    #[arg(long, value_name = "DATE")]
    pub(crate) before: String,

    /// Folder below which the archive gets a folder of its own
    #[arg(long, value_name = "DIR")]
    pub(crate) to: PathBuf,

    /// Only say what would be done
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Store to change; unasked, the shared one where the station has one
    #[arg(long, value_name = "STORE")]
    pub(crate) store: Option<StoreName>,

    /// What goes to standard output
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: OutputFormat,
}
