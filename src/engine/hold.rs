//! The held state: under `--step` and `--break` a run stops between two steps until it is told how
//! to go on.
//!
//! A run is held at two kinds of places, and only where it is not in abort mode:
//!
//! - *Before* a step of a list that would be executed now, whatever its kind: its `enabled`,
//!   `precondition` and `force` have let it through. A step that they skip is recorded and not held.
//! - *After* a step whose record is written, before anything follows from its verdict: neither
//!   `post_execution_action` nor the rules of a broken setup nor a policy have seen it. That is why
//!   it can be run again: a FAIL that a second execution turns into PASS has ended nothing.
//!
//! A step is held before its first iteration and after its last one: the attempts of `retry`, the
//! iterations of `repeat`, resets and restored connections are parts of one execution. The steps of
//! a sequence are steps of their own; the sequence is held before its first one (so that it can be
//! skipped whole) and after its last one (so that it can be run again whole).
//!
//! Between two steps there is one stop and not two: what is told after a step names the step that
//! comes next, and [`HoldWish::Run`] runs that one without another stop. What comes next is found
//! by letting a copy of the engine go on until it would execute something ([`Engine::preview`]), so
//! that no second set of rules can contradict the first; effects of the copy are dropped.
//!
//! Cleanup in abort mode is never held: a unit is made safe without anybody pressing a key. The
//! teardown of a run that was not aborted is held like all else.
//!
//! Held time stops the clocks. No attempt is open, so that only sequences have limits that run
//! (`policy.timeout`, `timeout_ms`); they are moved by the time that the hold took. The duration of
//! a step holds no held time, that of a sequence and of the run does and says how much.
//!
//! When a step is run again, its records so far, with those of all steps in it, are declared
//! replaced ([`ExecutionReplaced`]), the tally of the run is put back to what it was, and the step
//! begins anew with the next execution number. It is executed whatever its precondition says by
//! now: somebody wants it to. The verdict of the sequence around it has not heard of the replaced
//! execution, since nothing followed from it.
//!
//! Everything that is told a held run is an event, with who and by which front end. With nobody
//! left who could tell anything, a run that would be held is aborted.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::abort::Role;
use super::deadline::Shift;
use super::frame::Frame;
use super::input::Effect;
use super::machine::Engine;
use super::step::Gate;
use crate::event::{
    AbortCause, Event, ExecutionReplaced, HoldCause, HoldCommand, HoldCommanded, Level, RunHeld,
    Section, StepNo, Timestamp, Upcoming, VariableSet, VariableSource, by_hand,
};
use crate::expr::Variables;
use crate::plan::StepIx;

/// Where a run is held; nowhere by default.
#[derive(Debug, Clone, Default)]
pub(crate) struct Holds {
    /// At every step.
    pub(crate) every_step: bool,
    /// Before these.
    pub(crate) before: BTreeSet<StepIx>,
    /// What the record of the run says of its overrides, to be added to.
    pub(crate) overrides: Map<String, Value>,
}

impl Holds {
    fn is_any(&self) -> bool {
        self.every_step || !self.before.is_empty()
    }
}

/// What somebody wants of a held run.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct HoldOrder {
    /// The hold that was looked at. An order about another one came too late and is not obeyed.
    pub(crate) hold: u32,
    pub(crate) wants: HoldWish,
    pub(crate) by: Option<String>,
    pub(crate) front_end: Option<String>,
}

/// How a held run is to go on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum HoldWish {
    /// Run the next step.
    Run,
    /// Run the next step with everything in it, and hold behind it.
    Over,
    /// Run the step that has just ended again.
    Again,
    /// Leave the next step out.
    Skip,
    /// Set a variable, and stay held.
    Set { name: String, value: Value },
    /// Go on to the next breakpoint, or to the end.
    GoOn,
}

/// The state of holding.
#[derive(Debug, Clone)]
pub(super) struct Holding {
    pace: Pace,
    held: Option<Held>,
    /// Number of the newest hold.
    last: u32,
    /// What the last order said about the step that was to come next.
    through: Option<Through>,
    held_us: u64,
    /// This is the copy that looks ahead.
    is_preview: bool,
}

/// How far the run goes by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pace {
    /// To the next step.
    Step,
    /// To the next step of the sequence at this height of the stack, or below it.
    Over(usize),
    /// To the next breakpoint.
    Free,
}

/// A hold that goes on.
#[derive(Debug, Clone)]
struct Held {
    number: u32,
    because: HoldCause,
    since: Timestamp,
    /// The step on top has just ended and can be run again.
    is_after: bool,
    upcoming: Upcoming,
    next: Option<StepIx>,
}

/// A step that somebody decided about already: the run is not held before it once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Through {
    Run(StepIx),
    Skip(StepIx),
}

/// What is done with a step that a sequence has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Go,
    Skip,
    Hold(HoldCause),
}

impl Holding {
    pub(super) fn new(holds: &Holds) -> Self {
        Self {
            pace: if holds.every_step {
                Pace::Step
            } else {
                Pace::Free
            },
            held: None,
            last: 0,
            through: None,
            held_us: 0,
            is_preview: false,
        }
    }

    /// What a copy that looks ahead begins with: it stops at the next step, and looks no further.
    pub(super) const fn of_preview() -> Self {
        Self {
            pace: Pace::Step,
            held: None,
            last: 0,
            through: None,
            held_us: 0,
            is_preview: true,
        }
    }

    /// What comes next, while the run is held.
    pub(super) fn stop(&self) -> Option<(Upcoming, Option<StepIx>)> {
        let held = self.held.as_ref()?;
        Some((held.upcoming.clone(), held.next))
    }

    pub(super) const fn is_held(&self) -> bool {
        self.held.is_some()
    }

    /// The time that the run was held, where it was.
    pub(super) fn held_ms(&self) -> Option<u64> {
        (self.held_us > 0).then_some(self.held_us / 1000)
    }
}

impl Engine {
    /// What to do with a step that the sequence on top has come to.
    pub(super) fn way(&mut self, step: StepIx, role: Role) -> Way {
        if !self.may_hold() || self.gate(step, role, &mut Vec::new()) != Gate::Run {
            return Way::Go;
        }
        match self.holding.through.take() {
            Some(Through::Run(decided)) if decided == step => return Way::Go,
            Some(Through::Skip(decided)) if decided == step => return Way::Skip,
            _ => {}
        }
        if self.options.holds.before.contains(&step) {
            return Way::Hold(HoldCause::Break);
        }
        if self.stops_at(self.stack.len()) {
            Way::Hold(HoldCause::Step)
        } else {
            Way::Go
        }
    }

    /// Whether the run is held after the step on top, which is over.
    pub(super) fn holds_after(&mut self) -> Option<HoldCause> {
        let height = self.stack.len() - 1;
        let frame = self.frame();
        let is_listed = !matches!(frame.section, Section::Restore | Section::RetryBefore);
        let holds = is_listed && !frame.aborted && self.may_hold() && self.stops_at(height);
        holds.then_some(HoldCause::Step)
    }

    fn may_hold(&self) -> bool {
        self.options.holds.is_any() && self.abort.is_none()
    }

    /// Whether a step of the sequence at this height of the stack is stopped at.
    fn stops_at(&self, height: usize) -> bool {
        match self.holding.pace {
            Pace::Step => true,
            Pace::Over(own) => height <= own,
            Pace::Free => false,
        }
    }

    /// Holds the run before what comes next, or after the step on top.
    pub(super) fn hold(
        &mut self,
        because: HoldCause,
        after: Option<StepNo>,
        now: Timestamp,
        effects: &mut Vec<Effect>,
    ) {
        if !self.options.somebody {
            return self.abandon(now, effects);
        }
        let (upcoming, next) = if self.holding.is_preview {
            self.at_hand()
        } else {
            self.preview(now)
        };
        self.holding.last += 1;
        self.holding.through = None;
        self.holding.held = Some(Held {
            number: self.holding.last,
            because,
            since: now,
            is_after: after.is_some(),
            upcoming: upcoming.clone(),
            next,
        });
        effects.push(Effect::Publish(Event::RunHeld(Box::new(RunHeld {
            hold: self.holding.last,
            because,
            after,
            next: upcoming,
        }))));
    }

    /// Nobody is left who could let the run go on.
    pub(super) fn abandon(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let message = "the run is held, and nobody is left to let it go on".to_owned();
        self.abort_from_outside(AbortCause::Abandoned, "engine", message, now, effects);
    }

    /// Somebody says how the held run goes on.
    pub(super) fn on_hold_order(
        &mut self,
        order: HoldOrder,
        now: Timestamp,
        effects: &mut Vec<Effect>,
    ) {
        let HoldOrder {
            hold,
            wants,
            by,
            front_end,
        } = order;
        let Some(held) = self.holding.held.clone().filter(|held| held.number == hold) else {
            return;
        };
        if let Some(why) = refusal(&wants, &held) {
            return self.log(Level::Warning, why, effects);
        }
        let height = self.stack.len() - usize::from(held.is_after);
        let (command, pace) = match &wants {
            HoldWish::Run => (HoldCommand::Run, Pace::Step),
            HoldWish::Over => (HoldCommand::Over, Pace::Over(height)),
            HoldWish::Again => (HoldCommand::Again, Pace::Step),
            HoldWish::Skip => (HoldCommand::Skip, Pace::Step),
            HoldWish::Set { .. } => (HoldCommand::Set, self.holding.pace),
            HoldWish::GoOn => (HoldCommand::GoOn, Pace::Free),
        };
        let overrides = self.note_override(&wants, &held);
        let who = (by.as_deref(), front_end.as_deref());
        self.release(command, who, overrides, now, effects);
        self.holding.pace = pace;
        match wants {
            HoldWish::Run | HoldWish::Over | HoldWish::GoOn => {
                self.holding.through = held.next.map(Through::Run);
            }
            HoldWish::Skip => self.holding.through = held.next.map(Through::Skip),
            HoldWish::Again => self.run_again(now, effects),
            HoldWish::Set { name, value } => {
                self.set_by_hand(name, value, effects);
                let after = held.is_after.then(|| self.frame().no);
                // What comes next may be something else now.
                self.hold(held.because, after, now, effects);
            }
        }
    }

    /// Ends the hold, if the run is held: the clocks go on.
    pub(super) fn release(
        &mut self,
        command: HoldCommand,
        (by, front_end): (Option<&str>, Option<&str>),
        overrides: Option<Map<String, Value>>,
        now: Timestamp,
        effects: &mut Vec<Effect>,
    ) {
        let Some(held) = self.holding.held.take() else {
            return;
        };
        let gap = now.since(held.since);
        let held_us = gap.as_micros() as u64;
        self.holding.held_us += held_us;
        let inner = self.stack.len() - usize::from(held.is_after);
        for frame in &mut self.stack[..inner] {
            if let Frame::Step(step) = frame {
                step.held_us += held_us;
            }
        }
        // The time of a cleanup step counts for no policy anyway: its end says so.
        let is_inside_cleanup = self.stack[..inner]
            .iter()
            .any(|frame| matches!(frame, Frame::Step(step) if step.cleanup));
        let what = if is_inside_cleanup {
            Shift::Steps
        } else {
            Shift::All
        };
        self.shift_deadlines(gap, what);
        effects.push(Effect::Publish(Event::HoldCommanded(Box::new(
            HoldCommanded {
                hold: held.number,
                command,
                by: by.map(str::to_owned),
                front_end: front_end.map(str::to_owned),
                held_us,
                overrides,
            },
        ))));
    }

    /// Adds what is done by hand to the overrides of the run; `None` where nothing is.
    fn note_override(&mut self, wants: &HoldWish, held: &Held) -> Option<Map<String, Value>> {
        let (key, path) = match wants {
            HoldWish::Skip => (by_hand::SKIPPED, self.step(held.next?).path.to_string()),
            HoldWish::Again => {
                let ix = self.top_ix();
                (by_hand::AGAIN, self.step(ix).path.to_string())
            }
            HoldWish::Set { name, value } => {
                let overrides = &mut self.options.holds.overrides;
                let set = overrides
                    .entry(by_hand::SET)
                    .or_insert_with(|| Value::Object(Map::new()));
                if let Value::Object(set) = set {
                    set.insert(name.clone(), value.clone());
                }
                return Some(overrides.clone());
            }
            HoldWish::Run | HoldWish::Over | HoldWish::GoOn => return None,
        };
        let overrides = &mut self.options.holds.overrides;
        let list = overrides
            .entry(key)
            .or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(list) = list {
            list.push(Value::from(path));
        }
        Some(overrides.clone())
    }

    /// Begins the step on top anew: its execution so far does not count.
    fn run_again(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let Some(Frame::Step(old)) = self.stack.pop() else {
            panic!("a run is held after a step only with that step on top");
        };
        effects.push(Effect::Publish(Event::ExecutionReplaced(
            ExecutionReplaced {
                first: old.first,
                last: StepNo(self.last_step),
            },
        )));
        self.tally = old.before;
        self.variables.restore(old.outer);
        let role = Role {
            cleanup: old.cleanup,
            lenient: old.lenient,
        };
        let mut frame = self.new_frame(old.step, old.section, role, now);
        frame.execution = old.execution + 1;
        // A missing answer is not judged by what the execution before has left.
        frame.written = old.written;
        self.stack.push(Frame::Step(Box::new(frame)));
    }

    fn set_by_hand(&mut self, name: String, value: Value, effects: &mut Vec<Effect>) {
        self.variables.assign(&name, value.clone());
        effects.push(Effect::Publish(Event::VariableSet(Box::new(VariableSet {
            step: None,
            source: VariableSource::Hand,
            values: Map::from_iter([(name, value)]),
        }))));
    }
}

/// Why an order cannot be obeyed.
fn refusal(wants: &HoldWish, held: &Held) -> Option<String> {
    match wants {
        HoldWish::Again if !held.is_after => {
            Some("no step has just ended that could be run again".to_owned())
        }
        HoldWish::Skip if held.next.is_none() => {
            Some("no step comes next that could be skipped".to_owned())
        }
        HoldWish::Set { name, .. } if name.is_empty() || Variables::is_reserved(name) => {
            Some(format!("'{name}' is no name of a variable that can be set"))
        }
        _ => None,
    }
}
