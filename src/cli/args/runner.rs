//! Arguments of `runner` and `schema`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::OutputFormat;

/// Look at the runners of this station, and check one of your own
///
/// A runner is a program that carries out steps; maestro-runner(7) tells how to write one.
#[derive(Debug, Args)]
pub(crate) struct RunnerArgs {
    #[command(subcommand)]
    pub(crate) command: RunnerCommand,
}

/// What to do with runners.
#[derive(Debug, Subcommand)]
pub(crate) enum RunnerCommand {
    List(RunnerListArgs),
    Describe(RunnerDescribeArgs),
    Install(RunnerInstallArgs),
    Clean(RunnerCleanArgs),
    Sdk(RunnerSdkArgs),
    Check(RunnerCheckArgs),
    Listen(RunnerListenArgs),
}

/// List the runners that packages can name, and whether each can be started
///
/// Below them stand the Python environments that packages had built, the one that was used last
/// first.
#[derive(Debug, Args)]
pub(crate) struct RunnerListArgs {
    /// What goes to standard output
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: OutputFormat,
}

/// Ask the runners of a test what the functions are that it calls
///
/// Starts the runners and asks them; no step is executed. Exit code 1 where something is missing.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  maestro runner describe my-board")]
pub(crate) struct RunnerDescribeArgs {
    /// YAML file, package folder, or `package:name`
    #[arg(value_name = "TEST")]
    pub(crate) test: PathBuf,

    /// What goes to standard output
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: OutputFormat,
}

/// Compile a runner whose source comes with maestro
///
/// The .NET runner is compiled with what the machine has: `dotnet`, `mcs` or `csc`. A test that
/// needs it does so by itself; this command is for whoever prepares a station.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maestro runner install dotnet
  maestro runner install dotnet --runner-type net48")]
pub(crate) struct RunnerInstallArgs {
    /// Name of the runner
    #[arg(value_name = "RUNNER")]
    pub(crate) runner: InstallableRunner,

    /// The runtime, as `runner_type` names it: net48, mono, net10.0
    #[arg(long, value_name = "TYPE")]
    pub(crate) runner_type: Option<String>,
}

/// The runners that can be installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum InstallableRunner {
    /// for test code in C# and the other languages of .NET
    Dotnet,
}

/// Remove Python environments that no test has used for a while
///
/// One that a test uses now is left alone. What is removed and needed again is built again.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maestro runner clean
  maestro runner clean --older-than 0")]
pub(crate) struct RunnerCleanArgs {
    /// Leave those alone that were used within this many days
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    pub(crate) older_than: u32,
}

/// Let stations on other machines use a runner of this one
///
/// Waits for connections and starts COMMAND for each, one after another: its standard input and
/// output are the connection. A station names it with `runners: {NAME: {connect: "host:port"}}`.
/// Whoever can connect can run COMMAND: listen to the loop-back address and let people come through
/// SSH, or to a network that nobody else is on.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maestro runner listen 127.0.0.1:4711 ./my-runner
  maestro runner listen 10.0.0.5:4711 maestro runner serve scpi")]
pub(crate) struct RunnerListenArgs {
    /// Address to listen to, as host:port; port 0 takes a free one, which is told
    #[arg(value_name = "ADDRESS")]
    pub(crate) address: String,

    /// Program and arguments that start the runner
    #[arg(value_name = "COMMAND", required = true, num_args = 1.., trailing_var_arg = true)]
    pub(crate) command: Vec<OsString>,
}

/// Print the folder with the Python module `maestro`, for editors and tests of your own
///
/// Test code finds the module without this. maestro-python(7) tells what it does outside of a run.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  PYTHONPATH=$(maestro runner sdk) pytest")]
pub(crate) struct RunnerSdkArgs {}

/// Play the conformance cases against a runner, rule by rule
///
/// Starts COMMAND again and again and says which rule of the protocol it breaks, and which section
/// of maestro-runner(7) holds that rule: torn and joined lines, floods, wrong ids, answers that come
/// late or twice, cancellation around the moment of the answer, and how the runner ends. Exit code 0
/// when every rule holds, 1 when one is broken. `python`, `dotnet`, `scpi` and `command` alone are
/// the runners that come with maestro.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  maestro runner check python3 my_runner.py
  maestro runner check ./my-runner --simulate
  maestro runner check --only cancel-race --only once ./my-runner")]
pub(crate) struct RunnerCheckArgs {
    /// Play this rule only, as the first column of the list names it; may be given again
    #[arg(long, value_name = "RULE")]
    pub(crate) only: Vec<String>,

    /// Program and arguments that start the runner
    #[arg(value_name = "COMMAND", required = true, num_args = 1.., trailing_var_arg = true)]
    pub(crate) command: Vec<OsString>,
}

/// Print the JSON Schema of something that maestro writes or reads
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  maestro schema report > maestro-report-1.schema.json")]
pub(crate) struct SchemaArgs {
    #[arg(value_name = "NAME")]
    pub(crate) name: SchemaName,
}

/// The schemas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaName {
    /// the messages between maestro and a runner
    Protocol,
    /// the report that `--report json:PATH` writes
    Report,
    /// the figures that `stats … --format json` and `limits … --format json` print
    Stats,
}
