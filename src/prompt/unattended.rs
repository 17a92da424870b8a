//! The answers that count where nobody answers.

use serde_json::Value;

use crate::measure::spell;
use crate::prompt::{Action, Answer, Button, Input, InputMode, OnTimeout, Prompt};

impl Prompt {
    /// The answer of an unattended run: the first button, in the order of the package, of the
    /// highest action of continue, pass, fail, abort, and an invented entry.
    pub(crate) fn unattended_answer(&self) -> Answer {
        let mut chosen: Option<&Button> = None;
        for button in &self.buttons {
            if chosen.is_none_or(|chosen| rank(button) < rank(chosen)) {
                chosen = Some(button);
            }
        }
        let value = self.input.as_ref().map(Input::invented);
        Answer {
            prompt_id: self.id.clone(),
            button: chosen.map(|button| button.name.clone()),
            action: chosen.map(|button| button.action),
            raw: value.as_ref().map(spell),
            value,
            unattended: true,
            ..Answer::default()
        }
    }

    /// The warning that an invented answer leaves in the log.
    pub(crate) fn unattended_warning(&self, answer: &Answer) -> String {
        let title = self.title.as_deref().unwrap_or(&self.message);
        let first_line = title.lines().next().unwrap_or_default();
        let button = answer.button.as_deref().unwrap_or_default();
        let entry = match (&self.input, &answer.raw) {
            (Some(_), Some(raw)) => format!(" and entered '{raw}'"),
            _ => String::new(),
        };
        format!("[UNATTENDED] prompt '{first_line}': pressed '{button}'{entry}, nobody was asked")
    }

    /// The answer when the time has run out. A declared `default` is entered where the run goes on.
    pub(crate) fn timeout_answer(&self) -> Answer {
        let (button, action) = match &self.on_timeout {
            OnTimeout::Abort => (None, Action::Abort),
            OnTimeout::Fail => (None, Action::Fail),
            OnTimeout::Continue => (None, Action::Continue),
            OnTimeout::Button(name) => match self.button(name) {
                Some(button) => (Some(button.name.clone()), button.action),
                None => (None, Action::Abort),
            },
        };
        let goes_on = matches!(action, Action::Pass | Action::Continue);
        let default = self.input.as_ref().and_then(|input| input.default.clone());
        Answer {
            prompt_id: self.id.clone(),
            button,
            action: Some(action),
            value: default.filter(|_| goes_on),
            timed_out: true,
            ..Answer::default()
        }
    }
}

/// Smaller is chosen first; the automatic Cancel comes after everything that was declared.
fn rank(button: &Button) -> (bool, u8) {
    let rank = match button.action {
        Action::Continue => 0,
        Action::Pass => 1,
        Action::Fail => 2,
        Action::Abort => 3,
    };
    (button.automatic, rank)
}

impl Input {
    /// `default`, else `expected`, else what the mode offers.
    fn invented(&self) -> Value {
        let expected = || self.expected.as_ref()?.value.clone().ok();
        if let Some(value) = self.default.clone().or_else(expected) {
            return value;
        }
        match self.mode {
            InputMode::Number => self.middle(),
            InputMode::Text => Value::from(""),
            InputMode::Boolean => Value::from(false),
            InputMode::List => self.options.first().cloned().unwrap_or_else(|| "".into()),
        }
    }

    /// The middle of the limits, the only one of them, or 0.
    fn middle(&self) -> Value {
        let low = Self::bound(self.low_limit.as_ref());
        let high = Self::bound(self.high_limit.as_ref());
        match (low, high) {
            (Some(low), Some(high)) => (low + (high - low) / 2.0).into(),
            (Some(only), None) | (None, Some(only)) => only.into(),
            (None, None) => 0.into(),
        }
    }
}
