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
