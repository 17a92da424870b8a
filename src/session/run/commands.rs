//! What front ends, signals and others ask of the session.

use super::{FACTS_AT_MOST, Session};
use crate::engine::Input;
use crate::event::{AbortCause, Event, Level};
use crate::session::Command;
use crate::session::interrupts::Meaning;
use crate::session::mask::Masked;

impl Session {
    pub(super) fn command(&mut self, command: Command) {
        match command {
            Command::Abort { cause, by, message } => {
                self.handle(Input::Abort { cause, by, message });
            }
            Command::Interrupt { by } => self.interrupt(by),
            Command::Answer(answer) => self.handle(Input::Answered(answer)),
            Command::ChangeOperator {
                to,
                source,
                front_end,
            } => self.handle(Input::OperatorChanged {
                to,
                source,
                front_end,
            }),
            Command::Hold(order) => self.handle(Input::Hold(Box::new(order))),
            Command::SetVariable {
                name,
                value,
                source,
            } => self.handle(Input::SetVariable {
                name,
                value,
                source,
            }),
            Command::Log {
                level,
                source,
                message,
            } => {
                self.publish(Event::Logged {
                    step: self.engine.current_step(),
                    level,
                    source,
                    message,
                });
                self.commit();
            }
            Command::Detach => self.handle(Input::NobodyLeft),
            Command::Fact { name, value } => {
                self.publish(Event::FactFound { name, value });
                self.commit();
            }
            Command::FactsFound => self.awaits_facts = false,
        }
    }

    fn interrupt(&mut self, by: String) {
        match self.interrupts.take(self.clock.now()) {
            Meaning::Nothing => {}
            Meaning::Abort => {
                let message = format!("interrupted by {by}");
                self.handle(Input::Abort {
                    cause: AbortCause::Signal,
                    by,
                    message,
                });
            }
            Meaning::Report => {
                let running = self.engine.running_cleanup().unwrap_or("nothing more");
                let message = format!(
                    "cleanup is running: {running}; a third interrupt, 3 s after the first, \
                     ends it"
                );
                self.publish(Event::Logged {
                    step: self.engine.current_step(),
                    level: Level::Warning,
                    source: "engine".to_owned(),
                    message,
                });
                self.commit();
            }
            Meaning::Kill => self.handle(Input::Kill { by }),
        }
    }

    /// Facts that are slow to find come before the end of the record.
    pub(super) fn await_facts(&mut self) {
        let end = self.clock.now().after(FACTS_AT_MOST);
        while self.awaits_facts && self.clock.now() < end {
            let left = end.since(self.clock.now());
            match self.commands.recv_timeout(left) {
                Ok(Command::Fact { name, value }) => {
                    let fact = Masked::by(&self.masker, Event::FactFound { name, value });
                    self.recorder.publish(fact, self.clock.now());
                }
                Ok(Command::FactsFound) => self.awaits_facts = false,
                Ok(_) => {}
                Err(_) => return,
            }
        }
    }
}
