//! The field of a question: a line of text, or a choice.

use serde_json::Value;

use super::key::{GS, Key};
use crate::measure::spell;
use crate::prompt::{InputMode, Prompt};

/// Longest text that a field takes; a label holds less.
const LONGEST: usize = 4_096;

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
                })
            }
            InputMode::List => {
                let options: Vec<String> = input.options.iter().map(spell).collect();
                let at = prefilled.and_then(|text| options.iter().position(|it| *it == text));
                Self::Choice(Choice { options, at })
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

    /// Writes another text into it.
    pub(super) fn fill(&mut self, text: &str) {
        self.chars.clear();
        self.cursor = 0;
        let typed = text.chars().filter(|c| !c.is_control() || *c == GS);
        typed.for_each(|c| self.insert(c));
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
        let last = self.options.len().checked_sub(1);
        match key {
            Key::Up | Key::Left => self.at = self.at.map(|at| at.saturating_sub(1)).or(last),
            Key::Down | Key::Right => {
                self.at = self.at.map_or(Some(0), |at| Some(at + 1)).min(last);
            }
            Key::Home => self.at = last.map(|_| 0),
            Key::End => self.at = last,
            Key::Char(c) => return self.pick_letter(*c),
            _ => return false,
        }
        true
    }

    /// The next option that begins with a letter.
    fn pick_letter(&mut self, c: char) -> bool {
        let count = self.options.len();
        let begins = |option: &String| {
            let first = option.chars().next();
            first.is_some_and(|first| first.to_lowercase().eq(c.to_lowercase()))
        };
        let from = self.at.map_or(0, |at| at + 1);
        let next = (0..count)
            .map(|distance| (from + distance) % count)
            .find(|&place| self.options.get(place).is_some_and(begins));
        self.at = next.or(self.at);
        next.is_some()
    }
}
