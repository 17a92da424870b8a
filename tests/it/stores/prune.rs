//! `maestro db status`, `migrate` and `prune`.

use rustix::process::Signal;

use super::{run, station, station_at};
use crate::live::Live;
use crate::rig::Rig;
use crate::servers::TestDatabase;

/// A station of its own that shares the database of others.
fn other_station(url: &str) -> Rig {
    Rig::new()
        .env("MAESTRO_DATABASE_URL", url)
        .env("MAESTRO_STATION_ID", "office")
}

fn text(database: &TestDatabase, query: &str) -> String {
    let row = database.client().query_one(query, &[]).unwrap();
    row.get::<_, Option<String>>(0).unwrap_or_default()
}

#[test]
fn status_tells_what_each_store_holds_and_lacks() {
    let database = TestDatabase::new();
    let rig = station_at(&database.url());
    rig.run(["db", "status"])
        .passes()
        .shows("no run has been recorded yet");
    rig.run(run("S-1")).passes();
    let json = rig
        .run(["db", "status", "--format", "json"])
        .passes()
        .json();
    for (place, store) in ["local", "shared"].iter().enumerate() {
        let status = &json["stores"][place];
        assert_eq!(status["store"], *store);
        assert_eq!(status["runs"], 1, "{json}");
        assert_eq!(status["outstanding"], 0);
        assert_eq!(status["rejected_events"], 0);
        assert!(status["bytes"].as_u64() > Some(10_000), "{json}");
        let tables = status["tables"].as_array().unwrap();
        let measurements = tables
            .iter()
            .find(|one| one["name"] == "measurements")
            .unwrap();
        assert_eq!(measurements["rows"], 2, "{json}");
    }
    let months = json["stores"][1]["months"].as_array().unwrap();
    assert!(months.iter().any(|month| month["rows"] == 2), "{json}");
    rig.run(["db", "status"])
        .passes()
        .shows("Schema 1")
        .shows("measurements 2 rows")
        .shows("no run of this station waits for it");
}

#[test]
fn status_of_a_store_that_is_away_is_trouble_and_still_counts_what_it_lacks() {
    let rig = station_at("postgresql://maestro@127.0.0.1:9/maestro");
    rig.run(["run", "board", "--serial", "S-1"]).passes();
    rig.run(["db", "status"])
        .exit(5)
        .shows("cannot be asked")
        .shows("1 run of this station waits for it");
}

#[test]
fn migration_makes_an_empty_database_ready_and_is_audited() {
    let database = TestDatabase::new();
    let rig = station_at(&database.url());
    rig.run(["db", "migrate"])
        .passes()
        .shows("was empty and has schema 1 now; 13 months of measurements were made ahead");
    rig.run(["db", "migrate"])
        .passes()
        .shows("is at schema 1 already");
    let action = "SELECT string_agg(action, ' ') FROM audit_log";
    assert_eq!(text(&database, action), "db.migrate");
    rig.run(["db", "migrate", "--store", "local"])
        .passes()
        .shows("is at schema 1");
}

#[test]
fn prune_removes_old_runs_of_the_store_that_is_meant() {
    let database = TestDatabase::new();
    let rig = station_at(&database.url());
    rig.run(run("S-1")).passes();
    rig.run(run("S-2")).passes();
    database
        .client()
        .batch_execute(
            "UPDATE test_executions SET started_at = now() - interval '9 days', \
             ended_at = now() - interval '9 days' WHERE serial_number = 'S-1'",
        )
        .unwrap();
    rig.run(["db", "prune", "--older-than", "7", "--dry-run"])
        .passes()
        .shows("1 run that ended before")
        .shows("would go");
    let runs = "SELECT count(*)::text FROM test_executions";
    assert_eq!(text(&database, runs), "2");
    rig.run(["db", "prune", "--older-than", "7", "--store", "local"])
        .passes()
        .shows("no run that ended before");
    rig.run(["db", "prune", "--older-than", "7"])
        .passes()
        .shows("are gone");
    assert_eq!(text(&database, runs), "1");
    assert_eq!(
        text(&database, "SELECT count(*)::text FROM measurements"),
        "2"
    );
    assert_eq!(
        text(&database, "SELECT count(*)::text FROM step_results"),
        "1"
    );
    assert_eq!(text(&database, "SELECT action FROM audit_log"), "db.prune");
    rig.run(["results", "list", "--store", "local"])
        .passes()
        .shows("S-1");
}

#[test]
fn run_whose_journal_waits_is_never_removed() {
    let rig = station_at("postgresql://maestro@127.0.0.1:9/maestro");
    rig.run(["run", "board", "--serial", "S-1"]).passes();
    rig.run(["db", "prune", "--older-than", "0", "--store", "local"])
        .passes()
        .shows("stays: 1 run whose journal waits for a store");
    rig.run(["results", "list", "--store", "local"])
        .passes()
        .shows("S-1");
}

#[test]
fn day_in_the_future_or_none_is_refused() {
    let rig = station();
    rig.run(run("S-1")).passes();
    rig.run(["db", "prune", "--before", "2099-01-01"])
        .exit(2)
        .stderr("in the future");
    rig.run(["db", "prune", "--before", "soon"])
        .exit(2)
        .stderr("is no date");
    rig.run(["db", "prune"]).exit(2);
}

/// A run that the store has heard of and whose station died, a day and an hour ago as far as the
/// store knows; its journal waits at the station.
fn lost_run(rig: &Rig, database: &TestDatabase) -> String {
    let mut live = Live::start(
        rig.command(["run", "slow", "--serial", "S-1", "--format", "json"]),
        "maestro run slow",
    );
    let running = "SELECT count(*)::text FROM step_results WHERE verdict IS NULL";
    live.until("the store hears of it", |_| {
        let known = "SELECT to_regclass('delivery_rejects')::text";
        let is_there = !text(database, known).is_empty();
        (is_there && text(database, running) == "1").then_some(())
    });
    live.signal(Signal::KILL);
    assert_eq!(live.end().code, -9);
    database
        .client()
        .batch_execute("UPDATE test_executions SET last_seen_at = now() - interval '25 hours'")
        .unwrap();
    text(database, "SELECT id::text FROM test_executions")
}

const SLOW: &str = "
test:
  name: Slow
  version: 1.0.0
  steps:
    - {name: Rail, type: mock, measurement: {name: VOUT, value: 3.3, low_limit: 3.1}}
    - {name: Wait, type: delay, duration: 60}
";

const STATE: &str = "SELECT status || ' ' || coalesce(verdict, '-') || ' ' || \
                     coalesce(abort_reason, '-') FROM test_executions";

#[test]
fn lost_run_is_ended_and_its_own_journal_overrides_that() {
    let database = TestDatabase::new();
    let rig = station_at(&database.url()).package("slow", SLOW, "");
    let id = lost_run(&rig, &database);
    let office = other_station(&database.url());
    office
        .run(["results", "list"])
        .passes()
        .shows("station lost");
    office
        .run(["db", "prune", "--close-stale", "--dry-run"])
        .passes()
        .shows("1 run would be ended")
        .shows(&id);
    assert_eq!(text(&database, STATE), "Running - -");
    // The station itself has the journal, and leaves the run to it.
    rig.run(["db", "prune", "--close-stale"])
        .passes()
        .shows("every run");
    office
        .run(["db", "prune", "--close-stale"])
        .passes()
        .shows("1 run ended");
    assert_eq!(text(&database, STATE), "Aborted ABORTED station lost");
    let subject = "SELECT subject FROM audit_log WHERE action = 'db.close_stale'";
    assert_eq!(text(&database, subject), id);
    office
        .run(["results", "show", &id])
        .passes()
        .shows("ABORTED");

    rig.run(["sync"]).passes();
    assert_eq!(text(&database, STATE), "Aborted ABORTED interrupted");
    let open = "SELECT count(*)::text FROM step_results WHERE verdict IS NULL";
    assert_eq!(text(&database, open), "0");
}

#[test]
fn lost_run_that_was_removed_comes_back_whole_with_its_journal() {
    let database = TestDatabase::new();
    let rig = station_at(&database.url()).package("slow", SLOW, "");
    lost_run(&rig, &database);
    let office = other_station(&database.url());
    office.run(["db", "prune", "--close-stale"]).passes();
    office
        .run(["db", "prune", "--older-than", "1"])
        .passes()
        .shows("1 run that ended before");
    assert_eq!(
        text(&database, "SELECT count(*)::text FROM test_executions"),
        "0"
    );
    rig.run(["sync"]).passes();
    assert_eq!(text(&database, STATE), "Aborted ABORTED interrupted");
    assert_eq!(
        text(&database, "SELECT count(*)::text FROM step_results"),
        "2"
    );
    assert_eq!(
        text(&database, "SELECT count(*)::text FROM measurements"),
        "1"
    );
}
