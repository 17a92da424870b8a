//! `kill -9` after every append, flush and commit: nothing is lost, doubled or left running.
//!
//! The victim is this test binary again, with only [`victim`] in it.

use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, ExitStatus};
use std::time::Duration;

use rusqlite::Connection;
use tempfile::TempDir;

use super::{SqliteHistory, SqliteSink, database_path};
use crate::event::{Envelope, RunId, RunStatus, Timestamp};
use crate::journal::recovery::{RecoveryOptions, recover};
use crate::journal::{FailPoints, Item, Journal, Reader, Until, archive};
use crate::outbox::{Delivery, DeliveryOptions, Outlet, Waiting};
use crate::record::samples::{START, full_run, run_id};
use crate::record::{History as _, RunRecord, Selector};

/// Runs a station's work in another process, which dies where `point` says.
fn run_victim(home: &Path, number: u64, point: &str) -> ExitStatus {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "store::sqlite::crash_tests::victim", "--ignored"])
        .env("MAESTRO_TEST_HOME", home)
        .env("MAESTRO_TEST_RUN", number.to_string())
        .env("MAESTRO_TEST_POINT", point)
        .stdout(std::process::Stdio::null())
        .status()
        .unwrap()
}

/// What a process does that runs one test: recover, run, deliver.
#[test]
#[ignore = "is started by the other tests, to be killed"]
#[expect(clippy::disallowed_methods, reason = "the parent tells what to do")]
fn victim() {
    let Ok(home) = std::env::var("MAESTRO_TEST_HOME") else {
        return;
    };
    let number = std::env::var("MAESTRO_TEST_RUN").unwrap().parse().unwrap();
    let points = FailPoints::parse(&std::env::var("MAESTRO_TEST_POINT").unwrap());
    let home = Path::new(&home);
    let options = RecoveryOptions {
        now: START.after(Duration::from_hours(1)),
        fail_points: points.clone(),
    };
    recover(home, &options, &mut |_| Vec::new()).unwrap();
    let (path, sink_points) = (database_path(home), points.clone());
    let outlet = Outlet::new("local", move || {
        Box::new(SqliteSink::new(path.clone(), sink_points.clone()))
    });
    let options = DeliveryOptions {
        folder: home.to_owned(),
        now: || Timestamp(START.0),
        seed: 1,
        retention: Duration::from_hours(24 * 365),
        waiting: Waiting::Undelivered,
        round: DeliveryOptions::ROUND,
    };
    let delivery = Delivery::start(&options, vec![outlet]).unwrap();
    let run = run_id(number);
    let mut journal = Journal::create(home, run, points).unwrap();
    delivery.attach(run, journal.positions());
    for envelope in &full_run(run) {
        journal.append([envelope]).unwrap();
        if envelope.event.is_flushed_at_once() {
            journal.flush_now().unwrap();
        }
    }
    drop(journal);
    delivery.finish(None);
}

/// Every event that any journal of the station holds.
fn journaled(home: &Path, run: RunId) -> Vec<Envelope> {
    let path = archive::done_path(home, run);
    let mut reader = Reader::open(&path).unwrap();
    let end = reader.len().unwrap();
    let batch = reader.read_from(0, Until::Position(end)).unwrap();
    assert_eq!(batch.next, end);
    let event = |item| match item {
        Item::Event(envelope, _) => *envelope,
        Item::Bad(bad) => panic!("{bad:?}"),
    };
    batch.items.into_iter().map(event).collect()
}

/// After the last process ended well: the store holds exactly what the journals hold.
fn check(home: &Path, numbers: impl IntoIterator<Item = u64>, point: &str) {
    assert!(archive::list_open(home).unwrap().is_empty(), "{point}");
    let history = SqliteHistory::open(&database_path(home)).unwrap();
    let mut measurements = 0;
    for number in numbers {
        let run = run_id(number);
        let folded = RunRecord::from_events(&journaled(home, run)).unwrap();
        let stored = history.run(&Selector::Id(run)).unwrap();
        assert_eq!(stored, folded, "{point}, run {number}");
        assert_ne!(stored.status(), RunStatus::Running, "{point}");
        let steps = folded.steps.iter();
        measurements += steps.map(|step| step.measurements().len()).sum::<usize>();
    }
    let connection = Connection::open(database_path(home)).unwrap();
    let count = connection.query_row("SELECT count(*) FROM measurements", [], |row| row.get(0));
    assert_eq!(count, Ok(measurements as i64), "{point}");
}

/// `announced` events of the first run were appended when it was killed.
fn survives(point: &str, announced: usize) {
    let folder = TempDir::new().unwrap();
    let home = folder.path();
    let first = run_victim(home, 1, point);
    assert_eq!(first.signal(), Some(9), "{point} kills");
    // The one that cleans up is killed at its first append, in the middle of recovering.
    run_victim(home, 2, "append:1");
    let last = run_victim(home, 3, "none");
    assert!(last.success(), "{point}");
    let is_known = |number: &u64| archive::done_path(home, run_id(*number)).exists();
    let known: Vec<u64> = (1..=3).filter(is_known).collect();
    assert!(
        known.contains(&1) && known.contains(&3),
        "{point}: {known:?}"
    );
    check(home, known, point);
    let kept = journaled(home, run_id(1));
    assert_eq!(
        kept[..announced],
        full_run(run_id(1))[..announced],
        "{point}"
    );
}

#[test]
fn every_append() {
    for number in 1..=full_run(run_id(1)).len() {
        survives(&format!("append:{number}"), number);
    }
}

#[test]
fn every_flush() {
    for number in 1..=3 {
        survives(&format!("flush:{number}"), 1);
    }
}

#[test]
fn every_commit() {
    survives("commit:1", 1);
}
