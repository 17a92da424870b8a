//! Values that the stations of one database share, also while it is away.

use std::time::Duration;

use super::{rig, run_wanting};
use crate::servers::{PostgresServer, TestDatabase};

#[test]
fn stations_of_a_database_share_their_values() {
    let database = TestDatabase::new();
    let bench = |id: &str| {
        rig()
            .env("MAESTRO_DATABASE_URL", &database.url())
            .env("MAESTRO_STATION_ID", id)
            .file("pw", "correct horse\n")
    };
    let (one, two) = (bench("one"), bench("two"));
    one.run([
        "config",
        "set",
        "A",
        "--secret",
        "--from=pw",
        "--scope=global",
    ])
    .passes();
    two.run(run_wanting("correct horse")).passes();
    two.run(["config", "set", "A", "mine", "--station=one"])
        .passes();
    one.run(run_wanting("mine")).passes();
    two.run(["config", "list", "--scope=all"])
        .passes()
        .shows("A (secret) global")
        .shows("A mine station one");
    // What was set before there was a database does not count, and that is told.
    one.run(["config", "set", "A", "local", "--store=local"])
        .passes();
    one.run(run_wanting("mine")).passes();
    one.run(["config", "list"])
        .passes()
        .stderr("do not count while the station has a database");
}

#[test]
fn run_works_from_the_copy_while_the_database_is_away_and_says_so() {
    let mut server = PostgresServer::start();
    let url = server.create_database();
    let rig = rig()
        .env("MAESTRO_DATABASE_URL", &url)
        .file("pw", "correct horse\n");
    rig.run(["config", "set", "A", "--secret", "--from=pw"])
        .passes();
    rig.run(run_wanting("correct horse")).passes();
    server.stop_immediate();
    rig.run(run_wanting("correct horse"))
        .passes()
        .shows("the station config is the copy that was taken")
        .silent_about("horse");
    rig.run(["config", "merged"])
        .passes()
        .shows("A (secret)")
        .stderr("is the copy");
    rig.run(["config", "get", "A"]).passes().shows("(secret)");
    rig.run(["validate", "show", "--station=rig"]).passes();
    let failed = rig.run(["config", "set", "B", "1"]);
    failed.exit(5).stderr("PostgreSQL 127.0.0.1:");
    rig.run(["config", "list"]).exit(5);
    server.start_again();
    rig.run(["config", "set", "B", "1"]).passes();
    rig.run(run_wanting("correct horse"))
        .passes()
        .hides("the copy");
}

/// Accepts connections and never answers: the first run waits a second, the next do not wait.
#[test]
fn silent_database_holds_up_one_run_for_a_second_and_no_other() {
    let server = PostgresServer::start();
    let url = server.create_database();
    let rig = rig().env("MAESTRO_DATABASE_URL", &url);
    rig.run(["config", "set", "A", "shared"]).passes();
    server.pause();
    let waited = rig
        .run(run_wanting("shared"))
        .passes()
        .shows("no answer within 1s")
        .took;
    assert!(waited > Duration::from_secs(1), "{waited:?}");
    rig.run(run_wanting("shared"))
        .passes()
        .shows("gave no answer a moment ago");
    server.resume();
    // Asked beside the run, whose answer clears the mark.
    crate::live::eventually("the mark is cleared", || {
        let run = rig.run(run_wanting("shared")).passes();
        !run.stdout.contains("a moment ago")
    });
}

#[test]
fn station_whose_database_never_answered_has_its_file_alone() {
    let rig = rig()
        .env(
            "MAESTRO_DATABASE_URL",
            "postgresql://nobody@127.0.0.1:1/none",
        )
        .file("station.yaml", "cfg: {A: file}\n");
    let mut args = run_wanting("file");
    args.push("--config=station.yaml".to_owned());
    rig.run(args)
        .passes()
        .shows("only `cfg` of station.yaml counts");
}
