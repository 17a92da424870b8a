//! Arguments, settings, one file per subcommand, exit codes.
//!
//! This is the only module that reads the environment, asks for the working folder or tests for a
//! terminal ([`settings`]), and the only one that turns trouble into text and an exit code
//! ([`exit`], [`console`]). Begin with [`dispatch`]; [`args`] is the command line as people see it.

mod age;
mod args;
mod config;
mod console;
mod crash;
mod db;
mod dispatch;
mod dotnet;
mod environments;
mod exit;
mod facts;
mod filter;
mod findings_page;
mod generate;
mod history;
mod interrupts;
mod look;
mod moment;
mod new;
mod open;
pub(crate) mod plan;
mod progress;
mod replay;
mod report;
mod results;
mod run;
mod runner_check;
mod runners;
mod serve;
mod settings;
mod station;
mod stats;
mod stores;
mod sync;
mod validate;

pub(crate) use dispatch::run;
