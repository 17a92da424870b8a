//! Redis beside a run: its live copy, global variables, values from outside, and every way in
//! which Redis can be away. No run may notice.

mod away;
mod content;
mod globals;
mod remote;

use std::collections::BTreeMap;
use std::fs;
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use redis::{Commands as _, Connection};
use rustix::process::Signal;
use serde_json::Value;

use crate::live::{Live, eventually};
use crate::rig::{Outcome, Rig};
use crate::servers::RedisServer;

/// Test code that waits until the test lets it go on.
const PYTHON: &str = "\
import os, time

def wait(path):
    while not os.path.exists(path):
        time.sleep(0.002)
    return {'passed': path}

def numbers(count):
    return {f'n{i}': i for i in range(int(count))}
";

/// A run that stands still twice: before `go1` and before `go2`.
const MAIN: &str = "\
test:
  name: Held
  version: 1.0.0
  variables: {rail: 3.3, note: begin, limits: {high: 5}, go: 0}
  steps:
    - {name: first, type: mock, outputs: {count: 1, note: 'first {{rail}}', list: [1, 'a']}}
    - {name: hold, runner: python, module: module, function: wait, timeout_ms: 60000, parameters: {path: go1}}
    - {name: second, type: mock, outputs: {count: 2, seen: '{{go}}'}, measurement: {name: m, unit: V, value: 3, high_limit: '{{limits.high}}'}}
    - {name: hold again, runner: python, module: module, function: wait, timeout_ms: 60000, parameters: {path: go2}}
    - {name: last, type: mock, outputs: {count: 3}}
";

/// A station with a Redis, and a package on it.
struct Bench {
    rig: Rig,
}

impl Bench {
    fn new(url: &str) -> Self {
        Self::with_main(url, MAIN)
    }

    fn with_main(url: &str, main: &str) -> Self {
        let rig = Rig::new()
            .package("held", main, PYTHON)
            .env("MAESTRO_REDIS_URL", url);
        Self { rig }
    }

    fn env(mut self, name: &str, value: &str) -> Self {
        self.rig = self.rig.env(name, value);
        self
    }

    fn start(&self) -> Running<'_> {
        let args = ["run", "held", "--serial", "S1", "--format", "json"];
        let live = Live::start(self.rig.command(args), "maestro run held");
        Running { bench: self, live }
    }

    /// Runs a package whose test code waits for nothing.
    #[track_caller]
    fn run(&self) -> Outcome {
        self.let_go("go1");
        self.let_go("go2");
        self.start().live.end()
    }

    /// Lets the test code that waits for this go on.
    fn let_go(&self, gate: &str) {
        fs::write(self.rig.work().join("held").join(gate), "").unwrap();
    }

    /// What is stored of the newest run about variables that were set beside its steps.
    #[track_caller]
    fn variables_set(&self) -> Vec<Value> {
        let shown = self.rig.run(["results", "show", "--format", "json"]);
        let sets = shown.json()["run"]["variables_set"].take();
        sets.as_array().unwrap().clone()
    }
}

/// A run on a bench.
struct Running<'a> {
    bench: &'a Bench,
    live: Live,
}

impl Running<'_> {
    /// Waits until the run stands before its first or second gate.
    #[track_caller]
    fn stands(&mut self, step: &str) {
        self.live.until_event(step, |event| {
            event["type"] == "step_started" && event["name"] == step
        });
    }

    fn let_go(&self, gate: &str) {
        self.bench.let_go(gate);
    }

    /// Lets it run to its end and sees that nothing went wrong.
    #[track_caller]
    fn finish(self) -> Outcome {
        self.let_go("go1");
        self.let_go("go2");
        self.live.end().passes()
    }

    fn id(&self) -> String {
        let first = self.live.events().into_iter().next().unwrap();
        first["run"].as_str().unwrap().to_owned()
    }

    fn kill(self) {
        self.live.signal(Signal::KILL);
        assert_eq!(self.live.end().code, -9);
    }
}

/// What a step published, by the events of its run.
#[track_caller]
fn published(outcome: &Outcome, step: &str) -> Value {
    let events = outcome.json_events();
    let is_begin = |event: &&Value| event["type"] == "step_started" && event["name"] == step;
    let number = &events.iter().find(is_begin).unwrap()["step"];
    let is_end = |event: &&Value| event["type"] == "step_finished" && event["step"] == *number;
    events.iter().find(is_end).unwrap()["published"].clone()
}

/// The variables that Redis holds of any run, by name; `None` while no realm is whole.
fn realm(server: &RedisServer) -> Option<BTreeMap<String, String>> {
    let mut connection = server.connection();
    let keys = server.keys().into_iter();
    let keys: Vec<String> = keys.filter(|key| key.starts_with("realm:")).collect();
    let mut values = BTreeMap::new();
    let mut is_whole = false;
    for key in keys {
        let name = key.splitn(3, ':').nth(2).unwrap().to_owned();
        is_whole |= name == "_alive";
        let value: Option<String> = connection.get(&key).ok()?;
        values.insert(name, value?);
    }
    values.remove("_alive");
    is_whole.then_some(values)
}

/// Waits until the realm is whole and holds these values among others.
#[track_caller]
fn until_realm_holds(server: &RedisServer, wanted: &[(&str, &str)]) {
    let mut last = None;
    let holds = || {
        last = realm(server);
        let Some(realm) = &last else { return false };
        wanted
            .iter()
            .all(|(name, value)| realm.get(*name).map(String::as_str) == Some(*value))
    };
    eventually(&format!("the realm holds {wanted:?}"), holds);
}

#[track_caller]
fn no_realm_is_left(server: &RedisServer) {
    let keys: Vec<String> = server.keys();
    let left: Vec<&String> = keys
        .iter()
        .filter(|key| key.starts_with("realm:"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

/// What comes on a channel from now on.
fn listen(connection: Connection, pattern: &str) -> Receiver<(String, Value)> {
    let (sender, receiver) = mpsc::channel();
    let (ready, is_ready) = mpsc::channel();
    let pattern = pattern.to_owned();
    std::thread::spawn(move || {
        let mut connection = connection;
        let mut channel = connection.as_pubsub();
        channel.psubscribe(pattern).unwrap();
        ready.send(()).unwrap();
        while let Ok(message) = channel.get_message() {
            let text: String = message.get_payload().unwrap();
            let value = serde_json::from_str(&text).unwrap();
            let channel = message.get_channel_name().to_owned();
            if sender.send((channel, value)).is_err() {
                return;
            }
        }
    });
    is_ready.recv().unwrap();
    receiver
}

/// The events that were heard up to the end of the run.
#[track_caller]
fn heard(receiver: &Receiver<(String, Value)>) -> Vec<Value> {
    let mut events = Vec::new();
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        let left = end.saturating_duration_since(Instant::now());
        let (channel, event) = receiver
            .recv_timeout(left)
            .unwrap_or_else(|_| panic!("the end of the run is not told: {events:#?}"));
        assert_eq!(channel, "maestro:events:rig");
        let is_last = event["type"] == "run_finished";
        events.push(event);
        if is_last {
            return events;
        }
    }
}

/// Says something on a channel.
fn publish(server: &RedisServer, channel: &str, message: &str) -> i64 {
    server.connection().publish(channel, message).unwrap()
}
