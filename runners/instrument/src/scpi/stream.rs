//! Messages on a stream of bytes, where only terminators and lengths say where one ends.

use std::fmt;
use std::io::{self, ErrorKind};
use std::time::Duration;

use super::block::{Head, LONGEST};
use super::link::{Link, Message, Recovered, Trouble, Wait};

/// The longest text that is taken.
const LONGEST_TEXT: usize = 64 << 20;
/// Silence that ends a message which nothing else ends.
const QUIET: Duration = Duration::from_millis(100);
/// How long the answer to an earlier query is waited for on a line that cannot be opened anew,
/// before the instrument is asked whether it is still there.
const LATE: Duration = Duration::from_millis(200);
/// A query that every instrument of IEEE 488.2 answers, in a form that can be told from others.
const IDENTIFY: &[u8] = b"*IDN?";

/// A connection that carries bytes and nothing else.
pub(super) trait Stream: fmt::Debug + Send {
    /// Reads what is there, waiting for the first byte; [`ErrorKind::TimedOut`] when none comes.
    fn read(&mut self, room: &mut [u8], wait: Duration) -> io::Result<usize>;

    /// Writes what can be written; [`ErrorKind::TimedOut`] when nothing can.
    fn write(&mut self, bytes: &[u8], wait: Duration) -> io::Result<usize>;

    /// Whether another connection shares nothing with this one.
    fn can_be_opened_anew(&self) -> bool;
}

/// Messages over a stream.
#[derive(Debug)]
pub(super) struct StreamLink<S> {
    stream: S,
    /// Bytes that were read and belong to no message yet.
    input: Vec<u8>,
    /// Up to here there is no terminator.
    scanned: usize,
    /// The terminator of a block has not come yet.
    owes_terminator: bool,
    /// Of the last message only a part was taken: what follows would be heard as the rest of it.
    is_torn: bool,
    room: Vec<u8>,
}

impl<S: Stream> StreamLink<S> {
    pub(super) fn new(stream: S) -> Self {
        Self {
            stream,
            input: Vec::new(),
            scanned: 0,
            owes_terminator: false,
            is_torn: false,
            room: vec![0; 64 << 10],
        }
    }

    /// Reads more; false when nothing came.
    fn fill(&mut self, wait: Duration) -> Result<bool, Trouble> {
        loop {
            match self.stream.read(&mut self.room, wait) {
                Ok(0) => {
                    let why = if self.stream.can_be_opened_anew() {
                        "the instrument closed the connection"
                    } else {
                        "the serial device is gone, is it unplugged?"
                    };
                    return Err(Trouble::Broken(why.to_owned()));
                }
                Ok(count) => {
                    self.input.extend_from_slice(&self.room[..count]);
                    return Ok(true);
                }
                Err(error) if is_nothing(&error) => return Ok(false),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(Trouble::Broken(error.to_string())),
            }
        }
    }

    /// Reads until nothing more comes.
    fn until_quiet(&mut self, wait: &Wait<'_>) -> Result<(), Trouble> {
        while self.fill(QUIET)? {
            wait.slice()?;
            if self.input.len() > LONGEST {
                return Err(Trouble::Broken(too_long(self.input.len())));
            }
        }
        Ok(())
    }

    /// The next message, when it is there as a whole.
    fn next(&mut self, terminator: &[u8], wait: &Wait<'_>) -> Result<Option<Message>, Trouble> {
        self.skip_owed(terminator);
        match Head::of(&self.input) {
            Head::Unknown => Ok(None),
            Head::Text if terminator.is_empty() => {
                self.until_quiet(wait)?;
                let end = self.input.len();
                Ok(Some(self.cut(end, 0..end, false)))
            }
            Head::Text => self.next_text(terminator),
            Head::Definite { header, length } => Ok(self.next_block(header, length, terminator)),
            Head::Indefinite => {
                self.until_quiet(wait)?;
                if !terminator.is_empty() && !self.input.ends_with(terminator) {
                    return Ok(None);
                }
                let end = self.input.len();
                let content = 2..(end - terminator.len()).max(2);
                Ok(Some(self.cut(end, content, true)))
            }
            Head::TooLong(length) => Err(Trouble::Broken(too_long(length))),
        }
    }

    fn next_text(&mut self, terminator: &[u8]) -> Result<Option<Message>, Trouble> {
        let found = self.input[self.scanned..]
            .windows(terminator.len())
            .position(|window| window == terminator);
        let Some(at) = found else {
            self.scanned = self.input.len().saturating_sub(terminator.len() - 1);
            if self.input.len() > LONGEST_TEXT {
                return Err(Trouble::Broken(too_long(self.input.len())));
            }
            return Ok(None);
        };
        let at = self.scanned + at;
        let mut end = at;
        // Instruments that are asked in lines often answer in lines of the other kind.
        while terminator == b"\n" && end > 0 && self.input[end - 1] == b'\r' {
            end -= 1;
        }
        Ok(Some(self.cut(at + terminator.len(), 0..end, false)))
    }

    fn next_block(&mut self, header: usize, length: usize, terminator: &[u8]) -> Option<Message> {
        let end = header + length;
        if self.input.len() < end {
            return None;
        }
        let message = self.cut(end, header..end, true);
        self.owes_terminator = true;
        self.skip_owed(terminator);
        Some(message)
    }

    /// Passes over the terminator of a block that was taken before it came.
    fn skip_owed(&mut self, terminator: &[u8]) {
        if !self.owes_terminator || self.input.is_empty() {
            return;
        }
        let is_end = |byte: &u8| matches!(byte, b'\r' | b'\n') || terminator.contains(byte);
        let count = self
            .input
            .iter()
            .take(terminator.len().max(2))
            .take_while(|byte| is_end(byte))
            .count();
        self.input.drain(..count);
        self.owes_terminator = false;
    }

    fn cut(&mut self, end: usize, content: std::ops::Range<usize>, is_block: bool) -> Message {
        let rest = self.input.split_off(end);
        let raw = std::mem::replace(&mut self.input, rest);
        self.scanned = 0;
        Message::new(raw, content, is_block)
    }

    /// Sends what is left of a message, which gets shorter.
    fn send_all(&mut self, rest: &mut &[u8], wait: &Wait<'_>) -> Result<(), Trouble> {
        while !rest.is_empty() {
            match self.stream.write(rest, wait.slice()?) {
                Ok(count) => *rest = &rest[count..],
                Err(error) if is_nothing(&error) => {}
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(Trouble::Broken(error.to_string())),
            }
        }
        Ok(())
    }

    /// Waits for the answer that an earlier query still owes; true when one came.
    fn late_answer(&mut self, terminator: &[u8], wait: &Wait<'_>) -> Result<bool, Trouble> {
        match self.receive(terminator, &wait.at_most(LATE.min(wait.left() / 2))) {
            Ok(_) => {
                self.until_quiet(wait)?;
                self.input.clear();
                Ok(true)
            }
            Err(Trouble::TimedOut(_)) if wait.left().is_zero() => {
                Err(Trouble::TimedOut(Vec::new()))
            }
            Err(Trouble::TimedOut(_)) => Ok(false),
            Err(trouble) => Err(trouble),
        }
    }
}

impl<S: Stream> Link for StreamLink<S> {
    fn send(&mut self, message: &[u8], wait: &Wait<'_>) -> Result<(), Trouble> {
        let mut rest = message;
        let ended;
        if self.is_torn
            && let Some(end @ (b'\r' | b'\n')) = message.last()
        {
            // Where it cannot be opened anew: the instrument refuses what is cut off, and hears this.
            ended = [&[*end], message].concat();
            rest = &ended;
        }
        let length = rest.len();
        let sent = self.send_all(&mut rest, wait);
        self.is_torn = sent.is_err() && (self.is_torn || rest.len() < length);
        sent
    }

    fn receive(&mut self, terminator: &[u8], wait: &Wait<'_>) -> Result<Message, Trouble> {
        loop {
            if let Some(message) = self.next(terminator, wait)? {
                return Ok(message);
            }
            match wait.slice() {
                Ok(slice) => self.fill(slice)?,
                Err(Trouble::TimedOut(_)) => return Err(Trouble::TimedOut(self.input.clone())),
                Err(trouble) => return Err(trouble),
            };
        }
    }

    fn discard(&mut self) -> Result<Vec<u8>, Trouble> {
        if self.is_torn && self.stream.can_be_opened_anew() {
            let why = "it has taken only a part of the message before";
            return Err(Trouble::Broken(why.to_owned()));
        }
        while self.fill(Duration::ZERO)? && self.input.len() < LONGEST {}
        self.scanned = 0;
        self.owes_terminator = false;
        Ok(std::mem::take(&mut self.input))
    }

    fn recovers_by_asking(&self) -> bool {
        !self.stream.can_be_opened_anew()
    }

    fn recover(&mut self, terminator: &[u8], wait: &Wait<'_>) -> Result<Recovered, Trouble> {
        if self.stream.can_be_opened_anew() {
            return Ok(Recovered::Reopen);
        }
        if self.late_answer(terminator, wait)? {
            return Ok(Recovered::Clean("its late answer came and is thrown away"));
        }
        // The instrument may still be at work. Once it answers this, nothing else is owed.
        let mut question = IDENTIFY.to_vec();
        question.extend_from_slice(if terminator.is_empty() {
            b"\n"
        } else {
            terminator
        });
        self.send(&question, wait)?;
        loop {
            let message = self.receive(terminator, wait)?;
            if message.text().matches(',').count() >= 2 {
                self.until_quiet(wait)?;
                self.input.clear();
                return Ok(Recovered::Clean(
                    "the instrument has answered `*IDN?` since",
                ));
            }
        }
    }
}

fn is_nothing(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock)
}

fn too_long(length: usize) -> String {
    format!("an answer of {length} bytes is too long")
}
