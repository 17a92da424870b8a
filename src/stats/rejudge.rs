//! What stored measurements would be worth under other limits.
//!
//! Measurements are judged again by the very function that judged them, [`evaluate`]; the verdict of
//! a unit follows by EXECUTION section 2. What the record cannot tell is said, not guessed: a run
//! that its failure ended early has not measured the rest.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Capability, Limits};
use crate::event::{RunId, Timestamp};
use crate::measure::{Kind, Measurement, Observed, Origin, Spec, evaluate, read_word};
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
    pub(crate) kind: Kind,
    pub(crate) origin: Origin,
    /// Only numbers have one, and only finite ones.
    pub(crate) value: Option<f64>,
    pub(crate) text: Option<String>,
    pub(crate) unit: Option<String>,
    pub(crate) limits: Limits,
    pub(crate) verdict: Verdict,
    pub(crate) time: Timestamp,
}

/// Runs and their measurements, taken in and judged.
#[derive(Debug)]
pub(crate) struct Rejudging {
    specs: BTreeMap<String, Spec>,
    runs: BTreeMap<RunId, Judged>,
    measurements: BTreeMap<String, Tally>,
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
    /// By their time: charts and sigma within go from one value to the next.
    values: Vec<(Timestamp, f64)>,
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
    pub(crate) name: String,
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
    /// By name; only those for which the file says limits.
    pub(crate) measurements: Vec<MeasurementTrial>,
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
    pub(crate) name: String,
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
    /// Takes the new limits by the name of their measurement.
    pub(crate) fn new(
        specs: BTreeMap<String, Spec>,
        runs: impl IntoIterator<Item = PastRun>,
    ) -> Self {
        let judged = |past: PastRun| {
            let judged = Judged {
                worst: past.fails_otherwise.then_some(Verdict::Fail),
                changed: Vec::new(),
                past,
            };
            (judged.past.run, judged)
        };
        Self {
            specs,
            runs: runs.into_iter().map(judged).collect(),
            measurements: BTreeMap::new(),
        }
    }

    /// Takes a measurement, in any order.
    pub(crate) fn take(&mut self, past: &PastValue) {
        let Some(run) = self.runs.get_mut(&past.run) else {
            return;
        };
        // An invented answer is no value.
        let is_measured = past.origin != Origin::Unattended;
        let Some(spec) = self.specs.get(&past.name).filter(|_| is_measured) else {
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
                name: past.name.clone(),
                value: shown(past),
                unit: past.unit.clone(),
                from: past.verdict,
                to: now.verdict,
                reason: now.reason.clone(),
            });
        }
        let tally = self.measurements.entry(past.name.clone()).or_default();
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
            .map(|(name, tally)| {
                let after = limits_of(&self.specs[&name]);
                tally.end(name, after)
            })
            .collect();
        trial
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
            self.values
                .extend(now.actual_value.map(|value| (past.time, value)));
        }
    }

    fn end(mut self, name: String, after: Limits) -> MeasurementTrial {
        self.values
            .sort_by(|one, other| one.0.cmp(&other.0).then(one.1.total_cmp(&other.1)));
        let values: Vec<f64> = self.values.iter().map(|(_, value)| *value).collect();
        let before = if self.is_converted {
            Capability::default()
        } else {
            Capability::of(&values, self.last_limits)
        };
        MeasurementTrial {
            name,
            unit: self.unit,
            count: self.count,
            limits_before: self.last_limits,
            limits_were: self.before.len(),
            limits_after: after,
            failed_before: self.failed_before,
            failed_after: self.failed_after,
            before,
            after: Capability::of(&values, after),
        }
    }
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
mod tests {
    use super::*;
    use crate::measure::Operand;
    use crate::record::samples::run_id;

    fn spec(name: &str, low: f64, high: f64) -> Spec {
        let operand = |value: f64| Some(Operand::literal(value.to_string(), Value::from(value)));
        Spec {
            name: name.to_owned(),
            low_limit: operand(low),
            high_limit: operand(high),
            unit: Some("V".to_owned()),
            ..Spec::default()
        }
    }

    fn run(number: u64, verdict: Verdict) -> PastRun {
        PastRun {
            run: run_id(number),
            serial_number: Some(format!("SN-{number}")),
            started_at: Timestamp(number as i64),
            verdict,
            fails_otherwise: false,
            is_cut_short: false,
            is_forced: false,
        }
    }

    fn value(number: u64, name: &str, value: f64, verdict: Verdict) -> PastValue {
        PastValue {
            run: run_id(number),
            name: name.to_owned(),
            kind: Kind::Numeric,
            origin: Origin::Runner,
            value: Some(value),
            text: None,
            unit: Some("V".to_owned()),
            limits: Limits {
                low: Some(3.0),
                high: Some(4.0),
            },
            verdict,
            time: Timestamp(number as i64),
        }
    }

    fn trial(specs: &[Spec], runs: Vec<PastRun>, values: &[PastValue]) -> Trial {
        let specs = specs.iter().map(|spec| (spec.name.clone(), spec.clone()));
        let mut rejudging = Rejudging::new(specs.collect(), runs);
        for value in values {
            rejudging.take(value);
        }
        rejudging.end()
    }

    fn ends(trial: &Trial) -> Vec<(String, Option<Verdict>)> {
        let ends = trial.units.iter();
        ends.map(|unit| (unit.run.serial_number.clone().unwrap(), unit.to))
            .collect()
    }

    const PASS: Verdict = Verdict::Pass;
    const FAIL: Verdict = Verdict::Fail;

    #[test]
    fn narrower_limits_fail_what_they_exclude_and_nothing_else() {
        let runs = (1..=4).map(|number| run(number, PASS)).collect();
        let values: Vec<PastValue> = [3.1, 3.3, 3.5, 3.9]
            .into_iter()
            .zip(1..)
            .map(|(volts, number)| value(number, "VOUT", volts, PASS))
            .collect();
        let trial = trial(&[spec("VOUT", 3.2, 3.6)], runs, &values);
        let wanted = [
            ("SN-4".to_owned(), Some(FAIL)),
            ("SN-1".to_owned(), Some(FAIL)),
        ];
        assert_eq!(ends(&trial), wanted);
        assert_eq!(
            (trial.passed_before, trial.passed_after, trial.judged),
            (4, 2, 4)
        );
        let vout = &trial.measurements[0];
        assert_eq!(
            (vout.failed_before, vout.failed_after, vout.count),
            (0, 2, 4)
        );
        assert_eq!(vout.limits_after.high, Some(3.6));
        assert!(vout.after.overall.minimum < vout.before.overall.minimum);
        assert!(
            trial.units[0].changed[0]
                .reason
                .as_ref()
                .unwrap()
                .contains("3.6")
        );
    }

    #[test]
    fn wider_limits_pass_a_unit_only_if_nothing_else_failed_it() {
        let failing = |number| run(number, FAIL);
        let runs = vec![
            failing(1),
            PastRun {
                fails_otherwise: true,
                ..failing(2)
            },
            PastRun {
                is_cut_short: true,
                ..failing(3)
            },
            failing(4),
            failing(5),
        ];
        let mut values: Vec<PastValue> = (1..=5)
            .map(|number| value(number, "VOUT", 4.1, FAIL))
            .collect();
        values.push(value(4, "IDLE", 9.0, FAIL));
        values.push(value(5, "OTHER", 9.0, FAIL));
        let trial = trial(
            &[spec("VOUT", 3.0, 4.2), spec("IDLE", 0.0, 1.0)],
            runs,
            &values,
        );
        let wanted = [("SN-3".to_owned(), None), ("SN-1".to_owned(), Some(PASS))];
        assert_eq!(ends(&trial), wanted);
        assert_eq!((trial.passed_after, trial.unknown_after), (1, 1));
    }

    #[test]
    fn verdicts_that_no_limit_made_stay() {
        let runs = vec![
            run(1, Verdict::Error),
            PastRun {
                is_forced: true,
                ..run(2, PASS)
            },
            run(3, PASS),
        ];
        let mut values: Vec<PastValue> = (1..=2)
            .map(|number| value(number, "VOUT", 9.0, PASS))
            .collect();
        // The last pass of a loop counts: an earlier one failed, and the run passed.
        values.push(value(3, "VOUT", 4.5, FAIL));
        let trial = trial(&[spec("VOUT", 3.0, 4.0)], runs, &values);
        assert!(trial.units.is_empty());
        assert_eq!((trial.judged, trial.not_judged), (1, 2));
    }

    #[test]
    fn stored_values_are_converted_to_the_unit_of_the_file() {
        let mut millivolts = spec("VOUT", 3200.0, 3400.0);
        millivolts.unit = Some("mV".to_owned());
        let values = [value(1, "VOUT", 3.3, PASS), value(2, "VOUT", 3.5, PASS)];
        let trial = trial(&[millivolts], vec![run(1, PASS), run(2, PASS)], &values);
        assert_eq!(ends(&trial), [("SN-2".to_owned(), Some(FAIL))]);
        let vout = &trial.measurements[0];
        assert_eq!(vout.unit.as_deref(), Some("mV"));
        assert_eq!(vout.before, Capability::default());
    }
}
