//! SARIF 2.1.0, for code scanning services and editors.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use super::place::Place;
use crate::diagnostic::{Code, Diagnostic, Label, Severity};
use crate::source::Sources;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// One SARIF log with one run. Rules are listed for the codes that occur.
pub(crate) fn sarif(findings: &[Diagnostic], sources: &Sources) -> String {
    let mut codes: Vec<Code> = findings.iter().map(|finding| finding.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let rules: Vec<Value> = codes.iter().map(|code| rule(*code)).collect();
    let results: Vec<Value> = findings
        .iter()
        .map(|finding| result(finding, &codes, sources))
        .collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "maestro",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{log:#}\n")
}

fn rule(code: Code) -> Value {
    let explanation = code.explanation();
    let first = explanation.split("\n\n").next().unwrap_or(explanation);
    json!({
        "id": code.as_str(),
        "shortDescription": { "text": first },
        "fullDescription": { "text": explanation },
        "help": { "text": explanation },
    })
}

fn result(finding: &Diagnostic, codes: &[Code], sources: &Sources) -> Value {
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "note",
    };
    let mut text = finding.message.clone();
    if let Some(help) = &finding.help {
        let _ = write!(text, "\nHelp: {help}");
    }
    let locations = finding.labels.iter().take(1);
    let related = finding.labels.iter().skip(1);
    json!({
        "ruleId": finding.code.as_str(),
        "ruleIndex": codes.binary_search(&finding.code).unwrap_or(0),
        "level": level,
        "message": { "text": text },
        "locations": locations.map(|label| location(label, sources)).collect::<Vec<_>>(),
        "relatedLocations": related.map(|label| location(label, sources)).collect::<Vec<_>>(),
    })
}

fn location(label: &Label, sources: &Sources) -> Value {
    let place = Place::of(label.span, sources);
    json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(place.file) },
            "region": {
                "startLine": place.line,
                "startColumn": place.column,
                "endLine": place.end_line,
                "endColumn": place.end_column,
                "byteOffset": label.span.start,
                "byteLength": label.span.len(),
            },
        },
        "message": { "text": label.text },
    })
}

/// A relative reference, or a `file:` address for an absolute path.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    if Path::new(path).is_absolute() {
        uri.push_str("file://");
    }
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(byte as char);
            }
            _ => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}
