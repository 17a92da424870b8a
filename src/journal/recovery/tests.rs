//! Recovery: what a crash left is closed once, and nothing that was whole is lost.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::thread;
use std::time::Duration;

use proptest::prelude::*;

use super::{Recovery, RecoveryOptions, recover};
use crate::event::{Cleanup, Event, RunStatus, StepNo, Timestamp};
use crate::journal::archive;
use crate::journal::tests::{all_events, folder, journal, leave};
use crate::record::samples::{START, full_run, run_id, stepped_run};
use crate::record::{HoldRecord, RunRecord};
use crate::verdict::Verdict;

fn recover_in(folder: &tempfile::TempDir) -> Recovery {
    let options = RecoveryOptions {
        now: START.after(Duration::from_hours(1)),
        fail_points: None,
    };
    recover(folder.path(), &options, &mut |_| Vec::new()).unwrap()
}

/// Lines that are whole.
fn lines(bytes: &[u8]) -> usize {
    bytes.split(|&byte| byte == b'\n').count() - 1
}

#[test]
fn run_cut_after_any_event_is_closed_once_and_stays_the_same() {
    let run = run_id(1);
    let events = full_run(run);
    for cut in 1..events.len() {
        let folder = folder();
        let path = leave(&folder, run, &events[..cut]);
        let first = recover_in(&folder);
        assert_eq!(first.closed.len(), 1, "cut at {cut}");
        let closed = all_events(&path);
        assert_eq!(closed[..cut], events[..cut]);
        assert!(closed.windows(2).all(|pair| pair[0].seq + 1 == pair[1].seq));
        let record = RunRecord::from_events(&closed).unwrap();
        assert_eq!(record.status(), RunStatus::Aborted);
        assert!(record.steps.iter().all(|step| step.verdict().is_some()));
        assert!(record.prompts.iter().all(|prompt| prompt.outcome.is_some()));
        let second = recover_in(&folder);
        assert!(second.closed.is_empty() && second.left.is_empty());
        assert_eq!(all_events(&path), closed);
    }
}

#[test]
fn run_that_died_while_it_was_held_is_closed_and_its_last_executions_count() {
    let run = run_id(1);
    let events = stepped_run(run);
    for cut in 1..events.len() {
        let folder = folder();
        let path = leave(&folder, run, &events[..cut]);
        let recovered = recover_in(&folder).closed.pop().unwrap();
        let closed = all_events(&path);
        assert_eq!(closed[..cut], events[..cut]);
        let record = RunRecord::from_events(&closed).unwrap();
        assert!(record.steps.iter().all(|step| step.verdict().is_some()));
        // What was run again by then has taken its FAIL away.
        let has_failed = record
            .steps
            .iter()
            .any(|step| step.is_counted() && step.verdict() == Some(Verdict::Fail));
        let verdict = if has_failed {
            Verdict::Fail
        } else {
            Verdict::Aborted
        };
        assert_eq!(recovered.verdict, verdict, "cut at {cut}");
        let end = record.finished.as_ref().unwrap();
        let counted = record.steps.iter().filter(|step| {
            step.is_counted() && step.started.kind != crate::event::StepKind::Sequence
        });
        assert_eq!(end.counts.iter().sum::<u32>() as usize, counted.count());
        let held_us: u64 = record.holds.iter().map(HoldRecord::held_us).sum();
        assert_eq!(end.held_ms.unwrap_or_default(), held_us / 1000);
    }
}

#[test]
fn interruption_counts_aborted_and_a_measured_fail_stays() {
    let run = run_id(1);
    let events = full_run(run);
    let failed = events
        .iter()
        .position(|envelope| {
            matches!(&envelope.event, Event::StepFinished(end) if end.verdict == Verdict::Fail)
        })
        .unwrap();
    for (cut, verdict) in [(failed, Verdict::Aborted), (failed + 1, Verdict::Fail)] {
        let folder = folder();
        leave(&folder, run, &events[..cut]);
        let recovered = recover_in(&folder).closed.pop().unwrap();
        assert_eq!(recovered.verdict, verdict);
        assert_eq!(recovered.run, run);
        assert_eq!(recovered.started.serial_number.as_deref(), Some("SN-0010"));
        assert_eq!(recovered.cleanup, Cleanup::NotRun);
    }
}

#[test]
fn open_sequence_ends_as_the_worst_of_its_children() {
    let run = run_id(1);
    let mut events = full_run(run);
    let inner = events
        .iter_mut()
        .find_map(|envelope| match &mut envelope.event {
            Event::StepFinished(end) if end.step.0 == 4 => {
                end.verdict = Verdict::Fail;
                Some(envelope.seq as usize)
            }
            _ => None,
        })
        .unwrap();
    let folder = folder();
    let path = leave(&folder, run, &events[..inner]);
    recover_in(&folder);
    let record = RunRecord::from_events(&all_events(&path)).unwrap();
    let outer = record.step(StepNo(3)).unwrap();
    assert_eq!(outer.verdict(), Some(Verdict::Fail));
}

#[test]
fn cleanup_that_had_begun_is_incomplete() {
    let run = run_id(1);
    let events = full_run(run);
    let folder = folder();
    leave(&folder, run, &events[..events.len() - 2]);
    let recovered = recover_in(&folder).closed.pop().unwrap();
    assert_eq!(recovered.cleanup, Cleanup::Incomplete);
}

#[test]
fn clock_that_fell_back_never_orders_the_end_before_the_run() {
    let run = run_id(1);
    let events = full_run(run);
    let folder = folder();
    let path = leave(&folder, run, &events[..8]);
    let options = RecoveryOptions {
        now: Timestamp(1),
        fail_points: None,
    };
    recover(folder.path(), &options, &mut |_| Vec::new()).unwrap();
    let closed = all_events(&path);
    assert!(closed.windows(2).all(|pair| pair[0].time <= pair[1].time));
}

#[test]
fn journal_without_an_event_is_removed() {
    let folder = folder();
    let path = leave(&folder, run_id(1), &[]);
    let torn = leave(&folder, run_id(2), &[]);
    fs::write(&torn, b"{\"v\":1,\"se").unwrap();
    let recovery = recover_in(&folder);
    assert!(recovery.closed.is_empty() && recovery.left.is_empty());
    assert!(!path.exists() && !torn.exists());
}

#[test]
fn journal_whose_beginning_is_lost_is_kept_aside() {
    let folder = folder();
    let events = full_run(run_id(1));
    let path = leave(&folder, run_id(1), &events[1..4]);
    let recovery = recover_in(&folder);
    let left = &recovery.left[0];
    assert!(left.path.to_string_lossy().contains(&run_id(1).to_string()));
    assert!(!path.exists() && left.path.exists());
    assert!(recover_in(&folder).left.is_empty(), "told once");
}

#[test]
fn damage_in_the_middle_is_noted_once_also_in_a_finished_run() {
    let run = run_id(1);
    let events = full_run(run);
    for kept in [events.len() - 3, events.len()] {
        let folder = folder();
        let path = leave(&folder, run, &events[..kept]);
        let mut bytes = fs::read(&path).unwrap();
        let second = bytes.iter().position(|&byte| byte == b'\n').unwrap() + 20;
        bytes[second] ^= 1;
        fs::write(&path, &bytes).unwrap();
        let recovery = recover_in(&folder);
        assert!(recovery.left.is_empty());
        let record = RunRecord::from_events(&all_events(&path)).unwrap();
        assert!(record.is_damaged());
        let once = all_events(&path);
        recover_in(&folder);
        assert_eq!(all_events(&path), once);
    }
}

#[test]
fn line_that_was_taken_out_leaves_a_gap_that_is_noted_once() {
    let run = run_id(1);
    let events = full_run(run);
    let folder = folder();
    let path = leave(&folder, run, &events);
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    fs::write(&path, [&lines[..5], &lines[7..]].concat().concat()).unwrap();
    let damaged = recover_in(&folder).damaged.pop().unwrap();
    let offset: usize = lines[..5].iter().map(|line| line.len()).sum();
    assert_eq!(
        damaged.notes,
        [format!("2 events before byte {offset} are missing")]
    );
    let record = RunRecord::from_events(&all_events(&path)).unwrap();
    assert!(record.is_damaged());
    assert!(recover_in(&folder).damaged.is_empty());
}

#[test]
fn journal_of_a_newer_program_is_left_as_it_is() {
    let folder = folder();
    let path = leave(&folder, run_id(1), &full_run(run_id(1))[..2]);
    let json = br#"{"v":9,"seq":3,"time":0,"type":"teleported"}"#;
    let mut file = OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(json).unwrap();
    writeln!(file, "\t{:08x}", crc32c::crc32c(json)).unwrap();
    let before = fs::read(&path).unwrap();
    let recovery = recover_in(&folder);
    assert!(recovery.left[0].reason.contains("format 9"));
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn leftover_reserves_and_unnamed_files_are_removed() {
    let folder = folder();
    let open = archive::open_folder(folder.path());
    fs::create_dir_all(&open).unwrap();
    let alive = journal(&folder, run_id(1));
    let orphans = [
        open.join(format!("{}.reserve", run_id(2))),
        open.join(format!("{}.new", run_id(3))),
    ];
    for orphan in &orphans {
        fs::write(orphan, b"").unwrap();
    }
    recover_in(&folder);
    assert!(orphans.iter().all(|orphan| !orphan.exists()));
    assert!(alive.path().with_extension("reserve").exists());
}

#[test]
fn creating_and_recovering_side_by_side_never_takes_a_living_journal() {
    let folder = folder();
    let is_over = std::sync::atomic::AtomicBool::new(false);
    thread::scope(|scope| {
        let recovering = scope.spawn(|| {
            let mut touched = 0;
            while !is_over.load(std::sync::atomic::Ordering::SeqCst) {
                let recovery = recover_in(&folder);
                touched += recovery.closed.len() + recovery.left.len();
            }
            touched
        });
        let mut alive = Vec::new();
        for number in 0..60 {
            let run = run_id(number);
            let mut journal = journal(&folder, run);
            journal.append(&full_run(run)[..1]).unwrap();
            alive.push(journal);
        }
        is_over.store(true, std::sync::atomic::Ordering::SeqCst);
        assert_eq!(recovering.join().unwrap(), 0);
        for journal in &alive {
            assert_eq!(all_events(journal.path()).len(), 1);
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// A file cut at any byte: what was whole stays, the run is closed, and nothing is doubled.
    #[test]
    fn torn_tail_at_any_byte_loses_only_what_was_torn(share in 0.0..1.0_f64, zeros in 0_usize..3) {
        let folder = folder();
        let run = run_id(1);
        let events = full_run(run);
        let path = leave(&folder, run, &events);
        let whole = fs::read(&path).unwrap();
        let cut = (whole.len() as f64 * share) as usize;
        let mut torn = whole[..cut].to_vec();
        torn.resize(cut + zeros * 100, 0);
        fs::write(&path, &torn).unwrap();
        let kept = lines(&whole[..cut]);
        let recovery = recover_in(&folder);
        prop_assert!(recovery.left.is_empty());
        if kept == 0 {
            prop_assert!(!path.exists());
        } else {
            let closed = all_events(&path);
            prop_assert_eq!(&closed[..kept], &events[..kept]);
            let record = RunRecord::from_events(&closed).unwrap();
            prop_assert!(!record.is_damaged());
            prop_assert_eq!(record.status(), RunStatus::Aborted);
        }
    }
}

/// Every byte of a small journal, without chance.
#[test]
fn torn_tail_at_every_byte_of_a_small_journal() {
    let run = run_id(1);
    let events = full_run(run);
    let template = folder();
    let whole = fs::read(leave(&template, run, &events[..4])).unwrap();
    let folder = folder();
    let path = archive::open_path(folder.path(), run);
    fs::create_dir_all(archive::open_folder(folder.path())).unwrap();
    for cut in 0..=whole.len() {
        fs::write(&path, &whole[..cut]).unwrap();
        let kept = lines(&whole[..cut]);
        let recovery = recover_in(&folder);
        assert_eq!(recovery.closed.len(), usize::from(kept > 0), "cut at {cut}");
        if kept > 0 {
            assert_eq!(all_events(&path)[..kept], events[..kept], "cut at {cut}");
        }
    }
}

#[test]
fn living_journal_is_left_alone() {
    let folder = folder();
    let mut journal = journal(&folder, run_id(1));
    journal.append(&full_run(run_id(1))[..3]).unwrap();
    let recovery = recover_in(&folder);
    assert!(recovery.closed.is_empty() && recovery.left.is_empty());
    assert_eq!(all_events(journal.path()).len(), 3);
}
