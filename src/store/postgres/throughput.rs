//! How fast a day of a busy fleet is delivered: from journals on the disk to the last commit.
//!
//! `cargo nextest run --release --run-ignored only --no-capture fleet_delivers_its_day`, with
//! `MAESTRO_TEST_ROWS` and `MAESTRO_TEST_STATIONS` for other sizes. The server has two cores and
//! shares them with the stations.

use std::path::Path;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::tests::options;
use super::{PostgresHistory, PostgresSink};
use crate::event::{Envelope, Event, StepStarted, Timestamp};
use crate::journal::{Journal, archive};
use crate::measure::{LimitsSource, Measurement};
use crate::outbox::{Delivery, DeliveryOptions, Outlet, Waiting};
use crate::record::samples::{long_run, run_id, volts};
use crate::record::{Filter, History as _};
use crate::servers::PostgresServer;
use crate::verdict::Verdict;

/// Measurements of a step, and steps of a run.
const MEASUREMENTS: u32 = 50;
const STEPS: u32 = 100;

/// What an administrator would set for a database that takes a lot of rows, and what makes it safe.
const SETTINGS: &[(&str, &str)] = &[
    ("fsync", "on"),
    ("synchronous_commit", "on"),
    ("full_page_writes", "on"),
    ("shared_buffers", "2GB"),
    ("max_wal_size", "16GB"),
    ("checkpoint_timeout", "15min"),
    ("wal_compression", "off"),
    ("max_connections", "250"),
];

#[test]
#[ignore = "takes a minute and a gigabyte"]
#[expect(
    clippy::disallowed_methods,
    reason = "a speed is measured, of a size that is asked for"
)]
fn fleet_delivers_its_day() {
    let number =
        |name: &str, usual: u64| std::env::var(name).map_or(usual, |text| text.parse().unwrap());
    let stations = number("MAESTRO_TEST_STATIONS", 2);
    let runs = number("MAESTRO_TEST_ROWS", 2_500_000) / u64::from(MEASUREMENTS * STEPS);
    let folder = TempDir::new().unwrap();
    let home = |station: u64| folder.path().join(format!("station-{station}"));
    let mut bytes = 0;
    for run in 0..runs {
        bytes += write_journal(&home(run % stations), run);
    }
    let server = PostgresServer::start_with(SETTINGS);
    let url = server.create_database();
    for (name, _) in SETTINGS {
        let row = server
            .client("postgres")
            .query_one(&format!("SHOW {name}"), &[]);
        println!("{name} = {}", row.unwrap().get::<_, String>(0));
    }
    let (start, processor) = (Instant::now(), processor_time());
    std::thread::scope(|scope| {
        for station in 0..stations {
            let (home, url) = (home(station), &url);
            scope.spawn(move || deliver(&home, url, station));
        }
    });
    let (elapsed, processor) = (start.elapsed(), processor_time() - processor);
    let rows = runs * u64::from(MEASUREMENTS * STEPS);
    let database = url.rsplit_once('/').unwrap().1;
    let count = server
        .client(database)
        .query_one("SELECT count(*) FROM measurements", &[])
        .unwrap();
    assert_eq!(count.get::<_, i64>(0) as u64, rows);
    let history = PostgresHistory::open(&options(&url)).unwrap();
    assert_eq!(history.list(&Filter::default()).unwrap().len() as u64, runs);
    println!(
        "{rows} measurements of {runs} runs, {} MB of journals, {stations} stations: {elapsed:.1?}, \
         {:.0} rows/s; the stations themselves worked {processor:.1} s",
        bytes / 1_000_000,
        rows as f64 / elapsed.as_secs_f64()
    );
}

fn deliver(home: &Path, url: &str, station: u64) {
    let options = options(url);
    let outlet = Outlet::new("shared", move || {
        Box::new(PostgresSink::new(&options, None))
    });
    let delivery = DeliveryOptions {
        folder: home.to_owned(),
        now,
        seed: station,
        retention: Duration::from_hours(24),
        waiting: Waiting::Undelivered,
        round: DeliveryOptions::ROUND,
    };
    let states = Delivery::start(&delivery, vec![outlet])
        .unwrap()
        .finish(Some(Duration::from_hours(1)));
    assert!(states[0].is_done, "{states:?}");
    assert!(archive::list_open(home).unwrap().is_empty());
}

/// Seconds that this process has used a processor.
fn processor_time() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<_> = text.rsplit_once(") ").unwrap().1.split(' ').collect();
    let ticks = |place: usize| fields[place].parse::<f64>().unwrap();
    // A tick is a hundredth of a second on every Linux of today.
    (ticks(11) + ticks(12)) / 100.0
}

fn now() -> Timestamp {
    let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
    Timestamp(since.as_micros() as i64)
}

/// A run whose measurements fill every column; gives the length of its journal.
fn write_journal(home: &Path, number: u64) -> u64 {
    let run = run_id(number);
    let mut events = long_run(run, STEPS);
    for envelope in &mut events {
        fill(envelope);
    }
    let mut journal = Journal::create(home, run, None).unwrap();
    for chunk in events.chunks(20) {
        journal.append(chunk).unwrap();
    }
    std::fs::metadata(journal.path()).unwrap().len()
}

fn fill(envelope: &mut Envelope) {
    match &mut envelope.event {
        Event::StepStarted(started) => {
            **started = StepStarted {
                iteration: Some(started.step.0 % 3),
                ..(**started).clone()
            };
        }
        Event::StepFinished(finished) => {
            let step = finished.step.0;
            finished.measurements = (0..MEASUREMENTS).map(|no| full(step, no)).collect();
        }
        _ => {}
    }
}

/// A measurement in which no column is empty.
fn full(step: u32, position: u32) -> Measurement {
    let value = 3.3 + f64::from(step * 50 + position) / 1e5;
    let fails = (step * MEASUREMENTS + position).is_multiple_of(97);
    let text = |text: &str| Some(text.to_owned());
    Measurement {
        name: format!("RAIL_{:02}_{position:02}", step % 20),
        actual_text: Some(value.to_string()),
        target: Some(3.3),
        tolerance: Some(0.165),
        target_declared: text("3.3"),
        tolerance_declared: text("5 %"),
        expected: text("3.3 V"),
        expected_declared: text("{{ cfg.rail }}"),
        limits_source: Some(LimitsSource::Yaml),
        reason: text("within 3.135 V and 3.465 V"),
        ..volts(
            position,
            value,
            if fails { Verdict::Fail } else { Verdict::Pass },
        )
    }
}
