//! The list of cases: every rule once, in the order in which they are played.

use super::check::Stop;
use super::rig::Rig;
use super::{ask, calls, cancel, ends, flood, talk};

/// One rule of the protocol.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) rule: &'static str,
    /// The section of maestro-runner(7) that it comes from.
    pub(super) section: &'static str,
    pub(super) play: fn(&mut Rig) -> Result<(), Stop>,
}

pub(super) const CASES: &[Case] = &[
    case(
        "initialize",
        "answers `initialize` within 10 s, for protocol 1",
        "initialize",
        talk::initialize,
    ),
    case(
        "ids",
        "answers under the id of the request, however large",
        "METHODS",
        talk::ids,
    ),
    case(
        "unknown-method",
        "answers an unknown method with -32601",
        "CONFORMANCE",
        talk::unknown_method,
    ),
    case(
        "unknown-members",
        "ignores unknown notifications and unknown members",
        "METHODS",
        talk::unknown_members,
    ),
    case(
        "torn-line",
        "reads a request that comes in pieces, cut within a character",
        "CONFORMANCE",
        talk::torn_line,
    ),
    case(
        "joined-lines",
        "reads many requests that come at once, answers each",
        "CONFORMANCE",
        talk::joined_lines,
    ),
    case(
        "once",
        "answers a request once and no more",
        "CONFORMANCE",
        talk::once,
    ),
    case(
        "describe",
        "answers `describe`, one entry per target",
        "describe",
        talk::describe,
    ),
    case(
        "unknown-target",
        "answers a target that does not exist with -32601",
        "ERROR CODES",
        calls::unknown_target,
    ),
    case(
        "execute",
        "answers `execute` with its outputs, in one line",
        "execute",
        calls::echo,
    ),
    case(
        "sequence",
        "answers a hundred requests in order",
        "CONFORMANCE",
        calls::sequence,
    ),
    case(
        "types",
        "carries values of every JSON type both ways",
        "VALUES",
        calls::types,
    ),
    case(
        "unicode",
        "carries text outside of ASCII and escapes both ways",
        "CONFORMANCE",
        calls::unicode,
    ),
    case(
        "large",
        "carries a line of 1 MiB both ways",
        "VALUES",
        calls::large,
    ),
    case(
        "largest",
        "reads a line of 15 MiB, and answers with half of it",
        "VALUES",
        calls::largest,
    ),
    case(
        "measurement",
        "returns measurements with name, value and unit",
        "execute",
        calls::measurement,
    ),
    case(
        "missing-parameter",
        "answers a missing parameter with -32602",
        "ERROR CODES",
        calls::missing_parameter,
    ),
    case(
        "unknown-parameter",
        "answers an unknown parameter with -32602",
        "ERROR CODES",
        calls::unknown_parameter,
    ),
    case(
        "exception",
        "answers an exception with -32000 and its kind, and goes on",
        "ERROR CODES",
        calls::exception,
    ),
    case(
        "assertion",
        "answers a failed assertion with -32003 and its reason",
        "ERROR CODES",
        calls::assertion,
    ),
    case(
        "log",
        "sends `log` while it works, before the answer",
        "log, progress",
        calls::log,
    ),
    case(
        "log-flood",
        "sends two thousand `log` whole and in order, however late they are read",
        "log, progress",
        flood::logs,
    ),
    case(
        "prints",
        "keeps what is printed out of its answers and in its log",
        "STREAMS",
        calls::prints,
    ),
    case(
        "print-flood",
        "the same for two thousand lines",
        "STREAMS",
        flood::prints,
    ),
    case(
        "empty-stdin",
        "gives user code an empty standard input",
        "STREAMS",
        calls::empty_stdin,
    ),
    case(
        "prompt",
        "asks with `prompt` and goes on with the answer",
        "prompt",
        ask::prompt,
    ),
    case(
        "prompt-ids",
        "takes the answer to its question, and ignores those to others",
        "prompt",
        ask::ids,
    ),
    case(
        "prompt-refused",
        "goes on when nobody can answer its question",
        "prompt",
        ask::refused,
    ),
    case(
        "prompt-late",
        "ignores an answer to a question of a cancelled call",
        "prompt",
        ask::late,
    ),
    case(
        "cancel",
        "answers a cancelled `execute` with -32800 within 500 ms",
        "cancel",
        cancel::cancel,
    ),
    case(
        "cancel-at-once",
        "the same where `cancel` comes together with its `execute`",
        "cancel",
        cancel::at_once,
    ),
    case(
        "cancel-once",
        "answers a cancelled `execute` once, and not again later",
        "CONFORMANCE",
        cancel::once,
    ),
    case(
        "cancel-race",
        "answers once where `cancel` and answer cross, and takes the next call",
        "cancel",
        cancel::race,
    ),
    case(
        "other-cancel",
        "goes on with an `execute` while other ids are cancelled",
        "cancel",
        cancel::other,
    ),
    case(
        "late-cancel",
        "ignores a `cancel` for an id that was answered",
        "CONFORMANCE",
        cancel::late,
    ),
    case(
        "cancel-flood",
        "ignores a thousand `cancel` for ids that it does not know",
        "CONFORMANCE",
        cancel::flood,
    ),
    case(
        "shutdown",
        "answers `shutdown` and exits with 0 within 500 ms",
        "shutdown",
        ends::shutdown,
    ),
    case(
        "end-of-input",
        "ends within 1 s of end of file on its standard input",
        "STREAMS",
        ends::end_of_input,
    ),
    case(
        "end-of-input-busy",
        "ends within 1 s of end of file while it works",
        "STREAMS",
        ends::end_of_input_while_busy,
    ),
    case(
        "half-line",
        "ends within 1 s of end of file within a line",
        "STREAMS",
        ends::half_line,
    ),
];

const fn case(
    name: &'static str,
    rule: &'static str,
    section: &'static str,
    play: fn(&mut Rig) -> Result<(), Stop>,
) -> Case {
    Case {
        name,
        rule,
        section,
        play,
    }
}
