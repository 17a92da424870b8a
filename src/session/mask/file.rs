//! A file that is copied without its secrets.

use super::Masker;

/// Masks the bytes of one file. Every byte of a secret becomes `*`, so that nothing else in the
/// file moves: it may be no text.
#[derive(Debug)]
pub(in crate::session) struct FileMask {
    masker: Masker,
    /// Read, not yet given out.
    raw: Vec<u8>,
    /// The same with stars.
    masked: Vec<u8>,
}

impl FileMask {
    pub(in crate::session) const fn new(masker: Masker) -> Self {
        Self {
            masker,
            raw: Vec::new(),
            masked: Vec::new(),
        }
    }

    /// Takes the next bytes; gives those before them that are done.
    pub(in crate::session) fn next(&mut self, bytes: &[u8]) -> Vec<u8> {
        let Some(finder) = self.masker.finder() else {
            return bytes.to_vec();
        };
        self.raw.extend_from_slice(bytes);
        self.masked.extend_from_slice(bytes);
        for place in finder.places(&self.raw) {
            self.masked[place].fill(b'*');
        }
        let done = self.raw.len().saturating_sub(finder.longest + 1);
        self.raw.drain(..done);
        self.masked.drain(..done).collect()
    }

    /// The bytes that are left at the end of the file.
    pub(in crate::session) fn end(&mut self) -> Vec<u8> {
        self.raw.clear();
        std::mem::take(&mut self.masked)
    }
}
