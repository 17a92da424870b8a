//! What a runner writes to its standard error, put between the lines of its answers: the station
//! has one connection and wants both.

use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::process::{ChildStderr, ChildStdout};

use maestro_protocol::encode_notification;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::{Errno, ioctl_fionbio};
use serde_json::json;

/// The notification that carries it. No runner sends it, and no engine sees it.
pub(super) const METHOD: &str = "stderr";

/// Most that is kept while an answer comes in pieces; then the runner has to wait.
const MOST: usize = 64 * 1024;

/// Copies both to `to` until the end of `answers`.
pub(super) fn merge(
    mut answers: ChildStdout,
    mut errors: ChildStderr,
    mut to: impl Write,
) -> io::Result<()> {
    ioctl_fionbio(&answers, true)?;
    ioctl_fionbio(&errors, true)?;
    let mut buffer = vec![0; MOST];
    let mut said = Said::default();
    let mut has_errors = true;
    loop {
        wait(&answers, (has_errors && said.has_room()).then_some(&errors))?;
        // What was written before an answer is told before it.
        while has_errors && said.has_room() {
            match read(&mut errors, &mut buffer[..MOST / 4])? {
                Took::Bytes(count) => said.bytes.extend_from_slice(&buffer[..count]),
                Took::Nothing => break,
                Took::End => has_errors = false,
            }
        }
        said.tell(&mut to)?;
        match read(&mut answers, &mut buffer)? {
            Took::Bytes(count) => {
                to.write_all(&buffer[..count])?;
                said.is_within_a_line = buffer[count - 1] != b'\n';
            }
            Took::Nothing => {}
            Took::End => return to.flush(),
        }
        to.flush()?;
    }
}

/// What is to be told at the next end of a line.
#[derive(Debug, Default)]
struct Said {
    bytes: Vec<u8>,
    is_within_a_line: bool,
}

impl Said {
    const fn has_room(&self) -> bool {
        self.bytes.len() < MOST
    }

    fn tell(&mut self, to: &mut impl Write) -> io::Result<()> {
        if self.is_within_a_line {
            return Ok(());
        }
        // The beginning of a character waits for its end.
        let whole = match std::str::from_utf8(&self.bytes) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => self.bytes.len(),
        };
        if whole == 0 {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&self.bytes[..whole]);
        let mut line = Vec::new();
        encode_notification(&mut line, METHOD, &json!({ "text": text }))?;
        self.bytes.drain(..whole);
        to.write_all(&line)
    }
}

/// What a pipe had.
enum Took {
    Bytes(usize),
    Nothing,
    End,
}

fn read(from: &mut impl Read, buffer: &mut [u8]) -> io::Result<Took> {
    match from.read(buffer) {
        Ok(0) => Ok(Took::End),
        Ok(count) => Ok(Took::Bytes(count)),
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
            ) =>
        {
            Ok(Took::Nothing)
        }
        Err(error) => Err(error),
    }
}

fn wait(answers: &ChildStdout, errors: Option<&ChildStderr>) -> io::Result<()> {
    let fds = [Some(answers.as_fd()), errors.map(AsFd::as_fd)];
    let fds = fds.into_iter().flatten();
    let mut fds: Vec<PollFd<'_>> = fds
        .map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN))
        .collect();
    match poll(&mut fds, None) {
        Ok(_) | Err(Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
