//! Redis: whether it answers, and what it does when memory is short.

use super::Patient;
use super::page::Check;
use crate::cli::db::text::size;
use crate::mirror::{Address, Probe};

const REDIS: &str = "Redis";

pub(super) fn check(patient: &Patient<'_>) -> Vec<Check> {
    let Some(url) = &patient.found.station.redis_url else {
        return vec![Check::off(
            REDIS,
            "not configured: nobody can look on, and there is no `global.*`",
        )];
    };
    let address = match Address::parse(url) {
        Ok(address) => address,
        Err(why) => {
            return vec![Check::fail(
                REDIS,
                format!("`redis_url` is wrong: {why}"),
                "write redis://HOST:PORT/DATABASE, rediss:// for TLS, or unix:///PATH of a socket",
            )];
        }
    };
    match Probe::take(&address) {
        Ok(probe) => told(&address, &probe),
        Err(error) => vec![Check::fail(
            REDIS,
            format!("{}: {error}", address.shown()),
            "start the server, or correct `redis_url`; until then runs go on without a mirror and \
             with the last known global variables",
        )],
    }
}

fn told(address: &Address, probe: &Probe) -> Vec<Check> {
    let version = probe.version.as_deref().unwrap_or("of unknown version");
    let says = format!(
        "{}, version {version}, answers in {:.1} ms",
        address.shown(),
        probe.latency.as_secs_f64() * 1e3
    );
    let mut checks = vec![Check::ok(REDIS, says)];
    if let Some(why) = &probe.refuses {
        checks.push(Check::fail(
            REDIS,
            format!("it takes no variables: {why}"),
            "let its user SET, DEL, EXPIRE and PUBLISH, and name a server that takes writes",
        ));
    }
    let policy = probe.eviction.as_deref().unwrap_or("noeviction");
    if let (Some(limit), true) = (probe.memory_limit, policy.starts_with("allkeys")) {
        checks.push(Check::warn(
            REDIS,
            format!(
                "beyond {} it forgets any key ({policy}), global variables too",
                size(limit)
            ),
            "set maxmemory-policy to volatile-ttl: variables of runs have a time to live and are \
             written again, global variables are not",
        ));
    }
    checks
}
