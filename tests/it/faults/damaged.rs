//! Journals that a disk, an editor or a clock has spoiled: what is wrong is found, said and
//! flagged, and everything else arrives in both stores.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use super::records::{Records, of_kind, word};
use super::shared::{Shared, audit_all};
use crate::journals::{Journal, Unit};
use crate::rig::Rig;
use crate::servers::TestDatabase;

const MAIN: &str = "
test:
  name: Spoilt
  version: 1.0.0
  steps:
    - {name: First, type: mock, measurement: {name: VOUT, value: 3.3125, low_limit: 3, unit: V}}
    - {name: Second, type: mock, measurement: {name: VOUT, value: 3.25, low_limit: 3, unit: V}}
    - {name: Third, type: mock, measurement: {name: VOUT, value: 3.5, low_limit: 3, unit: V}}
";

const RUN: [&str; 4] = ["run", "spoilt", "--serial=S-1", "--color=never"];

/// A station whose journal of a finished run waits for delivery.
struct Spoilt {
    database: TestDatabase,
    rig: Rig,
    path: PathBuf,
    run: String,
}

impl Spoilt {
    fn new() -> Self {
        let database = TestDatabase::new();
        let rig = Rig::new()
            .package("spoilt", MAIN, "")
            .env("MAESTRO_DATABASE_URL", &database.url());
        // Another station made the journal: neither store of this one has seen any of it.
        let elsewhere = Rig::new().package("spoilt", MAIN, "");
        elsewhere.run(RUN).passes();
        let run = Records::delivered(&elsewhere).runs().remove(0);
        let made = fs::read_dir(elsewhere.home().join("journal/done"))
            .unwrap()
            .next()
            .unwrap();
        let open = rig.home().join("journal/open");
        fs::create_dir_all(&open).unwrap();
        let path = open.join(format!("{run}.jsonl"));
        fs::copy(made.unwrap().path().join(path.file_name().unwrap()), &path).unwrap();
        Self {
            database,
            rig,
            path,
            run,
        }
    }

    fn bytes(&self) -> String {
        fs::read_to_string(&self.path).unwrap()
    }

    /// Where a text stands.
    fn find(&self, text: &str) -> usize {
        self.bytes().find(text).unwrap()
    }

    /// The beginning of the line that holds a text.
    fn line_of(&self, text: &str) -> usize {
        let place = self.find(text);
        self.bytes()[..place].rfind('\n').map_or(0, |end| end + 1)
    }

    /// Recovers and delivers; the damage is told with its place, and both stores hold the same.
    #[track_caller]
    fn comes_to_light(self, words: &[String], is_flagged: bool) {
        let outcome = self.rig.run(["recover"]).passes();
        let told = outcome.stderr.matches("is damaged").count();
        assert_eq!(told, 1, "{outcome}");
        for words in words.iter().chain([&self.run]) {
            assert!(outcome.stderr.contains(words), "{words}\n{outcome}");
        }
        self.rig.run(["sync"]).passes();
        // It is told once.
        let again = self.rig.run(["recover"]).passes();
        assert!(!again.stderr.contains("damaged"), "{again}");
        let records = Records::delivered(&self.rig);
        let mut shared = Shared::open(&self.database.url());
        shared.has_the_runs_of(&records);
        shared.nothing_runs();
        records.nothing_runs();
        shared.equals(&records, &self.run);
        let flagged = "SELECT count(*) FROM test_executions WHERE damaged";
        assert_eq!(shared.number(flagged), i64::from(is_flagged));
        let facts = "SELECT count(*) FROM execution_facts WHERE name IN ('damaged', 'torn_tail')";
        assert_eq!(shared.number(facts), 1);
        self.rig.run(["results", "list"]).passes();
    }
}

#[test]
fn torn_tail_is_cut_off_and_told() {
    let spoilt = Spoilt::new();
    let bytes = spoilt.bytes();
    fs::write(&spoilt.path, &bytes[..bytes.len() - 20]).unwrap();
    let end = spoilt.line_of("run_finished");
    let left = bytes.len() - 20 - end;
    let words = [
        format!("the last {left} bytes, from byte {end} on, are no whole line and are cut off"),
        "was interrupted and is closed as ABORTED".to_owned(),
    ];
    spoilt.comes_to_light(&words, false);
}

#[test]
fn flipped_digit_is_found_and_its_line_skipped() {
    let spoilt = Spoilt::new();
    let place = spoilt.find("3.25,");
    let line = spoilt.line_of("3.25,");
    let mut bytes = spoilt.bytes().into_bytes();
    bytes[place] ^= 1;
    fs::write(&spoilt.path, bytes).unwrap();
    let words = format!("the line at byte {line} is skipped: its checksum is wrong");
    spoilt.comes_to_light(&[words], true);
}

#[test]
fn line_cut_in_the_middle_takes_its_neighbour_with_it_and_is_found() {
    let spoilt = Spoilt::new();
    let place = spoilt.find("3.25,");
    let line = spoilt.line_of("3.25,");
    let mut bytes = spoilt.bytes();
    let end = place + bytes[place..].find('\n').unwrap();
    bytes.replace_range(place..=end, "");
    fs::write(&spoilt.path, bytes).unwrap();
    let words = format!("the line at byte {line} is skipped");
    spoilt.comes_to_light(&[words], true);
}

#[test]
fn line_that_was_taken_out_is_missed() {
    let spoilt = Spoilt::new();
    let line = spoilt.line_of("3.25,");
    let mut bytes = spoilt.bytes();
    let end = line + bytes[line..].find('\n').unwrap();
    bytes.replace_range(line..=end, "");
    fs::write(&spoilt.path, bytes).unwrap();
    let words = format!("1 events before byte {line} are missing");
    spoilt.comes_to_light(&[words], true);
}

/// A name that the index of PostgreSQL does not take, and one that a rule of the site forbids.
#[test]
fn event_that_postgres_refuses_is_noted_and_what_follows_arrives() {
    let long = incompressible(6000);
    let main = format!(
        "
test:
  name: Refused
  version: 1.0.0
  steps:
    - {{name: Before, type: mock, measurement: {{name: VOUT, value: 3.25, unit: V}}}}
    - {{name: Long, type: mock, measurement: {{name: {long}, value: 3.5, unit: V}}}}
    - {{name: Between, type: mock, measurement: {{name: VOUT, value: 3.75, unit: V}}}}
    - {{name: Forbidden, type: mock, measurement: {{name: FORBIDDEN, value: 3.5, unit: V}}}}
    - {{name: After, type: mock, measurement: {{name: VOUT, value: 3.125, unit: V}}}}
"
    );
    let database = TestDatabase::new();
    let rig = Rig::new()
        .package("refused", &main, "")
        .package("spoilt", MAIN, "")
        .env("MAESTRO_DATABASE_URL", &database.url());
    // Makes the schema.
    rig.run(RUN.into_iter().chain(["--sync=20"])).passes();
    database
        .client()
        .batch_execute(
            "ALTER TABLE measurements ADD CONSTRAINT site_rule
             CHECK (measurement_name <> 'FORBIDDEN')",
        )
        .unwrap();
    let run = [
        "run",
        "refused",
        "--serial=R-1",
        "--format=json",
        "--sync=20",
    ];
    let outcome = rig.run(run).passes();
    let refused: Vec<i64> = outcome
        .json_events()
        .iter()
        .filter(|event| {
            event["type"] == "step_finished" && !event["step"].as_i64().is_none_or(is_odd)
        })
        .map(|event| event["seq"].as_i64().unwrap())
        .collect();
    let mut shared = Shared::open(&database.url());
    let rejects = "SELECT seq, reason FROM delivery_rejects ORDER BY seq";
    let noted: Vec<(i64, String)> = database
        .client()
        .query(rejects, &[])
        .unwrap()
        .iter()
        .map(|row| (row.get(0), row.get(1)))
        .collect();
    println!("{outcome}\n{noted:?}");
    assert_eq!(
        noted.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(),
        refused
    );
    assert!(noted[0].1.contains("[54000]"), "{noted:?}");
    assert!(noted[1].1.contains("[23514]"), "{noted:?}");
    assert_eq!(shared.number("SELECT count(*) FROM measurements"), 3 + 3);
    shared.nothing_runs();
    // The journal waits for nobody any more, and the embedded store has everything.
    let records = Records::delivered(&rig);
    records.audit(&shared.runs()[1]);
}

const fn is_odd(number: i64) -> bool {
    number % 2 != 0
}

#[test]
fn serial_number_that_no_index_takes_is_refused_before_the_run() {
    let rig = Rig::new().package("spoilt", MAIN, "");
    let serial = format!("--serial={}", incompressible(1025));
    rig.run(["run", "spoilt", &serial])
        .exit(2)
        .stderr("the serial number is 1025 bytes long, and at most 1024 can be stored");
    let serial = format!("--serial={}", incompressible(1024));
    rig.run(["run", "spoilt", &serial]).passes();
}

/// Letters and digits that no compression makes shorter than an index takes.
fn incompressible(length: usize) -> String {
    let mut mixed = 1_u64;
    let mut next = || {
        mixed = mixed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[(mixed >> 40) as usize % 32])
    };
    // A letter in front, so that YAML takes it for no number.
    std::iter::once('N')
        .chain((1..length).map(|_| next()))
        .collect()
}

/// Times beyond the months of the calendar; no clock of today shows them.
#[test]
fn event_in_a_year_without_months_is_noted_and_what_follows_arrives() {
    let database = TestDatabase::new();
    let rig = Rig::new().env("MAESTRO_DATABASE_URL", &database.url());
    let mut journal = Journal::begin(&Unit {
        station: "rig",
        serial: "R-1",
        number: 1,
        started_at: 1_800_000_000_000_000,
    });
    journal.step(3);
    let time = std::mem::replace(&mut journal.time, i64::MAX / 2);
    journal.step(3);
    journal.time = time;
    journal.step(3);
    journal.finish();
    journal.write(&rig.home());
    rig.run(["sync"]).passes();
    let mut shared = Shared::open(&database.url());
    assert_eq!(shared.number("SELECT count(*) FROM measurements"), 6);
    // The beginning of the step and its end.
    assert_eq!(shared.number("SELECT count(*) FROM delivery_rejects"), 2);
    let cursor = shared.number("SELECT last_seq FROM delivery_cursor");
    assert_eq!(cursor, journal.events() as i64);
    shared.nothing_runs();
    let open = rig.home().join("journal/open");
    assert!(fs::read_dir(open).unwrap().next().is_none(), "still open");
}

#[test]
fn clock_at_1970_and_at_2099_loses_nothing() {
    let database = TestDatabase::new();
    let rig = Rig::new()
        .package("spoilt", MAIN, "")
        .env("MAESTRO_DATABASE_URL", &database.url())
        // Journals that count as old at once are removed after delivery, and compared here.
        .env("MAESTRO_RETENTION_DAYS", "100000");
    let today = || rig.run(RUN.into_iter().chain(["--format=json"])).passes();
    let at = |time: &str| {
        let mut command = std::process::Command::new("faketime");
        command
            .args(["-f", &format!("@{time}"), env!("CARGO_BIN_EXE_maestro")])
            .args(RUN)
            .arg("--format=json");
        rig.surround(&mut command);
        command
            .current_dir(rig.work())
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        rig.finish(command, time).passes()
    };
    let mut printed = Vec::new();
    for outcome in [
        today(),
        at("1970-01-02 00:00:00"),
        at("2099-12-31 23:59:59"),
        today(),
    ] {
        printed.push(outcome.json_events());
    }
    rig.run(["sync"]).passes();
    assert_eq!(audit_all(&rig, &database.url()), 4);
    let records = Records::delivered(&rig);
    for events in &printed {
        records.holds(events);
    }
    let suspects: Vec<bool> = printed.iter().map(|events| is_suspect(events)).collect();
    assert_eq!(suspects, [false, true, false, true]);
    let mut shared = Shared::open(&database.url());
    for year in ["1970", "2099", "2100"] {
        let months = format!(
            "SELECT count(*) FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
             WHERE inhparent = 'measurements'::regclass AND relname LIKE '%{year}%'"
        );
        println!("{year}: {} months", shared.number(&months));
    }
    let old = "SELECT count(*) FROM measurements WHERE timestamp < '1971-01-01'";
    assert_eq!(shared.number(old), 3);
    let late = "SELECT count(*) FROM measurements WHERE timestamp > '2099-01-01'";
    assert_eq!(shared.number(late), 3);
}

fn is_suspect(events: &[Value]) -> bool {
    let start = of_kind(events, "run_started").next().unwrap();
    println!("{} started at {}", word(start, "run"), start["time"]);
    start["clock_suspect"] == true
}
