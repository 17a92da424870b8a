//! What front ends and signals ask of a run.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use crossbeam_channel::Sender;
use serde_json::Value;

use super::feed::Shared;
use crate::engine::HoldOrder;
use crate::event::{AbortCause, Level, OperatorSource, VariableSource};
use crate::prompt::Answer;
use crate::runner::Waker;

/// Something that is asked of a run.
#[derive(Debug)]
pub(crate) enum Command {
    /// Somebody at a screen wants the run to end; cleanup still runs.
    Abort {
        cause: AbortCause,
        by: String,
        message: String,
    },
    /// An interrupt from the keyboard or a signal; what it does depends on how many came before.
    Interrupt {
        by: String,
    },
    Answer(Box<Answer>),
    /// Another person is at the station from now on.
    ChangeOperator {
        to: String,
        source: OperatorSource,
        front_end: String,
    },
    /// Somebody says how the held run goes on.
    Hold(HoldOrder),
    /// Somebody outside set a variable: a global, or one of this run.
    #[allow(dead_code, reason = "without the feature `redis` there is no outside")]
    SetVariable {
        name: String,
        value: Value,
        source: VariableSource,
    },
    /// The last front end that could answer is gone.
    Detach,
    /// Something beside the run has to say something about it.
    #[allow(dead_code, reason = "without the feature `redis` nothing has")]
    Log {
        level: Level,
        source: String,
        message: String,
    },
    /// A fact that was slow to find; [`Command::FactsFound`] follows the last one.
    Fact {
        name: String,
        value: Value,
    },
    /// All slow facts were told: the run may end.
    FactsFound,
}

/// Sends commands to a run; the run may be over already.
#[derive(Debug, Clone)]
pub(crate) struct Handle {
    sender: Sender<Command>,
    waker: Waker,
    shared: Arc<Shared>,
}

impl Handle {
    pub(super) const fn new(sender: Sender<Command>, waker: Waker, shared: Arc<Shared>) -> Self {
        Self {
            sender,
            waker,
            shared,
        }
    }

    /// Whether the run is held between two steps.
    pub(crate) fn is_held(&self) -> bool {
        self.shared.is_held.load(Ordering::Relaxed)
    }

    /// Sends a command; one to a run that is over is dropped.
    pub(crate) fn send(&self, command: Command) {
        if self.sender.send(command).is_ok() {
            self.waker.wake();
        }
    }

    /// Answers the open question.
    pub(crate) fn answer(&self, answer: Answer) {
        self.send(Command::Answer(Box::new(answer)));
    }
}
