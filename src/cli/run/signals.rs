//! Signals become interrupts of the run.

use std::io;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::{Handle as SignalHandle, Signals};

use crate::session::{Command, Handle};

/// Forwards signals to a run until it is dropped.
#[derive(Debug)]
pub(super) struct Forwarding {
    signals: SignalHandle,
}

impl Forwarding {
    /// Begins to forward SIGINT, SIGTERM and SIGHUP.
    pub(super) fn start(run: Handle) -> io::Result<Self> {
        let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
        let handle = signals.handle();
        std::thread::Builder::new()
            .name("signals".to_owned())
            .spawn(move || {
                for signal in signals.forever() {
                    run.send(Command::Interrupt {
                        by: name(signal).to_owned(),
                    });
                }
            })?;
        Ok(Self { signals: handle })
    }
}

impl Drop for Forwarding {
    fn drop(&mut self) {
        self.signals.close();
    }
}

fn name(signal: i32) -> &'static str {
    match signal {
        SIGINT => "Ctrl-C",
        SIGTERM => "SIGTERM",
        SIGHUP => "SIGHUP",
        _ => "a signal",
    }
}
