//! Reads a journal by offset.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use super::JournalError;
use super::line::{self, LineFault};
use crate::event::Envelope;

/// Bytes read at a time. Events in memory take five times what they take as lines.
const CHUNK: usize = 128 * 1024;

/// A line longer than this is damage: events are far smaller.
const MAX_LINE: usize = 4 * 1024 * 1024;

/// Reads the journal of a run that goes on or is over. Holds one buffer and no position.
#[derive(Debug)]
pub(crate) struct Reader {
    file: File,
    path: PathBuf,
    buffer: Vec<u8>,
}

impl Reader {
    /// Opens a journal; reading never disturbs its writer.
    pub(crate) fn open(path: &Path) -> Result<Self, JournalError> {
        let file = File::open(path).map_err(|source| JournalError::io("open", path, source))?;
        Ok(Self::over(file, path))
    }

    pub(super) fn over(file: File, path: &Path) -> Self {
        Self {
            file,
            path: path.to_owned(),
            buffer: Vec::new(),
        }
    }

    /// Reads whole lines from `offset` on, about 128 KiB at most.
    ///
    /// Nothing more is to be had for now when [`Batch::next`] equals `offset`.
    pub(crate) fn read_from(&mut self, offset: u64, until: Until) -> Result<Batch, JournalError> {
        let mut wanted = CHUNK;
        loop {
            let is_end = self.fill(offset, wanted, until)?;
            if let Some(newline) = self.buffer.iter().rposition(|&byte| byte == b'\n') {
                let whole = newline + 1;
                return Ok(self.parse(offset, whole, is_end && until == Until::LiveEnd));
            }
            if is_end {
                return Ok(Batch::empty(offset));
            }
            if wanted >= MAX_LINE {
                return Ok(self.too_long(offset));
            }
            wanted *= 4;
        }
    }

    /// Hands on the JSON of whole valid lines from `offset` to `end`, about 128 KiB at most, each
    /// with the offset after it; gives where to go on. `false` from `each` leaves its line and the
    /// rest for later.
    ///
    /// For those who pass lines on, or need little of them: taking one apart costs more than both.
    #[allow(
        dead_code,
        reason = "without the feature `redis` nobody passes lines on"
    )]
    pub(crate) fn lines_from(
        &mut self,
        offset: u64,
        end: u64,
        each: &mut dyn FnMut(&[u8], u64) -> bool,
    ) -> Result<u64, JournalError> {
        let mut wanted = CHUNK;
        loop {
            let is_end = self.fill(offset, wanted, Until::Position(end))?;
            let mut start = 0;
            while let Some(length) = self.buffer[start..].iter().position(|&byte| byte == b'\n') {
                let next = start + length + 1;
                let json = line::json_of(&self.buffer[start..start + length]);
                if let Ok(json) = json
                    && !each(json, offset + next as u64)
                {
                    return Ok(offset + start as u64);
                }
                start = next;
            }
            if start > 0 || is_end {
                return Ok(offset + start as u64);
            }
            if wanted >= MAX_LINE {
                return Ok(offset + self.buffer.len() as u64);
            }
            wanted *= 4;
        }
    }

    /// Length of the file now.
    pub(crate) fn len(&self) -> Result<u64, JournalError> {
        self.file
            .metadata()
            .map(|metadata| metadata.len())
            .map_err(|source| JournalError::io("examine", &self.path, source))
    }

    /// Fills the buffer with up to `wanted` bytes; true where nothing follows them.
    fn fill(&mut self, offset: u64, wanted: usize, until: Until) -> Result<bool, JournalError> {
        let limit = match until {
            Until::Position(end) => end.saturating_sub(offset).min(wanted as u64) as usize,
            Until::LiveEnd => wanted,
        };
        if self.buffer.capacity() > wanted {
            // What a long line needed is not kept for the rest of the run.
            self.buffer = Vec::new();
        }
        self.buffer.resize(limit, 0);
        let mut filled = 0;
        while filled < limit {
            match self
                .file
                .read_at(&mut self.buffer[filled..], offset + filled as u64)
            {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(source) => return Err(JournalError::io("read", &self.path, source)),
            }
        }
        self.buffer.truncate(filled);
        Ok(filled < wanted)
    }

    /// Takes the first `whole` bytes apart. Bad lines at the very end of a live file are held
    /// back: they may be in the middle of being written or cut.
    fn parse(&self, offset: u64, whole: usize, holds_back: bool) -> Batch {
        let mut batch = Batch::empty(offset);
        let mut start = 0;
        while let Some(length) = self.buffer[start..whole]
            .iter()
            .position(|&byte| byte == b'\n')
        {
            let end = offset + (start + length + 1) as u64;
            batch
                .items
                .push(match line::decode(&self.buffer[start..start + length]) {
                    Ok(envelope) => Item::Event(Box::new(envelope), end),
                    Err(reason) => Item::Bad(BadLine {
                        offset: offset + start as u64,
                        bytes: length as u64 + 1,
                        reason,
                    }),
                });
            start += length + 1;
        }
        batch.next = offset + start as u64;
        while holds_back && let Some(Item::Bad(bad)) = batch.items.last() {
            batch.next = bad.offset;
            batch.items.pop();
        }
        batch
    }

    fn too_long(&self, offset: u64) -> Batch {
        let bytes = self.buffer.len() as u64;
        Batch {
            items: vec![Item::Bad(BadLine {
                offset,
                bytes,
                reason: LineFault::TooLong,
            })],
            next: offset + bytes,
        }
    }
}

/// How far to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Until {
    /// To a position that [`super::Positions`] or the length of a finished file gave.
    Position(u64),
    /// To the last whole valid line of a file that another process may be writing.
    LiveEnd,
}

/// Lines of a journal.
#[derive(Debug, PartialEq)]
pub(crate) struct Batch {
    pub(crate) items: Vec<Item>,
    /// Where to go on reading.
    pub(crate) next: u64,
}

impl Batch {
    const fn empty(offset: u64) -> Self {
        Self {
            items: Vec::new(),
            next: offset,
        }
    }
}

/// A line of a journal.
#[derive(Debug, PartialEq)]
pub(crate) enum Item {
    /// An event and the offset of the line after it.
    Event(Box<Envelope>, u64),
    Bad(BadLine),
}

/// A line that is no event; readers skip it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BadLine {
    pub(crate) offset: u64,
    pub(crate) bytes: u64,
    pub(crate) reason: LineFault,
}
