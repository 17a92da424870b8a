//! Opening a connection without being held up by it: names, networks and drivers take their time.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use super::link::{Link, Trouble, Wait};
use super::resource::{Address, Resource};
use super::serial::Serial;
use super::stream::StreamLink;
use super::tcp::Tcp;
use super::visa::VisaLink;

/// Longest time for a connection, whatever the limit of an exchange is: a library takes a second to
/// find its instruments.
pub(super) const LIMIT: Duration = Duration::from_secs(5);

/// Opens a connection; the reason of a failure names what to look at.
pub(super) fn open(resource: &Resource, wait: &Wait<'_>) -> Result<Box<dyn Link>, Trouble> {
    let limit = wait.left();
    let asked = resource.clone();
    let (sender, receiver) = channel();
    let opened = thread::Builder::new()
        .name("open".to_owned())
        .spawn(move || sender.send(connect(&asked, limit)));
    if let Err(error) = opened {
        return Err(Trouble::Broken(format!(
            "no thread can be started: {error}"
        )));
    }
    loop {
        // What is opened after that is closed by the thread that opened it.
        let slice = wait.slice()?;
        match receiver.recv_timeout(slice) {
            Ok(link) => return link.map_err(Trouble::Broken),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                let message = "the connection was not opened, and nobody knows why";
                return Err(Trouble::Broken(message.to_owned()));
            }
        }
    }
}

fn connect(resource: &Resource, limit: Duration) -> Result<Box<dyn Link>, String> {
    match &resource.address {
        Address::Socket { host, port } => {
            let tcp = Tcp::connect(host, *port, limit)?;
            Ok(Box::new(StreamLink::new(tcp)))
        }
        Address::Serial(path) => {
            let serial = Serial::open(path, resource.options.line)?;
            Ok(Box::new(StreamLink::new(serial)))
        }
        Address::Visa(name) => Ok(Box::new(VisaLink::open(name, limit)?)),
    }
}
