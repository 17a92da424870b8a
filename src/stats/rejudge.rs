//! What stored measurements would be worth under other limits.
//!
//! Measurements are judged again by the very function that judged them, [`evaluate`]; the verdict of
//! a unit follows by EXECUTION section 2. What the record cannot tell is said, not guessed: a run
//! that its failure ended early has not measured the rest.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::rulebook::{Rulebook, Ruling};
use super::{Capability, Limits};
use crate::event::{RunId, Timestamp};
use crate::measure::{
    Kind, LimitsSource, Measurement, Observed, Origin, Spec, evaluate, read_word,
};
use crate::verdict::Verdict;

/// A finished run as it is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PastRun {
    pub(crate) run: RunId,
    pub(crate) serial_number: Option<String>,
    pub(crate) started_at: Timestamp,
    pub(crate) verdict: Verdict,
    /// A step failed that has no failing measurement: other limits change nothing about that.
    pub(crate) fails_otherwise: bool,
    /// Steps were left out because something before them had failed.
    pub(crate) is_cut_short: bool,
    /// Its verdict was forced: nothing that was measured decides it.
    pub(crate) is_forced: bool,
}

/// A measurement as it is recorded.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PastValue {
    pub(crate) run: RunId,
    pub(crate) name: String,
    /// Path of its step, where somebody asked for it.
    pub(crate) step: Option<String>,
    pub(crate) kind: Kind,
    pub(crate) origin: Origin,
    /// Only numbers have one, and only finite ones.
    pub(crate) value: Option<f64>,
    pub(crate) text: Option<String>,
    pub(crate) unit: Option<String>,
    pub(crate) limits: Limits,
    /// Who said what it was judged by; `None` where nothing judged it.
    pub(crate) limits_source: Option<LimitsSource>,
    pub(crate) verdict: Verdict,
    pub(crate) time: Timestamp,
    /// Place among the measurements of its step, which have one time.
    pub(crate) position: i64,
}

/// Runs and their measurements, taken in and judged.
#[derive(Debug)]
pub(crate) struct Rejudging {
    rules: Rulebook,
    runs: BTreeMap<RunId, Judged>,
    measurements: BTreeMap<Subject, Tally>,
    as_recorded: BTreeMap<Subject, AsRecorded>,
}

/// A measurement, and its step where steps judge that name differently.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Subject {
    pub(crate) name: String,
    /// Path of the step.
    pub(crate) step: Option<String>,
}

/// Values that nothing is known about but what the record says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AsRecorded {
    pub(crate) why: String,
    pub(crate) values: u64,
}

/// A run on its way to a new verdict.
#[derive(Debug)]
struct Judged {
    past: PastRun,
    /// The worst verdict of what decides it: of a run that passed only what is worth something else
    /// now, of a run that failed everything.
    worst: Option<Verdict>,
    /// What decides: measurements that are worth something else now.
    changed: Vec<Change>,
}

/// One measurement over all runs.
#[derive(Debug, Default)]
struct Tally {
    after: Limits,
    /// By their time: charts and sigma within go from one value to the next.
    values: Vec<((Timestamp, i64), f64)>,
    /// The file says another unit than the record: old limits and new values do not compare.
    is_converted: bool,
    newest: Option<Timestamp>,
    before: BTreeSet<OrderedLimits>,
    last_limits: Limits,
    unit: Option<String>,
    count: u64,
    failed_before: u64,
    failed_after: u64,
}

/// Limits by their bits: equal texts have equal ones.
type OrderedLimits = (Option<u64>, Option<u64>);

/// A measurement that is worth something else under the new limits.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Change {
    pub(crate) subject: Subject,
    pub(crate) value: String,
    pub(crate) unit: Option<String>,
    pub(crate) from: Verdict,
    pub(crate) to: Verdict,
    /// Why it is not PASS any more.
    pub(crate) reason: Option<String>,
}

/// What comes out.
#[derive(Debug, Default)]
pub(crate) struct Trial {
    /// By name and step; only those of which the file says something.
    pub(crate) measurements: Vec<MeasurementTrial>,
    /// Measurements of which the file says nothing that can be known without a run.
    pub(crate) as_recorded: BTreeMap<Subject, AsRecorded>,
    /// Units that would end otherwise, the newest first.
    pub(crate) units: Vec<UnitTrial>,
    /// Runs that ended PASS or FAIL.
    pub(crate) judged: u64,
    /// Runs that ended with neither, or by force, and stay so.
    pub(crate) not_judged: u64,
    pub(crate) passed_before: u64,
    pub(crate) passed_after: u64,
    /// Runs that failed, would not fail by what they measured, and were ended before the rest.
    pub(crate) unknown_after: u64,
}

/// One measurement under old and new limits.
#[derive(Debug)]
pub(crate) struct MeasurementTrial {
    pub(crate) subject: Subject,
    pub(crate) unit: Option<String>,
    pub(crate) count: u64,
    /// Limits of the newest value.
    pub(crate) limits_before: Limits,
    /// How many different limits the values were judged by.
    pub(crate) limits_were: usize,
    pub(crate) limits_after: Limits,
    pub(crate) failed_before: u64,
    pub(crate) failed_after: u64,
    /// Against the limits of the newest value.
    pub(crate) before: Capability,
    pub(crate) after: Capability,
}

/// A unit that would end otherwise.
#[derive(Debug)]
pub(crate) struct UnitTrial {
    pub(crate) run: PastRun,
    /// `None`: not known, since the run was ended early.
    pub(crate) to: Option<Verdict>,
    pub(crate) changed: Vec<Change>,
}

impl Rejudging {
    /// Takes the rules of the file. Those that no value met are told as well.
    pub(crate) fn new(rules: Rulebook, runs: impl IntoIterator<Item = PastRun>) -> Self {
        let judged = |past: PastRun| {
            let judged = Judged {
                worst: past.fails_otherwise.then_some(Verdict::Fail),
                changed: Vec::new(),
                past,
            };
            (judged.past.run, judged)
        };
        let unknown = rules.each().filter_map(|(name, step, spec)| {
            let (why, values) = (spec.as_ref().err()?.clone(), 0);
            Some((Subject::of(name, step), AsRecorded { why, values }))
        });
        Self {
            as_recorded: unknown.collect(),
            runs: runs.into_iter().map(judged).collect(),
            measurements: BTreeMap::new(),
            rules,
        }
    }

    /// Takes a measurement, in any order.
    pub(crate) fn take(&mut self, past: &PastValue) {
        let Some(run) = self.runs.get_mut(&past.run) else {
            return;
        };
        let is_varied = self.rules.is_varied(&past.name);
        let step = past.step.as_deref().filter(|_| is_varied);
        let subject = Subject::of(&past.name, step);
        let ruling = self.rules.ruling(&past.name, past.step.as_deref());
        if let Ruling::Unknown(why) = ruling {
            let known = self.as_recorded.entry(subject.clone()).or_default();
            why.clone_into(&mut known.why);
            known.values += 1;
        }
        let Some(spec) = ruling.spec().filter(|spec| is_judged(spec, past)) else {
            // The file says nothing of it, or nothing that can be known here.
            if run.past.verdict != Verdict::Pass {
                run.worst = run.worst.max(past.verdict.counted());
            }
            return;
        };
        let now = judge(spec, past);
        // A run may pass with a failing value, such as that of a loop of which the last pass counts.
        if now.verdict != past.verdict || run.past.verdict != Verdict::Pass {
            run.worst = run.worst.max(now.verdict.counted());
        }
        if now.verdict != past.verdict {
            run.changed.push(Change {
                subject: subject.clone(),
                value: shown(past),
                unit: past.unit.clone(),
                from: past.verdict,
                to: now.verdict,
                reason: now.reason.clone(),
            });
        }
        let tally = self.measurements.entry(subject).or_insert_with(|| Tally {
            after: limits_of(spec),
            ..Tally::default()
        });
        tally.take(past, &now);
    }

    /// The result.
    pub(crate) fn end(self) -> Trial {
        let mut trial = Trial::default();
        for judged in self.runs.into_values() {
            trial.add(judged);
        }
        trial.units.sort_by(|one, other| {
            let key = |unit: &UnitTrial| (unit.run.started_at, unit.run.run);
            key(other).cmp(&key(one))
        });
        trial.measurements = self
            .measurements
            .into_iter()
            .map(|(subject, tally)| tally.end(subject))
            .collect();
        trial.as_recorded = self.as_recorded;
        trial
    }
}

impl Subject {
    fn of(name: &str, step: Option<&str>) -> Self {
        Self {
            name: name.to_owned(),
            step: step.map(str::to_owned),
        }
    }
}

impl Trial {
    fn add(&mut self, judged: Judged) {
        let past = judged.past;
        if past.is_forced || !matches!(past.verdict, Verdict::Pass | Verdict::Fail) {
            self.not_judged += 1;
            return;
        }
        self.judged += 1;
        self.passed_before += u64::from(past.verdict == Verdict::Pass);
        // Whatever kept a run from passing that no measurement tells stays.
        let worst = judged.worst.unwrap_or(past.verdict);
        let to = match worst {
            Verdict::Pass if past.verdict == Verdict::Fail && past.is_cut_short => None,
            worst => Some(worst),
        };
        self.passed_after += u64::from(to == Some(Verdict::Pass));
        self.unknown_after += u64::from(to.is_none());
        if to != Some(past.verdict) {
            self.units.push(UnitTrial {
                run: past,
                to,
                changed: judged.changed,
            });
        }
    }
}

impl Tally {
    fn take(&mut self, past: &PastValue, now: &Measurement) {
        let bits = |limit: Option<f64>| limit.map(f64::to_bits);
        let Limits { low, high } = past.limits;
        self.before.insert((bits(low), bits(high)));
        if self.newest.is_none_or(|newest| newest <= past.time) {
            self.newest = Some(past.time);
            self.last_limits = past.limits;
        }
        self.is_converted |= past.unit != now.unit;
        self.count += 1;
        self.failed_before += u64::from(past.verdict.is_failing());
        self.failed_after += u64::from(now.verdict.is_failing());
        self.unit.clone_from(&now.unit);
        // An array is judged by its worst element, which is no sample of anything.
        if past.kind == Kind::Numeric {
            self.values.extend(
                now.actual_value
                    .map(|value| ((past.time, past.position), value)),
            );
        }
    }

    fn end(mut self, subject: Subject) -> MeasurementTrial {
        self.values
            .sort_by(|one, other| one.0.cmp(&other.0).then(one.1.total_cmp(&other.1)));
        let values: Vec<f64> = self.values.iter().map(|(_, value)| *value).collect();
        let before = if self.is_converted {
            Capability::default()
        } else {
            Capability::of(&values, self.last_limits)
        };
        MeasurementTrial {
            subject,
            unit: self.unit,
            count: self.count,
            limits_before: self.last_limits,
            limits_were: self.before.len(),
            limits_after: self.after,
            failed_before: self.failed_before,
            failed_after: self.failed_after,
            before,
            after: Capability::of(&values, self.after),
        }
    }
}

/// Whether the file judges a value: an invented answer is none, and where the file says no limits
/// those of the test code still hold.
fn is_judged(spec: &Spec, past: &PastValue) -> bool {
    let by_code = past.limits_source != Some(LimitsSource::Yaml);
    past.origin != Origin::Unattended && !(spec.judges_nothing() && by_code)
}

/// Judges a stored value as if it had just been measured.
fn judge(spec: &Spec, past: &PastValue) -> Measurement {
    let value = observed(past);
    let observed = Observed {
        value: value.as_ref(),
        unit: past.unit.as_deref(),
        origin: past.origin,
        point: None,
    };
    evaluate(spec, &observed)
}

/// The value as test code would have returned it.
fn observed(past: &PastValue) -> Option<Value> {
    let text = || past.text.clone().map(Value::String);
    match past.kind {
        // The text of an integer that a double cannot hold is exact.
        Kind::Numeric => text().or_else(|| past.value.map(Value::from)),
        Kind::Array => past
            .text
            .as_deref()
            .and_then(|text| serde_json::from_str(text).ok()),
        Kind::Boolean => {
            let flag = past.text.as_deref().and_then(read_word);
            flag.map(Value::Bool).or_else(text)
        }
        Kind::String => text(),
    }
}

fn shown(past: &PastValue) -> String {
    let number = |value: f64| serde_json::Number::from_f64(value).map(|number| number.to_string());
    let text = past.text.clone();
    text.or_else(|| past.value.and_then(number))
        .unwrap_or_default()
}

/// The bounds that a number is held against, as evaluated.
pub(crate) fn limits_of(spec: &Spec) -> Limits {
    let observed = Observed {
        value: Some(&Value::from(0)),
        unit: None,
        origin: Origin::Runner,
        point: None,
    };
    let judged = evaluate(spec, &observed);
    let band = judged.target.zip(judged.tolerance);
    Limits {
        low: judged
            .low_limit
            .or_else(|| band.map(|(target, half)| target - half)),
        high: judged
            .high_limit
            .or_else(|| band.map(|(target, half)| target + half)),
    }
}

#[cfg(test)]
mod tests;
