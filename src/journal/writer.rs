//! Writes the journal of one run.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::file_system::{flush_folder, prepare_folder};
use super::flusher::Flusher;
use super::reserve::Reserve;
use super::{FailPoint, FailPoints, JournalError, MAX_EVENT_BYTES, Positions, archive, line};
use crate::event::{Envelope, RunId};

/// How often a new file is made again because a recovery beside it took the lock first.
const CREATE_ATTEMPTS: usize = 20;

/// Bytes of lines for which memory is kept.
const KEPT_BUFFER: usize = 64 * 1024;

/// The journal of one run, open for appending, locked until it is dropped.
#[derive(Debug)]
pub(crate) struct Journal {
    /// Declared first, so that its thread has ended before the file is unlocked.
    flusher: Flusher,
    file: Arc<File>,
    path: PathBuf,
    positions: Arc<Positions>,
    buffer: Vec<u8>,
    reserve: Option<Reserve>,
    /// Bytes of a failed write could not be cut off and must be before the next one.
    has_torn_tail: bool,
    fail_points: Option<Arc<FailPoints>>,
}

impl Journal {
    /// Makes the journal of a run in `folder` (`$MAESTRO_HOME/journal`), durable by name and
    /// locked, with its reserve beside it.
    pub(crate) fn create(
        folder: &Path,
        run: RunId,
        fail_points: Option<Arc<FailPoints>>,
    ) -> Result<Self, JournalError> {
        let open = archive::open_folder(folder);
        prepare_folder(&open)?;
        let path = archive::open_path(folder, run);
        if path.exists() {
            return Err(JournalError::Exists {
                run: run.to_string(),
                path,
            });
        }
        let file = Self::create_locked(&path)?;
        // Made second, so that a reserve without a journal is always one that nobody needs.
        let prepared = Reserve::allocate(Reserve::path_beside(&path))
            .and_then(|reserve| flush_folder(&open).map(|()| reserve));
        match prepared {
            Ok(reserve) => Self::over(file, path, 0, Some(reserve), fail_points),
            Err(error) => {
                let _: io::Result<()> = fs::remove_file(&path);
                Err(error)
            }
        }
    }

    /// Continues a journal that a crash left; `file` is locked and cut to `end`.
    pub(super) fn reopen(
        file: File,
        path: PathBuf,
        end: u64,
        fail_points: Option<Arc<FailPoints>>,
    ) -> Result<Self, JournalError> {
        Self::over(file, path, end, None, fail_points)
    }

    /// Appends events with one write, whole or not at all; gives the end of the last line.
    ///
    /// After an error the file ends where it ended before, and the journal may be used again: on a
    /// full disk the reserve can be released and the closing records appended.
    pub(crate) fn append<'a>(
        &mut self,
        events: impl IntoIterator<Item = &'a Envelope>,
    ) -> Result<u64, JournalError> {
        self.buffer.clear();
        // What the text of a definition needed is not kept for the rest of the run.
        self.buffer.shrink_to(KEPT_BUFFER);
        for envelope in events {
            let start = self.buffer.len();
            line::encode(envelope, &mut self.buffer).map_err(|source| JournalError::Encode {
                seq: envelope.seq,
                source,
            })?;
            FailPoints::panic_at(self.fail_points.as_ref(), FailPoint::Session);
            // Invariant: the session shrinks events. A larger one is still written and read.
            debug_assert!(
                self.buffer.len() - start <= MAX_EVENT_BYTES + 64,
                "event {} is larger than an event may be",
                envelope.seq
            );
        }
        if self.buffer.is_empty() {
            return Ok(self.positions.appended());
        }
        self.write_buffer()?;
        FailPoints::pass(self.fail_points.as_ref(), FailPoint::Append);
        Ok(self.positions.appended())
    }

    /// Returns when all that was appended is on the disk.
    pub(crate) fn flush_now(&self) -> Result<(), JournalError> {
        self.flusher.flush_now()
    }

    /// Gives the reserved megabyte back to the disk, for the closing records.
    pub(crate) fn release_reserve(&mut self) {
        self.reserve = None;
    }

    /// How far the journal got, for readers in this process.
    pub(crate) fn positions(&self) -> Arc<Positions> {
        Arc::clone(&self.positions)
    }

    /// Where the journal lies while its run goes on.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    fn over(
        file: File,
        path: PathBuf,
        end: u64,
        reserve: Option<Reserve>,
        fail_points: Option<Arc<FailPoints>>,
    ) -> Result<Self, JournalError> {
        let file = Arc::new(file);
        let positions = Arc::new(Positions::default());
        positions.set_appended(end);
        let flusher = Flusher::start(
            Arc::clone(&file),
            path.clone(),
            Arc::clone(&positions),
            fail_points.clone(),
        )?;
        Ok(Self {
            flusher,
            file,
            path,
            positions,
            buffer: Vec::with_capacity(16 * 1024),
            reserve,
            has_torn_tail: false,
            fail_points,
        })
    }

    /// Makes the file under a passing name, locks it, and only then gives it its own: a recovery
    /// takes an unlocked file under a final name for one that a crash left.
    fn create_locked(path: &Path) -> Result<File, JournalError> {
        let passing = path.with_extension("new");
        for _ in 0..CREATE_ATTEMPTS {
            let file = OpenOptions::new()
                .create(true)
                .append(true)
                .read(true)
                .open(&passing)
                .map_err(|source| JournalError::io("make", &passing, source))?;
            match file.try_lock() {
                Ok(()) => {}
                // A recovery is just looking at it and will remove it.
                Err(TryLockError::WouldBlock) => {
                    let _: io::Result<()> = fs::remove_file(&passing);
                    continue;
                }
                Err(TryLockError::Error(source)) => {
                    return Err(JournalError::io("lock", &passing, source));
                }
            }
            match fs::rename(&passing, path) {
                Ok(()) => return Ok(file),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(source) => return Err(JournalError::io("name", path, source)),
            }
        }
        Err(JournalError::io(
            "lock",
            path,
            io::ErrorKind::WouldBlock.into(),
        ))
    }

    fn write_buffer(&mut self) -> Result<(), JournalError> {
        if self.has_torn_tail {
            self.cut_torn_tail()?;
        }
        if let Err(source) = self.write_all() {
            let error = JournalError::io("append to", &self.path, source);
            self.has_torn_tail = true;
            // A failure here is tried again before the next append.
            let _ = self.cut_torn_tail();
            return Err(error);
        }
        self.positions
            .set_appended(self.positions.appended() + self.buffer.len() as u64);
        self.flusher.notice();
        Ok(())
    }

    fn write_all(&self) -> io::Result<()> {
        let is_full =
            self.reserve.is_some() && FailPoints::fails(self.fail_points.as_ref(), FailPoint::Full);
        if is_full {
            (&*self.file).write_all(&self.buffer[..self.buffer.len() / 2])?;
            return Err(io::ErrorKind::StorageFull.into());
        }
        (&*self.file).write_all(&self.buffer)
    }

    fn cut_torn_tail(&mut self) -> Result<(), JournalError> {
        self.file
            .set_len(self.positions.appended())
            .map_err(|source| JournalError::io("cut", &self.path, source))?;
        self.has_torn_tail = false;
        Ok(())
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        // What was appended is flushed before readers hear of the end; a failure is known to them
        // through the positions.
        let _ = self.flusher.flush_now();
        // Said outright, since a reader in this process may still share the open file.
        let _: io::Result<()> = self.file.unlock();
        self.positions.close();
    }
}
