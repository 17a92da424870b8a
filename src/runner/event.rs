//! What a fleet tells its owner.

use maestro_protocol::{
    DescribeResult, ErrorObject, ExecuteResult, InitializeResult, LogLevel, PromptParams, RequestId,
};

use super::os::KillReport;
use super::{CallId, Generation, RunnerId};

/// Something that happened to a runner. Events of one runner come in the order in which things
/// happened; log lines of a call come before its answer.
#[derive(Debug)]
#[expect(
    dead_code,
    reason = "every event names its runner and call, also where the session knows them already"
)]
pub(crate) enum FleetEvent {
    /// The runner answered `initialize`.
    Ready {
        runner: RunnerId,
        generation: Generation,
        info: InitializeResult,
        pid: u32,
        /// From the start of the process to its answer.
        start_ms: f64,
    },
    /// The runner did not start: no process, no answer in time, a wrong one, or an early death.
    /// Nothing is left of it.
    StartFailed { runner: RunnerId, reason: String },
    /// Answer to `describe`.
    Described {
        runner: RunnerId,
        call: CallId,
        result: Result<DescribeResult, ErrorObject>,
    },
    /// Answer to `execute`.
    Reply {
        runner: RunnerId,
        call: CallId,
        result: Result<ExecuteResult, ErrorObject>,
    },
    /// Answer to an `execute` that was cancelled. It changes no verdict; the runner works on.
    LateReply {
        runner: RunnerId,
        call: CallId,
        result: Result<ExecuteResult, ErrorObject>,
    },
    /// The call could not be handed over: no working process, or parameters over the line limit.
    NotSent {
        runner: RunnerId,
        call: CallId,
        reason: String,
    },
    /// A question of the test code that `call` runs.
    Prompt {
        runner: RunnerId,
        request: RequestId,
        call: CallId,
        params: Box<PromptParams>,
    },
    /// How far a call is. Of several that arrived at once, only the last is told.
    Progress {
        runner: RunnerId,
        call: CallId,
        fraction: f64,
        message: Option<String>,
    },
    /// Text for the run log: a `log` message or a line of stderr.
    Log {
        runner: RunnerId,
        call: Option<CallId>,
        level: LogLevel,
        text: String,
        piece: Piece,
    },
    /// The runner broke the protocol. It gets no further call; its open call is lost. Unless it ends
    /// by itself or is started anew, it is killed after 100 ms.
    Violation {
        runner: RunnerId,
        open_call: Option<CallId>,
        /// What is wrong, with the first 200 bytes of the line.
        message: String,
    },
    /// The process ended by itself. Nothing is left of its tree.
    Died {
        runner: RunnerId,
        open_call: Option<CallId>,
        /// `exit code 3`, `killed by signal 11 (SIGSEGV)`, with its last line of stderr.
        status: String,
        /// What it had said to keep open.
        held: Vec<String>,
    },
    /// The tree was killed: on demand, for a new start, after a violation, or because `cancel` could
    /// not be written.
    Killed {
        runner: RunnerId,
        open_call: Option<CallId>,
        report: KillReport,
        /// What it had said to keep open.
        held: Vec<String>,
    },
    /// The process ended after `shutdown`. Nothing is left of its tree.
    Stopped {
        runner: RunnerId,
        status: String,
        how: Stop,
        /// What it had said to keep open and has not closed.
        held: Vec<String>,
    },
    /// Somebody called [`Waker::wake`](super::Waker::wake).
    Wake,
}

/// How a text of the log stands to its neighbours: what is too long, or has no end when a call ends,
/// comes in pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) stream: Stream,
    /// It goes on where the piece before of the same stream stopped.
    pub(crate) is_rest: bool,
    /// The next piece of the same stream may go on where this one stops.
    pub(crate) goes_on: bool,
}

/// The two ways to the log; their texts come between each other's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Stream {
    Stderr,
    /// `log` messages, and what the supervisor says itself.
    Messages,
}

impl Piece {
    /// A text that is all of it.
    pub(super) const fn whole(stream: Stream) -> Self {
        Self {
            stream,
            is_rest: false,
            goes_on: false,
        }
    }
}

/// What it took to end a runner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stop {
    /// The `shutdown` request.
    Asked,
    /// SIGTERM.
    Terminated,
    /// SIGKILL.
    Killed,
}
