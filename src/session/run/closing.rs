//! The end of runners that keep something open: while what they say about it is still recorded.

use maestro_protocol::LogLevel;

use super::{HEARTBEAT, Session};
use crate::runner::{FleetEvent, RunnerId, Stop};

impl Session {
    /// Has the runners close what they keep open, such as the plugs of Python code, and ends them;
    /// whether everything was closed. Bounded by the fleet's grace periods.
    pub(super) fn close_held(&mut self) -> bool {
        let now = self.clock.instant(self.clock.now());
        self.fleet.shutdown_holding(now);
        let mut is_closed = true;
        let mut events = Vec::new();
        while self.fleet.is_stopping() {
            let until = self.clock.instant(self.clock.now().after(HEARTBEAT));
            if self.fleet.poll(Some(until), &mut events).is_err() {
                return false;
            }
            for event in events.drain(..) {
                is_closed &= self.hear_closing(event);
            }
        }
        is_closed
    }

    /// Records what a runner says on its way out; whether it has closed what it kept open. Nothing
    /// else can be of interest to a run that is over.
    fn hear_closing(&mut self, event: FleetEvent) -> bool {
        match event {
            FleetEvent::Log {
                runner,
                level,
                text,
                piece,
                ..
            } => {
                let text = self.joined(runner, text, piece);
                self.log(runner, None, level, text);
                true
            }
            FleetEvent::Stopped {
                runner, how, held, ..
            } if !held.is_empty() => {
                self.tell_left_open(runner, how, &held);
                false
            }
            _ => true,
        }
    }

    fn tell_left_open(&mut self, runner: RunnerId, how: Stop, held: &[String]) {
        let why = match how {
            Stop::Asked => "ended",
            Stop::Terminated | Stop::Killed => "was ended because it took too long",
        };
        let what = held.join(", ");
        let text = format!("the runner {why} and did not close {what}: UNIT MAY BE LIVE");
        self.log(runner, None, LogLevel::Error, text);
    }
}
