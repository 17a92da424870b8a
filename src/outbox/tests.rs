//! Delivery as a whole: everything arrives once, whatever the sink does.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::*;
use crate::event::{Envelope, RunId, Timestamp};
use crate::journal::{Journal, archive};
use crate::record::samples::{full_run, long_run, run_id};

/// What a sink in memory holds, seen from outside.
#[derive(Debug, Default)]
struct Held {
    events: BTreeMap<RunId, Vec<Envelope>>,
    rejected: Vec<u64>,
    parcels: usize,
    ended: Vec<RunId>,
    touched: usize,
}

/// A sink in memory that misbehaves as told.
struct MemorySink {
    held: Arc<Mutex<Held>>,
    mood: Mood,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    Good,
    /// Fails so many times before it answers.
    Away(usize),
    /// Keeps a parcel and then says that it failed, once.
    Forgetful(bool),
    /// Loses what it has at its second parcel and says so, once.
    Restored(bool),
    /// Refuses the event of this number.
    Picky(u64),
    /// Takes so long for a parcel.
    Slow(Duration),
}

impl MemorySink {
    fn boxed(mood: Mood) -> (Box<dyn Sink>, Arc<Mutex<Held>>) {
        let held = Arc::default();
        let sink = Self {
            held: Arc::clone(&held),
            mood,
        };
        (Box::new(sink), held)
    }

    fn check(&mut self) -> Result<(), SinkError> {
        if let Mood::Away(times @ 1..) = self.mood {
            self.mood = Mood::Away(times - 1);
            return Err(SinkError::Unavailable("away".to_owned()));
        }
        Ok(())
    }
}

impl Sink for MemorySink {
    fn name(&self) -> &'static str {
        "memory"
    }

    fn cursor(&mut self, run: RunId) -> Result<u64, SinkError> {
        self.check()?;
        let held = self.held.lock().unwrap();
        let last = held.events.get(&run).and_then(|events| events.last());
        Ok(last.map_or(0, |last| last.seq))
    }

    fn deliver(&mut self, parcel: &Parcel) -> Result<(), SinkError> {
        self.check()?;
        if let Mood::Slow(time) = self.mood {
            std::thread::sleep(time);
        }
        let cursor = self.cursor(parcel.run)?;
        let mut held = self.held.lock().unwrap();
        if let Mood::Picky(seq) = self.mood
            && parcel.events.iter().any(|event| event.seq == seq)
            && !held.rejected.contains(&seq)
        {
            return Err(SinkError::Refused("not that one".to_owned()));
        }
        held.parcels += 1;
        if self.mood == Mood::Restored(false) && held.parcels == 2 {
            self.mood = Mood::Restored(true);
            held.events.clear();
            return Err(SinkError::Unavailable("it has less".to_owned()));
        }
        let new = parcel.events.iter().filter(|event| event.seq > cursor);
        held.events
            .entry(parcel.run)
            .or_default()
            .extend(new.cloned());
        if parcel.is_last {
            held.ended.push(parcel.run);
        }
        if self.mood == Mood::Forgetful(false) {
            self.mood = Mood::Forgetful(true);
            return Err(SinkError::Unavailable("connection reset".to_owned()));
        }
        Ok(())
    }

    fn reject(&mut self, _: RunId, event: &Envelope, _: &str) -> Result<(), SinkError> {
        self.held.lock().unwrap().rejected.push(event.seq);
        Ok(())
    }

    fn touch(&mut self, _: RunId, _: Timestamp) -> Result<(), SinkError> {
        self.held.lock().unwrap().touched += 1;
        Ok(())
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(20)
    }
}

/// Outlets that can give each of these sinks once.
fn outlets(sinks: Vec<Box<dyn Sink>>) -> Vec<Outlet> {
    let ids = ["first", "second"].into_iter();
    ids.zip(sinks)
        .map(|(id, sink)| {
            let once = Mutex::new(Some(sink));
            Outlet::new(id, move || once.lock().unwrap().take().unwrap())
        })
        .collect()
}

pub(super) fn options(folder: &TempDir) -> DeliveryOptions {
    DeliveryOptions {
        folder: folder.path().to_owned(),
        now,
        seed: 7,
        retention: Duration::from_hours(24),
        waiting: Waiting::Undelivered,
        round: DeliveryOptions::ROUND,
    }
}

fn now() -> Timestamp {
    let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
    Timestamp(since.as_micros() as i64)
}

pub(super) fn leave(folder: &TempDir, run: RunId, events: &[Envelope]) -> PathBuf {
    let mut journal = Journal::create(folder.path(), run, None).unwrap();
    journal.append(events).unwrap();
    journal.path().to_owned()
}

fn deliver_all(folder: &TempDir, sinks: Vec<Box<dyn Sink>>) -> Vec<SinkState> {
    let delivery = Delivery::start(&options(folder), outlets(sinks)).unwrap();
    delivery.finish(Some(Duration::from_secs(20)))
}

#[test]
fn live_run_arrives_whole_in_order_and_its_journal_moves() {
    let folder = TempDir::new().unwrap();
    let run = run_id(1);
    let events = long_run(run, 500);
    let (sink, held) = MemorySink::boxed(Mood::Good);
    let delivery = Delivery::start(&options(&folder), outlets(vec![sink])).unwrap();
    let mut journal = Journal::create(folder.path(), run, None).unwrap();
    delivery.attach(run, journal.positions());
    for chunk in events.chunks(3) {
        journal.append(chunk).unwrap();
    }
    drop(journal);
    let states = delivery.finish(None);
    assert!(states[0].is_done && states[0].problem.is_none());
    assert_eq!(states[0].delivered, events.len() as u64);
    let held = held.lock().unwrap();
    assert_eq!(held.events[&run], events);
    assert_eq!(held.ended, [run]);
    assert!(archive::done_path(folder.path(), run).exists());
    assert!(!archive::open_path(folder.path(), run).exists());
}

#[test]
fn sink_that_was_restored_in_the_middle_of_a_run_gets_all_of_it() {
    let folder = TempDir::new().unwrap();
    let run = run_id(1);
    let events = full_run(run);
    let (sink, held) = MemorySink::boxed(Mood::Restored(false));
    let delivery = Delivery::start(&options(&folder), outlets(vec![sink])).unwrap();
    let mut journal = Journal::create(folder.path(), run, None).unwrap();
    delivery.attach(run, journal.positions());
    journal.append(&events[..9]).unwrap();
    journal.flush_now().unwrap();
    until(|| held.lock().unwrap().parcels == 1);
    journal.append(&events[9..]).unwrap();
    drop(journal);
    let states = delivery.finish(Some(Duration::from_secs(20)));
    assert!(states[0].is_done);
    assert_eq!(held.lock().unwrap().events[&run], events);
}

#[test]
fn what_is_not_flushed_is_not_delivered() {
    let folder = TempDir::new().unwrap();
    let run = run_id(1);
    let (sink, held) = MemorySink::boxed(Mood::Good);
    // A disk that never flushes.
    let points = crate::journal::FailPoints::parse("broken:1");
    let mut journal = Journal::create(folder.path(), run, points).unwrap();
    let delivery = Delivery::start(&options(&folder), outlets(vec![sink])).unwrap();
    delivery.attach(run, journal.positions());
    journal.append(&full_run(run)).unwrap();
    assert!(journal.flush_now().is_err());
    drop(journal);
    delivery.finish(None);
    assert!(!held.lock().unwrap().events.contains_key(&run));
    assert!(archive::open_path(folder.path(), run).exists(), "kept");
}

#[test]
fn journals_of_earlier_processes_are_delivered_too() {
    let folder = TempDir::new().unwrap();
    for number in 1..=5 {
        leave(&folder, run_id(number), &full_run(run_id(number)));
    }
    let (sink, held) = MemorySink::boxed(Mood::Good);
    deliver_all(&folder, vec![sink]);
    let held = held.lock().unwrap();
    for number in 1..=5 {
        assert_eq!(held.events[&run_id(number)], full_run(run_id(number)));
    }
    assert!(archive::list_open(folder.path()).unwrap().is_empty());
}

#[test]
fn journal_that_no_recovery_has_closed_stays_open() {
    let folder = TempDir::new().unwrap();
    let run = run_id(1);
    let events = full_run(run);
    let path = leave(&folder, run, &events[..7]);
    let (sink, held) = MemorySink::boxed(Mood::Good);
    deliver_all(&folder, vec![sink]);
    assert!(path.exists());
    assert!(held.lock().unwrap().ended.is_empty());
}

#[test]
fn sink_that_is_away_for_a_while_gets_everything_once() {
    for mood in [Mood::Away(3), Mood::Forgetful(false)] {
        let folder = TempDir::new().unwrap();
        let run = run_id(1);
        leave(&folder, run, &full_run(run));
        let (sink, held) = MemorySink::boxed(mood);
        let states = deliver_all(&folder, vec![sink]);
        assert!(states[0].is_done, "{mood:?}");
        assert_eq!(held.lock().unwrap().events[&run], full_run(run), "{mood:?}");
        assert!(archive::done_path(folder.path(), run).exists());
    }
}

#[test]
fn refused_event_is_found_and_the_rest_arrives() {
    let run = run_id(1);
    let events = full_run(run);
    for seq in 1..=events.len() as u64 {
        let folder = TempDir::new().unwrap();
        leave(&folder, run, &events);
        let (sink, held) = MemorySink::boxed(Mood::Picky(seq));
        let states = deliver_all(&folder, vec![sink]);
        let held = held.lock().unwrap();
        assert_eq!(held.rejected, [seq]);
        assert_eq!(states[0].rejected, 1);
        let arrived: Vec<_> = held.events[&run].iter().map(|event| event.seq).collect();
        let expected: Vec<_> = (1..=events.len() as u64)
            .filter(|&other| other != seq)
            .collect();
        assert_eq!(arrived, expected);
        assert_eq!(held.ended, [run]);
    }
}

#[test]
fn silent_run_gives_a_sign_of_life_every_half_minute() {
    static CLOCK: AtomicI64 = AtomicI64::new(0);
    let folder = TempDir::new().unwrap();
    let run = run_id(1);
    let (sink, held) = MemorySink::boxed(Mood::Good);
    let options = DeliveryOptions {
        now: || Timestamp(CLOCK.load(Ordering::SeqCst)),
        ..options(&folder)
    };
    let mut journal = Journal::create(folder.path(), run, None).unwrap();
    let delivery = Delivery::start(&options, outlets(vec![sink])).unwrap();
    delivery.attach(run, journal.positions());
    journal.append(&full_run(run)[..1]).unwrap();
    journal.flush_now().unwrap();
    until(|| held.lock().unwrap().parcels == 1);
    assert_eq!(held.lock().unwrap().touched, 0);
    CLOCK.store(31_000_000, Ordering::SeqCst);
    until(|| held.lock().unwrap().touched == 1);
}

/// Waits for what another thread does on its tick.
pub(super) fn until(is_so: impl Fn() -> bool) {
    for _ in 0..2000 {
        if is_so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("it never came");
}

#[test]
fn journal_stays_until_the_last_sink_has_it() {
    let folder = TempDir::new().unwrap();
    let run = run_id(1);
    let path = leave(&folder, run, &full_run(run));
    let (good, held) = MemorySink::boxed(Mood::Good);
    let (away, _) = MemorySink::boxed(Mood::Away(usize::MAX));
    let delivery = Delivery::start(&options(&folder), outlets(vec![good, away])).unwrap();
    let states = delivery.finish(None);
    assert!(states[1].problem.is_some());
    assert_eq!(held.lock().unwrap().events[&run].len(), full_run(run).len());
    assert!(path.exists());
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a wait is measured")]
fn end_of_the_program_never_waits_for_a_sink_that_is_away() {
    let folder = TempDir::new().unwrap();
    leave(&folder, run_id(1), &full_run(run_id(1)));
    let (away, _) = MemorySink::boxed(Mood::Away(usize::MAX));
    let delivery = Delivery::start(&options(&folder), outlets(vec![away])).unwrap();
    let start = Instant::now();
    delivery.finish(None);
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a wait is measured")]
fn sink_that_never_answered_is_hardly_waited_for_the_next_time() {
    struct Silent;
    impl Sink for Silent {
        fn name(&self) -> &'static str {
            "silent"
        }
        fn cursor(&mut self, _: RunId) -> Result<u64, SinkError> {
            std::thread::sleep(Duration::from_secs(20));
            Ok(0)
        }
        fn deliver(&mut self, _: &Parcel) -> Result<(), SinkError> {
            Ok(())
        }
        fn reject(&mut self, _: RunId, _: &Envelope, _: &str) -> Result<(), SinkError> {
            Ok(())
        }
        fn touch(&mut self, _: RunId, _: Timestamp) -> Result<(), SinkError> {
            Ok(())
        }
        fn patience(&self) -> Duration {
            Duration::from_secs(2)
        }
    }
    let folder = TempDir::new().unwrap();
    leave(&folder, run_id(1), &full_run(run_id(1)));
    let wait = |sink: Box<dyn Sink>| {
        let delivery = Delivery::start(&options(&folder), outlets(vec![sink])).unwrap();
        let start = Instant::now();
        delivery.finish(None);
        start.elapsed()
    };
    assert!(wait(Box::new(Silent)) >= Duration::from_secs(2));
    assert!(wait(Box::new(Silent)) < Duration::from_millis(1_700));
    // It is back, and is waited for again. The first journal is still locked by this process.
    let (good, _) = MemorySink::boxed(Mood::Good);
    let path = leave(&folder, run_id(2), &full_run(run_id(2)));
    wait(good);
    assert!(!path.exists());
    leave(&folder, run_id(3), &full_run(run_id(3)));
    assert!(wait(Box::new(Silent)) >= Duration::from_secs(1));
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a wait is measured")]
fn stuck_sink_is_given_up() {
    struct Stuck(Box<dyn Sink>);
    impl Sink for Stuck {
        fn name(&self) -> &str {
            self.0.name()
        }
        fn cursor(&mut self, run: RunId) -> Result<u64, SinkError> {
            self.0.cursor(run)
        }
        fn deliver(&mut self, parcel: &Parcel) -> Result<(), SinkError> {
            self.0.deliver(parcel)
        }
        fn reject(&mut self, run: RunId, event: &Envelope, why: &str) -> Result<(), SinkError> {
            self.0.reject(run, event, why)
        }
        fn touch(&mut self, run: RunId, now: Timestamp) -> Result<(), SinkError> {
            self.0.touch(run, now)
        }
        fn patience(&self) -> Duration {
            Duration::from_millis(50)
        }
    }
    let folder = TempDir::new().unwrap();
    leave(&folder, run_id(1), &full_run(run_id(1)));
    let (slow, _) = MemorySink::boxed(Mood::Slow(Duration::from_secs(30)));
    let stuck = outlets(vec![Box::new(Stuck(slow))]);
    let delivery = Delivery::start(&options(&folder), stuck).unwrap();
    let start = Instant::now();
    let states = delivery.finish(None);
    assert!(!states[0].is_done);
    assert!(start.elapsed() < Duration::from_secs(5));
}

/// Delivers with these sinks under these names.
fn deliver_to(options: &DeliveryOptions, sinks: Vec<(&'static str, Box<dyn Sink>)>) {
    let outlets = sinks.into_iter().map(|(id, sink)| {
        let once = Mutex::new(Some(sink));
        Outlet::new(id, move || once.lock().unwrap().take().unwrap())
    });
    let delivery = Delivery::start(options, outlets.collect()).unwrap();
    let states = delivery.finish(Some(Duration::from_secs(20)));
    assert!(states.iter().all(|state| state.is_done));
}

#[test]
fn journal_waits_for_a_sink_that_this_command_was_started_without() {
    let folder = TempDir::new().unwrap();
    let options = options(&folder);
    let good = || MemorySink::boxed(Mood::Good);
    deliver_to(&options, vec![("local", good().0), ("shared", good().0)]);
    let run = run_id(1);
    let path = leave(&folder, run, &full_run(run));
    deliver_to(&options, vec![("local", good().0)]);
    assert!(path.exists());
    let outstanding = Registry::of(folder.path()).outstanding().unwrap();
    let counts = outstanding.iter().map(|one| (&*one.sink, one.runs.len()));
    assert_eq!(counts.collect::<Vec<_>>(), [("local", 0), ("shared", 1)]);

    let (shared, held) = good();
    let (local, again) = good();
    deliver_to(&options, vec![("local", local), ("shared", shared)]);
    assert_eq!(held.lock().unwrap().events[&run], full_run(run));
    assert!(again.lock().unwrap().events.is_empty(), "known to have it");
    assert!(archive::done_path(folder.path(), run).exists());
    assert!(Registry::of(folder.path()).held("local").is_empty());
}

#[test]
fn forgotten_sink_lets_its_journals_go() {
    let folder = TempDir::new().unwrap();
    let options = options(&folder);
    let good = || MemorySink::boxed(Mood::Good).0;
    deliver_to(&options, vec![("local", good()), ("shared", good())]);
    let run = run_id(1);
    leave(&folder, run, &full_run(run));
    deliver_to(&options, vec![("local", good())]);
    assert!(!archive::done_path(folder.path(), run).exists());
    Registry::of(folder.path()).forget("shared").unwrap();
    deliver_to(&options, vec![("local", good())]);
    assert!(archive::done_path(folder.path(), run).exists());
}

#[test]
fn sink_that_came_later_gets_old_journals_only_on_demand() {
    let folder = TempDir::new().unwrap();
    let options = options(&folder);
    let run = run_id(1);
    leave(&folder, run, &full_run(run));
    deliver_to(&options, vec![("local", MemorySink::boxed(Mood::Good).0)]);
    let (shared, held) = MemorySink::boxed(Mood::Good);
    deliver_to(&options, vec![("shared", shared)]);
    assert!(held.lock().unwrap().events.is_empty());
    let everything = DeliveryOptions {
        waiting: Waiting::Everything,
        ..options
    };
    let (shared, held) = MemorySink::boxed(Mood::Good);
    deliver_to(&everything, vec![("shared", shared)]);
    assert_eq!(held.lock().unwrap().events[&run], full_run(run));
    assert!(archive::done_path(folder.path(), run).exists());
}

/// A process may have a thousand open files, and a database can be away for a month.
#[test]
fn backlog_of_any_size_needs_few_open_files() {
    let open_files = || std::fs::read_dir("/proc/self/fd").unwrap().count();
    let folder = TempDir::new().unwrap();
    for number in 1..=300 {
        leave(&folder, run_id(number), &full_run(run_id(number))[..2]);
    }
    let before = open_files();
    let (away, _) = MemorySink::boxed(Mood::Away(usize::MAX));
    let delivery = Delivery::start(&options(&folder), outlets(vec![away])).unwrap();
    until(|| delivery.states()[0].problem.is_some());
    assert!(open_files() < before + 30);
}
