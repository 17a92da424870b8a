//! One finding.

use crate::diagnostic::Code;
use crate::source::{Sources, Span};

/// How bad a finding is; an error keeps a run from starting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Severity {
    Hint,
    Warning,
    Error,
}

impl Severity {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Hint => "hint",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A mistake in a document: names the thing, the place and the way out.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Diagnostic {
    pub(crate) code: Code,
    pub(crate) severity: Severity,
    pub(crate) message: String,
    /// The first is the place of the finding; others may lie in other files.
    pub(crate) labels: Vec<Label>,
    pub(crate) help: Option<String>,
}

/// A place and what is to be said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) span: Span,
    pub(crate) text: String,
}

impl Diagnostic {
    pub(crate) fn new(severity: Severity, code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            severity,
            message: message.into(),
            labels: Vec::new(),
            help: None,
        }
    }

    pub(crate) fn error(code: Code, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message)
    }

    pub(crate) fn warning(code: Code, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message)
    }

    pub(crate) fn hint(code: Code, message: impl Into<String>) -> Self {
        Self::new(Severity::Hint, code, message)
    }

    /// Adds a place; the first one added is where the finding stands.
    pub(crate) fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label {
            span,
            text: text.into(),
        });
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a help text where one is known.
    pub(crate) fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help.or(self.help);
        self
    }

    pub(crate) fn primary(&self) -> Option<Span> {
        self.labels.first().map(|label| label.span)
    }

    pub(crate) fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Puts findings into the order of their places and drops repeated ones.
///
/// An anchor that is used twice, or a file that two tests include, is read once but may be judged
/// several times; the author sees each mistake once.
pub(crate) fn sort_findings(findings: &mut Vec<Diagnostic>, sources: &Sources) {
    findings.sort_by_cached_key(|finding| {
        let place = finding.primary().map(|span| {
            let file = sources.file(span.source).shown().to_owned();
            (file, span.start, span.end)
        });
        (place, finding.code, finding.message.clone())
    });
    findings.dedup_by(|later, earlier| {
        later.code == earlier.code
            && later.message == earlier.message
            && later.primary() == earlier.primary()
    });
}
