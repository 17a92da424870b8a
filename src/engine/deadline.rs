//! Everything that happens because time has passed.

use std::time::Duration;

use super::frame::{Frame, Part, Phase};
use super::input::Effect;
use super::machine::Engine;
use super::outcome::Cause;
use crate::event::{AbortCause, Event, SkipReason, Timestamp};
use crate::verdict::Verdict;

impl Engine {
    /// When [`super::Input::Tick`] is due if nothing happens before.
    pub(crate) fn deadline(&self) -> Option<Timestamp> {
        if self.is_held() {
            return None;
        }
        let own = self.top_step().and_then(|frame| match frame.phase {
            Phase::Reply(pending) if pending.kill_at.is_some() => pending.kill_at,
            Phase::Delay(until) | Phase::Pause(until) => Some(until),
            _ => None,
        });
        let question = self.open_question().and_then(|question| question.deadline);
        let limits = if self.open_question().is_some() {
            None
        } else {
            self.stack
                .iter()
                .filter_map(|frame| self.limit_of(frame))
                .min()
        };
        [own, question, limits].into_iter().flatten().min()
    }

    /// Acts on the deadlines that have passed.
    pub(super) fn on_deadlines(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if self.is_held() {
            return;
        }
        self.on_question_deadline(now, effects);
        if self.open_question().is_none() {
            self.on_policy_timeouts(now, effects);
            self.on_sequence_timeouts(now, effects);
        }
        self.on_step_deadlines(now, effects);
    }

    /// The end of the time that a frame allows, where it binds now.
    fn limit_of(&self, frame: &Frame) -> Option<Timestamp> {
        let in_cleanup = self.top_step().is_some_and(|top| top.cleanup);
        match frame {
            Frame::Sequence(_) if in_cleanup => None,
            Frame::Sequence(sequence) => sequence.deadline,
            Frame::Step(step) => match step.phase {
                Phase::Children if in_cleanup && !step.cleanup => None,
                Phase::Reply(pending) if pending.kill_at.is_some() => None,
                Phase::Reply(_) | Phase::Children | Phase::Delay(_) => step.deadline,
                _ => None,
            },
        }
    }

    fn on_step_deadlines(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let Some(Frame::Step(top)) = self.stack.last() else {
            return;
        };
        let timed_out =
            self.open_question().is_none() && top.deadline.is_some_and(|deadline| deadline <= now);
        match top.phase {
            Phase::Reply(pending) if pending.kill_at.is_some_and(|at| at <= now) => {
                self.kill_pending(effects);
            }
            Phase::Reply(pending) if pending.kill_at.is_none() && timed_out => {
                self.time_out_top(now, effects);
            }
            Phase::Delay(until) if until <= now => {
                let frame = self.frame();
                frame.outcome.answered = true;
                frame.phase = Phase::Judge;
            }
            Phase::Delay(_) if timed_out => self.time_out_top(now, effects),
            Phase::Pause(until) if until <= now => self.after_pause(now, effects),
            _ => {}
        }
    }

    fn time_out_top(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let limit = self.frame().timeout_ms.unwrap_or_default();
        let reason = format!("no answer within {limit} ms");
        self.cancel_top(Verdict::Aborted, Cause::Timeout, &reason, now, effects);
    }

    /// `timeout_ms` of sequence steps: the child ends, its cleanup runs.
    fn on_sequence_timeouts(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let expired = self.stack.iter().position(|frame| match frame {
            Frame::Step(step) => {
                step.phase == Phase::Children
                    && self.limit_of(frame).is_some_and(|deadline| deadline <= now)
            }
            Frame::Sequence(_) => false,
        });
        let Some(index) = expired else {
            return;
        };
        let mut reason = String::new();
        for (depth, frame) in self.stack.iter_mut().enumerate().skip(index) {
            match frame {
                Frame::Step(step) if depth == index => {
                    step.deadline = None;
                    let limit = step.timeout_ms.unwrap_or_default();
                    reason = format!("the sequence did not end within {limit} ms");
                    step.outcome.worsen(Verdict::Aborted, reason.clone());
                    step.outcome.cause = Cause::Timeout;
                }
                Frame::Step(step) if !step.cleanup => step.aborted = true,
                Frame::Sequence(sequence) if !sequence.cleanup => {
                    sequence.ended.get_or_insert(SkipReason::SequenceEnded);
                }
                _ => {}
            }
        }
        if self.top_step().is_some_and(|top| !top.cleanup) {
            self.interrupt_top(&reason, now, effects);
        }
    }

    /// `policy.timeout`: abort mode for the whole run.
    fn on_policy_timeouts(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if self.top_step().is_some_and(|top| top.cleanup) {
            return;
        }
        let mut expired = None;
        for frame in &mut self.stack {
            if let Frame::Sequence(sequence) = frame
                && sequence.part < Part::Teardown
                && sequence.deadline.is_some_and(|deadline| deadline <= now)
            {
                sequence.deadline = None;
                expired = Some(sequence.sequence);
            }
        }
        if let Some(ix) = expired {
            let sequence = self.plan.sequence(ix);
            let limit = sequence.policy.timeout_us.unwrap_or_default() as f64 / 1e6;
            let message = format!("sequence '{}' did not end within {limit} s", sequence.name);
            let by = "policy.timeout";
            self.abort_from_outside(AbortCause::RunTimeout, by, message, now, effects);
        }
    }

    /// Moves every limit that is running by `gap`: time in which the step could not work.
    pub(super) fn shift_deadlines(&mut self, gap: Duration, what: Shift) {
        for frame in &mut self.stack {
            match frame {
                Frame::Sequence(sequence) if what != Shift::Steps => {
                    sequence.deadline = sequence.deadline.map(|deadline| deadline.after(gap));
                }
                Frame::Step(step) if what != Shift::Policies => {
                    step.deadline = step.deadline.map(|deadline| deadline.after(gap));
                    if let Phase::Reply(pending) = &mut step.phase {
                        pending.kill_at = pending.kill_at.map(|at| at.after(gap));
                    }
                }
                Frame::Sequence(_) | Frame::Step(_) => {}
            }
        }
    }

    /// Whether one of the steps that have begun is cleanup.
    pub(super) fn is_inside_cleanup(&self) -> bool {
        self.stack
            .iter()
            .any(|frame| matches!(frame, Frame::Step(step) if step.cleanup))
    }

    /// The process was stopped from outside and goes on. While the run is held or a question is open
    /// the limits stand still already, and only the question's own one moves.
    pub(super) fn on_resumed(&mut self, gap_us: u64, effects: &mut Vec<Effect>) {
        let gap = Duration::from_micros(gap_us);
        let is_held = self.is_held();
        let open = match self.stack.last_mut() {
            Some(Frame::Step(top)) => top.question.as_mut(),
            _ => None,
        };
        match open {
            Some(question) => {
                question.deadline = question.deadline.map(|deadline| deadline.after(gap));
            }
            None if is_held => {}
            None => self.shift_deadlines(gap, Shift::All),
        }
        effects.push(Effect::Publish(Event::SuspensionNoticed {
            gap_ms: gap_us / 1000,
        }));
    }
}

/// Which limits a gap moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shift {
    /// Those of steps and sequences: a question was open, the run was held, or the process stood
    /// still.
    All,
    /// Those of sequences: cleanup ran.
    Policies,
    /// Those of steps: a question was open during cleanup.
    Steps,
}
