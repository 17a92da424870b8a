//! `maestro sync`: what was missed arrives, once, and the exit code says whether it did.

use std::time::Duration;

use rustix::process::Signal;

use super::{run, station, station_at};
use crate::live::Live;
use crate::rig::Rig;
use crate::servers::{PostgresServer, TestDatabase};

/// Nobody listens there.
const NOWHERE: &str = "postgresql://maestro@127.0.0.1:9/maestro";

fn open_journals(rig: &Rig) -> usize {
    let entries = std::fs::read_dir(rig.home().join("journal/open")).unwrap();
    entries.count()
}

fn count(database: &TestDatabase, from: &str) -> i64 {
    let query = format!("SELECT count(*) FROM {from}");
    database.client().query_one(&query, &[]).unwrap().get(0)
}

/// The same station with another environment.
fn maestro(rig: &Rig, url: Option<&str>, args: &[&str]) -> crate::rig::Outcome {
    let mut command = rig.command(args);
    if let Some(url) = url {
        command.env("MAESTRO_DATABASE_URL", url);
    }
    rig.finish(command, &format!("maestro {}", args.join(" ")))
}

#[test]
fn run_reaches_both_stores_and_each_can_be_read() {
    let database = TestDatabase::new();
    let rig = station_at(&database.url());
    rig.run(run("S-1")).passes();
    assert_eq!(count(&database, "measurements"), 2);
    assert_eq!(open_journals(&rig), 0);
    for store in ["local", "shared"] {
        rig.run(["results", "list", "--store", store])
            .passes()
            .shows("S-1");
    }
    rig.run(["results", "list"])
        .passes()
        .stderr("from the shared store");
    rig.run(["sync"]).passes().shows("nothing to deliver");
}

#[test]
fn results_come_from_this_computer_while_the_database_is_away() {
    let rig = station_at(NOWHERE);
    rig.run(["run", "board", "--serial", "S-1"])
        .passes()
        .stderr("does not have everything yet");
    rig.run(["results", "show"])
        .passes()
        .shows("S-1")
        .stderr("the shared store cannot be read");
    rig.run(["results", "list", "--store", "shared"]).exit(5);
    station()
        .run(["results", "list", "--store", "shared"])
        .exit(2)
        .stderr("set `database_url`");
}

#[test]
fn database_that_was_away_gets_everything_once() {
    let mut server = PostgresServer::start();
    let url = server.create_database();
    let name = url.rsplit('/').next().unwrap().to_owned();
    let rig = station_at(&url);
    rig.run(run("S-0")).passes();
    server.stop_immediate();
    for serial in ["S-1", "S-2"] {
        rig.run(["run", "board", "--serial", serial]).passes();
    }
    let outcome = rig.run(["sync", "--timeout", "0.5", "--format", "json"]);
    let json = outcome.exit(5).json();
    assert_eq!(json["complete"], false);
    assert_eq!(json["stores"][1]["store"], "shared");
    assert_eq!(json["stores"][1]["outstanding"], 2);
    assert!(json["stores"][1]["problem"].is_string(), "{json}");
    server.start_again();
    rig.run(["sync"]).passes().shows("2 runs delivered");
    rig.run(["sync"])
        .passes()
        .shows("shared")
        .shows("nothing to deliver");
    let row = server
        .client(&name)
        .query_one(
            "SELECT count(DISTINCT id), (SELECT count(*) FROM measurements), \
             count(*) FILTER (WHERE status = 'Running') FROM test_executions",
            &[],
        )
        .unwrap();
    assert_eq!((row.get(0), row.get(1), row.get(2)), (3_i64, 6_i64, 0_i64));
    assert_eq!(open_journals(&rig), 0);
}

#[test]
fn journal_waits_for_a_store_that_a_command_was_started_without() {
    let database = TestDatabase::new();
    let rig = station();
    maestro(
        &rig,
        Some(&database.url()),
        &["run", "board", "--serial", "S-0", "--sync", "20"],
    )
    .passes();
    rig.run(["run", "board", "--serial", "S-1"]).passes();
    assert_eq!(open_journals(&rig), 1);
    rig.run(["sync"])
        .exit(5)
        .shows("shared (not configured): 1 run outstanding")
        .stderr("--forget shared");
    maestro(&rig, Some(&database.url()), &["sync"]).passes();
    assert_eq!(count(&database, "test_executions"), 2);
    assert_eq!(open_journals(&rig), 0);
}

#[test]
fn forgotten_store_is_waited_for_no_more_and_the_audit_log_says_so() {
    let rig = station();
    maestro(&rig, Some(NOWHERE), &["run", "board", "--serial", "S-1"]).passes();
    maestro(&rig, Some(NOWHERE), &["sync", "--forget", "shared"])
        .exit(2)
        .stderr("still configured");
    rig.run(["sync", "--forget", "local"]).exit(2);
    rig.run(["sync", "--forget", "elsewhere"])
        .exit(2)
        .stderr("it delivers to local, shared");
    rig.run(["sync", "--forget", "shared"])
        .passes()
        .stderr("1 run will not be delivered");
    rig.run(["sync"]).passes().hides("shared");
    assert_eq!(open_journals(&rig), 0);
    let store = rusqlite::Connection::open(rig.home().join("maestro.sqlite3")).unwrap();
    let row = store
        .query_row(
            "SELECT action, subject, detail, station_id FROM audit_log",
            [],
            |row| {
                Ok((
                    row.get::<_, String>(0)?,
                    row.get::<_, String>(1)?,
                    row.get::<_, String>(2)?,
                    row.get::<_, String>(3)?,
                ))
            },
        )
        .unwrap();
    assert_eq!(
        (&*row.0, &*row.1, &*row.3),
        ("sync.forget", "shared", "rig")
    );
    assert!(row.2.contains("outstanding"), "{}", row.2);
}

#[test]
fn store_that_was_restored_or_came_later_gets_old_journals_on_demand() {
    let database = TestDatabase::new();
    let rig = station();
    rig.run(run("S-1")).passes();
    let url = database.url();
    maestro(&rig, Some(&url), &["sync"]).passes();
    assert_eq!(
        count(&database, "pg_tables WHERE tablename = 'test_executions'"),
        0
    );
    maestro(&rig, Some(&url), &["sync", "--all"])
        .passes()
        .shows("1 run delivered");
    assert_eq!(count(&database, "measurements"), 2);
    database
        .client()
        .batch_execute("TRUNCATE test_executions, measurements, delivery_cursor, step_results")
        .unwrap();
    maestro(&rig, Some(&url), &["sync"]).passes();
    assert_eq!(count(&database, "measurements"), 0);
    maestro(&rig, Some(&url), &["sync", "--all"]).passes();
    maestro(&rig, Some(&url), &["sync", "--all"]).passes();
    assert_eq!(count(&database, "measurements"), 2);
}

#[test]
fn watching_delivers_when_the_database_comes_back_and_ends_with_a_signal() {
    let mut server = PostgresServer::start();
    let url = server.create_database();
    server.stop_immediate();
    let rig = station_at(&url);
    rig.run(["run", "board", "--serial", "S-1"]).passes();
    let mut live = Live::start(rig.command(["sync", "--watch"]), "maestro sync --watch");
    live.until("a warning", |live| {
        live.stderr().contains("it is tried again").then_some(())
    });
    server.start_again();
    live.until("the delivery", |live| {
        live.stderr().contains("1 run delivered").then_some(())
    });
    live.signal(Signal::TERM);
    live.end().passes().within(Duration::from_secs(45));
    assert_eq!(open_journals(&rig), 0);
}

#[test]
fn run_that_goes_on_is_left_alone() {
    let rig = Rig::new().package(
        "board",
        "
test:
  name: Board
  version: 1.0.0
  steps:
    - {name: Wait, type: delay, duration: 20}
",
        "",
    );
    let mut live = Live::start(
        rig.command(["run", "board", "--serial", "S-1", "--format", "json"]),
        "maestro run",
    );
    live.until("the first step", |live| {
        live.stdout().contains("step_started").then_some(())
    });
    let json = rig.run(["sync", "--format", "json"]).passes().json();
    assert_eq!(json["stores"][0]["in_other_hands"], 1, "{json}");
    assert_eq!(json["stores"][0]["outstanding"], 0, "{json}");
    live.signal(Signal::TERM);
    live.end().exit(4);
    assert_eq!(open_journals(&rig), 0);
}

#[test]
fn interrupted_run_is_closed_and_delivered() {
    let database = TestDatabase::new();
    let rig = station_at(&database.url());
    let mut command = rig.command(["run", "board", "--serial", "S-1"]);
    command.env("MAESTRO_FAILPOINT", "append:3");
    assert_eq!(rig.finish(command, "a run that is killed").code, -9);
    rig.run(["sync"]).passes().stderr("UNIT MAY BE LIVE");
    let row = database
        .client()
        .query_one("SELECT status, verdict FROM test_executions", &[])
        .unwrap();
    let row: (String, String) = (row.get(0), row.get(1));
    assert_eq!(row, ("Aborted".to_owned(), "ABORTED".to_owned()));
}
