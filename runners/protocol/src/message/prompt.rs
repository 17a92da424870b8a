//! `prompt`: a question to the operator, asked by test code. Its words are those of the `prompt`
//! block of a test definition.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Parameters of `prompt`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PromptParams {
    /// The question.
    pub message: String,
    /// Headline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Picture, relative to the package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Buttons; none means one `OK`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<PromptButton>,
    /// Name of the button that Enter presses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_button: Option<String>,
    /// What to enter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<PromptInput>,
    /// Seconds until the question answers itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_s: Option<f64>,
    /// What happens then: `abort`, `fail`, `continue` or the name of a button.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_timeout: Option<String>,
}

/// One button of a prompt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromptButton {
    /// Its label.
    pub name: String,
    /// `pass`, `fail`, `abort` or `continue`.
    pub action: String,
}

/// The field of a prompt.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PromptInput {
    /// `number`, `text`, `boolean` or `list`.
    pub mode: String,
    /// Variable that takes the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variable: Option<String>,
    /// Lower limit of a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low_limit: Option<Value>,
    /// Upper limit of a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high_limit: Option<Value>,
    /// Unit of a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The right answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Value>,
    /// Choices of a list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Value>,
    /// Regular expression for text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// Answer of an unattended station.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// Whether the default stands in the field from the start.
    #[serde(default)]
    pub prefill: bool,
    /// Whether limits are shown before the answer.
    #[serde(default)]
    pub show_limits: bool,
}

/// Answer to `prompt`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PromptReply {
    /// Name of the pressed button; null after a timeout.
    #[serde(default)]
    pub button: Option<String>,
    /// Its action, in lower case.
    pub action: String,
    /// What was entered; null without a field.
    #[serde(default)]
    pub value: Value,
    /// True when the question answered itself.
    #[serde(default)]
    pub timed_out: bool,
}
