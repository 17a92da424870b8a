//! One connection, from the start of its runner to the end of its whole process group.
//!
//! The end of the runner is seen by the process and that of the connection by the socket, never by
//! the pipes alone: a process that the runner left behind may hold its output open, and a runner that
//! hangs takes no more input, so that whoever writes to it hears of nothing.

use std::ffi::OsString;
use std::io;
use std::net::{Shutdown, TcpStream};
use std::os::fd::AsFd as _;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Pid, Signal, kill_process_group};

use super::{copy, keep_alive, merge};
use crate::runner::clock;
use crate::runner::os::ExitWatch;

/// How long a runner may take to end after its input has.
const TO_END: Duration = Duration::from_secs(2);

/// How often it is looked whether it has.
const LOOK: Duration = Duration::from_millis(10);

/// How long what a runner wrote before its end is passed on, if somebody holds its output open.
const DRAIN: Duration = Duration::from_millis(500);

pub(super) fn serve(stream: &TcpStream, command: &[OsString]) -> io::Result<String> {
    keep_alive(stream)?;
    let mut child = start(command)?;
    let exit = match ExitWatch::open(Pid::from_child(&child)) {
        Ok(exit) => exit,
        Err(error) => {
            child.kill().ok();
            child.wait().ok();
            return Err(error);
        }
    };
    let joined = join(stream, &mut child);
    if joined.is_ok() {
        wait_for_an_end(stream, &exit);
    }
    let status = end(&mut child, &exit);
    let answers = joined?;
    // It has written all that it ever will.
    answers.recv_timeout(DRAIN).ok();
    // Wakes the threads that wait for the connection.
    let _: io::Result<()> = stream.shutdown(Shutdown::Both);
    status
}

fn start(command: &[OsString]) -> io::Result<Child> {
    let Some((program, args)) = command.split_first() else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "no command"));
    };
    Command::new(program)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
}

/// Joins the connection with the runner; tells when its output has ended.
fn join(stream: &TcpStream, child: &mut Child) -> io::Result<Receiver<()>> {
    let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (Some(stdin), Some(stdout), Some(stderr)) = pipes else {
        return Err(io::Error::other("no pipes"));
    };
    let (receiving, sending) = (stream.try_clone()?, stream.try_clone()?);
    let (said, answers) = channel();
    thread::Builder::new().spawn(move || {
        let _: io::Result<()> = merge::merge(stdout, stderr, &sending);
        said.send(()).ok();
        // A runner that says nothing any more needs no more requests.
        let _: io::Result<()> = sending.shutdown(Shutdown::Both);
    })?;
    thread::Builder::new().spawn(move || {
        // Dropping the pipe at its end tells the runner.
        let _: io::Result<()> = copy(&receiving, stdin, |_| ());
    })?;
    Ok(answers)
}

/// Waits until the runner has ended or the other side of the connection is gone.
fn wait_for_an_end(stream: &TcpStream, exit: &ExitWatch) {
    let gone = PollFlags::RDHUP | PollFlags::HUP | PollFlags::ERR;
    loop {
        let mut fds = [
            PollFd::from_borrowed_fd(stream.as_fd(), PollFlags::RDHUP),
            PollFd::from_borrowed_fd(exit.as_fd(), PollFlags::IN),
        ];
        let polled = poll(&mut fds, None);
        let [connection, process] = fds.map(|fd| fd.revents());
        if polled.is_ok() && (connection.intersects(gone) || !process.is_empty()) {
            return;
        }
    }
}

/// Waits for the runner to end, then kills what is left of its group.
fn end(child: &mut Child, exit: &ExitWatch) -> io::Result<String> {
    let deadline = clock::now() + TO_END;
    while exit.ended().is_none() && clock::now() < deadline {
        thread::sleep(LOOK);
    }
    // It is not reaped yet, so that its number means no other group. Nothing left to kill is the
    // normal case.
    let _: rustix::io::Result<()> = kill_process_group(exit.pid(), Signal::KILL);
    child.wait().map(|status| status.to_string())
}
