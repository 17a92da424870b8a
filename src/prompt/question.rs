//! The question as it was rendered, and the answer as it was given.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::measure::{Operand, spell};

/// A rendered question. Build one with [`Prompt::normalized`], which adds the missing buttons.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Prompt {
    /// An answer with another id is refused.
    pub(crate) id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<String>,
    pub(crate) message: String,
    /// Relative to the package root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) image: Option<String>,
    /// The file of `image`; `None` where it does not lie in the package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) picture: Option<Picture>,
    #[serde(default)]
    pub(crate) buttons: Vec<Button>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) default_button: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) input: Option<Input>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) timeout_s: Option<f64>,
    #[serde(default)]
    pub(crate) on_timeout: OnTimeout,
    /// Asks for pass or fail; Enter presses nothing.
    #[serde(default)]
    pub(crate) manual: bool,
}

/// The file that is shown with a question.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Picture {
    /// Where it lay on the station.
    pub(crate) path: String,
    /// SHA-256 of what it held when the question was asked; `None` where it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) digest: Option<String>,
}

impl Prompt {
    /// What identifies the picture that was shown.
    pub(crate) fn image_digest(&self) -> Option<&str> {
        self.picture.as_ref()?.digest.as_deref()
    }
}

impl Picture {
    /// Longest file that is shown and recorded.
    pub(crate) const BYTES_AT_MOST: u64 = 32 << 20;
}

/// One button of a prompt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Button {
    pub(crate) name: String,
    pub(crate) action: Action,
    /// Added by us, not written in the package: the last that anybody would press unattended.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) automatic: bool,
}

/// What a button means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Action {
    Pass,
    Fail,
    Abort,
    Continue,
}

/// What happens when nobody answers in time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum OnTimeout {
    #[default]
    Abort,
    Fail,
    Continue,
    /// As if the button of this name was pressed.
    Button(String),
}

/// What the operator enters beside pressing a button.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Input {
    pub(crate) mode: InputMode,
    /// The variable that takes the value; `InputValue` takes it always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) variable: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) low_limit: Option<Operand>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) high_limit: Option<Operand>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unit: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) expected: Option<Operand>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) options: Vec<Value>,
    /// A regular expression that a text must match as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pattern: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) default: Option<Value>,
    /// Whether the field shows `default` from the beginning.
    #[serde(default)]
    pub(crate) prefill: bool,
    /// Whether the limits are shown before the answer is submitted.
    #[serde(default)]
    pub(crate) show_limits: bool,
}

/// The kind of field.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum InputMode {
    Number,
    #[default]
    Text,
    Boolean,
    List,
}

/// What was answered, by whom or by what.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Answer {
    pub(crate) prompt_id: String,
    /// The name of the button; `None` where the time ran out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) button: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) action: Option<Action>,
    /// The text as it was entered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) raw: Option<String>,
    /// The entry as it was read ([`Prompt::check_entry`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<Value>,
    /// The operator, where somebody answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) front_end: Option<String>,
    /// Nobody was there: button and value are invented.
    #[serde(default)]
    pub(crate) unattended: bool,
    #[serde(default)]
    pub(crate) timed_out: bool,
}

impl Action {
    pub(crate) const ALL: [Self; 4] = [Self::Pass, Self::Fail, Self::Abort, Self::Continue];

    /// The spelling that variables and records hold: lower case.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Abort => "abort",
            Self::Continue => "continue",
        }
    }

    /// Reads an action in any case.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|action| action.as_str().eq_ignore_ascii_case(text.trim()))
    }
}

impl InputMode {
    pub(crate) const ALL: [Self; 4] = [Self::Number, Self::Text, Self::Boolean, Self::List];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Text => "text",
            Self::Boolean => "boolean",
            Self::List => "list",
        }
    }

    /// Reads a mode in any case.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|mode| mode.as_str().eq_ignore_ascii_case(text.trim()))
    }
}

impl Input {
    /// The mode of a field that names none: what its other keys call for.
    pub(crate) fn implied_mode(has_bounds: bool, has_options: bool) -> InputMode {
        match (has_options, has_bounds) {
            (true, _) => InputMode::List,
            (false, true) => InputMode::Number,
            (false, false) => InputMode::Text,
        }
    }

    /// The limits as they are told beside the field, where the question shows them before an
    /// answer: `3.1 … 3.5`, `≥ 3.1`, `≤ 3.5`, `= OK`.
    pub(crate) fn shown_limits(&self) -> Option<String> {
        if !self.show_limits {
            return None;
        }
        let told = |operand: &Option<Operand>| Some(spell(operand.as_ref()?.value.as_ref().ok()?));
        match (told(&self.low_limit), told(&self.high_limit)) {
            (Some(low), Some(high)) => Some(format!("{low} … {high}")),
            (Some(low), None) => Some(format!("≥ {low}")),
            (None, Some(high)) => Some(format!("≤ {high}")),
            (None, None) => told(&self.expected).map(|expected| format!("= {expected}")),
        }
    }
}

impl OnTimeout {
    /// Reads `abort`, `fail` and `continue` in any case; anything else names a button.
    pub(crate) fn parse(text: &str) -> Self {
        match Action::parse(text) {
            Some(Action::Abort) => Self::Abort,
            Some(Action::Fail) => Self::Fail,
            Some(Action::Continue) => Self::Continue,
            Some(Action::Pass) | None => Self::Button(text.trim().to_owned()),
        }
    }
}
