//! The .NET runner of this station: `maestro runner install dotnet`, and what compiling it looks
//! like to a person when a test needs it for the first time.

use std::ffi::OsString;
use std::path::Path;

use super::args::RunnerInstallArgs;
use super::console::Console;
use super::exit::{Exit, Failure};
use super::runners::Listed;
use super::settings::Settings;
use super::station;
use crate::runner::{Dotnet, DotnetError, DotnetQuery, Recipe, find_dotnet};
use crate::station::Station;

/// The way out when there is no runtime or no compiler.
const INSTALL: &str = "install Mono with its compiler (Debian: apt install mono-mcs) or the .NET \
                       SDK, then type `maestro runner install dotnet`";

/// Which .NET runner is wanted, and where.
pub(super) struct Wanted<'a> {
    /// The station's `runners.dotnet.command`; empty if not set.
    pub(super) command: &'a [String],
    pub(super) runner_type: Option<&'a str>,
    /// Folder in which the runner will start.
    pub(super) workdir: &'a Path,
    pub(super) settings: &'a Settings,
    pub(super) home: &'a Path,
}

/// Compiles the runner, for the runtime that is named or for the one that tests get.
pub(super) fn install(
    args: &RunnerInstallArgs,
    settings: &Settings,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let station = station::load(settings, console)?;
    let home = settings.home(station.home.as_deref());
    let wanted = Wanted::here(&station, settings, &home);
    let dotnet = find(&Wanted {
        runner_type: args.runner_type.as_deref(),
        ..wanted
    })?;
    let done = if let Some(recipe) = &dotnet.missing {
        tell(recipe, console);
        build(recipe)?;
        "installed"
    } else {
        "is there already"
    };
    console.result(&format!("{done}: {}\n", starts(&dotnet)))?;
    Ok(Exit::Done)
}

/// The command line that starts the runner, which is compiled first where it must be.
pub(super) fn command_line(
    settings: &Settings,
    station: &Station,
    home: &Path,
    console: &mut Console<'_>,
) -> Result<Vec<OsString>, Failure> {
    let dotnet = find(&Wanted::here(station, settings, home))?;
    if let Some(recipe) = &dotnet.missing {
        tell(recipe, console);
        build(recipe)?;
    }
    let program = dotnet.program.into_os_string();
    Ok(std::iter::once(program).chain(dotnet.args).collect())
}

/// How the runner is started.
pub(super) fn find(wanted: &Wanted<'_>) -> Result<Dotnet, Failure> {
    wanted.find().map_err(|error| failure(&error))
}

/// Says what is compiled, and why a test does not begin at once.
pub(super) fn tell(recipe: &Recipe, console: &mut Console<'_>) {
    console.note(&format!(
        "compiling the .NET runner with {} (once, until one of the two changes)",
        recipe.compiler.display()
    ));
}

pub(super) fn build(recipe: &Recipe) -> Result<(), Failure> {
    recipe.build().map(drop).map_err(|error| failure(&error))
}

/// The runner with what it would be started with here. A station without .NET lacks nothing.
pub(super) fn listed(station: &Station, settings: &Settings, home: &Path) -> Listed {
    let wanted = Wanted::here(station, settings, home);
    let mut listed = Listed {
        name: "dotnet".to_owned(),
        starts: String::new(),
        trouble: None,
        note: None,
    };
    match wanted.find() {
        Ok(dotnet) => {
            listed.starts = starts(&dotnet);
            if dotnet.missing.is_some() {
                listed
                    .starts
                    .push_str(" (compiled when it is first needed)");
            }
        }
        Err(error) if wanted.command.is_empty() => listed.note = Some(error.to_string()),
        Err(error) => listed.trouble = Some(error.to_string()),
    }
    listed
}

impl<'a> Wanted<'a> {
    /// What a test without `runner_type` would get.
    fn here(station: &'a Station, settings: &'a Settings, home: &'a Path) -> Self {
        let config = station.runners.get("dotnet");
        Self {
            command: config.map_or(&[][..], |config| &config.command),
            runner_type: None,
            workdir: &settings.cwd,
            settings,
            home,
        }
    }

    fn find(&self) -> Result<Dotnet, DotnetError> {
        find_dotnet(&DotnetQuery {
            command: self.command,
            runner_type: self.runner_type,
            workdir: self.workdir,
            env: &|name| self.settings.env.get(name).map(Into::into),
            home: self.home,
        })
    }
}

fn starts(dotnet: &Dotnet) -> String {
    let program = dotnet.program.to_string_lossy();
    let args = dotnet
        .args
        .iter()
        .map(|argument| argument.to_string_lossy());
    let words: Vec<_> = std::iter::once(program).chain(args).collect();
    words.join(" ")
}

fn failure(error: &DotnetError) -> Failure {
    let message = error.to_string();
    match error {
        DotnetError::NoCommand { .. } => Failure::usage(message).help(
            "correct `runners.dotnet.command` in station.yaml, or leave it out: `mono` and \
             `dotnet` are looked for on PATH",
        ),
        DotnetError::UnknownType { .. } => {
            Failure::usage(message).help("leave `runner_type` out to take what the station has")
        }
        DotnetError::NoRuntime { .. } => Failure::usage(message).help(INSTALL),
        DotnetError::NotCompiled { .. } | DotnetError::Io(_) => Failure::trouble(message),
    }
}
