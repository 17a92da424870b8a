//! What Redis holds and hears while everything is fine.

use std::fs;
use std::time::Duration;

use redis::Commands as _;

use super::{Bench, MAIN, heard, listen, no_realm_is_left, realm, until_realm_holds};
use crate::live::eventually;
use crate::rig::Rig;
use crate::servers::{Certificates, RedisServer};

#[test]
fn realm_holds_the_variables_while_the_run_goes_on_and_nothing_after_it() {
    let server = RedisServer::start();
    let bench = Bench::new(&server.url());
    let mut run = bench.start();
    run.stands("hold");
    let first = [
        ("rail", "3.3"),
        ("limits", r#"{"high":5}"#),
        ("count", "1"),
        ("note", r#""first 3.3""#),
        ("list", r#"[1,"a"]"#),
    ];
    until_realm_holds(&server, &first);
    let prefix = format!("realm:{}:", run.id());
    for key in server.keys() {
        assert!(key.starts_with(&prefix), "{key}");
        let life: i64 = server.connection().ttl(&key).unwrap();
        assert!((590..=600).contains(&life), "{key} lives {life} s");
    }
    run.let_go("go1");
    until_realm_holds(&server, &[("count", "2"), ("passed", r#""go1""#)]);
    run.finish();
    no_realm_is_left(&server);
}

#[test]
fn every_event_is_told_in_order_with_its_run_and_number() {
    let server = RedisServer::start();
    let loops = "\
test:
  name: Loops
  version: 1.0.0
  variables: {result: 0}
  steps:
    - {name: 'tick {{__iteration__}}', type: mock, outputs: {n: '{{__iteration__}}'}, repeat: {condition: '__iteration__ < 499', max_iterations: 1000}}
";
    let bench = Bench::with_main(&server.url(), loops);
    let channel = listen(server.connection(), "maestro:events:*");
    let printed = bench.run().passes();
    let heard = heard(&channel);
    let numbers: Vec<u64> = heard.iter().map(|e| e["seq"].as_u64().unwrap()).collect();
    let expected: Vec<u64> = (1..=heard.len() as u64).collect();
    assert_eq!(numbers, expected, "no gap, no double");
    let run = heard[0]["run"].clone();
    assert!(run.is_string() && heard.iter().all(|event| event["run"] == run));
    assert!(heard.len() > 1000);
    // The same events as on standard output, which has no key `run` but in the first.
    let told = heard.iter().zip(printed.json_events());
    for (heard, mut printed) in told {
        printed["run"] = run.clone();
        assert_eq!(*heard, printed);
    }
}

#[test]
fn variable_that_a_step_unsets_is_gone() {
    let server = RedisServer::start();
    let main = "\
test:
  name: Unset
  version: 1.0.0
  variables: {result: 7}
  steps:
    - {name: none, runner: python, module: module, function: numbers, timeout_ms: 60000, parameters: {count: 2}}
    - {name: hold, runner: python, module: module, function: wait, timeout_ms: 60000, parameters: {path: go1}}
";
    let bench = Bench::with_main(&server.url(), main);
    let mut run = bench.start();
    run.stands("hold");
    until_realm_holds(&server, &[("n0", "0"), ("n1", "1")]);
    assert!(!realm(&server).unwrap().contains_key("result"));
    run.finish();
}

#[test]
fn realm_of_many_variables_is_written_and_deleted_whole() {
    let server = RedisServer::start();
    let main = "\
test:
  name: Many
  version: 1.0.0
  steps:
    - {name: many, runner: python, module: module, function: numbers, timeout_ms: 60000, parameters: {count: 5000}}
    - {name: hold, runner: python, module: module, function: wait, timeout_ms: 60000, parameters: {path: go1}}
";
    let bench = Bench::with_main(&server.url(), main);
    let mut run = bench.start();
    run.stands("hold");
    until_realm_holds(&server, &[("n0", "0"), ("n4999", "4999")]);
    server.flush_all();
    until_realm_holds(&server, &[("n0", "0"), ("n4999", "4999")]);
    assert!(realm(&server).unwrap().len() >= 5000);
    run.finish();
    no_realm_is_left(&server);
}

#[test]
fn keys_of_a_killed_run_expire() {
    let server = RedisServer::start();
    let bench = Bench::new(&server.url()).env("MAESTRO_REDIS_TTL_S", "2");
    let mut run = bench.start();
    run.stands("hold");
    until_realm_holds(&server, &[("rail", "3.3"), ("count", "1")]);
    // Longer than the keys would live if nobody renewed them.
    std::thread::sleep(Duration::from_secs(3));
    until_realm_holds(&server, &[("rail", "3.3"), ("count", "1")]);
    run.kill();
    eventually("no key is left", || server.keys().is_empty());
}

#[test]
fn password_and_number_of_the_database_count() {
    let server = RedisServer::start_with(&["--requirepass", "long secret"]);
    let url = server.url().replace("redis://", "redis://:long%20secret@");
    let bench = Bench::new(&format!("{url}/3"));
    let mut run = bench.start();
    run.stands("hold");
    let mut connection = redis::Client::open(format!("{url}/3"))
        .and_then(|client| client.get_connection())
        .unwrap();
    eventually("database 3 holds the realm", || {
        let keys: Vec<String> = connection.keys("realm:*:rail").unwrap();
        keys.len() == 1
    });
    run.finish().silent();
    let keys: Vec<String> = connection.keys("*").unwrap();
    assert!(keys.is_empty(), "{keys:?}");
    // Nothing that is printed or kept holds the password.
    let stored = bench.rig.run(["results", "show", "--format", "json"]);
    assert!(!stored.stdout.contains("secret"));
}

#[test]
fn password_that_is_wrong_is_one_warning_and_no_part_of_it() {
    let server = RedisServer::start_with(&["--requirepass", "right"]);
    let url = server.url().replace("redis://", "redis://:mistaken@");
    let ended = Bench::new(&url).run().passes().stderr("it refuses");
    assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
    assert!(!ended.stderr.contains("mistaken"), "{}", ended.stderr);
}

#[test]
fn unix_socket_is_connected_to() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("redis.sock");
    let path = socket.to_str().unwrap();
    let server = RedisServer::start_with(&["--unixsocket", path]);
    let bench = Bench::new(&format!("unix://{path}"));
    let mut run = bench.start();
    run.stands("hold");
    until_realm_holds(&server, &[("rail", "3.3")]);
    run.finish().silent();
    no_realm_is_left(&server);
}

#[test]
fn tls_is_spoken_with_a_server_that_an_authority_vouches_for() {
    let certificates = Certificates::make();
    let folder = tempfile::tempdir().unwrap();
    let tls_port = free_port();
    let text = |path: std::path::PathBuf| path.to_str().unwrap().to_owned();
    let (certificate, key) = (text(certificates.certificate()), text(certificates.key()));
    let server = RedisServer::start_with(&[
        "--tls-port",
        &tls_port.to_string(),
        "--tls-cert-file",
        &certificate,
        "--tls-key-file",
        &key,
        "--tls-auth-clients",
        "no",
    ]);
    let url = format!("rediss://localhost:{tls_port}");
    let trusting = Bench::new(&url).env("SSL_CERT_FILE", &text(certificates.authority()));
    let mut run = trusting.start();
    run.stands("hold");
    until_realm_holds(&server, &[("rail", "3.3")]);
    run.finish().silent();
    no_realm_is_left(&server);
    // An authority that nobody trusts: one warning, and the run goes on.
    let nobody = folder.path().join("none.pem");
    fs::write(&nobody, "").unwrap();
    let doubting = Bench::new(&url).env("SSL_CERT_FILE", nobody.to_str().unwrap());
    doubting
        .run()
        .passes()
        .stderr("warning: Redis at rediss://localhost");
    assert!(server.keys().is_empty());
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap().port()
}

#[test]
fn station_without_redis_has_nothing_to_say_about_it() {
    let rig = Rig::new().package("held", MAIN, super::PYTHON);
    let bench = Bench { rig };
    bench.run().passes().silent();
}
