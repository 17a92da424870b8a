//! The megabyte that lets a run be closed on a full disk.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use rustix::fs::FallocateFlags;
use rustix::io::Errno;

use super::JournalError;

/// Size of the reserve.
const RESERVE_BYTES: u64 = 1024 * 1024;

/// A file of allocated blocks, removed when it is released or dropped.
#[derive(Debug)]
pub(super) struct Reserve {
    path: PathBuf,
}

impl Reserve {
    /// Occupies the space, or says that the disk is full.
    pub(super) fn allocate(path: PathBuf) -> Result<Self, JournalError> {
        let reserve = Self { path };
        let path = &reserve.path;
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .open(path)
            .map_err(|source| JournalError::io("make", path, source))?;
        match rustix::fs::fallocate(&file, FallocateFlags::empty(), 0, RESERVE_BYTES) {
            Ok(()) => Ok(reserve),
            // Some file systems cannot allocate ahead; written zeros occupy blocks everywhere.
            Err(Errno::OPNOTSUPP | Errno::NOSYS) => file
                .write_all(&vec![0; RESERVE_BYTES as usize])
                .map_err(|source| JournalError::io("allocate", path, source))
                .map(|()| reserve),
            Err(errno) => Err(JournalError::io("allocate", path, errno.into())),
        }
    }

    /// Where the reserve of a journal lies.
    pub(super) fn path_beside(journal: &Path) -> PathBuf {
        journal.with_extension("reserve")
    }
}

impl Drop for Reserve {
    fn drop(&mut self) {
        // One that is gone already does no harm; one that stays is removed by recovery.
        let _: io::Result<()> = fs::remove_file(&self.path);
    }
}
