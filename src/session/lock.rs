//! The station lock: one run per station and slot on a machine (EXECUTION section 1, item 2).

use std::fs::{self, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Clock;
use crate::event::Timestamp;

/// How often a queue looks whether the station is free.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// The lock of one station and slot, held until it is dropped.
#[derive(Debug)]
pub(crate) struct StationLock {
    file: File,
}

/// Who holds a station.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Holder {
    /// Id of the run, empty between the units of a loop.
    pub(crate) run: String,
    pub(crate) pid: u32,
    pub(crate) since: Timestamp,
    pub(crate) test: String,
}

/// Why a station could not be taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LockError {
    #[error("station '{station}' slot {slot} is busy{}", told(.holder.as_ref()))]
    Busy {
        station: String,
        slot: u32,
        holder: Option<Holder>,
    },
    #[error("cannot use the lock file {}", .path.display())]
    Io { path: PathBuf, source: io::Error },
}

impl StationLock {
    /// Takes the lock, waiting for it at most `wait`.
    pub(crate) fn take(
        folder: &Path,
        station: &str,
        slot: u32,
        wait: Duration,
    ) -> Result<Self, LockError> {
        let path = folder.join(format!("{}.{slot}", file_name(station)));
        let io = |source| LockError::Io {
            path: path.clone(),
            source,
        };
        prepare(folder).map_err(io)?;
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(io)?;
        // Other users of the machine must be able to take it too; only the owner may say so.
        let _: io::Result<()> = file.set_permissions(Permissions::from_mode(0o666));
        let clock = Clock::start();
        let end = clock.now().after(wait);
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { file }),
                Err(TryLockError::Error(source)) => return Err(io(source)),
                Err(TryLockError::WouldBlock) if clock.now() >= end => {
                    let holder = read_holder(&mut file);
                    return Err(LockError::Busy {
                        station: station.to_owned(),
                        slot,
                        holder,
                    });
                }
                Err(TryLockError::WouldBlock) => std::thread::sleep(LOOK_AGAIN),
            }
        }
    }

    /// Says who holds the station, for whoever finds it busy.
    pub(crate) fn announce(&mut self, holder: &Holder) -> io::Result<()> {
        let text = serde_json::to_string(holder)?;
        self.file.set_len(0)?;
        self.file.rewind()?;
        self.file.write_all(text.as_bytes())
    }
}

fn prepare(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(folder)?;
    // Sticky and writable by all, like the folder above it.
    fs::set_permissions(folder, Permissions::from_mode(0o1777))
}

fn read_holder(file: &mut File) -> Option<Holder> {
    let mut text = String::new();
    file.rewind().ok()?;
    file.take(4096).read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

/// The station's name as a file name: everything but letters, digits, `.`, `-` and `_` escaped.
fn file_name(station: &str) -> String {
    station
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') {
                c.to_string()
            } else {
                format!("%{:x}", u32::from(c))
            }
        })
        .collect()
}

fn told(holder: Option<&Holder>) -> String {
    holder.map_or_else(String::new, |holder| {
        format!(
            ": run {} of '{}' in process {} since {}",
            holder.run, holder.test, holder.pid, holder.since
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn second_taker_is_told_who_holds_the_station() {
        let folder = tempfile::tempdir().unwrap();
        let take = || StationLock::take(folder.path(), "ST/01", 0, Duration::ZERO);
        let mut first = take().unwrap();
        let holder = Holder {
            run: "r1".to_owned(),
            pid: 7,
            since: Timestamp(0),
            test: "Final".to_owned(),
        };
        first.announce(&holder).unwrap();
        match take() {
            Err(LockError::Busy {
                holder: Some(told), ..
            }) => assert_eq!(told, holder),
            other => panic!("{other:?}"),
        }
        drop(first);
        assert!(take().is_ok());
    }

    #[test]
    fn stations_and_slots_do_not_block_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let take = |name, slot| StationLock::take(folder.path(), name, slot, Duration::ZERO);
        let _one = take("A", 0).unwrap();
        let _two = take("A", 1).unwrap();
        let _three = take("B", 0).unwrap();
    }
}
