//! The list of cases, and what became of each.

use std::path::PathBuf;

use super::rig::Rig;
use super::{calls, ends, talk};
use crate::runner::RunnerSpec;

/// One rule of the protocol.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case {
    name: &'static str,
    rule: &'static str,
    play: fn(&mut Rig) -> Result<(), Stop>,
}

/// Why a case did not come to its end.
#[derive(Debug)]
pub(super) enum Stop {
    /// The rule is broken: how.
    Breaks(String),
    /// The runner offers nothing to test the rule with: what is missing.
    Skips(String),
}

impl From<String> for Stop {
    fn from(how: String) -> Self {
        Self::Breaks(how)
    }
}

/// What became of one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    Holds,
    Breaks(String),
    Skipped(String),
}

const CASES: &[Case] = &[
    case(
        "initialize",
        "answers `initialize` within 10 s, for protocol 1",
        talk::initialize,
    ),
    case(
        "unknown-method",
        "answers an unknown method with -32601",
        talk::unknown_method,
    ),
    case(
        "unknown-members",
        "ignores unknown notifications and unknown members",
        talk::unknown_members,
    ),
    case(
        "pieces",
        "reads a line that comes in pieces, and two lines at once",
        talk::pieces,
    ),
    case(
        "describe",
        "answers `describe`, one entry per target",
        talk::describe,
    ),
    case(
        "unknown-target",
        "answers a target that does not exist with -32601",
        calls::unknown_target,
    ),
    case(
        "execute",
        "answers `execute` under its id, in one line",
        calls::echo,
    ),
    case(
        "sequence",
        "answers a hundred requests in order, each once",
        calls::sequence,
    ),
    case(
        "unicode",
        "carries text outside of ASCII and escapes both ways",
        calls::unicode,
    ),
    case("large", "carries a line of 1 MiB both ways", calls::large),
    case(
        "measurement",
        "returns measurements with name, value and unit",
        calls::measurement,
    ),
    case(
        "missing-parameter",
        "answers a missing parameter with -32602",
        calls::missing_parameter,
    ),
    case(
        "unknown-parameter",
        "answers an unknown parameter with -32602",
        calls::unknown_parameter,
    ),
    case(
        "exception",
        "answers an exception with -32000 and its kind, and goes on",
        calls::exception,
    ),
    case(
        "assertion",
        "answers a failed assertion with -32003 and its reason",
        calls::assertion,
    ),
    case(
        "log",
        "sends `log` while it works, before the answer",
        calls::log,
    ),
    case(
        "prints",
        "keeps what is printed out of its answers and in its log",
        calls::prints,
    ),
    case(
        "empty-stdin",
        "gives user code an empty standard input",
        calls::empty_stdin,
    ),
    case(
        "cancel",
        "answers a cancelled `execute` with -32800 within 500 ms",
        ends::cancel,
    ),
    case(
        "late-cancel",
        "ignores a `cancel` for an id that was answered",
        ends::late_cancel,
    ),
    case(
        "shutdown",
        "answers `shutdown` and exits with 0 within 500 ms",
        ends::shutdown,
    ),
    case(
        "end-of-input",
        "ends within 1 s of end of file on its standard input",
        ends::end_of_input,
    ),
    case(
        "end-of-input-busy",
        "ends within 1 s of end of file while it works",
        ends::end_of_input_while_busy,
    ),
];

const fn case(
    name: &'static str,
    rule: &'static str,
    play: fn(&mut Rig) -> Result<(), Stop>,
) -> Case {
    Case { name, rule, play }
}

/// Plays every case against the runner that `program` and `args` start in `workdir`, and tells
/// `seen` of each (name, rule, outcome) as it ends. True when no rule is broken.
///
/// When the runner does not even start, the other cases are not played.
pub(crate) fn check(
    program: PathBuf,
    args: Vec<std::ffi::OsString>,
    workdir: PathBuf,
    mut seen: impl FnMut(&str, &str, &Outcome),
) -> bool {
    let name = "conformance".to_owned();
    let spec = RunnerSpec {
        name,
        program,
        args,
        env: Vec::new(),
        workdir,
    };
    let mut rig = Rig::new(spec);
    let mut conforms = true;
    for case in CASES {
        let outcome = play(&mut rig, case);
        conforms &= !matches!(outcome, Outcome::Breaks(_));
        seen(case.name, case.rule, &outcome);
        if !conforms && case.name == CASES[0].name {
            break;
        }
    }
    conforms
}

fn play(rig: &mut Rig, case: &Case) -> Outcome {
    match (case.play)(rig) {
        Ok(()) => Outcome::Holds,
        Err(Stop::Skips(why)) => Outcome::Skipped(why),
        Err(Stop::Breaks(how)) => {
            // Whatever state this left behind must not spoil the next case.
            let log = rig.discard();
            Outcome::Breaks(if log.is_empty() {
                how
            } else {
                format!("{how}\nits log ends: {log}")
            })
        }
    }
}
