//! What a step may ask of whoever had it carried out.

use std::time::Instant;

use maestro_protocol::{Call, LogLevel};

use crate::{clock, ending};

/// The other side of a running step.
pub(crate) trait Talk {
    /// Whether the step shall end now.
    fn is_cancelled(&self) -> bool;

    /// Whether nobody waits for the answer any more and nobody will end what is left.
    fn is_abandoned(&self) -> bool;

    /// Text for the log.
    fn log(&mut self, level: LogLevel, message: String);
}

impl Talk for Call<'_> {
    fn is_cancelled(&self) -> bool {
        Call::is_cancelled(self) || ending::is_ending()
    }

    fn is_abandoned(&self) -> bool {
        Call::is_abandoned(self) || ending::is_ending()
    }

    fn log(&mut self, level: LogLevel, message: String) {
        // An engine that is gone is noticed by the loop that reads its requests.
        Call::log(self, level, message).ok();
    }
}

/// A caller in this process, who set a time limit.
pub(crate) struct Direct<'a> {
    pub(crate) until: Instant,
    pub(crate) log: &'a mut dyn FnMut(LogLevel, String),
}

impl Talk for Direct<'_> {
    fn is_cancelled(&self) -> bool {
        clock::now() >= self.until
    }

    fn is_abandoned(&self) -> bool {
        self.is_cancelled()
    }

    fn log(&mut self, level: LogLevel, message: String) {
        (self.log)(level, message);
    }
}
