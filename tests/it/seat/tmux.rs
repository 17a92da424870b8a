//! A window of a tmux server of its own.

use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use super::{READY, SHELL, Seat};
use crate::rig::Rig;

/// A shell in tmux.
pub(crate) struct Multiplexed {
    socket: String,
}

static COUNT: AtomicU32 = AtomicU32::new(0);

impl Multiplexed {
    fn command(&self) -> Command {
        let mut command = Command::new("tmux");
        // UTF-8, and nobody's own configuration.
        command.args(["-u", "-L", &self.socket, "-f", "/dev/null"]);
        command.env_remove("TMUX").stdin(Stdio::null());
        command
    }

    fn told(&self, args: &[&str]) -> String {
        let output = self.command().args(args).output().unwrap();
        String::from_utf8_lossy(&output.stdout)
            .trim_end()
            .to_owned()
    }

    fn variable(&self, name: &str) -> String {
        self.told(&["display-message", "-p", &format!("#{{{name}}}")])
    }
}

impl Seat for Multiplexed {
    fn sit(rig: &Rig, columns: u16, rows: u16) -> Self {
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let seat = Self {
            socket: format!("maestro-seat-{}-{count}", std::process::id()),
        };
        let mut command = seat.command();
        rig.surround(&mut command);
        let status = command
            .env("PS1", format!("{READY} "))
            .env_remove("PROMPT_COMMAND")
            // Written at the end, it would bring the folder of the rig back.
            .env("HISTFILE", "/dev/null")
            .current_dir(rig.work())
            .args(["new-session", "-d", "-x", &columns.to_string()])
            .args(["-y", &rows.to_string()])
            .args(SHELL)
            .status();
        assert!(status.unwrap().success(), "tmux does not start");
        seat
    }

    fn screen(&self) -> String {
        self.told(&["capture-pane", "-p"])
    }

    fn has_cursor(&self) -> bool {
        self.variable("cursor_flag") == "1"
    }

    fn is_covered(&self) -> bool {
        self.variable("alternate_on") == "1"
    }

    fn press(&mut self, keys: &str) {
        let mut command = self.command();
        command.args(["send-keys", "-H"]);
        command.args(keys.bytes().map(|byte| format!("{byte:02x}")));
        assert!(command.status().unwrap().success());
    }

    fn resize(&mut self, columns: u16, rows: u16) {
        let mut command = self.command();
        command.args(["resize-window", "-x", &columns.to_string()]);
        command.args(["-y", &rows.to_string()]);
        assert!(command.status().unwrap().success());
    }

    fn shell(&self) -> i32 {
        self.variable("pane_pid").parse().unwrap()
    }
}

impl Drop for Multiplexed {
    fn drop(&mut self) {
        let _ = self.command().arg("kill-server").output();
    }
}
