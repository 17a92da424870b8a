//! The variables of a run as Redis is to hold them, and which of them it holds.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::value::RawValue;

use super::link::Batch;
use crate::event::RunId;
use crate::expr::Variables;

/// Bytes of one pipeline; more are sent in several, so that a slow server answers now and then.
const PIPELINE: usize = 256 * 1024;

/// The newest value of each variable of a run, and what Redis lacks of it.
#[derive(Debug)]
pub(super) struct Realm {
    /// `realm:{run}:`.
    prefix: String,
    /// Time to live, as Redis reads it.
    life: String,
    /// What the key `_alive` holds.
    sign: String,
    /// Names and values, as JSON.
    values: BTreeMap<String, String>,
    /// Names whose value or absence Redis does not have yet.
    changed: BTreeSet<String>,
    /// Every name that was ever sent: our own list of what is to be deleted.
    sent: BTreeSet<String>,
    was_sent: bool,
}

/// What of a journal line says how variables changed.
#[derive(Deserialize)]
struct Line<'a> {
    #[serde(default)]
    unset: Vec<String>,
    #[serde(borrow, default)]
    outputs: BTreeMap<String, &'a RawValue>,
    #[serde(borrow, default)]
    published: BTreeMap<String, &'a RawValue>,
    #[serde(borrow, default)]
    values: BTreeMap<String, &'a RawValue>,
}

impl Realm {
    /// A realm without variables; `life` is the time to live of its keys in seconds.
    pub(super) fn new(run: RunId, station: &str, life: u32) -> Self {
        Self {
            prefix: format!("realm:{run}:"),
            life: life.to_string(),
            sign: serde_json::json!({ "station_id": station }).to_string(),
            values: BTreeMap::new(),
            changed: BTreeSet::new(),
            sent: BTreeSet::new(),
            was_sent: false,
        }
    }

    /// Takes in what a journal line (an event as JSON) says of variables.
    pub(super) fn fold(&mut self, json: &[u8]) {
        let kind = kind(json);
        if !matches!(
            kind,
            b"variable_set" | b"attempt_finished" | b"step_finished"
        ) {
            return;
        }
        let Ok(line) = serde_json::from_slice::<Line<'_>>(json) else {
            return;
        };
        for name in line.unset {
            if self.values.remove(&name).is_some() {
                self.changed.insert(name);
            }
        }
        let maps = [line.outputs, line.published, line.values];
        for (name, value) in maps.into_iter().flatten() {
            if !Variables::is_reserved(&name) && name != ALIVE {
                self.set(name, value.get());
            }
        }
    }

    fn set(&mut self, name: String, value: &str) {
        if self.values.get(&name).is_some_and(|old| old == value) {
            return;
        }
        self.values.insert(name.clone(), value.to_owned());
        self.changed.insert(name);
    }

    /// Whether Redis lacks something.
    pub(super) fn is_behind(&self) -> bool {
        !self.changed.is_empty()
    }

    /// The names with their values, those excepted that Redis does not have yet.
    pub(super) fn settled(&self) -> impl Iterator<Item = (&str, &str)> {
        let values = self.values.iter();
        let settled = values.filter(|(name, _)| !self.changed.contains(*name));
        settled.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether anything was ever sent.
    pub(super) const fn was_sent(&self) -> bool {
        self.was_sent
    }

    /// How many variables there are.
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    /// Redis has lost or changed this one.
    pub(super) fn is_lost(&mut self, name: &str) {
        self.changed.insert(name.to_owned());
    }

    /// The key of a variable.
    pub(super) fn key(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// Pipelines that bring Redis up to date, and nothing else.
    pub(super) fn write_changes(&mut self) -> Vec<Batch> {
        let names = std::mem::take(&mut self.changed);
        let batches = self.write(&names);
        self.sent.extend(names);
        batches
    }

    /// Pipelines that write the whole realm, each key with its time to live, `_alive` last of all:
    /// where it is, the realm is whole.
    pub(super) fn write_all(&mut self) -> Vec<Batch> {
        self.was_sent = true;
        self.changed.clear();
        let mut names: BTreeSet<String> = self.values.keys().cloned().collect();
        names.extend(std::mem::take(&mut self.sent));
        let mut batches = self.write(&names);
        self.sent = names;
        let alive = self.key(ALIVE);
        let mut last = batches.pop().unwrap_or_default();
        last.push(&[
            b"SET",
            alive.as_bytes(),
            self.sign.as_bytes(),
            b"EX",
            self.life.as_bytes(),
        ]);
        batches.push(last);
        batches
    }

    /// Adds the renewal of `_alive`; the answer 0 says that it was gone.
    pub(super) fn renew(&self, batch: &mut Batch) {
        let alive = self.key(ALIVE);
        batch.push(&[b"EXPIRE", alive.as_bytes(), self.life.as_bytes()]);
    }

    /// Adds the renewal of a key that somebody else wrote, perhaps without a time to live.
    pub(super) fn renew_one(&self, name: &str, batch: &mut Batch) {
        let key = self.key(name);
        batch.push(&[b"EXPIRE", key.as_bytes(), self.life.as_bytes()]);
    }

    /// Pipelines that delete every key that was ever sent.
    pub(super) fn delete_all(&self) -> Vec<Batch> {
        let names = self.sent.iter().map(String::as_str).chain([ALIVE]);
        let keys: Vec<String> = names.map(|name| self.key(name)).collect();
        let chunks = keys.chunks(1000).map(|chunk| {
            let mut words: Vec<&[u8]> = vec![b"DEL"];
            words.extend(chunk.iter().map(String::as_bytes));
            let mut batch = Batch::default();
            batch.push(&words);
            batch
        });
        chunks.collect()
    }

    fn write(&self, names: &BTreeSet<String>) -> Vec<Batch> {
        let mut batches = vec![Batch::default()];
        for name in names {
            let key = self.key(name);
            if batches.last().is_none_or(|batch| batch.size() > PIPELINE) {
                batches.push(Batch::default());
            }
            let Some(batch) = batches.last_mut() else {
                continue;
            };
            match self.values.get(name) {
                Some(value) => batch.push(&[
                    b"SET",
                    key.as_bytes(),
                    value.as_bytes(),
                    b"EX",
                    self.life.as_bytes(),
                ]),
                None => batch.push(&[b"DEL", key.as_bytes()]),
            }
        }
        batches
    }
}

/// The key that says that a realm is there and whole; a variable of this name is not mirrored.
const ALIVE: &str = "_alive";

/// The type of an event. Only numbers stand before it, so that the first match is the right one.
pub(super) fn kind(json: &[u8]) -> &[u8] {
    const MARK: &[u8] = b"\"type\":\"";
    let Some(at) = json.windows(MARK.len()).position(|window| window == MARK) else {
        return b"";
    };
    let rest = &json[at + MARK.len()..];
    let end = rest.iter().position(|&byte| byte == b'"');
    &rest[..end.unwrap_or_default()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn realm() -> Realm {
        Realm::new(RunId(uuid::Uuid::nil()), "bench-1", 600)
    }

    fn values(realm: &Realm) -> Vec<(&str, &str)> {
        let values = realm.values.iter();
        values.map(|(name, value)| (&**name, &**value)).collect()
    }

    /// The commands of pipelines, without their lengths.
    fn words(batches: Vec<Batch>) -> Vec<String> {
        let mut all = Batch::default();
        for batch in batches {
            all.append(batch);
        }
        let text = String::from_utf8(all.into_bytes()).unwrap();
        let commands = text.split('*').skip(1).map(|command| {
            let words = command.split("\r\n").skip(1);
            let words = words.filter(|word| !word.starts_with('$') && !word.is_empty());
            words.collect::<Vec<_>>().join(" ")
        });
        let prefix = realm().prefix;
        commands
            .map(|command| command.replace(&prefix, ""))
            .collect()
    }

    #[test]
    fn events_give_and_take_variables() {
        let mut realm = realm();
        for line in [
            r#"{"v":1,"seq":2,"time":3,"type":"variable_set","source":"start","values":{"a":1,"result":7,"global.lot":"A"}}"#,
            r#"{"v":1,"seq":3,"time":3,"type":"attempt_finished","outputs":{"b":{"x":[1, 2]}},"unset":["result"]}"#,
            r#"{"v":1,"seq":4,"time":3,"type":"step_finished","step":1,"outputs":{"cfg":1,"_alive":1,"ä\"":"ü"},"published":{"a":3.30}}"#,
            r#"{"v":1,"seq":5,"time":3,"type":"logged","message":"\"outputs\":{\"c\":1}"}"#,
            r#"{"v":1,"seq":6,"time":3,"type":"step_finished","outputs":5}"#,
        ] {
            realm.fold(line.as_bytes());
        }
        let expected = [("a", "3.30"), ("b", r#"{"x":[1, 2]}"#), ("ä\"", "\"ü\"")];
        assert_eq!(values(&realm), expected);
    }

    #[test]
    fn what_did_not_change_is_not_written_again() {
        let mut realm = realm();
        realm.set("a".to_owned(), "1");
        realm.set("b".to_owned(), "2");
        assert_eq!(
            words(realm.write_changes()),
            ["SET a 1 EX 600", "SET b 2 EX 600"]
        );
        realm.set("a".to_owned(), "1");
        assert!(!realm.is_behind());
        realm.fold(br#"{"type":"step_finished","unset":["b","c"]}"#);
        assert_eq!(words(realm.write_changes()), ["DEL b"]);
    }

    #[test]
    fn whole_realm_ends_with_the_sign_that_it_is_whole() {
        let mut realm = realm();
        realm.set("a".to_owned(), "1");
        realm.set("b".to_owned(), "2");
        drop(realm.write_changes());
        realm.fold(br#"{"type":"step_finished","unset":["a"]}"#);
        let written = words(realm.write_all());
        let sign = "SET _alive {\"station_id\":\"bench-1\"} EX 600";
        assert_eq!(written, ["DEL a", "SET b 2 EX 600", sign]);
        assert!(!realm.is_behind());
        assert_eq!(words(realm.delete_all()), ["DEL a b _alive"]);
    }

    #[test]
    fn many_variables_take_several_pipelines() {
        let mut realm = realm();
        for number in 0..10 {
            realm.set(number.to_string(), &"x".repeat(PIPELINE / 4));
        }
        assert!((2..=3).contains(&realm.write_changes().len()));
        let whole = realm.write_all();
        assert!((2..=3).contains(&whole.len()));
        assert!(words(whole).last().unwrap().starts_with("SET _alive"));
    }
}
