//! What can be wrong with a template or a condition, and the names that they read.

use std::ops::Range;

/// A mistake in a template or a condition, or a failure to evaluate it.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct ExprError {
    /// One sentence without a full stop.
    pub(crate) message: String,
    /// The bytes of the parsed text that are at fault, where that is known.
    pub(crate) range: Option<Range<usize>>,
    /// What to write instead, where that is known.
    pub(crate) help: Option<String>,
    /// The variable that does not exist, where that is the trouble.
    pub(crate) unknown: Option<UnknownName>,
}

/// A variable that does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnknownName {
    pub(crate) name: String,
    /// The names most like it, best first.
    pub(crate) nearest: Vec<String>,
}

/// A variable that a template or a condition reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NameUse {
    /// The full dotted name: `vout`, `cfg.dmm`, `exec.tag.ProductId`.
    pub(crate) name: String,
    /// Its bytes in the parsed text.
    pub(crate) range: Range<usize>,
    /// The whole inside of the `{{ }}` around it, where that is an expression. It is a name as well:
    /// where a variable with this name exists, the expression is not evaluated (`{{my-var}}`).
    pub(crate) within: Option<String>,
    /// The text asks whether the variable exists (`x is defined`, `defined(x)`, `x | default(…)`).
    pub(crate) is_optional: bool,
}

impl ExprError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            range: None,
            help: None,
            unknown: None,
        }
    }

    /// Adds the bytes at fault.
    pub(crate) fn at(mut self, range: Range<usize>) -> Self {
        self.range = Some(range);
        self
    }

    /// Adds what to write instead.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// A variable that does not exist, with the names nearest to it.
    pub(crate) fn unknown(name: &str, nearest: Vec<String>) -> Self {
        let message = match nearest.as_slice() {
            [] => format!("variable '{name}' is not defined"),
            names => format!(
                "variable '{name}' is not defined; did you mean {}?",
                names
                    .iter()
                    .map(|name| format!("'{name}'"))
                    .collect::<Vec<_>>()
                    .join(" or ")
            ),
        };
        Self {
            unknown: Some(UnknownName {
                name: name.to_owned(),
                nearest,
            }),
            ..Self::new(message)
        }
    }
}
