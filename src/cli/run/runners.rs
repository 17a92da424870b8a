//! How each runner of a plan is started on this station.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::environment::{self, Telling};
use crate::cli::console::Console;
use crate::cli::dotnet;
use crate::cli::exit::Failure;
use crate::cli::runners::own_arguments;
use crate::cli::settings::Settings;
use crate::plan::{Plan, PlanRunner};
use crate::runner::embedded::{python_arguments, unpack};
use crate::runner::environment::Environment;
use crate::runner::{Python, PythonQuery, RunnerSpec, find_python, version_numbers};
use crate::station::{RunnerConfig, Station};

/// What the runners of a plan are started with.
#[derive(Debug)]
pub(super) struct Starts {
    /// One for each runner of the plan, in its order.
    pub(super) specs: Vec<RunnerSpec>,
    /// The Python environments that they use; none of them goes while this is held.
    pub(super) environments: Vec<Environment>,
}

/// Where runners are looked for, and who is told of what takes long.
pub(super) struct Search<'a> {
    pub(super) settings: &'a Settings,
    pub(super) station: &'a Station,
    pub(super) home: &'a Path,
    pub(super) telling: Telling,
}

impl Search<'_> {
    /// One start for each runner of the plan. Python environments and the .NET
    /// runner are built where they are missing.
    pub(super) fn starts(&self, plan: &Plan, console: &mut Console<'_>) -> Result<Starts, Failure> {
        let mut starts = Starts {
            specs: Vec::new(),
            environments: Vec::new(),
        };
        for runner in &plan.runners {
            let is_elsewhere = config(runner, self.station).is_some_and(|it| it.connect.is_some());
            let spec = if runner.runner == "python" && !is_elsewhere {
                let (spec, environment) = self.python(runner, plan, console)?;
                starts.environments.extend(environment);
                spec
            } else if runner.runner == "dotnet" && !is_elsewhere {
                self.dotnet(runner, plan, console)?
            } else {
                without_package(runner, &plan.root, self.settings, self.station)?
            };
            starts.specs.push(spec);
        }
        Ok(starts)
    }

    /// The built-in runner with the interpreter of the station, of `runner_type` or of the path, in
    /// the environment that the packages want.
    fn python(
        &self,
        runner: &PlanRunner,
        plan: &Plan,
        console: &mut Console<'_>,
    ) -> Result<(RunnerSpec, Option<Environment>), Failure> {
        let config = config(runner, self.station);
        let command = config.map_or(&[][..], |config| &config.command);
        let python = self.interpreter(runner, command, plan)?;
        let environment = if is_fixed(&python, command) {
            None
        } else {
            let (settings, telling) = (self.settings, self.telling);
            environment::open(plan, &python, settings, self.home, telling, console)?
        };
        let folder = unpack(self.home).map_err(|error| {
            Failure::trouble(format!(
                "the Python runner cannot be unpacked below {}: {error}",
                self.home.display()
            ))
        })?;
        let mut env = env_of(config);
        let mut program = python.program;
        if let Some(environment) = &environment {
            activate(environment, self.settings, &mut env);
            program.clone_from(&environment.python);
        }
        let mut args = python.args;
        args.extend(python_arguments(&folder).map(OsString::from));
        let spec = RunnerSpec {
            name: runner.name.clone(),
            program,
            args,
            env,
            workdir: plan.root.clone(),
        };
        Ok((spec, environment))
    }

    /// The .NET runner, compiled first where that was not done before.
    fn dotnet(
        &self,
        runner: &PlanRunner,
        plan: &Plan,
        console: &mut Console<'_>,
    ) -> Result<RunnerSpec, Failure> {
        let config = config(runner, self.station);
        let found = dotnet::find(&dotnet::Wanted {
            command: config.map_or(&[][..], |config| &config.command),
            runner_type: runner.runtime.as_deref(),
            workdir: &plan.root,
            settings: self.settings,
            home: self.home,
        })?;
        if let Some(recipe) = &found.missing {
            if self.telling == Telling::Lines {
                dotnet::tell(recipe, console);
            }
            dotnet::build(recipe)?;
        }
        Ok(RunnerSpec {
            name: runner.name.clone(),
            program: found.program,
            args: found.args,
            env: env_of(config),
            workdir: plan.root.clone(),
        })
    }

    fn interpreter(
        &self,
        runner: &PlanRunner,
        command: &[String],
        plan: &Plan,
    ) -> Result<Python, Failure> {
        let least = plan
            .packages
            .iter()
            .filter_map(|package| package.min_python.as_deref())
            .max_by_key(|version| version_numbers(version));
        let query = PythonQuery {
            command,
            runner_type: runner.runtime.as_deref(),
            least,
            workdir: &plan.root,
            env: &|name| self.settings.env.get(name).map(OsString::from),
            cache: &self.home.join("cache"),
        };
        find_python(&query).map_err(|error| {
            Failure::usage(error.to_string()).help(
                "name the interpreter in station.yaml: \
                 runners: {python: {command: [/path/to/python3]}}",
            )
        })
    }
}

/// A runner that comes with maestro, or one that the station says how to start: it needs nothing of
/// a package but, if at all, its folder.
pub(super) fn without_package(
    runner: &PlanRunner,
    workdir: &Path,
    settings: &Settings,
    station: &Station,
) -> Result<RunnerSpec, Failure> {
    let config = config(runner, station);
    let spec = |program, args| RunnerSpec {
        name: runner.name.clone(),
        program,
        args,
        env: env_of(config),
        workdir: workdir.to_owned(),
    };
    if let Some(address) = config.and_then(|config| config.connect.as_ref()) {
        let args = ["runner", "serve", "remote", address];
        return Ok(spec(settings.executable(), args.map(OsString::from).into()));
    }
    if let Some(own) = own_arguments(&runner.runner)
        && config.is_none_or(RunnerConfig::is_built_in)
    {
        let args = own.into_iter().map(OsString::from).collect();
        return Ok(spec(settings.executable(), args));
    }
    let Some((program, args)) = config.and_then(|config| config.command.split_first()) else {
        return Err(Failure::usage(format!(
            "the station does not know how to start the runner '{}'",
            runner.runner
        ))
        .help(format!(
            "add it to station.yaml: runners: {{{}: {{command: […]}}}}",
            runner.runner
        )));
    };
    let args = args.iter().map(OsString::from).collect();
    Ok(spec(PathBuf::from(program), args))
}

/// What the station says about a runner.
fn config<'a>(runner: &PlanRunner, station: &'a Station) -> Option<&'a RunnerConfig> {
    let runners = &station.runners;
    runners
        .get(&runner.name)
        .or_else(|| runners.get(&runner.runner))
}

fn env_of(config: Option<&RunnerConfig>) -> Vec<(OsString, OsString)> {
    let pairs = config.map_or(&[][..], |config| &config.env);
    pairs
        .iter()
        .map(|(name, value)| (name.into(), value.into()))
        .collect()
}

/// Whether the station's own choice holds and nothing is installed for it: a virtual environment of
/// its own, or a command that is no interpreter, such as `ssh`.
fn is_fixed(python: &Python, command: &[String]) -> bool {
    let is_venv = || {
        let root = python.program.ancestors().nth(2);
        root.is_some_and(|root| root.join("pyvenv.cfg").is_file())
    };
    !command.is_empty() && (python.version.is_none() || is_venv())
}

/// What `activate` does in a shell: programs of the environment are found first.
fn activate(environment: &Environment, settings: &Settings, env: &mut Vec<(OsString, OsString)>) {
    let given = env.iter().position(|(name, _)| name == "PATH");
    let path = match given {
        Some(index) => env.remove(index).1,
        None => settings.env.get("PATH").unwrap_or_default().into(),
    };
    let mut whole = environment.folder.join("bin").into_os_string();
    if !path.is_empty() {
        whole.push(":");
        whole.push(path);
    }
    env.push(("PATH".into(), whole));
    env.push(("VIRTUAL_ENV".into(), environment.folder.clone().into()));
}
