//! The journal as a whole: what is written comes back, whatever happened in between.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use proptest::prelude::*;
use tempfile::TempDir;

use super::line::LineFault;
use super::*;
use crate::event::{Envelope, RunId, Timestamp};
use crate::record::samples::{START, full_run, long_run, run_id};

pub(super) fn folder() -> TempDir {
    TempDir::new().unwrap()
}

pub(super) fn journal(folder: &TempDir, run: RunId) -> Journal {
    Journal::create(folder.path(), run, None).unwrap()
}

/// Writes a journal and leaves it in `open/`, as a process that died would.
pub(super) fn leave(folder: &TempDir, run: RunId, events: &[Envelope]) -> PathBuf {
    let mut journal = journal(folder, run);
    journal.append(events).unwrap();
    journal.path().to_owned()
}

fn read_all(path: &Path, until: Until) -> Vec<Item> {
    let mut reader = Reader::open(path).unwrap();
    let mut items = Vec::new();
    let mut offset = 0;
    loop {
        let batch = reader.read_from(offset, until).unwrap();
        if batch.next == offset {
            return items;
        }
        offset = batch.next;
        items.extend(batch.items);
    }
}

fn events_of(items: &[Item]) -> Vec<Envelope> {
    items
        .iter()
        .filter_map(|item| match item {
            Item::Event(envelope, _) => Some((**envelope).clone()),
            Item::Bad(_) => None,
        })
        .collect()
}

pub(super) fn all_events(path: &Path) -> Vec<Envelope> {
    let items = read_all(path, Until::Position(fs::metadata(path).unwrap().len()));
    events_of(&items)
}

#[test]
fn appended_events_come_back_at_their_offsets() {
    let folder = folder();
    let run = run_id(1);
    let events = full_run(run);
    let mut journal = journal(&folder, run);
    let mut ends = Vec::new();
    for envelope in &events {
        ends.push(journal.append([envelope]).unwrap());
    }
    let items = read_all(journal.path(), Until::LiveEnd);
    assert_eq!(events_of(&items), events);
    for (item, end) in items.iter().zip(ends) {
        assert!(matches!(item, Item::Event(_, at) if *at == end));
    }
}

#[test]
fn flush_reaches_what_was_appended_before_it() {
    let folder = folder();
    let run = run_id(1);
    let mut journal = journal(&folder, run);
    let positions = journal.positions();
    let end = journal.append(&full_run(run)).unwrap();
    assert_eq!(positions.appended(), end);
    journal.flush_now().unwrap();
    assert_eq!(positions.flushed(), end);
    assert!(!positions.is_closed());
    drop(journal);
    assert!(positions.is_closed());
}

#[test]
fn flusher_flushes_by_itself() {
    let folder = folder();
    let run = run_id(1);
    let mut journal = journal(&folder, run);
    let positions = journal.positions();
    for chunk in full_run(run).chunks(5) {
        let end = journal.append(chunk).unwrap();
        while positions.flushed() < end {
            positions.pause(Duration::from_millis(1));
        }
        assert_eq!(positions.flushed(), end);
    }
}

#[test]
fn second_journal_of_a_run_is_refused() {
    let folder = folder();
    let _first = journal(&folder, run_id(1));
    let second = Journal::create(folder.path(), run_id(1), None);
    assert!(matches!(second, Err(JournalError::Exists { .. })));
}

#[test]
fn writer_holds_the_lock_until_it_is_dropped() {
    let folder = folder();
    let mut journal = journal(&folder, run_id(1));
    journal.append(&full_run(run_id(1))[..3]).unwrap();
    let path = journal.path().to_owned();
    assert!(recovery::lock(&path).unwrap().is_none());
    drop(journal);
    assert!(recovery::lock(&path).unwrap().is_some());
}

#[test]
fn reserve_occupies_space_until_it_is_released() {
    use std::os::unix::fs::MetadataExt as _;
    let folder = folder();
    let mut journal = journal(&folder, run_id(1));
    let reserve = journal.path().with_extension("reserve");
    assert!(fs::metadata(&reserve).unwrap().blocks() * 512 >= 1024 * 1024);
    journal.release_reserve();
    assert!(!reserve.exists());
}

#[test]
fn full_disk_cuts_back_and_leaves_room_for_the_closing_records() {
    let folder = folder();
    let run = run_id(1);
    let events = full_run(run);
    let points = FailPoints::parse("full:3");
    let mut journal = Journal::create(folder.path(), run, points).unwrap();
    journal.append(&events[..2]).unwrap();
    let end = journal.append(&events[2..4]).unwrap();
    let error = journal.append(&events[4..9]).unwrap_err();
    assert!(matches!(error, JournalError::Full { .. }), "{error:?}");
    assert_eq!(fs::metadata(journal.path()).unwrap().len(), end);
    assert_eq!(journal.positions().appended(), end);
    assert!(journal.append(&events[4..9]).is_err(), "still full");
    journal.release_reserve();
    journal.append(&events[4..]).unwrap();
    journal.flush_now().unwrap();
    assert_eq!(all_events(journal.path()), events);
}

/// A disk of 2 MiB, where this process may mount one.
#[test]
fn really_full_disk_still_takes_the_closing_records() {
    let mountpoint = folder();
    let disk = mountpoint.path().as_os_str();
    let mount = ["-t", "tmpfs", "-o", "size=2m", "none"];
    let has_mounted = Command::new("mount")
        .args(mount)
        .arg(disk)
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !has_mounted {
        eprintln!("skipped: this process may not mount a file system");
        return;
    }
    let outcome = std::panic::catch_unwind(|| fill_the_disk(mountpoint.path()));
    let unmounted = Command::new("umount").arg("-l").arg(disk).status().unwrap();
    outcome.unwrap();
    assert!(unmounted.success());
}

fn fill_the_disk(folder: &Path) {
    let run = run_id(1);
    let mut journal = Journal::create(folder, run, None).unwrap();
    let events = long_run(run, 4000);
    let (middle, closing) = events.split_at(events.len() - 1);
    let mut appended = 0;
    let error = middle
        .chunks(3)
        .find_map(|chunk| match journal.append(chunk) {
            Ok(_) => {
                appended += chunk.len();
                None
            }
            Err(error) => Some(error),
        })
        .expect("the disk is smaller than the run");
    assert!(matches!(error, JournalError::Full { .. }), "{error:?}");
    journal.release_reserve();
    journal.append(closing).unwrap();
    journal.flush_now().unwrap();
    let kept = all_events(journal.path());
    assert_eq!(kept.len(), appended + 1);
    assert_eq!(kept[..appended], middle[..appended]);
}

#[test]
fn failed_flush_is_final() {
    let folder = folder();
    let run = run_id(1);
    let points = FailPoints::parse("broken:1");
    let mut journal = Journal::create(folder.path(), run, points).unwrap();
    let positions = journal.positions();
    journal.append(&full_run(run)[..1]).unwrap();
    assert!(matches!(
        journal.flush_now(),
        Err(JournalError::NotFlushed { .. })
    ));
    assert!(positions.is_lost());
    assert_eq!(positions.flushed(), 0);
    assert!(journal.flush_now().is_err(), "and stays so");
}

#[test]
fn readers_beside_the_writer_see_whole_events_in_order() {
    let folder = folder();
    let run = run_id(1);
    let events = long_run(run, 300);
    let mut journal = journal(&folder, run);
    let path = journal.path().to_owned();
    let positions = journal.positions();
    thread::scope(|scope| {
        let inside = scope.spawn(|| follow(&path, &positions));
        let outside = scope.spawn(|| watch(&path, events.len()));
        for chunk in events.chunks(7) {
            journal.append(chunk).unwrap();
        }
        drop(journal);
        assert_eq!(inside.join().unwrap(), events);
        assert_eq!(outside.join().unwrap(), events);
    });
}

/// Reads as a screen of this process does.
fn follow(path: &Path, positions: &Positions) -> Vec<Envelope> {
    let mut reader = Reader::open(path).unwrap();
    let mut events = Vec::new();
    let mut offset = 0;
    loop {
        let is_closed = positions.is_closed();
        positions.pause(Duration::from_millis(1));
        let end = positions.appended();
        let batch = reader.read_from(offset, Until::Position(end)).unwrap();
        events.extend(events_of(&batch.items));
        if is_closed && batch.next == end {
            return events;
        }
        offset = batch.next;
    }
}

/// Reads as another process does, which knows no positions.
fn watch(path: &Path, count: usize) -> Vec<Envelope> {
    let mut reader = Reader::open(path).unwrap();
    let mut events = Vec::new();
    let mut offset = 0;
    while events.len() < count {
        let batch = reader.read_from(offset, Until::LiveEnd).unwrap();
        assert!(
            batch
                .items
                .iter()
                .all(|item| matches!(item, Item::Event(..)))
        );
        events.extend(events_of(&batch.items));
        offset = batch.next;
        thread::yield_now();
    }
    events
}

#[test]
fn flipped_byte_costs_one_line_and_is_reported_with_its_place() {
    let folder = folder();
    let run = run_id(1);
    let events = full_run(run);
    let path = leave(&folder, run, &events);
    let file = OpenOptions::new().write(true).open(&path).unwrap();
    let length = fs::metadata(&path).unwrap().len();
    let ends: Vec<u64> = read_all(&path, Until::Position(length))
        .iter()
        .map(|item| match item {
            Item::Event(_, end) => *end,
            Item::Bad(bad) => panic!("{bad:?}"),
        })
        .collect();
    file.write_at(b"#", ends[9] + 30).unwrap();
    let items = read_all(&path, Until::Position(length));
    let Item::Bad(bad) = &items[10] else {
        panic!("{:?}", items[10]);
    };
    assert_eq!((bad.offset, bad.bytes), (ends[9], ends[10] - ends[9]));
    assert_eq!(bad.reason, LineFault::Checksum);
    assert_eq!(events_of(&items).len(), events.len() - 1);
}

#[test]
fn live_reader_waits_before_a_bad_end_and_a_final_one_reports_it() {
    let folder = folder();
    let run = run_id(1);
    let path = leave(&folder, run, &full_run(run)[..2]);
    let mut file = OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(b"{\"v\":1,\"seq\":3}\n{\"v\":1").unwrap();
    assert_eq!(read_all(&path, Until::LiveEnd).len(), 2);
    let length = fs::metadata(&path).unwrap().len();
    assert_eq!(read_all(&path, Until::Position(length)).len(), 3);
}

#[test]
fn endless_line_is_damage_and_not_memory() {
    let folder = folder();
    let run = run_id(1);
    let events = full_run(run);
    let path = leave(&folder, run, &events[..2]);
    let mut file = OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(&vec![b'x'; 9 * 1024 * 1024]).unwrap();
    file.write_all(b"\n").unwrap();
    let length = fs::metadata(&path).unwrap().len();
    let items = read_all(&path, Until::Position(length));
    assert_eq!(events_of(&items), events[..2]);
    assert!(matches!(&items[2], Item::Bad(bad) if bad.reason == LineFault::TooLong));
}

#[test]
fn delivered_journal_moves_to_its_month_and_is_pruned_by_the_day_of_delivery() {
    let folder = folder();
    let run = run_id(1);
    let path = leave(&folder, run, &full_run(run));
    let delivered = START.after(Duration::from_hours(48));
    archive::retire(folder.path(), run, delivered).unwrap();
    let done = folder.path().join(format!("done/2026-11/{run}.jsonl"));
    assert!(done.exists() && !path.exists());
    assert_eq!(archive::prune(folder.path(), delivered), 0);
    let later = delivered.after(Duration::from_secs(1));
    assert_eq!(archive::prune(folder.path(), later), 1);
    assert!(!done.exists());
}

#[test]
fn newest_change_follows_the_journals() {
    let folder = folder();
    assert_eq!(archive::newest_change(folder.path()), None);
    let _journal: Arc<Journal> = Arc::new(journal(&folder, run_id(1)));
    assert!(archive::newest_change(folder.path()) > Some(START.min(Timestamp(0))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Garbage of any kind is read to its end without a panic.
    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let folder = folder();
        let path = folder.path().join("garbage.jsonl");
        fs::write(&path, &bytes).unwrap();
        let items = read_all(&path, Until::Position(bytes.len() as u64));
        prop_assert!(events_of(&items).is_empty());
    }
}
