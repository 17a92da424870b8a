//! The config as a YAML document, for people, version control and other databases.
//!
//! ```yaml
//! global:
//!   DMM: { value: "10.0.0.7:5025", category: instruments }
//!   MES_TOKEN: { secret: true, description: Token of the MES }
//! stations:
//!   bench-7:
//!     DMM: { value: "10.0.0.8:5025" }
//! ```
//!
//! A secret is named and has no text here. What is written is read back exactly.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use super::{ConfigEntry, ConfigValue, Scope, is_key};
use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::package::read::{Fields, ReadOptions, Reader};
use crate::package::yaml::{self, Entry, Node, Resolved};
use crate::source::{SourceId, Span};

const GLOBAL: &str = "global";
const STATIONS: &str = "stations";

/// One key of a document.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Declared {
    pub(crate) scope: Scope,
    pub(crate) key: String,
    pub(crate) value: ConfigValue,
    pub(crate) category: Option<String>,
    pub(crate) description: Option<String>,
    /// Where the key stands.
    pub(crate) span: Span,
}

/// A document: its keys, and the scopes that it speaks of, empty ones too.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Document {
    pub(crate) scopes: Vec<Scope>,
    pub(crate) entries: Vec<Declared>,
}

/// Writes entries as a document. By hand: the common writers leave `yes` without quotes and a line
/// separator as it is.
pub(crate) fn write(entries: &[ConfigEntry]) -> String {
    let mut global = String::new();
    let mut stations: BTreeMap<&str, String> = BTreeMap::new();
    for entry in entries {
        match &entry.scope {
            Scope::Global => write_entry(&mut global, "  ", entry),
            Scope::Station(id) => write_entry(stations.entry(id).or_default(), "    ", entry),
        }
    }
    let mut text = String::new();
    if !global.is_empty() {
        let _ = write!(text, "{GLOBAL}:\n{global}");
    }
    if !stations.is_empty() {
        let _ = writeln!(text, "{STATIONS}:");
    }
    for (id, entries) in stations {
        let _ = write!(text, "  {}:\n{entries}", scalar(id));
    }
    text
}

// Writing to a text cannot fail.
fn write_entry(text: &mut String, indent: &str, entry: &ConfigEntry) {
    let _ = writeln!(text, "{indent}{}:", scalar(&entry.key));
    let mut field = |name: &str, value: &str| {
        let _ = writeln!(text, "{indent}  {name}: {value}");
    };
    match &entry.value {
        ConfigValue::Plain(value) => field("value", &flow(value)),
        ConfigValue::Secret => field("secret", "true"),
    }
    for (name, said) in [
        ("category", &entry.category),
        ("description", &entry.description),
    ] {
        if let Some(said) = said {
            field(name, &scalar(said));
        }
    }
}

/// A value on one line.
pub(crate) fn flow(value: &Value) -> String {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(text) => scalar(text),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(flow).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(map) => {
            let pairs = map.iter();
            let pairs: Vec<String> = pairs
                .map(|(key, value)| format!("{}: {}", scalar(key), flow(value)))
                .collect();
            format!("{{{}}}", pairs.join(", "))
        }
    }
}

/// A text: as it is where every reader of YAML takes it for a text, else in quotes.
fn scalar(text: &str) -> String {
    // What YAML 1.1 takes for a boolean is left to nobody's guess.
    const WORDS: [&str; 9] = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];
    let is_plain = text.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | '/'))
        && text.ends_with(|c: char| c != ' ')
        && text
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '/' | '.' | '-' | '@' | ' '))
        && !WORDS.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is_plain {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            ' '..='~'
            | '\u{a0}'..='\u{2027}'
            | '\u{202a}'..='\u{d7ff}'
            | '\u{e000}'..='\u{fefe}'
            | '\u{ff00}'..='\u{fffd}' => quoted.push(c),
            c => {
                let _ = write!(quoted, "\\U{:08x}", c as u32);
            }
        }
    }
    quoted.push('"');
    quoted
}

/// Reads a document; mistakes are findings at their places.
pub(crate) fn read(text: &str, source: SourceId, findings: &mut Vec<Diagnostic>) -> Document {
    let mut document = Document::default();
    let Some(node) = yaml::parse(text, source, findings) else {
        return document;
    };
    if node.is_null() {
        return document;
    }
    let mut reader = Reader::new(findings, ReadOptions::default());
    let Some(mut fields) = Fields::open(&mut reader, &node, "the file", "the file") else {
        return document;
    };
    if let Some(node) = fields.take(GLOBAL) {
        document.read_scope(&mut reader, &Scope::Global, node);
    }
    if let Some(node) = fields.take(STATIONS) {
        match node.mapping() {
            None => reader.wrong_type(node, STATIONS, "a mapping from stations to their values"),
            Some(stations) => {
                for station in &*stations.entries {
                    let scope = Scope::Station(station.key.value.to_string());
                    document.read_scope(&mut reader, &scope, &station.value);
                }
            }
        }
    }
    fields.finish(&mut reader);
    document
}

impl Document {
    fn read_scope(&mut self, reader: &mut Reader<'_>, scope: &Scope, node: &Node) {
        self.scopes.push(scope.clone());
        if node.is_null() {
            return;
        }
        let Some(mapping) = node.mapping() else {
            reader.wrong_type(
                node,
                &scope.to_string(),
                "a mapping from keys to their values",
            );
            return;
        };
        for entry in &*mapping.entries {
            self.entries.extend(read_entry(reader, scope, entry));
        }
    }
}

fn read_entry(reader: &mut Reader<'_>, scope: &Scope, entry: &Entry) -> Option<Declared> {
    const KNOWN: [&str; 4] = ["value", "secret", "category", "description"];
    let key = entry.key.value.to_string();
    if !is_key(&key) {
        let message = format!("`{key}` cannot be named as `cfg.KEY` by a test");
        reader.push(
            Diagnostic::error(Code::WrongType, message)
                .at(entry.key.span, "not a key")
                .help(
                    "letters, digits, `_` and `-`, beginning with a letter; dots join such words",
                ),
        );
        return None;
    }
    let Some(fields) = entry.value.mapping() else {
        reader.wrong_type(&entry.value, &key, "a mapping such as `{ value: 5 }`");
        return None;
    };
    for other in &*fields.entries {
        if !KNOWN.contains(&&**other.key) {
            let help = did_you_mean(&other.key, KNOWN)
                .unwrap_or_else(|| format!("known fields: {}", KNOWN.join(", ")));
            let message = format!("a value of the config has no field `{}`", *other.key);
            let finding = Diagnostic::error(Code::UnknownKey, message);
            reader.push(finding.at(other.key.span, "unknown field").help(help));
        }
    }
    let is_secret = fields.get("secret").is_some_and(|field| {
        reader
            .boolean(&field.value, "secret")
            .is_some_and(|flag| *flag)
    });
    // `value:` with nothing after it is null, and means it.
    let value = match (fields.get("value"), is_secret) {
        (Some(field), false) => ConfigValue::Plain(field.value.to_json()),
        (None, true) => ConfigValue::Secret,
        (Some(field), true) => {
            let message = format!("the text of the secret `{key}` does not belong into a file");
            reader.push(
                Diagnostic::error(Code::WrongType, message)
                    .at(field.key.span, "a secret has no value here")
                    .help("take it away, and set it with `maestro config set KEY --secret`"),
            );
            return None;
        }
        (None, false) => {
            let message = format!("`{key}` has no value");
            reader.missing(entry.key.span, message, "write `value:`, or `secret: true`");
            return None;
        }
    };
    let mut text = |name: &str| {
        let field = fields.get(name).filter(|field| !is_nothing(&field.value))?;
        Some(reader.text(&field.value, name)?.value)
    };
    Some(Declared {
        scope: scope.clone(),
        value,
        category: text("category"),
        description: text("description"),
        key,
        span: entry.key.span,
    })
}

fn is_nothing(node: &Node) -> bool {
    node.scalar()
        .is_some_and(|scalar| scalar.value() == Resolved::Null || scalar.text.is_empty())
}

/// A value as it is written on a command line: YAML.
pub(crate) fn read_value(
    text: &str,
    source: SourceId,
    findings: &mut Vec<Diagnostic>,
) -> Option<Value> {
    yaml::parse(text, source, findings).map(|node| node.to_json())
}

#[cfg(test)]
mod tests;
