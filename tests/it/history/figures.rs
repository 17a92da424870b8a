//! Figures against what pandas finds in the exported past, and their tables in pandas and `DuckDB`.

use std::fs;

use serde_json::{Value, json};

use super::Past;
use crate::rig::Rig;
use crate::servers::ask_oracle;

const SCRIPT: &str = include_str!("../../oracle/figures_of_exports.py");

/// A measurement of one test, under the same limits all the time.
const NAME: &str = "FCT_12_I";

fn close(ours: &Value, theirs: &Value, what: &str) {
    let (ours, theirs) = (ours.as_f64().unwrap(), theirs.as_f64().unwrap());
    let apart = (ours - theirs).abs();
    assert!(
        apart <= 1e-9 * theirs.abs().max(1.0),
        "{what}: {ours} here, {theirs} there"
    );
}

fn ask(rig: &Rig, question: &[&str]) -> Value {
    let stats = ["stats"].iter().chain(question);
    let answer = rig.run(stats.chain(&["--format", "json"])).passes().json();
    answer["result"].clone()
}

/// What `stats … --format csv` prints, as files.
fn tables(rig: &Rig) -> Vec<String> {
    let questions: &[&[&str]] = &[
        &["yield", "--by", "week"],
        &["pareto", "--top", "0"],
        &["capability", NAME, "--by", "station"],
        &["trend", NAME],
        &["times"],
        &["unit", "CB-1000007"],
    ];
    let table = |(number, question): (usize, &&[&str])| {
        let stats = ["stats"].iter().chain(*question);
        let printed = rig.run(stats.chain(&["--format", "csv"])).passes();
        let path = rig.work().join(format!("table-{number}.csv"));
        fs::write(&path, &printed.stdout).unwrap();
        path.to_str().unwrap().to_owned()
    };
    questions.iter().enumerate().map(table).collect()
}

#[test]
fn figures_are_those_that_pandas_finds_in_the_exports() {
    let past = Past::of(20_000);
    let rig = &past.local;
    let exported = |what: &str| {
        let path = rig.work().join(format!("{what}.csv"));
        let path = path.to_str().unwrap().to_owned();
        rig.run(["results", "export", "--what", what, "-o", &path])
            .passes();
        path
    };
    let oracle = ask_oracle(
        SCRIPT,
        &json!({
            "runs": exported("runs"), "measurements": exported("measurements"), "name": NAME,
            "tables": tables(rig),
        }),
    );
    let yields = ask(rig, &["yield", "--by", "station"]);
    assert_eq!(yields["total"]["units"], oracle["units"]);
    for figure in ["yield_percent", "first_pass_yield_percent"] {
        close(&yields["total"][figure], &oracle[figure], figure);
    }
    let rows = yields["rows"].as_array().unwrap();
    assert_eq!(rows.len(), oracle["by_station"].as_object().unwrap().len());
    for row in rows {
        let station = row["station"].as_str().unwrap();
        close(
            &row["yield_percent"],
            &oracle["by_station"][station],
            station,
        );
    }
    let pareto = ask(rig, &["pareto", "--top", "0"]);
    let failing = pareto["rows"][0]["measurements"].as_array().unwrap();
    assert!(!failing.is_empty());
    assert_eq!(failing.len(), oracle["failing"].as_object().unwrap().len());
    for cause in failing {
        assert_eq!(
            cause["runs"],
            oracle["failing"][cause["name"].as_str().unwrap()]
        );
    }
    let total = &ask(rig, &["capability", NAME])["total"];
    assert_eq!(total["values"], oracle["values"]);
    for figure in ["mean", "sigma_overall", "sigma_within", "cpk", "ppk"] {
        close(&total[figure], &oracle[figure], figure);
    }
    for table in oracle["tables"].as_array().unwrap() {
        assert_eq!(table["rows"][0], table["rows"][1], "{table}");
        assert!(table["rows"][0].as_u64() > Some(0), "{table}");
        assert_eq!(table["columns"], true, "{table}");
        for of in ["text", "duckdb_text"] {
            assert_eq!(table[of], json!([]), "{of}: {table}");
        }
    }
}

#[test]
fn figures_of_nothing_say_so() {
    let rig = Rig::new();
    rig.run(["stats", "yield"])
        .exit(1)
        .stderr("no run has been recorded yet");
    rig.run(["db", "migrate"]).passes();
    rig.run(["stats", "yield"])
        .passes()
        .shows("No run matches.");
    rig.run(["stats", "pareto"])
        .passes()
        .shows("No run matches.");
    rig.run(["stats", "times"])
        .passes()
        .shows("No run matches.");
    rig.run(["stats", "capability", "VOUT"])
        .exit(1)
        .stderr("no run that is selected measured `VOUT`");
    rig.run(["stats", "unit", "SN-1"])
        .exit(1)
        .stderr("no run of unit `SN-1`");
    rig.run(["stats", "grr", "VOUT"])
        .exit(1)
        .stderr("no run of a gauge study");
    rig.run(["stats", "yield", "--verdict", "fail"])
        .exit(2)
        .stderr("says nothing");
    rig.run(["stats", "yield", "--store", "shared"])
        .exit(2)
        .stderr("no shared store");
}
