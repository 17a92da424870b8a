//! A real terminal: a pseudo-terminal of 120x40, what is written to it, and keys.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, ExitStatus};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use super::now;

/// Longest wait for anything that must be shown.
const PATIENCE: Duration = Duration::from_mins(1);

/// Every frame hides the cursor or shows it at its place.
const FRAME: [&[u8]; 2] = [b"\x1b[?25l", b"\x1b[?25h"];

/// Bytes of the newest output that are kept to look for a text.
const KEPT: usize = 64 * 1024;

/// A terminal and the program that runs on it.
pub(crate) struct Pty {
    pub(crate) child: Child,
    keys: File,
    seen: Arc<Mutex<Seen>>,
    reader: JoinHandle<()>,
}

/// What was written.
#[derive(Debug, Default, Clone)]
pub(crate) struct Seen {
    pub(crate) bytes: u64,
    pub(crate) frames: u64,
    newest: Vec<u8>,
}

impl Pty {
    /// Runs `command` with all three streams on a new terminal that controls it.
    pub(crate) fn run(command: &Command) -> io::Result<Self> {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&master)?;
        unlockpt(&master)?;
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let line: OwnedFd = rustix::fs::open(ptsname(&master, Vec::new())?, flags, Mode::empty())?;
        let size = Winsize {
            ws_row: 40,
            ws_col: 120,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&line, size)?;
        let mut on_terminal = Command::new("setsid");
        on_terminal
            .arg("--ctty")
            .arg(command.get_program())
            .args(command.get_args());
        let environment = command.get_envs();
        on_terminal.envs(environment.filter_map(|(name, value)| Some((name, value?))));
        let child = on_terminal
            .env("TERM", "xterm-256color")
            .stdin(line.try_clone()?)
            .stdout(line.try_clone()?)
            .stderr(line)
            .spawn()?;
        let keys = File::from(master);
        let seen = Arc::new(Mutex::new(Seen::default()));
        let (screen, all) = (keys.try_clone()?, Arc::clone(&seen));
        let reader = thread::spawn(move || read(screen, &all));
        Ok(Self {
            child,
            keys,
            seen,
            reader,
        })
    }

    pub(crate) fn seen(&self) -> Seen {
        self.seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn press(&mut self, keys: &str) -> io::Result<()> {
        self.keys.write_all(keys.as_bytes())
    }

    /// Waits until `wanted` is written.
    pub(crate) fn wait_for(&self, wanted: &str) -> io::Result<()> {
        let end = now() + PATIENCE;
        while !self.seen().holds(wanted) {
            if now() > end {
                let text = String::from_utf8_lossy(&self.seen().newest).into_owned();
                return Err(io::Error::other(format!("{wanted:?} is not shown: {text}")));
            }
            thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// Waits for the end of the program.
    pub(crate) fn end(mut self) -> io::Result<ExitStatus> {
        let end: Instant = now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait()? {
                drop(self.keys);
                // A reader that panicked has told why.
                drop(self.reader.join());
                return Ok(status);
            }
            if now() > end {
                self.child.kill()?;
            }
            thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Pty {
    /// Ends the program, whatever it is doing.
    pub(crate) fn end_by_force(mut self) -> io::Result<()> {
        self.child.kill()?;
        self.end().map(drop)
    }
}

impl Seen {
    fn holds(&self, wanted: &str) -> bool {
        let wanted = wanted.as_bytes();
        self.newest
            .windows(wanted.len())
            .any(|window| window == wanted)
    }

    fn add(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        // A mark may lie across two reads.
        let from = self.newest.len().saturating_sub(FRAME[0].len() - 1);
        self.newest.extend_from_slice(bytes);
        let marks = self.newest[from..].windows(FRAME[0].len());
        self.frames += marks.filter(|window| FRAME.contains(window)).count() as u64;
        let old = self.newest.len().saturating_sub(KEPT);
        self.newest.drain(..old);
    }
}

/// Reads until the terminal is closed.
fn read(mut screen: File, seen: &Mutex<Seen>) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(count @ 1..) = screen.read(&mut buffer) {
        seen.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .add(&buffer[..count]);
    }
}
