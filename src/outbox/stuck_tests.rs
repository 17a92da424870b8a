//! Threads that are stuck or dead are replaced, and what is left of them disturbs nobody.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use tempfile::TempDir;

use super::tests::{leave, options, until};
use super::*;
use crate::event::{Envelope, RunId, Timestamp};
use crate::journal::archive;
use crate::record::samples::{full_run, run_id};

/// A server that all sinks of a test share; it keeps the numbers of events in order.
#[derive(Debug, Default)]
struct Server {
    kept: Mutex<Vec<(RunId, u64)>>,
    sinks: AtomicUsize,
    rests: AtomicUsize,
    /// Sinks, by number from 1, whose deliveries hang.
    hanging: Mutex<Vec<usize>>,
    /// Sinks that panic.
    broken: Vec<usize>,
    changed: Condvar,
}

impl Server {
    fn new(hanging: &[usize], broken: &[usize]) -> Arc<Self> {
        Arc::new(Self {
            hanging: Mutex::new(hanging.to_vec()),
            broken: broken.to_vec(),
            ..Self::default()
        })
    }

    fn outlet(self: &Arc<Self>) -> Outlet {
        self.named("shared")
    }

    fn named(self: &Arc<Self>, id: &'static str) -> Outlet {
        let server = Arc::clone(self);
        Outlet::new(id, move || {
            let number = server.sinks.fetch_add(1, Ordering::SeqCst) + 1;
            Box::new(ServerSink {
                number,
                server: Arc::clone(&server),
            })
        })
    }

    fn sinks(&self) -> usize {
        self.sinks.load(Ordering::SeqCst)
    }

    fn let_go(&self, number: usize) {
        self.hanging.lock().unwrap().retain(|&one| one != number);
        self.changed.notify_all();
    }

    /// Numbers of the events of a run, as they were kept.
    fn kept(&self, run: RunId) -> Vec<u64> {
        let kept = self.kept.lock().unwrap();
        kept.iter()
            .filter(|one| one.0 == run)
            .map(|one| one.1)
            .collect()
    }
}

struct ServerSink {
    number: usize,
    server: Arc<Server>,
}

impl Sink for ServerSink {
    fn name(&self) -> &'static str {
        "server"
    }

    fn cursor(&mut self, run: RunId) -> Result<u64, SinkError> {
        Ok(self.server.kept(run).last().copied().unwrap_or(0))
    }

    fn deliver(&mut self, parcel: &Parcel) -> Result<(), SinkError> {
        assert!(!self.server.broken.contains(&self.number), "a bug");
        let hanging = self.server.hanging.lock().unwrap();
        let _hanging = self
            .server
            .changed
            .wait_while(hanging, |hanging| hanging.contains(&self.number))
            .unwrap();
        // Cursor and events under one lock, as in one transaction.
        let mut kept = self.server.kept.lock().unwrap();
        let last = kept.iter().rfind(|one| one.0 == parcel.run);
        let cursor = last.map_or(0, |one| one.1);
        let new = parcel.events.iter().filter(|event| event.seq > cursor);
        kept.extend(new.map(|event| (parcel.run, event.seq)));
        Ok(())
    }

    fn reject(&mut self, _: RunId, _: &Envelope, _: &str) -> Result<(), SinkError> {
        Ok(())
    }

    fn touch(&mut self, _: RunId, _: Timestamp) -> Result<(), SinkError> {
        Ok(())
    }

    fn rest(&mut self) {
        self.server.rests.fetch_add(1, Ordering::SeqCst);
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(5)
    }

    fn stuck_after(&self) -> Duration {
        Duration::from_millis(30)
    }
}

fn quick(folder: &TempDir) -> DeliveryOptions {
    DeliveryOptions {
        round: Duration::from_millis(20),
        ..options(folder)
    }
}

fn whole(run: RunId) -> Vec<u64> {
    full_run(run).iter().map(|event| event.seq).collect()
}

fn is_done(folder: &Path, run: RunId) -> bool {
    archive::done_path(folder, run).exists()
}

#[test]
fn stuck_thread_is_replaced_while_the_program_goes_on() {
    let folder = TempDir::new().unwrap();
    let run = run_id(1);
    leave(&folder, run, &full_run(run));
    let server = Server::new(&[1], &[]);
    let delivery = Delivery::start(&quick(&folder), vec![server.outlet()]).unwrap();
    until(|| is_done(folder.path(), run));
    assert_eq!(server.sinks(), 2);
    assert_eq!(server.kept(run), whole(run));
    assert_eq!(delivery.states()[0].replaced, 1);
    until(|| delivery.states()[0].problem.is_none());
}

#[test]
fn thread_that_comes_back_late_doubles_nothing() {
    let folder = TempDir::new().unwrap();
    let run = run_id(1);
    leave(&folder, run, &full_run(run));
    let server = Server::new(&[1], &[]);
    let delivery = Delivery::start(&quick(&folder), vec![server.outlet()]).unwrap();
    until(|| is_done(folder.path(), run));
    server.let_go(1);
    // The next one is delivered by whoever works now, and by nobody else.
    leave(&folder, run_id(2), &full_run(run_id(2)));
    until(|| is_done(folder.path(), run_id(2)));
    assert_eq!(server.kept(run), whole(run));
    assert_eq!(server.kept(run_id(2)), whole(run_id(2)));
    assert_eq!(server.sinks(), 2);
    assert!(delivery.finish(None)[0].is_done);
}

#[test]
fn one_thread_is_given_up_at_a_time() {
    let folder = TempDir::new().unwrap();
    let run = run_id(1);
    leave(&folder, run, &full_run(run));
    let server = Server::new(&[1, 2], &[]);
    let delivery = Delivery::start(&quick(&folder), vec![server.outlet()]).unwrap();
    until(|| server.sinks() == 2);
    // Many times longer than a thread may be in a call.
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(server.sinks(), 2);
    let problem = delivery.states()[0].problem.clone().unwrap();
    assert!(problem.contains("did not answer"), "{problem}");
    server.let_go(1);
    until(|| is_done(folder.path(), run));
    assert_eq!(server.sinks(), 3);
    assert_eq!(server.kept(run), whole(run));
    server.let_go(2);
}

#[test]
fn thread_that_dies_of_a_bug_is_replaced() {
    let folder = TempDir::new().unwrap();
    let run = run_id(1);
    leave(&folder, run, &full_run(run));
    let server = Server::new(&[], &[1]);
    let delivery = Delivery::start(&quick(&folder), vec![server.outlet()]).unwrap();
    until(|| is_done(folder.path(), run));
    assert_eq!(server.kept(run), whole(run));
    assert!(delivery.finish(None)[0].is_done);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a wait is measured")]
fn end_of_the_program_does_not_wait_for_a_remote_sink_that_does_not_answer() {
    let folder = TempDir::new().unwrap();
    let quick = Server::new(&[], &[]);
    let hanging = Server::new(&[1], &[]);
    let outlets = vec![quick.named("local"), hanging.outlet()];
    leave(&folder, run_id(1), &full_run(run_id(1)));
    let delivery = Delivery::start(&options(&folder), outlets).unwrap();
    let start = std::time::Instant::now();
    let states = delivery.finish(None);
    // Its patience is five seconds.
    assert!(start.elapsed() < Duration::from_secs(4));
    assert!(!states[1].is_done);
    hanging.let_go(1);
}

#[test]
fn sink_without_work_rests() {
    let folder = TempDir::new().unwrap();
    let server = Server::new(&[], &[]);
    let delivery = Delivery::start(&quick(&folder), vec![server.outlet()]).unwrap();
    until(|| server.rests.load(Ordering::SeqCst) > 0);
    drop(delivery);
}

#[test]
fn insisting_gives_up_a_sink_that_takes_nothing() {
    let folder = TempDir::new().unwrap();
    leave(&folder, run_id(1), &full_run(run_id(1)));
    let server = Server::new(&[1, 2], &[]);
    let delivery = Delivery::start(&quick(&folder), vec![server.outlet()]).unwrap();
    let patience = Duration::from_millis(200);
    let states = delivery.insist(patience, Duration::from_millis(5), |_| Wish::GoOn);
    assert!(!states[0].is_done);
    server.let_go(1);
    server.let_go(2);
}

#[test]
fn insisting_ends_when_everything_is_there_or_when_it_is_told() {
    let folder = TempDir::new().unwrap();
    leave(&folder, run_id(1), &full_run(run_id(1)));
    let server = Server::new(&[], &[]);
    let long = Duration::from_mins(1);
    let delivery = Delivery::start(&quick(&folder), vec![server.outlet()]).unwrap();
    let states = delivery.insist(long, long, |_| Wish::GoOn);
    assert!(states[0].is_done);
    assert_eq!(states[0].journals, 1);

    leave(&folder, run_id(2), &full_run(run_id(2)));
    let server = Server::new(&[1], &[]);
    let delivery = Delivery::start(&options(&folder), vec![server.outlet()]).unwrap();
    let states = delivery.insist(long, Duration::from_millis(5), |_| Wish::Stop);
    assert!(!states[0].is_done);
    server.let_go(1);
}
