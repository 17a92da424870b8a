//! What a shared database takes: a day of a busy fleet from the outboxes of its stations into one
//! PostgreSQL. The figures of the README.
//!
//! `cargo bench --bench delivery` writes the journals of 200 stations (2.5 million measurements in
//! which every column has a value that a measurement can have) as they lie there in the evening of
//! a day on which the database was away: the embedded stores have everything. Then the stations
//! deliver with the real executable, `maestro sync`, so many at once, into the real schema with all
//! of its indexes. The time is taken from the start of the first process to the end of the last,
//! which holds the way from the first COPY to the last commit and a little more. Journals are
//! written by this file and not by runs, since the testing of a day would take a day.
//!
//! `-- --quick` takes a twentieth; `-- --at-once 200` starts all stations together;
//! `-- --set shared_buffers=2GB` changes a setting of the server.

#[path = "../tests/journals/mod.rs"]
mod journals;
#[path = "../tests/servers/mod.rs"]
mod servers;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use journals::{Journal, Unit};
use servers::PostgresServer;

const MAESTRO: &str = env!("CARGO_BIN_EXE_maestro");

/// What a server with little to do beside would have; everything else is as PostgreSQL comes.
const SETTINGS: [(&str, &str); 6] = [
    ("fsync", "on"),
    ("max_connections", "250"),
    ("shared_buffers", "1GB"),
    ("max_wal_size", "8GB"),
    ("maintenance_work_mem", "256MB"),
    ("track_commit_timestamp", "on"),
];

fn main() -> io::Result<()> {
    let day = Day::from_arguments();
    let folder = std::env::temp_dir().join(format!("maestro-delivery-{}", std::process::id()));
    let result = day.measure(&folder);
    fs::remove_dir_all(&folder)?;
    result
}

/// The day of a fleet.
#[derive(Debug)]
struct Day {
    stations: usize,
    runs: usize,
    steps: u32,
    /// In a step.
    measurements: u32,
    /// Stations that deliver at the same time.
    at_once: usize,
    settings: Vec<(String, String)>,
}

impl Day {
    fn from_arguments() -> Self {
        let arguments: Vec<String> = std::env::args().collect();
        let after = |name: &str| {
            let place = arguments.iter().position(|word| word == name)?;
            arguments.get(place + 1).cloned()
        };
        let mut settings: Vec<(String, String)> = SETTINGS
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        if let Some((key, value)) = after("--set")
            .as_deref()
            .and_then(|set| set.split_once('='))
        {
            settings.push((key.to_owned(), value.to_owned()));
        }
        let is_quick = arguments.iter().any(|word| word == "--quick");
        Self {
            stations: if is_quick { 10 } else { 200 },
            runs: 25,
            steps: 10,
            measurements: 50,
            at_once: after("--at-once").and_then(|n| n.parse().ok()).unwrap_or(8),
            settings,
        }
    }

    fn rows(&self) -> u64 {
        (self.stations * self.runs) as u64 * u64::from(self.steps * self.measurements)
    }

    fn measure(&self, folder: &Path) -> io::Result<()> {
        let mut out = io::stdout().lock();
        let settings: Vec<(&str, &str)> = self
            .settings
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect();
        let server = PostgresServer::start_with(&settings);
        let url = server.create_database();
        // The schema is there, as on any day but the first.
        sync(&folder.join("first"), &url)?;
        let bytes = self.write_journals(folder)?;
        writeln!(
            out,
            "{} stations, {} runs of {} steps with {} measurements: {} rows, {} MiB of journals",
            self.stations,
            self.runs,
            self.steps,
            self.measurements,
            self.rows(),
            bytes >> 20
        )?;
        let mut slowest = Duration::ZERO;
        let start = now();
        for took in self.deliver(folder, &url)? {
            slowest = slowest.max(took);
        }
        let took = now() - start;
        self.check(&url)?;
        writeln!(
            out,
            "{} stations at once, {} cores: {:.1} s, {:.0} rows/s; slowest delivery of a station \
             {:.1} s",
            self.at_once,
            std::thread::available_parallelism().map_or(0, usize::from),
            took.as_secs_f64(),
            self.rows() as f64 / took.as_secs_f64(),
            slowest.as_secs_f64()
        )?;
        report(&url, &mut out)
    }

    /// One home for each station; gives the bytes of all journals.
    fn write_journals(&self, folder: &Path) -> io::Result<u64> {
        let mut bytes = 0;
        // A day in the middle of a month, one run after the other.
        let day: i64 = 1_805_241_600_000_000;
        for station in 0..self.stations {
            let home = folder.join(station.to_string());
            let held = home.join("journal/sinks/local");
            fs::create_dir_all(&held)?;
            fs::create_dir_all(home.join("journal/sinks/shared"))?;
            for run in 0..self.runs {
                let number = (station * self.runs + run) as u64;
                let mut journal = Journal::begin(&Unit {
                    station: &format!("station-{station}"),
                    serial: &format!("SN-{number:08}"),
                    number,
                    started_at: day + run as i64 * 3_456_000_000 + station as i64 * 1_000,
                });
                for _ in 0..self.steps {
                    journal.step(self.measurements);
                }
                journal.finish();
                bytes += fs::metadata(journal.write(&home))?.len();
                fs::write(held.join(journal.run.to_string()), "")?;
            }
        }
        Ok(bytes)
    }

    /// How long each station took.
    fn deliver(&self, folder: &Path, url: &str) -> io::Result<Vec<Duration>> {
        let waiting = Mutex::new((0..self.stations).collect::<Vec<_>>());
        let next = || {
            let mut waiting = waiting
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            waiting.pop()
        };
        let work = || {
            let mut times = Vec::new();
            while let Some(station) = next() {
                let start = now();
                sync(&folder.join(station.to_string()), url)?;
                times.push(now() - start);
            }
            Ok(times)
        };
        let all = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..self.at_once).map(|_| scope.spawn(work)).collect();
            let ends = threads.into_iter().map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|_| Err(io::Error::other("a thread panicked")))
            });
            ends.collect::<io::Result<Vec<_>>>()
        })?;
        Ok(all.concat())
    }

    /// Every row is there, once.
    fn check(&self, url: &str) -> io::Result<()> {
        let rows = number(url, "SELECT count(*) FROM measurements")?;
        let runs = number(
            url,
            "SELECT count(*) FROM test_executions WHERE status = 'Completed'",
        )?;
        if rows == self.rows() as i64 && runs == (self.stations * self.runs) as i64 {
            return Ok(());
        }
        let message = format!("{rows} rows and {runs} runs arrived");
        Err(io::Error::other(message))
    }
}

/// The table, its indexes, and the settings under which it was filled.
fn report(url: &str, out: &mut dyn Write) -> io::Result<()> {
    let seconds = text(
        url,
        "SELECT round(extract(epoch FROM max(at) - min(at))::numeric, 1)::text
         FROM (SELECT pg_xact_commit_timestamp(xmin) AS at FROM measurements) AS commits",
    )?;
    writeln!(out, "first to last commit of measurements: {seconds} s")?;
    let size = text(
        url,
        "SELECT pg_size_pretty(sum(pg_relation_size(relid))) || ' of rows, '
                || pg_size_pretty(sum(pg_indexes_size(relid))) || ' of indexes ('
                || max((SELECT count(*) FROM pg_index WHERE indrelid = relid)) || ' of them)'
         FROM pg_partition_tree('measurements') WHERE isleaf",
    )?;
    writeln!(out, "measurements: {size}")?;
    let settings = text(
        url,
        "SELECT string_agg(name || '=' || current_setting(name), ' ' ORDER BY name)
         FROM pg_settings WHERE name IN ('server_version', 'fsync', 'synchronous_commit',
           'full_page_writes', 'wal_level', 'wal_compression', 'shared_buffers', 'max_wal_size',
           'checkpoint_timeout', 'max_connections', 'autovacuum', 'maintenance_work_mem')",
    )?;
    writeln!(out, "server: {settings}")
}

/// `maestro sync` in a home.
fn sync(home: &Path, url: &str) -> io::Result<()> {
    let output = Command::new(MAESTRO)
        .arg("sync")
        .env("MAESTRO_HOME", home)
        .env("MAESTRO_LOCK_DIR", lock_folder(home))
        .env("MAESTRO_STATION_ID", "bench")
        .env("MAESTRO_DATABASE_URL", url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(io::Error::other(
        String::from_utf8_lossy(&output.stderr).into_owned(),
    ))
}

fn lock_folder(home: &Path) -> PathBuf {
    home.join("lock")
}

fn number(url: &str, sql: &str) -> io::Result<i64> {
    let mut client = postgres::Client::connect(url, postgres::NoTls).map_err(io::Error::other)?;
    let row = client.query_one(sql, &[]).map_err(io::Error::other)?;
    Ok(row.get(0))
}

fn text(url: &str, sql: &str) -> io::Result<String> {
    let mut client = postgres::Client::connect(url, postgres::NoTls).map_err(io::Error::other)?;
    let row = client.query_one(sql, &[]).map_err(io::Error::other)?;
    Ok(row.get(0))
}

#[expect(clippy::disallowed_methods, reason = "a bench reads the clock")]
fn now() -> Instant {
    Instant::now()
}
