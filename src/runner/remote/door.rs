//! Who is let in: one station at a time. Another waits for the one before to end, and is told who
//! that is when it takes too long.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use maestro_protocol::encode_notification;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use serde_json::json;

use super::{merge, serve};
use crate::runner::clock;

/// How long somebody waits: a station gives up ten seconds after it has asked.
const AT_MOST: Duration = Duration::from_secs(8);

/// How often it is looked who has waited for too long.
const LOOK: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 100_000_000,
};

/// How long nobody is let in after somebody could not be.
const PAUSE: Duration = Duration::from_millis(200);

/// Somebody at the door.
struct Guest {
    stream: TcpStream,
    peer: SocketAddr,
    since: Instant,
}

/// Who waits, and who is served.
#[derive(Default)]
struct Hall {
    waiting: VecDeque<Guest>,
    served: Option<SocketAddr>,
    /// The listener is at fault: nobody comes any more.
    closed: Option<io::Error>,
    news: Vec<String>,
}

struct Door {
    hall: Mutex<Hall>,
    knock: Condvar,
}

/// Serves connections to `listener` one after another: for each, `command` is started, its stdin
/// and stdout are the connection. `told` is handed a sentence for whoever looks on. Ends only where
/// the listener itself is at fault.
pub(crate) fn listen(
    listener: &TcpListener,
    command: &[OsString],
    told: &mut dyn FnMut(&str),
) -> io::Result<()> {
    // The door is looked after by turns, which must not wait for somebody who has gone again.
    listener.set_nonblocking(true)?;
    let door = Door {
        hall: Mutex::default(),
        knock: Condvar::new(),
    };
    thread::scope(|scope| {
        scope.spawn(|| door.watch(listener));
        loop {
            let guest = door.next(told)?;
            let peer = guest.peer;
            told(&format!("{peer} is connected"));
            match serve::serve(&guest.stream, command) {
                Ok(status) => told(&format!("{peer} is done; the runner ended with {status}")),
                Err(error) => told(&format!("{peer}: {error}")),
            }
            let _: io::Result<()> = guest.stream.shutdown(Shutdown::Both);
            door.hall().served = None;
        }
    })
}

impl Door {
    fn hall(&self) -> MutexGuard<'_, Hall> {
        // What a panic left is whole: each change is one assignment.
        self.hall.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next one in the order of coming; what happened at the door meanwhile is told.
    fn next(&self, told: &mut dyn FnMut(&str)) -> io::Result<Guest> {
        let mut hall = self.hall();
        loop {
            for news in std::mem::take(&mut hall.news) {
                told(&news);
            }
            if let Some(guest) = hall.waiting.pop_front() {
                hall.served = Some(guest.peer);
                return Ok(guest);
            }
            if let Some(error) = hall.closed.take() {
                return Err(error);
            }
            let woken = self.knock.wait(hall);
            hall = woken.unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Lets people in, and sends away who waited for too long.
    fn watch(&self, listener: &TcpListener) {
        loop {
            let mut fds = [PollFd::new(listener, PollFlags::IN)];
            // An interrupted wait is a look that comes early.
            poll(&mut fds, Some(&LOOK)).ok();
            match listener.accept() {
                Ok((stream, peer)) => self.let_in(stream, peer),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
                    self.hall().closed = Some(error);
                    return self.knock.notify_one();
                }
                // One that went away at once, or a table of files that is full for a while.
                Err(error) => {
                    self.hall()
                        .news
                        .push(format!("a connection failed: {error}"));
                    thread::sleep(PAUSE);
                }
            }
            self.send_away(clock::now());
        }
    }

    fn let_in(&self, stream: TcpStream, peer: SocketAddr) {
        // A connection inherits that on some systems.
        if stream.set_nonblocking(false).is_err() {
            return;
        }
        let since = clock::now();
        self.hall().waiting.push_back(Guest {
            stream,
            peer,
            since,
        });
        self.knock.notify_one();
    }

    fn send_away(&self, now: Instant) {
        let mut hall = self.hall();
        let Some(served) = hall.served else {
            return;
        };
        while hall
            .waiting
            .front()
            .is_some_and(|guest| now.duration_since(guest.since) >= AT_MOST)
        {
            if let Some(guest) = hall.waiting.pop_front() {
                refuse(&guest.stream, served);
                let peer = guest.peer;
                hall.news
                    .push(format!("{peer} was sent away: {served} is served"));
            }
        }
    }
}

/// Tells a station why nobody answers it.
fn refuse(mut stream: &TcpStream, served: SocketAddr) {
    let text = format!("it serves {served}, and one station at a time\n");
    let mut line = Vec::new();
    if encode_notification(&mut line, merge::METHOD, &json!({ "text": text })).is_ok() {
        // A few bytes into an empty connection: that never waits.
        let _: io::Result<()> = stream.write_all(&line);
    }
    let _: io::Result<()> = stream.shutdown(Shutdown::Both);
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    struct Street {
        door: Door,
        listener: TcpListener,
    }

    impl Street {
        fn new() -> Self {
            Self {
                door: Door {
                    hall: Mutex::default(),
                    knock: Condvar::new(),
                },
                listener: TcpListener::bind("127.0.0.1:0").unwrap(),
            }
        }

        /// Somebody comes; his end of the connection.
        fn comes(&self) -> TcpStream {
            let guest = TcpStream::connect(self.listener.local_addr().unwrap()).unwrap();
            let (stream, peer) = self.listener.accept().unwrap();
            self.door.let_in(stream, peer);
            guest
        }
    }

    #[test]
    fn who_waits_for_too_long_is_told_who_is_served() {
        let street = Street::new();
        let served = street.comes();
        let first = street.door.next(&mut |_| {}).unwrap();
        assert_eq!(first.peer, served.local_addr().unwrap());
        let mut second = street.comes();
        street.door.send_away(clock::now());
        assert_eq!(street.door.hall().waiting.len(), 1);
        street.door.send_away(clock::now() + AT_MOST);
        let mut said = String::new();
        second.read_to_string(&mut said).unwrap();
        let who = format!("it serves {}", served.local_addr().unwrap());
        assert!(said.contains(&who), "{said}");
        assert!(said.contains(r#""method":"stderr""#), "{said}");
        // The next one is let in as soon as nobody is served.
        street.door.hall().served = None;
        let third = street.comes();
        street.door.send_away(clock::now() + AT_MOST);
        let mut told = Vec::new();
        let next = street.door.next(&mut |news| told.push(news.to_owned()));
        assert_eq!(next.unwrap().peer, third.local_addr().unwrap());
        assert!(told[0].contains("was sent away"), "{told:?}");
    }
}
