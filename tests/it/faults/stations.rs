//! Many stations that write into one PostgreSQL at once: every row arrives, and nobody waits long.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::chance::is_full;
use super::shared::Shared;
use crate::rig::Rig;
use crate::servers::PostgresServer;

const MEASUREMENTS: usize = 50;

/// Longest time that all stations together may take.
const PATIENCE: Duration = Duration::from_mins(5);

#[test]
fn two_hundred_stations_at_once_deliver_everything() {
    let (stations, steps) = if is_full() { (200, 40) } else { (24, 8) };
    let server = PostgresServer::start_with(&[
        ("max_connections", "250"),
        // A power cut loses nothing: what a factory would have.
        ("fsync", "on"),
        ("shared_buffers", "256MB"),
    ]);
    let url = server.create_database();
    let rig = Rig::new()
        .package("fleet", &main_yaml(steps), "")
        .env("MAESTRO_DATABASE_URL", &url);
    // Schema and month are there, as on any day but the first.
    rig.run(["run", "fleet", "--serial=F-0", "--quiet"])
        .passes();
    rig.run(["sync"]).passes();
    let start = Instant::now();
    let mut working: Vec<Station> = (1..=stations)
        .map(|number| Station::start(&rig, number))
        .collect();
    let mut deliveries = Vec::new();
    while !working.is_empty() {
        assert!(
            start.elapsed() < PATIENCE,
            "{} stations hang",
            working.len()
        );
        working.retain_mut(|station| match station.child.try_wait().unwrap() {
            None => true,
            Some(status) => {
                assert!(status.success(), "{}", station.said());
                deliveries.push(station.delivery());
                false
            }
        });
        std::thread::sleep(Duration::from_millis(2));
    }
    let took = start.elapsed();
    let mut shared = Shared::open(&url);
    shared.nothing_runs();
    let rows = (stations * steps * MEASUREMENTS) as i64;
    let per_run = (steps * MEASUREMENTS) as i64;
    assert_eq!(
        shared.number("SELECT count(*) FROM measurements"),
        rows + per_run
    );
    assert_eq!(
        shared.number("SELECT count(DISTINCT station_id) FROM test_executions"),
        stations as i64 + 1
    );
    let short = format!(
        "SELECT count(*) FROM (SELECT execution_id FROM measurements GROUP BY 1
         HAVING count(*) <> {per_run}) AS short"
    );
    assert_eq!(shared.number(&short), 0);
    deliveries.sort_unstable();
    println!(
        "{stations} stations on {} cores, {steps} steps of {MEASUREMENTS} measurements each: all \
         {rows} rows arrived in {:.1} s, {:.0} rows/s with starting, testing and journaling; from \
         the end of a run to the end of its delivery: median {:?}, slowest {:?}",
        std::thread::available_parallelism().map_or(0, usize::from),
        took.as_secs_f64(),
        rows as f64 / took.as_secs_f64(),
        deliveries[deliveries.len() / 2],
        deliveries[deliveries.len() - 1],
    );
}

fn main_yaml(steps: usize) -> String {
    let mut text = String::from("test:\n  name: Fleet\n  version: 1.0.0\n  steps:\n");
    for step in 1..=steps {
        writeln!(
            text,
            "    - name: Step {step}\n      type: mock\n      measurements:"
        )
        .unwrap();
        for point in 1..=MEASUREMENTS {
            writeln!(
                text,
                "        - {{name: VOUT_{point}, value: 3.3, low_limit: 3.135, high_limit: 3.465, unit: V}}"
            )
            .unwrap();
        }
    }
    text
}

/// A process with a home of its own.
struct Station {
    child: Child,
    home: PathBuf,
    errors: PathBuf,
}

impl Station {
    fn start(rig: &Rig, number: usize) -> Self {
        let folder = rig.work().join(format!("station-{number}"));
        let home = folder.join("home");
        let lock = folder.join("lock");
        for folder in [&home, &lock] {
            fs::create_dir_all(folder).unwrap();
        }
        let errors = folder.join("stderr");
        let serial = format!("--serial=F-{number}");
        let mut command: Command = rig.command(["run", "fleet", &serial, "--quiet", "--sync=240"]);
        command
            .env("MAESTRO_HOME", &home)
            .env("MAESTRO_LOCK_DIR", &lock)
            .env("MAESTRO_STATION_ID", format!("station-{number}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(&errors).unwrap());
        Self {
            child: command.spawn().unwrap(),
            home,
            errors,
        }
    }

    fn said(&self) -> String {
        fs::read_to_string(&self.errors).unwrap()
    }

    /// From the end of the run, as the journal tells it, to the end of the process.
    fn delivery(&self) -> Duration {
        let now = std::time::SystemTime::now()
            .duration_since(std::time::SystemTime::UNIX_EPOCH)
            .unwrap();
        let journal = only_file(&self.home.join("journal/done"));
        let text = fs::read_to_string(journal).unwrap();
        let (_, rest) = text.rsplit_once("\"time\":").unwrap();
        let (time, _) = rest.split_once(',').unwrap();
        now.saturating_sub(Duration::from_micros(time.parse().unwrap()))
    }
}

impl Drop for Station {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The only file below a folder.
fn only_file(folder: &Path) -> PathBuf {
    let entry = fs::read_dir(folder).unwrap().next();
    let path = entry
        .unwrap_or_else(|| panic!("nothing in {}", folder.display()))
        .unwrap()
        .path();
    if path.is_dir() {
        only_file(&path)
    } else {
        path
    }
}
