//! One runner process: its pipes, none of which ever blocks, and its end.

use std::io::{self, ErrorKind};
use std::os::fd::AsFd;
use std::process::{ChildStderr, ChildStdin, ChildStdout, Command, Stdio};

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::io::Errno;
use rustix::process::Pid;

use super::RunnerSpec;
use super::os::{self, BootTicks, ExitWatch, KillReport, Target};
use super::spec::{MARKER, Mark};

/// Room of a kept queue; a larger one is given back when it is empty.
const KEPT_QUEUE: usize = 256 * 1024;

/// A started process.
#[derive(Debug)]
pub(super) struct Process {
    pub(super) exit: ExitWatch,
    pub(super) stdin: Option<ChildStdin>,
    pub(super) stdout: Option<ChildStdout>,
    pub(super) stderr: Option<ChildStderr>,
    mark: Mark,
    since: BootTicks,
    /// Bytes that the process has not taken yet, from `sent` on.
    queue: Vec<u8>,
    sent: usize,
}

/// What a read brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Read {
    Bytes(usize),
    /// Nothing now.
    Empty,
    /// Nothing ever again.
    End,
}

/// What a write did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    All,
    /// The rest is queued.
    Part,
    /// The process has closed its stdin.
    Closed,
}

impl Process {
    /// Starts the process; the reason of a failure names what is missing.
    pub(super) fn spawn(spec: &RunnerSpec, mark: Mark) -> Result<Self, String> {
        let mut command = Command::new(&spec.program);
        command
            .args(&spec.args)
            .envs(spec.env.iter().map(|(name, value)| (name, value)))
            // They may hold passwords, and no test needs them.
            .env_remove("MAESTRO_DATABASE_URL")
            .env_remove("MAESTRO_REDIS_URL")
            .env(MARKER, mark.value())
            .current_dir(&spec.workdir)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        os::detach(&mut command);
        let since = BootTicks::now();
        let mut child = command.spawn().map_err(|error| refusal(spec, &error))?;
        // Cannot fail: the kernel's pids are positive.
        let pid = Pid::from_child(&child);
        let watch = |error: io::Error| format!("cannot watch process {}: {error}", child.id());
        let exit = match ExitWatch::open(pid) {
            Ok(exit) => exit,
            Err(error) => {
                let message = watch(error);
                child.kill().ok();
                child.wait().ok();
                return Err(message);
            }
        };
        let process = Self {
            exit,
            stdin: child.stdin.take(),
            stdout: child.stdout.take(),
            stderr: child.stderr.take(),
            mark,
            since,
            queue: Vec::new(),
            sent: 0,
        };
        match process.unblock() {
            Ok(()) => Ok(process),
            Err(error) => {
                process.end_tree();
                Err(format!("cannot prepare the pipes: {error}"))
            }
        }
    }

    fn unblock(&self) -> io::Result<()> {
        set_nonblocking(self.stdin.as_ref())?;
        set_nonblocking(self.stdout.as_ref())?;
        set_nonblocking(self.stderr.as_ref())
    }

    pub(super) fn pid(&self) -> u32 {
        self.exit.pid().as_raw_nonzero().get() as u32
    }

    /// Whether something waits to be written.
    pub(super) fn has_unsent(&self) -> bool {
        self.sent < self.queue.len()
    }

    /// Writes what the pipe takes now and queues the rest.
    pub(super) fn send(&mut self, bytes: &[u8]) -> Sent {
        let mut written = 0;
        if !self.has_unsent() {
            match self.write(bytes) {
                Some(count) => written = count,
                None => return self.close_stdin(),
            }
        }
        if written < bytes.len() {
            self.queue.extend_from_slice(&bytes[written..]);
            return Sent::Part;
        }
        Sent::All
    }

    /// Writes more of what is queued.
    pub(super) fn flush(&mut self) -> Sent {
        while self.has_unsent() {
            match self.write(&self.queue[self.sent..]) {
                Some(0) => return Sent::Part,
                Some(count) => self.sent += count,
                None => return self.close_stdin(),
            }
        }
        self.forget_queue();
        Sent::All
    }

    /// Takes up to one pipe full; `None` when the other end is closed.
    fn write(&self, bytes: &[u8]) -> Option<usize> {
        let stdin = self.stdin.as_ref()?;
        let mut written = 0;
        while written < bytes.len() {
            match rustix::io::write(stdin, &bytes[written..]) {
                Ok(count) => written += count,
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => break,
                Err(_) => return None,
            }
        }
        Some(written)
    }

    /// Lets the process read EOF after what it has been sent; the queue is dropped.
    pub(super) fn close_stdin(&mut self) -> Sent {
        self.stdin = None;
        self.forget_queue();
        Sent::Closed
    }

    fn forget_queue(&mut self) {
        self.sent = 0;
        self.queue.clear();
        if self.queue.capacity() > KEPT_QUEUE {
            self.queue = Vec::new();
        }
    }

    pub(super) fn read_stdout(&mut self, room: &mut [u8]) -> Read {
        read(&mut self.stdout, room)
    }

    pub(super) fn read_stderr(&mut self, room: &mut [u8]) -> Read {
        read(&mut self.stderr, room)
    }

    /// Kills the whole tree and reaps the process. What it wrote before can still be read.
    pub(super) fn end_tree(&self) -> KillReport {
        let report = os::end_tree(Target {
            root: self.exit.pid(),
            marker: self.mark.entry(),
            since: self.since,
        });
        self.exit.reap();
        report
    }
}

fn read<S: AsFd>(stream: &mut Option<S>, room: &mut [u8]) -> Read {
    let Some(open) = stream else {
        return Read::End;
    };
    loop {
        match rustix::io::read(&*open, &mut *room) {
            Ok(0) => break,
            Ok(count) => return Read::Bytes(count),
            Err(Errno::AGAIN) => return Read::Empty,
            Err(Errno::INTR) => {}
            // A pipe knows no other failure; either way nothing more will come.
            Err(_) => break,
        }
    }
    *stream = None;
    Read::End
}

fn set_nonblocking(stream: Option<&impl AsFd>) -> io::Result<()> {
    let Some(stream) = stream else {
        return Ok(());
    };
    let flags = fcntl_getfl(stream)?;
    fcntl_setfl(stream, flags | OFlags::NONBLOCK)?;
    Ok(())
}

/// Says which of program and folder is at fault: the system's error does not.
fn refusal(spec: &RunnerSpec, error: &io::Error) -> String {
    let program = spec.program.display();
    if !spec.workdir.is_dir() {
        return format!("the folder {} does not exist", spec.workdir.display());
    }
    match error.kind() {
        ErrorKind::NotFound if spec.program.is_file() => {
            format!("{program} names an interpreter in its first line that does not exist")
        }
        ErrorKind::NotFound => format!("program {program} not found"),
        ErrorKind::PermissionDenied => format!("{program} may not be executed by this user"),
        _ => format!("cannot start {program}: {error}"),
    }
}
