//! `package.json` from the disk.

use std::path::Path;

use crate::diagnostic::{Code, Diagnostic};
use crate::package::load::read::read_text;
use crate::package::model::Manifest;
use crate::package::read::{ReadOptions, Reader, read_manifest};
use crate::package::yaml;
use crate::source::{SourceId, Span};

/// The name of every manifest.
pub(super) const MANIFEST: &str = "package.json";

/// Reads the text of a manifest; findings say what is wrong with it.
pub(super) fn parse_manifest(
    text: &str,
    source: SourceId,
    findings: &mut Vec<Diagnostic>,
) -> Option<Manifest> {
    // YAML takes more than JSON does (comments, missing quotes), so JSON has the first word.
    if let Err(error) =
        serde_json::from_str::<serde::de::IgnoredAny>(text.trim_start_matches('\u{feff}'))
    {
        findings.push(not_json(text, source, &error));
        return None;
    }
    // JSON white space may be a tab, which YAML refuses at some places; both are one byte. A tab
    // inside of a JSON text cannot be: it would have to be escaped.
    let text = text.replace('\t', " ");
    let node = yaml::parse(&text, source, findings)?;
    let mut reader = Reader::new(findings, ReadOptions::default());
    read_manifest(&mut reader, &node)
}

fn not_json(text: &str, source: SourceId, error: &serde_json::Error) -> Diagnostic {
    let mut starts = text.match_indices('\n').map(|(at, _)| at + 1);
    let line = match error.line() {
        0 | 1 => 0,
        line => starts.nth(line - 2).unwrap_or(text.len()),
    };
    // serde_json counts bytes, from 1, and points at the byte where it noticed.
    let bom = if line == 0 && text.starts_with('\u{feff}') {
        3
    } else {
        0
    };
    let at = (line + bom + error.column().saturating_sub(1)).min(text.len());
    let at = text.floor_char_boundary(at);
    let width = text[at..].chars().next().filter(|c| *c != '\n');
    let message = error.to_string();
    let reason = message.split(" at line ").next().unwrap_or(&message);
    let span = Span::new(source, at, at + width.map_or(0, char::len_utf8));
    Diagnostic::error(
        Code::ManifestSyntax,
        format!("package.json is no JSON: {reason}"),
    )
    .at(span, "the reader gave up here")
}

/// The name in the manifest of a folder, without judging the rest. `None` where there is none.
pub(super) fn name_in(folder: &Path) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct OnlyName {
        name: String,
    }
    let text = read_text(&folder.join(MANIFEST)).ok()?;
    let manifest: OnlyName = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
    Some(manifest.name)
}
