//! Redis: a live copy of a run's variables and events, at most once.
//!
//! A mirror, not a sink: it holds up nothing, keeps no cursor, and a run does not notice when it is
//! gone, stopped or slow (STORAGE section 4; the manual page `maestro-station(5)` tells the keys
//! and channels, which are a contract).
//!
//! [`Mirror`] is one thread per run that reads the journal as far as it is appended, on its own
//! tick, like a front end. What it reads is masked already. It keeps the newest value of each
//! variable ([`realm`]), writes what changed and tells the events in pipelines, and renews
//! `realm:{run}:_alive` at the end of each: the answer that this key was gone says that Redis was
//! restarted or flushed, and the whole realm is written anew. Nothing waits in memory for a Redis
//! that is away or slow: events of that time are left out, which their numbers show.
//!
//! [`Opening`] reads the global variables before a run, [`Watch`] follows their channel; both on
//! connections of their own. Values from outside go to the session as commands, which decides.
//!
//! Never here: a decision about a run, a wait of a run, a journal that is written.

mod address;
mod globals;
mod link;
mod probe;
mod realm;
mod remote;
mod watch;
mod worker;

pub(crate) use address::Address;
pub(crate) use globals::{Globals, Opened, Opening};
pub(crate) use link::LinkError;
pub(crate) use probe::Probe;
pub(crate) use watch::{Watch, WatchOptions};
pub(crate) use worker::{MirrorOptions, RemoteOptions};

use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use crate::journal::Reader;

use self::worker::Worker;

/// The mirror of one run.
#[derive(Debug)]
pub(crate) struct Mirror {
    /// Closed when the thread has ended.
    over: Receiver<()>,
}

impl Mirror {
    /// Begins to mirror a run; `opened` is what came of the first look at Redis.
    ///
    /// Where no thread or reader can be had, the run goes on without a mirror.
    pub(crate) fn begin(options: MirrorOptions, opened: Option<Opened>) -> Self {
        let (sender, over) = mpsc::channel();
        let link = opened.map(|opened| opened.link);
        let work = move || {
            // Dropped with the thread, whatever ends it.
            let _sender = sender;
            if let Ok(reader) = Reader::open(&options.journal) {
                Worker::new(options, reader, link).work();
            }
        };
        drop(thread::Builder::new().name("mirror".to_owned()).spawn(work));
        Self { over }
    }

    /// Waits until the last events of a run that is over are told and its keys are deleted, for a
    /// Redis that is away only a moment.
    pub(crate) fn finish(self) {
        let _ = self
            .over
            .recv_timeout(worker::CLOSING + Duration::from_millis(100));
    }
}
