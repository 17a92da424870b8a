//! Exit codes, and the failures of the world that end a command with one.

use std::fmt;
use std::process::ExitCode;

use crate::verdict::Verdict;

/// How a command ends (EXECUTION section 6; the manual page `maestro(1)` tells it to the world).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// PASS, or the command is done.
    Done,
    /// FAIL, or a negative answer such as findings.
    Negative,
    /// The command line, the package, a gate or the configuration; nothing was started.
    Usage,
    Undetermined,
    /// ABORTED, or the command was interrupted.
    Aborted,
    /// The station is at fault, or a database, a file system or the network.
    Trouble,
    /// Another run holds the station.
    Busy,
    /// The MES refused the unit.
    #[expect(dead_code, reason = "part of the contract; no MES adapter exists yet")]
    Refused,
    /// A bug in this program.
    Bug,
}

impl Exit {
    /// The number that the process ends with.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Negative => 1,
            Self::Usage => 2,
            Self::Undetermined => 3,
            Self::Aborted => 4,
            Self::Trouble => 5,
            Self::Busy => 6,
            Self::Refused => 7,
            Self::Bug => 70,
        }
    }

    /// The code of a finished run. A run in which everything was skipped has judged nothing.
    pub(crate) const fn of_verdict(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Pass => Self::Done,
            Verdict::Fail => Self::Negative,
            Verdict::Undetermined | Verdict::Skipped => Self::Undetermined,
            Verdict::Aborted => Self::Aborted,
            Verdict::Error => Self::Trouble,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Why a command could not do its work: a sentence, the way out where one is known, and the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

impl Failure {
    /// The command line, a file it names or the configuration is at fault.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// The world is at fault: a file system, a database, a network.
    pub(crate) fn trouble(message: impl Into<String>) -> Self {
        Self::new(Exit::Trouble, message)
    }

    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            help: None,
        }
    }

    /// Adds the way out.
    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_verdict_has_the_code_of_the_table() {
        let table = [
            (Verdict::Pass, 0),
            (Verdict::Fail, 1),
            (Verdict::Undetermined, 3),
            (Verdict::Aborted, 4),
            (Verdict::Error, 5),
            (Verdict::Skipped, 3),
        ];
        for (verdict, code) in table {
            assert_eq!(Exit::of_verdict(verdict).code(), code, "{verdict}");
        }
    }
}
