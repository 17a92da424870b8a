//! Lines typed at a terminal, read without waiting.

use std::os::fd::AsFd;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, read};
use rustix::termios::{QueueSelector, tcflush};

/// A terminal's input in its ordinary mode, in which it hands over whole lines.
#[derive(Debug)]
pub(in super::super) struct Keyboard<F> {
    terminal: F,
    /// What came without its line end: a terminal hands over such pieces after Ctrl-D.
    partial: Vec<u8>,
}

/// What the keyboard has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Typed {
    Nothing,
    /// A line without its end.
    Line(String),
    /// The terminal is gone: closed, or taken away.
    Gone,
}

impl<F: AsFd> Keyboard<F> {
    pub(in super::super) const fn new(terminal: F) -> Self {
        Self {
            terminal,
            partial: Vec::new(),
        }
    }

    /// Drops everything that was typed so far, also half a line.
    pub(in super::super) fn drop_typed(&mut self) {
        self.partial.clear();
        // What is no terminal cannot be flushed; a question is asked on terminals only.
        let _ = tcflush(&self.terminal, QueueSelector::IFlush);
    }

    /// The next line, if one was typed.
    pub(in super::super) fn line(&mut self) -> Typed {
        loop {
            if let Some(line) = self.take_line() {
                return Typed::Line(line);
            }
            let events = match self.events() {
                Ok(events) => events,
                Err(Errno::INTR) => return Typed::Nothing,
                Err(_) => return Typed::Gone,
            };
            if !events.contains(PollFlags::IN) {
                let gone = events.intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL);
                return if gone { Typed::Gone } else { Typed::Nothing };
            }
            let mut buffer = [0; 4096];
            match read(&self.terminal, &mut buffer) {
                // Ctrl-D on an empty line; a terminal that hung up is told by `events`.
                Ok(0) if events.contains(PollFlags::HUP) => return Typed::Gone,
                Ok(0) | Err(Errno::INTR | Errno::AGAIN) => return Typed::Nothing,
                Ok(count) => self.partial.extend_from_slice(&buffer[..count]),
                Err(_) => return Typed::Gone,
            }
        }
    }

    fn take_line(&mut self) -> Option<String> {
        let end = self.partial.iter().position(|byte| *byte == b'\n')?;
        let line = self.partial.drain(..=end).collect::<Vec<_>>();
        let text = String::from_utf8_lossy(&line);
        Some(text.trim_end_matches(['\n', '\r']).to_owned())
    }

    fn events(&self) -> Result<PollFlags, Errno> {
        let mut fds = [PollFd::new(&self.terminal, PollFlags::IN)];
        poll(&mut fds, Some(&Timespec::default()))?;
        Ok(fds[0].revents())
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Write;
    use std::os::fd::OwnedFd;

    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

    use super::*;

    /// Both ends of a terminal: what a person types into, and what the program reads from.
    fn terminal() -> (File, Keyboard<OwnedFd>) {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap();
        let flags = rustix::fs::OFlags::RDWR | rustix::fs::OFlags::NOCTTY;
        let slave = rustix::fs::open(name, flags, rustix::fs::Mode::empty()).unwrap();
        (File::from(master), Keyboard::new(slave))
    }

    /// The line discipline works in the kernel, a moment after the write.
    fn soon(keyboard: &mut Keyboard<OwnedFd>) -> Typed {
        for _ in 0..1_000 {
            match keyboard.line() {
                Typed::Nothing => std::thread::sleep(std::time::Duration::from_millis(1)),
                typed => return typed,
            }
        }
        Typed::Nothing
    }

    #[test]
    fn lines_come_one_by_one_and_half_a_line_not_at_all() {
        let (mut person, mut keyboard) = terminal();
        assert_eq!(keyboard.line(), Typed::Nothing);
        person.write_all(b"3.3\nyes\nhal").unwrap();
        assert_eq!(soon(&mut keyboard), Typed::Line("3.3".to_owned()));
        assert_eq!(soon(&mut keyboard), Typed::Line("yes".to_owned()));
        assert_eq!(keyboard.line(), Typed::Nothing);
    }

    #[test]
    fn dropped_lines_never_come() {
        let (mut person, mut keyboard) = terminal();
        person.write_all(b"early\nhal").unwrap();
        keyboard.drop_typed();
        person.write_all(b"late\n").unwrap();
        assert_eq!(soon(&mut keyboard), Typed::Line("late".to_owned()));
    }

    #[test]
    fn end_of_input_is_no_answer_and_a_hang_up_is_told() {
        let (mut person, mut keyboard) = terminal();
        person.write_all(b"\x04").unwrap();
        assert_eq!(keyboard.line(), Typed::Nothing);
        drop(person);
        assert_eq!(soon(&mut keyboard), Typed::Gone);
    }
}
