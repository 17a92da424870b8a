//! Signals become interrupts of the run.

use std::io;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGTSTP};
use signal_hook::iterator::{Handle as SignalHandle, Signals};
use signal_hook::low_level::emulate_default_handler;

use crate::session::{Command, Handle};

/// Forwards signals to a run until it is dropped.
#[derive(Debug)]
pub(super) struct Forwarding {
    signals: SignalHandle,
}

/// Signals that end no process any more and wait for a run.
#[derive(Debug)]
pub(super) struct Caught(Signals);

/// What Ctrl-Z does while a unit is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CtrlZ {
    /// The screen sees to it, which has to give the terminal back first.
    OfTheScreen,
    /// Back to the shell while the run is held, else nothing.
    WhileHeld,
}

impl Caught {
    /// Catches SIGINT, SIGTERM and SIGHUP. To be called before the run starts, so that none of them
    /// ends the process between the start of the runners and the first look at signals. SIGTSTP
    /// (Ctrl-Z) is caught too: a unit under power is not left alone.
    pub(super) fn begin() -> io::Result<Self> {
        Signals::new([SIGINT, SIGTERM, SIGHUP, SIGTSTP]).map(Self)
    }
}

impl Forwarding {
    /// Begins to forward what was caught, and what comes.
    pub(super) fn start(
        Caught(mut signals): Caught,
        run: Handle,
        ctrl_z: CtrlZ,
    ) -> io::Result<Self> {
        let handle = signals.handle();
        std::thread::Builder::new()
            .name("signals".to_owned())
            .spawn(move || {
                for signal in signals.forever() {
                    if signal == SIGTSTP {
                        if ctrl_z == CtrlZ::WhileHeld && run.is_held() {
                            // A shell that does not let itself be stopped keeps the run.
                            let _: io::Result<()> = emulate_default_handler(SIGTSTP);
                        }
                        continue;
                    }
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
