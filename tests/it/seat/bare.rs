//! A bare pseudo-terminal; an emulator inside of the test makes a screen of what comes out of it.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::num::NonZero;
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use rustix::fs::{Mode, OFlags};
use rustix::process::{Pid, Signal};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use super::{READY, SHELL, Seat};
use crate::rig::Rig;

/// A shell on a pseudo-terminal of its own.
pub(crate) struct Bare {
    shell: Child,
    person: File,
    emulator: Arc<Mutex<vt100::Parser>>,
}

impl Bare {
    /// Closes the window: the terminal is gone.
    pub(crate) fn hang_up(self) {
        drop(self);
    }
}

impl Seat for Bare {
    fn sit(rig: &Rig, columns: u16, rows: u16) -> Self {
        let (person, line) = open(columns, rows);
        let mut command = Command::new("setsid");
        rig.surround(&mut command);
        let stdio = || Stdio::from(line.try_clone().unwrap());
        let shell = command
            .arg("--ctty")
            .args(SHELL)
            .env("PS1", format!("{READY} "))
            .env_remove("PROMPT_COMMAND")
            // Written at the end, it would bring the folder of the rig back.
            .env("HISTFILE", "/dev/null")
            .current_dir(rig.work())
            .stdin(stdio())
            .stdout(stdio())
            .stderr(stdio())
            .spawn()
            .unwrap();
        let parser = vt100::Parser::new(size(rows), size(columns), 0);
        let emulator = Arc::new(Mutex::new(parser));
        watch(person.try_clone().unwrap(), Arc::clone(&emulator));
        Self {
            shell,
            person,
            emulator,
        }
    }

    fn screen(&self) -> String {
        let emulator = self.emulator.lock().unwrap();
        emulator.screen().contents().trim_end().to_owned()
    }

    fn has_cursor(&self) -> bool {
        !self.emulator.lock().unwrap().screen().hide_cursor()
    }

    fn is_covered(&self) -> bool {
        self.emulator.lock().unwrap().screen().alternate_screen()
    }

    fn press(&mut self, keys: &str) {
        self.person.write_all(keys.as_bytes()).unwrap();
    }

    fn resize(&mut self, columns: u16, rows: u16) {
        tcsetwinsize(&self.person, winsize(columns, rows)).unwrap();
        let mut emulator = self.emulator.lock().unwrap();
        emulator.screen_mut().set_size(size(rows), size(columns));
    }

    fn shell(&self) -> i32 {
        self.shell.id() as i32
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        // As when a window is closed; a shell that is stopped hears of it when it goes on.
        if let Some(shell) = Pid::from_raw(self.shell()) {
            let _ = rustix::process::kill_process(shell, Signal::HUP);
            let _ = rustix::process::kill_process(shell, Signal::CONT);
        }
        let end = std::time::Instant::now() + std::time::Duration::from_secs(5);
        while matches!(self.shell.try_wait(), Ok(None)) && std::time::Instant::now() < end {
            std::thread::sleep(super::LOOK);
        }
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}

fn open(columns: u16, rows: u16) -> (File, OwnedFd) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap();
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    let line = rustix::fs::open(name, flags, Mode::empty()).unwrap();
    tcsetwinsize(&master, winsize(columns, rows)).unwrap();
    (File::from(master), line)
}

const fn winsize(columns: u16, rows: u16) -> Winsize {
    Winsize {
        ws_row: rows,
        ws_col: columns,
        ws_xpixel: 0,
        ws_ypixel: 0,
    }
}

/// Feeds the emulator until the terminal hangs up.
fn watch(mut person: File, emulator: Arc<Mutex<vt100::Parser>>) {
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = person.read(&mut buffer) {
            emulator.lock().unwrap().process(&buffer[..count]);
        }
    });
}

fn size(count: u16) -> NonZero<u16> {
    NonZero::new(count).unwrap()
}
