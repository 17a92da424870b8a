//! What is said of runs afterwards reaches every store, also when one was away meanwhile.

use crate::rig::{Outcome, Rig};
use crate::servers::TestDatabase;

const BOARD: &str = "
test:
  name: Board
  version: 1.0.0
  steps:
    - name: Rails
      type: mock
      measurements:
        - {name: VOUT_3V3, value: 3.31, low_limit: 3.1, high_limit: 3.5, unit: V}
";

/// Nobody listens there.
const AWAY: &str = "postgresql://it@127.0.0.1:9/runs";

fn station() -> Rig {
    Rig::new().package("board", BOARD, "")
}

/// The command with another shared store than the station has.
fn run_with(rig: &Rig, url: &str, args: &[&str]) -> Outcome {
    let mut command = rig.command(args);
    command.env("MAESTRO_DATABASE_URL", url);
    rig.finish(command, &args.join(" "))
}

#[test]
fn annotation_is_shown_and_keeps_the_result_as_it_was() {
    let rig = station();
    rig.run(["run", "board", "--serial", "SN-1"]).passes();
    let void = ["results", "annotate", "last", "--void", "--by", "alice"];
    rig.run(void.iter().chain(&["--reason", "the fixture was open"]))
        .passes()
        .stderr("SN-1 Board PASS: void, counts in no statistics");
    rig.run(["results", "show"])
        .passes()
        .shows("Void the fixture was open (alice,")
        .shows("PASS");
    rig.run(["results", "list"]).passes().shows("void");
    let shown = rig.run(["results", "show", "--format", "json"]).passes();
    let said = &shown.json()["annotations"][0];
    assert_eq!(said["kind"], "void");
    assert_eq!(said["annotated_by"], "alice");
    let valid = [
        "results",
        "annotate",
        "last",
        "--valid",
        "--reason",
        "wrong run",
    ];
    rig.run(valid).passes();
    let list = rig.run(["results", "list", "--format", "json"]).passes();
    assert_eq!(list.json()[0]["voided"], false);
    rig.run(valid).fails().stderr("is not void");
}

#[test]
fn annotation_of_several_runs_is_all_or_nothing() {
    let rig = station();
    for serial in ["SN-1", "SN-2"] {
        rig.run(["run", "board", "--serial", serial]).passes();
    }
    let list = rig.run(["results", "list", "--format", "json"]).json();
    let ids: Vec<&str> = (0..2).map(|n| list[n]["id"].as_str().unwrap()).collect();
    let annotate = |runs: &[&str]| {
        let scrap = ["--disposition", "scrap", "--reason", "broken"];
        rig.run(["results", "annotate"].iter().chain(runs).chain(&scrap))
    };
    annotate(&[ids[0], "ffffffff"])
        .fails()
        .stderr("no run matches");
    rig.run(["results", "list"]).passes().hides("scrap");
    annotate(&ids).passes();
    let list = rig.run(["results", "list", "--format", "json"]).json();
    assert_eq!(list[0]["disposition"], "scrap");
    assert_eq!(list[1]["disposition"], "scrap");
}

#[test]
fn annotation_without_a_reason_or_a_judgement_is_refused() {
    let rig = Rig::new();
    for args in [
        &["--void"][..],
        &["--reason", "why"],
        &["--void", "--valid", "--reason", "why"],
        &["--void", "--reason", ""],
    ] {
        rig.run(["results", "annotate", "last"].iter().chain(args))
            .exit(2);
    }
}

#[test]
fn annotation_made_while_the_shared_store_is_away_arrives_later() {
    let database = TestDatabase::new();
    let rig = station().env("MAESTRO_DATABASE_URL", &database.url());
    rig.run(["run", "board", "--serial", "SN-1", "--sync", "20"])
        .passes();
    let void = ["results", "annotate", "last", "--void", "--reason", "open"];
    run_with(&rig, AWAY, &void)
        .passes()
        .stderr("it is kept on this computer");
    run_with(&rig, AWAY, &["sync"])
        .exit(5)
        .stderr("1 annotation of runs: not in the shared store yet");
    let counted = || {
        let query = "SELECT (SELECT count(*) FROM annotations), \
                     (SELECT count(*) FROM audit_log WHERE action = 'results.annotate')";
        let row = database.client().query_one(query, &[]).unwrap();
        (row.get::<_, i64>(0), row.get::<_, i64>(1))
    };
    assert_eq!(counted(), (0, 0));
    for _ in 0..2 {
        rig.run(["sync"]).passes();
        assert_eq!(counted(), (1, 1));
    }
    rig.run(["results", "show", "--store", "shared"])
        .passes()
        .shows("Void open");
}
