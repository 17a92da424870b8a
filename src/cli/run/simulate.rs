//! `--simulate` and `--fault`: runners that answer from a recording; `--record`: making one.

use std::ffi::OsString;
use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;

use serde_json::{Map, Value};

use crate::cli::args::RunArgs;
use crate::cli::console::Console;
use crate::cli::exit::Failure;
use crate::cli::settings::Settings;
use crate::diagnostic::did_you_mean;
use crate::plan::{Kind, Plan, Step};
use crate::runner::RunnerSpec;
use crate::runner::recording::{Effect, Fault, Recording, Tape};

/// A run without hardware and test code.
#[derive(Debug)]
pub(super) struct Simulation {
    path: PathBuf,
    /// With the paths of their steps.
    faults: Vec<Fault>,
}

impl Simulation {
    /// What the command line asks for; the recording is read once, so that a wrong file or a wrong
    /// step is told before anything starts.
    pub(super) fn of(
        args: &RunArgs,
        settings: &Settings,
        plan: &Plan,
        console: &mut Console<'_>,
    ) -> Result<Option<Self>, Failure> {
        let Some(path) = &args.simulate else {
            return Ok(None);
        };
        let path = settings.resolve(path);
        let recording = Recording::read(&path).map_err(|error| {
            Failure::usage(format!("{} cannot be played: {error}", path.display()))
                .help("make a recording with `maestro run TEST --record FILE`")
        })?;
        if let Some(unknown) = plan.runners.iter().find(|it| !recording.has(&it.name)) {
            let (name, file) = (&unknown.name, path.display());
            return Err(Failure::usage(format!(
                "{file} holds nothing of the runner '{name}', which the test needs"
            ))
            .help("record the test as it is now with `maestro run TEST --record FILE`"));
        }
        if !recording.is_whole {
            let file = path.display();
            console.warning(&format!("{file}: the recorded run did not come to its end"));
        }
        if recording.header.definition != plan.definition_digest {
            console.warning(&format!(
                "'{}' has changed since it was recorded; what differs is told in the log",
                plan.test_name
            ));
        }
        let faults = args.faults.iter().map(|fault| placed(fault, plan));
        Ok(Some(Self {
            path,
            faults: faults.collect::<Result<Vec<_>, _>>()?.concat(),
        }))
    }

    /// One start for each runner of the plan, in its order.
    pub(super) fn specs(&self, plan: &Plan, settings: &Settings) -> Vec<RunnerSpec> {
        let program = settings.executable();
        let spec = |name: &String| {
            let mut args: Vec<OsString> = ["runner", "serve", "recording"].map(Into::into).into();
            args.push(self.path.clone().into());
            args.push("--runner".into());
            args.push(name.into());
            for fault in &self.faults {
                args.push(format!("--fault={}", fault.spelled()).into());
            }
            RunnerSpec {
                name: name.clone(),
                program: program.clone(),
                args,
                env: Vec::new(),
                workdir: plan.root.clone(),
            }
        };
        plan.runners
            .iter()
            .map(|runner| spec(&runner.name))
            .collect()
    }

    /// What the record says was asked for.
    pub(super) fn given(&self) -> Map<String, Value> {
        let mut given = Map::new();
        let file = self.path.file_name().unwrap_or(self.path.as_os_str());
        given.insert("--simulate".to_owned(), file.to_string_lossy().into());
        if !self.faults.is_empty() {
            let faults = self.faults.iter().map(|fault| Value::from(fault.spelled()));
            given.insert("--fault".to_owned(), faults.collect());
        }
        given
    }
}

/// A fault at each step that it names.
fn placed(fault: &Fault, plan: &Plan) -> Result<Vec<Fault>, Failure> {
    let steps = plan.steps_called(&fault.step);
    let steps: Vec<&Step> = steps.into_iter().map(|ix| plan.step(ix)).collect();
    let at = |step: &Step| Fault {
        step: step.path.to_string(),
        effect: fault.effect.clone(),
    };
    let name = &fault.step;
    if steps.is_empty() {
        let names = plan.steps.iter().map(|step| &*step.name_declared);
        let failure = Failure::usage(format!("--fault: the test has no step '{name}'"));
        return Err(match did_you_mean(name, names) {
            Some(help) => failure.help(help),
            None => failure.help("`maestro plan TEST` lists the steps"),
        });
    }
    for step in &steps {
        if !matches!(step.kind, Kind::Runner(_)) {
            return Err(Failure::usage(format!(
                "--fault: the step '{name}' calls no runner, so nothing of it is simulated"
            )));
        }
        if fault.effect == Effect::Timeout && step.timeout_ms.is_none() {
            return Err(Failure::usage(format!(
                "--fault: the step '{name}' has no `timeout_ms` and would wait for ever"
            )));
        }
    }
    Ok(steps.into_iter().map(at).collect())
}

/// Opens the file of `--record`.
pub(super) fn tape(args: &RunArgs, settings: &Settings) -> Result<Option<Tape>, Failure> {
    let Some(path) = &args.record else {
        return Ok(None);
    };
    let path = settings.resolve(path);
    let file = File::create(&path).map_err(|error| {
        Failure::usage(format!(
            "--record: {} cannot be written: {error}",
            path.display()
        ))
    })?;
    Ok(Some(Tape::new(BufWriter::new(file))))
}
