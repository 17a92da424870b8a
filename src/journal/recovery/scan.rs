//! Reads a journal whole, to see what a crash left of it.

use std::fs::File;
use std::path::Path;

use crate::event::Envelope;
use crate::journal::line::LineFault;
use crate::journal::{BadLine, Item, JournalError, Reader, Until};
use crate::record::RunRecord;

/// What a journal holds.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// `None` where no line says what run it is.
    pub(super) record: Option<RunRecord>,
    pub(super) bad: Vec<BadLine>,
    /// Number for the next event.
    pub(super) next_seq: u64,
    /// End of the last whole line.
    pub(super) end: u64,
    /// Bytes follow the last whole line.
    pub(super) is_torn: bool,
    /// Format of a line that this program cannot read because it is too old for it.
    pub(super) newer: Option<u8>,
}

impl Scan {
    /// Reads a locked journal to its end.
    pub(super) fn read(file: &File, path: &Path) -> Result<Self, JournalError> {
        let file = file
            .try_clone()
            .map_err(|source| JournalError::io("open", path, source))?;
        let mut reader = Reader::over(file, path);
        let length = reader.len()?;
        let mut scan = Self {
            next_seq: 1,
            ..Self::default()
        };
        loop {
            let batch = reader.read_from(scan.end, Until::Position(length))?;
            if batch.next == scan.end {
                break;
            }
            scan.end = batch.next;
            batch.items.into_iter().for_each(|item| scan.take(item));
        }
        scan.is_torn = scan.end < length;
        Ok(scan)
    }

    fn take(&mut self, item: Item) {
        match item {
            Item::Event(envelope, _) => self.fold(&envelope),
            Item::Bad(bad) => {
                if let LineFault::Newer(version) = bad.reason {
                    self.newer = Some(version);
                }
                // The event that stood here had a number too.
                self.next_seq += 1;
                self.bad.push(bad);
            }
        }
    }

    fn fold(&mut self, envelope: &Envelope) {
        self.next_seq = envelope.seq.saturating_add(1);
        match &mut self.record {
            Some(record) => record.fold(envelope),
            None => self.record = RunRecord::begin(envelope),
        }
    }
}
