use super::*;
use crate::measure::Operand;
use crate::record::samples::run_id;
use crate::stats::rulebook::Rule;

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

fn rule(step: &str, spec: Spec) -> Rule {
    Rule {
        step: step.to_owned(),
        name: spec.name.clone(),
        spec: Ok(spec),
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
        step: None,
        kind: Kind::Numeric,
        origin: Origin::Runner,
        value: Some(value),
        text: None,
        unit: Some("V".to_owned()),
        limits: Limits {
            low: Some(3.0),
            high: Some(4.0),
        },
        limits_source: Some(LimitsSource::Yaml),
        verdict,
        time: Timestamp(number as i64),
        position: 0,
    }
}

fn trial(specs: &[Spec], runs: Vec<PastRun>, values: &[PastValue]) -> Trial {
    let rules = specs.iter().map(|spec| rule("steps/One", spec.clone()));
    let mut rejudging = Rejudging::new(Rulebook::of(rules), runs);
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

#[test]
fn each_step_judges_its_own_values_of_one_name() {
    let rules = [
        rule("steps/Cold", spec("VOUT", 3.0, 3.4)),
        rule("steps/Hot", spec("VOUT", 3.5, 4.0)),
    ];
    let mut rejudging = Rejudging::new(Rulebook::of(rules), [run(1, PASS), run(2, PASS)]);
    let at = |number, step: &str, volts| PastValue {
        step: Some(step.to_owned()),
        ..value(number, "VOUT", volts, PASS)
    };
    for value in [
        at(1, "steps/Cold", 3.3),
        at(1, "steps/Hot", 3.6),
        at(2, "steps/Cold", 3.6),
        at(2, "steps/Gone", 3.6),
    ] {
        rejudging.take(&value);
    }
    let trial = rejudging.end();
    assert_eq!(ends(&trial), [("SN-2".to_owned(), Some(FAIL))]);
    let step = trial.units[0].changed[0].subject.step.as_deref();
    assert_eq!(step, Some("steps/Cold"));
    let counts: Vec<_> = trial
        .measurements
        .iter()
        .map(|one| {
            (
                one.subject.step.as_deref().unwrap(),
                one.count,
                one.limits_after.high,
            )
        })
        .collect();
    let wanted = [("steps/Cold", 2, Some(3.4)), ("steps/Hot", 1, Some(4.0))];
    assert_eq!(counts, wanted);
    let [(gone, kept)] = trial.as_recorded.iter().collect::<Vec<_>>()[..] else {
        panic!("{:?}", trial.as_recorded);
    };
    assert_eq!((gone.step.as_deref(), kept.values), (Some("steps/Gone"), 1));
}

#[test]
fn limits_that_the_file_takes_away_judge_nothing_any_more() {
    let without = Spec {
        name: "VOUT".to_owned(),
        ..Spec::default()
    };
    let runs = vec![run(1, FAIL), run(2, FAIL)];
    let of_code = PastValue {
        limits_source: Some(LimitsSource::Code),
        ..value(2, "VOUT", 4.2, FAIL)
    };
    let values = [value(1, "VOUT", 4.2, FAIL), of_code];
    let trial = trial(&[without], runs, &values);
    assert_eq!(ends(&trial), [("SN-1".to_owned(), Some(PASS))]);
}
