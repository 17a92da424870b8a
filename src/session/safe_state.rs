//! Makes the station safe where the cleanup of a test did not (EXECUTION section 3).
//!
//! It needs neither package nor engine: the steps of the station run one after another on runners
//! of their own, each with its limit, and one that fails keeps none of the others from running.
//! What was done is told as steps of the section `safe_state`, which count for no verdict.

use std::collections::HashSet;
use std::time::Duration;

use maestro_protocol::{ErrorObject, ExecuteParams, ExecuteResult, InitializeParams, LogLevel};
use serde_json::Value;

use super::Clock;
use super::artifacts::cut_step;
use super::mask::{Masked, Masker};
use crate::event::{
    Event, Level, RunId, Section, StepError, StepFinished, StepKind, StepNo, StepStarted, Timestamp,
};
use crate::runner::{CallId, Fleet, FleetEvent, FleetOptions, RunnerId, RunnerSpec};
use crate::verdict::Verdict;

/// The station's `safe_state`, ready to run; empty where it has none.
#[derive(Debug, Clone, Default)]
pub(crate) struct SafeState {
    pub(crate) calls: Vec<SafeCall>,
    /// The runners that the calls name by index.
    pub(crate) runners: Vec<RunnerSpec>,
    pub(crate) initialize: InitializeParams,
    /// Knows what no record may hold.
    pub(crate) masker: Masker,
}

/// One step.
#[derive(Debug, Clone)]
pub(crate) struct SafeCall {
    pub(crate) name: String,
    pub(crate) work: Work,
    /// How long it may take; a pause takes its own time.
    pub(crate) limit: Duration,
}

/// What a step does.
#[derive(Debug, Clone)]
pub(crate) enum Work {
    Pause(Duration),
    Call {
        runner: usize,
        target: Value,
    },
    /// It cannot be carried out, for this reason.
    Impossible(String),
}

/// The runners, started when a step needs them.
struct Bench<'a> {
    state: &'a SafeState,
    fleet: Fleet,
    clock: Clock,
    inbox: Vec<FleetEvent>,
    last_call: u64,
    /// The runners that answered `initialize` and did not end since.
    ready: HashSet<RunnerId>,
    tell: &'a mut dyn FnMut(Event),
    step: StepNo,
}

impl SafeState {
    pub(crate) const fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// Runs every step; the first gets the number `first`. What is told holds no secret. True when
    /// all steps were carried out.
    pub(crate) fn run(
        &self,
        run: RunId,
        first: u32,
        clock: Clock,
        tell: &mut dyn FnMut(Event),
    ) -> bool {
        let tell = &mut |event| {
            let mut event = Masked::by(&self.masker, event).into_event();
            if let Event::StepFinished(finished) = &mut event {
                cut_step(finished);
            }
            tell(event);
        };
        let options = FleetOptions::new(run.to_string(), 1);
        let fleet = match Fleet::new(options) {
            Ok(fleet) => fleet,
            Err(error) => {
                tell(Event::Logged {
                    step: None,
                    level: Level::Error,
                    source: "safe_state".to_owned(),
                    message: format!("no runner can be started: {error}"),
                });
                return false;
            }
        };
        let mut bench = Bench {
            state: self,
            fleet,
            clock,
            inbox: Vec::new(),
            last_call: 0,
            ready: HashSet::new(),
            tell,
            step: StepNo(first),
        };
        let mut all_done = true;
        for (place, call) in self.calls.iter().enumerate() {
            bench.step = StepNo(first + place as u32);
            all_done &= bench.step(call);
        }
        super::run::stop_runners(&mut bench.fleet, clock);
        all_done
    }
}

impl Bench<'_> {
    /// Carries out one step and tells it; whether it worked.
    fn step(&mut self, call: &SafeCall) -> bool {
        let began = self.clock.now();
        (self.tell)(started(self.state, self.step, call));
        let ended = match &call.work {
            Work::Pause(time) => {
                std::thread::sleep(*time);
                Ok(ExecuteResult::default())
            }
            Work::Call { runner, target } => {
                self.call(*runner, call, target, began.after(call.limit))
            }
            Work::Impossible(reason) => Err((Verdict::Error, "template", reason.clone())),
        };
        let took = self.clock.now().since(began);
        let is_done = ended.is_ok();
        (self.tell)(finished(self.step, call, took, ended));
        is_done
    }

    fn call(&mut self, runner: usize, call: &SafeCall, target: &Value, end: Timestamp) -> Ended {
        let id = RunnerId(runner as u32);
        // One that went after an earlier step does not make this one fail.
        if !self.ready.contains(&id) || self.fleet.has_ended(id) {
            self.start(runner, id);
        }
        let mut may_start_anew = true;
        self.last_call += 1;
        let wanted = CallId(self.last_call);
        let params = ExecuteParams {
            step: format!("safe_state/{}", call.name),
            attempt: 1,
            target: target.clone(),
            timeout_ms: Some(call.limit.as_millis() as u64),
            ..ExecuteParams::default()
        };
        let mut is_sent = false;
        loop {
            if !is_sent && self.ready.contains(&id) {
                self.fleet.execute(id, wanted, &params);
                is_sent = true;
            }
            let until = self.clock.instant(end);
            if self.fleet.poll(Some(until), &mut self.inbox).is_err() {
                return Err((
                    Verdict::Error,
                    "start",
                    "cannot wait for the runner".to_owned(),
                ));
            }
            for event in std::mem::take(&mut self.inbox) {
                if matches!(&event, FleetEvent::NotSent { call, .. } if *call == wanted)
                    && std::mem::take(&mut may_start_anew)
                {
                    // It takes no calls any more, and this one has not reached it.
                    self.start(runner, id);
                    is_sent = false;
                } else if let Some(ended) = self.event(event, id, wanted) {
                    return ended;
                }
            }
            if self.clock.now() >= end {
                self.fleet.kill(id);
                self.ready.remove(&id);
                let limit = call.limit.as_millis();
                return Err((
                    Verdict::Aborted,
                    "timeout",
                    format!("no answer within {limit} ms"),
                ));
            }
        }
    }

    fn start(&mut self, runner: usize, id: RunnerId) {
        self.ready.remove(&id);
        let now = self.clock.instant(self.clock.now());
        self.fleet
            .start(id, &self.state.runners[runner], &self.state.initialize, now);
    }

    /// What an event of the fleet means to the call.
    fn event(&mut self, event: FleetEvent, runner: RunnerId, wanted: CallId) -> Option<Ended> {
        match event {
            FleetEvent::Ready { runner, .. } => {
                self.ready.insert(runner);
                None
            }
            FleetEvent::Reply { call, result, .. } if call == wanted => Some(answered(result)),
            FleetEvent::NotSent { call, reason, .. } if call == wanted => {
                Some(Err((Verdict::Error, "protocol", reason)))
            }
            FleetEvent::StartFailed { runner: of, reason } if of == runner => {
                Some(Err((Verdict::Error, "start", reason)))
            }
            FleetEvent::Died {
                runner: of, status, ..
            } if of == runner => {
                self.ready.remove(&runner);
                Some(Err((Verdict::Error, "runner-died", status)))
            }
            FleetEvent::Violation {
                runner: of,
                message,
                ..
            } if of == runner => {
                self.fleet.kill(runner);
                self.ready.remove(&runner);
                Some(Err((Verdict::Error, "protocol", message)))
            }
            FleetEvent::Prompt {
                runner, request, ..
            } => {
                let reason = "nobody is asked while the station is made safe";
                self.fleet.refuse_prompt(runner, &request, reason);
                None
            }
            FleetEvent::Log { level, text, .. } => {
                (self.tell)(Event::Logged {
                    step: Some(self.step),
                    level: match level {
                        LogLevel::Debug => Level::Debug,
                        LogLevel::Info => Level::Info,
                        LogLevel::Warning => Level::Warning,
                        LogLevel::Error => Level::Error,
                    },
                    source: "safe_state".to_owned(),
                    message: text,
                });
                None
            }
            _ => None,
        }
    }
}

/// The answer, or verdict, kind and message of what kept the step from being carried out.
type Ended = Result<ExecuteResult, (Verdict, &'static str, String)>;

fn answered(result: Result<ExecuteResult, ErrorObject>) -> Ended {
    result.map_err(|error| (Verdict::Error, "answer", error.message))
}

fn started(state: &SafeState, step: StepNo, call: &SafeCall) -> Event {
    let (kind, runner, target) = match &call.work {
        Work::Pause(_) => (StepKind::Delay, None, None),
        Work::Call { runner, target } => {
            let runner = state.runners[*runner].name.clone();
            (StepKind::Runner, Some(runner), Some(target.clone()))
        }
        Work::Impossible(_) => (StepKind::Runner, None, None),
    };
    Event::StepStarted(Box::new(StepStarted {
        step,
        parent: None,
        position: None,
        path: format!("safe_state/{}", call.name),
        section: Section::SafeState,
        name: call.name.clone(),
        name_declared: None,
        kind,
        runner,
        target,
        iteration: None,
        execution_no: 1,
    }))
}

fn finished(step: StepNo, call: &SafeCall, took: Duration, ended: Ended) -> Event {
    let (verdict, outputs, failure) = match ended {
        Ok(result) => (Verdict::Pass, result.outputs, None),
        Err((verdict, kind, message)) => (verdict, serde_json::Map::new(), Some((kind, message))),
    };
    Event::StepFinished(Box::new(StepFinished {
        step,
        verdict,
        true_verdict: None,
        reason: failure.as_ref().map(|(_, message)| message.clone()),
        skip_reason: None,
        error: failure.map(|(kind, message)| StepError {
            kind: kind.to_owned(),
            message,
            traceback: None,
        }),
        duration_us: took.as_micros() as u64,
        prompt_ms: None,
        held_ms: None,
        attempts: 1,
        timeout_ms: match call.work {
            Work::Pause(_) => None,
            Work::Call { .. } | Work::Impossible(_) => Some(call.limit.as_millis() as u64),
        },
        parameters: None,
        outputs,
        published: serde_json::Map::new(),
        unset: Vec::new(),
        measurements: Vec::new(),
        unattended: false,
        superseded: false,
    }))
}
