//! Asks for a secret on a terminal without showing it.

use std::io;
use std::os::fd::BorrowedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, read};
use rustix::stdio::stdin;
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};

use signal_hook::consts::{SIGHUP, SIGTERM};
use signal_hook::flag;
use signal_hook::low_level::unregister;

use crate::cli::console::Console;
use crate::cli::exit::{Exit, Failure};

/// Ctrl-C, Ctrl-D, Ctrl-U, and the two ways to delete.
const INTERRUPT: u8 = 3;
const END: u8 = 4;
const CLEAR: u8 = 21;
const DELETE: [u8; 2] = [8, 127];

/// How often a signal is looked for.
const LOOK: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 100_000_000,
};

/// A terminal whose keys are not shown. Dropping it makes it as it was.
struct Hidden<'a> {
    terminal: BorrowedFd<'a>,
    before: Termios,
}

impl<'a> Hidden<'a> {
    /// Keys come one by one, Ctrl-C among them: nothing ends the program while they are hidden.
    fn begin(terminal: BorrowedFd<'a>) -> io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let mut hidden = before.clone();
        hidden.local_modes -= LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG;
        hidden.special_codes[SpecialCodeIndex::VMIN] = 1;
        hidden.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(terminal, OptionalActions::Flush, &hidden)?;
        Ok(Self { terminal, before })
    }

    /// One line; `None` for Ctrl-C, a signal, or where the terminal is gone.
    fn line(&self, is_ended: &AtomicBool) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        while !is_ended.load(Ordering::Relaxed) {
            let mut fds = [PollFd::new(&self.terminal, PollFlags::IN)];
            match poll(&mut fds, Some(&LOOK)) {
                Ok(0) | Err(Errno::INTR) => continue,
                other => other?,
            };
            let mut key = [0];
            match read(self.terminal, &mut key) {
                Ok(0) => return Ok(None),
                Err(Errno::INTR) => continue,
                other => other?,
            };
            match key[0] {
                INTERRUPT => return Ok(None),
                END if line.is_empty() => return Ok(None),
                b'\n' | b'\r' | END => return Ok(Some(line)),
                CLEAR => line.clear(),
                key if DELETE.contains(&key) => delete_last(&mut line),
                key if key < b' ' && key != b'\t' => {}
                key => line.push(key),
            }
        }
        Ok(None)
    }
}

impl Drop for Hidden<'_> {
    fn drop(&mut self) {
        let _ = tcsetattr(self.terminal, OptionalActions::Flush, &self.before);
    }
}

/// Asks twice, so that nobody keeps a slip of the fingers.
pub(super) fn ask_secret(key: &str, console: &mut Console<'_>) -> Result<String, Failure> {
    let first = ask(&format!("{key} (not shown): "), console)?;
    let second = ask("once more: ", console)?;
    if first != second {
        return Err(Failure::usage("the two entries differ; nothing is changed"));
    }
    Ok(first)
}

fn ask(question: &str, console: &mut Console<'_>) -> Result<String, Failure> {
    let failed =
        |error: io::Error| Failure::trouble(format!("the terminal cannot be read: {error}"));
    let is_ended = Arc::new(AtomicBool::new(false));
    let line = {
        let signals = [SIGTERM, SIGHUP];
        let watched = signals.map(|signal| flag::register(signal, Arc::clone(&is_ended)));
        let hidden = Hidden::begin(stdin()).map_err(failed)?;
        let _ = write!(console.err, "{question}").and_then(|()| console.err.flush());
        let line = hidden.line(&is_ended);
        for id in watched.into_iter().flatten() {
            unregister(id);
        }
        line
    };
    let _ = writeln!(console.err);
    let line = line
        .map_err(failed)?
        .ok_or_else(|| Failure::new(Exit::Aborted, "interrupted; nothing is changed"))?;
    String::from_utf8(line).map_err(|_| Failure::usage("the entry is no UTF-8 text"))
}

/// Takes back a whole character.
fn delete_last(line: &mut Vec<u8>) {
    while let Some(byte) = line.pop() {
        let is_middle = byte & 0xC0 == 0x80;
        if !is_middle {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_character_is_taken_back() {
        let mut line = "aä".as_bytes().to_vec();
        delete_last(&mut line);
        assert_eq!(line, b"a");
        delete_last(&mut line);
        delete_last(&mut line);
        assert_eq!(line, b"");
    }
}
