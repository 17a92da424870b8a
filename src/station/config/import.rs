//! What a document would change in a store.

use super::document::{Declared, Document};
use super::{
    Change, Changed, ConfigEntry, ConfigValue, Decision, NewValue, Scope, Setting, State, Target,
    decide,
};
use crate::diagnostic::{Code, Diagnostic};

/// The changes that make a store say what a document says.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Import {
    pub(crate) changes: Vec<Change>,
    /// What the changes come to, for people.
    pub(crate) preview: Vec<Changed>,
    /// Secrets that the document names and the store has no text for.
    pub(crate) missing: Vec<(Scope, String)>,
}

/// What becomes of keys that the document does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Others {
    Stay,
    /// They go from the scopes that the document speaks of.
    Go,
}

impl Import {
    /// Compares a document with what a store has. Contradictions are findings.
    pub(crate) fn of(
        document: &Document,
        current: &[ConfigEntry],
        others: Others,
        findings: &mut Vec<Diagnostic>,
    ) -> Self {
        let mut import = Self::default();
        for declared in &document.entries {
            let entry = current
                .iter()
                .find(|entry| entry.scope == declared.scope && entry.key == declared.key);
            import.add(declared, entry, findings);
        }
        let is_other = |entry: &&ConfigEntry| {
            document.scopes.contains(&entry.scope)
                && !document
                    .entries
                    .iter()
                    .any(|it| it.scope == entry.scope && it.key == entry.key)
        };
        if others == Others::Go {
            for entry in current.iter().filter(is_other) {
                let change = Change {
                    scope: entry.scope.clone(),
                    key: entry.key.clone(),
                    to: Target::Unset,
                };
                import.push(change, Some(entry));
            }
        }
        import
    }

    fn add(
        &mut self,
        declared: &Declared,
        entry: Option<&ConfigEntry>,
        findings: &mut Vec<Diagnostic>,
    ) {
        let is_secret = entry.map(|entry| entry.value == ConfigValue::Secret);
        let value = match (&declared.value, is_secret) {
            (ConfigValue::Plain(value), None | Some(false)) => NewValue::Plain(value.clone()),
            (ConfigValue::Secret, Some(true)) => NewValue::Kept,
            (ConfigValue::Secret, None) => {
                let place = (declared.scope.clone(), declared.key.clone());
                return self.missing.push(place);
            }
            (ConfigValue::Plain(_), Some(true)) => {
                return findings.push(contradiction(declared, "a plain value", "a secret"));
            }
            (ConfigValue::Secret, Some(false)) => {
                return findings.push(contradiction(declared, "a secret", "a plain value"));
            }
        };
        let said = |text: &Option<String>| Some(text.clone().unwrap_or_default());
        let change = Change {
            scope: declared.scope.clone(),
            key: declared.key.clone(),
            to: Target::Set(Setting {
                value,
                category: said(&declared.category),
                description: said(&declared.description),
            }),
        };
        self.push(change, entry);
    }

    fn push(&mut self, change: Change, entry: Option<&ConfigEntry>) {
        let before = entry.map(|entry| State {
            value: entry.value.clone(),
            category: entry.category.clone(),
            description: entry.description.clone(),
        });
        // A document has no texts of secrets, so nothing that needs one is refused.
        if let Ok(Decision::Becomes(after)) = decide(before.as_ref(), None, &change) {
            self.preview.push(Changed {
                scope: change.scope.clone(),
                key: change.key.clone(),
                before: before.map(|state| state.value),
                after: after.map(|state| state.value),
            });
            self.changes.push(change);
        }
    }
}

fn contradiction(declared: &Declared, here: &str, there: &str) -> Diagnostic {
    let Declared {
        scope, key, span, ..
    } = declared;
    let message = format!("`{key}` ({scope}) is {here} in the file and {there} in the store");
    let flag = match scope {
        Scope::Global => "--scope global".to_owned(),
        Scope::Station(id) => format!("--station {id}"),
    };
    Diagnostic::error(Code::WrongType, message)
        .at(*span, format!("{here} here"))
        .help(format!(
            "take it away first: maestro config unset {key} {flag}"
        ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::event::Timestamp;
    use crate::source::{SourceFile, Sources};
    use crate::station::config::document;

    fn entry(key: &str, value: ConfigValue) -> ConfigEntry {
        ConfigEntry {
            scope: Scope::Global,
            key: key.to_owned(),
            value,
            category: Some("old".to_owned()),
            description: None,
            updated_by: "ops".to_owned(),
            updated_at: Timestamp(0),
        }
    }

    fn import(text: &str, current: &[ConfigEntry], others: Others) -> (Import, Vec<String>) {
        let mut sources = Sources::default();
        let source = sources.add(SourceFile::new("c.yaml", "c.yaml".into(), text));
        let mut findings = Vec::new();
        let document = document::read(text, source, &mut findings);
        let import = Import::of(&document, current, others, &mut findings);
        (
            import,
            findings
                .into_iter()
                .map(|finding| finding.message)
                .collect(),
        )
    }

    fn keys(import: &Import) -> Vec<&str> {
        import
            .preview
            .iter()
            .map(|changed| changed.key.as_str())
            .collect()
    }

    #[test]
    fn only_what_differs_is_changed() {
        let current = [
            entry("SAME", ConfigValue::Plain(json!(1))),
            entry("VALUE", ConfigValue::Plain(json!(1))),
            entry("SAID", ConfigValue::Plain(json!(1))),
            entry("OTHER", ConfigValue::Plain(json!(1))),
        ];
        let text = "global:\n  SAME: { value: 1, category: old }\n  \
                    VALUE: { value: 2, category: old }\n  SAID: { value: 1 }\n  NEW: { value: 3 }\n";
        let (stays, _) = import(text, &current, Others::Stay);
        assert_eq!(keys(&stays), ["VALUE", "SAID", "NEW"]);
        let (goes, _) = import(text, &current, Others::Go);
        assert_eq!(keys(&goes), ["VALUE", "SAID", "NEW", "OTHER"]);
        // A scope that the file does not speak of is left alone.
        let (nothing, _) = import("stations: {b-1: {}}\n", &current, Others::Go);
        assert_eq!(keys(&nothing), Vec::<&str>::new());
    }

    #[test]
    fn secret_keeps_its_text_or_is_told_as_missing() {
        let current = [entry("THERE", ConfigValue::Secret)];
        let text = "global:\n  THERE: { secret: true, category: new }\n  GONE: { secret: true }\n";
        let (import, findings) = import(text, &current, Others::Stay);
        assert_eq!(findings, Vec::<String>::new());
        assert_eq!(keys(&import), ["THERE"]);
        assert_eq!(import.missing, [(Scope::Global, "GONE".to_owned())]);
    }

    #[test]
    fn secret_and_plain_value_of_one_key_contradict_each_other() {
        let current = [
            entry("A", ConfigValue::Secret),
            entry("B", ConfigValue::Plain(json!(1))),
        ];
        let text = "global:\n  A: { value: 1 }\n  B: { secret: true }\n";
        let (import, findings) = import(text, &current, Others::Stay);
        assert_eq!(import, Import::default());
        assert_eq!(findings.len(), 2, "{findings:?}");
    }
}
