//! A question being answered: the field, the buttons, and what a scanner may do to them.
//!
//! Keys count only once the question was visible for half a second (EXECUTION section 5). A scanner
//! types faster than a person: what comes in one burst goes into the field that waits and presses
//! no button, so each key that would press one waits a moment for company.

use std::time::Duration;

use serde_json::Value;

use super::entry::Entry;
use super::key::Key;
use crate::event::Timestamp;
use crate::prompt::{Action, Answer, Button, Prompt};

/// What is typed before a question was visible for so long answers nothing.
const VISIBLE: Duration = Duration::from_millis(500);

/// Keys closer together than this come from a scanner.
const BURST: Duration = Duration::from_millis(35);

/// Keys of a burst before it counts as a scan.
const SCAN: u32 = 4;

/// How long a key that presses a button waits for another one.
const ALONE: Duration = Duration::from_millis(60);

/// A question on the screen.
#[derive(Debug)]
pub(super) struct Form {
    pub(super) prompt: Box<Prompt>,
    pub(super) opened_at: Timestamp,
    pub(super) entry: Option<Entry>,
    pub(super) focus: Focus,
    /// What is wrong, or what to do.
    pub(super) note: Option<Note>,
    by: Option<String>,
    shown_at: Option<Timestamp>,
    /// A value outside its limits that Enter keeps.
    keep: Option<(String, Value)>,
    accepted: Option<(String, Value)>,
    armed: Option<(Press, Timestamp)>,
    last_key: Option<Timestamp>,
    burst: u32,
}

/// Where keys go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Focus {
    Field,
    /// The button that Enter presses.
    Button(usize),
    /// No button yet: an arrow chooses one.
    Nothing,
}

/// A line under the field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Note {
    Wrong(String),
    Hint(String),
}

/// What a key led to.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Reaction {
    Nothing,
    Answer(Box<Answer>),
    /// The button that aborts was pressed: ask first.
    AskAbort,
}

/// What an armed key will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Press {
    Enter,
    Button(usize),
}

impl Form {
    pub(super) fn new(prompt: Box<Prompt>, opened_at: Timestamp, by: Option<String>) -> Self {
        let entry = Entry::of(&prompt);
        let mut form = Self {
            prompt,
            opened_at,
            focus: Focus::Field,
            entry,
            note: None,
            by,
            shown_at: None,
            keep: None,
            accepted: None,
            armed: None,
            last_key: None,
            burst: 0,
        };
        if form.entry.is_none() {
            form.focus = form.default_focus();
        }
        form
    }

    /// The question is on the screen since `now`.
    pub(super) fn shown(&mut self, now: Timestamp) {
        self.shown_at.get_or_insert(now);
    }

    /// Whether keys count.
    pub(super) fn is_listening(&self, now: Timestamp) -> bool {
        self.shown_at.is_some_and(|at| now.since(at) >= VISIBLE)
    }

    /// Seconds until nobody may answer any more, and the whole of them.
    pub(super) fn left(&self, now: Timestamp) -> Option<(f64, f64)> {
        let whole = self.prompt.timeout_s?;
        let gone = now.since(self.opened_at).as_secs_f64();
        Some(((whole - gone).max(0.0), whole))
    }

    /// Takes a key.
    pub(super) fn key(&mut self, key: &Key, now: Timestamp) -> Reaction {
        if !self.is_listening(now) {
            return Reaction::Nothing;
        }
        if let Key::Paste(text) = key {
            self.scan(text);
            return Reaction::Nothing;
        }
        let is_close = self.last_key.is_some_and(|last| now.since(last) < BURST);
        self.burst = if is_close { self.burst + 1 } else { 1 };
        self.last_key = Some(now);
        if let Some((press, at)) = self.armed.take() {
            if now.since(at) < BURST {
                // It was the beginning of a scan, not a press.
                self.unpress(press);
            } else {
                let reaction = self.press(press);
                if reaction != Reaction::Nothing {
                    return reaction;
                }
            }
        }
        match self.focus {
            Focus::Field => self.field_key(key, now),
            Focus::Button(_) | Focus::Nothing => self.button_key(key, now),
        }
    }

    /// Time passes: a key that stayed alone presses.
    pub(super) fn tick(&mut self, now: Timestamp) -> Reaction {
        match self.armed {
            Some((press, at)) if now.since(at) >= ALONE => {
                self.armed = None;
                self.press(press)
            }
            _ => Reaction::Nothing,
        }
    }

    /// Whether a key waits for company.
    pub(super) const fn is_armed(&self) -> bool {
        self.armed.is_some()
    }

    /// The answer that aborts, once somebody confirmed it.
    pub(super) fn abort_answer(&self) -> Option<Box<Answer>> {
        let button = self
            .prompt
            .buttons
            .iter()
            .find(|button| button.action == Action::Abort)?;
        Some(self.answer(button, None))
    }

    fn field_key(&mut self, key: &Key, now: Timestamp) -> Reaction {
        match key {
            Key::Enter if self.burst > SCAN => self.end_scan(),
            Key::Enter => self.armed = Some((Press::Enter, now)),
            Key::Tab => self.leave_field(),
            Key::Esc => return Reaction::AskAbort,
            key => {
                if let Some(entry) = &mut self.entry
                    && entry.key(key)
                {
                    self.keep = None;
                    self.check_while_typing();
                }
            }
        }
        Reaction::Nothing
    }

    fn button_key(&mut self, key: &Key, now: Timestamp) -> Reaction {
        let count = self.prompt.buttons.len();
        match key {
            Key::Right | Key::Tab => self.choose(|at| (at + 1) % count),
            Key::Left => self.choose(|at| (at + count - 1) % count),
            Key::Up | Key::BackTab if self.entry.is_some() => {
                self.focus = Focus::Field;
                self.accepted = None;
            }
            Key::Enter => self.armed = Some((Press::Enter, now)),
            Key::Esc => return Reaction::AskAbort,
            Key::Char(c) => {
                if self.burst >= SCAN {
                    self.refuse_scan();
                } else if let Some(place) = self.button_of(*c) {
                    self.armed = Some((Press::Button(place), now));
                }
            }
            _ => {}
        }
        Reaction::Nothing
    }

    fn choose(&mut self, next: impl Fn(usize) -> usize) {
        self.note = None;
        self.focus = Focus::Button(match self.focus {
            Focus::Button(at) => next(at),
            Focus::Field | Focus::Nothing => 0,
        });
    }

    /// The button of a digit.
    fn button_of(&self, c: char) -> Option<usize> {
        let place = (c.to_digit(10)? as usize).checked_sub(1)?;
        (place < self.prompt.buttons.len()).then_some(place)
    }

    /// A key that was about to press belongs to a scan: into the field with it.
    fn unpress(&mut self, press: Press) {
        if let (Press::Button(place), Some(Entry::Text(text))) = (press, &mut self.entry) {
            text.insert(char::from_digit(place as u32 + 1, 10).unwrap_or('?'));
        }
    }

    fn refuse_scan(&mut self) {
        let text = "a scan came, and no field waits for one";
        self.note = Some(Note::Hint(text.to_owned()));
    }

    /// A whole scan or paste.
    fn scan(&mut self, text: &str) {
        let text = text.trim_end_matches(['\r', '\n', '\t']);
        let is_taken = match (&mut self.entry, self.focus) {
            (Some(Entry::Text(field)), Focus::Field) => {
                let typed = text.chars().filter(|c| !c.is_control());
                typed.for_each(|c| field.insert(c));
                true
            }
            (Some(Entry::Choice(choice)), Focus::Field) => choice.pick(text),
            _ => false,
        };
        if is_taken {
            self.end_scan();
        } else {
            self.refuse_scan();
        }
    }

    /// The end of a scan leaves the field; a person presses the button.
    fn end_scan(&mut self) {
        self.leave_field();
        self.burst = 0;
    }

    fn press(&mut self, press: Press) -> Reaction {
        match (press, self.focus) {
            (Press::Button(place), _) | (Press::Enter, Focus::Button(place)) => {
                self.press_button(place)
            }
            (Press::Enter, Focus::Field) => self.submit_field(),
            (Press::Enter, Focus::Nothing) => {
                let text = "Enter alone presses nothing here: choose with the arrows";
                self.note = Some(Note::Hint(text.to_owned()));
                Reaction::Nothing
            }
        }
    }

    /// Enter in the field: where it is well-formed, the default button is pressed.
    fn submit_field(&mut self) -> Reaction {
        if !self.accept_field() {
            return Reaction::Nothing;
        }
        match self.default_focus() {
            Focus::Button(place) => self.press_button(place),
            other => {
                self.focus = other;
                Reaction::Nothing
            }
        }
    }

    fn leave_field(&mut self) {
        if self.accept_field() {
            self.focus = self.default_focus();
        }
    }

    /// Reads the field: a wrong form blocks, a value outside its limits asks once.
    fn accept_field(&mut self) -> bool {
        let Some(entry) = &self.entry else {
            return true;
        };
        let raw = entry.text();
        if self.keep.as_ref().is_some_and(|(kept, _)| *kept == raw) {
            self.accepted = self.keep.take();
            self.note = None;
            return true;
        }
        match self.prompt.check_entry(&raw) {
            Err(message) => {
                self.note = Some(Note::Wrong(message));
                false
            }
            Ok(value) => {
                if let Some(message) = self.prompt.outside(&value) {
                    let text = format!("{message}. Enter keeps it; or correct it");
                    self.note = Some(Note::Wrong(text));
                    self.keep = Some((raw, value));
                    return false;
                }
                self.note = None;
                self.accepted = Some((raw, value));
                true
            }
        }
    }

    /// A form that cannot become right by typing on is told at once.
    fn check_while_typing(&mut self) {
        self.note = None;
        let Some(Entry::Text(text)) = &self.entry else {
            return;
        };
        let raw = text.text();
        if raw.is_empty() || text.may_be_incomplete() {
            return;
        }
        if let Err(message) = self.prompt.check_entry(&raw) {
            self.note = Some(Note::Hint(message));
        }
    }

    fn press_button(&mut self, place: usize) -> Reaction {
        let Some(button) = self.prompt.buttons.get(place).cloned() else {
            return Reaction::Nothing;
        };
        self.focus = Focus::Button(place);
        if button.action == Action::Abort {
            return Reaction::AskAbort;
        }
        if self.entry.is_some() && self.accepted.is_none() && !self.accept_field() {
            self.focus = Focus::Field;
            return Reaction::Nothing;
        }
        Reaction::Answer(self.answer(&button, self.accepted.clone()))
    }

    fn default_focus(&self) -> Focus {
        let default = self.prompt.enter_button();
        let place = default.and_then(|button| self.prompt.buttons.iter().position(|b| b == button));
        place.map_or(Focus::Nothing, Focus::Button)
    }

    fn answer(&self, button: &Button, entry: Option<(String, Value)>) -> Box<Answer> {
        let (raw, value) = entry.unzip();
        Box::new(Answer {
            prompt_id: self.prompt.id.clone(),
            button: Some(button.name.clone()),
            action: Some(button.action),
            raw,
            value,
            by: self.by.clone(),
            front_end: Some("tui".to_owned()),
            unattended: false,
            timed_out: false,
        })
    }
}
