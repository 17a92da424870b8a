//! Questions about past runs, answered by any store.

use std::io;

use serde_json::{Map, Value};

use super::RunRecord;
use super::export::{ExportError, Exported, Field};
use crate::event::{Mode, RunId, RunStatus, Timestamp};
use crate::verdict::Verdict;

/// A store that can be asked about past runs.
pub(crate) trait History {
    /// Runs that match, newest first.
    fn list(&self, filter: &Filter) -> Result<Vec<RunSummary>, HistoryError>;

    /// The run that is meant.
    fn find(&self, selector: &Selector) -> Result<RunId, HistoryError>;

    /// Hands over the rows of all runs that match, those of the oldest run first, and ends with the
    /// first error of `take`. All are of one moment, and few are in memory at a time.
    fn export(
        &self,
        what: Exported,
        filter: &Filter,
        take: &mut dyn FnMut(&[Field]) -> io::Result<()>,
    ) -> Result<(), ExportError>;

    /// One run, whole.
    fn run(&self, selector: &Selector) -> Result<RunRecord, HistoryError>;
}

/// Which runs are meant; a field that is empty excludes nothing.
///
/// One filter serves lists, exports and statistics, so that the same words mean the same runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) serial_number: Option<String>,
    /// Name of the test.
    pub(crate) test: Option<String>,
    /// Name of the package that the test is from.
    pub(crate) package: Option<String>,
    pub(crate) package_version: Option<String>,
    pub(crate) station: Option<String>,
    pub(crate) operator: Option<String>,
    /// Tags that a run has, each with this value.
    pub(crate) tags: Vec<(String, String)>,
    pub(crate) verdict: Option<Verdict>,
    pub(crate) mode: Option<Mode>,
    /// Started at or after.
    pub(crate) since: Option<Timestamp>,
    /// Started before: the moment itself is excluded, so that periods neither overlap nor gape.
    pub(crate) until: Option<Timestamp>,
    pub(crate) voided: Voided,
    /// A page: only runs that a list from the newest to the oldest names after this one. Unlike a
    /// number of runs to leave out it means the same while new runs arrive.
    pub(crate) before: Option<RunId>,
    /// At most so many; `None` for all.
    pub(crate) limit: Option<u32>,
}

/// What becomes of runs that somebody has declared void.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Voided {
    /// They are listed like any other.
    #[default]
    Included,
    /// They do not count, as in statistics.
    LeftOut,
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
    pub(crate) package_name: Option<String>,
    pub(crate) package_version: Option<String>,
    pub(crate) serial_number: Option<String>,
    pub(crate) operator_id: Option<String>,
    pub(crate) station_id: String,
    pub(crate) tags: Map<String, Value>,
    pub(crate) mode: Mode,
    pub(crate) status: RunStatus,
    /// `None` while the run is going on.
    pub(crate) verdict: Option<Verdict>,
    pub(crate) forced: bool,
    pub(crate) unattended: bool,
    pub(crate) damaged: bool,
    /// Somebody declared it void.
    pub(crate) voided: bool,
    /// What becomes of the unit, where somebody said so.
    pub(crate) disposition: Option<String>,
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
