//! A look at a Redis for those who look after a station.

use std::time::{Duration, Instant};

use redis::Value;

use super::Address;
use super::link::{Batch, Link, LinkError};

/// Longest wait for the connection and for each answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// A key of no run.
const KEY: &[u8] = b"realm:doctor:probe";

/// How a Redis is.
#[derive(Debug)]
pub(crate) struct Probe {
    /// The best of a few round trips.
    pub(crate) latency: Duration,
    /// `None` where the user may not ask.
    pub(crate) version: Option<String>,
    /// Bytes beyond which it gives keys up or refuses writes.
    pub(crate) memory_limit: Option<u64>,
    /// What it does then.
    pub(crate) eviction: Option<String>,
    /// Why it does not take what a mirror writes.
    pub(crate) refuses: Option<String>,
}

impl Probe {
    /// Connects, asks, writes one key that is gone at once.
    pub(crate) fn take(address: &Address) -> Result<Self, LinkError> {
        let mut link = Link::open(address, PATIENCE)?;
        let mut latency = PATIENCE;
        for _ in 0..5 {
            let mut ping = Batch::default();
            ping.push(&[b"PING"]);
            let began = now();
            link.tell(&ping)?;
            latency = latency.min(now().duration_since(began));
        }
        let info = info(&mut link)?;
        let field = |name: &str| {
            let mut lines = info.lines().filter_map(|line| line.split_once(':'));
            lines
                .find(|(key, _)| *key == name)
                .map(|(_, value)| value.trim().to_owned())
        };
        let limit = field("maxmemory").and_then(|text| text.parse().ok());
        let mut write = Batch::default();
        write.push(&[b"SET", KEY, b"1", b"EX", b"5"]);
        write.push(&[b"EXPIRE", KEY, b"5"]);
        write.push(&[b"PUBLISH", b"maestro:events:doctor", b"{}"]);
        write.push(&[b"DEL", KEY]);
        let refuses = match link.tell(&write) {
            Ok(_) => None,
            Err(LinkError::Refused(why)) => Some(why),
            Err(error) => return Err(error),
        };
        Ok(Self {
            latency,
            version: field("redis_version"),
            memory_limit: limit.filter(|&bytes| bytes > 0),
            eviction: field("maxmemory_policy"),
            refuses,
        })
    }
}

/// What the server says of itself; empty where the user may not ask.
fn info(link: &mut Link) -> Result<String, LinkError> {
    let mut batch = Batch::default();
    batch.push(&[b"INFO"]);
    let text = match link.ask(&batch)?.pop() {
        Some(Value::BulkString(text)) => String::from_utf8_lossy(&text).into_owned(),
        Some(Value::VerbatimString { text, .. }) => text,
        _ => String::new(),
    };
    Ok(text)
}

#[expect(
    clippy::disallowed_methods,
    reason = "measures how long an answer takes"
)]
fn now() -> Instant {
    Instant::now()
}
