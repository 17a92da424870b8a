//! What it takes to ask ten million measurements a question: the figures of the README.
//!
//! `cargo bench --bench statistics` makes the two kinds of store with the program itself, fills
//! both with the same eighteen months of a fleet (see `tests/population`), and then asks with the
//! real executable, the way a person does: from the start of the process to its end, so often in
//! turn that the median means something. Nothing is kept between two questions but what the system
//! and the server keep by themselves.
//!
//! `-- --measurements 100000` takes fewer; `-- --times 3` asks less often; `-- --only yield` asks
//! the questions with that word only; `-- --wait` says where the stores are and waits for Enter
//! before they go away, so that somebody can look at the plans of the queries; `-- --home FOLDER --url
//! URL`, meanwhile, asks those that are there.

#[path = "../tests/population/mod.rs"]
mod population;
#[path = "../tests/servers/mod.rs"]
mod servers;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use population::{MEASUREMENTS, Population, fill_postgres, fill_sqlite};
use servers::PostgresServer;

const MAESTRO: &str = env!("CARGO_BIN_EXE_maestro");

/// What a server with little to do beside would have; everything else is as PostgreSQL comes.
const SETTINGS: [(&str, &str); 3] = [
    ("shared_buffers", "2GB"),
    ("max_wal_size", "8GB"),
    ("maintenance_work_mem", "256MB"),
];

/// What people ask.
const QUESTIONS: &[&[&str]] = &[
    &["stats", "yield"],
    &["stats", "yield", "--since", "30 days ago"],
    &["stats", "pareto"],
    &["stats", "capability", "VOUT_3V3"],
    &["stats", "capability", "FCT_12_I"],
    &["stats", "trend", "FCT_12_I"],
    &["stats", "unit", "CB-1020000"],
    &["results", "list"],
    &["results", "list", "--serial", "CB-1020000"],
    &[
        "results",
        "list",
        "--verdict",
        "fail",
        "--station",
        "bench-3",
    ],
    &["results", "list", "--tag", "Batch=B-040"],
];

fn main() -> io::Result<()> {
    let bench = Bench::from_arguments()?;
    if let Some(url) = &bench.url {
        return bench.ask_both(url);
    }
    let result = bench.measure();
    fs::remove_dir_all(&bench.folder)?;
    result
}

struct Bench {
    folder: PathBuf,
    /// Of a database that is there, as is the other one in the folder.
    url: Option<String>,
    measurements: usize,
    times: usize,
    only: Option<String>,
    waits: bool,
}

/// A store that is asked.
struct Store<'a> {
    name: &'static str,
    url: Option<&'a str>,
}

impl Bench {
    fn from_arguments() -> io::Result<Self> {
        let arguments: Vec<String> = std::env::args().collect();
        let after = |name: &str| {
            let place = arguments.iter().position(|word| word == name)?;
            arguments.get(place + 1).cloned()
        };
        let number = |name: &str| after(name)?.parse().ok();
        let name = format!("maestro-statistics-{}", std::process::id());
        let url = after("--url");
        // Only a folder of its own goes away at the end.
        let there = after("--home").filter(|_| url.is_some());
        let folder = there.map_or_else(|| std::env::temp_dir().join(name), PathBuf::from);
        fs::create_dir_all(&folder)?;
        Ok(Self {
            folder,
            url,
            measurements: number("--measurements").unwrap_or(10_000_000),
            times: number("--times").unwrap_or(7).max(1),
            only: after("--only"),
            waits: arguments.iter().any(|word| word == "--wait"),
        })
    }

    fn measure(&self) -> io::Result<()> {
        let mut out = io::stdout().lock();
        let server = PostgresServer::start_with(&SETTINGS);
        let url = server.create_database();
        for store in stores(&url) {
            self.ask(&store, &["db", "migrate"])?;
        }
        let population = Population {
            runs: self.measurements / MEASUREMENTS,
            until: now_micros(),
            seed: 1,
        };
        let database = self.folder.join("maestro.sqlite3");
        let (into_sqlite, into_postgres) = thread::scope(|scope| {
            let sqlite = scope.spawn(|| timed(|| fill_sqlite(&database, &population)));
            let postgres = timed(|| fill_postgres(&url, &population));
            (sqlite.join(), postgres)
        });
        let into_sqlite = into_sqlite.map_err(|_| io::Error::other("SQLite was not filled"))?;
        writeln!(
            out,
            "{} runs with about {} measurements; filled in {:.0} s (SQLite, {} MiB) and {:.0} s \
             (PostgreSQL)",
            population.runs,
            self.measurements,
            into_sqlite.as_secs_f64(),
            fs::metadata(&database)?.len() >> 20,
            into_postgres.as_secs_f64()
        )?;
        if self.waits {
            writeln!(
                out,
                "MAESTRO_HOME={} MAESTRO_DATABASE_URL={url}",
                self.folder.display()
            )?;
            io::stdin().read_line(&mut String::new())?;
        }
        self.ask_both(&url)
    }

    fn ask_both(&self, url: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        let [local, shared] = stores(url);
        writeln!(
            out,
            "{:<62} {:>12} {:>12}",
            "median (slowest), ms", local.name, shared.name
        )?;
        for question in QUESTIONS {
            let words = question.join(" ");
            if self
                .only
                .as_ref()
                .is_some_and(|only| !words.contains(only.as_str()))
            {
                continue;
            }
            write!(out, "{:<62}", format!("maestro {words}"))?;
            for store in [&local, &shared] {
                write!(out, " {:>12}", self.figures(store, question)?)?;
            }
            writeln!(out)?;
        }
        Ok(())
    }

    /// Median and slowest of the times that a question took; the first is not counted.
    fn figures(&self, store: &Store<'_>, question: &[&str]) -> io::Result<String> {
        self.ask(store, question)?;
        let mut times = (0..self.times)
            .map(|_| self.ask(store, question))
            .collect::<io::Result<Vec<_>>>()?;
        times.sort_unstable();
        let millis = |time: Duration| time.as_secs_f64() * 1e3;
        let (middle, last) = (times[times.len() / 2], times[times.len() - 1]);
        Ok(format!("{:.0} ({:.0})", millis(middle), millis(last)))
    }

    /// From the start of the process to its end.
    fn ask(&self, store: &Store<'_>, question: &[&str]) -> io::Result<Duration> {
        let mut command = maestro(&self.folder);
        command.args(question);
        if let Some(url) = store.url {
            command.env("MAESTRO_DATABASE_URL", url);
        }
        command.stdin(Stdio::null());
        let mut output = None;
        let took = timed(|| output = Some(command.output()));
        let output = output.ok_or_else(|| io::Error::other("nothing was asked"))??;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(io::Error::other(format!("{question:?}: {said}")));
        }
        Ok(took)
    }
}

fn stores(url: &str) -> [Store<'_>; 2] {
    [
        Store {
            name: "SQLite",
            url: None,
        },
        Store {
            name: "PostgreSQL",
            url: Some(url),
        },
    ]
}

fn maestro(home: &Path) -> Command {
    let mut command = Command::new(MAESTRO);
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("MAESTRO_HOME", home)
        .env("MAESTRO_STATION_ID", "bench-1");
    command
}

#[expect(clippy::disallowed_methods, reason = "a bench reads the clock")]
fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

#[expect(clippy::disallowed_methods, reason = "a bench reads the clock")]
fn now_micros() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| since.as_micros() as i64)
}
