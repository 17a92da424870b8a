//! Everything in order: a run with both servers is in both stores, and the statements that
//! dashboards are built on work as they are written in the manual.

use postgres::SimpleQueryMessage;

use super::records::{Records, of_kind};
use super::shared::{Shared, audit_all};
use crate::rig::Rig;
use crate::servers::{RedisServer, TestDatabase};

/// Every kind of row: a retry, a failure, prints, a question, a file, an output, a loop.
const MAIN: &str = "
test:
  name: Both
  version: 1.0.0
  policy: {on_step_failure: continue}
  steps:
    - name: Rail
      runner: python
      module: module
      function: rail
      timeout_ms: 20000
      retry: {count: 2}
      measurements:
        - {name: VOUT_3V3, low_limit: 3.1, high_limit: 3.5, unit: V}
    - {name: Look, type: prompt, prompt: {message: Is it well?}}
    - name: Ripple
      type: mock
      repeat: {condition: '__iteration__ < 2', max_iterations: 5}
      measurement: {name: RIPPLE, value: 80, high_limit: 50, unit: mV}
    - name: Text
      type: mock
      measurement: {name: LABEL, type: string, value: 'Größe \"5\"', expected: 'Größe \"5\"'}
    - {name: 'Off', enabled: false, type: mock}
";

const PYTHON: &str = r#"
import maestro
calls = 0
def rail():
    global calls
    calls += 1
    print("call", calls)
    with open("trace.txt", "w") as file:
        file.write("trace")
    maestro.artifact("trace.txt")
    return {"VOUT_3V3": 2.5 if calls == 1 else 3.25, "list": [1, 2.5, None, {"a": "b"}]}
"#;

const MEAN: &str = "\
SELECT measurement_name, ROUND(AVG(actual_value)::numeric, 4) AS mean, ROUND(STDDEV(actual_value)::numeric, 4) AS stddev
FROM measurements WHERE measurement_name = 'VOUT_3V3' AND timestamp > NOW() - INTERVAL '7 days' GROUP BY measurement_name;";

const WORST: &str = "\
SELECT measurement_name, COUNT(*) AS fail_count FROM measurements
WHERE verdict = 'FAIL' AND timestamp > NOW() - INTERVAL '24 hours' GROUP BY measurement_name ORDER BY fail_count DESC LIMIT 10;";

#[test]
fn run_with_both_servers_is_in_both_stores_row_by_row() {
    let database = TestDatabase::new();
    let redis = RedisServer::start();
    let rig = Rig::new()
        .package("both", MAIN, PYTHON)
        .env("MAESTRO_DATABASE_URL", &database.url())
        .env("MAESTRO_REDIS_URL", &redis.url());
    for serial in ["--serial=B-1", "--serial=B-2"] {
        let run = ["run", "both", serial, "--unattended", "--sync=20"];
        let outcome = rig.run(run).fails();
        assert_eq!(outcome.stderr, "", "{outcome}");
    }
    assert_eq!(audit_all(&rig, &database.url()), 2);
    let records = Records::delivered(&rig);
    let mut shared = Shared::open(&database.url());
    let mut events = 0;
    for run in records.runs() {
        let journal = records.journal(&run);
        for kind in [
            "attempt_finished",
            "prompt_answered",
            "artifact_stored",
            "logged",
        ] {
            assert!(of_kind(&journal, kind).next().is_some(), "no {kind}");
        }
        events += journal.len() as i64;
    }
    let taken = "SELECT sum(last_seq)::bigint FROM delivery_cursor";
    assert_eq!(shared.number(taken), events);
    assert!(redis.keys().is_empty(), "{:?}", redis.keys());
    // What people see is the same, wherever it comes from.
    let list = |store: &str| {
        rig.run(["results", "list", "--store", store])
            .passes()
            .stdout
    };
    assert_eq!(list("shared"), list("local"));
    let run = &records.runs()[0];
    let show = |store: &str| rig.run(["results", "show", run, "--store", store]).stdout;
    assert_eq!(show("shared"), show("local"));
}

#[test]
fn statements_of_dashboards_work_as_they_are_written() {
    let database = TestDatabase::new();
    let rig = Rig::new()
        .package("both", MAIN, PYTHON)
        .env("MAESTRO_DATABASE_URL", &database.url());
    for _ in 0..2 {
        rig.run(["run", "both", "--serial=B-1", "--unattended", "--sync=20"])
            .fails();
    }
    assert_eq!(rows(&database, MEAN), ["VOUT_3V3 3.2500 0.0000"]);
    assert_eq!(rows(&database, WORST), ["RIPPLE 6"]);
}

/// What a statement gives, as text.
fn rows(database: &TestDatabase, sql: &str) -> Vec<String> {
    let messages = database.client().simple_query(sql).unwrap();
    let rows = messages.iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => {
            let cells: Vec<&str> = (0..row.len()).filter_map(|place| row.get(place)).collect();
            Some(cells.join(" "))
        }
        _ => None,
    });
    rows.collect()
}
