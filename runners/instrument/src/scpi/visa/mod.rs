//! Connections through a vendor's VISA library, loaded when the first of them is opened.
//!
//! A library is not to be trusted: it may be missing, answer with codes that nobody knows, hang or
//! crash. Its calls are made by a thread of their own for each session, and none of them may end
//! this process by a panic. The `unsafe` of this crate is in `calls`.

mod calls;
mod library;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use visa_rs::flags::AccessMode;
use visa_rs::{AsResourceManager as _, DefaultRM, Instrument, JobID, VisaString};

use self::calls::{End, Failure};
use super::block::{Head, LONGEST};
use super::link::{Link, Message, Recovered, Trouble, Wait};
use crate::clock;

pub use self::library::{VISA_LIBRARY, find_visa_library};

/// How much longer than its limit a call may take before it counts as hung.
const OVERTIME: Duration = Duration::from_secs(1);
/// How long a call that was told to end is waited for when nobody will kill this process.
const LAST_WORDS: Duration = Duration::from_millis(300);
const TICK: Duration = Duration::from_millis(10);
const PIECE: usize = 64 << 10;

/// A session of the library.
#[derive(Debug)]
pub(super) struct VisaLink {
    instrument: Arc<Instrument>,
    /// Closed after the instrument.
    manager: Option<DefaultRM>,
    jobs: Option<Sender<Job>>,
    results: Receiver<Outcome>,
    /// A call has not come back.
    is_stuck: bool,
}

/// What a call brought, or why it failed and what had come until then.
type Outcome = Result<Vec<u8>, (Failure, Vec<u8>)>;

/// One call of the library.
#[derive(Debug)]
enum Job {
    Send(Vec<u8>, Duration),
    Receive(Duration),
    Clear,
}

impl VisaLink {
    /// Opens a session that nobody else has, where the interface knows such a thing.
    pub(super) fn open(name: &str, limit: Duration) -> Result<Self, String> {
        library::load()?;
        let manager = calls::guarded(DefaultRM::new)
            .map_err(|failure| format!("the VISA library cannot be used: {}", failure.text()))?;
        let resource = VisaString::from_string(name.to_owned())
            .ok_or_else(|| "the name holds the byte 0".to_owned())?;
        let open = |mode| calls::guarded(|| manager.open(&resource, mode, limit));
        let instrument = match open(AccessMode::EXCLUSIVE_LOCK) {
            Ok(instrument) => instrument,
            Err(failure) if failure.is_locked() => {
                return Err("it is in use by another program".to_owned());
            }
            // Not every interface has locks.
            Err(_) => open(AccessMode::NO_LOCK).map_err(|failure| failure.text())?,
        };
        Self::start(Arc::new(instrument), manager)
    }

    fn start(instrument: Arc<Instrument>, manager: DefaultRM) -> Result<Self, String> {
        let (jobs, orders) = channel();
        let (done, results) = channel();
        let worked_on = Arc::clone(&instrument);
        thread::Builder::new()
            .name("visa".to_owned())
            .spawn(move || {
                for job in orders {
                    if done.send(work(&worked_on, job)).is_err() {
                        break;
                    }
                }
                // Whoever waits for the end of this thread closes the instrument.
                drop(worked_on);
                drop(done);
            })
            .map_err(|error| format!("no thread can be started: {error}"))?;
        Ok(Self {
            instrument,
            manager: Some(manager),
            jobs: Some(jobs),
            results,
            is_stuck: false,
        })
    }

    /// Has a call made, and waits for it as long as somebody wants it.
    fn call(&mut self, job: Job, wait: &Wait<'_>) -> Result<Vec<u8>, Trouble> {
        let sent = self.jobs.as_ref().filter(|_| !self.is_stuck);
        if sent.is_none_or(|jobs| jobs.send(job).is_err()) {
            let message = "the VISA library has not come back from an earlier call";
            return Err(Trouble::Broken(message.to_owned()));
        }
        loop {
            match self.results.recv_timeout(TICK) {
                Ok(Ok(bytes)) => return Ok(bytes),
                Ok(Err((failure, part))) => return Err(trouble(&failure, part)),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(self.failed()),
            }
            if wait.talk.is_cancelled() {
                return Err(self.end_call(wait));
            }
            if clock::now() > wait.until + OVERTIME {
                self.is_stuck = true;
                return Err(Trouble::Broken("the VISA library hangs".to_owned()));
            }
        }
    }

    /// Ends the call that goes on. The call that ends it is waited for as well: a clear that comes
    /// late would take away the answer to the next query.
    fn end_call(&mut self, wait: &Wait<'_>) -> Trouble {
        let told_at = clock::now();
        let ending = self.interrupt();
        let mut has_ended = false;
        loop {
            match self.results.recv_timeout(TICK) {
                Ok(_) => has_ended = true,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return self.failed(),
            }
            if has_ended && ending.as_ref().is_none_or(JoinHandle::is_finished) {
                return Trouble::Cancelled;
            }
            // While an engine watches, it decides how long this may take.
            if wait.talk.is_abandoned() && told_at.elapsed() > LAST_WORDS {
                self.is_stuck = true;
                return Trouble::Cancelled;
            }
        }
    }

    fn failed(&mut self) -> Trouble {
        self.is_stuck = true;
        Trouble::Broken("the VISA library failed".to_owned())
    }

    /// Tells the library to end the call that goes on, from a thread that may hang in its place.
    fn interrupt(&self) -> Option<JoinHandle<()>> {
        let instrument = Arc::clone(&self.instrument);
        let work = move || {
            calls::guarded(|| instrument.terminate(JobID::null())).ok();
            calls::guarded(|| instrument.clear()).ok();
        };
        // Without a thread the engine ends this process when the grace of the step is over.
        thread::Builder::new().spawn(work).ok()
    }
}

impl Drop for VisaLink {
    fn drop(&mut self) {
        self.jobs = None;
        let until = clock::now() + LAST_WORDS;
        while !self.is_stuck {
            match self.results.recv_timeout(TICK) {
                Err(RecvTimeoutError::Disconnected) => return,
                _ if clock::now() > until => self.is_stuck = true,
                _ => {}
            }
        }
        // Closing would wait for the call that hangs; the end of this process closes it too.
        std::mem::forget(self.manager.take());
        std::mem::forget(Arc::clone(&self.instrument));
    }
}

impl Link for VisaLink {
    fn send(&mut self, message: &[u8], wait: &Wait<'_>) -> Result<(), Trouble> {
        wait.slice()?;
        self.call(Job::Send(message.to_vec(), wait.left()), wait)
            .map(drop)
    }

    fn receive(&mut self, terminator: &[u8], wait: &Wait<'_>) -> Result<Message, Trouble> {
        wait.slice()?;
        let raw = self.call(Job::Receive(wait.left()), wait)?;
        Ok(message(raw, terminator))
    }

    fn discard(&mut self) -> Result<Vec<u8>, Trouble> {
        // A new message makes the instrument drop what it had to say (IEEE 488.2, 6.3).
        Ok(Vec::new())
    }

    fn recovers_by_asking(&self) -> bool {
        false
    }

    fn recover(&mut self, _terminator: &[u8], wait: &Wait<'_>) -> Result<Recovered, Trouble> {
        match self.call(Job::Clear, wait) {
            Ok(_) => Ok(Recovered::Clean("the instrument was cleared")),
            Err(Trouble::Cancelled) => Err(Trouble::Cancelled),
            // Not every interface can.
            Err(_) => Ok(Recovered::Reopen),
        }
    }
}

/// Makes one call.
fn work(instrument: &Instrument, job: Job) -> Outcome {
    let nothing = |failure| (failure, Vec::new());
    match job {
        Job::Send(bytes, limit) => {
            calls::set_limit(instrument, limit).map_err(nothing)?;
            calls::write(instrument, &bytes).map_err(nothing)?;
            Ok(Vec::new())
        }
        Job::Receive(limit) => {
            calls::set_limit(instrument, limit).map_err(nothing)?;
            receive(instrument)
        }
        Job::Clear => {
            calls::guarded(|| instrument.clear()).map_err(nothing)?;
            Ok(Vec::new())
        }
    }
}

/// Reads up to the end of the message, and of the block in it.
fn receive(instrument: &Instrument) -> Outcome {
    let mut bytes = Vec::new();
    loop {
        let end = match calls::read(instrument, &mut bytes, PIECE) {
            Ok(end) => end,
            Err(failure) => return Err((failure, bytes)),
        };
        let is_whole = match Head::of(&bytes) {
            // Some instruments end each piece of a block as if it were a message.
            Head::Definite { header, length } => bytes.len() >= header + length,
            _ => true,
        };
        if end == End::OfMessage && is_whole {
            return Ok(bytes);
        }
        if bytes.len() > LONGEST {
            return Err((Failure::Other("the answer is too long".to_owned()), bytes));
        }
    }
}

/// The content of a message that is known to be whole.
fn message(raw: Vec<u8>, terminator: &[u8]) -> Message {
    let mut end = raw.len();
    if !terminator.is_empty() && raw.ends_with(terminator) {
        end -= terminator.len();
    }
    while terminator == b"\n" && end > 0 && matches!(raw[end - 1], b'\r' | b'\n') {
        end -= 1;
    }
    let (content, is_block) = match Head::of(&raw) {
        Head::Definite { header, length } => (header..(header + length).min(raw.len()), true),
        Head::Indefinite => (2..end.max(2), true),
        Head::Unknown | Head::Text | Head::TooLong(_) => (0..end, false),
    };
    Message::new(raw, content, is_block)
}

fn trouble(failure: &Failure, part: Vec<u8>) -> Trouble {
    if failure.is_timeout() {
        return Trouble::TimedOut(part);
    }
    Trouble::Broken(failure.text())
}
