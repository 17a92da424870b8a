//! Questions about past runs, answered by any store.

use super::RunRecord;
use crate::event::{Mode, RunId, RunStatus, Timestamp};
use crate::verdict::Verdict;

/// A store that can be asked about past runs.
pub(crate) trait History {
    /// Runs that match, newest first.
    fn list(&self, filter: &Filter) -> Result<Vec<RunSummary>, HistoryError>;

    /// One run, whole.
    fn run(&self, selector: &Selector) -> Result<RunRecord, HistoryError>;
}

/// Which runs to list; a field that is `None` excludes nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) serial_number: Option<String>,
    /// Name of the test.
    pub(crate) test: Option<String>,
    pub(crate) verdict: Option<Verdict>,
    pub(crate) mode: Option<Mode>,
    /// Started at or after.
    pub(crate) since: Option<Timestamp>,
    /// At most so many; `None` for all.
    pub(crate) limit: Option<u32>,
}

/// Which run is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Selector {
    Id(RunId),
    /// The beginning or the end of an id, without hyphens. Ids begin with the time, so that the
    /// runs of a day share their beginning and the end is the shorter name.
    Part(String),
    /// The one that started last.
    Last,
}

impl Selector {
    /// Reads what a person types: `last`, an id, or the beginning or end of one.
    pub(crate) fn parse(text: &str) -> Self {
        let text = text.trim();
        if text.eq_ignore_ascii_case("last") {
            return Self::Last;
        }
        text.parse().map_or_else(
            |_| Self::Part(text.to_lowercase().replace('-', "")),
            |id| Self::Id(RunId(id)),
        )
    }
}

/// A line of a list of runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RunSummary {
    pub(crate) run: RunId,
    pub(crate) test_name: String,
    pub(crate) test_version: String,
    pub(crate) serial_number: Option<String>,
    pub(crate) station_id: String,
    pub(crate) mode: Mode,
    pub(crate) status: RunStatus,
    /// `None` while the run is going on.
    pub(crate) verdict: Option<Verdict>,
    pub(crate) forced: bool,
    pub(crate) unattended: bool,
    pub(crate) damaged: bool,
    pub(crate) started_at: Timestamp,
    pub(crate) duration_ms: Option<u64>,
    pub(crate) last_seen_at: Timestamp,
    /// Names of the failing measurements, in order; at most a handful.
    pub(crate) failing: Vec<String>,
}

/// Why a question about past runs has no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HistoryError {
    #[error("no run matches `{0}`")]
    NotFound(String),
    #[error("`{part}` fits several runs: {}", .candidates.join(", "))]
    Ambiguous {
        part: String,
        candidates: Vec<String>,
    },
    #[error("no run has been recorded yet")]
    Empty,
    /// The store cannot be read; the text names it and the reason.
    #[error("{0}")]
    Unavailable(String),
}
