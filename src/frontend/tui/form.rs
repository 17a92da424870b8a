//! A question being answered: the field, the buttons, and what a scanner may do to them.
//!
//! Keys count only once the question was visible for half a second (EXECUTION section 5). A scanner
//! types faster than a person: what comes in one burst goes into the field that waits and presses
//! no button, so each key that would press one waits a moment for company.

use std::time::Duration;

use serde_json::Value;

use super::entry::Entry;
use super::key::Key;
use super::pace::{ALONE, Tempo};
use super::scan::{Scanner, one_label};
use crate::event::Timestamp;
use crate::prompt::{Action, Answer, Button, Prompt};

/// What is typed before a question was visible for so long answers nothing.
const VISIBLE: Duration = Duration::from_millis(500);

/// Keys of a burst before a digit among them presses no button.
const SCAN: u32 = 4;

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
    scanner: Scanner,
    shown_at: Option<Timestamp>,
    /// A value outside its limits that Enter keeps.
    keep: Option<(String, Value)>,
    accepted: Option<(String, Value)>,
    armed: Option<(Press, Timestamp)>,
    /// The last key was dropped: it came before the question was listened to.
    has_dropped: bool,
    burst: Burst,
    /// What the field held behind the newest scan: the next one takes its place.
    scanned: Option<String>,
}

/// Keys that came as fast as a scanner types.
#[derive(Debug, Default)]
struct Burst {
    /// The newest key came right behind another one.
    is_close: bool,
    keys: u32,
    text: String,
    /// What a choice said before.
    choice: Option<usize>,
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
    pub(super) fn new(
        prompt: Box<Prompt>,
        opened_at: Timestamp,
        by: Option<String>,
        scanner: Scanner,
    ) -> Self {
        let entry = Entry::of(&prompt);
        let mut form = Self {
            prompt,
            opened_at,
            focus: Focus::Field,
            entry,
            note: None,
            by,
            scanner,
            shown_at: None,
            keep: None,
            accepted: None,
            armed: None,
            has_dropped: false,
            burst: Burst::default(),
            scanned: None,
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

    /// The question is not on the screen: the window is too small for it.
    pub(super) fn hidden(&mut self) {
        self.shown_at = None;
        self.armed = None;
    }

    /// Whether keys count.
    pub(super) fn is_listening(&self, now: Timestamp) -> bool {
        self.shown_at.is_some_and(|at| now.since(at) >= VISIBLE)
    }

    /// Another person answers.
    pub(super) fn answered_by(&mut self, operator: String) {
        self.by = Some(operator);
    }

    /// Seconds until nobody may answer any more, and the whole of them.
    pub(super) fn left(&self, now: Timestamp) -> Option<(f64, f64)> {
        let whole = self.prompt.timeout_s?;
        let gone = now.since(self.opened_at).as_secs_f64();
        Some(((whole - gone).max(0.0), whole))
    }

    /// Takes a key.
    pub(super) fn key(&mut self, key: &Key, tempo: Tempo, now: Timestamp) -> Reaction {
        // The rest of a scan that began too early is dropped with its beginning.
        let goes_on = self.has_dropped && tempo == Tempo::Burst;
        self.has_dropped = !self.is_listening(now) || goes_on;
        if self.has_dropped {
            return Reaction::Nothing;
        }
        if let Key::Paste(text) = key {
            self.scan(text);
            return Reaction::Nothing;
        }
        self.count(key, tempo);
        if let Some((press, _)) = self.armed.take() {
            if tempo == Tempo::Burst {
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

    /// Notes whether a key comes as fast as a scanner types.
    fn count(&mut self, key: &Key, tempo: Tempo) {
        if tempo == Tempo::Single {
            let choice = match &self.entry {
                Some(Entry::Choice(choice)) => choice.at,
                _ => None,
            };
            self.burst = Burst {
                choice,
                ..Burst::default()
            };
        }
        self.burst.is_close = tempo == Tempo::Burst;
        self.burst.keys += 1;
        if let Key::Char(c) = key {
            self.burst.text.push(*c);
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
            Key::Enter | Key::Tab if self.burst.is_close => self.end_burst(),
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
            // The end of a scan: of its return and line feed, the second.
            Key::Enter if self.burst.is_close => {}
            Key::Enter => self.armed = Some((Press::Enter, now)),
            Key::Esc => return Reaction::AskAbort,
            Key::Char(c) => {
                if self.burst.keys >= SCAN {
                    self.refuse_scan("and no field waits for one");
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

    fn refuse_scan(&mut self, why: &str) {
        self.note = Some(Note::Hint(format!("a scan came, {why}")));
    }

    /// The end of a scan whose keys went into the field one after another.
    fn end_burst(&mut self) {
        let burst = std::mem::take(&mut self.burst);
        // The line feed behind a return ends nothing once more.
        if burst.text.is_empty() {
            return;
        }
        let label = self.scanner.read(&burst.text);
        match &mut self.entry {
            Some(Entry::Text(field)) => {
                let whole = field.text();
                let typed = whole.strip_suffix(&*burst.text).map(str::to_owned);
                self.take_label(typed, &label);
            }
            Some(Entry::Choice(choice)) => {
                // Its letters have chosen one thing after another.
                choice.at = burst.choice;
                self.choose_scanned(&label);
            }
            None => {}
        }
    }

    /// A label for the field, behind what was typed by hand before it, which is `None` where the
    /// label does not stand at the end. A label that was scanned before goes.
    fn take_label(&mut self, typed: Option<String>, label: &str) {
        if let (Some(typed), Some(Entry::Text(field))) = (typed, &mut self.entry) {
            let is_scanned = self.scanned.as_ref() == Some(&typed);
            let typed = if is_scanned { "" } else { &typed };
            field.fill(&format!("{typed}{label}"));
            self.scanned = Some(field.text());
        }
        self.leave_field();
    }

    /// A whole scan or paste.
    fn scan(&mut self, text: &str) {
        let label = match one_label(text) {
            Ok(text) => self.scanner.read(text),
            Err(why) => {
                self.note = Some(Note::Hint(why));
                return;
            }
        };
        match (&mut self.entry, self.focus) {
            (Some(Entry::Text(field)), Focus::Field) => {
                let typed = field.text();
                self.take_label(Some(typed), &label);
            }
            (Some(Entry::Choice(_)), Focus::Field) => self.choose_scanned(&label),
            _ => self.refuse_scan("and no field waits for one"),
        }
    }

    /// The end of a scan leaves the field; a person presses the button.
    fn choose_scanned(&mut self, label: &str) {
        let is_there = match &mut self.entry {
            Some(Entry::Choice(choice)) => choice.pick(label),
            _ => false,
        };
        if is_there {
            self.leave_field();
        } else {
            self.refuse_scan("and nothing here is called so");
        }
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
