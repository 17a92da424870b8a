//! The executable on a terminal: a bare one that a test drives byte by byte, and tmux for what a
//! person would see.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use crate::rig::Rig;

/// Longest time that a text may take to appear.
const DEADLINE: Duration = Duration::from_secs(20);

/// Longest time that what a program wrote last may take to be read.
const LAST_BYTES: Duration = Duration::from_secs(2);

/// A command whose stdin, stdout and stderr are one terminal.
pub(crate) struct Terminal {
    child: Child,
    person: File,
    seen: Arc<Mutex<Vec<u8>>>,
    reader: Option<JoinHandle<()>>,
}

impl Terminal {
    /// Starts maestro on a terminal with so many columns.
    pub(crate) fn start<S: AsRef<OsStr>>(
        rig: &Rig,
        args: impl IntoIterator<Item = S>,
        columns: u16,
    ) -> Self {
        let (person, program) = open(columns);
        let stdio = || Stdio::from(program.try_clone().unwrap());
        let child = rig
            .command(args)
            .stdin(stdio())
            .stdout(stdio())
            .stderr(stdio())
            .spawn()
            .unwrap();
        drop(program);
        let seen = Arc::new(Mutex::new(Vec::new()));
        let reader = watch(person.try_clone().unwrap(), Arc::clone(&seen));
        Self {
            child,
            person,
            seen,
            reader: Some(reader),
        }
    }

    /// Everything that was shown so far.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.seen.lock().unwrap()).replace('\r', "")
    }

    /// Waits until `text` has been shown.
    #[track_caller]
    pub(crate) fn waits_for(&self, text: &str) -> &Self {
        wait_until(|| self.text().contains(text), text, || self.text());
        self
    }

    /// The number of the process.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn types(&mut self, keys: &str) -> &Self {
        self.person.write_all(keys.as_bytes()).unwrap();
        self
    }

    /// Sends a signal to the program.
    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_raw(self.child.id() as i32).unwrap();
        rustix::process::kill_process(pid, signal).unwrap();
    }

    /// Waits for the end of the program and gives everything that it showed.
    #[track_caller]
    pub(crate) fn ends(mut self, code: i32) -> String {
        let end = Instant::now() + DEADLINE;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < end, "does not end:\n{}", self.text());
            thread::sleep(Duration::from_millis(5));
        };
        // The last bytes pass the reader a moment after the end; then the terminal hangs up, unless
        // somebody was left behind on it.
        if let Some(reader) = self.reader.take() {
            let end = Instant::now() + LAST_BYTES;
            while !reader.is_finished() && Instant::now() < end {
                thread::sleep(Duration::from_millis(5));
            }
        }
        let text = self.text();
        assert_eq!(status.code(), Some(code), "{text}");
        text
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn open(columns: u16) -> (File, OwnedFd) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap();
    let flags = rustix::fs::OFlags::RDWR | rustix::fs::OFlags::NOCTTY;
    let program = rustix::fs::open(name, flags, rustix::fs::Mode::empty()).unwrap();
    let size = Winsize {
        ws_row: 24,
        ws_col: columns,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    tcsetwinsize(&master, size).unwrap();
    (File::from(master), program)
}

/// Reads the terminal until it hangs up.
fn watch(mut person: File, seen: Arc<Mutex<Vec<u8>>>) -> JoinHandle<()> {
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(count) = person.read(&mut buffer) {
            if count == 0 {
                break;
            }
            seen.lock().unwrap().extend_from_slice(&buffer[..count]);
        }
    })
}

#[track_caller]
fn wait_until(mut is_there: impl FnMut() -> bool, what: &str, shown: impl Fn() -> String) {
    let end = Instant::now() + DEADLINE;
    while !is_there() {
        assert!(Instant::now() < end, "{what:?} was not shown:\n{}", shown());
        thread::sleep(Duration::from_millis(5));
    }
}

/// A shell line in tmux: a real terminal with a screen to look at.
pub(crate) struct Tmux {
    socket: String,
}

static COUNT: AtomicU32 = AtomicU32::new(0);

impl Tmux {
    /// Runs `maestro` with `args` (as typed into a shell) in the rig's world.
    pub(crate) fn start(rig: &Rig, args: &str, columns: u16, rows: u16) -> Self {
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let tmux = Self {
            socket: format!("maestro-test-{}-{count}", std::process::id()),
        };
        let line = format!(
            "{} {args}; echo \"exit code $?\"; sleep 600",
            env!("CARGO_BIN_EXE_maestro")
        );
        let mut command = tmux.command();
        rig.surround(&mut command);
        command
            .current_dir(rig.work())
            .args(["new-session", "-d", "-x", &columns.to_string()])
            .args(["-y", &rows.to_string(), &line]);
        assert!(command.status().unwrap().success(), "tmux does not start");
        tmux
    }

    fn command(&self) -> Command {
        let mut command = Command::new("tmux");
        // UTF-8, and nobody's own configuration.
        command.args(["-u", "-L", &self.socket, "-f", "/dev/null"]);
        command.env_remove("TMUX").stdin(Stdio::null());
        command
    }

    /// The screen as text.
    pub(crate) fn screen(&self) -> String {
        let output = self
            .command()
            .args(["capture-pane", "-p"])
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stdout)
            .trim_end()
            .to_owned()
    }

    /// Waits until the screen holds `text`.
    #[track_caller]
    pub(crate) fn waits_for(&self, text: &str) -> String {
        wait_until(|| self.screen().contains(text), text, || self.screen());
        self.screen()
    }

    /// The process of maestro: the child of the shell that tmux started.
    pub(crate) fn program(&self) -> u32 {
        let format = ["display-message", "-p", "#{pane_pid}"];
        let shell = self.command().args(format).output().unwrap();
        let shell = String::from_utf8_lossy(&shell.stdout).trim().to_owned();
        let path = format!("/proc/{shell}/task/{shell}/children");
        let children = std::fs::read_to_string(path).unwrap();
        children.split_whitespace().next().unwrap().parse().unwrap()
    }

    /// Gives the window another size.
    pub(crate) fn resizes(&self, columns: u16, rows: u16) {
        let mut command = self.command();
        command.args(["resize-window", "-x", &columns.to_string()]);
        command.args(["-y", &rows.to_string()]);
        assert!(command.status().unwrap().success());
    }

    /// Types keys by their tmux names, such as `Enter` or `C-c`; other words letter by letter.
    pub(crate) fn types(&self, keys: &[&str]) -> &Self {
        let status = self.command().arg("send-keys").args(keys).status();
        assert!(status.unwrap().success());
        self
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        let _ = self.command().arg("kill-server").output();
    }
}

#[test]
fn help_fits_80_columns_and_is_coloured_on_a_terminal() {
    let rig = Rig::new().env("TERM", "xterm-256color");
    let text = Terminal::start(&rig, ["--help"], 80).ends(0);
    assert!(text.contains("\x1b["), "{text}");
    let screen = Tmux::start(&rig, "new --help", 80, 50).waits_for("exit code 0");
    assert!(
        screen.contains("Write a package that runs at once"),
        "{screen}"
    );
    assert!(
        screen.lines().all(|line| line.chars().count() <= 80),
        "{screen}"
    );
}
