//! How each runner of a plan is started on this station.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::cli::exit::Failure;
use crate::cli::runners::own_arguments;
use crate::cli::settings::Settings;
use crate::plan::{Plan, PlanRunner};
use crate::runner::embedded::{python_arguments, unpack};
use crate::runner::{PythonQuery, RunnerSpec, find_python};
use crate::station::{RunnerConfig, Station};

/// One start for each runner of the plan, in its order.
pub(super) fn specs(
    plan: &Plan,
    settings: &Settings,
    station: &Station,
    home: &Path,
) -> Result<Vec<RunnerSpec>, Failure> {
    plan.runners
        .iter()
        .map(|runner| spec(runner, plan, settings, station, home))
        .collect()
}

fn spec(
    runner: &PlanRunner,
    plan: &Plan,
    settings: &Settings,
    station: &Station,
    home: &Path,
) -> Result<RunnerSpec, Failure> {
    let config = station
        .runners
        .get(&runner.name)
        .or_else(|| station.runners.get(&runner.runner));
    let env: Vec<(OsString, OsString)> = config
        .map(|config| {
            config
                .env
                .iter()
                .map(|(k, v)| (k.into(), v.into()))
                .collect()
        })
        .unwrap_or_default();
    let command = config
        .map(|config| config.command.as_slice())
        .unwrap_or_default();
    if runner.runner == "python" {
        let (program, mut args) = python(runner, command, plan, settings, home)?;
        let folder = unpack(home).map_err(|error| {
            Failure::trouble(format!(
                "the Python runner cannot be unpacked below {}: {error}",
                home.display()
            ))
        })?;
        args.extend(python_arguments(&folder).map(OsString::from));
        return Ok(RunnerSpec {
            name: runner.name.clone(),
            program,
            args,
            env,
            workdir: plan.root.clone(),
        });
    }
    if let Some(own) = own_arguments(&runner.runner)
        && config.is_none_or(RunnerConfig::is_built_in)
    {
        return Ok(RunnerSpec {
            name: runner.name.clone(),
            program: settings.executable(),
            args: own.into_iter().map(OsString::from).collect(),
            env,
            workdir: plan.root.clone(),
        });
    }
    let Some((program, args)) = command.split_first() else {
        return Err(Failure::usage(format!(
            "the station does not know how to start the runner '{}'",
            runner.runner
        ))
        .help(format!(
            "add it to station.yaml: runners: {{{}: {{command: […]}}}}",
            runner.runner
        )));
    };
    Ok(RunnerSpec {
        name: runner.name.clone(),
        program: PathBuf::from(program),
        args: args.iter().map(OsString::from).collect(),
        env,
        workdir: plan.root.clone(),
    })
}

/// The interpreter: the station's, else the one of `runner_type`, else `python3` of the path.
fn python(
    runner: &PlanRunner,
    command: &[String],
    plan: &Plan,
    settings: &Settings,
    home: &Path,
) -> Result<(PathBuf, Vec<OsString>), Failure> {
    let query = PythonQuery {
        command,
        runner_type: runner.runtime.as_deref(),
        workdir: &plan.root,
        env: &|name| settings.env.get(name).map(OsString::from),
        cache: &home.join("cache"),
    };
    let python = find_python(&query).map_err(|error| {
        Failure::usage(error.to_string()).help(
            "name the interpreter in station.yaml: runners: {python: {command: [/path/to/python3]}}",
        )
    })?;
    Ok((python.program, python.args))
}
