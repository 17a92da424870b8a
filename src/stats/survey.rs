//! What a store is asked for figures.
//!
//! A store counts where rows would be many, and hands single values over only where a figure needs
//! each of them (median, histogram, control chart). Both stores pass one contract suite.

use crate::event::{Mode, RunId, Timestamp};
use crate::measure::Origin;
use crate::record::{Filter, HistoryError, RunSummary};
use crate::stats::Limits;
use crate::stats::rejudge::{PastRun, PastValue};
use crate::verdict::Verdict;

/// A store that can be asked for figures.
pub(crate) trait Survey {
    /// Runs by place and verdict, ended ones only.
    fn runs(&self, scope: &Scope, axis: Axis) -> Result<Vec<RunCount>, HistoryError>;

    /// Units by place, and by how their first and their last judged run ended.
    fn units(&self, scope: &Scope, axis: Axis) -> Result<Vec<UnitCount>, HistoryError>;

    /// The runs that meet the filter and that something keeps out: another mode than that of the filter,
    /// an answer that nobody gave, or that they were declared void.
    fn kinds(&self, scope: &Scope) -> Result<Vec<RunKind>, HistoryError>;

    /// Steps that did not pass.
    fn failing_steps(&self, scope: &Scope, axis: Axis) -> Result<Vec<Failing>, HistoryError>;

    /// Measurements that did not pass.
    fn failing_measurements(&self, scope: &Scope, axis: Axis)
    -> Result<Vec<Failing>, HistoryError>;

    /// Every value of a measurement, the oldest first.
    fn series(&self, scope: &Scope, name: &str, axis: Axis) -> Result<Series, HistoryError>;

    /// How long each step of the newest runs took.
    fn times(&self, scope: &Scope, newest: u32) -> Result<Vec<StepTook>, HistoryError>;

    /// Everything that is known of the units with this serial number, the oldest first.
    fn life(&self, scope: &Scope, serial: &str) -> Result<Life, HistoryError>;

    /// Every value of a gauge study, the oldest first.
    fn readings(&self, scope: &Scope, name: &str) -> Result<Vec<GaugeReading>, HistoryError>;

    /// Every run that has ended, with what kept it from passing.
    fn past_runs(&self, scope: &Scope) -> Result<Vec<PastRun>, HistoryError>;

    /// Every measurement of those runs, in any order, and one at a time: there may be millions. The
    /// step is looked up for these names only.
    fn past_values(
        &self,
        scope: &Scope,
        with_step: &[&str],
        take: &mut dyn FnMut(PastValue),
    ) -> Result<(), HistoryError>;

    /// Names of measurements of some of the newest runs: what somebody may have meant.
    fn names(&self, scope: &Scope) -> Result<Vec<String>, HistoryError>;
}

/// Which results count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Scope {
    pub(crate) filter: Filter,
    /// Runs in which a question was answered because nobody was there.
    pub(crate) unattended: bool,
    /// Values of steps that the package replaces.
    pub(crate) mock: bool,
    /// Values of simulated instruments.
    pub(crate) simulated: bool,
    /// Values of one step only, by its path or its name: of a series and of a gauge study.
    pub(crate) step: Option<String>,
}

impl Scope {
    /// The origins of values that count.
    pub(crate) fn origins(&self) -> Vec<Origin> {
        let asked = [
            (true, Origin::Runner),
            (true, Origin::Operator),
            (self.unattended, Origin::Unattended),
            (self.mock, Origin::Mock),
            (self.simulated, Origin::Simulated),
        ];
        let counted = |(counts, origin): (bool, Origin)| counts.then_some(origin);
        asked.into_iter().filter_map(counted).collect()
    }
}

/// By what counts are told apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Axis {
    #[default]
    Whole,
    Test,
    Station,
    Operator,
    /// Hours of UTC.
    Hour,
    /// Minutes of UTC, for zones that are no whole hours from it.
    Minute,
}

/// One place on an axis.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    Whole,
    /// Test, station or operator; `None` where a run names none.
    Named(Option<String>),
    /// The beginning of an hour or a minute.
    Since(Timestamp),
}

/// Ended runs with a verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RunCount {
    pub(crate) place: Place,
    pub(crate) verdict: Verdict,
    pub(crate) runs: u64,
}

/// Which of the judged runs of a unit is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Turn {
    First,
    Last,
}

/// Units whose first or last judged run was at this place and ended so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnitCount {
    pub(crate) place: Place,
    pub(crate) turn: Turn,
    pub(crate) passed: bool,
    pub(crate) units: u64,
}

/// Runs that are alike in what may keep them out of figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RunKind {
    pub(crate) mode: Mode,
    pub(crate) voided: bool,
    pub(crate) unattended: bool,
    pub(crate) runs: u64,
}

/// A step or a measurement that did not pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failing {
    pub(crate) place: Place,
    pub(crate) name: String,
    /// Path of the step; of a measurement empty.
    pub(crate) path: String,
    /// Runs in which it did not pass.
    pub(crate) runs: u64,
    /// Those of them in which it ended FAIL.
    pub(crate) failed: u64,
}

/// The values of a measurement, and under what they were judged.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Series {
    pub(crate) values: Vec<SeriesValue>,
    /// Each different one once, in the order in which they first appear.
    pub(crate) conditions: Vec<Condition>,
    pub(crate) places: Vec<Place>,
}

/// A value of a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct SeriesValue {
    pub(crate) time: Timestamp,
    /// `None` where it was no finite number.
    pub(crate) value: Option<f64>,
    /// Its place among the conditions.
    pub(crate) condition: usize,
    /// Its place among the places.
    pub(crate) place: usize,
}

/// Where a value came from and what it was held against.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Condition {
    pub(crate) test: String,
    pub(crate) unit: Option<String>,
    pub(crate) limits: Limits,
    pub(crate) target: Option<f64>,
    pub(crate) origin: Origin,
    pub(crate) is_numeric: bool,
}

/// How long a step took in one run.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StepTook {
    pub(crate) run: RunId,
    pub(crate) test: String,
    pub(crate) path: String,
    pub(crate) name: String,
    pub(crate) duration_ms: f64,
    /// Of it, waiting for the operator and being held.
    pub(crate) waited_ms: f64,
}

/// Everything that is known of a unit.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Life {
    pub(crate) runs: Vec<RunSummary>,
    pub(crate) values: Vec<LifeValue>,
    pub(crate) remarks: Vec<Remark>,
}

/// A measurement of a unit.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LifeValue {
    pub(crate) run: RunId,
    pub(crate) name: String,
    pub(crate) value: Option<f64>,
    pub(crate) text: Option<String>,
    pub(crate) unit: Option<String>,
    pub(crate) limits: Limits,
    pub(crate) verdict: Verdict,
    pub(crate) origin: Origin,
    pub(crate) time: Timestamp,
}

/// What somebody said of a run afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Remark {
    pub(crate) run: RunId,
    /// Such as `void` or `disposition`.
    pub(crate) kind: String,
    pub(crate) disposition: Option<String>,
    pub(crate) reason: String,
    pub(crate) by: String,
    pub(crate) at: Timestamp,
}

/// A value of a gauge study.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct GaugeReading {
    pub(crate) part: Option<String>,
    pub(crate) appraiser: Option<String>,
    /// The tag `grr_study` of the run.
    pub(crate) study: Option<String>,
    pub(crate) run: RunId,
    pub(crate) value: Option<f64>,
    pub(crate) time: Timestamp,
    pub(crate) unit: Option<String>,
    pub(crate) limits: Limits,
}
