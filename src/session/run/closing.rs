//! The end of runners that keep something open: while what they say about it is still recorded.

use maestro_protocol::LogLevel;

use super::{HEARTBEAT, Session};
use crate::runner::{FleetEvent, RunnerId, Stop};

impl Session {
    /// Has the runners close what they keep open, such as the plugs of Python code, and ends them;
    /// whether everything that was ever open in this run was closed. Bounded by the fleet's grace
    /// periods.
    pub(super) fn close_held(&mut self) -> bool {
        let now = self.clock.instant(self.clock.now());
        self.fleet.shutdown_holding(now);
        let mut events = Vec::new();
        while self.fleet.is_stopping() {
            let until = self.clock.instant(self.clock.now().after(HEARTBEAT));
            if self.fleet.poll(Some(until), &mut events).is_err() {
                return false;
            }
            for event in events.drain(..) {
                self.hear_closing(event);
            }
        }
        !self.has_left_open
    }

    /// Records what a runner says on its way out, and whether it has closed what it kept open.
    /// Nothing else can be of interest to a run that is over.
    fn hear_closing(&mut self, event: FleetEvent) {
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
            }
            FleetEvent::Stopped {
                runner, how, held, ..
            } => {
                let why = match how {
                    Stop::Asked => "ended",
                    Stop::Terminated | Stop::Killed => "was ended because it took too long",
                };
                self.tell_left_open(runner, why, &held);
            }
            FleetEvent::Died { runner, held, .. } => {
                self.tell_left_open(runner, "ended by itself", &held);
            }
            FleetEvent::Killed { runner, held, .. } => {
                self.tell_left_open(runner, "was killed", &held);
            }
            _ => {}
        }
    }

    /// Tells what a runner had open when it went. The process that follows it can open the same
    /// anew, and does not know how it was left.
    pub(super) fn tell_left_open(&mut self, runner: RunnerId, why: &str, held: &[String]) {
        if held.is_empty() {
            return;
        }
        self.has_left_open = true;
        let what = held.join(", ");
        let text = format!("the runner {why} and did not close {what}: UNIT MAY BE LIVE");
        self.log(runner, None, LogLevel::Error, text);
    }
}
