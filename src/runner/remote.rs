//! Runners on another machine: the same lines over TCP (PROTOCOL).
//!
//! A [`bridge`] is a process on the station that stands for the remote runner: the supervisor starts,
//! watches and kills it like any other, and its end is the end of the connection. [`listen`] is the
//! other side: it starts one runner for each connection. The lines pass as they are; what the runner
//! writes to its standard error comes between them (`merge`), and is taken out again (`split`).

mod merge;
mod split;

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream, ToSocketAddrs};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use maestro_protocol::method;
use rustix::net::sockopt;
use rustix::process::{Pid, Signal, kill_process_group};

/// How long a machine may take to accept; `initialize` has ten seconds in all.
const CONNECT: Duration = Duration::from_secs(5);

/// A machine that says nothing for so long is asked whether it is there, this often, so many times.
const SILENT: Duration = Duration::from_secs(5);
const ASK_EVERY: Duration = Duration::from_secs(2);
const ASK_TIMES: u32 = 3;

/// A machine that takes none of what is sent to it is not asked: it is gone after so long.
const UNANSWERED: Duration = Duration::from_secs(11);

/// How long nobody is let in after somebody could not be.
const PAUSE: Duration = Duration::from_millis(200);

/// How long a runner may take to end after its input has.
const TO_END: Duration = Duration::from_secs(2);

/// How often it is looked whether it has.
const LOOK: Duration = Duration::from_millis(10);

/// The longest `shutdown` of an engine.
const SHORT: usize = 256;

/// Joins stdin, stdout and stderr with the runner that listens at `address` until one side ends.
pub(crate) fn bridge(address: &str) -> Result<(), String> {
    let failed = |error: &io::Error| format!("the runner at {address}: {error}");
    let stream = connect(address).map_err(|error| failed(&error))?;
    let sending = stream.try_clone().map_err(|error| failed(&error))?;
    let is_done = Arc::new(AtomicBool::new(false));
    let done = Arc::clone(&is_done);
    let requests = thread::Builder::new().spawn(move || {
        let _: io::Result<()> = copy(io::stdin(), &sending, |piece| {
            if asks_to_end(piece) {
                done.store(true, Ordering::Release);
            }
        });
        done.store(true, Ordering::Release);
        // The runner sees the end of its input and ends by itself.
        let _: io::Result<()> = sending.shutdown(Shutdown::Write);
    });
    requests.map_err(|error| failed(&error))?;
    hand_on(&stream).map_err(|error| failed(&error))?;
    if is_done.load(Ordering::Acquire) {
        Ok(())
    } else {
        Err(format!("the runner at {address} closed the connection"))
    }
}

/// Serves connections to `listener` one after another: for each, `command` is started, its stdin
/// and stdout are the connection. `told` is handed a sentence for whoever looks on. Ends only where
/// the listener itself is at fault.
pub(crate) fn listen(
    listener: &TcpListener,
    command: &[OsString],
    told: &mut dyn FnMut(&str),
) -> io::Result<()> {
    loop {
        let (stream, peer) = match listener.accept() {
            Ok(accepted) => accepted,
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => return Err(error),
            // One that went away at once, or a table of files that is full for a while.
            Err(error) => {
                told(&format!("a connection failed: {error}"));
                thread::sleep(PAUSE);
                continue;
            }
        };
        told(&format!("{peer} is connected"));
        match serve(&stream, command) {
            Ok(status) => told(&format!("{peer} is done; the runner ended with {status}")),
            Err(error) => told(&format!("{peer}: {error}")),
        }
        let _: io::Result<()> = stream.shutdown(Shutdown::Both);
    }
}

/// One connection, from the start of its runner to the end of its whole process group.
fn serve(stream: &TcpStream, command: &[OsString]) -> io::Result<String> {
    keep_alive(stream)?;
    let Some((program, args)) = command.split_first() else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "no command"));
    };
    let mut child = Command::new(program)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()?;
    let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (Some(stdin), Some(stdout), Some(stderr)) = pipes else {
        return Err(io::Error::other("no pipes"));
    };
    let (receiving, sending) = (stream.try_clone()?, stream.try_clone()?);
    thread::Builder::new().spawn(move || {
        let _: io::Result<()> = merge::merge(stdout, stderr, &sending);
        // Wakes the loop below too: a runner that ended needs no more requests.
        let _: io::Result<()> = sending.shutdown(Shutdown::Both);
    })?;
    // Ends when either side is gone; dropping the pipe tells the runner.
    let _: io::Result<()> = copy(&receiving, stdin, |_| ());
    end(&mut child)
}

/// Waits for the runner to end, then kills what is left of its group.
fn end(child: &mut Child) -> io::Result<String> {
    let deadline = now() + TO_END;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break Some(status);
        }
        if now() >= deadline {
            break None;
        }
        thread::sleep(LOOK);
    };
    if let Some(group) = Pid::from_raw(child.id() as i32) {
        // Nothing left to kill is the normal case.
        let _: rustix::io::Result<()> = kill_process_group(group, Signal::KILL);
    }
    match status {
        Some(status) => Ok(status.to_string()),
        None => child.wait().map(|status| status.to_string()),
    }
}

fn connect(address: &str) -> io::Result<TcpStream> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "no such host");
    for place in address.to_socket_addrs()? {
        match TcpStream::connect_timeout(&place, CONNECT) {
            Ok(stream) => {
                keep_alive(&stream)?;
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Lines go out at once, and a machine that is gone without a word is noticed.
fn keep_alive(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    sockopt::set_socket_keepalive(stream, true)?;
    sockopt::set_tcp_keepidle(stream, SILENT)?;
    sockopt::set_tcp_keepintvl(stream, ASK_EVERY)?;
    sockopt::set_tcp_keepcnt(stream, ASK_TIMES)?;
    sockopt::set_tcp_user_timeout(stream, UNANSWERED.as_millis() as u32)?;
    Ok(())
}

/// Whether the engine's `shutdown` is in what it wrote: the connection may end then.
fn asks_to_end(piece: &[u8]) -> bool {
    let last = piece.trim_ascii_end().rsplit(|&byte| byte == b'\n').next();
    let last = last.filter(|line| line.len() <= SHORT).unwrap_or_default();
    let wanted = format!(r#""method":"{}""#, method::SHUTDOWN);
    last.windows(wanted.len())
        .any(|part| part == wanted.as_bytes())
}

/// Copies what the remote runner says to standard output, and what it writes to its standard error
/// to that of this process.
fn hand_on(mut from: impl Read) -> io::Result<()> {
    let mut split = split::Split::default();
    let mut buffer = vec![0; 64 * 1024];
    let mut out = io::stdout();
    loop {
        let count = match from.read(&mut buffer) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        split.take(&buffer[..count]);
        if count == 0 {
            split.finish();
        }
        // First what was written first; whoever closed stderr does not want to know.
        let _: io::Result<()> = io::stderr().write_all(&split.errors);
        out.write_all(&split.answers)?;
        out.flush()?;
        split.errors.clear();
        split.answers.clear();
        if count == 0 {
            return Ok(());
        }
    }
}

/// Copies until the end, handing on what there is at once.
fn copy(mut from: impl Read, mut to: impl Write, mut seen: impl FnMut(&[u8])) -> io::Result<()> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(count) => {
                seen(&buffer[..count]);
                to.write_all(&buffer[..count])?;
                to.flush()?;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a deadline of the listener, in which no run lives"
)]
fn now() -> Instant {
    Instant::now()
}
