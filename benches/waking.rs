//! What an answer costs that is waited for asleep, and one that is looked for awake.
//!
//! `cargo bench --bench waking` plays one line of a step's size to `cat` and takes it back, first
//! with `poll(2)`, then with reads that do not block and a yield in between, as `runner` does for
//! the first 60 µs of a call. Rounds take turns, since the load of a machine changes meanwhile.

use std::io::{self, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{OFlags, fcntl_setfl};
use rustix::io::Errno;

const ROUNDS: usize = 12;
const EXCHANGES: usize = 1000;
/// What the engine does between two steps: long enough for the other processor to fall asleep.
const WORK: Duration = Duration::from_micros(20);
const LOOKS: [Duration; 4] = [
    Duration::ZERO,
    Duration::from_micros(30),
    Duration::from_micros(60),
    Duration::from_micros(100),
];

fn main() -> io::Result<()> {
    let mut child = Command::new("cat")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    if let Some(stdout) = &child.stdout {
        fcntl_setfl(stdout, OFlags::NONBLOCK)?;
    }
    let mut times: Vec<Vec<Duration>> = LOOKS.map(|_| Vec::new()).to_vec();
    for _ in 0..ROUNDS {
        for (look, times) in LOOKS.iter().zip(&mut times) {
            for _ in 0..EXCHANGES {
                times.push(exchange(&child, *look)?);
                let end = now() + WORK;
                while now() < end {}
            }
        }
    }
    let mut out = io::stdout().lock();
    writeln!(out, "look awake    median       p90       p99")?;
    for (look, times) in LOOKS.iter().zip(&mut times) {
        times.sort_unstable();
        let at = |share: usize| times[times.len() * share / 100].as_secs_f64() * 1e6;
        let (median, p90, p99) = (at(50), at(90), at(99));
        let look = look.as_micros();
        writeln!(
            out,
            "{look:>7} µs {median:>6.1} µs {p90:>6.1} µs {p99:>6.1} µs"
        )?;
    }
    drop(child.stdin.take());
    child.wait()?;
    Ok(())
}

/// Sends a line and waits until it is back.
fn exchange(child: &Child, look: Duration) -> io::Result<Duration> {
    let (Some(stdin), Some(stdout)) = (&child.stdin, &child.stdout) else {
        return Err(io::Error::other("cat has no pipes"));
    };
    let mut line = [b'x'; 320];
    line[319] = b'\n';
    let mut room = [0; 4096];
    let mut missing = line.len();
    let begin = now();
    rustix::io::write(stdin, &line)?;
    while missing > 0 {
        match rustix::io::read(stdout, &mut room) {
            Ok(0) => return Err(io::Error::other("cat has ended")),
            Ok(count) => missing -= count,
            Err(Errno::AGAIN) if now() - begin < look => std::thread::yield_now(),
            Err(Errno::AGAIN) => {
                poll(&mut [PollFd::new(stdout, PollFlags::IN)], None)?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(now() - begin)
}

#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn now() -> Instant {
    Instant::now()
}
