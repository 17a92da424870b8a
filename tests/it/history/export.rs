//! Exports are read by pandas and DuckDB without help, with the right types.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use super::Past;
use crate::rig::Rig;
use crate::servers::ask_oracle;

const SCRIPT: &str = include_str!("../../oracle/export.py");

/// What a column is for pandas and for DuckDB, in CSV and in JSON lines.
const TYPES: &[(&str, &str, &[&str])] = &[
    ("execution_id", "text", &["VARCHAR", "UUID"]),
    ("test_version", "text", &["VARCHAR"]),
    ("serial_number", "text", &["VARCHAR"]),
    ("slot", "int", &["BIGINT"]),
    ("unattended", "flag", &["BOOLEAN"]),
    ("voided", "flag", &["BOOLEAN"]),
    ("run_started_at", "time UTC", &TIME),
    ("duration_ms", "real", &["DOUBLE"]),
    ("started_at", "time UTC", &TIME),
    ("superseded", "flag", &["BOOLEAN"]),
    ("position", "int", &["BIGINT"]),
    ("actual_value", "real", &["DOUBLE"]),
    ("low_limit", "real", &["DOUBLE"]),
    ("timestamp", "time UTC", &TIME),
    ("verdict", "text", &["VARCHAR"]),
];

const TIME: [&str; 2] = ["TIMESTAMP WITH TIME ZONE", "TIMESTAMP"];

#[test]
fn pandas_and_duckdb_read_exports_of_both_stores_with_the_right_types() {
    let past = Past::of(10_000);
    let whats = ["runs", "steps", "measurements"];
    let mut files = Vec::new();
    for rig in [&past.local, &past.shared] {
        for what in whats {
            for ending in ["csv", "jsonl"] {
                let file = rig.work().join(format!("{what}.{ending}"));
                let path = file.to_str().unwrap().to_owned();
                rig.run(["results", "export", "--what", what, "-o", &path])
                    .passes()
                    .stderr(&format!("rows in {path}"));
                files.push(path);
            }
        }
    }
    let answers = ask_oracle(SCRIPT, &json!(files));
    let answers: BTreeMap<&String, &Value> =
        files.iter().zip(answers.as_array().unwrap()).collect();
    for (file, answer) in &answers {
        for (column, pandas, duckdb) in TYPES {
            let Some(found) = answer["pandas"].get(column) else {
                continue;
            };
            assert_eq!(found, pandas, "{column} of {file}");
            let found = answer["duckdb"][column].as_str().unwrap();
            assert!(duckdb.contains(&found), "{column} of {file} is {found}");
        }
        assert_eq!(answer["rows"][0], answer["rows"][1], "{file}");
    }
    for what in whats {
        let of = |rig: &Rig, ending: &str| {
            let file = rig.work().join(format!("{what}.{ending}"));
            answers[&file.to_str().unwrap().to_owned()]
        };
        let one = of(&past.local, "csv");
        for other in [
            of(&past.local, "jsonl"),
            of(&past.shared, "csv"),
            of(&past.shared, "jsonl"),
        ] {
            for key in ["names", "rows", "texts", "nothing"] {
                assert_eq!(one[key], other[key], "{key} of {what}");
            }
        }
        let bytes = |rig: &Rig| std::fs::read(rig.work().join(format!("{what}.csv"))).unwrap();
        assert!(bytes(&past.local) == bytes(&past.shared), "{what} differ");
    }
}

#[test]
fn export_holds_exactly_the_rows_of_the_filter() {
    let past = Past::of(10_000);
    let count = |rig: &Rig, args: &[&str]| {
        let lines = rig
            .run(["results", "export", "--format", "json"].iter().chain(args))
            .passes();
        lines.json_events().len()
    };
    let listed = |args: &[&str]| {
        let list = ["results", "list", "--limit", "0", "--format", "json"];
        let list = past.local.run(list.iter().chain(args)).passes().json();
        list.as_array().unwrap().len()
    };
    let filters: [&[&str]; 4] = [
        &[],
        &["--verdict", "fail"],
        &["--station", "bench-2", "--mode", "production"],
        &["--since", "2026-05-01", "--until", "2026-06-01"],
    ];
    for filter in filters {
        let runs: Vec<&str> = [&["--what", "runs"], filter].concat();
        let expected = listed(filter);
        assert!(expected > 0, "{filter:?}");
        assert_eq!(count(&past.local, &runs), expected, "{filter:?}");
        assert_eq!(count(&past.shared, &runs), expected, "{filter:?}");
    }
}

#[test]
fn text_of_every_kind_comes_back_and_no_formula_is_computed() {
    let rig = Rig::new().package(
        "board",
        "
test:
  name: 'Prüfung, \"A\"'
  version: 1.0.0
  steps:
    - name: Rails
      type: mock
      measurements:
        - {name: VOUT, value: -3.31, low_limit: -4, high_limit: -3, unit: V}
        - {name: Label, type: string, value: 'two\nlines', expected: 'x'}
",
        "",
    );
    let serial = "=HYPERLINK(\"http://x\")";
    rig.run(["run", "board", "--serial", serial]);
    let read = |args: &[&str]| {
        let path = rig.work().join("out.csv");
        let file = path.to_str().unwrap();
        rig.run(["results", "export", "-o", file].iter().chain(args))
            .passes();
        let script = "import json, sys, pandas\n\
            frame = pandas.read_csv(json.load(sys.stdin))\n\
            print(frame.to_json(orient='records'))";
        (
            ask_oracle(script, &json!(file)),
            std::fs::read(&path).unwrap(),
        )
    };
    let (rows, bytes) = read(&[]);
    assert_eq!(rows[0]["serial_number"], format!("'{serial}"));
    assert_eq!(rows[0]["test_name"], "Prüfung, \"A\"");
    assert_eq!(rows[0]["actual_value"], -3.31);
    assert_eq!(rows[0]["actual_text"], "-3.31");
    assert_eq!(rows[1]["actual_text"], "two lines");
    assert!(bytes.starts_with(b"execution_id,test_name,"));
    let (rows, bytes) = read(&["--exact", "--bom"]);
    assert_eq!(rows[0]["serial_number"], serial);
    assert!(bytes.starts_with("\u{FEFF}execution_id,".as_bytes()));
}

#[test]
fn export_of_a_station_without_a_run_has_the_names_of_its_columns() {
    let rig = Rig::new();
    let csv = rig.run(["results", "export", "--what", "runs"]).passes();
    assert_eq!(csv.stdout.lines().count(), 1);
    let json = rig.run(["results", "export", "--format", "json"]).passes();
    assert_eq!(json.stdout, "");
}

#[test]
fn export_that_cannot_be_written_leaves_nothing_behind() {
    let rig = Rig::new();
    rig.run(["results", "export", "-o", "/dev/full"])
        .exit(5)
        .stderr("/dev/full");
    let folder = rig.work().join("folder");
    std::fs::create_dir(&folder).unwrap();
    rig.run(["results", "export", "-o", "folder"]).exit(5);
    let left = |path: &Path| std::fs::read_dir(path).unwrap().count();
    assert_eq!((left(&folder), left(&rig.work())), (0, 1));
}
