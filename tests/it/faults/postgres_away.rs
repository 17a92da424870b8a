//! A PostgreSQL that goes away in the middle of a run, in every way we could think of: the run
//! ends as it would have without, later runs go on, and when it is back it gets everything, once.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use postgres::Client;
use serde_json::Value;

use super::records::{end_of_step, of_kind, only, word};
use super::shared::{Shared, audit_all};
use crate::live::{Live, events_of, eventually};
use crate::rig::{Outcome, Rig};
use crate::servers::{PostgresOptions, PostgresServer};

/// Steps after the moment of the fault: enough of them for their pace to be compared.
const STEPS: usize = 150;

const PYTHON: &str = r#"
import os, time

def hold():
    while os.path.exists("held"):
        time.sleep(0.005)

def read(number: int):
    print("reading", number)
    return {"VALUE": number / 10}
"#;

const RUN: [&str; 5] = [
    "run",
    "away",
    "--serial=A-1",
    "--format=json",
    "--color=never",
];

/// The second to last step fails, so that the verdict is none that comes by itself.
fn main_yaml() -> String {
    let mut text = String::from(
        "test:\n  name: Away\n  version: 1.0.0\n  steps:\n    - {name: Hold, runner: python, module: module, function: hold, timeout_ms: 60000}\n",
    );
    for number in 1..=STEPS {
        writeln!(
            text,
            "    - {{name: Read {number}, runner: python, module: module, function: read, parameters: {{number: {number}}}, timeout_ms: 20000, measurement: {{name: VALUE, low_limit: 0, unit: V}}}}"
        )
        .unwrap();
    }
    text + "    - {name: Rail, type: mock, measurement: {name: RAIL, value: '{{cfg.rail}}', low_limit: 3, high_limit: 4, unit: V}}
    - {name: Out of limits, type: mock, measurement: {name: RIPPLE, value: 80, high_limit: 50, unit: mV}}\n"
}

/// What is left of the station config that lies in the same database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Config {
    /// It can be read as ever.
    IsThere,
    /// Runs work from the copy of this station, and say so.
    IsACopy,
    /// One or the other.
    ComesAndGoes,
}

/// A station with a PostgreSQL of its own, which has taken a run already.
struct Site {
    server: PostgresServer,
    rig: Rig,
    url: String,
    /// From the end of the hold to the end of the run, with everything in order.
    usual: Duration,
    /// Start and end of a run with everything in order.
    usual_around: Duration,
}

impl Site {
    #[track_caller]
    fn new(options: PostgresOptions) -> Self {
        let server = PostgresServer::launch(options);
        let url = server.create_database();
        Self::with(server, url)
    }

    #[track_caller]
    fn with(server: PostgresServer, url: String) -> Self {
        let rig = Rig::new()
            .package("away", &main_yaml(), PYTHON)
            .env("MAESTRO_DATABASE_URL", &url);
        rig.run(["config", "set", "rail", "3.25"]).passes();
        // The first run fills caches.
        rig.run(RUN).fails();
        let outcome = rig.run(RUN).fails();
        let (usual, usual_around) = (pace(&outcome), around(&outcome));
        let site = Self {
            server,
            rig,
            url,
            usual,
            usual_around,
        };
        site.has_everything(2);
        site
    }

    /// The whole story: `strike` comes in the middle of a run, `mend` after another run.
    #[track_caller]
    fn survives(
        mut self,
        config: Config,
        strike: impl FnOnce(&mut Self),
        mend: impl FnOnce(&mut Self),
    ) {
        let held = self.rig.work().join("away/held");
        fs::write(&held, "").unwrap();
        let mut live = Live::start(self.rig.command(RUN), "the run in which it goes away");
        live.until_event("the hold", |event| event["name"] == "Hold");
        strike(&mut self);
        fs::remove_file(held).unwrap();
        let struck = live.end().fails();
        // A sink that may just be slow is waited for, 1 s.
        self.went_as_usual("the run in which it goes away", &struck, 2);

        let without = self.rig.run(RUN).fails();
        // The config is asked for, once.
        self.went_as_usual("the run that starts while it is away", &without, 4);
        let next = self.rig.run(RUN).fails();
        self.went_as_usual("the next run while it is away", &next, 1);
        for outcome in [without, next] {
            assert!(
                config == Config::ComesAndGoes
                    || says_copy(&outcome) == (config == Config::IsACopy),
                "{outcome}"
            );
        }

        mend(&mut self);
        self.rig.run(["sync"]).passes();
        self.has_everything(5);
    }

    /// The verdict, the pace of the steps and the time that the end takes are those of a run with
    /// everything in order; people are told what is not delivered yet.
    #[track_caller]
    fn went_as_usual(&self, what: &str, outcome: &Outcome, seconds_more: u64) {
        let events = events_of(&outcome.stdout);
        let end = only(&events, "run_finished");
        assert_eq!(word(end, "verdict"), "FAIL", "{outcome}");
        assert_eq!(word(end, "status"), "Completed", "{outcome}");
        assert_eq!(end_of_step(&events, "Rail")["verdict"], "PASS", "{outcome}");
        let took = pace(outcome);
        let around = around(outcome);
        println!(
            "{what}: {STEPS} steps in {took:?} (usually {:?}), start and end {around:?} (usually {:?})",
            self.usual, self.usual_around
        );
        assert!(
            took < self.usual * 2 + Duration::from_millis(500),
            "{what}: the steps took {took:?}, usually {:?}",
            self.usual
        );
        let limit = self.usual_around + Duration::from_secs(seconds_more);
        assert!(
            around < limit,
            "{what}: start and end took {around:?}; {outcome}"
        );
        assert!(
            outcome.stderr.contains("does not have everything yet"),
            "{outcome}"
        );
    }

    #[track_caller]
    fn has_everything(&self, runs: usize) {
        assert_eq!(audit_all(&self.rig, &self.url), runs);
    }

    /// Runs of which the database knows.
    fn stored_runs(&self) -> i64 {
        let sql = "SELECT count(*) FROM test_executions";
        self.admin().query_one(sql, &[]).unwrap().get(0)
    }

    /// A connection that goes on working whatever the setting is.
    fn admin(&self) -> Client {
        let (_, database) = self.url.rsplit_once('/').unwrap();
        self.server.client(database)
    }
}

#[test]
fn killed_postgres_changes_no_run_and_gets_everything_later() {
    Site::new(PostgresOptions::default()).survives(
        Config::IsACopy,
        |site| site.server.stop_immediate(),
        |site| site.server.start_again(),
    );
}

#[test]
fn postgres_that_stops_in_its_tracks_changes_no_run_and_gets_everything_later() {
    Site::new(PostgresOptions::default()).survives(
        Config::IsACopy,
        |site| site.server.pause(),
        |site| site.server.resume(),
    );
}

#[test]
fn port_that_accepts_and_never_answers_changes_no_run() {
    let hole = RefCell::new(None);
    Site::new(PostgresOptions::default()).survives(
        Config::IsACopy,
        |site| {
            site.server.stop_immediate();
            let listener = TcpListener::bind(("127.0.0.1", site.server.port())).unwrap();
            hole.replace(Some(listener));
        },
        |site| {
            hole.take();
            site.server.start_again();
        },
    );
}

#[test]
fn read_only_postgres_changes_no_run_and_gets_everything_later() {
    Site::new(PostgresOptions::default()).survives(
        Config::IsThere,
        |site| set_read_only(site, "on"),
        |site| set_read_only(site, "off"),
    );
}

fn set_read_only(site: &Site, value: &str) {
    let mut admin = site.admin();
    for sql in [
        "SET default_transaction_read_only = off",
        &format!("ALTER SYSTEM SET default_transaction_read_only = {value}"),
        "SELECT pg_reload_conf()",
    ] {
        admin.batch_execute(sql).unwrap();
    }
}

#[test]
fn wrong_password_changes_no_run_and_is_mended() {
    let site = Site::new(PostgresOptions {
        password: Some("the-right-one".to_owned()),
        ..PostgresOptions::default()
    });
    site.survives(
        Config::IsACopy,
        |site| {
            // A connection that was just let in with the old password would outlive the strike.
            eventually("the run reaches the database", || site.stored_runs() == 3);
            set_password(site, "another-one");
        },
        |site| set_password(site, "the-right-one"),
    );
}

fn set_password(site: &Site, password: &str) {
    let mut admin = site.admin();
    let sql = format!("ALTER ROLE postgres PASSWORD '{password}'");
    admin.batch_execute(&sql).unwrap();
    let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                  WHERE datname = current_database() AND pid <> pg_backend_pid()";
    admin.batch_execute(others).unwrap();
}

#[test]
fn full_postgres_changes_no_run_and_gets_everything_later() {
    let server = PostgresServer::start();
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::mount(folder.path(), &server.data_folder()) else {
        println!("skipped: a small disk can be mounted by root only");
        return;
    };
    let mut admin = server.client("postgres");
    let location = disk.0.display();
    let sql = format!("CREATE TABLESPACE small LOCATION '{location}'");
    admin.batch_execute(&sql).unwrap();
    admin
        .batch_execute("CREATE DATABASE small TABLESPACE small")
        .unwrap();
    let url = server.url("small");
    Site::with(server, url).survives(
        Config::IsThere,
        |_| fill(&disk.filler()),
        |_| fs::remove_file(disk.filler()).unwrap(),
    );
}

/// No space for the write-ahead log either: the server gives up by itself, again and again.
#[test]
fn postgres_that_dies_of_a_full_disk_changes_no_run_and_gets_everything_later() {
    if !rustix::process::geteuid().is_root() {
        println!("skipped: a small disk can be mounted by root only");
        return;
    }
    let site = Site::new(PostgresOptions {
        disk_mib: Some(160),
        settings: vec![
            ("max_wal_size".to_owned(), "32MB".to_owned()),
            ("min_wal_size".to_owned(), "32MB".to_owned()),
        ],
        ..PostgresOptions::default()
    });
    let filler = fs::canonicalize(site.server.data_folder())
        .unwrap()
        .with_file_name("filler");
    site.survives(
        Config::ComesAndGoes,
        |site| {
            fill(&filler);
            // Nothing but the log grows until its next segment has no place.
            let sql = "SELECT pg_logical_emit_message(true, 'log', repeat('x', 1000000))";
            let write = |site: &Site| site.admin().batch_execute(sql).is_ok();
            assert!((0..200).any(|_| !write(site)), "the log found space");
        },
        |site| {
            fs::remove_file(&filler).unwrap();
            site.server.revive();
            let log = fs::read_to_string(site.server.log()).unwrap();
            assert!(log.contains("PANIC"), "the server has survived: {log}");
        },
    );
}

/// Writes until there is no space left.
fn fill(filler: &Path) {
    use std::io::Write as _;
    let mut file = fs::File::create(filler).unwrap();
    for size in [1 << 20, 4096] {
        while file.write_all(&vec![7; size]).is_ok() {}
    }
}

/// A file system in memory for a tablespace, unmounted when it is dropped.
struct Disk(PathBuf);

impl Disk {
    /// `None` where this account may not mount. It belongs to whom `like` belongs to.
    fn mount(folder: &Path, like: &Path) -> Option<Self> {
        use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
        let owner = fs::metadata(like).unwrap();
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
        let disk = folder.join("disk");
        fs::create_dir(&disk).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=48m", "maestro-test"])
            .arg(&disk)
            .output()
            .ok()?;
        if !mounted.status.success() {
            return None;
        }
        chown(&disk, Some(owner.uid()), Some(owner.gid())).unwrap();
        Some(Self(disk))
    }

    fn filler(&self) -> PathBuf {
        self.0.join("filler")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn postgres_that_comes_back_during_the_run_has_all_of_it_soon_after() {
    let mut site = Site::new(PostgresOptions::default());
    let held = site.rig.work().join("away/held");
    fs::write(&held, "").unwrap();
    let mut live = Live::start(site.rig.command(RUN), "the run with a restart");
    live.until_event("the hold", |event| event["name"] == "Hold");
    site.server.kill();
    site.server.start_again();
    fs::remove_file(held).unwrap();
    live.end().fails();
    site.rig.run(["sync"]).passes();
    site.has_everything(3);
}

#[test]
fn next_run_delivers_what_earlier_ones_could_not() {
    let mut site = Site::new(PostgresOptions::default());
    site.server.stop_immediate();
    for _ in 0..3 {
        site.rig.run(RUN).fails();
    }
    site.server.start_again();
    site.rig.run(RUN.into_iter().chain(["--sync=30"])).fails();
    // Without `sync`: the run alone has done it.
    assert_eq!(Shared::open(&site.url).runs().len(), 6);
    site.has_everything(6);
}

/// Whether the record says that the station config is a copy.
fn says_copy(outcome: &Outcome) -> bool {
    events_of(&outcome.stdout).iter().any(|event| {
        event["source"] == "config"
            && word(event, "message").contains("the station config is the copy that was taken")
    })
}

/// What a run took before its first event and after its last one: the start of Python, a look at
/// the config, the closing of the stores.
#[track_caller]
fn around(outcome: &Outcome) -> Duration {
    let events = events_of(&outcome.stdout);
    let run = time(only(&events, "run_finished")) - time(only(&events, "run_started"));
    outcome
        .took
        .saturating_sub(Duration::from_micros(run.unsigned_abs()))
}

/// From the end of the hold to the end of the run.
#[track_caller]
fn pace(outcome: &Outcome) -> Duration {
    let events = events_of(&outcome.stdout);
    let held = of_kind(&events, "step_finished").next().unwrap();
    let end = time(only(&events, "run_finished"));
    Duration::from_micros((end - time(held)).unsigned_abs())
}

fn time(event: &Value) -> i64 {
    event["time"].as_i64().unwrap()
}
