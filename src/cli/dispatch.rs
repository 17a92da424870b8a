//! From the arguments of the process to the command, and from its end to an exit code.

use std::ffi::{OsStr, OsString};
use std::io::{IsTerminal, Write};
use std::net::TcpListener;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Parser, ValueEnum};

use super::args::{Cli, ColorWhen, Command, RunnerCheckArgs, RunnerCommand, RunnerListenArgs};
use super::console::Console;
use super::exit::{Exit, Failure};
use super::settings::{Environment, Settings};
use super::{
    config, crash, dotnet, generate, history, new, plan, replay, runner_check, runners, serve,
    stats, validate,
};
use crate::runner::remote;
use crate::session::mask::Masker;

/// Runs one command line, program name first.
pub(crate) fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args = args.into_iter().collect::<Vec<_>>();
    if let [_, runner, serve, served @ ..] = args.as_slice()
        && runner == "runner"
        && serve == "serve"
    {
        return serve::run(served).into();
    }
    match Cli::try_parse_from(&args) {
        Ok(cli) => start(&cli).into(),
        Err(error) => explain(&error, wanted_color(&args)).into(),
    }
}

/// Gathers the surroundings and runs the command; a bug ends in [`Exit::Bug`], not in an abort.
fn start(cli: &Cli) -> Exit {
    let settings = Settings::gather(&cli.global);
    crash::install_hook(settings.home(None).join("crash"), Masker::default());
    catch_unwind(AssertUnwindSafe(|| conclude(cli, &settings))).unwrap_or(Exit::Bug)
}

fn conclude(cli: &Cli, settings: &Settings) -> Exit {
    let mut stdout = std::io::stdout();
    let mut stderr = std::io::stderr();
    let mut console = Console::new(&mut stdout, &mut stderr, settings);
    dispatch(&cli.command, settings, &mut console).unwrap_or_else(|failure| {
        console.failure(&failure);
        failure.exit
    })
}

fn dispatch(
    command: &Command,
    settings: &Settings,
    console: &mut Console,
) -> Result<Exit, Failure> {
    match command {
        Command::Validate(args) => validate::run(args, settings, console),
        Command::Run(args) => super::run::run(args, settings, console),
        Command::Plan(args) => plan::run(args, settings, console),
        Command::Replay(args) => replay::run(args, settings, console),
        Command::Results(args) => history::run(&args.command, settings, console),
        Command::Stats(args) => stats::run(&args.command, settings, console),
        Command::Limits(args) => stats::limits::run(&args.command, settings, console),
        Command::Report(args) => super::report::run(args, settings, console),
        Command::Config(args) => config::run(&args.command, settings, console),
        Command::Recover(args) => super::run::recover(args, settings, console),
        Command::Db(args) => super::db::run(args, settings, console),
        Command::Sync(args) => super::sync::run(args, settings, console),
        Command::New(args) => new::run(args, settings, console),
        Command::Runner(args) => match &args.command {
            RunnerCommand::List(args) => runners::list(args, settings, console),
            RunnerCommand::Describe(args) => super::run::describe(args, settings, console),
            RunnerCommand::Install(args) => dotnet::install(args, settings, console),
            RunnerCommand::Clean(args) => super::environments::clean(args, settings, console),
            RunnerCommand::Listen(args) => listen(args, console),
            RunnerCommand::Sdk(_) => runners::sdk(settings, console),
            RunnerCommand::Check(args) => check_runner(args, settings, console),
        },
        Command::Station(args) => super::station::run(args, settings, console),
        Command::Schema(args) => generate::schema(args, console),
        Command::Completions(args) => generate::completions(args, console),
        Command::Man(args) => generate::man(args, console),
    }
}

fn listen(args: &RunnerListenArgs, console: &mut Console) -> Result<Exit, Failure> {
    let address = &args.address;
    let failed = |error| Failure::usage(format!("cannot listen to {address}: {error}"));
    let listener = TcpListener::bind(address).map_err(failed)?;
    let place = listener.local_addr().map_err(failed)?;
    console.note(&format!("listening to {place}"));
    remote::listen(&listener, &args.command, &mut |told| console.note(told)).map_err(failed)?;
    Ok(Exit::Done)
}

fn check_runner(
    args: &RunnerCheckArgs,
    settings: &Settings,
    console: &mut Console,
) -> Result<Exit, Failure> {
    runner_check::known(&args.only)?;
    let command = match args.command.as_slice() {
        [name] => runners::start_of(name, settings, console)?,
        _ => None,
    };
    let command = command.as_ref().unwrap_or(&args.command);
    Ok(
        match runner_check::check(command, &args.only, &settings.cwd, console.out) {
            0 => Exit::Done,
            1 => Exit::Negative,
            _ => Exit::Usage,
        },
    )
}

/// Shows help, the version, or what is wrong with the arguments.
fn explain(error: &clap::Error, when: ColorWhen) -> Exit {
    let exit = match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Exit::Done,
        _ => Exit::Usage,
    };
    let env = Environment::gather();
    let text = error.render();
    // A reader that went away is no reason to fail.
    let _ = if error.use_stderr() {
        let mut stderr = std::io::stderr();
        let color = when.applies(&env, stderr.is_terminal());
        stderr.write_all(styled(&text, color).as_bytes())
    } else {
        let mut stdout = std::io::stdout();
        let color = when.applies(&env, stdout.is_terminal());
        stdout.write_all(styled(&text, color).as_bytes())
    };
    exit
}

fn styled(text: &clap::builder::StyledStr, color: bool) -> String {
    if color {
        text.ansi().to_string()
    } else {
        text.to_string()
    }
}

/// `--color` of a command line that could not be parsed as a whole.
fn wanted_color(args: &[OsString]) -> ColorWhen {
    let value = args
        .iter()
        .enumerate()
        .find_map(|(i, arg)| match arg.to_str()? {
            "--color" => args.get(i + 1).and_then(|next| OsStr::to_str(next)),
            text => text.strip_prefix("--color="),
        });
    value
        .and_then(|value| ColorWhen::from_str(value, false).ok())
        .unwrap_or_default()
}
