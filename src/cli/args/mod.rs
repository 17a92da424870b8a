//! The command line as clap reads it: one struct per command, help written for people.

mod config;
mod db;
mod filter;
mod limits;
mod report;
mod results;
mod root;
mod run;
mod runner;
mod serve;
mod station;
mod stats;
mod store;
mod sync;
mod validate;

pub(crate) use config::{
    ConfigCommand, ConfigExportArgs, ConfigGetArgs, ConfigHistoryArgs, ConfigImportArgs,
    ConfigListArgs, ConfigMergedArgs, ConfigSetArgs, ConfigUnsetArgs, ScopeName, ValueType,
    WideScopeName,
};
pub(crate) use db::{DbArchiveArgs, DbArgs, DbCommand, DbMigrateArgs, DbPruneArgs, DbStatusArgs};
pub(crate) use filter::{FilterArgs, ModeName, VerdictName};
pub(crate) use limits::{LimitsCommand, LimitsSuggestArgs, LimitsTryArgs};
pub(crate) use report::{ReportArgs, Wanted};
pub(crate) use results::{
    ExportFormat, ExportedName, ResultsAnnotateArgs, ResultsCommand, ResultsExportArgs,
    ResultsListArgs,
};
pub(crate) use root::{
    Cli, ColorWhen, Command, CompletionsArgs, GlobalArgs, ManArgs, NewArgs, ReplayArgs,
};
pub(crate) use run::{
    OutputFormat, PlanArgs, RecoverArgs, ReportTarget, RunArgs, RunMode, Unattended,
};
pub(crate) use runner::{
    RunnerCheckArgs, RunnerCleanArgs, RunnerCommand, RunnerDescribeArgs, RunnerInstallArgs,
    RunnerListArgs, RunnerListenArgs, SchemaArgs, SchemaName,
};
pub(crate) use serve::{RecordingArgs, Served};
pub(crate) use station::{StationArgs, StationCommand, StationDoctorArgs, StationShowArgs};
#[cfg(test)]
pub(crate) use stats::PeriodName;
pub(crate) use stats::{
    ByName, IncludeName, StatsCommand, StatsCommonArgs, StatsFormat, TrendArgs,
};
pub(crate) use store::StoreName;
pub(crate) use sync::SyncArgs;
pub(crate) use validate::{Denied, ValidateArgs};
