//! What all readers share: the findings and the choices of the caller.

use crate::diagnostic::{Code, Diagnostic, Severity, did_you_mean};
use crate::package::yaml::Node;
use crate::source::Span;

/// Choices of the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct ReadOptions {
    pub(crate) unknown_keys: UnknownKeys,
}

/// How bad a key is that the format does not have (`unknown_keys` of the station).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum UnknownKeys {
    #[default]
    Error,
    Warn,
}

/// Collects findings while a tree is read.
#[derive(Debug)]
pub(crate) struct Reader<'f> {
    pub(crate) findings: &'f mut Vec<Diagnostic>,
    pub(crate) options: ReadOptions,
}

impl<'f> Reader<'f> {
    pub(crate) fn new(findings: &'f mut Vec<Diagnostic>, options: ReadOptions) -> Self {
        Self { findings, options }
    }

    pub(crate) fn push(&mut self, finding: Diagnostic) {
        self.findings.push(finding);
    }

    /// Reports a value of the wrong form; `wanted` reads like `a list`.
    pub(crate) fn wrong_type(&mut self, node: &Node, field: &str, wanted: &str) {
        let message = format!(
            "`{field}` must be {wanted}, and this is {}",
            node.describe()
        );
        self.push(
            Diagnostic::error(Code::WrongType, message).at(node.span, format!("expected {wanted}")),
        );
    }

    /// Reports a missing field at the head of the thing that lacks it.
    pub(crate) fn missing(&mut self, span: Span, message: impl Into<String>, help: &str) {
        let finding = Diagnostic::error(Code::MissingField, message)
            .at(span, "missing here")
            .help(help);
        self.push(finding);
    }

    /// Reports a key that the format does not have at this place.
    pub(crate) fn unknown_key(&mut self, key: &str, span: Span, what: &str, known: &[&str]) {
        let severity = match self.options.unknown_keys {
            UnknownKeys::Error => Severity::Error,
            UnknownKeys::Warn => Severity::Warning,
        };
        let help = did_you_mean(key, known.iter().copied())
            .or_else(|| (known.len() <= 12).then(|| format!("known keys: {}", known.join(", "))));
        let message = format!("{what} has no key `{key}`");
        let finding = Diagnostic::new(severity, Code::UnknownKey, message);
        self.push(finding.at(span, "unknown key").maybe_help(help));
    }
}
