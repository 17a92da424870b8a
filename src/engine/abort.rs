//! Abort mode: how it begins, what it cancels, and when cleanup is given up.

use std::time::Duration;

use super::frame::{Frame, Phase};
use super::input::Effect;
use super::machine::{Abort, Engine, Health};
use super::outcome::{Cause, Outcome};
use crate::event::{AbortCause, Event, HoldCommand, Level, Timestamp};
use crate::verdict::Verdict;

/// How a step stands to an abort.
#[derive(Debug, Clone, Copy)]
pub(super) struct Role {
    /// It runs as cleanup: no abort stops it.
    pub(super) cleanup: bool,
    /// Templates that cannot be rendered do not stop it.
    pub(super) lenient: bool,
}

impl Engine {
    /// Puts the run into abort mode; a later cause only adds its verdict.
    pub(super) fn begin_abort(
        &mut self,
        cause: AbortCause,
        by: &str,
        message: String,
        effects: &mut Vec<Effect>,
    ) {
        self.cause_verdict = self.cause_verdict.max(added_verdict(cause));
        if cause == AbortCause::JournalLost {
            self.run_error
                .get_or_insert_with(|| format!("not-recorded: {message}"));
        }
        if self.abort.is_some() {
            self.log(
                Level::Warning,
                format!("{by} asked for an abort again: {message}"),
                effects,
            );
            return;
        }
        effects.push(Effect::Publish(Event::AbortBegan {
            step: self.current_step(),
            cause,
            by: by.to_owned(),
            message: message.clone(),
        }));
        self.abort = Some(Abort {
            cause,
            by: by.to_owned(),
            message,
        });
        self.promote_cleanup();
    }

    /// From now on a step with `run_on_abort` that has begun is cleanup, with everything in it: it
    /// goes on to its end instead of being cut off in the middle.
    fn promote_cleanup(&mut self) {
        let mut inside = false;
        for frame in &mut self.stack {
            match frame {
                Frame::Step(step) => {
                    inside |= step.cleanup || self.plan.step(step.step).run_on_abort;
                    step.cleanup |= inside;
                    step.lenient |= inside;
                }
                Frame::Sequence(sequence) => sequence.cleanup |= inside,
            }
        }
    }

    /// An abort whose cause lies outside the running step, which is therefore cancelled.
    pub(super) fn abort_from_outside(
        &mut self,
        cause: AbortCause,
        by: &str,
        message: String,
        now: Timestamp,
        effects: &mut Vec<Effect>,
    ) {
        let reason = message.clone();
        self.release(HoldCommand::Abort, (Some(by), None), None, now, effects);
        self.begin_abort(cause, by, message, effects);
        self.stop_running(&reason, now, effects);
    }

    /// Cancels whatever is not cleanup.
    pub(super) fn stop_running(&mut self, reason: &str, now: Timestamp, effects: &mut Vec<Effect>) {
        for frame in &mut self.stack {
            if let Frame::Step(step) = frame
                && !step.cleanup
            {
                step.aborted = true;
            }
        }
        let usual = Duration::from_millis(self.options.cleanup_timeout_ms);
        let Some(Frame::Step(top)) = self.stack.last_mut() else {
            return;
        };
        if top.cleanup {
            // It may have begun without a limit, as an ordinary step.
            if matches!(top.phase, Phase::Reply(_)) && top.deadline.is_none() {
                top.deadline = Some(now.after(usual));
                top.timeout_ms = Some(self.options.cleanup_timeout_ms);
            }
            return;
        }
        self.interrupt_top(reason, now, effects);
    }

    /// Cancels the step on top, unless it is in the middle of what must not be interrupted.
    pub(super) fn interrupt_top(
        &mut self,
        reason: &str,
        now: Timestamp,
        effects: &mut Vec<Effect>,
    ) {
        let Some(Frame::Step(top)) = self.stack.last() else {
            return;
        };
        let step = self.plan.step(top.step);
        if step.interruptible || !matches!(top.phase, Phase::Reply(_)) {
            self.cancel_top(Verdict::Aborted, Cause::Person, reason, now, effects);
        } else {
            let name = &step.name_declared;
            let message = format!("step '{name}' must not be interrupted: waiting for it");
            self.log(Level::Warning, message, effects);
        }
    }

    /// Ends the attempt of the step on top with `verdict`, as soon as its runner lets go.
    pub(super) fn cancel_top(
        &mut self,
        verdict: Verdict,
        cause: Cause,
        reason: &str,
        now: Timestamp,
        effects: &mut Vec<Effect>,
    ) {
        let Some(Frame::Step(_)) = self.stack.last() else {
            return;
        };
        self.withdraw_question(reason, now, effects);
        let grace = Duration::from_millis(self.step(self.top_ix()).grace_ms);
        let frame = self.frame();
        match frame.phase {
            Phase::Reply(mut pending) if pending.kill_at.is_none() => {
                pending.kill_at = Some(now.after(grace));
                frame.phase = Phase::Reply(pending);
                frame.outcome = Outcome::of(verdict, cause, reason);
                effects.push(Effect::Cancel {
                    runner: pending.runner,
                    call: pending.call,
                });
            }
            // The outcome of the attempt before the pause stands: it is the last one.
            Phase::Pause(_) => frame.phase = Phase::Ended,
            Phase::Delay(_) | Phase::Prompt | Phase::Runner(_) => {
                frame.outcome = Outcome::of(verdict, cause, reason);
                frame.phase = Phase::Judge;
            }
            _ => {}
        }
    }

    /// Kills the runner of the pending call, whose outcome is known already.
    pub(super) fn kill_pending(&mut self, effects: &mut Vec<Effect>) {
        let frame = self.frame();
        let Phase::Reply(pending) = frame.phase else {
            return;
        };
        frame.killed = true;
        frame.phase = Phase::Judge;
        effects.push(Effect::KillRunner {
            runner: pending.runner,
        });
        self.mark_down(pending.runner);
        let name = self.plan.runner(pending.runner).name.clone();
        let message = format!(
            "runner '{name}' did not let go and was killed: what it held in memory is gone"
        );
        self.log(Level::Warning, message, effects);
    }

    /// A runner has no process: the next step that needs it starts it anew.
    pub(super) fn mark_down(&mut self, runner: crate::plan::RunnerIx) {
        let state = self.runner_state(runner);
        state.health = Health::Down;
        state.needs_restore = !state.connected.is_empty();
    }

    /// The third interrupt: nothing more is executed, and every runner is killed.
    pub(super) fn give_up(&mut self, by: &str, now: Timestamp, effects: &mut Vec<Effect>) {
        let message = format!("{by} ended the cleanup");
        self.release(HoldCommand::Abort, (Some(by), None), None, now, effects);
        self.begin_abort(AbortCause::Signal, by, message.clone(), effects);
        self.given_up = true;
        for frame in &mut self.stack {
            if let Frame::Step(step) = frame {
                step.cleanup = false;
                step.aborted = true;
            }
        }
        self.cancel_top(Verdict::Aborted, Cause::Person, &message, now, effects);
        if matches!(self.stack.last(), Some(Frame::Step(_))) {
            self.kill_pending(effects);
        }
    }

    /// Index of the step on top of the stack.
    pub(super) fn top_ix(&self) -> crate::plan::StepIx {
        match self.stack.last() {
            Some(Frame::Step(frame)) => frame.step,
            _ => panic!("the top frame is a step"),
        }
    }
}

/// What a cause of the end adds to the run's verdict (EXECUTION section 2).
const fn added_verdict(cause: AbortCause) -> Option<Verdict> {
    match cause {
        AbortCause::RunTimeout
        | AbortCause::Operator
        | AbortCause::Abandoned
        | AbortCause::Signal
        | AbortCause::Interrupted => Some(Verdict::Aborted),
        AbortCause::JournalLost | AbortCause::Bug => Some(Verdict::Error),
        // The step that caused these carries its own verdict.
        AbortCause::StepFailed
        | AbortCause::SetupBroken
        | AbortCause::StepTimeout
        | AbortCause::Prompt => None,
    }
}
