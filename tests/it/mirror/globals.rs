//! Variables that all stations share.

use redis::Commands as _;
use serde_json::json;

use super::{Bench, publish, published};
use crate::servers::RedisServer;

/// Reads the global `lot` before and after the gate, and a path into another.
const MAIN: &str = "\
test:
  name: Lots
  version: 1.0.0
  steps:
    - {name: first, type: mock, outputs: {before: '{{global.lot}}', high: '{{global.limits.high}}'}}
    - {name: hold, runner: python, module: module, function: wait, timeout_ms: 60000, parameters: {path: go1}}
    - {name: second, type: mock, outputs: {after: '{{global.lot}}'}}
";

/// A server with the globals that the test reads, and one that it does not.
fn server() -> RedisServer {
    let server = RedisServer::start();
    set(&server, "lot", "A17");
    set(&server, "limits", r#"{"high": 5.5}"#);
    set(&server, "other", "9");
    server
}

fn set(server: &RedisServer, name: &str, value: &str) {
    let () = server
        .connection()
        .set(format!("global:{name}"), value)
        .unwrap();
}

#[test]
fn globals_are_read_before_the_run_and_recorded() {
    let server = server();
    let bench = Bench::with_main(&server.url(), MAIN);
    let ended = bench.run().passes().silent();
    assert_eq!(
        published(&ended, "first"),
        json!({"before": "A17", "high": 5.5})
    );
    let values = json!({"global.lot": "A17", "global.limits": {"high": 5.5}});
    let set = json!({"source": "start", "values": values});
    assert!(
        bench.variables_set().contains(&set),
        "{:#?}",
        bench.variables_set()
    );
}

#[test]
fn global_that_changes_counts_from_the_next_step_on() {
    let server = server();
    let bench = Bench::with_main(&server.url(), MAIN);
    let mut run = bench.start();
    run.stands("hold");
    let message = r#"{"name": "lot", "value": "B2"}"#;
    crate::live::eventually("the run listens", || {
        publish(&server, "maestro:global", message) > 0
    });
    let nobody = [
        r#"{"name": "other", "value": 1}"#,
        "no JSON",
        r#"{"value": 1}"#,
    ];
    for message in nobody {
        publish(&server, "maestro:global", message);
    }
    run.live.until_event("a complaint", |event| {
        event["type"] == "logged"
            && event["message"]
                .as_str()
                .unwrap()
                .contains("maestro:global")
    });
    let ended = run.finish();
    assert_eq!(published(&ended, "second"), json!({"after": "B2"}));
    let values = json!({"global.lot": "B2"});
    let set = json!({"source": "global", "values": values});
    assert!(
        bench.variables_set().contains(&set),
        "{:#?}",
        bench.variables_set()
    );
    let complaints = ended.stdout.matches("maestro:global").count();
    assert_eq!(
        complaints, 1,
        "two messages that nobody can read are told once"
    );
}

#[test]
fn change_that_came_while_redis_was_away_is_caught_up_with() {
    let mut server = server();
    let bench = Bench::with_main(&server.url(), MAIN);
    let mut run = bench.start();
    run.stands("hold");
    server.stop();
    server.start_again();
    set(&server, "lot", "C3");
    set(&server, "limits", "1");
    // Nobody but the run asks the new server for values.
    crate::live::eventually("the run reads the globals again", || {
        let stats: String = redis::cmd("INFO")
            .arg("commandstats")
            .query(&mut server.connection())
            .unwrap();
        stats.contains("cmdstat_get:calls=3")
    });
    let ended = run.finish().silent();
    assert_eq!(published(&ended, "second"), json!({"after": "C3"}));
}

#[test]
fn last_known_globals_are_used_without_redis_and_it_is_said_how_old_they_are() {
    let mut server = server();
    let bench = Bench::with_main(&server.url(), MAIN);
    bench.run().passes().silent();
    server.stop();
    let ended = bench.run().passes();
    assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
    let ended = ended
        .stderr("is away")
        .stderr("global variables are those of")
        .stderr(" s ago");
    assert_eq!(
        published(&ended, "first"),
        json!({"before": "A17", "high": 5.5})
    );
    assert!(
        ended
            .stdout
            .contains("Redis is away; its global variables are those of")
    );
}

#[test]
fn global_that_is_deleted_is_not_taken_from_the_copy() {
    let mut server = server();
    let bench = Bench::with_main(&server.url(), MAIN);
    bench.run().passes().silent();
    let () = server.connection().del("global:lot").unwrap();
    assert!(bench.run().exit(4).stdout.contains("global.lot"));
    server.stop();
    assert!(bench.run().exit(4).stdout.contains("global.lot"));
}

#[test]
fn run_without_redis_and_copy_says_that_there_is_none() {
    let mut server = RedisServer::start();
    server.stop();
    let bench = Bench::with_main(&server.url(), MAIN);
    bench
        .run()
        .exit(4)
        .stderr("no global variable was ever read here");
}

#[test]
fn expression_that_reads_globals_as_a_whole_gets_all() {
    let server = server();
    let () = server.connection().lpush("global:list", 1).unwrap();
    let main = "\
test:
  name: All
  version: 1.0.0
  variables: {key: lot}
  steps:
    - {name: first, type: mock, outputs: {count: '{{global | length}}', lot: '{{global[key]}}'}}
";
    let bench = Bench::with_main(&server.url(), main);
    let ended = bench.run().passes().silent();
    assert_eq!(
        published(&ended, "first"),
        json!({"count": 3, "lot": "A17"})
    );
}
