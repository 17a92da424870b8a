//! The session thread: waits, feeds the engine, journals, acts.

mod closing;
mod commands;
mod fleet;
mod record;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crossbeam_channel::{Receiver, unbounded};
use maestro_protocol::{InitializeParams, PromptReply};

use super::artifacts::Artifacts;
use super::feed::{Shared, lock};
use super::interrupts::Interrupts;
use super::mask::{Masker, Pieces};
use super::preflight::{Findings, Questions};
use super::recorder::Recorder;
use super::scratch::Scratch;
use super::{Alarm, Alarms, Clock, Command, Feed, Handle, SafeState};
use crate::engine::{Begin, CallId, Effect, Engine, Input, Options};
use crate::event::{AbortCause, DefinitionPart, Event, Level, RunFinished, RunId, RunStarted};
use crate::expr::Variables;
use crate::journal::{Journal, JournalError, Positions, Reader};
use crate::plan::{Plan, RunnerIx};
use crate::prompt::Answer;
use crate::runner::recording::Tape;
use crate::runner::{self, Fleet, FleetEvent, FleetOptions, RunnerId, RunnerSpec, Stream};

/// The session looks at the clock at least this often, so that it notices when it was stopped.
const HEARTBEAT: Duration = Duration::from_millis(200);

/// A wake-up later than this beyond its time means that the process stood still.
const STOPPED: Duration = Duration::from_millis(500);

/// How long the end of a run waits for facts that are slow to find.
const FACTS_AT_MOST: Duration = Duration::from_secs(2);

/// Everything that a run needs, gathered by the caller.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) plan: Arc<Plan>,
    pub(crate) definitions: Vec<DefinitionPart>,
    pub(crate) started: RunStarted,
    pub(crate) variables: Variables,
    pub(crate) options: Options,
    /// One for each runner of the plan, in its order.
    pub(crate) runners: Vec<RunnerSpec>,
    /// What each runner is told first, in the order of `runners`.
    pub(crate) initialize: Vec<InitializeParams>,
    pub(crate) fleet: FleetOptions,
    pub(crate) journal: Journal,
    pub(crate) clock: Clock,
    /// Knows what no record may hold.
    pub(crate) masker: Masker,
    /// `$MAESTRO_HOME`.
    pub(crate) home: PathBuf,
    /// Whether a [`Command::FactsFound`] will come.
    pub(crate) awaits_facts: bool,
    /// Takes down what the runners are asked and answer.
    pub(crate) tape: Option<Tape>,
    /// What makes the station safe where the cleanup does not.
    pub(crate) safe_state: SafeState,
}

/// How a run ended.
#[derive(Debug, Clone)]
pub(crate) struct RunEnd {
    pub(crate) run: RunId,
    pub(crate) finished: RunFinished,
    /// Why the record is not certain: no verdict may be shown then.
    pub(crate) not_recorded: Option<String>,
    /// Why the recording of the runners' answers is not whole.
    pub(crate) tape_trouble: Option<String>,
}

/// A run that goes on.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) handle: Handle,
    pub(crate) feed: Feed,
    pub(crate) positions: Arc<Positions>,
    thread: JoinHandle<RunEnd>,
}

impl Running {
    /// Waits for the end of the run and of its runners.
    pub(crate) fn join(self) -> Option<RunEnd> {
        self.thread.join().ok()
    }
}

/// Starts a run on a thread of its own.
pub(crate) fn start(request: Request) -> Result<Running, StartError> {
    let fleet = Fleet::new(request.fleet.clone()).map_err(StartError::Os)?;
    let (sender, commands) = unbounded();
    let shared = Arc::new(Shared::default());
    let handle = Handle::new(sender, fleet.waker(), Arc::clone(&shared));
    let positions = request.journal.positions();
    let reader = Reader::open(request.journal.path()).map_err(StartError::Journal)?;
    let feed = Feed::new(Some(reader), Arc::clone(&positions), Arc::clone(&shared));
    let session = Session::new(request, fleet, commands, Arc::clone(&shared));
    let thread = thread::Builder::new()
        .name("session".to_owned())
        .spawn(move || session.run())
        .map_err(StartError::Os)?;
    Ok(Running {
        handle,
        feed,
        positions,
        thread,
    })
}

/// Why a run could not be started.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    #[error("cannot make the descriptors and threads of a run")]
    Os(#[source] std::io::Error),
    #[error(transparent)]
    Journal(JournalError),
}

/// The state of the session thread.
struct Session {
    plan: Arc<Plan>,
    engine: Engine,
    fleet: Fleet,
    recorder: Recorder,
    masker: Masker,
    /// The lines of the runners that came in pieces.
    pieces: HashMap<(RunnerId, Stream), Pieces>,
    artifacts: Artifacts,
    commands: Receiver<Command>,
    shared: Arc<Shared>,
    clock: Clock,
    interrupts: Interrupts,
    runners: Vec<RunnerSpec>,
    initialize: Vec<InitializeParams>,
    definitions: Vec<DefinitionPart>,
    started: Option<RunStarted>,
    run: RunId,
    awaits_facts: bool,
    tape: Option<Tape>,
    safe_state: SafeState,
    alarms: Alarms,
    /// What is left of the run where the unit may be live; `None` where nothing real is switched on.
    alarm: Option<Alarm>,
    inbox: Vec<FleetEvent>,
    effects: Vec<Effect>,
    /// A call whose runner had ended before it could be made.
    gone: Option<CallId>,
    finished: Option<RunFinished>,
    /// A runner went without closing what it kept open.
    has_left_open: bool,
    /// Last, so that the runners are gone when it goes.
    _scratch: Option<Scratch>,
}

impl Session {
    fn new(
        mut request: Request,
        fleet: Fleet,
        commands: Receiver<Command>,
        shared: Arc<Shared>,
    ) -> Self {
        let run = request.started.run;
        // A disk that takes no folder takes no artifact either; the step says so then.
        let scratch = Scratch::create(&request.home, &run.to_string()).ok();
        for spec in &mut request.runners {
            if let Some(scratch) = &scratch {
                scratch.tell(spec);
            }
        }
        Self {
            engine: Engine::new(
                Arc::clone(&request.plan),
                request.variables,
                request.options,
            ),
            plan: request.plan,
            fleet,
            recorder: Recorder::new(request.journal, Arc::clone(&shared)),
            alarms: Alarms::below(&request.home),
            alarm: Alarm::of(&request.started, request.clock.now()),
            artifacts: Artifacts::new(request.home, run.to_string(), request.masker.clone()),
            masker: request.masker,
            pieces: HashMap::new(),
            commands,
            shared,
            clock: request.clock,
            interrupts: Interrupts::default(),
            runners: request.runners,
            initialize: request.initialize,
            definitions: request.definitions,
            started: Some(request.started),
            run,
            awaits_facts: request.awaits_facts,
            tape: request.tape,
            safe_state: request.safe_state,
            inbox: Vec::new(),
            effects: Vec::new(),
            gone: None,
            finished: None,
            has_left_open: false,
            _scratch: scratch,
        }
    }

    fn run(mut self) -> RunEnd {
        self.open_record();
        let begin = self.preflight();
        if let Err(error) = self.recorder.flush() {
            self.lose_journal(&error);
        }
        self.handle(Input::Begin(begin));
        while !self.engine.is_finished() {
            self.wait_and_act();
        }
        let finished = self
            .finished
            .take()
            .expect("a finished engine has published its end");
        let tape = self.tape.take();
        let end = RunEnd {
            run: self.run,
            not_recorded: self.recorder.lost().map(str::to_owned),
            tape_trouble: tape.and_then(|it| it.finish(finished.verdict, self.clock.now())),
            finished,
        };
        *lock(&self.shared.end) = Some(end.clone());
        // Closing the journal tells its readers that all is said.
        drop(self.recorder);
        stop_runners(&mut self.fleet, self.clock);
        end
    }

    /// Starts all runners side by side and asks them about every target.
    fn preflight(&mut self) -> Begin {
        let mut questions: Vec<Option<Questions>> = Vec::new();
        for index in 0..self.runners.len() {
            questions.push(Some(Questions::of(&self.plan, RunnerIx(index as u32))));
            self.start_runner(RunnerIx(index as u32));
        }
        // While the runners start: the model of the package and the texts of the definitions are
        // gone, and nothing that comes is as large.
        runner::give_back_memory();
        let mut waiting = self.runners.len();
        let mut findings = Findings::default();
        while waiting > 0 {
            let until = self.clock.instant(self.clock.now().after(HEARTBEAT));
            if self.fleet.poll(Some(until), &mut self.inbox).is_err() {
                return Begin::Refused("cannot wait for the runners".to_owned());
            }
            for event in std::mem::take(&mut self.inbox) {
                waiting -= self.preflight_event(event, &mut questions, &mut findings);
            }
            if let Some(aborted) = self.aborted_early() {
                return aborted;
            }
        }
        if let Some(reason) = findings.refusal() {
            self.commit();
            return Begin::Refused(reason);
        }
        for message in findings.warnings(&self.plan) {
            self.publish(Event::Logged {
                step: None,
                level: Level::Warning,
                source: "engine".to_owned(),
                message,
            });
        }
        self.commit();
        self.engine.require(findings.required, findings.filled);
        Begin::Ready
    }

    /// Takes one event of the preflight; 1 when a runner is done with it.
    fn preflight_event(
        &mut self,
        event: FleetEvent,
        questions: &mut [Option<Questions>],
        findings: &mut Findings,
    ) -> usize {
        match event {
            FleetEvent::Ready {
                runner, ref info, ..
            } => {
                let asks = info.capabilities.describe;
                let open = questions[runner.0 as usize].as_ref();
                let targets = open.filter(|open| asks && !open.params.targets.is_empty());
                let done = targets.is_none();
                if let Some(targets) = targets {
                    self.fleet
                        .describe(runner, runner::CallId(0), &targets.params);
                }
                self.note_ready(event);
                usize::from(done)
            }
            FleetEvent::Described { runner, result, .. } => {
                if let Some(asked) = questions[runner.0 as usize].take() {
                    if let (Some(tape), Ok(answer)) = (&mut self.tape, &result) {
                        let name = &self.runners[runner.0 as usize].name;
                        tape.described(name, &asked.params, answer);
                    }
                    match result {
                        Ok(answer) => asked.check(&self.plan, &answer, findings),
                        Err(error) => findings.complaints.push(format!(
                            "runner '{}' cannot describe its targets: {}",
                            self.runners[runner.0 as usize].name, error.message
                        )),
                    }
                }
                1
            }
            FleetEvent::StartFailed { runner, reason } => {
                let name = &self.runners[runner.0 as usize].name;
                findings
                    .complaints
                    .push(format!("runner '{name}' does not start: {reason}"));
                1
            }
            FleetEvent::Died {
                runner,
                status: reason,
                ..
            }
            | FleetEvent::Violation {
                runner,
                message: reason,
                ..
            }
            | FleetEvent::NotSent { runner, reason, .. } => {
                let name = &self.runners[runner.0 as usize].name;
                findings
                    .complaints
                    .push(format!("runner '{name}': {reason}"));
                usize::from(questions[runner.0 as usize].take().is_some())
            }
            other => {
                self.fleet_event(other);
                0
            }
        }
    }

    /// Hears the commands of the time before the first step.
    fn aborted_early(&mut self) -> Option<Begin> {
        let commands: Vec<Command> = self.commands.try_iter().collect();
        let mut aborted = None;
        for command in commands {
            match command {
                Command::Interrupt { by } => {
                    aborted = Some(Begin::Aborted {
                        cause: AbortCause::Signal,
                        message: format!("interrupted by {by} before the first step"),
                        by,
                    });
                }
                Command::Abort { cause, by, message } => {
                    aborted = Some(Begin::Aborted { cause, by, message });
                }
                other => self.command(other),
            }
        }
        aborted
    }

    fn wait_and_act(&mut self) {
        if self.engine.is_busy() {
            self.handle(Input::Tick);
            self.obey();
            return;
        }
        let before = self.clock.now();
        let heartbeat = before.after(HEARTBEAT);
        let until = self
            .engine
            .deadline()
            .map_or(heartbeat, |due| due.min(heartbeat));
        let waited = self
            .fleet
            .poll(Some(self.clock.instant(until)), &mut self.inbox);
        let now = self.clock.now();
        let overslept = now.since(until.max(before));
        if overslept > STOPPED {
            self.handle(Input::Resumed {
                gap_us: overslept.as_micros() as u64,
            });
        }
        if waited.is_err() {
            let message = "cannot wait for the runners".to_owned();
            self.handle(Input::Kill { by: message });
        }
        let mut inbox = std::mem::take(&mut self.inbox);
        for event in inbox.drain(..) {
            self.fleet_event(event);
        }
        self.inbox = inbox;
        self.obey();
        if self
            .engine
            .deadline()
            .is_some_and(|due| due <= self.clock.now())
        {
            self.handle(Input::Tick);
        }
    }

    /// Takes the commands that have come.
    fn obey(&mut self) {
        while let Ok(command) = self.commands.try_recv() {
            self.command(command);
        }
    }

    /// Hands one input to the engine and does what it asks for.
    fn handle(&mut self, input: Input) {
        let mut effects = std::mem::take(&mut self.effects);
        self.engine.handle(input, self.clock.now(), &mut effects);
        let is_held = self.engine.is_held();
        self.shared.is_held.store(is_held, Ordering::Relaxed);
        for effect in effects.drain(..) {
            self.act(effect);
        }
        self.effects = effects;
        self.commit();
        if let Some(call) = self.gone.take() {
            self.handle(Input::RunnerGone { call });
        }
    }

    fn act(&mut self, effect: Effect) {
        match effect {
            Effect::Publish(event) => self.publish(event),
            Effect::StartRunner(runner) => self.start_runner(runner),
            Effect::Execute {
                runner,
                call,
                params,
            } => {
                // Appended before told: a call that was made is in the record.
                self.commit();
                if self.fleet.has_ended(id(runner)) {
                    self.gone = Some(call);
                    return;
                }
                if let Some(tape) = &mut self.tape {
                    let name = &self.runners[runner.0 as usize].name;
                    tape.called(name, runner::CallId(call.0), &params, self.clock.now());
                }
                self.fleet
                    .execute(id(runner), runner::CallId(call.0), &params);
            }
            Effect::Cancel { runner, call } => {
                if let Some(tape) = &mut self.tape {
                    tape.cancelled(runner::CallId(call.0));
                }
                self.fleet.cancel(id(runner), runner::CallId(call.0));
            }
            Effect::KillRunner { runner, .. } => self.fleet.kill(id(runner)),
            Effect::AnswerRunner {
                runner,
                request,
                answer,
            } => {
                self.commit();
                let reply = reply(*answer);
                if let Some(tape) = &mut self.tape {
                    tape.answered(&request, &reply);
                }
                self.fleet.answer_prompt(id(runner), &request, &reply);
            }
            Effect::RefuseRunner {
                runner,
                request,
                reason,
            } => {
                self.fleet.refuse_prompt(id(runner), &request, &reason);
            }
        }
    }

    fn commit(&mut self) {
        if let Err(error) = self.recorder.commit() {
            self.lose_journal(&error);
        }
    }

    /// The journal takes no more: the run ends, cleanup runs.
    fn lose_journal(&mut self, error: &JournalError) {
        let message = match std::error::Error::source(error) {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        };
        let input = Input::Abort {
            cause: AbortCause::JournalLost,
            by: "journal".to_owned(),
            message,
        };
        let mut effects = Vec::new();
        self.engine.handle(input, self.clock.now(), &mut effects);
        for effect in effects {
            self.act(effect);
        }
        // Told once: a second failure only keeps events in memory.
        let _: Result<(), JournalError> = self.recorder.commit();
    }

    fn start_runner(&mut self, runner: RunnerIx) {
        let index = runner.0 as usize;
        let now = self.clock.instant(self.clock.now());
        self.fleet.start(
            id(runner),
            &self.runners[index],
            &self.initialize[index],
            now,
        );
    }
}

pub(super) fn stop_runners(fleet: &mut Fleet, clock: Clock) {
    fleet.shutdown_all(clock.instant(clock.now()));
    let mut events = Vec::new();
    while !fleet.is_empty() {
        let until = clock.instant(clock.now().after(HEARTBEAT));
        if fleet.poll(Some(until), &mut events).is_err() {
            return;
        }
        events.clear();
    }
}

fn reply(answer: Answer) -> PromptReply {
    PromptReply {
        button: answer.button,
        action: answer
            .action
            .map_or_else(String::new, |action| action.as_str().to_owned()),
        value: answer.value.unwrap_or_default(),
        timed_out: answer.timed_out,
    }
}

const fn id(runner: RunnerIx) -> RunnerId {
    RunnerId(runner.0)
}

const fn ix(runner: RunnerId) -> RunnerIx {
    RunnerIx(runner.0)
}
