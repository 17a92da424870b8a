//! What the doctor finds in a Redis.

use super::{doctor, finds, rig};
use crate::servers::RedisServer;

fn config(server: &RedisServer, key: &str, value: &str) {
    let mut set = ::redis::cmd("CONFIG");
    set.arg("SET").arg(key).arg(value);
    set.exec(&mut server.connection()).unwrap();
}

#[test]
fn redis_that_answers_is_fine_and_nothing_is_left_in_it() {
    let server = RedisServer::start();
    let checks = doctor(&rig().env("MAESTRO_REDIS_URL", &server.url()), 0);
    let redis = checks
        .iter()
        .find(|check| check["part"] == "Redis")
        .unwrap();
    let says = redis["says"].as_str().unwrap();
    assert!(
        says.contains("version ") && says.contains("answers in"),
        "{says}"
    );
    assert!(server.keys().is_empty());
}

#[test]
fn redis_that_is_away_wrong_or_closed_is_found() {
    let mut server = RedisServer::start_with(&["--requirepass", "right"]);
    let url = server.url();
    finds(
        &rig().env("MAESTRO_REDIS_URL", &url),
        "Redis",
        "fail",
        "NOAUTH",
    );
    let mistaken = url.replace("redis://", "redis://:mistaken@");
    finds(
        &rig().env("MAESTRO_REDIS_URL", &mistaken),
        "Redis",
        "fail",
        "it refuses the password",
    );
    server.stop();
    finds(
        &rig().env("MAESTRO_REDIS_URL", &url),
        "Redis",
        "fail",
        "nobody listens there",
    );
    finds(
        &rig().env("MAESTRO_REDIS_URL", "db:6379"),
        "Redis",
        "fail",
        "`redis_url` is wrong",
    );
}

#[test]
fn redis_that_forgets_global_variables_is_warned_of() {
    let server = RedisServer::start();
    config(&server, "maxmemory", "100mb");
    config(&server, "maxmemory-policy", "allkeys-lru");
    let rig = rig().env("MAESTRO_REDIS_URL", &server.url());
    finds(&rig, "Redis", "warn", "allkeys-lru");
}

#[test]
fn redis_that_takes_nothing_is_found() {
    let server = RedisServer::start();
    config(&server, "maxmemory", "1");
    let rig = rig().env("MAESTRO_REDIS_URL", &server.url());
    finds(&rig, "Redis", "fail", "it takes no variables: OOM");
}
