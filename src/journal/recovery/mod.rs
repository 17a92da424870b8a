//! Closes what a crash left in `open/`.
//!
//! A journal whose lock can be taken has no writer any more. Its torn tail is cut off, its events
//! are folded into a record, and if the run has not ended, the closing events follow: open
//! questions are withdrawn, open steps end as ABORTED (a sequence as the worst of that and of its
//! children), and the run ends as the worst of its steps and ABORTED, cause `interrupted`. Then it
//! is delivered like any other journal. Processes that the run left behind are the caller's to
//! end; [`Recovered`] says which run they are marked with.
//!
//! Recovery may be interrupted at any point and run again: the closing events are one write, and
//! what is finished is not touched.

mod closing;
mod scan;
#[cfg(test)]
mod tests;

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::line::LineFault;
use super::reserve::Reserve;
use super::{FailPoints, Journal, JournalError, archive};
use crate::event::{Cleanup, Event, RunId, RunStarted, Timestamp};
use crate::record::RunRecord;
use crate::verdict::Verdict;
pub(crate) use closing::interrupted_end;
use scan::Scan;

/// Closes every journal that a crash left in `folder` (`$MAESTRO_HOME/journal`).
///
/// A journal that cannot be closed never keeps the others from it, nor a run from starting.
pub(crate) fn recover(
    folder: &Path,
    options: &RecoveryOptions,
    make_safe: MakeSafe<'_>,
) -> Result<Recovery, JournalError> {
    let mut recovery = Recovery::default();
    for (run, path) in archive::list_open(folder)? {
        match recover_one(folder, run, &path, options, make_safe) {
            Ok(Outcome::Closed(recovered, damage)) => {
                recovery.closed.push(*recovered);
                recovery.damaged.extend(damage);
            }
            Ok(Outcome::SetAside { path, reason }) => {
                recovery.left.push(LeftAlone { path, reason });
            }
            Ok(Outcome::Finished(damage)) => {
                recovery.finished.push(run);
                recovery.damaged.extend(damage);
            }
            Ok(Outcome::Alive | Outcome::Removed) => {}
            Err(error) => recovery.left.push(LeftAlone {
                path,
                reason: describe(&error),
            }),
        }
    }
    remove_leftovers(folder);
    Ok(recovery)
}

/// Ends what an interrupted run left running and makes its station safe, before its record is
/// closed; gives the events that tell it.
pub(crate) type MakeSafe<'a> = &'a mut dyn FnMut(&RunRecord) -> Vec<Event>;

/// What recovery needs from outside.
#[derive(Debug, Clone)]
pub(crate) struct RecoveryOptions {
    /// Time of the closing events.
    pub(crate) now: Timestamp,
    pub(crate) fail_points: Option<Arc<FailPoints>>,
}

/// What recovery did.
#[derive(Debug, Default)]
pub(crate) struct Recovery {
    pub(crate) closed: Vec<Recovered>,
    /// Runs whose record was whole and whose process is gone. It may have died between the verdict
    /// and the end of its runners.
    pub(crate) finished: Vec<RunId>,
    pub(crate) left: Vec<LeftAlone>,
    /// Journals of which a part is lost, each told once.
    pub(crate) damaged: Vec<Damage>,
}

/// A run that was interrupted and is closed now.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Recovered {
    pub(crate) run: RunId,
    pub(crate) started: Box<RunStarted>,
    pub(crate) started_at: Timestamp,
    /// Time of the last event before the crash.
    pub(crate) last_seen_at: Timestamp,
    pub(crate) verdict: Verdict,
    /// Never `Complete`: the unit may be live.
    pub(crate) cleanup: Cleanup,
    /// A part of the journal could not be read.
    pub(crate) is_damaged: bool,
}

/// What recovery found in a journal for the first time.
#[derive(Debug)]
pub(crate) struct Damage {
    pub(crate) run: RunId,
    pub(crate) path: PathBuf,
    /// One sentence each, with the offset in bytes.
    pub(crate) notes: Vec<String>,
}

/// A journal that recovery could not close; it is kept.
#[derive(Debug)]
pub(crate) struct LeftAlone {
    pub(crate) path: PathBuf,
    pub(crate) reason: String,
}

enum Outcome {
    /// Its writer lives.
    Alive,
    /// It needed no closing and waits for delivery.
    Finished(Option<Damage>),
    /// Nothing was ever written to it.
    Removed,
    Closed(Box<Recovered>, Option<Damage>),
    SetAside {
        path: PathBuf,
        reason: String,
    },
}

fn recover_one(
    folder: &Path,
    run: RunId,
    path: &Path,
    options: &RecoveryOptions,
    make_safe: MakeSafe<'_>,
) -> Result<Outcome, JournalError> {
    let Some(file) = lock(path)? else {
        return Ok(Outcome::Alive);
    };
    // Nobody needs it any more, and the closing records may.
    let _: io::Result<()> = fs::remove_file(Reserve::path_beside(path));
    let scan = Scan::read(&file, path)?;
    if let Some(version) = scan.newer {
        let reason = format!("it was written by a newer maestro (format {version})");
        return Ok(Outcome::SetAside {
            path: path.to_owned(),
            reason,
        });
    }
    if scan.torn > 0 {
        file.set_len(scan.end)
            .map_err(|source| JournalError::io("cut", path, source))?;
    }
    let Some(record) = &scan.record else {
        return without_head(folder, path, &scan);
    };
    let told = match record.finished {
        Some(_) => Vec::new(),
        None => make_safe(record),
    };
    let events = closing::events(record, &scan, options.now, told);
    let damage = damage(run, path, record, &scan);
    // Also what was finished before is flushed: its last lines may be in memory only.
    let mut journal =
        Journal::reopen(file, path.to_owned(), scan.end, options.fail_points.clone())?;
    journal.append(&events)?;
    journal.flush_now()?;
    if record.finished.is_some() {
        return Ok(Outcome::Finished(damage));
    }
    let mut closed = record.clone();
    for envelope in &events {
        closed.fold(envelope);
    }
    let recovered = Recovered {
        run,
        started_at: closed.started_at,
        last_seen_at: record.last_seen_at,
        verdict: closed.verdict().unwrap_or(Verdict::Aborted),
        cleanup: closed
            .finished
            .as_ref()
            .map_or(Cleanup::NotRun, |finished| finished.cleanup),
        is_damaged: closed.is_damaged(),
        started: closed.started,
    };
    Ok(Outcome::Closed(Box::new(recovered), damage))
}

/// What is lost of a journal and was not known before.
fn damage(run: RunId, path: &Path, record: &RunRecord, scan: &Scan) -> Option<Damage> {
    let skipped = closing::new_damage(record, scan).map(|bad| match bad.reason {
        LineFault::Gap(missing) => {
            format!("{missing} events before byte {} are missing", bad.offset)
        }
        ref reason => format!("the line at byte {} is skipped: {reason}", bad.offset),
    });
    let torn = (scan.torn > 0).then(|| {
        let (offset, bytes) = (scan.end, scan.torn);
        format!("the last {bytes} bytes, from byte {offset} on, are no whole line and are cut off")
    });
    let notes: Vec<String> = skipped.chain(torn).collect();
    (!notes.is_empty()).then(|| Damage {
        run,
        path: path.to_owned(),
        notes,
    })
}

/// Opens and locks a journal; `None` where its writer lives or it has just moved away.
pub(crate) fn lock(path: &Path) -> Result<Option<File>, JournalError> {
    let file = match File::options().read(true).append(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(JournalError::io("open", path, source)),
    };
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(source)) => return Err(JournalError::io("lock", path, source)),
    }
    // Another process may have moved it to `done/` between the opening and the lock.
    let is_same = |there: fs::Metadata, here: fs::Metadata| {
        there.ino() == here.ino() && there.dev() == here.dev()
    };
    let (Ok(there), Ok(here)) = (fs::metadata(path), file.metadata()) else {
        return Ok(None);
    };
    Ok(is_same(there, here).then_some(file))
}

fn without_head(folder: &Path, path: &Path, scan: &Scan) -> Result<Outcome, JournalError> {
    if scan.end == 0 {
        // The process died before `RunStarted`, which comes before the first step.
        fs::remove_file(path).map_err(|source| JournalError::io("remove", path, source))?;
        return Ok(Outcome::Removed);
    }
    Ok(Outcome::SetAside {
        path: archive::set_aside(folder, path)?,
        reason: "its first line cannot be read, so that nobody knows what was tested".to_owned(),
    })
}

/// Removes reserves without a journal and files that never became one.
fn remove_leftovers(folder: &Path) {
    let entries = fs::read_dir(archive::open_folder(folder));
    for path in entries
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
    {
        let is_leftover = match path.extension().and_then(|extension| extension.to_str()) {
            Some("reserve") => !path.with_extension("jsonl").exists(),
            Some("new") => matches!(lock(&path), Ok(Some(_))),
            _ => false,
        };
        if is_leftover {
            let _: io::Result<()> = fs::remove_file(&path);
        }
    }
}

fn describe(error: &JournalError) -> String {
    use std::error::Error as _;
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
