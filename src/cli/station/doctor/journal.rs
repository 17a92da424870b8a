//! Journals: what was cut off, what waits for a store, what is damaged.

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::Patient;
use super::page::Check;
use crate::cli::age::age;
use crate::event::{Event, RunId, Timestamp};
use crate::journal::{Item, Reader, Until, archive, recovery};
use crate::outbox::Registry;
use crate::session::wall_clock;

/// Waiting for longer than this is worth a warning.
const LONG: Duration = Duration::from_hours(24);

/// Bytes of journals that are read to find damage.
const READ_AT_MOST: u64 = 256 << 20;

/// What the journals in `open/` are.
#[derive(Default)]
struct Open {
    /// Runs that go on.
    live: Vec<RunId>,
    /// Runs that nobody ends.
    cut_off: usize,
    /// Journals with lines that cannot be read, and how many.
    damaged: Vec<(RunId, usize)>,
}

pub(super) fn check(patient: &Patient<'_>) -> Vec<Check> {
    let folder = patient.home.join("journal");
    let open = match archive::list_open(&folder) {
        Ok(open) => open,
        Err(error) => {
            let mend = "look at the disk and the permissions of that folder";
            return vec![Check::fail("journals", error.to_string(), mend)];
        }
    };
    let mut found = Open::default();
    let mut left = READ_AT_MOST;
    for (run, path) in &open {
        found.take(*run, path, &mut left);
    }
    let mut checks = vec![state(&found)];
    checks.extend(damage(&found, &folder));
    checks.extend(waiting(&folder, &found));
    checks
}

impl Open {
    fn take(&mut self, run: RunId, path: &Path, left: &mut u64) {
        match recovery::lock(path) {
            // One that has just moved away is nobody's trouble either.
            Ok(None) => self.live.push(run),
            Ok(Some(lock)) => {
                let length = lock.metadata().map_or(0, |metadata| metadata.len());
                if length > *left {
                    return;
                }
                *left -= length;
                let Ok((is_whole, bad)) = read(path, length) else {
                    return self.damaged.push((run, 1));
                };
                self.cut_off += usize::from(!is_whole);
                if bad > 0 {
                    self.damaged.push((run, bad));
                }
            }
            Err(_) => self.damaged.push((run, 1)),
        }
    }
}

/// Whether a journal has its end, and how many lines cannot be read.
fn read(path: &Path, length: u64) -> Result<(bool, usize), crate::journal::JournalError> {
    let mut reader = Reader::open(path)?;
    let (mut offset, mut is_whole, mut bad) = (0, false, 0);
    loop {
        let batch = reader.read_from(offset, Until::Position(length))?;
        for item in &batch.items {
            match item {
                Item::Event(envelope, _) => {
                    is_whole |= matches!(envelope.event, Event::RunFinished(_));
                }
                Item::Bad(_) => bad += 1,
            }
        }
        if batch.next == offset {
            return Ok((is_whole, bad));
        }
        offset = batch.next;
    }
}

fn state(found: &Open) -> Check {
    let going_on = match found.live.len() {
        0 => "no run goes on".to_owned(),
        1 => "1 run goes on".to_owned(),
        many => format!("{many} runs go on"),
    };
    match found.cut_off {
        0 => Check::ok("journals", going_on),
        1 => Check::warn(
            "journals",
            "1 run was cut off and has no end",
            "`maestro recover` closes it, and so does the next run",
        ),
        many => Check::warn(
            "journals",
            format!("{many} runs were cut off and have no end"),
            "`maestro recover` closes them, and so does the next run",
        ),
    }
}

fn damage(found: &Open, folder: &Path) -> Vec<Check> {
    let mut checks = Vec::new();
    for (run, lines) in &found.damaged {
        checks.push(Check::warn(
            "journals",
            format!("{lines} lines of {run} cannot be read"),
            "what can be read is delivered, and the run is flagged; look after the disk",
        ));
    }
    let aside = fs::read_dir(folder.join("damaged")).map_or(0, Iterator::count);
    if aside > 0 {
        checks.push(Check::warn(
            "journals",
            format!("{aside} files lie in {}/damaged", folder.display()),
            "no run can be told from them; keep or remove them by hand",
        ));
    }
    checks
}

/// What each store lacks of the runs that are over.
fn waiting(folder: &Path, found: &Open) -> Vec<Check> {
    let outstanding = match Registry::of(folder).outstanding() {
        Ok(outstanding) => outstanding,
        Err(error) => {
            let mend = "look at the disk and the permissions of that folder";
            return vec![Check::fail("delivery", error.to_string(), mend)];
        }
    };
    let mut checks = Vec::new();
    for mut one in outstanding {
        one.runs.retain(|run| !found.live.contains(run));
        let Some(oldest) = one.runs.first() else {
            continue;
        };
        let waits = wall_clock().since(started(*oldest));
        let sink = &one.sink;
        let says = match one.runs.len() {
            1 => format!("1 run waits for the store `{sink}`, for {}", age(waits)),
            many => format!(
                "{many} runs wait for the store `{sink}`, the oldest for {}",
                age(waits)
            ),
        };
        let mend = format!(
            "`maestro sync` delivers them; `maestro sync --forget {sink}` gives up a store that \
             will never come back"
        );
        checks.push(if waits > LONG {
            Check::fail("delivery", says, mend)
        } else {
            Check::warn("delivery", says, mend)
        });
    }
    if checks.is_empty() {
        checks.push(Check::ok("delivery", "every store has every run"));
    }
    checks
}

/// When a run began: its id says so.
fn started(run: RunId) -> Timestamp {
    let (seconds, nanos) = run.0.get_timestamp().map_or((0, 0), |time| time.to_unix());
    Timestamp((seconds as i64).saturating_mul(1_000_000) + i64::from(nanos) / 1000)
}
