//! The thread that follows the channel of the global variables.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::Address;
use super::globals::Globals;
use super::link::{Link, LinkError};
use super::worker::PATIENCE;
use crate::event::{Level, Timestamp, VariableSource};
use crate::outbox::Backoff;
use crate::plan::globals::GlobalNames;
use crate::session::{Command, Handle};

/// The channel, the same for all stations.
const CHANNEL: &str = "maestro:global";

/// How soon the thread hears that the run is over.
const TICK: Duration = Duration::from_millis(100);

/// How often it makes sure that the server is still there.
const PING: Duration = Duration::from_secs(5);

/// Longest pause between two attempts to connect.
const PAUSE_AT_MOST: Duration = Duration::from_secs(5);

/// Longest message that is taken.
const LONGEST: usize = 16 * 1024;

/// Keeps a copy of values for times without Redis; `None` stands for one that does not exist.
pub(crate) type Keep = Box<dyn FnMut(&[(&str, Option<&Value>)]) + Send>;

/// What following the global variables of a run needs.
pub(crate) struct WatchOptions {
    pub(crate) address: Address,
    /// The names that the run reads; others are kept and not handed to it.
    pub(crate) names: GlobalNames,
    /// What the run began with; `None` where Redis was away.
    pub(crate) known: Option<Globals>,
    pub(crate) handle: Handle,
    pub(crate) keep: Keep,
    pub(crate) seed: u64,
    pub(crate) now: fn() -> Timestamp,
}

/// Follows the global variables as long as it lives.
#[derive(Debug)]
pub(crate) struct Watch {
    is_over: Arc<AtomicBool>,
}

/// What the channel carries.
#[derive(Deserialize)]
struct Message {
    name: String,
    value: Value,
}

impl Watch {
    /// Begins to follow. Without a thread the run keeps the values that it began with.
    pub(crate) fn begin(options: WatchOptions) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let watcher = Watcher {
            backoff: Backoff::new(options.seed),
            is_over: Arc::clone(&is_over),
            has_complained: false,
            options,
        };
        let follow = move || watcher.work();
        drop(
            thread::Builder::new()
                .name("globals".to_owned())
                .spawn(follow),
        );
        Self { is_over }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
    }
}

struct Watcher {
    options: WatchOptions,
    backoff: Backoff,
    is_over: Arc<AtomicBool>,
    has_complained: bool,
}

impl Watcher {
    fn work(mut self) {
        if let Some(known) = self.options.known.take() {
            self.keep(&known);
            self.options.known = Some(known);
        }
        while !self.is_over() {
            if self.follow().is_err() {
                self.pause();
            }
        }
    }

    fn is_over(&self) -> bool {
        self.is_over.load(Ordering::SeqCst)
    }

    fn pause(&mut self) {
        let end = (self.options.now)().after(self.backoff.pause().min(PAUSE_AT_MOST));
        while !self.is_over() && (self.options.now)() < end {
            thread::park_timeout(TICK);
        }
    }

    /// Subscribes and hands on what comes, until the connection breaks or the run is over.
    fn follow(&mut self) -> Result<(), LinkError> {
        let mut link = Link::open(&self.options.address, PATIENCE)?;
        let mut channel = link.connection().as_pubsub();
        channel.subscribe(CHANNEL)?;
        // What was set before is read after: nothing falls between the two.
        self.catch_up()?;
        self.backoff.reset();
        let mut asked_at = (self.options.now)();
        while !self.is_over() {
            channel.set_read_timeout(Some(TICK))?;
            match channel.get_message().map_err(LinkError::from) {
                Ok(message) => self.take(message.get_payload_bytes()),
                Err(error) if !error.is_timeout() => return Err(error),
                Err(_) if (self.options.now)().since(asked_at) > PING => {
                    channel.set_read_timeout(Some(PATIENCE))?;
                    channel.ping::<redis::Value>()?;
                    asked_at = (self.options.now)();
                }
                Err(_) => {}
            }
        }
        Ok(())
    }

    /// Reads the names of the run anew and hands on what differs from what it knows.
    fn catch_up(&mut self) -> Result<(), LinkError> {
        let mut link = Link::open(&self.options.address, PATIENCE)?;
        let read = Globals::read(&mut link, &self.options.names)?;
        let known = self.options.known.take().unwrap_or_default();
        for (name, value) in &read.values {
            if known.values.get(name) != Some(value) {
                self.hand_on(name, value.clone());
            }
        }
        if read != known {
            self.keep(&read);
        }
        self.options.known = Some(read);
        Ok(())
    }

    fn take(&mut self, payload: &[u8]) {
        let message = match serde_json::from_slice::<Message>(payload) {
            Ok(message) if payload.len() <= LONGEST && !message.name.is_empty() => message,
            _ => return self.complain(),
        };
        let Message { name, value } = message;
        (self.options.keep)(&[(&name, Some(&value))]);
        if !self.options.names.reads(&name) {
            return;
        }
        let known = self.options.known.get_or_insert_default();
        if known.values.get(&name) != Some(&value) {
            known.values.insert(name.clone(), value.clone());
            self.hand_on(&name, value);
        }
    }

    fn hand_on(&self, name: &str, value: Value) {
        self.options.handle.send(Command::SetVariable {
            name: format!("global.{name}"),
            value,
            source: VariableSource::Global,
        });
    }

    fn keep(&mut self, globals: &Globals) {
        let values = globals.values.iter();
        let missing: BTreeSet<&String> = globals.missing.iter().collect();
        let kept: Vec<(&str, Option<&Value>)> = values
            .map(|(name, value)| (name.as_str(), Some(value)))
            .chain(missing.into_iter().map(|name| (name.as_str(), None)))
            .collect();
        if !kept.is_empty() {
            (self.options.keep)(&kept);
        }
    }

    /// Says once that somebody sends what nobody can read.
    fn complain(&mut self) {
        if std::mem::replace(&mut self.has_complained, true) {
            return;
        }
        self.options.handle.send(Command::Log {
            level: Level::Warning,
            source: "redis".to_owned(),
            message: format!(
                "a message on channel {CHANNEL} is not used: it must be JSON such as \
                 {{\"name\": \"lot\", \"value\": \"A17\"}} of at most 16 KiB"
            ),
        });
    }
}
