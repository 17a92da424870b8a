//! Runs a program that is no runner to its end: an interpreter that is asked, a compiler.

use std::os::fd::AsFd as _;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::clock;
use super::process::{Process, Read};
use super::spec::{Mark, RunnerSpec};

/// Most of each stream that is kept.
const KEPT: usize = 1 << 20;

/// Tells the tools of one process apart.
static STARTED: AtomicU32 = AtomicU32::new(0);

/// How often an interrupt is looked for.
const LOOK: Duration = Duration::from_millis(50);

/// How a program ended, and what it said.
#[derive(Debug)]
pub(crate) struct Ended {
    /// Such as `exit code 0`.
    pub(crate) status: String,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
}

impl Ended {
    pub(crate) fn is_success(&self) -> bool {
        self.status == "exit code 0"
    }
}

/// Runs it with an empty standard input; whatever it leaves behind is ended. The error says why it
/// has no end: it did not start, or took longer than `patience`.
pub(super) fn run(spec: &RunnerSpec, patience: Duration) -> Result<Ended, String> {
    run_watched(spec, patience, None)
}

/// The same, and an interrupt ends it, too.
pub(crate) fn run_watched(
    spec: &RunnerSpec,
    patience: Duration,
    is_interrupted: Option<&dyn Fn() -> bool>,
) -> Result<Ended, String> {
    // What carries one mark is ended together: each tool has its own.
    let count = STARTED.fetch_add(1, Ordering::Relaxed);
    let mark = Mark::new(
        "tool",
        &format!("{}-{}", spec.name, std::process::id()),
        count,
    );
    let mut process = Process::spawn(spec, mark)?;
    process.close_stdin();
    let until = clock::now() + patience;
    let mut ended = Ended {
        status: String::new(),
        stdout: Vec::new(),
        stderr: Vec::new(),
    };
    loop {
        let status = process.exit.ended();
        drain(|room| process.read_stdout(room), &mut ended.stdout);
        drain(|room| process.read_stderr(room), &mut ended.stderr);
        if let Some(status) = status {
            process.end_tree();
            ended.status = status;
            return Ok(ended);
        }
        if clock::now() >= until {
            process.end_tree();
            return Err(format!("no end within {} s", patience.as_secs()));
        }
        if is_interrupted.is_some_and(|came| came()) {
            process.end_tree();
            return Err("interrupted".to_owned());
        }
        let look = is_interrupted.map_or(until, |_| until.min(clock::now() + LOOK));
        wait(&process, look);
    }
}

/// Waits for news, or for the deadline.
fn wait(process: &Process, until: Instant) {
    let left = until.saturating_duration_since(clock::now());
    let timeout = Timespec {
        tv_sec: left.as_secs() as i64,
        tv_nsec: i64::from(left.subsec_nanos()),
    };
    let mut fds = vec![PollFd::from_borrowed_fd(
        process.exit.as_fd(),
        PollFlags::IN,
    )];
    if let Some(stdout) = &process.stdout {
        fds.push(PollFd::new(stdout, PollFlags::IN));
    }
    if let Some(stderr) = &process.stderr {
        fds.push(PollFd::new(stderr, PollFlags::IN));
    }
    // A poll that fails is asked again; the deadline decides.
    poll(&mut fds, Some(&timeout)).ok();
}

fn drain(mut read: impl FnMut(&mut [u8]) -> Read, text: &mut Vec<u8>) {
    let mut room = [0; 4096];
    while let Read::Bytes(count) = read(&mut room) {
        let free = KEPT.saturating_sub(text.len());
        text.extend_from_slice(&room[..count.min(free)]);
    }
}
