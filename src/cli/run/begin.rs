//! Everything that stands before the first step: who, what, where, and the places to write to.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use maestro_protocol::{Context, InitializeParams, PROTOCOL_VERSION, PackageInfo};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::environment::Telling;
use super::live::{Beginning, Live};
use super::recover::{Closing, Hold};
use super::simulate::{self, Simulation};
use super::{Bench, gates, git, holds, runners, safe_state};
use crate::cli::args::{RunArgs, RunMode};
use crate::cli::console::Console;
use crate::cli::crash;
use crate::cli::exit::{Exit, Failure};
use crate::cli::settings::Settings;
use crate::cli::station::host_name;
use crate::cli::stores::Stores;
use crate::engine::{Holds, Options, Required};
use crate::event::{DefinitionPart, Mode, OperatorSource, RunId, RunStarted};
use crate::expr::typed;
use crate::journal::{FailPoints, Journal, archive};
use crate::measure::Origin;
use crate::outbox::{Delivery, Waiting};
use crate::plan::{Plan, PlanRunner};
use crate::runner::FleetOptions;
use crate::runner::environment::Environment;
use crate::runner::recording::Tape;
use crate::session::mask::Masker;
use crate::session::{
    Clock, Command, Handle, Holder, LockError, Request, Running, SafeState, Scope, StationLock,
    variables,
};
use crate::station::Station;

/// Where the station locks lie unless the station says otherwise.
const LOCK_FOLDER: &str = "/run/lock/maestro";

/// Who tests which unit, and what the run counts as.
#[derive(Debug)]
pub(super) struct Identity {
    serial: Option<String>,
    operator: Option<String>,
    operator_source: OperatorSource,
    fixture: Option<String>,
    tags: Map<String, Value>,
    /// `--var`.
    overrides: Map<String, Value>,
    /// What else was given that the record tells among the overrides.
    given: Map<String, Value>,
    mode: Mode,
    is_simulated: bool,
    unattended: bool,
    host: String,
}

/// What a run writes to and is kept from others by.
#[derive(Debug)]
pub(super) struct Prepared {
    home: PathBuf,
    clock: Clock,
    run: RunId,
    slot: u32,
    journal: std::cell::RefCell<Option<Journal>>,
    delivery: Option<Delivery>,
    clock_suspect: bool,
    runners: runners::Starts,
    tape: std::cell::RefCell<Option<Tape>>,
    /// What the record says was asked for, beside `--var`.
    given: Map<String, Value>,
    safe_state: SafeState,
    live: Live,
    journal_path: PathBuf,
}

impl Identity {
    /// Says how the operator became known.
    pub(super) const fn source(&mut self, source: OperatorSource) {
        self.operator_source = source;
    }

    /// Gathers who and what, and asks the gates.
    pub(super) fn of(
        args: &RunArgs,
        settings: &Settings,
        station: &Station,
        plan: &Plan,
        unattended: bool,
    ) -> Result<Self, Failure> {
        let mut tags = plan.tags.clone();
        tags.extend(
            args.tags
                .iter()
                .map(|(key, tag)| (key.clone(), Value::from(tag.clone()))),
        );
        let overrides: Map<String, Value> = args
            .variables
            .iter()
            .map(|(name, text)| (name.clone(), typed(text)))
            .collect();
        let (operator, operator_source) = match &args.operator {
            Some(name) => (Some(name.clone()), OperatorSource::Flag),
            None => (settings.account(), OperatorSource::OsUser),
        };
        if args.slot == 0 || args.slot > station.slots {
            return Err(Failure::usage(format!(
                "slot {} does not exist: station '{}' has slots 1 to {}",
                args.slot, station.id, station.slots
            )));
        }
        let mode = mode(args, &overrides);
        let is_dirty = station
            .require_clean
            .then(|| git::is_dirty(&plan.root))
            .flatten();
        let closed = gates::closed(&gates::Entry {
            plan,
            station,
            serial: args.serial.as_deref(),
            fixture: args.fixture.as_deref(),
            tags: &tags,
            mode,
            is_dirty,
        });
        if !closed.is_empty() {
            return Err(Failure::usage(closed.join("\n")));
        }
        Ok(Self {
            serial: args.serial.clone(),
            operator,
            operator_source,
            fixture: args.fixture.clone(),
            tags,
            overrides,
            given: holds::overrides(args),
            mode,
            is_simulated: args.simulate.is_some() || args.mode == Some(RunMode::Simulation),
            unattended,
            host: host_name(),
        })
    }
}

impl Identity {
    /// The names that `--var` fixes for the whole run.
    pub(super) fn fixed(&self) -> BTreeSet<String> {
        self.overrides.keys().cloned().collect()
    }
}

impl Prepared {
    /// Closes what a crash left, opens journal and stores, finds the runners.
    pub(super) fn new(
        args: &RunArgs,
        bench: &Bench<'_>,
        plan: &Plan,
        lock: &mut StationLock,
        telling: Telling,
        console: &mut Console<'_>,
    ) -> Result<Self, Failure> {
        let (settings, station) = (bench.settings, bench.station);
        let clock = Clock::start();
        let home = settings.home(station.home.as_deref());
        let run = RunId(Uuid::now_v7());
        let fail_points = fail_points(settings);
        let stores = Stores::of(station, &home, fail_points.clone())?;
        announce(lock, plan, run, clock)?;
        let live = Beginning::of(station, plan)?;
        let folder = home.join("journal");
        let clock_suspect =
            archive::newest_change(&folder).is_some_and(|newest| newest > clock.now());
        // Asked before recovery, which renews the folder.
        let safe_state = safe_state::of(station, bench.config, settings);
        let closing = Closing {
            folder: &folder,
            clock,
            fail_points: fail_points.clone(),
            station,
            safe_state: &safe_state,
            hold: Hold::Held,
        };
        closing.close(console)?;
        let simulation = Simulation::of(args, settings, plan, console)?;
        let runners = if let Some(simulation) = &simulation {
            runners::Starts {
                specs: simulation.specs(plan, settings),
                environments: Vec::new(),
            }
        } else {
            let search = runners::Search {
                settings,
                station,
                home: &home,
                telling,
            };
            search.starts(plan, console)?
        };
        let tape = simulate::tape(args, settings)?;
        let journal =
            Journal::create(&folder, run, fail_points).map_err(|error| cannot_record(&error))?;
        let seed = run.0.as_u64_pair().1;
        let delivery = stores
            .deliver(Waiting::Undelivered, seed)
            .map_err(|error| cannot_record(&error))?;
        Ok(Self {
            clock,
            run,
            slot: args.slot,
            delivery: Some(delivery),
            clock_suspect,
            runners,
            tape: std::cell::RefCell::new(tape),
            given: simulation.map(|it| it.given()).unwrap_or_default(),
            safe_state,
            live: live.wait(&home, console),
            journal_path: journal.path().to_owned(),
            home,
            journal: std::cell::RefCell::new(Some(journal)),
        })
    }

    /// Puts the request of the session together.
    pub(super) fn request(
        &self,
        plan: &Arc<Plan>,
        definitions: Vec<DefinitionPart>,
        bench: &Bench<'_>,
        identity: Identity,
    ) -> Result<Request, Failure> {
        let Bench {
            station,
            config,
            somebody,
            ..
        } = *bench;
        let context = Context {
            serial: identity.serial.clone(),
            operator: identity.operator.clone(),
            station: station.id.clone(),
            tags: identity.tags.clone(),
        };
        let scope = Scope {
            config: config.merged.clear(),
            overrides: identity.overrides.clone(),
            globals: self.live.globals().clone(),
        };
        let options = Options {
            run: self.run.to_string(),
            context,
            unattended: identity.unattended,
            somebody,
            default_timeout_ms: station.default_timeout_ms,
            cleanup_timeout_ms: station.cleanup_timeout_ms,
            required: Required::default(),
            filled: Vec::new(),
            fixed: identity.overrides.keys().cloned().collect(),
            origin: if identity.is_simulated {
                Origin::Simulated
            } else {
                Origin::Runner
            },
            holds: Holds {
                overrides: self.overrides(&identity),
                ..bench.holds.clone()
            },
        };
        let is_simulated = identity.is_simulated;
        let started = RunStarted {
            config_snapshot: config.merged.snapshot(),
            ..self.started(plan, station, identity)
        };
        let masker = Masker::new(config.merged.masked(), started.serial_number.as_deref());
        // From now on a bug may be about a text that nobody may see.
        crash::install_hook(self.home.join("crash"), masker.clone());
        let journal = self.journal.borrow_mut().take();
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Request {
            variables: variables(plan, &started, self.clock.now(), &scope),
            initialize: initialize(plan, station),
            fleet: FleetOptions::new(self.run.to_string(), processors),
            runners: self.runners.specs.clone(),
            definitions,
            started,
            options,
            journal: journal.ok_or_else(|| Failure::new(Exit::Bug, "one run, one journal"))?,
            clock: self.clock,
            masker,
            home: self.home.clone(),
            awaits_facts: git::work_tree(&plan.root).is_some(),
            tape: self.tape.borrow_mut().take(),
            // Nothing was switched on.
            safe_state: if is_simulated {
                SafeState::default()
            } else {
                self.safe_state.clone()
            },
            plan: Arc::clone(plan),
        })
    }

    /// Everything that makes the run another one than the package says.
    fn overrides(&self, identity: &Identity) -> Map<String, Value> {
        let mut overrides = identity.overrides.clone();
        overrides.extend(identity.given.clone());
        overrides.extend(self.given.clone());
        overrides
    }

    fn started(&self, plan: &Plan, station: &Station, identity: Identity) -> RunStarted {
        let overrides = self.overrides(&identity);
        RunStarted {
            run: self.run,
            test_name: plan.test_name.clone(),
            test_version: plan.test_version.clone(),
            device: plan.device.clone(),
            packages: plan
                .packages
                .iter()
                .filter(|package| package.has_manifest)
                .map(|package| package.ident.clone())
                .collect(),
            definition_digest: plan.definition_digest.clone(),
            definition_path: plan.definition_path.clone(),
            serial_number: identity.serial,
            operator_id: identity.operator,
            operator_source: identity.operator_source,
            station_id: station.id.clone(),
            slot: self.slot,
            host: identity.host,
            fixture_id: identity.fixture,
            mode: identity.mode,
            overrides,
            unattended: identity.unattended,
            tags: identity.tags,
            config_snapshot: Map::new(),
            clock_suspect: self.clock_suspect,
            steps_planned: plan.steps_planned,
            engine_version: env!("CARGO_PKG_VERSION").to_owned(),
            pid: std::process::id(),
        }
    }

    /// Tells the record what is installed for the run.
    pub(super) fn tell_environments(&self, running: &Running) {
        let environments = &self.runners.environments;
        let mut facts: Vec<Value> = environments.iter().map(Environment::as_fact).collect();
        // Two names of one interpreter share one.
        facts.dedup();
        if !facts.is_empty() {
            running.handle.send(Command::Fact {
                name: "python_environments".to_owned(),
                value: facts.into(),
            });
        }
    }

    /// Lets delivery and Redis follow the run; `fixed` are the names of `--var`.
    pub(super) fn attach(
        &self,
        station: &Station,
        plan: &Plan,
        fixed: &BTreeSet<String>,
        running: &Running,
    ) {
        if let Some(delivery) = &self.delivery {
            delivery.attach(self.run, Arc::clone(&running.positions));
        }
        let journal = &self.journal_path;
        self.live
            .follow(station, plan, fixed, self.run, journal, running);
    }

    /// Closes the record of a run that a bug ended, as after a crash, and delivers it.
    pub(super) fn close_after_bug(
        mut self,
        station: &Station,
        console: &mut Console<'_>,
    ) -> Result<(), Failure> {
        // It follows a journal that nobody writes any more.
        drop(self.delivery.take());
        let folder = self.home.join("journal");
        let closing = Closing {
            folder: &folder,
            clock: self.clock,
            fail_points: None,
            station,
            safe_state: &self.safe_state,
            hold: Hold::Held,
        };
        closing.close(console)?;
        let stores = Stores::of(station, &self.home, None)?;
        let seed = self.run.0.as_u64_pair().1;
        let again = stores.deliver(Waiting::Undelivered, seed);
        self.delivery = Some(again.map_err(|error| cannot_record(&error))?);
        self.deliver(None, console);
        Ok(())
    }

    /// `$MAESTRO_HOME`.
    pub(super) fn home(&self) -> &Path {
        &self.home
    }

    /// Waits for the stores as EXECUTION section 1, item 8 allows, and tells what is not there yet.
    pub(super) fn deliver(mut self, sync: Option<Duration>, console: &mut Console<'_>) {
        let Some(delivery) = self.delivery.take() else {
            return;
        };
        for state in delivery
            .finish(sync)
            .into_iter()
            .filter(|state| !state.is_done)
        {
            let why = state.problem.unwrap_or_else(|| "it is busy".to_owned());
            console.warning(&format!(
                "{} does not have everything yet ({why}); nothing is lost, a later run delivers it, \
                 or `maestro sync` does",
                state.name
            ));
        }
        self.live.finish();
    }
}

/// Where a test wants something to go wrong.
pub(super) fn fail_points(settings: &Settings) -> Option<Arc<FailPoints>> {
    let text = settings.env.get("MAESTRO_FAILPOINT")?;
    FailPoints::parse(text)
}

/// Adds the commits of the packages' work trees.
pub(super) fn add_commits(plan: &mut Plan) {
    for package in &mut plan.packages {
        package.ident.commit = git::work_tree(&package.root).and_then(|tree| git::commit(&tree));
    }
}

/// Finds beside the run what takes long: whether work trees have changes.
pub(super) fn find_slow_facts(plan: &Arc<Plan>, run: Handle) {
    let plan = Arc::clone(plan);
    if git::work_tree(&plan.root).is_none() {
        return;
    }
    let work = move || {
        if let Some(is_dirty) = git::is_dirty(&plan.root) {
            run.send(Command::Fact {
                name: "package_dirty".to_owned(),
                value: is_dirty.into(),
            });
        }
        run.send(Command::FactsFound);
    };
    // Without a thread the run waits its two seconds for the facts and goes without them.
    drop(
        std::thread::Builder::new()
            .name("facts".to_owned())
            .spawn(work),
    );
}

/// Where the locks of this station lie.
pub(in crate::cli) fn lock_folder(settings: &Settings, station: &Station) -> PathBuf {
    station.lock_dir.as_ref().map_or_else(
        || PathBuf::from(LOCK_FOLDER),
        |folder| settings.resolve(folder),
    )
}

/// Takes the station for as long as the lock is held.
pub(super) fn take_station(
    args: &RunArgs,
    settings: &Settings,
    station: &Station,
) -> Result<StationLock, Failure> {
    let folder = lock_folder(settings, station);
    let wait = args.wait.unwrap_or(Duration::ZERO);
    StationLock::take(&folder, &station.id, args.slot, wait).map_err(|error| match error {
        LockError::Busy { .. } => {
            Failure::new(Exit::Busy, error.to_string()).help("wait for it with --wait SECONDS")
        }
        LockError::Io { source, .. } => Failure::usage(format!(
            "the station lock in {}: {source}",
            folder.display()
        ))
        .help("set `lock_dir` in station.yaml to a folder that all users may write to"),
    })
}

/// Says who holds the station.
fn announce(lock: &mut StationLock, plan: &Plan, run: RunId, clock: Clock) -> Result<(), Failure> {
    let holder = Holder {
        run: run.to_string(),
        pid: std::process::id(),
        since: clock.now(),
        test: plan.test_name.clone(),
    };
    lock.announce(&holder)
        .map_err(|error| Failure::trouble(format!("the station lock cannot be written: {error}")))
}

fn cannot_record(error: &dyn std::error::Error) -> Failure {
    let message = match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    };
    Failure::trouble(message).help(
        "a run that cannot be recorded is not started; free space, or set MAESTRO_HOME to \
         another disk",
    )
}

/// What the runners of the plan are told first, in their order.
pub(super) fn initialize(plan: &Plan, station: &Station) -> Vec<InitializeParams> {
    plan.runners
        .iter()
        .map(|runner| initialize_one(runner, plan, station))
        .collect()
}

fn initialize_one(runner: &PlanRunner, plan: &Plan, station: &Station) -> InitializeParams {
    InitializeParams {
        protocol: PROTOCOL_VERSION,
        engine: format!("maestro {}", env!("CARGO_PKG_VERSION")),
        station: station.id.clone(),
        workdir: plan.root.to_string_lossy().into_owned(),
        packages: plan
            .packages
            .iter()
            .map(|package| PackageInfo {
                name: package.ident.name.clone(),
                root: package.root.to_string_lossy().into_owned(),
                search_paths: code_folders(runner, &package.root)
                    .iter()
                    .map(|folder| folder.to_string_lossy().into_owned())
                    .collect(),
                typed_parameters: package.typed_parameters,
            })
            .collect(),
    }
}

/// The folders of a package with code for a runner, the likelier one first.
fn code_folders(runner: &PlanRunner, root: &Path) -> Vec<PathBuf> {
    if runner.runner != "dotnet" {
        return vec![root.join("python_modules")];
    }
    let assemblies = root.join("assemblies");
    let of_runtime = runner.runtime.as_ref().filter(|name| !name.contains('/'));
    let of_runtime = of_runtime.map(|name| assemblies.join(name));
    of_runtime.into_iter().chain([assemblies.clone()]).collect()
}

/// Being held makes a run for debugging, and `--var` one for engineering, whatever else is asked for.
fn mode(args: &RunArgs, overrides: &Map<String, Value>) -> Mode {
    match args.mode {
        _ if holds::are_wanted(args) => Mode::Debug,
        _ if args.simulate.is_some() => Mode::Simulation,
        _ if args.grr.is_some() => Mode::Grr,
        None | Some(RunMode::Production) if !overrides.is_empty() => Mode::Engineering,
        None | Some(RunMode::Production) => Mode::Production,
        Some(RunMode::Engineering) => Mode::Engineering,
        Some(RunMode::Simulation) => Mode::Simulation,
        Some(RunMode::Grr) => Mode::Grr,
    }
}
