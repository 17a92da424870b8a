//! One process from start to end: fed, read and watched by one wait.

use std::fs::File;
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::Path;
use std::process::{self, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use maestro_protocol::{ErrorObject, LogLevel};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::process::{Pid, PidfdFlags, WaitId, WaitIdOptions, pidfd_open, waitid};

use super::output::Output;
use super::target::Target;
use super::tree::{self, Orphans};
use crate::clock;
use crate::failure::{cancelled, failed, internal, not_found};
use crate::files::Files;
use crate::talk::Talk;

/// How often a cancellation is looked for.
const TICK: Duration = Duration::from_millis(10);
/// How long output is read after the program has ended: a process that it left behind may hold the
/// pipe open for ever, or write to it for ever.
const DRAIN: Duration = Duration::from_millis(100);
const DRAIN_AT_MOST: Duration = Duration::from_secs(1);
/// How long a program may clean up when nobody else watches over it.
const GRACE: Duration = Duration::from_millis(400);
/// Bytes of standard error that go into the log while the program runs.
const LOGGED: usize = 64 << 10;
/// A line without end is logged in pieces of this size.
const LONGEST_LINE: usize = 4 << 10;

/// A running program.
#[derive(Debug)]
pub(super) struct Child {
    handle: process::Child,
    pid: Pid,
    /// Readable once the program has ended.
    exit: OwnedFd,
    stdin: Option<File>,
    stdout: Option<File>,
    stderr: Option<File>,
    sent: usize,
    room: Vec<u8>,
}

/// How a program ended, and what it wrote.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) status: ExitStatus,
    pub(super) stdout: Output,
    pub(super) stderr: Output,
}

impl Child {
    /// Starts the program in a process group of its own.
    pub(super) fn start(
        target: &Target,
        program: &Path,
        workdir: &Path,
    ) -> Result<Self, ErrorObject> {
        let mut command = Command::new(program);
        command
            .args(&target.args)
            .current_dir(workdir)
            .process_group(0)
            .stdin(
                target
                    .stdin
                    .as_ref()
                    .map_or_else(Stdio::null, |_| Stdio::piped()),
            )
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for (name, value) in &target.env {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let mut child = command
            .spawn()
            .map_err(|error| refusal(program, workdir, &error))?;
        let pid = Pid::from_child(&child);
        let exit = pidfd_open(pid, PidfdFlags::empty());
        let pipes = [
            child.stdin.take().map(OwnedFd::from),
            child.stdout.take().map(OwnedFd::from),
            child.stderr.take().map(OwnedFd::from),
        ];
        let blocked = pipes.iter().flatten().try_for_each(unblock);
        let exit = exit.and_then(|exit| blocked.map(|()| exit));
        let [stdin, stdout, stderr] = pipes.map(|pipe| pipe.map(File::from));
        match exit {
            Ok(exit) => Ok(Self {
                handle: child,
                pid,
                exit,
                stdin,
                stdout,
                stderr,
                sent: 0,
                room: vec![0; 64 << 10],
            }),
            Err(error) => {
                child.kill().ok();
                child.wait().ok();
                Err(internal(format!(
                    "cannot watch {}: {error}",
                    program.display()
                )))
            }
        }
    }

    /// Feeds and reads the program until it has ended, or ends it when the call is cancelled.
    pub(super) fn run(
        mut self,
        target: &Target,
        files: &mut Files,
        orphans: &Orphans,
        talk: &mut dyn Talk,
    ) -> Result<Ended, ErrorObject> {
        let input = target.stdin.as_deref().unwrap_or_default().as_bytes();
        let mut stdout = Output::new("stdout");
        let mut stderr = Logged::new(Output::new("stderr"));
        let watched = self.watch(input, &mut stdout, &mut stderr, files, talk);
        if watched != Ok(Ending::ByItself) {
            orphans.end(self.pid);
        }
        let status = self
            .handle
            .wait()
            .map_err(|error| internal(format!("cannot wait for the program: {error}")))?;
        stderr.finish(talk);
        match watched? {
            Ending::Cancelled => Err(cancelled()),
            Ending::ByItself => Ok(Ended {
                status,
                stdout,
                stderr: stderr.output,
            }),
        }
    }

    fn watch(
        &mut self,
        input: &[u8],
        stdout: &mut Output,
        stderr: &mut Logged,
        files: &mut Files,
        talk: &mut dyn Talk,
    ) -> Result<Ending, ErrorObject> {
        let mut cancelled_at: Option<Instant> = None;
        let mut ended_at: Option<Instant> = None;
        loop {
            let is_idle = !self.pump(input, stdout, stderr, files, talk)?;
            if ended_at.is_none() && self.has_ended() {
                ended_at = Some(clock::now());
                if cancelled_at.is_some() {
                    return Ok(Ending::Cancelled);
                }
                continue;
            }
            if let Some(at) = ended_at {
                let is_read = self.stdout.is_none() && self.stderr.is_none();
                let enough = if is_idle { DRAIN } else { DRAIN_AT_MOST };
                if is_read || clock::now() >= at + enough {
                    return Ok(Ending::ByItself);
                }
            }
            match cancelled_at {
                None if talk.is_cancelled() && ended_at.is_none() => {
                    cancelled_at = Some(clock::now());
                    tree::terminate(self.pid);
                }
                // An engine ends the tree itself, when the grace of the step is over.
                Some(at) if talk.is_abandoned() && clock::now() >= at + GRACE => {
                    return Ok(Ending::Cancelled);
                }
                _ => {}
            }
            if is_idle {
                self.wait(input, ended_at.is_some());
            }
        }
    }

    /// Moves what can be moved now; true when something was.
    fn pump(
        &mut self,
        input: &[u8],
        stdout: &mut Output,
        stderr: &mut Logged,
        files: &mut Files,
        talk: &mut dyn Talk,
    ) -> Result<bool, ErrorObject> {
        let mut moved = self.feed(input);
        let room = &mut self.room;
        if let Some(count) = read(&mut self.stdout, room) {
            stdout.push(&room[..count], files)?;
            moved = true;
        }
        if let Some(count) = read(&mut self.stderr, room) {
            stderr.push(&room[..count], files, talk)?;
            moved = true;
        }
        Ok(moved)
    }

    /// Writes more of standard input, and closes it after the last byte.
    fn feed(&mut self, input: &[u8]) -> bool {
        let Some(stdin) = &mut self.stdin else {
            return false;
        };
        match stdin.write(&input[self.sent..]) {
            Ok(count) if self.sent + count < input.len() => self.sent += count,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return false,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            // All is written, or the program does not want to read more.
            Ok(_) | Err(_) => self.stdin = None,
        }
        true
    }

    /// Waits for something to move, or for a tick.
    fn wait(&self, input: &[u8], has_ended: bool) {
        let mut fds = Vec::with_capacity(4);
        if !has_ended {
            fds.push(PollFd::new(&self.exit, PollFlags::IN));
        }
        for pipe in [&self.stdout, &self.stderr].into_iter().flatten() {
            fds.push(PollFd::new(pipe, PollFlags::IN));
        }
        if let Some(stdin) = &self.stdin
            && self.sent < input.len()
        {
            fds.push(PollFd::new(stdin, PollFlags::OUT));
        }
        let timeout = Timespec {
            tv_sec: 0,
            tv_nsec: i64::from(TICK.subsec_nanos()),
        };
        // A failing poll only means that the loop looks sooner.
        poll(&mut fds, Some(&timeout)).ok();
    }

    /// Whether the program has ended. It stays a zombie, so that its number means nothing else.
    fn has_ended(&self) -> bool {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        !matches!(waitid(WaitId::PidFd(self.exit.as_fd()), options), Ok(None))
    }
}

/// Why nobody waits any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    ByItself,
    Cancelled,
}

/// Standard error, which is also logged line by line while the program runs.
struct Logged {
    output: Output,
    line: Vec<u8>,
    bytes: usize,
}

impl Logged {
    const fn new(output: Output) -> Self {
        Self {
            output,
            line: Vec::new(),
            bytes: 0,
        }
    }

    fn push(
        &mut self,
        bytes: &[u8],
        files: &mut Files,
        talk: &mut dyn Talk,
    ) -> Result<(), ErrorObject> {
        for &byte in bytes {
            if self.bytes > LOGGED {
                break;
            }
            if byte != b'\n' {
                self.line.push(byte);
            }
            if byte == b'\n' || self.line.len() >= LONGEST_LINE {
                self.flush(talk);
            }
        }
        self.output.push(bytes, files)
    }

    fn flush(&mut self, talk: &mut dyn Talk) {
        let line = std::mem::take(&mut self.line);
        self.bytes += line.len() + 1;
        let text = String::from_utf8_lossy(&line);
        talk.log(LogLevel::Info, text.trim_end_matches('\r').to_owned());
        if self.bytes > LOGGED {
            let message = "more of stderr is not logged: it is in the output `stderr`";
            talk.log(LogLevel::Info, message.to_owned());
        }
    }

    fn finish(&mut self, talk: &mut dyn Talk) {
        if !self.line.is_empty() {
            self.flush(talk);
        }
    }
}

/// Reads what is there; `None` when nothing is.
fn read(pipe: &mut Option<File>, room: &mut [u8]) -> Option<usize> {
    let file = pipe.as_mut()?;
    loop {
        match file.read(room) {
            Ok(0) => break,
            Ok(count) => return Some(count),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return None,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => break,
        }
    }
    *pipe = None;
    None
}

fn unblock(pipe: &OwnedFd) -> rustix::io::Result<()> {
    let flags = fcntl_getfl(pipe)?;
    fcntl_setfl(pipe, flags | OFlags::NONBLOCK)
}

/// Says which of program and folder is at fault: the system's error does not.
fn refusal(program: &Path, workdir: &Path, error: &std::io::Error) -> ErrorObject {
    let program = program.display();
    if !workdir.is_dir() {
        let folder = workdir.display();
        return not_found(format!("the folder {folder} does not exist"));
    }
    match error.kind() {
        ErrorKind::NotFound => not_found(format!(
            "{program} names an interpreter in its first line that does not exist"
        )),
        ErrorKind::ArgumentListTooLong => failed(
            "Arguments",
            "arguments and environment are too long for the system: use `stdin` or a file",
        ),
        _ if error.raw_os_error() == Some(rustix::io::Errno::NOEXEC.raw_os_error()) => {
            not_found(format!(
                "{program} is no program for this machine; a script needs `#!` and its \
                 interpreter as its first line"
            ))
        }
        _ => failed("Start", format!("cannot start {program}: {error}")),
    }
}

/// The end of a program in words.
pub(super) fn describe(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("ended with exit code {code}"),
        (None, Some(signal)) => format!("was ended by signal {signal}"),
        (None, None) => "ended without an exit code".to_owned(),
    }
}
