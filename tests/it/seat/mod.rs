//! A person at a terminal with a shell in it, over two drivers: a bare pseudo-terminal with a
//! terminal emulator, and tmux. What is tested on the screen is tested on both.

mod bare;
mod tmux;

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

pub(crate) use bare::Bare;
pub(crate) use tmux::Multiplexed;

use crate::rig::Rig;

/// Longest wait for anything that must be shown.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often is looked.
const LOOK: Duration = Duration::from_millis(10);

/// What the shell says when it waits for a line.
const READY: &str = "ready>";

/// A terminal with a shell in it that controls jobs.
pub(crate) trait Seat: Sized {
    /// Opens a terminal of so many columns and rows in the rig's world.
    fn sit(rig: &Rig, columns: u16, rows: u16) -> Self;

    /// What is seen now.
    fn screen(&self) -> String;

    /// Whether the cursor is seen.
    fn has_cursor(&self) -> bool;

    /// Whether a full screen covers the lines of the shell.
    fn is_covered(&self) -> bool;

    /// Presses keys, as the bytes that a terminal makes of them.
    fn press(&mut self, keys: &str);

    fn resize(&mut self, columns: u16, rows: u16);

    /// The process of the shell.
    fn shell(&self) -> i32;

    /// Waits until `text` is seen.
    #[track_caller]
    fn sees(&self, text: &str) -> String {
        self.waits(text, |screen| screen.contains(text))
    }

    /// Waits until the screen is as it must be.
    #[track_caller]
    fn waits(&self, what: &str, is_so: impl Fn(&str) -> bool) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            let screen = self.screen();
            if is_so(&screen) {
                return screen;
            }
            assert!(Instant::now() < end, "waited for {what:?}:\n{screen}");
            sleep(LOOK);
        }
    }

    /// Waits for a question, and until it takes keys: the last line says which.
    #[track_caller]
    fn is_asked(&self, text: &str) -> String {
        let is_so = |screen: &str| screen.contains(text) && screen.contains("Esc abort");
        self.waits(text, is_so);
        // The line of the question before may have been seen, in the middle of a frame.
        sleep(Duration::from_millis(50));
        self.waits(text, is_so)
    }

    /// Presses a key that no other follows for a moment, as a person does.
    fn presses(&mut self, key: &str) {
        sleep(Duration::from_millis(70));
        self.press(key);
    }

    /// Types as a scanner does: all at once, with a return behind.
    fn scan(&mut self, text: &str) {
        sleep(Duration::from_millis(70));
        self.press(&format!("{text}\r"));
    }

    /// Types a line at the shell.
    #[track_caller]
    fn types(&mut self, line: &str) {
        self.waits("the shell", |screen| {
            screen
                .lines()
                .last()
                .is_some_and(|last| last.trim_end() == READY)
        });
        self.press(&format!("{line}\r"));
    }

    /// Starts `maestro` with `args` at the shell.
    #[track_caller]
    fn starts(&mut self, args: &str) {
        self.types(&format!("clear; {} {args}", env!("CARGO_BIN_EXE_maestro")));
    }

    /// The terminal is as it was before: a cursor, no full screen, and the modes of a shell.
    #[track_caller]
    fn is_usable(&mut self) {
        self.waits("the shell", |_| self.has_cursor() && !self.is_covered());
        self.types("clear; stty -a");
        let modes = self.sees("icanon");
        for mode in ["-icanon", "-isig", "-echo ", "-opost", "-icrnl"] {
            assert!(!modes.contains(mode), "{mode} is left behind:\n{modes}");
        }
    }

    /// The exit code of the line before.
    #[track_caller]
    fn ended_with(&mut self, code: u8) {
        self.types("echo code $?.");
        self.sees(&format!("code {code}."));
    }

    /// The process of maestro, as soon as the shell has started it.
    #[track_caller]
    fn program(&self) -> i32 {
        let shell = self.shell();
        let path = format!("/proc/{shell}/task/{shell}/children");
        let end = Instant::now() + PATIENCE;
        loop {
            let children = fs::read_to_string(&path).unwrap_or_default();
            let started = children.split_whitespace().find(|pid| {
                let name = fs::read_to_string(format!("/proc/{pid}/comm"));
                name.is_ok_and(|name| name.trim() == "maestro")
            });
            if let Some(pid) = started {
                return pid.parse().unwrap();
            }
            assert!(Instant::now() < end, "the shell has not started maestro");
            sleep(LOOK);
        }
    }
}

/// The shell, with nobody's own settings.
const SHELL: [&str; 4] = ["bash", "--norc", "--noprofile", "-i"];
