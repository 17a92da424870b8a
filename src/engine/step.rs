//! One step: whether it runs at all, its iterations, and its end.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::abort::Role;
use super::deadline::Shift;
use super::frame::{Frame, Phase, StepFrame};
use super::input::Effect;
use super::machine::Engine;
use super::outcome::{Cause, Outcome};
use crate::event::{
    Event, Level, Section, SkipReason, StepFinished, StepNo, StepStarted, Timestamp,
};
use crate::plan::{Force, Kind, LoopVerdict, Step, StepIx};
use crate::verdict::Verdict;

/// Whether a step that was reached is executed.
#[derive(Debug, PartialEq)]
pub(super) enum Gate {
    Run,
    Skip(SkipReason),
    /// The precondition cannot be evaluated.
    Abort(String),
}

/// What follows an iteration.
enum Loop {
    Again,
    Over,
}

impl Engine {
    /// Begins a step: `enabled`, `precondition`, `force`, then its first iteration.
    pub(super) fn begin_step(
        &mut self,
        ix: StepIx,
        section: Section,
        role: Role,
        now: Timestamp,
        effects: &mut Vec<Effect>,
    ) {
        match self.gate(ix, role, effects) {
            Gate::Run => {
                let frame = self.new_frame(ix, section, role, now);
                self.stack.push(Frame::Step(Box::new(frame)));
            }
            Gate::Skip(reason) => self.skip_step(ix, section, reason, None, now, effects),
            Gate::Abort(reason) => {
                let mut frame = self.new_frame(ix, section, role, now);
                frame.no =
                    self.start_record(ix, section, None, role.lenient, self.stack.len(), effects);
                frame.outcome = Outcome::of(Verdict::Aborted, Cause::Template, reason);
                frame.attempt = 0;
                frame.phase = Phase::Ended;
                self.stack.push(Frame::Step(Box::new(frame)));
            }
        }
    }

    pub(super) fn gate(&mut self, ix: StepIx, role: Role, effects: &mut Vec<Effect>) -> Gate {
        let plan = Arc::clone(&self.plan);
        let step = plan.step(ix);
        if !step.enabled {
            return Gate::Skip(SkipReason::Disabled);
        }
        if let Some(condition) = &step.precondition {
            let runs_anyway = step.force == Some(Force::Run);
            match condition.evaluate(&self.variables) {
                Ok(false) if !runs_anyway => return Gate::Skip(SkipReason::Precondition),
                Err(error) if role.lenient || runs_anyway => {
                    let name = &step.name_declared;
                    let message = format!("precondition of '{name}' counts as true: {error}");
                    self.log(Level::Warning, message, effects);
                }
                Err(error) if step.force != Some(Force::Skip) => {
                    return Gate::Abort(format!("precondition: {error}"));
                }
                Ok(_) | Err(_) => {}
            }
        }
        if step.force == Some(Force::Skip) {
            return Gate::Skip(SkipReason::Forced);
        }
        Gate::Run
    }

    pub(super) fn new_frame(
        &self,
        ix: StepIx,
        section: Section,
        role: Role,
        now: Timestamp,
    ) -> StepFrame {
        StepFrame {
            step: ix,
            no: StepNo(0),
            section,
            cleanup: role.cleanup,
            lenient: role.lenient,
            started: now,
            iteration: 0,
            attempt: 1,
            attempt_started: now,
            timeout_ms: None,
            deadline: None,
            phase: Phase::Iterate,
            question: None,
            prompt_us: 0,
            held_us: 0,
            parameters: None,
            outcome: Outcome::default(),
            merged: None,
            outer: self.variables.counters(),
            written: Vec::new(),
            forgotten: Vec::new(),
            aborted: false,
            killed: false,
            restore_failed: None,
            restores: 0,
            execution: 1,
            first: StepNo(self.last_step + 1),
            before: self.tally,
        }
    }

    /// Records a step that is not executed.
    pub(super) fn skip_step(
        &mut self,
        ix: StepIx,
        section: Section,
        reason: SkipReason,
        why: Option<String>,
        now: Timestamp,
        effects: &mut Vec<Effect>,
    ) {
        let no = self.start_record(ix, section, None, true, self.stack.len(), effects);
        let frame = self.new_frame(
            ix,
            section,
            Role {
                cleanup: false,
                lenient: true,
            },
            now,
        );
        let mut finished = Self::finished_event(no, Verdict::Skipped, &frame, now);
        finished.attempts = 0;
        finished.skip_reason = Some(reason);
        finished.reason = why;
        self.last_finished = no.0;
        self.count(ix, section, Verdict::Skipped);
        effects.push(Effect::Publish(Event::StepFinished(Box::new(finished))));
        self.child_finished(ix, Verdict::Skipped, Cause::Measured, effects);
    }

    /// Lets the step on top work until it waits; `false` then.
    pub(super) fn walk_step(&mut self, now: Timestamp, effects: &mut Vec<Effect>) -> bool {
        let phase = self.frame().phase;
        match phase {
            Phase::Iterate => self.begin_iteration(now, effects),
            Phase::Attempt => self.begin_attempt(now, effects),
            Phase::Runner(runner) => return self.wait_for_runner(runner, effects),
            Phase::Restore { runner, next } => self.restore(runner, next, now, effects),
            Phase::Call(runner) => self.call(runner, now, effects),
            Phase::Judge => self.judge(now, effects),
            Phase::Ended => self.end_iteration(now, effects),
            Phase::Over => self.leave_step(effects),
            Phase::Delay(until) | Phase::Pause(until) if until <= now => {
                self.on_deadlines(now, effects);
            }
            Phase::Reply(_) | Phase::Prompt | Phase::Delay(_) | Phase::Pause(_) => return false,
            Phase::Children | Phase::Reset => {
                panic!("a step that waits for frames above it is not on top")
            }
        }
        true
    }

    fn begin_iteration(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let ix = self.top_ix();
        let repeats = self.step(ix).repeat.is_some();
        let frame = self.frame();
        let (iteration, section, lenient) = (frame.iteration, frame.section, frame.lenient);
        if repeats {
            self.variables
                .assign("__iteration__", Value::from(iteration));
            self.variables
                .assign("__cycle__", Value::from(iteration + 1));
        }
        let iteration = repeats.then_some(iteration);
        let below = self.stack.len() - 1;
        let no = self.start_record(ix, section, iteration, lenient, below, effects);
        let frame = self.frame();
        frame.no = no;
        frame.started = now;
        frame.attempt = 1;
        frame.prompt_us = 0;
        frame.held_us = 0;
        frame.killed = false;
        frame.parameters = None;
        frame.outcome = Outcome::default();
        frame.phase = Phase::Attempt;
    }

    /// Publishes `StepStarted` and gives the record its number; `below` frames stand under it.
    fn start_record(
        &mut self,
        ix: StepIx,
        section: Section,
        iteration: Option<u32>,
        lenient: bool,
        below: usize,
        effects: &mut Vec<Effect>,
    ) -> StepNo {
        let no = self.next_step_no();
        let parent = caller_of(&self.stack[..below]);
        let execution_no = match self.stack.get(below) {
            Some(Frame::Step(frame)) => frame.execution,
            _ => 1,
        };
        let plan = Arc::clone(&self.plan);
        let step = plan.step(ix);
        let name = self.rendered_name(step, lenient, effects);
        let (runner, target) = match &step.kind {
            Kind::Runner(call) => (
                Some(plan.runner(call.runner).name.clone()),
                call.target_literal
                    .as_deref()
                    .cloned()
                    .or_else(|| Some(call.target.declared_value())),
            ),
            _ => (None, None),
        };
        effects.push(Effect::Publish(Event::StepStarted(Box::new(StepStarted {
            step: no,
            parent,
            position: step.position,
            path: step.path.to_string(),
            section,
            name_declared: step.name.as_ref().map(|_| step.name_declared.to_string()),
            name,
            kind: step.kind.as_event(),
            runner,
            target,
            iteration,
            execution_no,
        }))));
        no
    }

    /// The name with its templates rendered; one that cannot be rendered stays as written, since a
    /// record without a name helps nobody.
    pub(super) fn rendered_name(
        &self,
        step: &Step,
        lenient: bool,
        effects: &mut Vec<Effect>,
    ) -> String {
        let Some(template) = &step.name else {
            return step.name_declared.to_string();
        };
        template
            .render_text(&self.variables)
            .unwrap_or_else(|error| {
                if !lenient {
                    let message = format!("name of step '{}': {error}", step.name_declared);
                    self.log(Level::Warning, message, effects);
                }
                step.name_declared.to_string()
            })
    }

    /// The last attempt of an iteration is over: force, loop, record.
    fn end_iteration(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let plan = Arc::clone(&self.plan);
        let ix = self.top_ix();
        let step = plan.step(ix);
        let all_skipped = self.frame().outcome.all_skipped;
        let true_verdict = match self.frame().outcome.verdict {
            None if all_skipped => Verdict::Skipped,
            verdict => verdict.unwrap_or(Verdict::Pass),
        };
        let mut verdict = forced(step.force, true_verdict);
        let goes_on = self.next_iteration(step, &mut verdict, effects);
        let frame = self.frame();
        let no = frame.no;
        let last_counts = step
            .repeat
            .as_ref()
            .is_some_and(|r| r.verdict == LoopVerdict::Last);
        let again = matches!(goes_on, Loop::Again);
        frame.merged = if last_counts {
            Some(verdict)
        } else {
            merge(frame.merged, verdict)
        };
        let superseded = last_counts && again;
        self.publish_end(ix, no, verdict, true_verdict, superseded, now, effects);
        if again {
            let frame = self.frame();
            frame.iteration += 1;
            frame.phase = Phase::Iterate;
        } else {
            self.go(Phase::Over);
            if let Some(cause) = self.holds_after() {
                self.hold(cause, Some(no), now, effects);
            } else {
                self.leave_step(effects);
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the facts of one record")]
    fn publish_end(
        &mut self,
        ix: StepIx,
        no: StepNo,
        verdict: Verdict,
        true_verdict: Verdict,
        superseded: bool,
        now: Timestamp,
        effects: &mut Vec<Effect>,
    ) {
        let Some(Frame::Step(mut frame)) = self.stack.pop() else {
            panic!("the top frame is a step");
        };
        let mut finished = Self::finished_event(no, verdict, &frame, now);
        finished.superseded = superseded;
        finished.unset = self.still_unset(std::mem::take(&mut frame.forgotten));
        let outcome = &mut frame.outcome;
        finished.reason = outcome
            .reason
            .take()
            .filter(|_| verdict != Verdict::Pass || true_verdict != verdict);
        finished.error = outcome.error.take();
        finished.outputs = std::mem::take(&mut outcome.outputs);
        finished.published = std::mem::take(&mut outcome.published);
        finished.measurements = std::mem::take(&mut outcome.measurements);
        finished.unattended = outcome.unattended;
        if outcome.all_skipped && verdict == Verdict::Skipped {
            finished.skip_reason = Some(SkipReason::AllSkipped);
        }
        if matches!(self.step(ix).force, Some(Force::Pass | Force::Fail)) {
            finished.true_verdict = Some(true_verdict);
            self.tally.forced = true;
        }
        finished.parameters = frame.parameters.take();
        self.tally.unattended |= frame.outcome.unattended;
        self.last_finished = no.0;
        if !superseded {
            self.count(ix, frame.section, verdict);
        }
        if frame.cleanup {
            self.tally.cleanup_failed |= verdict.is_failing() && !superseded;
            // What runs inside of another cleanup step is part of that one's time.
            if !self.is_inside_cleanup() {
                self.shift_deadlines(now.since(frame.started), Shift::Policies);
            }
        }
        self.stack.push(Frame::Step(frame));
        effects.push(Effect::Publish(Event::StepFinished(Box::new(finished))));
    }

    fn finished_event(
        no: StepNo,
        verdict: Verdict,
        frame: &StepFrame,
        now: Timestamp,
    ) -> StepFinished {
        StepFinished {
            step: no,
            verdict,
            true_verdict: None,
            reason: None,
            skip_reason: None,
            error: None,
            duration_us: now.since(frame.started).as_micros() as u64,
            prompt_ms: (frame.prompt_us > 0).then_some(frame.prompt_us / 1000),
            held_ms: (frame.held_us > 0).then_some(frame.held_us / 1000),
            attempts: frame.attempt,
            timeout_ms: frame.timeout_ms,
            parameters: None,
            outputs: serde_json::Map::new(),
            published: serde_json::Map::new(),
            measurements: Vec::new(),
            unset: Vec::new(),
            unattended: false,
            superseded: false,
        }
    }

    /// Decides about another iteration, and lets a loop that stops at its cap say so.
    fn next_iteration(
        &mut self,
        step: &Step,
        verdict: &mut Verdict,
        effects: &mut Vec<Effect>,
    ) -> Loop {
        let Some(repeat) = &step.repeat else {
            return Loop::Over;
        };
        let frame = self.frame();
        let done = frame.iteration + 1;
        // A time limit that ran out means abort mode, which ends loops at once.
        let timed_out = frame.outcome.cause == Cause::Timeout;
        let gave_up = frame.attempt == 0 || frame.aborted || timed_out;
        let stopped = gave_up || (self.abort.is_some() && !self.frame().cleanup);
        if stopped || (step.terminate_on_fail && verdict.is_failing()) || self.ended_by_parent() {
            return Loop::Over;
        }
        match repeat.condition.evaluate(&self.variables) {
            Ok(true) if done < repeat.max_iterations => return Loop::Again,
            Ok(true) if repeat.counts_only => {
                let message = format!(
                    "loop of '{}' stopped at max_iterations {}",
                    step.name_declared, repeat.max_iterations
                );
                self.log(Level::Info, message, effects);
            }
            Ok(true) => {
                let reason =
                    format!("loop-cap-reached: the condition still holds after {done} iterations");
                self.worsen_top(Verdict::Undetermined, reason, verdict, step.force);
            }
            Ok(false) => {}
            Err(error) => {
                let reason = format!("repeat.condition: {error}");
                self.frame().outcome.cause = Cause::Template;
                self.worsen_top(Verdict::Aborted, reason, verdict, step.force);
            }
        }
        Loop::Over
    }

    fn worsen_top(
        &mut self,
        by: Verdict,
        reason: String,
        verdict: &mut Verdict,
        force: Option<Force>,
    ) {
        let outcome = &mut self.frame().outcome;
        outcome.worsen(by, reason);
        *verdict = forced(force, outcome.verdict());
    }

    /// Whether the sequence in which the step on top stands was ended by its policy or its limit.
    fn ended_by_parent(&self) -> bool {
        let top = self.stack.last();
        let cleanup = matches!(top, Some(Frame::Step(step)) if step.cleanup);
        let parent = self
            .stack
            .len()
            .checked_sub(2)
            .and_then(|index| self.stack.get(index));
        !cleanup && matches!(parent, Some(Frame::Sequence(frame)) if frame.ended.is_some())
    }

    /// Pops the step on top and hands its merged verdict to what stands below.
    fn leave_step(&mut self, effects: &mut Vec<Effect>) {
        let Some(Frame::Step(frame)) = self.stack.pop() else {
            panic!("the top frame is a step");
        };
        self.variables.restore(frame.outer);
        let verdict = frame.merged.unwrap_or(Verdict::Skipped);
        let cause = frame.outcome.cause;
        // What the force overrode is not what policy and abort rules see.
        let cause = if verdict.is_failing() {
            cause
        } else {
            Cause::Measured
        };
        self.child_finished(frame.step, verdict, cause, effects);
    }

    fn count(&mut self, ix: StepIx, section: Section, verdict: Verdict) {
        let counts = matches!(section, Section::Setup | Section::Steps | Section::Teardown);
        if counts && !matches!(self.step(ix).kind, Kind::Sequence(_)) {
            let index = match verdict {
                Verdict::Pass => 0,
                Verdict::Fail => 1,
                Verdict::Error => 2,
                Verdict::Aborted => 3,
                Verdict::Undetermined => 4,
                Verdict::Skipped => 5,
            };
            self.tally.counts[index] += 1;
        }
    }

    /// The pause between two attempts is over.
    pub(super) fn after_pause(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let before = self
            .step(self.top_ix())
            .retry
            .as_ref()
            .and_then(|retry| retry.before);
        let frame = self.frame();
        if frame.aborted {
            frame.phase = Phase::Ended;
        } else if let Some(reset) = before {
            frame.phase = Phase::Reset;
            let role = Role {
                cleanup: frame.cleanup,
                lenient: frame.lenient,
            };
            self.begin_step(reset, Section::RetryBefore, role, now, effects);
        } else {
            frame.attempt += 1;
            frame.phase = Phase::Attempt;
        }
    }

    /// Begins the pause before the next attempt.
    pub(super) fn begin_pause(&mut self, delay_ms: u64, now: Timestamp) {
        self.go(Phase::Pause(now.after(Duration::from_millis(delay_ms))));
    }
}

/// The record that a new one belongs to: the step that called the sequence it stands in, or the
/// step that it is run for.
fn caller_of(frames: &[Frame]) -> Option<StepNo> {
    frames.iter().rev().find_map(|frame| match frame {
        Frame::Step(step) => Some(step.no),
        Frame::Sequence(_) => None,
    })
}

/// The verdict after `force`: an abort cannot be overridden.
fn forced(force: Option<Force>, verdict: Verdict) -> Verdict {
    match (force, verdict) {
        (_, Verdict::Aborted) => Verdict::Aborted,
        (Some(Force::Pass), _) => Verdict::Pass,
        (Some(Force::Fail), _) => Verdict::Fail,
        (_, verdict) => verdict,
    }
}

/// The worse of two verdicts, of which SKIPPED does not count.
fn merge(one: Option<Verdict>, other: Verdict) -> Option<Verdict> {
    Verdict::worst(one.into_iter().chain([other])).or(Some(Verdict::Skipped))
}
