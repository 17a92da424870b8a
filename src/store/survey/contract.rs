//! What every store must answer when it is asked for figures; each store runs all cases.
//!
//! The population is made up and the same each time; what pandas finds in it is what a store must
//! find.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::event::{Event, Mode, Timestamp};
use crate::measure::{LimitsSource, Measurement, Origin};
use crate::record::samples::{START, long_run, run_id};
use crate::record::{Filter, Voided};
use crate::servers::ask_oracle;
use crate::stats::survey::{Axis, Place, Scope, Survey, Turn};
use crate::store::contract::{TestStore, deliver};
use crate::verdict::Verdict;

const SCRIPT: &str = include_str!("../../../tests/oracle/survey.py");

const AXES: [Axis; 5] = [
    Axis::Whole,
    Axis::Test,
    Axis::Station,
    Axis::Operator,
    Axis::Hour,
];

/// A store that figures can be asked of.
pub(in crate::store) trait SurveyStore: TestStore {
    fn survey(&self) -> Box<dyn Survey>;
}

/// A run of the population.
struct Made {
    number: u64,
    minute: i64,
    test: &'static str,
    station: &'static str,
    operator: Option<&'static str>,
    serial: Option<String>,
    mode: Mode,
    unattended: bool,
    voided: bool,
    verdict: Verdict,
    values: Vec<(&'static str, f64, Verdict, Origin)>,
}

/// Runs that differ in everything that figures tell apart, some of them to be left out.
fn population() -> Vec<Made> {
    let mut state = 99_u64;
    let mut below = |bound: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % bound
    };
    (1..=120)
        .map(|number| {
            let values: Vec<_> = ["VOUT", "VOUT", "IDLE", "RIPPLE"]
                .into_iter()
                .map(|name| {
                    let verdict = [
                        Verdict::Pass,
                        Verdict::Pass,
                        Verdict::Pass,
                        Verdict::Fail,
                        Verdict::Undetermined,
                    ][below(5) as usize];
                    let origin = [
                        Origin::Runner,
                        Origin::Runner,
                        Origin::Operator,
                        Origin::Mock,
                        Origin::Simulated,
                    ][below(5) as usize];
                    (name, 3.0 + below(1000) as f64 / 1000.0, verdict, origin)
                })
                .collect();
            let verdict = match below(10) {
                0..=4 => Verdict::Pass,
                5..=7 => Verdict::Fail,
                8 => Verdict::Error,
                _ => Verdict::Aborted,
            };
            Made {
                number,
                minute: (number * 17) as i64,
                test: ["Board", "Böard 2"][below(2) as usize],
                station: ["b-1", "B-2", "a'3"][below(3) as usize],
                operator: [None, Some("ada"), Some("Zoë"), Some("+ben")][below(4) as usize],
                serial: (below(8) > 0).then(|| format!("SN-{}", below(15))),
                mode: if below(7) == 0 {
                    Mode::Grr
                } else {
                    Mode::Production
                },
                unattended: below(9) == 0,
                voided: below(11) == 0,
                verdict,
                values,
            }
        })
        .collect()
}

fn minute(made: &Made) -> Timestamp {
    Timestamp(START.0 + made.minute * 60_000_000)
}

fn hour(time: Timestamp) -> i64 {
    time.0 - time.0.rem_euclid(3_600_000_000)
}

fn fill(store: &dyn TestStore, population: &[Made]) {
    let mut sink = store.sink();
    for made in population {
        let run = run_id(made.number);
        let mut events = long_run(run, made.values.len() as u32);
        let mut values = made.values.iter();
        for envelope in &mut events {
            envelope.time = Timestamp(envelope.time.0 + made.minute * 60_000_000);
            match &mut envelope.event {
                Event::RunStarted(started) => {
                    started.test_name = made.test.to_owned();
                    started.station_id = made.station.to_owned();
                    started.operator_id = made.operator.map(str::to_owned);
                    started.serial_number.clone_from(&made.serial);
                    started.mode = made.mode;
                }
                Event::StepFinished(end) => {
                    let (name, value, verdict, origin) = values.next().unwrap();
                    let one = &mut end.measurements[0];
                    one.name = (*name).to_owned();
                    one.actual_value = Some(*value);
                    (one.verdict, one.origin) = (*verdict, *origin);
                    end.verdict = *verdict;
                }
                Event::RunFinished(end) => {
                    end.verdict = made.verdict;
                    end.unattended = made.unattended;
                }
                _ => {}
            }
        }
        deliver(&mut *sink, run, &events);
        if made.voided {
            void(store, made.number);
        }
    }
}

fn void(store: &dyn TestStore, number: u64) {
    store.text(&format!(
        "INSERT INTO annotations (id, execution_id, kind, reason, annotated_by, annotated_at) \
         VALUES ('{}', '{}', 'void', 'wrong fixture', 'ada', '2026-11-20T10:00:00.000000Z') \
         RETURNING kind",
        run_id(number + 5000),
        run_id(number)
    ));
}

fn asked(population: &[Made]) -> Value {
    let runs: Vec<Value> = population
        .iter()
        .map(|made| {
            json!({
                "number": made.number, "minute": made.minute, "test": made.test,
                "station": made.station, "operator": made.operator, "serial": made.serial,
                "mode": made.mode, "unattended": made.unattended, "voided": made.voided,
                "verdict": made.verdict.as_str(), "hour": hour(minute(made)),
            })
        })
        .collect();
    let values: Vec<Value> = population
        .iter()
        .flat_map(|made| {
            made.values
                .iter()
                .enumerate()
                .map(|(place, (name, value, verdict, origin))| {
                    json!({
                        "run": made.number, "place": place, "name": name, "value": value,
                        "outcome": verdict.as_str(), "origin": origin,
                    })
                })
        })
        .collect();
    json!({ "runs": runs, "values": values })
}

/// What counts unless somebody asks for more.
fn production() -> Scope {
    Scope {
        filter: Filter {
            mode: Some(Mode::Production),
            voided: Voided::LeftOut,
            ..Filter::default()
        },
        ..Scope::default()
    }
}

/// Adds a place to a row under the name that pandas gives its column.
fn placed(mut row: Value, place: &Place, axis: Axis) -> String {
    let (column, place) = match (axis, place) {
        (Axis::Whole, _) => return row.to_string(),
        (Axis::Test, Place::Named(name)) => ("test", json!(name)),
        (Axis::Station, Place::Named(name)) => ("station", json!(name)),
        (Axis::Operator, Place::Named(name)) => ("operator", json!(name)),
        (_, Place::Since(time)) => ("hour", json!(time.0)),
        other => panic!("{other:?}"),
    };
    row[column] = place;
    sorted(&row)
}

/// A row with its columns in one order.
fn sorted(row: &Value) -> String {
    let columns: std::collections::BTreeMap<_, _> = row.as_object().unwrap().iter().collect();
    json!(columns).to_string()
}

fn theirs(rows: &Value) -> BTreeSet<String> {
    rows.as_array().unwrap().iter().map(sorted).collect()
}

pub(in crate::store) fn counts_are_those_of_pandas(store: &dyn SurveyStore) {
    let population = population();
    fill(store, &population);
    let oracle = ask_oracle(SCRIPT, &asked(&population));
    let (survey, scope) = (store.survey(), production());
    for (number, axis) in AXES.into_iter().enumerate() {
        let runs: BTreeSet<String> = survey
            .runs(&scope, axis)
            .unwrap()
            .iter()
            .map(|one| {
                let row = json!({ "runs": one.runs, "verdict": one.verdict.as_str() });
                placed(row, &one.place, axis)
            })
            .collect();
        assert_eq!(runs, theirs(&oracle["runs"][number]), "runs by {axis:?}");
        let units: BTreeSet<String> = survey
            .units(&scope, axis)
            .unwrap()
            .iter()
            .map(|one| {
                let turn = if one.turn == Turn::First {
                    "first"
                } else {
                    "last"
                };
                let row = json!({ "passed": one.passed, "turn": turn, "units": one.units });
                sorted(&serde_json::from_str(&placed(row, &one.place, axis)).unwrap())
            })
            .collect();
        assert_eq!(units, theirs(&oracle["units"][number]), "units by {axis:?}");
        let failing: BTreeSet<String> = survey
            .failing_measurements(&scope, axis)
            .unwrap()
            .iter()
            .map(|one| {
                let row = json!({ "failed": one.failed, "name": one.name, "runs": one.runs });
                placed(row, &one.place, axis)
            })
            .collect();
        assert_eq!(
            failing,
            theirs(&oracle["failing"][number]),
            "failing by {axis:?}"
        );
        // The one step of this name failed where any measurement did, whatever its origin.
        let steps = survey.failing_steps(&scope, axis).unwrap();
        assert!(
            steps
                .iter()
                .all(|one| one.name == "measure" && one.runs >= one.failed)
        );
        assert!(!steps.is_empty());
    }
}

pub(in crate::store) fn what_is_left_out_is_counted(store: &dyn SurveyStore) {
    let population = population();
    fill(store, &population);
    let oracle = ask_oracle(SCRIPT, &asked(&population));
    let survey = store.survey();
    let kinds: BTreeSet<String> = survey
        .kinds(&production())
        .unwrap()
        .iter()
        .map(|one| {
            sorted(&json!({
                "mode": one.mode, "runs": one.runs, "unattended": one.unattended,
                "voided": one.voided,
            }))
        })
        .collect();
    let odd = |row: &Value| {
        row["mode"] != "production" || row["voided"] == true || row["unattended"] == true
    };
    let all = oracle["kinds"].as_array().unwrap();
    let kept_out: Vec<&Value> = all.iter().filter(|row| odd(row)).collect();
    assert_eq!(kinds, theirs(&json!(kept_out)));
    let of_any_mode = survey.kinds(&Scope::default()).unwrap();
    assert!(of_any_mode.iter().all(|one| one.voided || one.unattended));
    let everything = Scope {
        unattended: true,
        ..Scope::default()
    };
    let all: u64 = survey
        .runs(&everything, Axis::Whole)
        .unwrap()
        .iter()
        .map(|one| one.runs)
        .sum();
    assert_eq!(all, population.len() as u64);
}

pub(in crate::store) fn series_holds_every_value_in_order(store: &dyn SurveyStore) {
    let population = population();
    fill(store, &population);
    let oracle = ask_oracle(SCRIPT, &asked(&population));
    let survey = store.survey();
    let series = survey.series(&production(), "VOUT", Axis::Station).unwrap();
    let values: Vec<_> = series.values.iter().map(|one| one.value).collect();
    assert_eq!(json!(values), oracle["series"]);
    assert_eq!(series.places.len(), 3);
    // Every test and origin, under the same limits.
    assert_eq!(series.conditions.len(), 8);
    for condition in &series.conditions {
        assert_eq!(condition.unit.as_deref(), Some("V"));
        assert_eq!(
            (condition.limits.low, condition.limits.high),
            (Some(3.135), Some(3.465))
        );
        assert!(condition.is_numeric);
    }
    let since = Scope {
        filter: Filter {
            since: Some(Timestamp(START.0 + 60 * 17 * 60_000_000)),
            ..production().filter
        },
        ..production()
    };
    let late = survey.series(&since, "VOUT", Axis::Hour).unwrap();
    assert!(late.values.len() < series.values.len() && !late.values.is_empty());
    assert!(
        late.places
            .iter()
            .all(|place| matches!(place, Place::Since(_)))
    );
    assert_eq!(
        survey
            .series(&production(), "vout", Axis::Whole)
            .unwrap()
            .values,
        []
    );
    let of_step = |step: &str| {
        let scope = Scope {
            step: Some(step.to_owned()),
            ..since.clone()
        };
        let series = survey.series(&scope, "VOUT", Axis::Hour).unwrap();
        series.values.len()
    };
    for step in ["measure", "steps/measure"] {
        assert_eq!(of_step(step), late.values.len(), "{step}");
    }
    assert_eq!(of_step("Measure"), 0);
    assert_eq!(
        survey.names(&production()).unwrap(),
        ["IDLE", "RIPPLE", "VOUT"]
    );
}

/// A step may return many readings of one name, which all have its time.
pub(in crate::store) fn readings_of_one_step_stay_in_their_order(store: &dyn SurveyStore) {
    let wanted = [3.3, 3.1, 3.4, 3.2];
    let mut events = long_run(run_id(1), 1);
    for envelope in &mut events {
        if let Event::StepFinished(end) = &mut envelope.event {
            let one = end.measurements[0].clone();
            let reading = |(position, value)| Measurement {
                position,
                actual_value: Some(value),
                ..one.clone()
            };
            end.measurements = (0..).zip(wanted).map(reading).collect();
        }
    }
    deliver(&mut *store.sink(), run_id(1), &events);
    let survey = store.survey();
    let name = &survey.names(&production()).unwrap()[0];
    let series = survey.series(&production(), name, Axis::Whole).unwrap();
    let values: Vec<_> = series.values.iter().map(|one| one.value).collect();
    assert_eq!(values, wanted.map(Some));
    let mut positions = Vec::new();
    survey
        .past_values(&production(), &[], &mut |value| {
            positions.push((value.position, value.value));
        })
        .unwrap();
    positions.sort_by_key(|(position, _)| *position);
    assert_eq!(
        positions,
        [0, 1, 2, 3].map(|place| (place, Some(wanted[place as usize])))
    );
}

pub(in crate::store) fn times_are_those_of_the_newest_runs(store: &dyn SurveyStore) {
    fill(store, &population());
    let times = store.survey().times(&production(), 3).unwrap();
    let runs: BTreeSet<_> = times.iter().map(|one| one.run.to_string()).collect();
    assert_eq!(runs.len(), 3);
    assert_eq!(times.len(), 12);
    assert!(
        times
            .iter()
            .all(|one| one.name == "measure" && one.duration_ms > 0.0)
    );
}

pub(in crate::store) fn life_of_a_unit_is_whole(store: &dyn SurveyStore) {
    let population = population();
    fill(store, &population);
    let of_unit: Vec<&Made> = population
        .iter()
        .filter(|made| made.serial.as_deref() == Some("SN-3"))
        .collect();
    let life = store.survey().life(&Scope::default(), "SN-3").unwrap();
    let runs: Vec<_> = life.runs.iter().map(|run| run.run).collect();
    assert_eq!(
        runs,
        of_unit
            .iter()
            .map(|made| run_id(made.number))
            .collect::<Vec<_>>()
    );
    assert_eq!(life.values.len(), 4 * runs.len());
    assert_eq!(life.values[0].limits.low, Some(3.135));
    let voided = of_unit.iter().filter(|made| made.voided).count();
    assert_eq!(life.remarks.len(), voided);
    void(store, of_unit[0].number + 2000);
    let other = store.survey().life(&Scope::default(), "SN-none").unwrap();
    assert!(other.runs.is_empty() && other.values.is_empty());
}

pub(in crate::store) fn past_runs_tell_what_kept_them_from_passing(store: &dyn SurveyStore) {
    let population = population();
    fill(store, &population);
    let survey = store.survey();
    let runs = survey.past_runs(&production()).unwrap();
    let counted: Vec<&Made> = population
        .iter()
        .filter(|made| made.mode == Mode::Production && !made.voided && !made.unattended)
        .collect();
    assert_eq!(runs.len(), counted.len());
    for run in &runs {
        let made = counted.iter().find(|made| run_id(made.number) == run.run);
        let made = made.unwrap();
        assert_eq!(
            (run.verdict, &run.serial_number),
            (made.verdict, &made.serial)
        );
        // Every step that failed has a measurement that says so.
        assert!(!run.fails_otherwise && !run.is_cut_short && !run.is_forced);
    }
    let mut values = Vec::new();
    survey
        .past_values(&production(), &["IDLE", "ünknown"], &mut |value| {
            values.push(value);
        })
        .unwrap();
    assert_eq!(values.len(), 4 * counted.len());
    let all_known = values.iter().all(|value| {
        let made = counted.iter().find(|made| run_id(made.number) == value.run);
        let in_made = |made: &&&Made| {
            made.values.iter().any(|(name, actual, verdict, origin)| {
                (*name, Some(*actual), *verdict, *origin)
                    == (
                        value.name.as_str(),
                        value.value,
                        value.verdict,
                        value.origin,
                    )
            })
        };
        made.is_some_and(|made| in_made(&made)) && value.limits.low == Some(3.135)
    });
    assert!(all_known);
    for value in &values {
        let step = (value.name == "IDLE").then_some("steps/measure");
        assert_eq!(value.step.as_deref(), step, "{value:?}");
        assert_eq!(value.limits_source, Some(LimitsSource::Yaml));
    }
}

pub(in crate::store) fn readings_of_a_gauge_study_name_part_and_appraiser(store: &dyn SurveyStore) {
    let population = population();
    fill(store, &population);
    let mut scope = production();
    scope.filter.mode = Some(Mode::Grr);
    scope.unattended = true;
    let readings = store.survey().readings(&scope, "VOUT").unwrap();
    assert!(!readings.is_empty());
    for reading in &readings {
        let made = population
            .iter()
            .find(|made| run_id(made.number) == reading.run)
            .unwrap();
        assert_eq!(made.mode, Mode::Grr);
        assert_eq!(reading.part, made.serial);
        assert_eq!(reading.appraiser.as_deref(), made.operator);
        assert_eq!(reading.study, None);
    }
    assert!(readings.is_sorted_by_key(|reading| reading.time));
}
