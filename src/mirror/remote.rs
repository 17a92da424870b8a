//! Values that somebody else sets in Redis for variables of the run.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use redis::Value as Answer;
use serde_json::Value;

use super::link::{Batch, Link, LinkError};
use super::realm::Realm;
use super::worker::RemoteOptions;
use crate::event::{Level, Timestamp, VariableSource};
use crate::session::Command;

/// How often the values are compared.
const PERIOD: Duration = Duration::from_millis(100);

/// What comparing may cost the server: with many variables it is done less often.
const PERIOD_EACH: Duration = Duration::from_micros(100);

/// Longest value that is taken from outside.
const LONGEST: usize = 16 * 1024;

/// Names that are asked for in one go.
const AT_ONCE: usize = 200;

/// Notices what was set from outside and hands it to the run.
///
/// By comparing, not by keyspace notifications: those are off unless the server's settings say
/// otherwise, and one that is lost would be lost for good.
#[derive(Debug)]
pub(super) struct Remote {
    options: RemoteOptions,
    next_at: Timestamp,
    /// What was handed to the run, until the run has a value of its own.
    handed: BTreeMap<String, Vec<u8>>,
    /// Names whose values were too long: each is told once.
    refused: BTreeSet<String>,
}

impl Remote {
    pub(super) const fn new(options: RemoteOptions) -> Self {
        Self {
            options,
            next_at: Timestamp(0),
            handed: BTreeMap::new(),
            refused: BTreeSet::new(),
        }
    }

    /// Compares what Redis holds with what the run holds.
    pub(super) fn look(
        &mut self,
        realm: &mut Realm,
        link: &mut Link,
        now: Timestamp,
    ) -> Result<(), LinkError> {
        if now < self.next_at {
            return Ok(());
        }
        self.next_at = now.after(PERIOD.max(PERIOD_EACH * realm.len() as u32));
        let held: Vec<(String, String)> = realm
            .settled()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let end = LONGEST.to_string();
        for chunk in held.chunks(AT_ONCE) {
            let mut batch = Batch::default();
            for (name, _) in chunk {
                // Whatever is written there, no more than this comes back.
                let key = realm.key(name);
                batch.push(&[b"GETRANGE", key.as_bytes(), b"0", end.as_bytes()]);
            }
            let answers = link.ask(&batch)?;
            let mut renewed = Batch::default();
            for ((name, value), answer) in chunk.iter().zip(answers) {
                self.compare(name, value, answer, realm, &mut renewed);
            }
            if !renewed.is_empty() {
                link.ask(&renewed)?;
            }
        }
        Ok(())
    }

    fn compare(
        &mut self,
        name: &str,
        value: &str,
        answer: Answer,
        realm: &mut Realm,
        renewed: &mut Batch,
    ) {
        let text = match answer {
            Answer::BulkString(text) if !text.is_empty() => text,
            // Deleted, or of another kind: no value of ours is empty.
            _ => return realm.is_lost(name),
        };
        // A value of the run that is longer than what is compared is nobody else's.
        if text == value.as_bytes() || value.len() > LONGEST {
            self.handed.remove(name);
            return;
        }
        if self.handed.get(name) == Some(&text) {
            return;
        }
        if text.len() > LONGEST {
            realm.is_lost(name);
            if self.refused.insert(name.to_owned()) {
                self.options.handle.send(Command::Log {
                    level: Level::Warning,
                    source: "redis".to_owned(),
                    message: format!(
                        "'{name}' was set from outside and is left as it is: its value is longer \
                         than 16 KiB"
                    ),
                });
            }
            return;
        }
        self.options.handle.send(Command::SetVariable {
            name: name.to_owned(),
            value: read(&text),
            source: VariableSource::Remote,
        });
        if self.options.locked.contains(name) {
            // The run says why it takes no value for it.
            realm.is_lost(name);
        } else {
            realm.renew_one(name, renewed);
            self.handed.insert(name.to_owned(), text);
        }
    }
}

/// A value as somebody writes it into Redis: JSON, else a text.
pub(super) fn read(text: &[u8]) -> Value {
    serde_json::from_slice(text)
        .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(text).into_owned()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn value_is_json_or_else_a_text() {
        for (text, value) in [
            ("3.3", json!(3.3)),
            ("true", json!(true)),
            ("\"5\"", json!("5")),
            ("[1, 2]", json!([1, 2])),
            ("ready", json!("ready")),
            ("007", json!("007")),
            ("{half", json!("{half")),
        ] {
            assert_eq!(read(text.as_bytes()), value, "{text}");
        }
    }
}
