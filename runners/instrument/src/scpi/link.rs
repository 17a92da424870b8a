//! What a connection to an instrument can do, and what can go wrong with it.

use std::fmt;
use std::ops::Range;
use std::time::{Duration, Instant};

use crate::clock;
use crate::talk::Talk;

/// How often a cancellation is looked for during a wait.
const TICK: Duration = Duration::from_millis(10);

/// An open connection.
pub(super) trait Link: fmt::Debug + Send {
    /// Sends a whole message.
    fn send(&mut self, message: &[u8], wait: &Wait<'_>) -> Result<(), Trouble>;

    /// Receives a whole message: a block, or text up to the terminator.
    fn receive(&mut self, terminator: &[u8], wait: &Wait<'_>) -> Result<Message, Trouble>;

    /// Throws away what has come without being asked for, and returns it.
    fn discard(&mut self) -> Result<Vec<u8>, Trouble>;

    /// Whether [`Link::recover`] has to ask the instrument, which may be too busy to answer: what is
    /// only written then goes out as it is.
    fn recovers_by_asking(&self) -> bool;

    /// Sees to it that the answer to an earlier query is never taken for that of a later one.
    fn recover(&mut self, terminator: &[u8], wait: &Wait<'_>) -> Result<Recovered, Trouble>;
}

/// How a connection is after [`Link::recover`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Recovered {
    /// Nothing of the earlier query is on its way any more: how that is known.
    Clean(&'static str),
    /// Only another connection can promise that.
    Reopen,
}

/// A message as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) raw: Vec<u8>,
    /// The bytes between header and terminator.
    content: Range<usize>,
    pub(super) is_block: bool,
}

/// What went wrong with a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    Cancelled,
    /// What had come until then.
    TimedOut(Vec<u8>),
    /// The connection is of no more use.
    Broken(String),
}

/// How long somebody waits.
#[derive(Clone, Copy)]
pub(super) struct Wait<'a> {
    pub(super) until: Instant,
    pub(super) talk: &'a dyn Talk,
}

impl Message {
    pub(super) fn new(raw: Vec<u8>, content: Range<usize>, is_block: bool) -> Self {
        debug_assert!(
            content.end <= raw.len(),
            "the content is part of the message"
        );
        Self {
            raw,
            content,
            is_block,
        }
    }

    pub(super) fn content(&self) -> &[u8] {
        &self.raw[self.content.clone()]
    }

    /// The content as text. Instruments that are not of UTF-8 are of Latin-1.
    pub(super) fn text(&self) -> String {
        match std::str::from_utf8(self.content()) {
            Ok(text) => text.to_owned(),
            Err(_) => self.content().iter().copied().map(char::from).collect(),
        }
    }
}

impl<'a> Wait<'a> {
    pub(super) fn new(limit: Duration, talk: &'a dyn Talk) -> Self {
        let now = clock::now();
        Self {
            // A limit beyond what the clock can tell is none for anybody alive.
            until: now
                .checked_add(limit)
                .unwrap_or(now + Duration::from_hours(24 * 365)),
            talk,
        }
    }

    /// A shorter one, by the same caller.
    pub(super) fn at_most(&self, limit: Duration) -> Self {
        Self {
            until: self.until.min(clock::now() + limit),
            ..*self
        }
    }

    pub(super) fn left(&self) -> Duration {
        self.until.saturating_duration_since(clock::now())
    }

    /// How long to wait until it is looked again whether anybody still wants it.
    pub(super) fn slice(&self) -> Result<Duration, Trouble> {
        if self.talk.is_cancelled() {
            return Err(Trouble::Cancelled);
        }
        match self.left() {
            Duration::ZERO => Err(Trouble::TimedOut(Vec::new())),
            left => Ok(left.min(TICK)),
        }
    }
}
