//! Splits a byte stream into lines, with a bound on memory whatever arrives.

use crate::{MAX_LINE, Rule, VIOLATION_HEAD, Violation};

/// Room for a typical answer; grows with need and shrinks after a large line.
const FIRST_ROOM: usize = 16 * 1024;
const KEPT_ROOM: usize = 1024 * 1024;

/// Collects bytes and hands out whole lines.
///
/// A line longer than the limit is reported as soon as that is known; the rest of it is dropped as
/// it comes, up to its line end.
#[derive(Debug)]
pub struct LineBuffer {
    bytes: Vec<u8>,
    /// Invariant: `start <= scanned <= end <= bytes.len()`.
    start: usize,
    /// Bytes from `start` up to here hold no line end.
    scanned: usize,
    end: usize,
    limit: usize,
    is_discarding: bool,
}

impl Default for LineBuffer {
    fn default() -> Self {
        Self::with_limit(MAX_LINE)
    }
}

impl LineBuffer {
    /// Makes a buffer that accepts lines of up to `limit` bytes.
    pub fn with_limit(limit: usize) -> Self {
        Self {
            bytes: Vec::new(),
            start: 0,
            scanned: 0,
            end: 0,
            limit,
            is_discarding: false,
        }
    }

    /// Room for the next read, never empty. Follow with [`Self::filled`].
    pub fn room(&mut self) -> &mut [u8] {
        if self.start == self.end {
            self.start = 0;
            self.scanned = 0;
            self.end = 0;
            if self.bytes.len() > KEPT_ROOM {
                self.bytes = Vec::new();
            }
        }
        if self.bytes.len() - self.end < FIRST_ROOM / 4 {
            self.make_room();
        }
        &mut self.bytes[self.end..]
    }

    fn make_room(&mut self) {
        self.bytes.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.scanned -= self.start;
        self.start = 0;
        if self.bytes.len() - self.end < FIRST_ROOM / 2 {
            let doubled = (self.bytes.len() * 2).max(FIRST_ROOM);
            self.bytes.resize(
                doubled
                    .min(self.limit + 2 * FIRST_ROOM)
                    .max(self.end + FIRST_ROOM),
                0,
            );
        }
    }

    /// Says how many bytes of [`Self::room`] a read filled.
    pub fn filled(&mut self, count: usize) {
        self.end = (self.end + count).min(self.bytes.len());
    }

    /// Appends bytes that the caller already has.
    pub fn extend(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let room = self.room();
            let count = room.len().min(bytes.len());
            room[..count].copy_from_slice(&bytes[..count]);
            self.filled(count);
            bytes = &bytes[count..];
            if !bytes.is_empty() && self.is_discarding {
                self.discard();
            }
        }
    }

    /// Takes the next whole line without its line end, or the report of one that is too long.
    /// `None` means that more bytes are needed.
    pub fn next_line(&mut self) -> Option<Result<&[u8], Violation>> {
        if self.is_discarding && !self.discard() {
            return None;
        }
        let fresh = &self.bytes[self.scanned..self.end];
        let Some(offset) = fresh.iter().position(|byte| *byte == b'\n') else {
            self.scanned = self.end;
            return (self.end - self.start > self.limit).then(|| Err(self.overlong()));
        };
        let line_end = self.scanned + offset;
        if line_end - self.start > self.limit {
            return Some(Err(self.overlong()));
        }
        let line = self.start..line_end;
        self.start = line_end + 1;
        self.scanned = self.start;
        let bytes = &self.bytes[line];
        Some(Ok(bytes.strip_suffix(b"\r").unwrap_or(bytes)))
    }

    /// The report of bytes after the last line end, to be asked for at the end of the stream.
    pub fn finish(&mut self) -> Option<Violation> {
        let rest = &self.bytes[self.start..self.end];
        let report = (!rest.is_empty() && !self.is_discarding)
            .then(|| Violation::new(Rule::Complete, "half a line at the end of the stream", rest));
        self.start = self.end;
        self.scanned = self.end;
        report
    }

    fn overlong(&mut self) -> Violation {
        let head = (self.start + VIOLATION_HEAD + 1).min(self.end);
        let detail = format!("line of more than {} bytes", self.limit);
        let violation = Violation::new(Rule::Length, detail, &self.bytes[self.start..head]);
        self.is_discarding = true;
        self.scanned = self.start;
        self.discard();
        violation
    }

    /// Drops bytes up to the line end; true when it was found.
    fn discard(&mut self) -> bool {
        let rest = &self.bytes[self.start..self.end];
        let found = rest.iter().position(|byte| *byte == b'\n');
        self.start = found.map_or(self.end, |offset| self.start + offset + 1);
        self.scanned = self.start;
        self.is_discarding = found.is_none();
        found.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(buffer: &mut LineBuffer) -> Vec<String> {
        let mut found = Vec::new();
        while let Some(line) = buffer.next_line() {
            found.push(match line {
                Ok(bytes) => String::from_utf8_lossy(bytes).into_owned(),
                Err(violation) => format!("! {violation}"),
            });
        }
        found
    }

    #[test]
    fn lines_come_out_whole_however_they_arrive() {
        let text = "one\ntwo\r\n\nthree ä\nrest".as_bytes();
        for size in 1..text.len() {
            let mut buffer = LineBuffer::default();
            let mut found = Vec::new();
            for piece in text.chunks(size) {
                buffer.extend(piece);
                found.extend(lines(&mut buffer));
            }
            assert_eq!(found, ["one", "two", "", "three ä"], "pieces of {size}");
            let half = buffer.finish().unwrap();
            assert_eq!((half.rule, half.head.as_str()), (Rule::Complete, "rest"));
            assert_eq!(buffer.finish(), None);
        }
    }

    #[test]
    fn overlong_line_is_reported_once_and_dropped_to_its_end() {
        for size in [1, 3, 7, 1000] {
            let mut buffer = LineBuffer::with_limit(10);
            let mut found = Vec::new();
            for piece in b"ok\n0123456789\n0123456789a123\nok again\n".chunks(size) {
                buffer.extend(piece);
                found.extend(lines(&mut buffer));
            }
            assert_eq!(found.len(), 4, "{found:?}");
            assert_eq!(found[1], "0123456789");
            assert!(found[2].starts_with("! line of more than 10 bytes: 0123456789a"));
            assert_eq!(found[3], "ok again");
        }
    }

    #[test]
    fn endless_line_is_reported_early_and_keeps_memory_bounded() {
        let mut buffer = LineBuffer::default();
        let piece = vec![b'x'; 1 << 20];
        let mut reports = 0;
        for _ in 0..64 {
            buffer.extend(&piece);
            reports += lines(&mut buffer).len();
            assert!(
                buffer.bytes.len() <= MAX_LINE + (2 << 20),
                "{}",
                buffer.bytes.len()
            );
        }
        assert_eq!(reports, 1);
        buffer.extend(b"\nok\n");
        assert_eq!(lines(&mut buffer), ["ok"]);
        buffer.room();
        assert!(buffer.bytes.len() <= FIRST_ROOM);
    }

    #[test]
    fn a_line_of_exactly_the_limit_is_accepted() {
        let mut buffer = LineBuffer::default();
        buffer.extend(&vec![b'x'; MAX_LINE]);
        buffer.extend(b"\n");
        assert_eq!(buffer.next_line().unwrap().unwrap().len(), MAX_LINE);
    }
}
