//! What a step may ask of whoever had it carried out.

use maestro_protocol::{Call, LogLevel};

use crate::ending;

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
