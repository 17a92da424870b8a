//! Runners on another machine: the same lines over TCP (PROTOCOL).
//!
//! A [`bridge`] is a process on the station that stands for the remote runner: the supervisor starts,
//! watches and kills it like any other, and its end is the end of the connection. [`listen`] is the
//! other side: it starts one runner for each connection (`serve`), one at a time (`door`). The lines
//! pass as they are; what the runner writes to its standard error comes between them (`merge`), and
//! is taken out again (`split`).

mod door;
mod merge;
mod serve;
mod split;

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use maestro_protocol::method;
use rustix::net::sockopt;

pub(crate) use door::listen;

/// How long a machine may take to accept; `initialize` has ten seconds in all.
const CONNECT: Duration = Duration::from_secs(5);

/// A machine that says nothing for so long is asked whether it is there, this often, so many times.
/// Together with the end of its runner that is less than a station waits for the next one: whoever
/// comes back after a cable was pulled finds the listener free.
const SILENT: Duration = Duration::from_secs(3);
const ASK_EVERY: Duration = Duration::from_secs(1);
const ASK_TIMES: u32 = 3;

/// A machine that takes none of what is sent to it is not asked: it is gone after so long.
const UNANSWERED: Duration = Duration::from_secs(6);

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
    let refusal = hand_on(&stream).map_err(|error| failed(&error))?;
    match refusal {
        _ if is_done.load(Ordering::Acquire) => Ok(()),
        Some(said) => Err(format!(
            "the runner at {address} closed the connection: {said}"
        )),
        None => Err(format!("the runner at {address} closed the connection")),
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
/// to that of this process. Gives the last line of the latter where there was no answer at all.
fn hand_on(mut from: impl Read) -> io::Result<Option<String>> {
    let mut last_words = None;
    let mut has_answered = false;
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
        has_answered |= !split.answers.is_empty();
        let lines = String::from_utf8_lossy(&split.errors);
        let line = lines.lines().rfind(|line| !line.trim().is_empty());
        last_words = line.map(str::to_owned).or(last_words);
        out.write_all(&split.answers)?;
        out.flush()?;
        split.errors.clear();
        split.answers.clear();
        if count == 0 {
            return Ok(last_words.filter(|_| !has_answered));
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
