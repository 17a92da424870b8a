//! A question to the operator as declared.

use crate::package::model::{Templated, Value};
use crate::source::{Span, Spanned};

/// The `prompt` block; texts may hold templates.
#[derive(Debug, Clone)]
pub(crate) struct PromptDecl {
    pub(crate) message: Spanned<String>,
    pub(crate) title: Option<Spanned<String>>,
    /// Relative to the package root.
    pub(crate) image: Option<Spanned<String>>,
    /// As declared; empty means the default buttons.
    pub(crate) buttons: Vec<ButtonDecl>,
    pub(crate) default_button: Option<Spanned<String>>,
    pub(crate) input: Option<InputDecl>,
    pub(crate) timeout_s: Option<Spanned<Templated<f64>>>,
    pub(crate) on_timeout: Option<Spanned<OnTimeout>>,
}

#[derive(Debug, Clone)]
pub(crate) struct ButtonDecl {
    pub(crate) name: Spanned<String>,
    pub(crate) action: Spanned<ButtonAction>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ButtonAction {
    Pass,
    Fail,
    Abort,
    Continue,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum OnTimeout {
    Abort,
    Fail,
    Continue,
    /// A button's name.
    Button(String),
}

/// What the operator enters.
#[derive(Debug, Clone)]
pub(crate) struct InputDecl {
    pub(crate) span: Span,
    /// Absent: `number` with a limit, `list` with options, else `text`; see [`InputDecl::mode`].
    pub(crate) mode: Option<Spanned<InputMode>>,
    pub(crate) variable: Option<Spanned<String>>,
    pub(crate) low_limit: Option<Value>,
    pub(crate) high_limit: Option<Value>,
    pub(crate) unit: Option<Spanned<String>>,
    pub(crate) expected: Option<Value>,
    /// A list, or a template that gives one.
    pub(crate) options: Option<Value>,
    pub(crate) pattern: Option<Spanned<String>>,
    pub(crate) default: Option<Value>,
    pub(crate) prefill: Option<Spanned<bool>>,
    pub(crate) show_limits: Option<Spanned<bool>>,
}

impl InputDecl {
    /// The mode, declared or inferred.
    pub(crate) fn mode(&self) -> InputMode {
        match &self.mode {
            Some(mode) => mode.value,
            None if self.low_limit.is_some() || self.high_limit.is_some() => InputMode::Number,
            None if self.options.is_some() => InputMode::List,
            None => InputMode::Text,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InputMode {
    Number,
    Text,
    Boolean,
    List,
}
