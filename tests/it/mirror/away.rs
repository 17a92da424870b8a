//! Redis is gone, stopped, slow or flushed: no run notices, and the realm comes back.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use redis::Commands as _;

use super::{Bench, listen, no_realm_is_left, until_realm_holds};
use crate::live::eventually;
use crate::servers::RedisServer;

/// Far longer than a moment, for machines that are busy; a wait without an end is longer still.
const AT_ONCE: Duration = Duration::from_secs(10);

const WHOLE: [(&str, &str); 3] = [("rail", "3.3"), ("count", "2"), ("note", r#""first 3.3""#)];

#[test]
fn flushed_redis_gets_the_whole_realm_again() {
    let server = RedisServer::start();
    let bench = Bench::new(&server.url());
    let mut run = bench.start();
    run.stands("hold");
    until_realm_holds(&server, &[("rail", "3.3"), ("count", "1")]);
    server.flush_all();
    until_realm_holds(&server, &[("rail", "3.3"), ("count", "1")]);
    server.flush_all();
    run.let_go("go1");
    until_realm_holds(&server, &WHOLE);
    run.finish().silent();
    no_realm_is_left(&server);
}

#[test]
fn restarted_redis_gets_the_whole_realm_again() {
    let mut server = RedisServer::start();
    let bench = Bench::new(&server.url());
    let mut run = bench.start();
    run.stands("hold");
    until_realm_holds(&server, &[("rail", "3.3"), ("count", "1")]);
    server.stop();
    run.let_go("go1");
    run.stands("hold again");
    server.start_again();
    until_realm_holds(&server, &WHOLE);
    let channel = listen(server.connection(), "maestro:events:*");
    run.finish().silent();
    // What was told while nobody listened is lost; what follows shows by its number where it is.
    let (_, event) = channel.recv_timeout(Duration::from_secs(5)).unwrap();
    assert!(event["seq"].as_u64().unwrap() > 8, "{event}");
    no_realm_is_left(&server);
}

#[test]
fn stopped_redis_holds_up_nothing_and_is_put_right_when_it_goes_on() {
    let server = RedisServer::start();
    let bench = Bench::new(&server.url());
    let mut run = bench.start();
    run.stands("hold");
    until_realm_holds(&server, &[("rail", "3.3"), ("count", "1")]);
    server.pause();
    let began = Instant::now();
    run.let_go("go1");
    run.stands("hold again");
    assert!(began.elapsed() < AT_ONCE, "{:?}", began.elapsed());
    // Long enough for the mirror to give its connection up.
    std::thread::sleep(Duration::from_millis(1200));
    server.resume();
    until_realm_holds(&server, &WHOLE);
    run.finish().silent();
    no_realm_is_left(&server);
}

#[test]
fn run_that_ends_while_redis_stands_still_ends_at_once() {
    let server = RedisServer::start();
    let bench = Bench::new(&server.url()).env("MAESTRO_REDIS_TTL_S", "3");
    let mut run = bench.start();
    run.stands("hold");
    until_realm_holds(&server, &[("rail", "3.3")]);
    server.pause();
    let began = Instant::now();
    run.finish();
    let took = began.elapsed();
    assert!(took < AT_ONCE, "the end took {took:?}");
    server.resume();
    eventually("what could not be deleted expires", || {
        server.keys().is_empty()
    });
}

#[test]
fn run_that_ends_without_redis_ends_at_once() {
    let mut server = RedisServer::start();
    let bench = Bench::new(&server.url());
    let mut run = bench.start();
    run.stands("hold");
    until_realm_holds(&server, &[("rail", "3.3")]);
    server.stop();
    let began = Instant::now();
    run.finish();
    let took = began.elapsed();
    assert!(took < AT_ONCE, "the end took {took:?}");
}

#[test]
fn redis_that_is_away_is_one_warning() {
    let mut server = RedisServer::start();
    server.stop();
    let ended = Bench::new(&server.url()).run().passes();
    assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
    ended.stderr("is away (nobody listens there): the run goes on without a live mirror");
}

#[test]
fn redis_that_never_answers_costs_a_moment_at_the_start() {
    let silent = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = silent.local_addr().unwrap().port();
    let bench = Bench::new(&format!("redis://127.0.0.1:{port}"));
    let without = Bench::new("").run().passes().took;
    let with = bench.run().passes().stderr("does not answer in time").took;
    let more = with.saturating_sub(without);
    assert!(more < AT_ONCE, "{with:?}, without {without:?}");
}

#[test]
fn redis_that_comes_during_the_run_gets_the_realm() {
    let mut server = RedisServer::start();
    server.stop();
    let bench = Bench::new(&server.url());
    let mut run = bench.start();
    run.stands("hold");
    server.start_again();
    until_realm_holds(&server, &[("rail", "3.3"), ("count", "1")]);
    run.finish();
    no_realm_is_left(&server);
}

#[test]
fn redis_that_takes_no_more_is_no_trouble() {
    let server = RedisServer::start();
    let bench = Bench::new(&server.url());
    let mut run = bench.start();
    run.stands("hold");
    until_realm_holds(&server, &[("count", "1")]);
    let config = |value: &str| {
        let mut set = redis::cmd("CONFIG");
        set.arg("SET").arg("maxmemory").arg(value);
        set.exec(&mut server.connection()).unwrap();
    };
    config("1");
    run.let_go("go1");
    run.stands("hold again");
    config("0");
    until_realm_holds(&server, &WHOLE);
    run.finish().silent();
    no_realm_is_left(&server);
}

#[test]
fn key_that_somebody_deletes_or_lets_live_for_ever_is_put_right() {
    let server = RedisServer::start();
    let bench = Bench::new(&server.url()).env("MAESTRO_REDIS_TTL_S", "3");
    let mut run = bench.start();
    run.stands("hold");
    until_realm_holds(&server, &[("rail", "3.3"), ("count", "1")]);
    let id = run.id();
    let mut connection = server.connection();
    let () = connection.del(format!("realm:{id}:rail")).unwrap();
    // Not allowed to change it: what was set does not last, and does not live for ever.
    let () = connection.set(format!("realm:{id}:count"), "99").unwrap();
    until_realm_holds(&server, &[("rail", "3.3"), ("count", "1")]);
    run.kill();
    eventually("no key is left", || server.keys().is_empty());
}

#[test]
fn wrong_url_is_an_error_before_anything_starts() {
    for (url, why) in [
        ("localhost:6379", "begins with neither redis://"),
        ("redis://:secret@host/first", "Invalid database number"),
    ] {
        let ended = Bench::new(url)
            .run()
            .exit(2)
            .stderr(why)
            .stderr("redis_url");
        assert!(!ended.stderr.contains("secret"), "{}", ended.stderr);
    }
}
