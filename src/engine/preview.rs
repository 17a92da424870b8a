//! What a held run does next if nothing is changed: a copy of it goes on until it would execute
//! something. What the copy asks for is dropped.

use super::frame::{Frame, Phase};
use super::hold::Holding;
use super::input::{Effect, Input};
use super::machine::Engine;
use crate::event::{Event, Timestamp, Upcoming};
use crate::plan::{Step, StepIx};
use crate::verdict::Verdict;

/// Turns of the copy that looks ahead: more than any list of skipped steps is long.
const PREVIEW_TURNS: usize = 100_000;

impl Engine {
    /// What comes next if nothing is changed: a copy of the run goes on until it would execute a
    /// step.
    pub(super) fn preview(&self, now: Timestamp) -> (Upcoming, Option<StepIx>) {
        let mut copy = self.clone();
        copy.holding = Holding::of_preview();
        let mut now = now;
        let mut effects = Vec::new();
        for _ in 0..PREVIEW_TURNS {
            copy.handle(Input::Tick, now, &mut effects);
            for effect in effects.drain(..) {
                match effect {
                    Effect::Publish(Event::AbortBegan { message, .. }) => {
                        return (Upcoming::Abort { message }, None);
                    }
                    Effect::Publish(Event::RunFinished(end)) => {
                        let verdict = end.verdict;
                        return (Upcoming::End { verdict }, None);
                    }
                    _ => {}
                }
            }
            if let Some(stop) = copy.holding.stop() {
                return stop;
            }
            match copy.deadline() {
                _ if copy.is_busy() => {}
                Some(until) if copy.is_pausing() && until > now => now = until,
                _ => break,
            }
        }
        (Upcoming::Other, None)
    }

    /// Whether a sequence waits for its next attempt.
    fn is_pausing(&self) -> bool {
        let top = self.stack.last();
        matches!(top, Some(Frame::Step(frame)) if matches!(frame.phase, Phase::Pause(_)))
    }

    /// The name of a step that has not begun; in a loop it may tell of the iteration, which has no
    /// number yet.
    fn name_by_now(&self, step: &Step) -> String {
        match step.repeat {
            Some(_) => step.name_declared.to_string(),
            None => self.rendered_name(step, true, &mut Vec::new()),
        }
    }

    /// Where the copy that looks ahead has stopped.
    pub(super) fn at_hand(&self) -> (Upcoming, Option<StepIx>) {
        match self.stack.last() {
            Some(Frame::Step(frame)) => {
                let step = self.step(frame.step);
                let ended = Upcoming::Ended {
                    path: step.path.to_string(),
                    name: step.name_declared.to_string(),
                    verdict: frame.merged.unwrap_or(Verdict::Skipped),
                };
                (ended, None)
            }
            Some(Frame::Sequence(_)) => self.next_listed().map_or((Upcoming::Other, None), |ix| {
                let step = self.step(ix);
                let upcoming = Upcoming::Step {
                    position: step.position,
                    path: step.path.to_string(),
                    name: self.name_by_now(step),
                    kind: step.kind.as_event(),
                };
                (upcoming, Some(ix))
            }),
            None => (Upcoming::Other, None),
        }
    }
}
