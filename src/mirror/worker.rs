//! The thread that keeps the mirror of one run.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use redis::Value;

use super::Address;
use super::link::{Batch, Link, LinkError};
use super::realm::{Realm, kind};
use super::remote::Remote;
use crate::event::{RunId, Timestamp};
use crate::journal::{Positions, Reader};
use crate::outbox::Backoff;
use crate::session::Handle;

/// How often the mirror looks at the journal.
const TICK: Duration = Duration::from_millis(50);

/// How often it looks whether the realm is still there, when it has nothing to write.
const HEARTBEAT: Duration = Duration::from_secs(1);

/// Longest wait for an answer.
pub(super) const PATIENCE: Duration = Duration::from_millis(500);

/// Longest pause between two attempts to connect: a mirror that is long behind is of no use.
const PAUSE_AT_MOST: Duration = Duration::from_secs(5);

/// Time after the end of a run in which its last events are told and its keys are deleted.
pub(super) const CLOSING: Duration = Duration::from_millis(500);

/// The newest events that are told after a time in which Redis was slow, in bytes of the journal;
/// those before are left out, and the numbers show the gap.
const TOLD_AT_MOST: u64 = 1 << 20;

/// What a mirror needs to know.
#[derive(Debug)]
pub(crate) struct MirrorOptions {
    pub(crate) address: Address,
    pub(crate) run: RunId,
    pub(crate) station: String,
    /// Time to live of every key, in seconds.
    pub(crate) ttl_s: u32,
    /// The journal of the run, and how far it is written.
    pub(crate) journal: PathBuf,
    pub(crate) positions: Arc<Positions>,
    /// A clock that never jumps.
    pub(crate) now: fn() -> Timestamp,
    /// Chance for the pauses between attempts.
    pub(crate) seed: u64,
    /// Where values go that somebody sets in Redis; `None` ignores them.
    pub(crate) remote: Option<RemoteOptions>,
}

/// Who may change variables of a run in Redis.
#[derive(Debug)]
pub(crate) struct RemoteOptions {
    pub(crate) handle: Handle,
    /// Names that nobody outside the test may set: what they hold in Redis is put right.
    pub(crate) locked: BTreeSet<String>,
}

/// The state of the thread.
pub(super) struct Worker {
    options: MirrorOptions,
    reader: Reader,
    /// How far the journal is read.
    offset: u64,
    realm: Realm,
    remote: Option<Remote>,
    channel: String,
    /// What stands before the fields of an event in its message.
    head: String,
    link: Option<Link>,
    /// The server's number of the connection that was given up last: what was sent on it and not
    /// worked off yet must not come after what is written anew.
    given_up: Option<i64>,
    backoff: Backoff,
    /// When to try to connect again.
    retry_at: Option<Timestamp>,
    beaten_at: Timestamp,
    written_at: Timestamp,
}

impl Worker {
    /// `link` is the connection that was made before the run, so that its first event is told.
    pub(super) fn new(mut options: MirrorOptions, reader: Reader, link: Option<Link>) -> Self {
        let now = (options.now)();
        let mut worker = Self {
            reader,
            offset: 0,
            realm: Realm::new(options.run, &options.station, options.ttl_s),
            remote: options.remote.take().map(Remote::new),
            channel: format!("maestro:events:{}", options.station),
            head: format!("{{\"run\":\"{}\",", options.run),
            link: None,
            given_up: None,
            backoff: Backoff::new(options.seed),
            retry_at: None,
            beaten_at: now,
            written_at: now,
            options,
        };
        match link {
            Some(link) => worker.begin(link),
            None => worker.wait(),
        }
        worker
    }

    /// Mirrors until the run is over.
    pub(super) fn work(mut self) {
        loop {
            // Read before the journal, so that nothing appended before the end is missed.
            let is_over = self.options.positions.is_closed();
            let is_read = self.round();
            if is_over && is_read {
                return self.close();
            }
            if is_read {
                self.options.positions.pause(TICK);
            }
        }
    }

    /// Reads what is new and brings Redis up to date; `false` while there is more to read.
    fn round(&mut self) -> bool {
        let now = (self.options.now)();
        let is_due = self.retry_at.is_none_or(|at| at <= now);
        if self.link.is_none() && is_due {
            self.connect(PATIENCE);
        }
        let (events, is_read) = self.read();
        if self.link.is_some() {
            let told = self.update(events, now).and_then(|()| self.hear(now));
            if told.is_err() {
                self.give_up();
            }
        }
        is_read
    }

    /// Reads the next part of the journal; gives what to publish of it.
    fn read(&mut self) -> (Batch, bool) {
        let end = self.options.positions.appended();
        let flushed = self.options.positions.flushed();
        let mut events = Batch::default();
        let is_heard = self.link.is_some();
        let (realm, channel, head) = (&mut self.realm, &self.channel, &self.head);
        let read = self.reader.lines_from(self.offset, end, &mut |json, next| {
            // A verdict is told when the disk has it, and never without.
            if kind(json) == b"run_finished" && next > flushed {
                return false;
            }
            realm.fold(json);
            if is_heard && end - next < TOLD_AT_MOST {
                // The first event says itself which run it belongs to.
                let message = match kind(json) {
                    b"run_started" => json.to_vec(),
                    _ => [head.as_bytes(), json.get(1..).unwrap_or_default()].concat(),
                };
                events.push(&[b"PUBLISH", channel.as_bytes(), &message]);
            }
            true
        });
        // A journal that cannot be read is the run's trouble, not the mirror's.
        let next = read.unwrap_or(self.offset);
        let is_read = next == self.offset || next >= end;
        self.offset = next;
        (events, is_read)
    }

    /// Writes what changed, then tells the events, so that who hears of a value finds it.
    fn update(&mut self, events: Batch, now: Timestamp) -> Result<(), LinkError> {
        let life = Duration::from_secs(u64::from(self.options.ttl_s));
        if now.since(self.written_at) >= life / 3 {
            // Renews every key, and puts right what was deleted or changed by hand.
            self.write_all(now)?;
        }
        let is_quiet = events.is_empty() && !self.realm.is_behind();
        if is_quiet && now.since(self.beaten_at) < HEARTBEAT.min(life / 3) {
            return Ok(());
        }
        let mut batches = self.realm.write_changes();
        match batches.last_mut() {
            Some(last) => last.append(events),
            None => batches.push(events),
        }
        if self.send(batches)? {
            self.write_all(now)?;
        }
        self.beaten_at = now;
        Ok(())
    }

    /// Sends pipelines, each ended by the renewal of `_alive`; true where that one was gone.
    fn send(&mut self, batches: Vec<Batch>) -> Result<bool, LinkError> {
        let Some(link) = &mut self.link else {
            return Ok(false);
        };
        let mut was_gone = false;
        for mut batch in batches {
            self.realm.renew(&mut batch);
            was_gone |= link.tell(&batch)? == Value::Int(0);
        }
        Ok(was_gone)
    }

    /// Writes the whole realm: Redis has just been reached, or has lost it.
    fn write_all(&mut self, now: Timestamp) -> Result<(), LinkError> {
        let Some(link) = &mut self.link else {
            return Ok(());
        };
        for batch in self.realm.write_all() {
            link.tell(&batch)?;
        }
        self.written_at = now;
        self.beaten_at = now;
        self.backoff.reset();
        Ok(())
    }

    /// Takes in what somebody else wrote.
    fn hear(&mut self, now: Timestamp) -> Result<(), LinkError> {
        match (&mut self.remote, &mut self.link) {
            (Some(remote), Some(link)) => remote.look(&mut self.realm, link, now),
            _ => Ok(()),
        }
    }

    fn connect(&mut self, patience: Duration) {
        match Link::open(&self.options.address, patience) {
            Ok(link) => self.begin(link),
            Err(_) => self.wait(),
        }
    }

    /// Begins with a fresh connection.
    fn begin(&mut self, mut link: Link) {
        if let Some(id) = self.given_up.take() {
            // A server that stood still works off what it was sent on the old connection; not
            // after this. One that refuses to has nothing of the kind left soon.
            let _ = link.kill(id);
        }
        self.link = Some(link);
        if self.write_all((self.options.now)()).is_err() {
            self.give_up();
        }
    }

    /// The connection is of no use any more.
    fn give_up(&mut self) {
        if let Some(link) = self.link.take() {
            self.given_up = link.id();
        }
        self.wait();
    }

    fn wait(&mut self) {
        let pause = self.backoff.pause().min(PAUSE_AT_MOST);
        self.retry_at = Some((self.options.now)().after(pause));
    }

    /// The run is over: no key stays.
    fn close(mut self) {
        let end = (self.options.now)().after(CLOSING);
        if self.link.is_none() && self.realm.was_sent() {
            // Perhaps it is back.
            match Link::open(&self.options.address, CLOSING / 2) {
                Ok(link) => self.link = Some(link),
                Err(_) => return,
            }
        }
        let Some(mut link) = self.link.take() else {
            return;
        };
        if let Some(id) = self.given_up.take() {
            let _ = link.kill(id);
        }
        for batch in self.realm.delete_all() {
            let left = end.since((self.options.now)());
            let is_deleted = link.set_patience(left).and_then(|()| link.tell(&batch));
            if left.is_zero() || is_deleted.is_err() {
                // What is left goes with its time to live.
                return;
            }
        }
    }
}
