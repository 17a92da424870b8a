//! Where journals lie, and what becomes of delivered ones.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::{JournalError, file_system};
use crate::event::{RunId, Timestamp};

/// The folder of journals that are being written or delivered.
pub(crate) fn open_folder(folder: &Path) -> PathBuf {
    folder.join("open")
}

/// The journal of a run that goes on or is not delivered yet.
pub(crate) fn open_path(folder: &Path, run: RunId) -> PathBuf {
    open_folder(folder).join(format!("{run}.jsonl"))
}

/// The journal of a delivered run.
pub(crate) fn done_path(folder: &Path, run: RunId) -> PathBuf {
    folder
        .join("done")
        .join(month_of(run))
        .join(format!("{run}.jsonl"))
}

/// All journals in `open/`, oldest first; files with other names are no journals.
pub(crate) fn list_open(folder: &Path) -> Result<Vec<(RunId, PathBuf)>, JournalError> {
    let open = open_folder(folder);
    let entries = match fs::read_dir(&open) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(JournalError::io("list", &open, source)),
    };
    let mut journals: Vec<_> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter_map(|path| Some((run_of(&path)?, path)))
        .collect();
    journals.sort_unstable();
    Ok(journals)
}

/// All journals in `done/`, oldest first.
pub(crate) fn list_done(folder: &Path) -> Result<Vec<(RunId, PathBuf)>, JournalError> {
    let done = folder.join("done");
    let months = match fs::read_dir(&done) {
        Ok(months) => months,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(JournalError::io("list", &done, source)),
    };
    let mut journals: Vec<_> = months
        .flatten()
        .flat_map(|month| fs::read_dir(month.path()).into_iter().flatten().flatten())
        .map(|entry| entry.path())
        .filter_map(|path| Some((run_of(&path)?, path)))
        .collect();
    journals.sort_unstable();
    Ok(journals)
}

/// Moves a delivered journal to `done/YYYY-MM/`; retention counts from `delivered_at`.
///
/// The move need not survive a power cut: the journal would be delivered again, and every sink
/// knows what it has.
pub(crate) fn retire(
    folder: &Path,
    run: RunId,
    delivered_at: Timestamp,
) -> Result<(), JournalError> {
    let from = open_path(folder, run);
    let to = done_path(folder, run);
    if let Some(month) = to.parent() {
        fs::create_dir_all(month)
            .map_err(|source| JournalError::io("make the folder", month, source))?;
    }
    if let Ok(file) = File::options().append(true).open(&from) {
        // Where it fails, retention counts from the last append.
        let _: io::Result<()> = file.set_modified(system_time(delivered_at));
    }
    match fs::rename(&from, &to) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(JournalError::io("move", &from, source)),
    }
}

/// When this journal folder was last changed: the newest time that the wall clock of this station
/// is known to have shown. A run that starts earlier has a suspect clock.
pub(crate) fn newest_change(folder: &Path) -> Option<Timestamp> {
    let months: Vec<PathBuf> = fs::read_dir(folder.join("done"))
        .into_iter()
        .flatten()
        .flatten()
        .map(|month| month.path())
        .collect();
    // A file system may have a clock of its own; the name of a month tells when runs began.
    let begun = months.iter().filter_map(|month| month_start(month));
    let open = open_folder(folder);
    let changed = months
        .iter()
        .chain([&open])
        .filter_map(|path| fs::metadata(path).ok()?.modified().ok())
        .filter_map(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok())
        .map(|since| Timestamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX)));
    changed.chain(begun).max()
}

/// The first moment of the month that a folder in `done/` is named after.
fn month_start(month: &Path) -> Option<Timestamp> {
    let name = month.file_name()?.to_str()?;
    let start: jiff::Timestamp = format!("{name}-01T00:00:00Z").parse().ok()?;
    Some(Timestamp(start.as_microsecond()))
}

/// Removes delivered journals that were delivered before `before`; gives their number.
///
/// Never looks into `open/`: what is not delivered is not removed.
pub(crate) fn prune(folder: &Path, before: Timestamp) -> usize {
    let last_month = month_name(before);
    let mut removed = 0;
    let months = fs::read_dir(folder.join("done")).into_iter().flatten();
    for month in months.flatten() {
        // A journal is never delivered before its run started, which named the month.
        if month.file_name().to_string_lossy().as_ref() > last_month.as_str() {
            continue;
        }
        removed += prune_month(&month.path(), system_time(before));
        // Fails while journals are left in it.
        let _: io::Result<()> = fs::remove_dir(month.path());
    }
    removed
}

/// Moves a file from which no run can be told out of the way, so that it is kept and reported
/// once.
pub(super) fn set_aside(folder: &Path, path: &Path) -> Result<PathBuf, JournalError> {
    let damaged = folder.join("damaged");
    fs::create_dir_all(&damaged)
        .map_err(|source| JournalError::io("make the folder", &damaged, source))?;
    let name = path.file_name().unwrap_or(path.as_os_str());
    let to = damaged.join(name);
    fs::rename(path, &to).map_err(|source| JournalError::io("move", path, source))?;
    file_system::flush_folder(&damaged)?;
    Ok(to)
}

fn prune_month(month: &Path, before: SystemTime) -> usize {
    let mut removed = 0;
    for entry in fs::read_dir(month).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_old = run_of(&path).is_some()
            && entry
                .metadata()
                .and_then(|metadata| metadata.modified())
                .is_ok_and(|modified| modified < before);
        if is_old && fs::remove_file(&path).is_ok() {
            removed += 1;
        }
    }
    removed
}

/// The run that a file belongs to by its name.
fn run_of(path: &Path) -> Option<RunId> {
    if path.extension()? != "jsonl" {
        return None;
    }
    path.file_stem()?.to_str()?.parse().ok().map(RunId)
}

/// The month in which a run started, from the time in its id.
fn month_of(run: RunId) -> String {
    let (seconds, _) = run
        .0
        .get_timestamp()
        .map_or((0, 0), |timestamp| timestamp.to_unix());
    month_name(Timestamp(
        i64::try_from(seconds)
            .unwrap_or(0)
            .saturating_mul(1_000_000),
    ))
}

fn month_name(time: Timestamp) -> String {
    time.to_rfc3339().chars().take(7).collect()
}

fn system_time(time: Timestamp) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_micros(u64::try_from(time.0).unwrap_or(0))
}
