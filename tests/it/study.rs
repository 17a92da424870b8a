//! A gauge study: unit by unit on the screen, interrupted, gone on with from the command line.

use std::collections::BTreeSet;
use std::thread::sleep;
use std::time::Duration;

use crate::rig::Rig;
use crate::seat::{Bare, Seat};

/// A little longer than what a verdict must have been visible for.
const SEEN: Duration = Duration::from_millis(600);

const TEST: &str = r"
test:
  name: Gauge
  version: 1.0.0
  steps:
    - name: Read
      type: mock
      measurement: { name: VOUT, value: 3.3, low_limit: 3, high_limit: 4, unit: V }
";

fn single(rig: &Rig, operator: &str, serial: &str) -> crate::rig::Outcome {
    rig.run([
        "run",
        "gauge",
        "--grr",
        "2x2x2",
        "--study",
        "s1",
        "--operator",
        operator,
        "--serial",
        serial,
    ])
}

#[test]
fn study_leads_through_its_units_and_is_gone_on_with() {
    let rig = Rig::new().package("gauge", TEST, "");
    let mut seat = Bare::sit(&rig, 80, 24);
    seat.starts("run gauge --grr 2x2x2 --study s1");
    seat.sees("gauge study: 0 of 8 runs");
    seat.scan("ann");
    seat.sees("ann, trial 1 of 2, in any order: 2 new ones");
    seat.scan("A");
    seat.sees("The unit is good");
    sleep(SEEN);
    seat.presses("\r");
    seat.sees("ann, trial 1 of 2, in any order: 1 new one");
    sleep(Duration::from_millis(2100)); // The same code again at once is a scanner's double.
    seat.scan("A");
    seat.sees("ann has measured A in trial 1");
    seat.presses("\x1b");
    seat.sees("Leave?");
    seat.presses("y");
    seat.ended_with(0);

    single(&rig, "ann", "A").exit(2);
    single(&rig, "ann", "B").passes();
    single(&rig, "bob", "C").exit(2);
    for (operator, serial) in [
        ("bob", "B"),
        ("bob", "A"),
        ("ann", "B"),
        ("ann", "A"),
        ("bob", "A"),
    ] {
        single(&rig, operator, serial).passes();
    }
    let refused = single(&rig, "ann", "A").exit(2);
    assert!(
        refused.stderr.contains("ann has measured everything"),
        "{}",
        refused.stderr
    );
    single(&rig, "bob", "B").passes();
    is_recorded(&rig);

    seat.starts("run gauge --grr 2x2x2 --study s1");
    seat.sees("gauge study: 8 of 8 runs");
    seat.sees("complete: Esc, then maestro stats grr");
}

/// Eight runs, each of one operator, unit and trial.
#[track_caller]
fn is_recorded(rig: &Rig) {
    let list = ["results", "list", "--mode", "grr", "--format", "json"];
    let runs = rig.run(list).passes().json();
    let cells: BTreeSet<String> = runs
        .as_array()
        .unwrap()
        .iter()
        .map(|run| {
            let tags = &run["tags"];
            assert_eq!(
                (&tags["grr_study"], &tags["grr_size"]),
                (&"s1".into(), &"2x2x2".into())
            );
            format!(
                "{} {} {}",
                run["operator_id"], run["serial_number"], tags["grr_trial"]
            )
        })
        .collect();
    assert_eq!(cells.len(), 8, "{cells:?}");
}

/// A reading that differs by unit, by operator and from trial to trial.
const READ: &str = r#"
test:
  name: Gauge
  version: 1.0.0
  steps:
    - name: Read
      runner: command
      program: sh
      args:
        - -c
        - |
          echo x >>trials
          awk -v unit="$1" -v by="$2" -v trial="$(wc -l <trials)" 'BEGIN {
            print (unit == "A" ? 3.3 : 3.5) + (by == "bob" ? 0.01 : 0) + trial % 3 * 0.002 }'
        - read
        - "{{exec.serial_number}}"
        - "{{exec.operator_id}}"
      parse: '(?P<VOUT>[\d.]+)'
      timeout_ms: 20000
      measurement: { name: VOUT, low_limit: 3, high_limit: 4, unit: V }
"#;

#[test]
fn complete_study_is_read_by_its_analysis() {
    let rig = Rig::new().package("gauge", READ, "");
    let analyse = ["stats", "grr", "VOUT", "--format", "json"];
    single(&rig, "ann", "A").passes();
    rig.run(analyse)
        .exit(1)
        .stderr("a study needs 2 parts at least");
    for (operator, serial) in [
        ("ann", "B"),
        ("bob", "A"),
        ("bob", "B"),
        ("ann", "A"),
        ("ann", "B"),
        ("bob", "B"),
        ("bob", "A"),
    ] {
        single(&rig, operator, serial).passes();
    }
    let study = rig.run(analyse).passes().json()["result"].clone();
    assert_eq!(study["study"], "s1");
    assert_eq!(study["operators"], serde_json::json!(["ann", "bob"]));
    assert_eq!(study["units"], serde_json::json!(["A", "B"]));
    assert_eq!(study["trials"], 2);
    let components = study["by_anova"]["components"].as_array().unwrap();
    let part = components.iter().find(|one| one["source"] == "PV").unwrap();
    assert!(
        part["study_variation_percent"].as_f64().unwrap() > 95.0,
        "{part}"
    );
    rig.run(["stats", "grr", "VOUT"])
        .passes()
        .shows("study s1: 2 operators, 2 units, 2 trials")
        .shows("Operator x part");
    // A study is none of production.
    rig.run(["stats", "capability", "VOUT"])
        .exit(1)
        .stderr("`VOUT`");
}
