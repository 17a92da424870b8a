//! The command line as clap reads it: one struct per command, help written for people.

mod results;
mod root;
mod run;
mod runner;
mod validate;

pub(crate) use results::{ResultsArgs, ResultsCommand, ResultsListArgs};
pub(crate) use root::{Cli, ColorWhen, Command, CompletionsArgs, GlobalArgs, ManArgs, NewArgs};
pub(crate) use run::{
    OutputFormat, PlanArgs, RecoverArgs, ReportTarget, RunArgs, RunMode, Unattended,
};
pub(crate) use runner::{
    RunnerArgs, RunnerCheckArgs, RunnerCommand, RunnerListArgs, SchemaArgs, SchemaName,
};
pub(crate) use validate::{Denied, ValidateArgs};
