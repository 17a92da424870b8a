//! The form for editors and scripts; its fields are a contract.

use serde_json::{Value, json};

use super::place::Place;
use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::source::Sources;

/// Version of the form.
const VERSION: u32 = 1;

/// One JSON document: every finding, and how many there are of each kind.
pub(crate) fn json(findings: &[Diagnostic], sources: &Sources) -> String {
    let listed: Vec<Value> = findings.iter().map(|f| finding(f, sources)).collect();
    let count = |severity| findings.iter().filter(|f| f.severity == severity).count();
    let document = json!({
        "version": VERSION,
        "findings": listed,
        "errors": count(Severity::Error),
        "warnings": count(Severity::Warning),
        "hints": count(Severity::Hint),
    });
    format!("{document:#}\n")
}

fn finding(finding: &Diagnostic, sources: &Sources) -> Value {
    let mut labels = finding.labels.iter();
    let mut value = json!({
        "code": finding.code.as_str(),
        "severity": finding.severity.as_str(),
        "message": finding.message,
        "help": finding.help,
    });
    if let Some(first) = labels.next() {
        merge(&mut value, label(first, sources));
    }
    value["related"] = labels.map(|related| label(related, sources)).collect();
    value
}

fn label(label: &Label, sources: &Sources) -> Value {
    let place = Place::of(label.span, sources);
    json!({
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
        "start_byte": label.span.start,
        "end_byte": label.span.end,
        "label": label.text,
    })
}

fn merge(value: &mut Value, more: Value) {
    if let (Value::Object(value), Value::Object(more)) = (value, more) {
        value.extend(more);
    }
}
