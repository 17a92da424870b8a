//! The station's `safe_state` with its templates rendered and its runners found.

use std::time::Duration;

use maestro_protocol::{InitializeParams, PROTOCOL_VERSION};
use serde_json::Value;

use super::runners;
use crate::cli::config::Seen;
use crate::cli::settings::Settings;
use crate::expr::Variables;
use crate::plan::{PlanRunner, SafeStep, SafeWork, pause_seconds, safe_state};
use crate::runner::RunnerSpec;
use crate::session::mask::Masker;
use crate::session::{SafeCall, SafeState, Work};
use crate::station::Station;

/// What a step may take that does not say it: an instrument that does not answer must not keep the
/// others from being switched off.
const LIMIT: Duration = Duration::from_secs(5);

/// The steps that make this station safe. What cannot be prepared becomes a step that fails and
/// says why: trouble here keeps no run from starting and no record from being closed.
pub(super) fn of(station: &Station, config: &Seen, settings: &Settings) -> SafeState {
    let mut variables = Variables::new();
    for (key, value) in config.merged.clear() {
        variables.assign(&format!("cfg.{key}"), value);
    }
    let id = Value::from(station.id.clone());
    variables.assign("exec.station_id", id);
    let mut specs: Vec<RunnerSpec> = Vec::new();
    let calls = safe_state(&station.safe_state)
        .iter()
        .map(|step| call(step, &variables, &mut specs, station, settings))
        .collect();
    SafeState {
        calls,
        runners: specs,
        initialize: InitializeParams {
            protocol: PROTOCOL_VERSION,
            engine: format!("maestro {}", env!("CARGO_PKG_VERSION")),
            station: station.id.clone(),
            workdir: settings.cwd.to_string_lossy().into_owned(),
            packages: Vec::new(),
        },
        masker: Masker::new(config.merged.masked(), None),
    }
}

fn call(
    step: &SafeStep,
    variables: &Variables,
    specs: &mut Vec<RunnerSpec>,
    station: &Station,
    settings: &Settings,
) -> SafeCall {
    let limit = step.timeout_ms(variables);
    let (limit, broken) = match limit {
        Ok(limit) => (limit.map_or(LIMIT, Duration::from_millis), None),
        Err(error) => (LIMIT, Some(format!("timeout_ms: {error}"))),
    };
    let work = match broken {
        Some(reason) => Err(reason),
        None => work(step, variables, specs, station, settings),
    };
    SafeCall {
        name: step.name.to_string(),
        work: work.unwrap_or_else(Work::Impossible),
        limit,
    }
}

fn work(
    step: &SafeStep,
    variables: &Variables,
    specs: &mut Vec<RunnerSpec>,
    station: &Station,
    settings: &Settings,
) -> Result<Work, String> {
    match &step.work {
        SafeWork::Pause(duration) => {
            let value = duration
                .render(variables)
                .map_err(|error| error.to_string())?;
            let seconds = pause_seconds(&value).ok_or_else(|| format!("{value} is no duration"))?;
            Ok(Work::Pause(Duration::from_secs_f64(seconds.min(60.0))))
        }
        SafeWork::Call { runner, target } => {
            let target = target
                .render(variables)
                .map_err(|error| error.to_string())?;
            let known = specs.iter().position(|spec| spec.name == *runner);
            let runner = known.map_or_else(|| start(runner, specs, station, settings), Ok)?;
            Ok(Work::Call { runner, target })
        }
    }
}

/// Finds how a runner is started; its place among those that were found.
fn start(
    name: &str,
    specs: &mut Vec<RunnerSpec>,
    station: &Station,
    settings: &Settings,
) -> Result<usize, String> {
    let wanted = PlanRunner {
        name: name.to_owned(),
        runner: name.to_owned(),
        runtime: None,
    };
    let spec = runners::without_package(&wanted, &settings.cwd, settings, station);
    specs.push(spec.map_err(|failure| failure.message)?);
    Ok(specs.len() - 1)
}
