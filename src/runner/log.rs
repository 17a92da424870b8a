//! The text that a runner writes for the log, bounded: stderr cut into lines, and `log` messages.
//!
//! Nothing is kept beyond the allowance of a call; the rest is read, counted and dropped, so that a
//! flood neither blocks the runner nor fills the memory.

use maestro_protocol::LogLevel;

use super::{CallId, FleetEvent, Piece, RunnerId, Stream};

/// Longest line of stderr; a longer one is told in pieces.
const LONGEST_LINE: usize = 8 * 1024;
/// Longest piece of a `log` message.
const LONGEST_MESSAGE: usize = 64 * 1024;
/// Most lines per call: the cost of a line in the journal is not its text alone.
const MOST_LINES: usize = 20_000;
/// Most of the last line that is kept to explain a death.
const LAST_WORDS: usize = 200;
/// Stands where something is left out.
const CUT: &[u8] = "…".as_bytes();

/// The log of one process.
#[derive(Debug)]
pub(super) struct LogStream {
    runner: RunnerId,
    call: Option<CallId>,
    limit: usize,
    bytes_left: usize,
    lines_left: usize,
    dropped: u64,
    /// The beginning of a line of stderr whose end has not come.
    partial: Vec<u8>,
    /// The beginning of the line of `partial` was told already.
    is_rest: bool,
    /// The last byte was a carriage return: a line feed now ends no second line.
    after_return: bool,
    last_words: Vec<u8>,
}

impl LogStream {
    pub(super) fn new(runner: RunnerId, limit: usize) -> Self {
        Self {
            runner,
            call: None,
            limit,
            bytes_left: limit,
            lines_left: MOST_LINES,
            dropped: 0,
            partial: Vec::new(),
            is_rest: false,
            after_return: false,
            last_words: Vec::new(),
        }
    }

    /// Closes the account of the last call and opens one for `call`, or for the time between calls.
    pub(super) fn turn_to(&mut self, call: Option<CallId>, out: &mut Vec<FleetEvent>) {
        self.close(out);
        self.call = call;
        self.bytes_left = self.limit;
        self.lines_left = MOST_LINES;
    }

    /// Tells an unfinished line, and how much was dropped.
    pub(super) fn close(&mut self, out: &mut Vec<FleetEvent>) {
        self.end_line(out);
        if self.dropped > 0 {
            let text = format!(
                "{} bytes of log dropped: more than {} bytes or {MOST_LINES} lines in one step",
                self.dropped, self.limit,
            );
            self.dropped = 0;
            self.note(text, out);
        }
    }

    /// Takes bytes of stderr.
    pub(super) fn feed(&mut self, mut bytes: &[u8], out: &mut Vec<FleetEvent>) {
        if self.lines_left == 0 {
            return self.pass_over(bytes);
        }
        while let Some(at) = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
            let is_blank = at == 0 && self.partial.is_empty();
            let is_return = bytes[at] == b'\r';
            // CR LF is one line end; a lone CR (a progress bar) ends a line that has text.
            if is_blank && (is_return || self.after_return) {
                self.after_return = is_return;
            } else {
                self.extend(&bytes[..at], out);
                self.line(End::Line, out);
                self.after_return = is_return;
            }
            bytes = &bytes[at + 1..];
        }
        if !bytes.is_empty() {
            self.after_return = false;
            self.extend(bytes, out);
        }
    }

    /// Takes a `log` message.
    pub(super) fn message(&mut self, level: LogLevel, text: String, out: &mut Vec<FleetEvent>) {
        let mut place = Piece::whole(Stream::Messages);
        if text.len() <= LONGEST_MESSAGE {
            self.account(level, text, place, out);
            return;
        }
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(rest.floor_char_boundary(LONGEST_MESSAGE));
            place.goes_on = !after.is_empty();
            self.account(level, piece.to_owned(), place, out);
            place.is_rest = true;
            rest = after;
        }
    }

    /// Says something in the supervisor's own name; never dropped.
    pub(super) fn note(&mut self, text: String, out: &mut Vec<FleetEvent>) {
        self.push(LogLevel::Warning, text, Piece::whole(Stream::Messages), out);
    }

    /// The last line of stderr, shortened: it often tells why a process died.
    pub(super) fn last_words(&self) -> Option<String> {
        let text = String::from_utf8_lossy(&self.last_words);
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// Counts what will not be told, and keeps its last line.
    fn pass_over(&mut self, bytes: &[u8]) {
        self.dropped += bytes.len() as u64;
        let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
        let text = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        let start = text.iter().rposition(is_end).map_or(0, |at| at + 1);
        self.is_rest = false;
        remember(&mut self.last_words, &text[start..], start == 0);
    }

    fn extend(&mut self, mut bytes: &[u8], out: &mut Vec<FleetEvent>) {
        while self.partial.len() + bytes.len() > LONGEST_LINE {
            let (head, rest) = bytes.split_at(LONGEST_LINE - self.partial.len());
            self.partial.extend_from_slice(head);
            bytes = rest;
            let carried = self.split_character();
            self.line(End::Size, out);
            self.partial.extend_from_slice(&carried);
        }
        self.partial.extend_from_slice(bytes);
    }

    /// Takes back the bytes of a character that the cut would split.
    fn split_character(&mut self) -> Vec<u8> {
        let tail = self.partial.len().saturating_sub(3);
        let start = self.partial[tail..]
            .iter()
            .rposition(|byte| *byte >= 0xc0)
            .map(|at| tail + at);
        match start {
            Some(at) if std::str::from_utf8(&self.partial[at..]).is_err() => {
                self.partial.split_off(at)
            }
            _ => Vec::new(),
        }
    }

    fn end_line(&mut self, out: &mut Vec<FleetEvent>) {
        if !self.partial.is_empty() {
            self.line(End::Open, out);
        }
    }

    /// Tells the collected line or piece of one, or counts it.
    fn line(&mut self, end: End, out: &mut Vec<FleetEvent>) {
        remember(&mut self.last_words, &self.partial, self.is_rest);
        let piece = Piece {
            stream: Stream::Stderr,
            is_rest: self.is_rest,
            goes_on: end != End::Line,
        };
        self.is_rest = piece.goes_on;
        if self.lines_left == 0 || self.bytes_left < self.partial.len() {
            self.drop_text(self.partial.len() + 1);
        } else {
            let text = String::from_utf8_lossy(&self.partial).into_owned();
            self.account(LogLevel::Info, text, piece, out);
        }
        self.partial.clear();
    }

    fn account(&mut self, level: LogLevel, text: String, piece: Piece, out: &mut Vec<FleetEvent>) {
        if self.lines_left == 0 || self.bytes_left < text.len() {
            self.drop_text(text.len() + 1);
            return;
        }
        self.lines_left -= 1;
        self.bytes_left -= text.len();
        self.push(level, text, piece, out);
    }

    /// Once something is missing, nothing that follows is told: a log with holes misleads.
    fn drop_text(&mut self, bytes: usize) {
        self.lines_left = 0;
        self.dropped += bytes as u64;
    }

    fn push(&self, level: LogLevel, text: String, piece: Piece, out: &mut Vec<FleetEvent>) {
        out.push(FleetEvent::Log {
            runner: self.runner,
            call: self.call,
            level,
            text,
            piece,
        });
    }
}

/// Why a line is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// It is whole.
    Line,
    /// It is too long for one event.
    Size,
    /// The call ends before the line does.
    Open,
}

/// Keeps the head of a line. Where something of it is missing, a mark says so: those who mask secrets
/// look beside it for parts of them.
fn remember(last_words: &mut Vec<u8>, line: &[u8], is_rest: bool) {
    if line.is_empty() {
        return;
    }
    last_words.clear();
    if is_rest {
        last_words.extend_from_slice(CUT);
    }
    let head = String::from_utf8_lossy(&line[..line.len().min(LAST_WORDS)]);
    last_words.extend_from_slice(head.trim_end_matches('\u{fffd}').as_bytes());
    if line.len() > LAST_WORDS {
        last_words.extend_from_slice(CUT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(pieces: &[&[u8]], limit: usize) -> Vec<String> {
        let mut stream = LogStream::new(RunnerId(0), limit);
        let mut out = Vec::new();
        for piece in pieces {
            stream.feed(piece, &mut out);
        }
        stream.close(&mut out);
        out.into_iter()
            .map(|event| match event {
                FleetEvent::Log { text, .. } => text,
                other => panic!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn lines_end_at_either_line_end_and_the_last_needs_none() {
        let text = b"one\r\ntwo\n\n10 %\r20 %\rrest";
        let expected = ["one", "two", "", "10 %", "20 %", "rest"];
        assert_eq!(lines(&[text], 1000), expected);
        let bytes: Vec<&[u8]> = text.chunks(1).collect();
        assert_eq!(lines(&bytes, 1000), expected);
    }

    #[test]
    fn long_line_is_told_in_pieces_without_splitting_a_character() {
        let text = "ä".repeat(LONGEST_LINE) + "\n";
        let text = format!("x{text}");
        let pieces = lines(&[text.as_bytes()], 1 << 20);
        assert!(pieces.len() > 1);
        assert!(pieces.iter().all(|piece| piece.len() <= LONGEST_LINE));
        assert_eq!(pieces.concat(), text.trim_end());
    }

    #[test]
    fn text_beyond_the_limit_is_counted_and_told_once() {
        let told = lines(&[b"12345\n12345\n12345\n1\n"], 11);
        assert_eq!(told[..2], ["12345", "12345"]);
        assert!(told[2].starts_with("8 bytes of log dropped"), "{told:?}");
        assert_eq!(told.len(), 3);
    }

    #[test]
    fn stray_bytes_are_replaced() {
        assert_eq!(lines(&[b"a\xffb\n"], 100), ["a\u{fffd}b"]);
    }

    #[test]
    fn account_is_renewed_for_each_call() {
        let mut stream = LogStream::new(RunnerId(0), 5);
        let mut out = Vec::new();
        stream.feed(b"123456\n", &mut out);
        stream.turn_to(Some(CallId(1)), &mut out);
        stream.feed(b"12345\n", &mut out);
        let calls: Vec<_> = out
            .iter()
            .map(|event| match event {
                FleetEvent::Log { call, .. } => *call,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(calls, [None, Some(CallId(1))]);
    }
}
