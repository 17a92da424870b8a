//! Instruments behind a TCP port that takes raw text.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::stream::Stream;

/// A connection to a port.
#[derive(Debug)]
pub(super) struct Tcp {
    stream: TcpStream,
}

impl Tcp {
    /// Connects to the first address of the host that answers.
    pub(super) fn connect(host: &str, port: u16, limit: Duration) -> Result<Self, String> {
        let addresses: Vec<SocketAddr> = (host, port)
            .to_socket_addrs()
            .map_err(|error| format!("the host {host} is not known: {error}"))?
            .collect();
        let mut trouble = format!("the host {host} has no address");
        for address in addresses {
            match TcpStream::connect_timeout(&address, limit) {
                Ok(stream) => return Self::new(stream).map_err(|error| error.to_string()),
                Err(error) => trouble = refusal(address, &error),
            }
        }
        Err(trouble)
    }

    fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        Ok(Self { stream })
    }

    fn wait(&self, flags: PollFlags, wait: Duration) -> io::Result<()> {
        let mut fds = [PollFd::new(&self.stream, flags)];
        let timeout = Timespec {
            tv_sec: wait.as_secs() as i64,
            tv_nsec: i64::from(wait.subsec_nanos()),
        };
        match poll(&mut fds, Some(&timeout))? {
            0 => Err(io::ErrorKind::TimedOut.into()),
            _ => Ok(()),
        }
    }
}

impl Stream for Tcp {
    fn read(&mut self, room: &mut [u8], wait: Duration) -> io::Result<usize> {
        self.wait(PollFlags::IN, wait)?;
        self.stream.read(room)
    }

    fn write(&mut self, bytes: &[u8], wait: Duration) -> io::Result<usize> {
        self.wait(PollFlags::OUT, wait)?;
        self.stream.write(bytes)
    }

    fn can_be_opened_anew(&self) -> bool {
        true
    }
}

fn refusal(address: SocketAddr, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => {
            format!("{address} refuses the connection: is the instrument on, and is that its port?")
        }
        io::ErrorKind::TimedOut => {
            format!("{address} does not answer: is the instrument on and in this network?")
        }
        _ => format!("{address}: {error}"),
    }
}
