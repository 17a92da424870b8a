//! A real terminal with a person at it: a pseudo-terminal, what was shown on it, and keys.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Termios, Winsize, tcgetattr, tcsetwinsize};

/// Longest wait for anything that must be shown.
const PATIENCE: Duration = Duration::from_secs(45);

/// Longer than a question must have been visible before it takes an answer.
const LOOKED_AT: Duration = Duration::from_millis(600);

/// Whether the program gets SIGINT and SIGHUP from its terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Controlling {
    Yes,
    No,
}

/// A terminal of 100 columns and the command that runs on it.
#[derive(Debug)]
pub(crate) struct Terminal {
    keys: Option<File>,
    /// The program's side, kept open to read its settings when the program is gone.
    line: OwnedFd,
    settings: String,
    shown: Arc<Mutex<Vec<u8>>>,
    is_gone: Arc<AtomicBool>,
    reader: Option<JoinHandle<()>>,
    child: Child,
    /// What was waited for ends here.
    seen: usize,
}

impl Terminal {
    /// Runs `command` with all three streams on a new terminal.
    pub(crate) fn run(command: &Command, controlling: Controlling) -> Self {
        let master =
            openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap();
        let line = rustix::fs::open(
            name,
            OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC,
            Mode::empty(),
        )
        .unwrap();
        let size = Winsize {
            ws_row: 30,
            ws_col: 100,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&line, size).unwrap();
        let settings = settings_of(&line);
        let mut on_terminal = match controlling {
            // A session of its own, in this very process.
            Controlling::Yes => Command::new("setsid"),
            Controlling::No => Command::new("env"),
        };
        if controlling == Controlling::Yes {
            on_terminal.arg("--ctty");
        }
        on_terminal
            .arg(command.get_program())
            .args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => on_terminal.env(name, value),
                None => on_terminal.env_remove(name),
            };
        }
        let child = on_terminal
            .env("TERM", "xterm")
            .current_dir(command.get_current_dir().unwrap())
            .stdin(line.try_clone().unwrap())
            .stdout(line.try_clone().unwrap())
            .stderr(line.try_clone().unwrap())
            .spawn()
            .unwrap();
        let keys = File::from(master);
        let shown = Arc::new(Mutex::new(Vec::new()));
        let (mut screen, copy) = (keys.try_clone().unwrap(), Arc::clone(&shown));
        let is_gone = Arc::new(AtomicBool::new(false));
        let ends = Arc::clone(&is_gone);
        let reader = std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while !ends.load(Ordering::SeqCst) {
                if !has_input(&screen) {
                    continue;
                }
                let Ok(count @ 1..) = screen.read(&mut buffer) else {
                    return;
                };
                copy.lock().unwrap().extend_from_slice(&buffer[..count]);
            }
        });
        Self {
            keys: Some(keys),
            line,
            settings,
            shown,
            is_gone,
            reader: Some(reader),
            child,
            seen: 0,
        }
    }

    /// Everything that was shown, without colours and movements of the cursor.
    pub(crate) fn text(&self) -> String {
        plain(&String::from_utf8_lossy(&self.shown.lock().unwrap()))
    }

    pub(crate) fn press(&mut self, keys: &str) {
        let terminal = self.keys.as_mut().unwrap();
        terminal.write_all(keys.as_bytes()).unwrap();
    }

    /// Waits until `wanted` is shown after what was waited for before.
    #[track_caller]
    pub(crate) fn sees(&mut self, wanted: &str) {
        let end = Instant::now() + PATIENCE;
        while !self.has_seen(wanted) {
            assert!(
                Instant::now() < end,
                "{wanted:?} is not shown:\n{}",
                self.text()
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits for `question`, types a line, and waits for what follows. The line is typed again
    /// where it came too early to count.
    #[track_caller]
    pub(crate) fn answers(&mut self, question: &str, line: &str, wanted: &str) {
        self.sees(question);
        let end = Instant::now() + PATIENCE;
        std::thread::sleep(LOOKED_AT);
        loop {
            assert!(
                Instant::now() < end,
                "{wanted:?} does not follow:\n{}",
                self.text()
            );
            self.press(&format!("{line}\r"));
            let again = Instant::now() + Duration::from_secs(2);
            while Instant::now() < again {
                if self.has_seen(wanted) {
                    return;
                }
                std::thread::sleep(Duration::from_millis(5));
            }
        }
    }

    /// Takes the terminal away, as a closed window does.
    pub(crate) fn hang_up(&mut self) {
        // The reading thread holds a copy of this side.
        self.is_gone.store(true, Ordering::SeqCst);
        self.reader.take().map(JoinHandle::join);
        self.keys = None;
    }

    /// Waits for the end; the terminal must be as it was.
    #[track_caller]
    pub(crate) fn ends_with(mut self, code: i32) -> String {
        let end = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < end, "it does not end:\n{}", self.text());
            std::thread::sleep(Duration::from_millis(5));
        };
        let found = status
            .code()
            .unwrap_or_else(|| -status.signal().unwrap_or(0));
        if self.keys.is_some() {
            let end = Instant::now() + Duration::from_secs(1);
            let mut length = usize::MAX;
            // The last of it may still be on its way.
            while Instant::now() < end && length != self.text().len() {
                length = self.text().len();
                std::thread::sleep(Duration::from_millis(20));
            }
            assert_eq!(settings_of(&self.line), self.settings, "stty has changed");
        }
        let text = self.text();
        assert!(
            found == code,
            "exit code {code} expected, found {found}:\n{text}"
        );
        text
    }

    fn has_seen(&mut self, wanted: &str) -> bool {
        let text = self.text();
        let Some(place) = text[self.seen..].find(wanted) else {
            return false;
        };
        self.seen += place + wanted.len();
        true
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.is_gone.store(true, Ordering::SeqCst);
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits a moment for something to be shown.
fn has_input(screen: &File) -> bool {
    let mut fds = [PollFd::new(screen, PollFlags::IN)];
    let moment = Timespec {
        tv_sec: 0,
        tv_nsec: 20_000_000,
    };
    poll(&mut fds, Some(&moment)).is_ok_and(|ready| ready > 0)
}

fn settings_of(line: &OwnedFd) -> String {
    let settings: Termios = tcgetattr(line).unwrap();
    format!("{settings:?}")
}

/// Leaves out escape sequences; a carriage return begins a line.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\x1b' => {
                // `ESC [ … letter`; other sequences have one character.
                if chars.next() == Some('[') {
                    chars.by_ref().find(char::is_ascii_alphabetic);
                }
            }
            '\r' => {}
            c => out.push(c),
        }
    }
    out
}
