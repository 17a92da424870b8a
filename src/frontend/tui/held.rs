//! A held run on the screen: which key says how it goes on.
//!
//! A key that changes the run waits a moment for company: what comes in a burst was typed by a
//! scanner, which knows nothing of held runs. Orders name the hold that was seen, so that a key
//! pressed twice is not obeyed at the next one.

use super::key::Key;
use super::pace::{ALONE, Tempo};
use crate::event::{RunHeld, StepNo, Timestamp, Upcoming};
use crate::session::{HoldOrder, HoldWish};

/// A hold that is looked at.
#[derive(Debug)]
pub(super) struct Pane {
    pub(super) held: RunHeld,
    by: Option<String>,
    armed: Option<(HoldWish, Timestamp)>,
}

/// What a key is to a held run.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Nothing: it moves about on the screen.
    Other,
    Taken,
}

impl Pane {
    pub(super) const fn new(held: RunHeld, by: Option<String>) -> Self {
        Self {
            held,
            by,
            armed: None,
        }
    }

    /// Another person is here now.
    pub(super) fn is_used_by(&mut self, operator: String) {
        self.by = Some(operator);
    }

    /// Takes a key.
    pub(super) fn key(&mut self, key: &Key, tempo: Tempo, now: Timestamp) -> Meaning {
        let is_typed = matches!(key, Key::Char(_) | Key::Enter | Key::Paste(_));
        if !is_typed {
            return Meaning::Other;
        }
        // A scanner, or a key that is kept down.
        if tempo == Tempo::Burst {
            self.armed = None;
            return Meaning::Taken;
        }
        let wish = match key {
            Key::Enter | Key::Char('n') => HoldWish::Run,
            Key::Char('o') => HoldWish::Over,
            Key::Char('s') => HoldWish::Skip,
            Key::Char('r') => HoldWish::Again,
            Key::Char('c') => HoldWish::GoOn,
            _ => return Meaning::Other,
        };
        self.armed = Some((wish, now));
        Meaning::Taken
    }

    /// Time passes: a key that stayed alone is obeyed.
    pub(super) fn tick(&mut self, now: Timestamp) -> Option<HoldOrder> {
        let (wish, _) = self.armed.take_if(|(_, at)| now.since(*at) >= ALONE)?;
        Some(self.order(wish))
    }

    /// Whether a key waits for company.
    pub(super) const fn is_armed(&self) -> bool {
        self.armed.is_some()
    }

    /// What is sent to the run.
    pub(super) fn order(&self, wants: HoldWish) -> HoldOrder {
        HoldOrder {
            hold: self.held.hold,
            wants,
            by: self.by.clone(),
            front_end: Some("tui".to_owned()),
        }
    }

    /// Position of the step that comes next.
    pub(super) const fn next(&self) -> Option<u32> {
        match self.held.next {
            Upcoming::Step { position, .. } => position,
            _ => None,
        }
    }

    /// The step that has just ended and can be run again.
    pub(super) const fn after(&self) -> Option<StepNo> {
        self.held.after
    }
}
