//! What the engine hears and what it asks for.

use maestro_protocol::{ErrorObject, ExecuteParams, ExecuteResult, PromptParams};
use serde_json::Value;

use super::hold::HoldOrder;
use crate::event::{AbortCause, Event, OperatorSource, VariableSource};
use crate::plan::RunnerIx;
use crate::prompt::Answer;

/// Number of a call to a runner; never used twice in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct CallId(pub(crate) u64);

/// Whether the preflight let the run start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Begin {
    Ready,
    /// No step starts; the run is ERROR for this reason.
    Refused(String),
    /// Somebody ended the run before its first step; it is ABORTED.
    Aborted {
        cause: AbortCause,
        by: String,
        message: String,
    },
}

/// Something that happened outside.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "made and consumed at once, never stored"
)]
pub(crate) enum Input {
    Begin(Begin),
    /// A runner answered an `execute`.
    Reply {
        call: CallId,
        result: Result<ExecuteResult, ErrorObject>,
    },
    /// A runner process died or broke the protocol; it must be started anew.
    RunnerLost {
        runner: RunnerIx,
        /// `runner-died` or `protocol`.
        kind: &'static str,
        reason: String,
    },
    /// A runner had ended before the call could be made, which was not sent; that it is lost is told
    /// next.
    RunnerGone {
        call: CallId,
    },
    /// A runner that was started anew answered `initialize`.
    RunnerReady {
        runner: RunnerIx,
    },
    /// A runner could not be started anew.
    RunnerFailed {
        runner: RunnerIx,
        reason: String,
    },
    /// Test code asks the operator.
    RunnerAsked(RunnerQuestion),
    /// Somebody outside sets a variable, which happens at the next step border; `name` is a full
    /// name, reserved only where it begins with `global.`.
    SetVariable {
        name: String,
        value: Value,
        source: VariableSource,
    },
    /// Somebody says how the held run goes on.
    Hold(Box<HoldOrder>),
    /// A front end answers an open question.
    Answered(Box<Answer>),
    /// Another person is at the station from now on.
    OperatorChanged {
        to: String,
        source: OperatorSource,
        front_end: String,
    },
    /// A deadline may have passed.
    Tick,
    Abort {
        cause: AbortCause,
        by: String,
        message: String,
    },
    /// The third interrupt: cleanup is given up, all runners are killed.
    Kill {
        by: String,
    },
    /// The last front end that could answer questions is gone.
    NobodyLeft,
    /// The process was stopped from outside for `gap_us`.
    Resumed {
        gap_us: u64,
    },
}

/// A question of test code.
#[derive(Debug)]
pub(crate) struct RunnerQuestion {
    pub(crate) runner: RunnerIx,
    /// The call during which it was asked.
    pub(crate) call: CallId,
    /// The runner's id of its request, to be handed back with the answer.
    pub(crate) request: maestro_protocol::RequestId,
    pub(crate) params: PromptParams,
}

/// Something that the session must do, in order.
#[derive(Debug)]
pub(crate) enum Effect {
    Publish(Event),
    StartRunner(RunnerIx),
    Execute {
        runner: RunnerIx,
        call: CallId,
        params: Box<ExecuteParams>,
    },
    Cancel {
        runner: RunnerIx,
        call: CallId,
    },
    /// Kill the whole tree of the runner now.
    KillRunner {
        runner: RunnerIx,
    },
    AnswerRunner {
        runner: RunnerIx,
        request: maestro_protocol::RequestId,
        answer: Box<Answer>,
    },
    /// Nobody can answer the question of test code (error -32001).
    RefuseRunner {
        runner: RunnerIx,
        request: maestro_protocol::RequestId,
        reason: String,
    },
}
