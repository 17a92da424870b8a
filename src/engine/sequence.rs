//! Walking a sequence: which child comes next, and what a finished child does to it.

use std::sync::Arc;

use super::abort::Role;
use super::frame::{Frame, Part, Phase, SequenceFrame};
use super::hold::Way;
use super::input::Effect;
use super::machine::Engine;
use super::outcome::Cause;
use crate::event::{AbortCause, Level, SkipReason, Timestamp};
use crate::plan::{OnStepFailure, Plan, StepIx};
use crate::verdict::Verdict;

/// What is done with the next child of a sequence.
enum Next {
    Run {
        step: StepIx,
        cleanup: bool,
        lenient: bool,
    },
    Skip {
        step: StepIx,
        reason: SkipReason,
    },
    PartOver,
    Left,
}

impl Engine {
    /// Takes the next step of the sequence on top. Makes progress, or holds the run.
    pub(super) fn walk_sequence(&mut self, now: Timestamp, effects: &mut Vec<Effect>) -> bool {
        match self.next_child() {
            Next::Run {
                step,
                cleanup,
                lenient,
            } => {
                let section = self.step(step).section;
                let role = Role { cleanup, lenient };
                match self.way(step, role) {
                    Way::Go => self.begin_step(step, section, role, now, effects),
                    Way::Skip => {
                        let reason = SkipReason::ByHand;
                        self.skip_step(step, section, reason, None, now, effects);
                    }
                    Way::Hold(cause) => {
                        if let Some(Frame::Sequence(frame)) = self.stack.last_mut() {
                            frame.next -= 1;
                        }
                        self.hold(cause, None, now, effects);
                    }
                }
            }
            Next::Skip { step, reason } => {
                let section = self.step(step).section;
                self.skip_step(step, section, reason, None, now, effects);
            }
            Next::PartOver => {
                if let Some(Frame::Sequence(frame)) = self.stack.last_mut() {
                    frame.part = frame.part.next();
                    frame.next = 0;
                }
            }
            Next::Left => self.leave_sequence(now, effects),
        }
        true
    }

    fn next_child(&mut self) -> Next {
        let in_abort_mode = self.abort.is_some();
        let given_up = self.given_up;
        let plan = Arc::clone(&self.plan);
        let Some(Frame::Sequence(frame)) = self.stack.last_mut() else {
            panic!("the top frame is a sequence");
        };
        if frame.part == Part::Done {
            return Next::Left;
        }
        let Some(&ix) = children(&plan, frame).get(frame.next) else {
            return Next::PartOver;
        };
        frame.next += 1;
        let step = plan.step(ix);
        let cleanup_place = frame.cleanup || frame.part == Part::Teardown;
        let stopped = match (in_abort_mode, frame.ended) {
            (true, _) => Some(SkipReason::AbortMode),
            (false, ended) => ended,
        };
        match stopped {
            Some(reason) if given_up || !(cleanup_place || step.run_on_abort) => {
                Next::Skip { step: ix, reason }
            }
            stopped => Next::Run {
                step: ix,
                cleanup: cleanup_place || stopped.is_some(),
                lenient: cleanup_place || step.run_on_abort,
            },
        }
    }

    /// The child that the sequence on top takes next.
    pub(super) fn next_listed(&self) -> Option<StepIx> {
        match self.stack.last() {
            Some(Frame::Sequence(frame)) => children(&self.plan, frame).get(frame.next).copied(),
            _ => None,
        }
    }

    /// The sequence on top is over: its verdict goes to the step that called it, or ends the run.
    fn leave_sequence(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if self.stack.len() == 1 {
            self.finish(now, effects);
            return;
        }
        let Some(Frame::Sequence(frame)) = self.stack.pop() else {
            panic!("the top frame is a sequence");
        };
        let caller = self.frame();
        match frame.worst {
            Some(worst) => caller
                .outcome
                .worsen(worst, format!("a step of it is {worst}")),
            None => caller.outcome.all_skipped = true,
        }
        caller.outcome.answered = true;
        caller.phase = Phase::Judge;
    }

    /// A step is over with everything it did; its frame is gone from the stack.
    pub(super) fn child_finished(
        &mut self,
        ix: StepIx,
        verdict: Verdict,
        cause: Cause,
        effects: &mut Vec<Effect>,
    ) {
        match self.stack.last_mut() {
            Some(Frame::Sequence(frame)) => {
                if let Some(counted) = verdict.counted() {
                    frame.worst = frame.worst.max(Some(counted));
                    frame.step_counted |= frame.part == Part::Steps;
                }
                if verdict.is_failing() {
                    self.apply_failure_rules(ix, verdict, cause, effects);
                }
            }
            Some(Frame::Step(_)) => self.helper_finished(ix, verdict, effects),
            None => {}
        }
    }

    /// A reset between attempts, or a step that connects again, is over.
    fn helper_finished(&mut self, ix: StepIx, verdict: Verdict, effects: &mut Vec<Effect>) {
        let helper = self.step(ix).name_declared.clone();
        let frame = self.frame();
        match frame.phase {
            Phase::Reset if verdict.is_failing() => {
                frame.phase = Phase::Ended;
                let reason = format!("the reset before another attempt is {verdict}");
                let own = frame.outcome.reason.take();
                frame.outcome.reason =
                    Some(own.map_or(reason.clone(), |own| format!("{own}; {reason}")));
            }
            // The run was aborted meanwhile: the outcome of the attempt before stands.
            Phase::Reset if frame.aborted => frame.phase = Phase::Ended,
            Phase::Reset => {
                frame.attempt += 1;
                frame.phase = Phase::Attempt;
            }
            Phase::Restore { .. } if verdict.is_failing() => {
                let reason = format!("restore step '{helper}' is {verdict}");
                if frame.lenient {
                    let message = format!("{reason}: cleanup goes on without it");
                    frame.restore_failed = Some(reason);
                    self.log(Level::Warning, message, effects);
                } else {
                    frame.restore_failed = Some(reason);
                }
            }
            _ => {}
        }
    }

    /// `post_execution_action`, broken setup, and the policy of the sequence, in this order.
    fn apply_failure_rules(
        &mut self,
        ix: StepIx,
        verdict: Verdict,
        cause: Cause,
        effects: &mut Vec<Effect>,
    ) {
        let is_root = self.stack.len() == 1;
        let plan = Arc::clone(&self.plan);
        let step = plan.step(ix);
        let Some(Frame::Sequence(frame)) = self.stack.last_mut() else {
            return;
        };
        let policy = plan.sequence(frame.sequence).policy.on_step_failure;
        let part = frame.part;
        let name = &step.name_declared;
        let broken = matches!(verdict, Verdict::Error | Verdict::Aborted);
        if cause == Cause::Timeout {
            let message = format!("step '{name}' ran into its time limit");
            self.begin_abort(AbortCause::StepTimeout, "engine", message, effects);
        } else if step.terminate_on_fail {
            let message = format!("step '{name}' is {verdict} and terminates the run");
            self.begin_abort(
                AbortCause::StepFailed,
                "post_execution_action",
                message,
                effects,
            );
        } else if part == Part::Setup && broken && policy != OnStepFailure::Continue {
            let message = format!("step '{name}' in setup is {verdict}");
            self.begin_abort(AbortCause::SetupBroken, "engine", message, effects);
        } else if part != Part::Teardown && policy == OnStepFailure::Abort {
            if is_root {
                let message = format!("step '{name}' is {verdict}");
                self.begin_abort(AbortCause::StepFailed, "policy", message, effects);
            } else if let Some(Frame::Sequence(frame)) = self.stack.last_mut() {
                frame.ended.get_or_insert(SkipReason::SequenceEnded);
            }
        }
    }
}

/// The list that the sequence is walking.
fn children<'a>(plan: &'a Plan, frame: &SequenceFrame) -> &'a [StepIx] {
    let sequence = plan.sequence(frame.sequence);
    match frame.part {
        Part::Setup => &sequence.setup,
        Part::Steps => &sequence.steps,
        Part::Teardown => &sequence.teardown,
        Part::Done => &[],
    }
}
