//! The lock of an environment: many may use it, one may build or remove it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::Duration;

use super::build::{Told, Watch};
use super::failure::EnvironmentError;

/// How often a taken lock is tried again.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// How a lock is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hold {
    Shared,
    Exclusive,
}

/// Takes the lock if nobody is in the way.
pub(super) fn try_take(path: &Path, hold: Hold) -> io::Result<Option<File>> {
    loop {
        let file = open(path)?;
        let taken = match hold {
            Hold::Shared => file.try_lock_shared(),
            Hold::Exclusive => file.try_lock(),
        };
        match taken {
            Ok(()) if is_at(&file, path) => return Ok(Some(file)),
            // Somebody has removed the environment, and the lock with it: it is made anew.
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

/// Takes the lock, however long others hold it; says once that it waits.
pub(super) fn take(
    path: &Path,
    hold: Hold,
    watch: &mut Watch<'_>,
) -> Result<File, EnvironmentError> {
    let mut looks = 0_u32;
    loop {
        let taken = try_take(path, hold);
        if let Some(file) = taken.map_err(|error| EnvironmentError::io("lock", path, error))? {
            return Ok(file);
        }
        if (watch.is_interrupted)() {
            return Err(EnvironmentError::Interrupted);
        }
        // Not at the first looks: a list of environments holds each for a moment.
        looks = looks.saturating_add(1);
        if looks == 3 {
            (watch.tell)(Told::Waits);
        }
        std::thread::sleep(LOOK_AGAIN);
    }
}

/// Opened for reading only where it exists: another account may have made it.
fn open(path: &Path) -> io::Result<File> {
    match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path),
        other => other,
    }
}

/// Whether the path still means this file.
fn is_at(file: &File, path: &Path) -> bool {
    match (file.metadata(), fs::metadata(path)) {
        (Ok(ours), Ok(there)) => (ours.dev(), ours.ino()) == (there.dev(), there.ino()),
        _ => false,
    }
}
