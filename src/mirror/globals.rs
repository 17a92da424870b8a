//! Variables that all stations share: read before a run, followed while it goes on.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use redis::Value as Answer;
use serde_json::Value;

use super::Address;
use super::link::{Batch, Link, LinkError};
use super::remote::read;
use super::worker::PATIENCE;
use crate::event::Timestamp;
use crate::plan::globals::GlobalNames;

/// Time for the first look at Redis, all in all: a run waits no longer.
const FIRST_LOOK: Duration = Duration::from_millis(200);

/// Keys of global variables.
const PREFIX: &str = "global:";

/// Names that are asked for in one go.
const AT_ONCE: usize = 500;

/// Most global variables that are read where an expression may want any.
const ALL_AT_MOST: usize = 10_000;

/// What Redis knew before the run.
#[derive(Debug)]
pub(crate) struct Opened {
    /// Goes on as the connection of the mirror.
    pub(super) link: Link,
    pub(crate) globals: Globals,
}

/// Global variables as they were read.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Globals {
    pub(crate) values: BTreeMap<String, Value>,
    /// Names that were asked for and do not exist.
    pub(crate) missing: BTreeSet<String>,
}

/// The first look at Redis, which goes on beside what else begins a run.
#[derive(Debug)]
pub(crate) struct Opening {
    result: Receiver<Result<Opened, LinkError>>,
    end: Timestamp,
    now: fn() -> Timestamp,
}

impl Opening {
    /// Connects and reads the global variables of these names.
    pub(crate) fn begin(address: &Address, names: &GlobalNames, now: fn() -> Timestamp) -> Self {
        let (sender, result) = mpsc::channel();
        let (address, names) = (address.clone(), names.clone());
        let look = move || {
            // Nobody listens any more where it took too long.
            let _ = sender.send(open(&address, &names));
        };
        // Without a thread nothing is sent, which counts as no answer.
        drop(thread::Builder::new().name("redis".to_owned()).spawn(look));
        Self {
            result,
            end: now().after(FIRST_LOOK),
            now,
        }
    }

    /// Waits for the rest of the deadline.
    pub(crate) fn wait(self) -> Result<Opened, LinkError> {
        let left = self.end.since((self.now)());
        let result = self.result.recv_timeout(left);
        result.unwrap_or(Err(LinkError::Slow))
    }
}

fn open(address: &Address, names: &GlobalNames) -> Result<Opened, LinkError> {
    let mut link = Link::open(address, FIRST_LOOK)?;
    let globals = Globals::read(&mut link, names)?;
    link.set_patience(PATIENCE)?;
    Ok(Opened { link, globals })
}

impl Globals {
    /// Reads what these names may mean.
    pub(super) fn read(link: &mut Link, names: &GlobalNames) -> Result<Self, LinkError> {
        let mut wanted: BTreeSet<String> =
            names.candidates().into_iter().map(str::to_owned).collect();
        if names.all {
            wanted.extend(list(link)?);
        }
        let mut globals = Self::default();
        let wanted: Vec<String> = wanted.into_iter().collect();
        for chunk in wanted.chunks(AT_ONCE) {
            let mut batch = Batch::default();
            for name in chunk {
                batch.push(&[b"GET", format!("{PREFIX}{name}").as_bytes()]);
            }
            for (name, answer) in chunk.iter().zip(link.ask(&batch)?) {
                match answer {
                    Answer::BulkString(text) => {
                        globals.values.insert(name.clone(), read(&text));
                    }
                    // A key of another kind, such as a list, is no variable.
                    _ => drop(globals.missing.insert(name.clone())),
                }
            }
        }
        Ok(globals)
    }
}

/// The names of all global variables.
fn list(link: &mut Link) -> Result<BTreeSet<String>, LinkError> {
    let mut names = BTreeSet::new();
    let mut cursor = b"0".to_vec();
    loop {
        let mut batch = Batch::default();
        let pattern = format!("{PREFIX}*");
        batch.push(&[
            b"SCAN",
            &cursor,
            b"MATCH",
            pattern.as_bytes(),
            b"COUNT",
            b"1000",
        ]);
        let Answer::Array(mut answer) = link.tell(&batch)? else {
            return Ok(names);
        };
        let (Some(Answer::Array(keys)), Some(Answer::BulkString(next))) =
            (answer.pop(), answer.pop())
        else {
            return Ok(names);
        };
        let keys = keys.into_iter().filter_map(|key| match key {
            Answer::BulkString(key) => String::from_utf8(key).ok(),
            _ => None,
        });
        names.extend(keys.filter_map(|key| key.strip_prefix(PREFIX).map(str::to_owned)));
        if next == b"0" || names.len() >= ALL_AT_MOST {
            return Ok(names);
        }
        cursor = next;
    }
}
