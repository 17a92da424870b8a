//! Variables that are set from outside, and what the events tell of all variables.

use serde_json::{Value, json};

use super::drive::{Drive, Driven, bare, drive, drive_files};
use crate::engine::Input;
use crate::event::{Event, VariableSet, VariableSource};
use crate::verdict::Verdict;

fn set(name: &str, value: Value, source: VariableSource) -> Input {
    Input::SetVariable {
        name: name.to_owned(),
        value,
        source,
    }
}

fn remote(name: &str, value: Value) -> Input {
    set(name, value, VariableSource::Remote)
}

/// What was set beside the steps, in order.
fn sets(run: &Driven) -> Vec<&VariableSet> {
    let sets = run.events.iter().filter_map(|event| match event {
        Event::VariableSet(set) => Some(&**set),
        _ => None,
    });
    sets.collect()
}

fn two_delays(variables: &str, second: &str) -> Drive {
    drive(&format!(
        "variables: {variables}\nsteps:\n  - {{name: a, type: delay, duration: 1}}\n  - {second}\n"
    ))
}

#[test]
fn value_from_outside_waits_for_the_next_step() {
    let run = two_delays("{go: 0}", "{name: b, type: mock, precondition: 'go == 1'}")
        .at(300, remote("go", json!(7)))
        .at(400, remote("go", json!(1)))
        .run();
    assert_eq!(run.steps(), ["a PASS", "b PASS"]);
    let [set] = sets(&run)[..] else {
        panic!("the newest value alone is set: {:?}", sets(&run));
    };
    assert_eq!(set.source, VariableSource::Remote);
    assert_eq!(Value::Object(set.values.clone()), json!({"go": 1}));
    let place = |wanted: &dyn Fn(&Event) -> bool| run.events.iter().position(wanted).unwrap();
    let at = place(&|event| matches!(event, Event::VariableSet(_)));
    let first_end = place(&|event| matches!(event, Event::StepFinished(_)));
    assert_eq!(at, first_end + 1, "between the two steps");
}

#[test]
fn loop_that_waits_for_a_value_from_outside_gets_it() {
    let run = drive(
        "variables: {go: 0}\nsteps:\n  - {name: wait, type: delay, duration: 0.1, repeat: {condition: 'go == 0', max_iterations: 100}}\n",
    )
    .at(1000, remote("go", json!(1)))
    .run();
    assert_eq!(run.verdict(), Verdict::Pass);
    assert!((10..14).contains(&run.steps().len()), "{:?}", run.steps());
}

#[test]
fn variable_of_a_limit_is_not_set_and_told_once() {
    let limited = [
        "{name: b, type: mock, measurement: {name: m, unit: V, value: 3, high_limit: '{{lim}}'}}",
        "{name: b, type: mock, measurement: {name: m, unit: V, value: 3, high_limit: '{{lim + 0}}'}}",
        "{name: b, type: mock, measurement: {name: m, unit: V, value: 3, high_limit: '{{test.lim}}'}}",
        "{name: b, type: mock, measurement: {name: m, unit: V, value: 3, target: '{{lim}}', tolerance: 1}}",
        "{name: b, type: mock, outputs: {made: '{{lim}}'}, measurement: {name: m, unit: V, value: 3, high_limit: '{{made}}'}}",
    ];
    for step in limited {
        let run = two_delays("{lim: 3, made: 4}", step)
            .at(300, remote("lim", json!(1)))
            .at(400, remote("lim", json!(2)))
            .run();
        assert_eq!(run.variables.lookup("lim"), Some(&json!(3)), "{step}");
        let told: Vec<_> = run
            .log()
            .into_iter()
            .filter(|l| l.contains("outside"))
            .collect();
        assert_eq!(told.len(), 1, "{step}: {told:?}");
        assert!(
            told[0].contains("'lim'") && told[0].contains("limit"),
            "{told:?}"
        );
    }
}

#[test]
fn map_that_holds_a_limit_is_not_set() {
    let run = two_delays(
        "{rail: {high: 5}}",
        "{name: b, type: mock, measurement: {name: m, unit: V, value: 3, high_limit: '{{rail.high}}'}}",
    )
    .at(300, remote("rail", json!({"high": 1})))
    .run();
    assert_eq!(run.verdict(), Verdict::Pass);
    assert_eq!(sets(&run).len(), 0);
}

#[test]
fn reserved_fixed_and_unknown_names_are_not_set() {
    for (name, why) in [
        ("cfg.DMM", "reserved"),
        ("exec.serial_number", "reserved"),
        ("__iteration__", "reserved"),
        ("fixed", "--var"),
        ("nobody", "no such variable"),
    ] {
        let run = two_delays("{go: 0}", "{name: b, type: mock}")
            .variable("fixed", json!(1))
            .at(300, remote(name, json!(9)))
            .run();
        assert!(run.log().iter().any(|line| line.contains(why)), "{name}");
        assert_eq!(sets(&run).len(), 0);
    }
}

#[test]
fn global_is_set_although_nobody_set_it_before_and_a_limit_reads_it() {
    let run = two_delays(
        "{x: 0}",
        "{name: b, type: mock, measurement: {name: m, unit: V, value: 3, high_limit: '{{global.lim}}'}}",
    )
    .at(300, set("global.lim", json!(2), VariableSource::Global))
    .run();
    assert_eq!(run.verdict(), Verdict::Fail);
    assert_eq!(sets(&run)[0].source, VariableSource::Global);
}

#[test]
fn call_of_a_sequence_tells_what_it_sets() {
    let run = drive_files(&[
        (
            "tests/main.yaml",
            "variables: {x: 1}\nsteps:\n  - {name: s, type: sequence, sequence: tests/sub.yaml, parameters: {y: '{{x}}', cfg: 1}}\n",
        ),
        (
            "tests/sub.yaml",
            "variables: {y: 0, z: 3, x: 9}\nsteps: [{name: a, type: mock}]\n",
        ),
    ])
    .run();
    let [set] = sets(&run)[..] else { panic!() };
    assert_eq!(set.source, VariableSource::Call);
    assert_eq!(set.step, Some(run.records()[0].0.step));
    assert_eq!(Value::Object(set.values.clone()), json!({"y": 1, "z": 3}));
    assert_eq!(run.told(), bare(&run.variables));
}

#[test]
fn answer_that_is_missing_is_told_as_unset() {
    let run = drive(
        "steps:\n  - {name: a, runner: python, module: m, function: f, timeout_ms: 9}\n  - {name: b, runner: python, module: m, function: g, timeout_ms: 9}\n",
    )
    .returns("f", &[json!(5)])
    .returns("g", &[json!({"v": 1})])
    .run();
    assert!(run.step("a").unset.is_empty());
    assert_eq!(run.step("b").unset, ["result"]);
    assert_eq!(run.told(), bare(&run.variables));
}
