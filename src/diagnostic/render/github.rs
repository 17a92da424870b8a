//! Workflow commands, which GitHub shows as annotations beside the lines.

use std::fmt::Write as _;

use super::place::Place;
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::Sources;

/// One command per finding.
pub(crate) fn github(findings: &[Diagnostic], sources: &Sources) -> String {
    let mut out = String::new();
    for finding in findings {
        command(finding, sources, &mut out);
    }
    out
}

fn command(finding: &Diagnostic, sources: &Sources, out: &mut String) {
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "notice",
    };
    let mut message = finding.message.clone();
    let mut place = String::new();
    if let Some(label) = finding.labels.first() {
        let at = Place::of(label.span, sources);
        let file = property(at.file);
        let _ = write!(
            place,
            "file={file},line={},endLine={}",
            at.line, at.end_line
        );
        // Columns are only taken within one line; the last one is included.
        if at.line == at.end_line {
            let last = at.end_column.saturating_sub(1).max(at.column);
            let _ = write!(place, ",col={},endColumn={last}", at.column);
        }
        place.push(',');
        let _ = write!(message, " ({})", label.text);
    }
    if let Some(help) = &finding.help {
        let _ = write!(message, "\nHelp: {help}");
    }
    let title = property(finding.code.as_str());
    let _ = writeln!(out, "::{level} {place}title={title}::{}", data(&message));
}

fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
