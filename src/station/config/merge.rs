//! The levels as one set.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{ConfigEntry, ConfigValue, Scope, Secret, Snapshot};

/// Where a merged value comes from; a later one wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// `cfg` of `station.yaml`.
    File,
    Global,
    Station,
}

/// One key of the merged set.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct MergedEntry {
    pub(crate) value: ConfigValue,
    pub(crate) level: Level,
    /// The entry of the store, unless the value is the file's.
    pub(crate) entry: Option<ConfigEntry>,
}

/// What one station sees.
#[derive(Debug, Clone, Default)]
pub(crate) struct Merged {
    pub(crate) entries: BTreeMap<String, MergedEntry>,
    /// Texts of the winning secrets, by key.
    secrets: BTreeMap<String, Secret>,
    /// Texts that no record may hold: those of the winning secrets and of the overruled.
    masked: Vec<Secret>,
}

/// Merges the file's values and what a store holds for `station`.
pub(crate) fn merged(file: &Map<String, Value>, store: &Snapshot, station: &str) -> Merged {
    let mut all = Merged::default();
    for (key, value) in file {
        let entry = MergedEntry {
            value: ConfigValue::Plain(value.clone()),
            level: Level::File,
            entry: None,
        };
        all.entries.insert(key.clone(), entry);
    }
    for level in [Level::Global, Level::Station] {
        for entry in store
            .entries
            .iter()
            .filter(|entry| level.holds(entry, station))
        {
            let found = MergedEntry {
                value: entry.value.clone(),
                level,
                entry: Some(entry.clone()),
            };
            all.entries.insert(entry.key.clone(), found);
            match store.secret(&entry.scope, &entry.key) {
                Some(secret) => all.secrets.insert(entry.key.clone(), secret.clone()),
                None => all.secrets.remove(&entry.key),
            };
        }
    }
    all.masked = store.secrets.values().cloned().collect();
    all
}

impl Level {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::File => "station.yaml",
            Self::Global => "global",
            Self::Station => "station",
        }
    }

    fn holds(self, entry: &ConfigEntry, station: &str) -> bool {
        match &entry.scope {
            Scope::Global => self == Self::Global,
            Scope::Station(id) => self == Self::Station && id == station,
        }
    }
}

impl Merged {
    /// The values for templates and runners, secrets in the clear. A secret whose text is not there
    /// is left out: an undefined name is told, a wrong password is not.
    pub(crate) fn clear(&self) -> Map<String, Value> {
        let values = self.entries.iter().filter_map(|(key, entry)| {
            let value = match &entry.value {
                ConfigValue::Plain(value) => value.clone(),
                ConfigValue::Secret => Value::from(self.secrets.get(key)?.reveal()),
            };
            Some((key.clone(), value))
        });
        values.collect()
    }

    /// The values for the record, a mark for each secret.
    pub(crate) fn snapshot(&self) -> Map<String, Value> {
        let values = self.entries.iter();
        values
            .map(|(key, entry)| (key.clone(), entry.value.shown()))
            .collect()
    }

    /// Keys of secrets whose text is not there.
    pub(crate) fn missing(&self) -> Vec<&str> {
        let secrets = self.entries.iter().filter(|(key, entry)| {
            entry.value == ConfigValue::Secret && !self.secrets.contains_key(*key)
        });
        secrets.map(|(key, _)| key.as_str()).collect()
    }

    /// Every text that no record may hold.
    pub(crate) fn masked(&self) -> &[Secret] {
        &self.masked
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::SECRET_MARK;
    use super::*;
    use crate::event::Timestamp;

    fn entry(scope: Scope, key: &str, value: ConfigValue) -> ConfigEntry {
        ConfigEntry {
            scope,
            key: key.to_owned(),
            value,
            category: None,
            description: None,
            updated_by: "ops".to_owned(),
            updated_at: Timestamp(0),
        }
    }

    fn station(id: &str) -> Scope {
        Scope::Station(id.to_owned())
    }

    #[test]
    fn station_wins_over_global_over_the_file() {
        let file = json!({"A": "file", "B": "file", "C": "file"});
        let plain = |text: &str| ConfigValue::Plain(json!(text));
        let snapshot = Snapshot {
            entries: vec![
                // The order of the rows does not matter.
                entry(station("b-1"), "C", plain("station")),
                entry(station("other"), "A", plain("other")),
                entry(Scope::Global, "B", plain("global")),
                entry(Scope::Global, "C", plain("global")),
            ],
            ..Snapshot::default()
        };
        let merged = merged(file.as_object().unwrap(), &snapshot, "b-1");
        assert_eq!(
            Value::Object(merged.clear()),
            json!({"A": "file", "B": "global", "C": "station"})
        );
        assert_eq!(merged.entries["C"].level, Level::Station);
    }

    #[test]
    fn secret_is_clear_for_the_run_and_a_mark_in_the_record() {
        let text = Secret::stored("correct horse".to_owned());
        let mut snapshot = Snapshot {
            entries: vec![entry(Scope::Global, "PW", ConfigValue::Secret)],
            ..Snapshot::default()
        };
        let lost = merged(&Map::new(), &snapshot, "b-1");
        assert_eq!(lost.missing(), ["PW"]);
        assert_eq!(lost.clear(), Map::new());
        snapshot
            .secrets
            .insert((Scope::Global, "PW".to_owned()), text);
        let found = merged(&Map::new(), &snapshot, "b-1");
        assert_eq!(Value::Object(found.clear()), json!({"PW": "correct horse"}));
        assert_eq!(Value::Object(found.snapshot()), json!({"PW": SECRET_MARK}));
        assert!(found.missing().is_empty());
    }

    #[test]
    fn overruled_secret_stays_masked() {
        let text = Secret::stored("correct horse".to_owned());
        let snapshot = Snapshot {
            entries: vec![
                entry(Scope::Global, "PW", ConfigValue::Secret),
                entry(station("b-1"), "PW", ConfigValue::Plain(json!("open"))),
            ],
            secrets: BTreeMap::from([((Scope::Global, "PW".to_owned()), text.clone())]),
            trouble: None,
        };
        let merged = merged(&Map::new(), &snapshot, "b-1");
        assert_eq!(Value::Object(merged.clear()), json!({"PW": "open"}));
        assert_eq!(merged.masked(), [text]);
    }
}
