//! Which runners there are: `maestro runner list`, and those that every station has.

use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use maestro_instrument::{Kind, VISA_LIBRARY, find_visa_library};
use serde_json::{Value, json};

use crate::runner::embedded::{python_arguments, unpack};
use crate::runner::environment::{Kept, Store};
use crate::runner::{Python, PythonError, PythonQuery, find_python};
use crate::station::{RunnerConfig, Station};

use super::args::{OutputFormat, RunnerListArgs};
use super::console::Console;
use super::environments;
use super::exit::{Exit, Failure};
use super::settings::Settings;
use super::station;

/// The names of the runners that every station has.
pub(super) fn built_in() -> impl Iterator<Item = &'static str> {
    ["python", "dotnet"]
        .into_iter()
        .chain(Kind::ALL.map(Kind::name))
}

/// The arguments with which this executable is one of its own runners; `None` for any other name.
pub(super) fn own_arguments(name: &str) -> Option<[&'static str; 3]> {
    let kind: Kind = name.parse().ok()?;
    Some(["runner", "serve", kind.name()])
}

/// The command line that starts a runner which every station has; `None` for any other name.
pub(super) fn start_of(
    name: &OsStr,
    settings: &Settings,
    console: &mut Console<'_>,
) -> Result<Option<Vec<OsString>>, Failure> {
    let Some(name) = name
        .to_str()
        .filter(|name| built_in().any(|own| own == *name))
    else {
        return Ok(None);
    };
    let station = station::load(settings, console)?;
    let home = settings.home(station.home.as_deref());
    if name == "dotnet" {
        return super::dotnet::command_line(settings, &station, &home, console).map(Some);
    }
    if let Some(own) = own_arguments(name) {
        let program = settings.executable().into_os_string();
        let own = own.into_iter().map(OsString::from);
        return Ok(Some(std::iter::once(program).chain(own).collect()));
    }
    let found = find_here(&station, settings, &home);
    let python = found.map_err(|error| Failure::usage(error.to_string()))?;
    let folder = unpack(&home).map_err(|error| Failure::trouble(error.to_string()))?;
    let program = python.program.into_os_string();
    let own = python_arguments(&folder).map(OsString::from);
    Ok(Some(
        std::iter::once(program)
            .chain(python.args)
            .chain(own)
            .collect(),
    ))
}

/// A runner as it is listed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) name: String,
    /// What it is started with, or where it listens.
    pub(super) starts: String,
    /// Why it cannot be started.
    pub(super) trouble: Option<String>,
    /// Why it cannot be started on a station that may well do without it.
    pub(super) note: Option<String>,
}

/// Lists the runners. Exit code 1 where one cannot be started.
pub(crate) fn list(
    args: &RunnerListArgs,
    settings: &Settings,
    console: &mut Console,
) -> Result<Exit, Failure> {
    let station = station::load(settings, console)?;
    let home = settings.home(station.home.as_deref());
    let runners = find(&station, settings, &home);
    let kept = Store::below(&home).list();
    console.result(&match args.format {
        OutputFormat::Human => table(&runners) + &environments::table(&kept),
        OutputFormat::Json => as_json(&runners, &kept),
    })?;
    let all_start = runners.iter().all(|runner| runner.trouble.is_none());
    Ok(if all_start {
        Exit::Done
    } else {
        Exit::Negative
    })
}

/// Prints where the Python runner lies, unpacked; its folder holds the module `maestro`.
pub(crate) fn sdk(settings: &Settings, console: &mut Console) -> Result<Exit, Failure> {
    let station = station::load(settings, console)?;
    let home = settings.home(station.home.as_deref());
    let folder = unpack(&home).map_err(|error| {
        Failure::trouble(format!(
            "the Python runner cannot be unpacked below {}: {error}",
            home.display()
        ))
    })?;
    console.result(&format!("{}\n", folder.display()))?;
    Ok(Exit::Done)
}

/// The runners that packages can name on this station.
pub(super) fn find(station: &Station, settings: &Settings, home: &Path) -> Vec<Listed> {
    let mut runners = vec![
        python(station, settings, home),
        super::dotnet::listed(station, settings, home),
    ];
    let own = Kind::ALL.into_iter().filter(|kind| {
        let config = station.runners.get(kind.name());
        config.is_none_or(RunnerConfig::is_built_in)
    });
    runners.extend(own.map(|kind| comes_along(kind, station, settings)));
    for (name, config) in &station.runners {
        let is_listed = runners.iter().any(|runner| runner.name == *name);
        if !is_listed {
            runners.push(configured(name, config, settings));
        }
    }
    runners
}

/// A runner that is this executable itself.
fn comes_along(kind: Kind, station: &Station, settings: &Settings) -> Listed {
    let more = match kind {
        Kind::Scpi => visa_library(station, settings),
        Kind::Command => String::new(),
    };
    Listed {
        name: kind.name().to_owned(),
        starts: format!("comes with maestro{more}"),
        trouble: None,
        note: None,
    }
}

/// Which instruments can be reached. The library is not loaded: it is a vendor's, and may crash.
fn visa_library(station: &Station, settings: &Settings) -> String {
    let config = station.runners.get(Kind::Scpi.name());
    let configured = config.and_then(|config| {
        let found = config.env.iter().find(|(name, _)| name == VISA_LIBRARY);
        found.map(|(_, value)| value.as_str())
    });
    match find_visa_library(configured.or_else(|| settings.env.get(VISA_LIBRARY))) {
        Some(path) => format!("; VISA library {}", path.display()),
        None => "; no VISA library: sockets and serial lines only".to_owned(),
    }
}

/// The interpreter that the Python runner would be started with here.
fn find_here(station: &Station, settings: &Settings, home: &Path) -> Result<Python, PythonError> {
    let command = station
        .runners
        .get("python")
        .map(|config| config.command.as_slice());
    let env = |name: &str| settings.env.get(name).map(Into::into);
    find_python(&PythonQuery {
        command: command.unwrap_or_default(),
        runner_type: None,
        least: None,
        workdir: &settings.cwd,
        env: &env,
        cache: &home.join("cache"),
    })
}

/// The built-in Python runner.
fn python(station: &Station, settings: &Settings, home: &Path) -> Listed {
    let found = find_here(station, settings, home);
    let (starts, trouble) = match found {
        Ok(python) => {
            let mut starts = python.program.display().to_string();
            if let Some([major, minor, patch]) = python.version {
                let _ = write!(starts, " ({major}.{minor}.{patch})");
            }
            (starts, None)
        }
        Err(error) => (String::new(), Some(error.to_string())),
    };
    Listed {
        name: "python".to_owned(),
        starts,
        trouble,
        note: None,
    }
}

fn configured(name: &str, config: &RunnerConfig, settings: &Settings) -> Listed {
    let (starts, trouble) = match (&config.connect, config.command.first()) {
        (Some(address), _) => (format!("connects to {address}"), None),
        (None, Some(program)) => {
            let missing = locate(program, settings).is_none();
            let trouble = missing.then(|| format!("program {program} not found"));
            (config.command.join(" "), trouble)
        }
        (None, None) => (
            String::new(),
            Some("has neither `command` nor `connect`".to_owned()),
        ),
    };
    Listed {
        name: name.to_owned(),
        starts,
        trouble,
        note: None,
    }
}

/// The program as a path, or as a file in one of the folders of `PATH`.
fn locate(program: &str, settings: &Settings) -> Option<PathBuf> {
    if program.contains('/') {
        return Some(settings.resolve(Path::new(program))).filter(|path| path.is_file());
    }
    let folders = settings.env.get("PATH").unwrap_or_default();
    folders
        .split(':')
        .map(|folder| Path::new(folder).join(program))
        .find(|path| path.is_file())
}

fn table(runners: &[Listed]) -> String {
    let width = runners
        .iter()
        .map(|runner| runner.name.len())
        .max()
        .unwrap_or(0);
    let mut out = String::new();
    for runner in runners {
        let sign = match (&runner.trouble, &runner.note) {
            (Some(_), _) => '✗',
            (None, Some(_)) => '–',
            (None, None) => '✓',
        };
        let more = runner.trouble.as_ref().or(runner.note.as_ref());
        let what = [Some(&runner.starts), more]
            .into_iter()
            .flatten()
            .filter(|text| !text.is_empty())
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(": ");
        let _ = writeln!(out, "{sign} {:width$}  {what}", runner.name);
    }
    out
}

fn as_json(runners: &[Listed], kept: &[Kept]) -> String {
    let list = runners
        .iter()
        .map(|runner| {
            json!({
                "name": runner.name,
                "starts": runner.starts,
                "trouble": runner.trouble,
                "note": runner.note,
            })
        })
        .collect::<Vec<Value>>();
    let whole = json!({"runners": list, "environments": environments::as_json(kept)});
    format!("{whole}\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::settings::tests::settings;

    fn config(command: &[&str], connect: Option<&str>) -> RunnerConfig {
        RunnerConfig {
            command: command.iter().map(|word| (*word).to_owned()).collect(),
            connect: connect.map(str::to_owned),
            ..RunnerConfig::default()
        }
    }

    #[test]
    fn program_is_looked_for_on_the_path() {
        let settings = settings(&[("PATH", "/nowhere:/bin")]);
        let shell = configured("shell", &config(&["sh", "-c"], None), &settings);
        assert_eq!((shell.starts.as_str(), shell.trouble), ("sh -c", None));
        let gone = configured("gone", &config(&["no-such-runner"], None), &settings);
        assert_eq!(
            gone.trouble.as_deref(),
            Some("program no-such-runner not found")
        );
    }

    #[test]
    fn remote_runner_shows_its_address_and_an_empty_one_its_fault() {
        let settings = settings(&[]);
        let remote = configured("box", &config(&[], Some("box:4711")), &settings);
        assert_eq!(remote.starts, "connects to box:4711");
        assert!(
            configured("none", &config(&[], None), &settings)
                .trouble
                .is_some()
        );
    }
}
