//! Limits against history: runs are made for real, then the file is changed.

use std::fs;

use crate::rig::Rig;

const CODE: &str = "
def read(volts: float) -> float:
    return volts

def wave(index: int) -> float:
    return 5 + ((index * 37) % 41 - 20) / 100
";

fn test(low: &str, high: &str, wave_limits: &str) -> String {
    format!(
        r#"
test:
  name: Limits
  version: 1.0.0
  policy: {{ on_step_failure: abort }}
  steps:
    - name: Rail
      runner: python
      module: module
      function: read
      timeout_ms: 20000
      parameters: {{ volts: "{{{{ exec.serial_number }}}}" }}
      measurement: {{ name: VOUT, low_limit: {low}, high_limit: {high}, unit: V }} # the rail
    - name: Wave
      runner: python
      module: module
      function: wave
      timeout_ms: 20000
      parameters: {{ index: "{{{{ __iteration__ }}}}" }}
      repeat: {{ max_iterations: 40 }}
      measurement: {{ name: WAVE, {wave_limits}, unit: A }}
"#
    )
}

fn past() -> Rig {
    let rig = Rig::new().package(
        "limits",
        &test("3", "4", "low_limit: 0, high_limit: 9"),
        CODE,
    );
    for (serial, code) in [("3.1", 0), ("3.3", 0), ("3.9", 0), ("4.2", 1)] {
        rig.run(["run", "limits", "--serial", serial]).exit(code);
    }
    rig.run(["run", "limits", "--serial", "9.9", "--mode", "engineering"])
        .exit(1);
    rig
}

#[test]
fn changed_limits_are_tried_on_what_was_measured() {
    let rig = past();
    let same = rig.run(["limits", "try", "limits"]).passes();
    same.shows("The limits are those of the newest runs.")
        .shows("Left out: 1 run of other modes (1 engineering)");

    let rig = rig.file(
        "limits/tests/main.yaml",
        &test("3.2", "4.5", "low_limit: 0, high_limit: 9"),
    );
    let shown = rig.run(["limits", "try", "limits"]).passes();
    let shown = shown
        .shows("[3 … 4] → [3.2 … 4.5] V")
        .shows("PASS → FAIL  VOUT 3.1 V")
        .shows("FAIL → not known  VOUT 4.2 V")
        .shows("Yield of 4 runs: 75.0 % → 50.0 %; 2 units would end otherwise.");
    assert!(
        shown
            .stdout
            .contains("1 failed run would not fail by what was measured")
    );

    let json = rig
        .run(["limits", "try", "limits", "--format", "json"])
        .passes()
        .json();
    let result = &json["result"];
    assert_eq!(
        (&result["passed_before"], &result["passed_after"]),
        (&3.into(), &2.into())
    );
    assert_eq!(result["units"].as_array().unwrap().len(), 2);
    assert_eq!(result["measurements"][0]["measurement"], "VOUT");
    assert_eq!(result["measurements"][0]["failed_after"], 1);
}

#[test]
fn suggested_limits_are_written_only_when_told_and_leave_the_rest_of_the_file() {
    let rig = past();
    let file = rig.work().join("limits/tests/main.yaml");
    let before = fs::read_to_string(&file).unwrap();
    let json = rig
        .run(["limits", "suggest", "limits", "--format", "json"])
        .passes()
        .json();
    let rows = json["result"]["rows"].as_array().unwrap();
    assert_eq!(rows[0]["remark"], "needs 30 values, has 4");
    assert_eq!(rows[1]["values"], 120);
    let low = rows[1]["low_limit_proposed"].as_f64().unwrap();
    let high = rows[1]["high_limit_proposed"].as_f64().unwrap();
    // Even over ± 0.2: sigma is 0.116, and four of them make 0.465.
    assert!(
        (low - 4.53).abs() < 0.02 && (high - 5.47).abs() < 0.02,
        "{low} {high}"
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), before);

    rig.run(["limits", "suggest", "limits", "WAVE", "--write"])
        .passes()
        .shows("Wrote 2 limits into");
    let wanted = test("3", "4", &format!("low_limit: {low}, high_limit: {high}"));
    assert_eq!(fs::read_to_string(&file).unwrap(), wanted);

    rig.run(["limits", "suggest", "limits", "WAVES"])
        .exit(1)
        .stderr("did you mean WAVE?");
}

#[test]
fn limits_that_only_a_run_knows_stay_as_recorded_and_are_named() {
    let rig = past().file(
        "limits/tests/main.yaml",
        &test(
            "\"{{ exec.serial_number }}\"",
            "4",
            "low_limit: \"{{ cfg.low }}\", high_limit: 9",
        ),
    );
    rig.run(["config", "set", "low", "5"]).passes();
    let shown = rig.run(["limits", "try", "limits"]).passes();
    shown
        .shows("VOUT stays as recorded: its low_limit is {{ exec.serial_number }}.")
        .shows("[0 … 9] → [5 … 9] A");
}

const TWO_STEPS: &str = r#"
test:
  name: Two
  version: 1.0.0
  steps:
    - name: Cold
      type: mock
      measurement: { name: VOUT, value: "{{ exec.tag.Cold }}", low_limit: 3, high_limit: COLD, unit: V }
    - name: Hot
      type: mock
      measurement: { name: VOUT, value: "{{ exec.tag.Hot }}", low_limit: 3, high_limit: HOT, unit: V }
"#;

#[test]
fn one_name_in_two_steps_is_judged_by_the_limits_of_its_step() {
    let test = |cold: &str, hot: &str| TWO_STEPS.replace("COLD", cold).replace("HOT", hot);
    let rig = Rig::new().package("two", &test("3.5", "5"), "");
    for (serial, cold, hot) in [
        ("SN-1", "Cold=3.3", "Hot=4.4"),
        ("SN-2", "Cold=3.4", "Hot=4.8"),
    ] {
        rig.run([
            "run", "two", "--serial", serial, "--tag", cold, "--tag", hot,
        ])
        .passes();
    }
    rig.run(["limits", "try", "two"])
        .passes()
        .shows("The limits are those of the newest runs.");
    let rig = rig.file("two/tests/main.yaml", &test("3.35", "4.6"));
    rig.run(["limits", "try", "two"])
        .passes()
        .shows("VOUT (Cold)")
        .shows("[3 … 3.5] → [3 … 3.35] V")
        .shows("[3 … 5] → [3 … 4.6] V")
        .shows("PASS → FAIL  VOUT (Cold) 3.4 V, VOUT (Hot) 4.8 V")
        .shows("Yield of 2 runs: 100.0 % → 50.0 %; 1 unit would end otherwise.");
    let json = rig
        .run([
            "limits",
            "suggest",
            "two",
            "--include",
            "mock",
            "--format",
            "json",
        ])
        .passes()
        .json();
    let rows = json["result"]["rows"].as_array().unwrap();
    let steps: Vec<_> = rows
        .iter()
        .map(|row| (&row["step"], &row["values"]))
        .collect();
    let wanted = [
        (&"steps/Cold".into(), &2.into()),
        (&"steps/Hot".into(), &2.into()),
    ];
    assert_eq!(steps, wanted);
    // A step that is gone has no limits of its own, and the others do not agree.
    let rig = rig.file(
        "two/tests/main.yaml",
        &test("3.35", "4.6").replace("name: Hot", "name: Very hot"),
    );
    rig.run(["limits", "try", "two"])
        .passes()
        .shows("VOUT (Hot) stays as recorded: the file has no such step, and several steps judge");
    // Limits that were taken away judge nothing any more.
    let rig = rig.file(
        "two/tests/main.yaml",
        &test("3.3", "4.6").replace("low_limit: 3, high_limit: 4.6, ", ""),
    );
    rig.run(["limits", "try", "two"])
        .passes()
        .shows("[3 … 5] → none V");
}

#[test]
fn values_of_a_test_that_changed_its_unit_are_one_population() {
    let test = |value: &str, low: &str, unit: &str| {
        format!(
            "test:\n  name: Unit\n  version: 1.0.0\n  steps:\n    - name: Rail\n      type: mock\n      \
             measurement: {{ name: VOUT, value: {value}, low_limit: {low}, unit: {unit} }}\n"
        )
    };
    let rig = Rig::new().package("unit", &test("3200", "3000", "mV"), "");
    let run = |rig: &Rig, serial: &str| {
        rig.run(["run", "unit", "--serial", serial]).passes();
    };
    run(&rig, "SN-1");
    let ask = |rig: &Rig, figure: &str| {
        let words = ["stats", figure, "VOUT", "--include", "mock"];
        rig.run(words).passes()
    };
    ask(&rig, "trend").shows("One value makes no control chart.");
    let rig = rig.file("unit/tests/main.yaml", &test("3.3", "3", "V"));
    run(&rig, "SN-2");
    ask(&rig, "capability")
        .shows("1 value was converted to the unit of the newest.")
        .shows("2 values say little: Ppk is -0.52 … 2.88 with 95 % confidence")
        .shows("mean    3.250 V");
    let json = rig
        .run([
            "stats",
            "capability",
            "VOUT",
            "--include",
            "mock",
            "--format",
            "json",
        ])
        .passes()
        .json();
    let result = &json["result"];
    assert_eq!(result["converted_values"], 1);
    assert_eq!(result["limit_sets"], 1, "3000 mV are 3 V");
    assert_eq!(result["total"]["min"], 3.2);
    let rig = rig.file("unit/tests/main.yaml", &test("3.3", "3", "A"));
    run(&rig, "SN-3");
    run(&rig, "SN-4");
    ask(&rig, "trend")
        .shows("Neighbouring values never differ: there is nothing to chart.")
        .shows("2 values are in a unit that does not become that of the newest, and left out.");
    rig.run([
        "stats",
        "trend",
        "VOUT",
        "--include",
        "mock",
        "--step",
        "Rial",
    ])
    .exit(1)
    .stderr("measured `VOUT` in a step `Rial`");
}
