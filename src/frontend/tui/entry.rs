//! The field of a question: a line of text, or a choice.

use serde_json::Value;

use super::key::{GS, Key};
use crate::measure::spell;
use crate::prompt::{InputMode, Prompt};

/// Longest text that a field takes; a label holds less.
const LONGEST: usize = 4_096;

/// Options of a choice that are seen at once; how far a page goes.
pub(super) const OPTIONS: usize = 8;

/// What fills in a field.
#[derive(Debug)]
pub(super) enum Entry {
    Text(TextField),
    Choice(Choice),
}

/// A line of text with a cursor.
#[derive(Debug, Default)]
pub(super) struct TextField {
    chars: Vec<char>,
    cursor: usize,
    is_number: bool,
}

/// One of several values.
#[derive(Debug)]
pub(super) struct Choice {
    pub(super) options: Vec<String>,
    /// Nothing is chosen until somebody chooses: Enter alone answers no question.
    pub(super) at: Option<usize>,
    /// The beginning of an option, as far as it is typed.
    begun: String,
}

impl Entry {
    /// The field of a question; `None` where it has none.
    pub(super) fn of(prompt: &Prompt) -> Option<Self> {
        let input = prompt.input.as_ref()?;
        let prefilled = prompt.prefilled();
        Some(match input.mode {
            InputMode::Number | InputMode::Text => {
                let mut field = TextField {
                    is_number: input.mode == InputMode::Number,
                    ..TextField::default()
                };
                prefilled
                    .iter()
                    .flat_map(|text| text.chars())
                    .for_each(|c| field.insert(c));
                Self::Text(field)
            }
            InputMode::Boolean => {
                let prefilled = prefilled.and_then(|text| prompt.check_entry(&text).ok());
                Self::Choice(Choice {
                    options: vec!["no".to_owned(), "yes".to_owned()],
                    at: prefilled.map(|value| usize::from(value == Value::Bool(true))),
                    begun: String::new(),
                })
            }
            InputMode::List => {
                let options: Vec<String> = input.options.iter().map(spell).collect();
                let at = prefilled.and_then(|text| options.iter().position(|it| *it == text));
                let begun = String::new();
                Self::Choice(Choice { options, at, begun })
            }
        })
    }

    /// What the field says now.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Text(field) => field.text(),
            Self::Choice(choice) => choice.chosen().cloned().unwrap_or_default(),
        }
    }

    /// Takes a key; false where it means nothing to the field.
    pub(super) fn key(&mut self, key: &Key) -> bool {
        match self {
            Self::Text(field) => field.key(key),
            Self::Choice(choice) => choice.key(key),
        }
    }
}

impl TextField {
    pub(super) fn text(&self) -> String {
        self.chars.iter().collect()
    }

    /// Its characters, one after another.
    pub(super) fn chars(&self) -> impl Iterator<Item = char> {
        self.chars.iter().copied()
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.chars.is_empty()
    }

    /// Writes another text into it.
    pub(super) fn fill(&mut self, text: &str) {
        self.chars.clear();
        self.cursor = 0;
        self.paste(text);
    }

    /// Characters before the cursor.
    pub(super) const fn cursor(&self) -> usize {
        self.cursor
    }

    pub(super) fn insert(&mut self, c: char) {
        if self.chars.len() < LONGEST {
            self.chars.insert(self.cursor, c);
            self.cursor += 1;
        }
    }

    /// Puts what was pasted, or sent in one piece, at the cursor.
    pub(super) fn paste(&mut self, text: &str) {
        let typed = text.chars().filter(|c| !c.is_control() || *c == GS);
        typed.for_each(|c| self.insert(c));
    }

    /// Whether typing on can still make a right form of it, such as `-` or `1e` of a number.
    pub(super) fn may_be_incomplete(&self) -> bool {
        let last = self.chars.last().copied();
        !self.is_number || matches!(last, Some('-' | '+' | 'e' | 'E' | '.' | ','))
    }

    pub(super) fn key(&mut self, key: &Key) -> bool {
        match key {
            Key::Char(c) if !c.is_control() || *c == GS => self.insert(*c),
            Key::Backspace if self.cursor > 0 => {
                self.cursor -= 1;
                self.chars.remove(self.cursor);
            }
            Key::Delete if self.cursor < self.chars.len() => {
                self.chars.remove(self.cursor);
            }
            Key::Left => self.cursor = self.cursor.saturating_sub(1),
            Key::Right => self.cursor = (self.cursor + 1).min(self.chars.len()),
            Key::Home | Key::Ctrl('a') => self.cursor = 0,
            Key::End | Key::Ctrl('e') => self.cursor = self.chars.len(),
            Key::Ctrl('u') => {
                self.chars.drain(..self.cursor);
                self.cursor = 0;
            }
            _ => return false,
        }
        true
    }
}

impl Choice {
    fn chosen(&self) -> Option<&String> {
        self.at.and_then(|at| self.options.get(at))
    }

    /// Chooses an option by its text; false where there is none of it.
    pub(super) fn pick(&mut self, text: &str) -> bool {
        let found = self
            .options
            .iter()
            .position(|option| option.eq_ignore_ascii_case(text.trim()));
        self.at = found.or(self.at);
        found.is_some()
    }

    fn key(&mut self, key: &Key) -> bool {
        if let Key::Char(c) = key {
            return self.pick_letter(*c);
        }
        self.begun.clear();
        match key {
            Key::Up | Key::Left | Key::ScrollUp => self.move_up(1),
            Key::Down | Key::Right | Key::ScrollDown => self.move_down(1),
            Key::PageUp => self.move_up(OPTIONS),
            Key::PageDown => self.move_down(OPTIONS),
            Key::Home => self.at = self.last().map(|_| 0),
            Key::End => self.at = self.last(),
            _ => return false,
        }
        true
    }

    fn last(&self) -> Option<usize> {
        self.options.len().checked_sub(1)
    }

    fn move_up(&mut self, by: usize) {
        self.at = self.at.map(|at| at.saturating_sub(by)).or(self.last());
    }

    fn move_down(&mut self, by: usize) {
        self.at = self.at.map_or(Some(0), |at| Some(at + by)).min(self.last());
    }

    /// The option that begins as typed; else the next one that begins with the letter alone.
    fn pick_letter(&mut self, c: char) -> bool {
        self.begun.extend(c.to_lowercase());
        let mut found = self.from(self.at.unwrap_or(0));
        if found.is_none() {
            self.begun = c.to_lowercase().collect();
            found = self.from(self.at.map_or(0, |at| at + 1));
        }
        if found.is_none() {
            self.begun.clear();
        }
        self.at = found.or(self.at);
        found.is_some()
    }

    /// The first option at `place` or behind it, then from the first one on, that begins as typed.
    fn from(&self, place: usize) -> Option<usize> {
        let count = self.options.len();
        let begins = |option: &String| option.to_lowercase().starts_with(&self.begun);
        (0..count)
            .map(|distance| (place + distance) % count)
            .find(|&place| self.options.get(place).is_some_and(begins))
    }
}
