//! The descriptor that ends a wait from another thread or from a signal handler.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;

use rustix::io::Errno;
use rustix::pipe::{PipeFlags, pipe_with};

/// Ends the wait of [`Fleet::poll`](crate::runner::Fleet::poll); cheap to clone, `Send`.
///
/// A pipe and not an eventfd, because helpers that write one byte from a signal handler can be
/// given [`Waker::as_fd`].
#[derive(Debug, Clone)]
pub(crate) struct Waker {
    write: Arc<OwnedFd>,
}

impl Waker {
    /// A waker and the end that the wait reads from.
    pub(crate) fn pair() -> io::Result<(Self, WakeSource)> {
        let (read, write) = pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)?;
        let write = Arc::new(write);
        Ok((Self { write }, WakeSource { read }))
    }

    /// Wakes; may be called from a signal handler. A full pipe has already woken.
    pub(crate) fn wake(&self) {
        rustix::io::write(&*self.write, &[1]).ok();
    }
}

impl AsFd for Waker {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.write.as_fd()
    }
}

/// The end that the wait looks at.
#[derive(Debug)]
pub(crate) struct WakeSource {
    read: OwnedFd,
}

impl WakeSource {
    /// Takes every wake-up that has arrived; tells whether there was one.
    pub(crate) fn take(&self) -> bool {
        let mut bytes = [0; 64];
        let mut woken = false;
        loop {
            match rustix::io::read(&self.read, &mut bytes) {
                Ok(n) if n > 0 => woken = true,
                Err(Errno::INTR) => {}
                _ => return woken,
            }
        }
    }
}

impl AsFd for WakeSource {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.read.as_fd()
    }
}
