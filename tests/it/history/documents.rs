//! The documents of `stats` and `limits` against `maestro schema stats`.

use serde_json::{Value, json};

use super::Past;
use crate::rig::Rig;
use crate::servers::ask_oracle;

const SCRIPT: &str = include_str!("../../oracle/documents.py");

const TEST: &str = r#"
test:
  name: Limits
  version: 1.0.0
  steps:
    - name: Rail
      type: mock
      measurement: { name: VOUT, value: "{{ exec.tag.Volts }}", low_limit: 3, high_limit: 3.4, unit: V }
    - name: Unknown limit
      type: mock
      measurement: { name: IDLE, value: 1, high_limit: "{{ exec.tag.Max }}" }
"#;

/// Every question about the fleet, with what changes the shape of its answer.
const QUESTIONS: &[&[&str]] = &[
    &["yield"],
    &["yield", "--by", "station", "--tag", "Batch=B-040"],
    &[
        "yield",
        "--by",
        "week",
        "--since",
        "2026-01-01",
        "--until",
        "2026-02-01",
    ],
    &["yield", "--test", "no such test"],
    &["pareto"],
    &["pareto", "--by", "test", "--top", "2", "--verdict", "fail"],
    &["pareto", "--serial", "nobody"],
    &["capability", "VOUT_3V3"],
    &[
        "capability",
        "FCT_12_I",
        "--by",
        "operator",
        "--include",
        "mock,voided,unattended",
    ],
    &[
        "capability",
        "FCT_12_I",
        "--serial",
        "CB-1000007",
        "--mode",
        "all",
    ],
    &["trend", "FCT_12_I", "--by", "day", "--last", "5"],
    &["trend", "FCT_12_I", "--subgroup", "4"],
    &["trend", "FCT_12_I", "--subgroup", "12", "--last", "0"],
    &[
        "trend",
        "FCT_12_I",
        "--serial",
        "CB-1000007",
        "--mode",
        "all",
        "--subgroup",
        "1000",
    ],
    &["times"],
    &["times", "--test", "no such test"],
    &["unit", "CB-1000007"],
];

/// A past with limits to try, limits to propose, and a gauge study.
fn measured() -> Rig {
    let rig = Rig::new().package("limits", TEST, "");
    let run = |study: &[&str], serial: &str, operator: &str| {
        let volts = if serial == "A-1" { 3.2 } else { 3.3 };
        let volts = format!("Volts={}", volts + operator.len() as f64 / 1000.0);
        let who = [
            "--serial",
            serial,
            "--operator",
            operator,
            "--tag",
            "Max=2",
            "--tag",
            &volts,
        ];
        rig.run(["run", "limits"].iter().chain(study).chain(&who))
            .passes();
    };
    for serial in ["A-1", "B-2"] {
        run(&[], serial, "ann");
    }
    // Nobody measures a unit again before the other one.
    for trial in ["ann", "peter", "ann", "peter"] {
        for serial in ["A-1", "B-2"] {
            run(&["--grr", "2x2x2", "--study", "s1"], serial, trial);
        }
    }
    rig.file(
        "limits/tests/main.yaml",
        &TEST.replace("low_limit: 3,", "low_limit: 3.25,"),
    )
}

fn document(rig: &Rig, question: &[&str]) -> Value {
    let json = ["--format", "json"];
    rig.run(question.iter().chain(&json)).passes().json()
}

#[test]
fn every_document_fits_its_schema_which_knows_every_field() {
    let past = Past::of(20_000);
    let schema = past.local.run(["schema", "stats"]).passes().json();
    let mut asked: Vec<Vec<&str>> = Vec::new();
    let mut documents = Vec::new();
    for rig in [&past.local, &past.shared] {
        for question in QUESTIONS {
            let words: Vec<&str> = ["stats"].iter().chain(*question).copied().collect();
            documents.push(document(rig, &words));
            asked.push(words);
        }
    }
    let measured = measured();
    for words in [
        vec!["limits", "try", "limits"],
        vec!["limits", "suggest", "limits", "--include", "mock"],
        vec!["stats", "grr", "VOUT", "--include", "mock"],
    ] {
        documents.push(document(&measured, &words));
        asked.push(words);
    }
    let answer = ask_oracle(SCRIPT, &json!({ "schema": schema, "documents": documents }));
    for (words, broken) in asked.iter().zip(answer.as_array().unwrap()) {
        assert_eq!(*broken, json!([]), "maestro {}", words.join(" "));
    }
    let mut seen: Vec<&str> = documents
        .iter()
        .filter_map(|one| one["figure"].as_str())
        .collect();
    seen.sort_unstable();
    seen.dedup();
    let known = &schema["properties"]["figure"]["enum"];
    let mut known: Vec<&str> = known
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    known.sort_unstable();
    assert_eq!(seen, known, "every kind of document is looked at");
}
