//! The engine itself: its state, its one entry and its main loop.

use std::collections::HashSet;
use std::sync::Arc;

use maestro_protocol::Context;

use super::frame::{Frame, Part, Phase, SequenceFrame, StepFrame};
use super::hold::{Holding, Holds};
use super::input::{Begin, CallId, Effect, Input};
use super::outcome::Tally;
use super::required::Required;
use super::setting::Settings;
use crate::event::{AbortCause, Cleanup, Event, Level, RunFinished, RunStatus, StepNo, Timestamp};
use crate::expr::Variables;
use crate::plan::{Plan, RunnerIx, SequenceIx, Step, StepIx};
use crate::verdict::Verdict;

/// What the engine must know beside the plan.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// Id of the run, as runners are told it.
    pub(crate) run: String,
    /// Handed to test code with each call.
    pub(crate) context: Context,
    /// Prompts answer themselves.
    pub(crate) unattended: bool,
    /// Whether a front end is there that can answer.
    pub(crate) somebody: bool,
    /// Limit of runner steps that declare none.
    pub(crate) default_timeout_ms: Option<u64>,
    /// Limit of cleanup steps that declare none.
    pub(crate) cleanup_timeout_ms: u64,
    /// Parameters that a call cannot do without, as `describe` told.
    pub(crate) required: Required,
    /// Parameters that a step leaves out and the variable of that name fills.
    pub(crate) filled: Vec<(StepIx, String)>,
    /// Variables of the command line: no definition sets them anew.
    pub(crate) fixed: HashSet<String>,
    /// What values of runners count as.
    pub(crate) origin: crate::measure::Origin,
    /// Where the run is held.
    pub(crate) holds: Holds,
}

/// The state machine of one run. A copy of it tells what would come next.
#[derive(Debug, Clone)]
pub(crate) struct Engine {
    pub(super) plan: Arc<Plan>,
    pub(super) options: Options,
    pub(super) variables: Variables,
    pub(super) stack: Vec<Frame>,
    pub(super) abort: Option<Abort>,
    /// Verdict that the cause of the end adds.
    pub(super) cause_verdict: Option<Verdict>,
    pub(super) runners: Vec<RunnerState>,
    pub(super) tally: Tally,
    pub(super) holding: Holding,
    /// The third interrupt: nothing more is executed.
    pub(super) given_up: bool,
    pub(super) run_error: Option<String>,
    started: Timestamp,
    pub(super) last_step: u32,
    last_call: u64,
    pub(super) last_prompt: u64,
    finished: bool,
    /// Number of the record that ended last.
    pub(super) last_finished: u32,
    is_busy: bool,
    pub(super) settings: Settings,
}

/// Why the run is in abort mode.
#[derive(Debug, Clone)]
pub(super) struct Abort {
    pub(super) cause: AbortCause,
    pub(super) by: String,
    pub(super) message: String,
}

/// What the engine knows of a runner.
#[derive(Debug, Default, Clone)]
pub(super) struct RunnerState {
    pub(super) health: Health,
    /// Steps with `restore` that were executed on it, in order, each once.
    pub(super) connected: Vec<StepIx>,
    /// A fresh process has not seen the `restore` steps yet.
    pub(super) needs_restore: bool,
}

/// Whether a runner can be called.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Health {
    #[default]
    Ready,
    Starting,
    /// It has ended, and [`Input::RunnerLost`] will say so.
    Ending,
    Down,
}

impl Engine {
    /// An engine that waits for [`Input::Begin`]. `variables` holds the namespaces and overrides.
    pub(crate) fn new(plan: Arc<Plan>, variables: Variables, options: Options) -> Self {
        let runners = plan
            .runners
            .iter()
            .map(|_| RunnerState::default())
            .collect();
        let holding = Holding::new(&options.holds);
        Self {
            plan,
            options,
            variables,
            stack: Vec::new(),
            abort: None,
            cause_verdict: None,
            runners,
            tally: Tally::default(),
            holding,
            given_up: false,
            run_error: None,
            started: Timestamp(0),
            last_step: 0,
            last_call: 0,
            last_prompt: 0,
            finished: false,
            last_finished: 0,
            is_busy: false,
            settings: Settings::default(),
        }
    }

    /// Takes one input and appends what follows from it.
    pub(crate) fn handle(&mut self, input: Input, now: Timestamp, effects: &mut Vec<Effect>) {
        if self.finished {
            return;
        }
        match input {
            Input::Begin(begin) => self.begin(begin, now, effects),
            Input::Reply { call, result } => self.on_reply(call, result, now, effects),
            Input::RunnerLost {
                runner,
                kind,
                reason,
            } => {
                self.on_runner_lost(runner, kind, reason, now, effects);
            }
            Input::RunnerGone { call } => self.on_runner_gone(call),
            Input::RunnerReady { runner } => self.on_runner_ready(runner),
            Input::RunnerFailed { runner, reason } => self.on_runner_failed(runner, &reason),
            Input::RunnerAsked(question) => self.on_runner_asked(question, now, effects),
            Input::SetVariable {
                name,
                value,
                source,
            } => self.on_set(name, value, source, effects),
            Input::Hold(order) => self.on_hold_order(*order, now, effects),
            Input::Answered(answer) => self.on_answer(*answer, now, effects),
            Input::OperatorChanged {
                to,
                source,
                front_end,
            } => self.on_operator(to, source, front_end, effects),
            Input::Tick => {}
            Input::Abort { cause, by, message } => {
                self.abort_from_outside(cause, &by, message, now, effects);
            }
            Input::Kill { by } => self.give_up(&by, now, effects),
            Input::NobodyLeft => self.on_nobody_left(now, effects),
            Input::Resumed { gap_us } => self.on_resumed(gap_us, effects),
        }
        self.on_deadlines(now, effects);
        self.work(now, effects);
    }

    /// Takes what the preflight learned about parameters.
    pub(crate) fn require(&mut self, required: Required, filled: Vec<(StepIx, String)>) {
        self.options.required = required;
        self.options.filled = filled;
    }

    /// Whether `RunFinished` was published.
    pub(crate) fn is_finished(&self) -> bool {
        self.finished
    }

    /// The step record that runs now, for logs that arrive beside the engine.
    pub(crate) fn current_step(&self) -> Option<StepNo> {
        self.top_step().map(|frame| frame.no)
    }

    /// Whether the run stands still until it is told how to go on.
    pub(crate) fn is_held(&self) -> bool {
        self.holding.is_held()
    }

    /// Number of the last step that began; 0 where none did.
    pub(crate) const fn steps_begun(&self) -> u32 {
        self.last_step
    }

    /// Name of the cleanup step that runs now, for whoever interrupts a second time.
    pub(crate) fn running_cleanup(&self) -> Option<&str> {
        let frame = self.top_step()?;
        frame
            .cleanup
            .then(|| &*self.plan.step(frame.step).name_declared)
    }

    /// The variables as they stand.
    pub(crate) fn variables(&self) -> &Variables {
        &self.variables
    }

    fn begin(&mut self, begin: Begin, now: Timestamp, effects: &mut Vec<Effect>) {
        self.started = now;
        match begin {
            // Aborted before the first step: nothing was done that cleanup could undo.
            _ if self.abort.is_some() => self.finish(now, effects),
            Begin::Ready => self.enter(SequenceIx(0), false, now),
            Begin::Refused(reason) => {
                self.run_error = Some(reason);
                self.cause_verdict = Some(Verdict::Error);
                self.finish(now, effects);
            }
            Begin::Aborted { cause, by, message } => {
                self.begin_abort(cause, &by, message, effects);
                self.finish(now, effects);
            }
        }
    }

    /// Whether work is left that waits for nothing: the next input may be a [`Input::Tick`] at once.
    ///
    /// The engine hands over after a step that began and ended in one go, so that each has its own
    /// time, and what it left is journaled before the next one begins.
    pub(crate) fn is_busy(&self) -> bool {
        self.is_busy
    }

    /// Lets the top frame work until something must be waited for, or a step was over at once.
    fn work(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        self.is_busy = false;
        let begun = self.last_step;
        while !self.finished && !self.is_held() {
            if self.last_finished > begun {
                self.is_busy = true;
                return;
            }
            self.set_waiting(effects);
            let goes_on = match self.stack.last() {
                None => return,
                Some(Frame::Sequence(_)) => self.walk_sequence(now, effects),
                Some(Frame::Step(_)) => self.walk_step(now, effects),
            };
            if !goes_on {
                return;
            }
        }
    }

    /// Pushes a sequence: sets its variables and starts its clock.
    pub(super) fn enter(&mut self, sequence: SequenceIx, cleanup: bool, now: Timestamp) {
        let policy = self.plan.sequence(sequence).policy;
        self.stack.push(Frame::Sequence(SequenceFrame {
            sequence,
            part: Part::Setup,
            next: 0,
            ended: None,
            worst: None,
            step_counted: false,
            deadline: policy
                .timeout_us
                .map(|us| now.after(std::time::Duration::from_micros(us))),
            cleanup,
        }));
    }

    /// Publishes the end of the run.
    pub(super) fn finish(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let root = match self.stack.pop() {
            Some(Frame::Sequence(frame)) => Some(frame),
            _ => None,
        };
        let worst = root.as_ref().and_then(|frame| frame.worst);
        let counted = root.as_ref().is_some_and(|frame| frame.step_counted);
        let verdict = match worst.max(self.cause_verdict) {
            None => Verdict::Undetermined,
            Some(Verdict::Pass) if !counted => Verdict::Undetermined,
            Some(verdict) => verdict,
        };
        let cleanup = if root.is_some() && (self.given_up || self.tally.cleanup_failed) {
            Cleanup::Incomplete
        } else {
            Cleanup::Complete
        };
        let ended_outside = self
            .abort
            .as_ref()
            .is_some_and(|abort| abort.cause.ends_as_aborted());
        self.finished = true;
        effects.push(Effect::Publish(Event::RunFinished(Box::new(RunFinished {
            verdict,
            status: if ended_outside {
                RunStatus::Aborted
            } else {
                RunStatus::Completed
            },
            abort_cause: self.abort.as_ref().map(|abort| abort.cause),
            abort_reason: self.abort.as_ref().map(|abort| abort.message.clone()),
            aborted_by: self.abort.as_ref().map(|abort| abort.by.clone()),
            cleanup,
            forced: self.tally.forced,
            unattended: self.tally.unattended,
            duration_us: now.since(self.started).as_micros() as u64,
            held_ms: self.holding.held_ms(),
            error: self.run_error.take(),
            counts: self.tally.counts,
        }))));
    }

    pub(super) fn step(&self, ix: StepIx) -> &Step {
        self.plan.step(ix)
    }

    pub(super) fn next_step_no(&mut self) -> StepNo {
        self.last_step += 1;
        StepNo(self.last_step)
    }

    pub(super) fn next_call(&mut self) -> CallId {
        self.last_call += 1;
        CallId(self.last_call)
    }

    pub(super) fn runner_state(&mut self, runner: RunnerIx) -> &mut RunnerState {
        &mut self.runners[runner.0 as usize]
    }

    /// The innermost step that has begun.
    pub(super) fn top_step(&self) -> Option<&StepFrame> {
        self.stack.iter().rev().find_map(|frame| match frame {
            Frame::Step(step) => Some(&**step),
            Frame::Sequence(_) => None,
        })
    }

    /// The step frame on top of the stack.
    ///
    /// Invariant: called only while the top frame is a step.
    pub(super) fn frame(&mut self) -> &mut StepFrame {
        match self.stack.last_mut() {
            Some(Frame::Step(frame)) => frame,
            _ => panic!("the top frame is a step"),
        }
    }

    /// Sets the phase of the step on top.
    pub(super) fn go(&mut self, phase: Phase) {
        self.frame().phase = phase;
    }

    /// Publishes a line of the engine's own log.
    pub(super) fn log(&self, level: Level, message: impl Into<String>, effects: &mut Vec<Effect>) {
        effects.push(Effect::Publish(Event::Logged {
            step: self.current_step(),
            level,
            source: "engine".to_owned(),
            message: message.into(),
        }));
    }
}
