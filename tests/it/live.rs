//! A run that goes on while the test looks at it, sends signals, and waits for things to happen.

use std::fs;
use std::io::Read as _;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::NamedTempFile;

use crate::rig::Outcome;

/// Longest wait for anything that must happen; only a broken program takes so long.
const PATIENCE: Duration = Duration::from_secs(45);

/// A command whose streams go to files.
#[derive(Debug)]
pub(crate) struct Live {
    child: Child,
    line: String,
    out: NamedTempFile,
    err: NamedTempFile,
    started: Instant,
}

impl Live {
    #[track_caller]
    pub(crate) fn start(mut command: Command, line: &str) -> Self {
        let out = NamedTempFile::new().unwrap();
        let err = NamedTempFile::new().unwrap();
        let child = command
            .stdin(Stdio::null())
            .stdout(out.reopen().unwrap())
            .stderr(err.reopen().unwrap())
            .process_group(0)
            .spawn()
            .unwrap_or_else(|error| panic!("{line}: {error}"));
        Self {
            child,
            line: line.to_owned(),
            out,
            err,
            started: Instant::now(),
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn stdout(&self) -> String {
        text(&self.out)
    }

    pub(crate) fn stderr(&self) -> String {
        text(&self.err)
    }

    /// The events that were printed so far; a line that is not whole yet is left out.
    pub(crate) fn events(&self) -> Vec<Value> {
        events_of(&self.stdout())
    }

    /// Waits until `found` gives something.
    #[track_caller]
    pub(crate) fn until<T>(&mut self, what: &str, mut found: impl FnMut(&Self) -> Option<T>) -> T {
        let end = Instant::now() + PATIENCE;
        loop {
            // Asked first, so that what came just before the end is seen.
            let has_ended = self.child.try_wait().unwrap().is_some();
            if let Some(found) = found(self) {
                return found;
            }
            let (out, err) = (self.stdout(), self.stderr());
            assert!(
                !has_ended && Instant::now() < end,
                "`{}` does not come to {what} (ended: {has_ended})\n--- stdout\n{out}\n--- stderr\n{err}",
                self.line
            );
            std::thread::sleep(Duration::from_millis(3));
        }
    }

    /// Waits until standard output holds a text.
    #[track_caller]
    pub(crate) fn until_shows(&mut self, wanted: &str) {
        self.until(wanted, |live| live.stdout().contains(wanted).then_some(()));
    }

    /// Waits for an event that fits.
    #[track_caller]
    pub(crate) fn until_event(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        self.until(what, |live| live.events().into_iter().find(&fits))
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(
            Pid::from_raw(self.child.id().cast_signed()).unwrap(),
            signal,
        )
        .unwrap();
    }

    /// The status, if it ended already.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }

    /// Waits for the end.
    #[track_caller]
    pub(crate) fn end(mut self) -> Outcome {
        let end = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            if Instant::now() > end {
                let _ = self.child.kill();
                let (out, err) = (self.stdout(), self.stderr());
                panic!(
                    "`{}` does not end\n--- stdout\n{out}\n--- stderr\n{err}",
                    self.line
                );
            }
            std::thread::sleep(Duration::from_millis(2));
        };
        let code = status
            .code()
            .unwrap_or_else(|| -status.signal().unwrap_or(0));
        Outcome::new(
            &self.line,
            code,
            self.stdout(),
            self.stderr(),
            self.started.elapsed(),
        )
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The whole lines of a text as JSON.
pub(crate) fn events_of(text: &str) -> Vec<Value> {
    text.split_inclusive('\n')
        .filter(|line| line.ends_with('\n'))
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}")))
        .collect()
}

/// Waits until something holds that no process of the test announces.
#[track_caller]
pub(crate) fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < end, "it does not come to this: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn text(file: &NamedTempFile) -> String {
    let mut bytes = Vec::new();
    fs::File::open(file.path())
        .and_then(|mut file| file.read_to_end(&mut bytes))
        .unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}
