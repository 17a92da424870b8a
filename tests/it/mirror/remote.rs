//! Values that somebody sets in Redis for variables of a run.

use redis::Commands as _;
use serde_json::json;

use super::{Bench, Running, until_realm_holds};
use crate::live::eventually;
use crate::servers::RedisServer;

fn set(server: &RedisServer, run: &Running<'_>, name: &str, value: &str) {
    let key = format!("realm:{}:{name}", run.id());
    let () = server.connection().set(key, value).unwrap();
}

/// A bench that lets others set variables.
fn open_bench(server: &RedisServer) -> Bench {
    Bench::new(&server.url()).env("MAESTRO_REDIS_REMOTE_SET", "true")
}

#[test]
fn value_from_outside_counts_from_the_next_step_on_and_is_recorded() {
    let server = RedisServer::start();
    let bench = open_bench(&server);
    let mut run = bench.start();
    run.stands("hold");
    until_realm_holds(&server, &[("go", "0")]);
    set(&server, &run, "go", "ready");
    let key = format!("realm:{}:go", run.id());
    eventually("the key has a time to live again", || {
        server.connection().ttl::<_, i64>(&key).unwrap() > 0
    });
    run.let_go("go1");
    let event = run.live.until_event("the new value", |event| {
        event["type"] == "variable_set" && event["source"] == "remote"
    });
    assert_eq!(event["values"], json!({"go": "ready"}));
    until_realm_holds(&server, &[("seen", r#""ready""#), ("go", r#""ready""#)]);
    run.finish().silent();
    let values = json!({"go": "ready"});
    let set = json!({"source": "remote", "values": values});
    assert!(
        bench.variables_set().contains(&set),
        "{:#?}",
        bench.variables_set()
    );
}

#[test]
fn nothing_from_outside_counts_unless_the_station_says_so() {
    let server = RedisServer::start();
    let bench = Bench::new(&server.url());
    let mut run = bench.start();
    run.stands("hold");
    until_realm_holds(&server, &[("go", "0")]);
    set(&server, &run, "go", "1");
    std::thread::sleep(std::time::Duration::from_millis(300));
    run.let_go("go1");
    until_realm_holds(&server, &[("seen", "0")]);
    let ended = run.finish().silent();
    assert!(!ended.stdout.contains(r#""source":"remote""#));
}

#[test]
fn limit_is_never_set_from_outside_and_it_is_told_once() {
    let server = RedisServer::start();
    let bench = open_bench(&server);
    let mut run = bench.start();
    run.stands("hold");
    until_realm_holds(&server, &[("limits", r#"{"high":5}"#)]);
    for high in ["1", "2", "3"] {
        set(&server, &run, "limits", &format!(r#"{{"high":{high}}}"#));
        // What it holds is put right.
        until_realm_holds(&server, &[("limits", r#"{"high":5}"#)]);
    }
    let ended = run.finish();
    let told = ended
        .stdout
        .matches("'limits' was set from outside")
        .count();
    assert_eq!(told, 1, "{ended}");
    assert!(ended.stdout.contains("a limit of the test rests on it"));
}

#[test]
fn value_that_is_too_long_is_not_taken() {
    let server = RedisServer::start();
    let bench = open_bench(&server);
    let mut run = bench.start();
    run.stands("hold");
    until_realm_holds(&server, &[("go", "0")]);
    set(&server, &run, "go", &"x".repeat(5_000_000));
    until_realm_holds(&server, &[("go", "0")]);
    let ended = run.finish();
    assert!(ended.stdout.contains("longer than 16 KiB"), "{ended}");
}
