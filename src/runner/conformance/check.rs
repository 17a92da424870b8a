//! What becomes of each case.

use std::path::PathBuf;

use super::cases::{CASES, Case};
use super::rig::Rig;
use crate::runner::RunnerSpec;

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

/// One rule, as it is told to whoever asked.
#[derive(Debug)]
pub(crate) struct Told<'a> {
    pub(crate) name: &'a str,
    pub(crate) rule: &'a str,
    /// The section of maestro-runner(7) that it comes from.
    pub(crate) section: &'a str,
    pub(crate) outcome: &'a Outcome,
}

/// The names of all rules, in the order in which they are played.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    CASES.iter().map(|case| case.name)
}

/// Plays the cases that are `wanted` against the runner that `program` and `args` start in
/// `workdir`, and tells `seen` of each as it ends. True when no rule is broken.
///
/// When the runner does not even start, the other cases are not played.
pub(crate) fn check(
    program: PathBuf,
    args: Vec<std::ffi::OsString>,
    workdir: PathBuf,
    wanted: &dyn Fn(&str) -> bool,
    mut seen: impl FnMut(&Told<'_>),
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
    for case in CASES.iter().filter(|case| wanted(case.name)) {
        let outcome = play(&mut rig, case);
        conforms &= !matches!(outcome, Outcome::Breaks(_));
        seen(&Told {
            name: case.name,
            rule: case.rule,
            section: case.section,
            outcome: &outcome,
        });
        if !conforms && case.name == CASES[0].name {
            break;
        }
    }
    conforms
}

fn play(rig: &mut Rig, case: &Case) -> Outcome {
    rig.begin();
    // An answer that nobody waits for any more is this case's, not the next one's.
    let played = (case.play)(rig).and_then(|()| rig.settle());
    match played {
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
