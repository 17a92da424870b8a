//! `kill -9` of maestro, of a runner, of PostgreSQL and of Redis, at every commit and at any
//! moment: nothing that was printed is missing or doubled in either store, nothing stays Running.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::chance::{Chance, is_full};
use super::crash::whole_lines;
use super::records::{Records, of_kind, processes_of, word};
use super::sample::{main_yaml, python};
use super::shared::Shared;
use crate::live::{Live, events_of, eventually};
use crate::rig::Rig;
use crate::servers::{PostgresServer, RedisServer, TestDatabase};

const RUN: [&str; 5] = [
    "run",
    "many",
    "--serial=M-1",
    "--unattended",
    "--format=json",
];

/// What a series of faults has come to.
#[derive(Default)]
struct Counts {
    /// Kills by what was killed.
    kills: BTreeMap<&'static str, u32>,
    runs: usize,
    interrupted: usize,
    printed: usize,
    events: usize,
    measurements: i64,
}

impl Counts {
    /// Delivers everything, then compares printed events, journals and both stores.
    #[track_caller]
    fn judge(&mut self, rig: &Rig, url: &str, printed: &[Vec<serde_json::Value>]) {
        rig.run(["recover"]).passes();
        rig.run(["sync"]).passes();
        let records = Records::delivered(rig);
        let mut shared = Shared::open(url);
        records.nothing_runs();
        shared.nothing_runs();
        shared.has_the_runs_of(&records);
        for events in printed {
            records.holds(events);
            self.printed += events.len();
        }
        for run in records.runs() {
            records.audit(&run);
            shared.equals(&records, &run);
            let journal = records.journal(&run);
            self.runs += 1;
            self.events += journal.len();
            let ends = of_kind(&journal, "run_finished");
            let is_interrupted = ends
                .last()
                .is_some_and(|end| end["abort_cause"] == "interrupted");
            self.interrupted += usize::from(is_interrupted);
        }
        self.measurements = shared.number("SELECT count(*) FROM measurements");
        assert_eq!(shared.number("SELECT count(*) FROM delivery_rejects"), 0);
    }

    fn print(&self) {
        println!(
            "{} runs ({} interrupted), kills {:?}: {} printed events are all in {} journaled ones, \
             each once in both stores; {} measurements; 0 missing, 0 doubled, 0 Running",
            self.runs, self.interrupted, self.kills, self.printed, self.events, self.measurements
        );
    }
}

#[test]
fn crash_after_every_commit_of_either_store_loses_and_doubles_nothing() {
    let database = TestDatabase::new();
    let rig = Rig::new()
        .package("many", &main_yaml("Many", 3), &python(0.005))
        .env("MAESTRO_DATABASE_URL", &database.url());
    rig.run(RUN).fails();
    let mut counts = Counts::default();
    let mut printed = Vec::new();
    for number in 1.. {
        let mut command = rig.command(RUN.into_iter().chain(["--sync=20"]));
        command.env("MAESTRO_FAILPOINT", format!("commit:{number}"));
        let outcome = rig.finish(command, &format!("run with commit:{number}"));
        if outcome.code == 1 {
            break;
        }
        assert!(
            outcome.code == -9,
            "neither killed nor at its end; {outcome}"
        );
        *counts.kills.entry("maestro").or_default() += 1;
        printed.push(events_of(&whole_lines(&outcome.stdout)));
    }
    counts.judge(&rig, &database.url(), &printed);
    counts.print();
    assert!(counts.kills["maestro"] >= 2, "too few commits");
}

#[test]
fn kills_at_any_moment_lose_and_double_nothing_in_either_store() {
    let (moments, runs) = if is_full() { (300, 100) } else { (20, 7) };
    let mut chance = Chance::new();
    println!(
        "MAESTRO_TEST_SEED={} for {moments} moments in {runs} runs",
        chance.seed()
    );
    let mut site = Site::new();
    let mut counts = Counts::default();
    let mut printed = Vec::new();
    for run in 0..runs {
        // Spread evenly: the first runs get one moment more where it does not come out even.
        let share = moments / runs + usize::from(run < moments % runs);
        printed.push(site.run_with(share, &mut chance, &mut counts));
        // Every tenth run everything is compared; in between, journals pile up as they do on a line.
        if run % 10 == 9 {
            site.mend();
            Counts::default().judge(&site.rig, &site.url, &printed);
        }
    }
    site.mend();
    counts.judge(&site.rig, &site.url, &printed);
    counts.print();
    eventually("no key of any run is left in Redis", || {
        site.redis.keys().is_empty()
    });
    let kills: u32 = counts.kills.values().sum();
    assert_eq!(kills as usize, moments);
    assert!(counts.kills.len() > 1, "chance killed one thing only");
}

/// A station with both servers, all of which may be killed.
struct Site {
    rig: Rig,
    postgres: PostgresServer,
    redis: RedisServer,
    url: String,
    /// How long a run without faults takes.
    whole: Duration,
}

impl Site {
    fn new() -> Self {
        let postgres = PostgresServer::start();
        let redis = RedisServer::start();
        let url = postgres.create_database();
        let rig = Rig::new()
            .package("many", &main_yaml("Many", 60), &python(0.005))
            .env("MAESTRO_DATABASE_URL", &url)
            .env("MAESTRO_REDIS_URL", &redis.url())
            .env("MAESTRO_REDIS_TTL_S", "2");
        // The first run fills caches.
        let whole = (0..3).map(|_| rig.run(RUN).fails().took).min().unwrap();
        Self {
            rig,
            postgres,
            redis,
            url,
            whole,
        }
    }

    /// A run in which so many kills happen; those that its end leaves over come before the next.
    fn run_with(
        &mut self,
        kills: usize,
        chance: &mut Chance,
        counts: &mut Counts,
    ) -> Vec<serde_json::Value> {
        let mut moments: Vec<Duration> = (0..kills)
            .map(|_| self.whole.mul_f64(chance.fraction() * 1.05))
            .collect();
        moments.sort_unstable();
        let mut live = Live::start(self.rig.command(RUN), "a run with kills");
        let start = Instant::now();
        for moment in moments {
            while start.elapsed() < moment && live.ended().is_none() {
                std::thread::sleep(Duration::from_micros(200));
            }
            let killed = self.kill_something(&mut live, chance);
            *counts.kills.entry(killed).or_default() += 1;
        }
        events_of(&whole_lines(&live.end().stdout))
    }

    fn kill_something(&mut self, live: &mut Live, chance: &mut Chance) -> &'static str {
        match chance.below(5) {
            0 if live.ended().is_none() => {
                live.signal(Signal::KILL);
                "maestro"
            }
            1 if kill_runner(live) => "runner",
            2 => {
                self.redis.stop();
                self.redis.start_again();
                "Redis"
            }
            3 => {
                self.postgres.kill();
                self.postgres.start_again();
                "PostgreSQL"
            }
            // It stays away until the next time.
            _ => {
                if self.postgres.is_running() {
                    self.postgres.stop_immediate();
                } else {
                    self.postgres.start_again();
                    self.postgres.kill();
                }
                "PostgreSQL"
            }
        }
    }

    fn mend(&mut self) {
        if !self.postgres.is_running() {
            self.postgres.start_again();
        }
    }
}

/// False where there is none.
fn kill_runner(live: &mut Live) -> bool {
    let events = events_of(&whole_lines(&live.stdout()));
    let Some(start) = of_kind(&events, "run_started").next() else {
        return false;
    };
    let runners = processes_of(&word(start, "run"));
    runners
        .first()
        .and_then(|&pid| kill_process(Pid::from_raw(pid)?, Signal::KILL).ok())
        .is_some()
}
