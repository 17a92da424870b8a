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
    /// Bytes that follow the last whole line.
    pub(super) torn: u64,
    /// Format of a line that this program cannot read because it is too old for it.
    pub(super) newer: Option<u8>,
    /// The line before was bad.
    is_after_bad: bool,
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
            let mut offset = scan.end;
            scan.end = batch.next;
            for item in batch.items {
                offset = scan.take(item, offset);
            }
        }
        scan.torn = length.saturating_sub(scan.end);
        Ok(scan)
    }

    /// Takes the line that begins at `offset`; gives the beginning of the next one.
    fn take(&mut self, item: Item, offset: u64) -> u64 {
        match item {
            Item::Event(envelope, next) => {
                self.note_gap(&envelope, offset);
                self.fold(&envelope);
                self.is_after_bad = false;
                next
            }
            Item::Bad(bad) => {
                if let LineFault::Newer(version) = bad.reason {
                    self.newer = Some(version);
                }
                // The event that stood here had a number too.
                self.next_seq += 1;
                self.is_after_bad = true;
                let next = bad.offset + bad.bytes;
                self.bad.push(bad);
                next
            }
        }
    }

    /// Lines that were taken out leave nothing but a gap in the numbers. A bad line explains one.
    fn note_gap(&mut self, envelope: &Envelope, offset: u64) {
        let missing = envelope.seq.saturating_sub(self.next_seq);
        if missing > 0 && !self.is_after_bad && self.record.is_some() {
            self.bad.push(BadLine {
                offset,
                bytes: 0,
                reason: LineFault::Gap(missing),
            });
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
