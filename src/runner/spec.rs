//! What the caller says about runners: how to start one, and how to name it.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// How one runner is started. The process inherits this process's environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RunnerSpec {
    /// Name in the plan, such as `python`; part of the marker. Invariant: no other runner of the run
    /// has it, since what carries the marker is ended together.
    pub(crate) name: String,
    /// The executable: a path, or a name to be looked up on `PATH`.
    pub(crate) program: PathBuf,
    pub(crate) args: Vec<OsString>,
    /// Variables on top of the inherited ones.
    pub(crate) env: Vec<(OsString, OsString)>,
    /// Folder in which the process starts.
    pub(crate) workdir: PathBuf,
}

/// Index of a runner in the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct RunnerId(pub(crate) u32);

/// Name that the caller gives to one request, unique within the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct CallId(pub(crate) u64);

/// Counts the processes that one runner had in a run, from 1.
pub(crate) type Generation = u32;

/// Settings of a [`Fleet`](super::Fleet).
#[derive(Debug, Clone)]
pub(crate) struct FleetOptions {
    /// Id of the run: the first part of every marker.
    pub(crate) run: String,
    /// How long after an `execute` the answer is looked for without sleeping. Zero on a machine
    /// with one processor.
    pub(crate) spin: Duration,
    /// How long a runner may take to answer `initialize`.
    pub(crate) start_limit: Duration,
    /// How long it may take to answer `describe`.
    pub(crate) describe_limit: Duration,
    /// Time between the `shutdown` request and SIGTERM.
    pub(crate) shutdown_grace: Duration,
    /// The same for a runner that keeps something open: it may have to ramp something down.
    pub(crate) closing_grace: Duration,
    /// Time between SIGTERM and SIGKILL.
    pub(crate) term_grace: Duration,
    /// Bytes of log text that are kept per call.
    pub(crate) log_limit: usize,
}

impl FleetOptions {
    /// The values of the protocol, for a machine with `processors` of them.
    pub(crate) fn new(run: impl Into<String>, processors: usize) -> Self {
        Self {
            run: run.into(),
            spin: if processors > 1 {
                Duration::from_micros(60)
            } else {
                Duration::ZERO
            },
            start_limit: Duration::from_secs(10),
            describe_limit: Duration::from_secs(30),
            shutdown_grace: Duration::from_millis(500),
            closing_grace: Duration::from_secs(10),
            term_grace: Duration::from_secs(2),
            log_limit: 1 << 20,
        }
    }
}

/// Name of the variable that marks every process of a runner.
pub(super) const MARKER: &str = "MAESTRO_RUNNER";

/// The mark of one process tree; as text `MAESTRO_RUNNER=run/name/generation`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    entry: String,
}

impl Mark {
    pub(super) fn new(run: &str, name: &str, generation: Generation) -> Self {
        let entry = format!("{MARKER}={run}/{name}/{generation}");
        Self {
            // An environment cannot carry NUL; a name that holds one is refused by the reader.
            entry: entry.replace('\0', "?"),
        }
    }

    /// Beginning of every mark; what follows up to a slash is the run.
    pub(super) fn start() -> String {
        format!("{MARKER}=")
    }

    pub(super) fn value(&self) -> &str {
        &self.entry[MARKER.len() + 1..]
    }

    pub(super) fn entry(&self) -> &str {
        &self.entry
    }
}

impl fmt::Display for RunnerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mark_names_run_runner_and_generation() {
        let mark = Mark::new("r1", "python", 2);
        assert_eq!(mark.value(), "r1/python/2");
        assert_eq!(mark.entry(), "MAESTRO_RUNNER=r1/python/2");
        assert!(mark.entry().starts_with(&Mark::start()));
    }
}
