//! `maestro db archive`: old runs move into files that anybody can read, and nothing is lost on the
//! way.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use rusqlite::Connection;
use serde_json::Value;

use super::{run, station, station_at};
use crate::rig::Rig;
use crate::servers::TestDatabase;

/// Reads every file of an archive with Python's own modules: rows and digests are those of the
/// manifest. Prints the measurements of the first run.
const READER: &str = r#"
import csv, gzip, hashlib, json, pathlib, sys
folder = pathlib.Path(sys.argv[1])
manifest = json.loads((folder / "manifest.json").read_text())
assert manifest["format"] == "maestro-archive", manifest
for entry in manifest["files"]:
    path = folder / entry["path"]
    assert hashlib.sha256(path.read_bytes()).hexdigest() == entry["sha256"], path
    text = gzip.decompress(path.read_bytes())
    assert hashlib.sha256(text).hexdigest() == entry["csv_sha256"], path
    rows = list(csv.DictReader(text.decode("utf-8").splitlines()))
    assert len(rows) == entry["rows"], path
    columns = [column["name"] for column in manifest["tables"][entry["table"]]]
    assert all(list(row) == columns for row in rows), path
    if entry["table"] == "measurements":
        for row in rows:
            print(row["measurement_name"], row["actual_value"], row["verdict"], row["timestamp"])
assert sum(1 for _ in folder.iterdir()) == len(manifest["files"]) + 1
"#;

fn local(rig: &Rig) -> Connection {
    Connection::open(rig.home().join("maestro.sqlite3")).unwrap()
}

fn count(store: &Connection, from: &str) -> u64 {
    let query = format!("SELECT count(*) FROM {from}");
    store
        .query_row(&query, [], |row| row.get::<_, i64>(0))
        .unwrap() as u64
}

/// Makes the run of a unit one of another time, as if it had been recorded then.
fn age(store: &Connection, serial: &str, day: &str) {
    for (column, from) in [("started_at", 11), ("ended_at", 11), ("last_seen_at", 11)] {
        let sql = format!(
            "UPDATE test_executions SET {column} = '{day}' || substr({column}, {from}) \
             WHERE serial_number = '{serial}'"
        );
        assert_eq!(store.execute(&sql, []).unwrap(), 1);
    }
    let sql = format!(
        "UPDATE measurements SET timestamp = '{day}' || substr(timestamp, 11) \
         WHERE serial_number = '{serial}'"
    );
    assert_eq!(store.execute(&sql, []).unwrap(), 2);
}

/// Three runs: of January 2024, of February 2024, and of today.
fn three_runs(rig: &Rig) -> Connection {
    for serial in ["A-1", "A-2", "A-3"] {
        rig.run(run(serial)).passes();
    }
    let store = local(rig);
    age(&store, "A-1", "2024-01-15");
    age(&store, "A-2", "2024-02-15");
    store
}

fn archive(rig: &Rig) -> Vec<String> {
    let to = rig.work().join("archive").display().to_string();
    ["db", "archive", "--before", "2025-01-01", "--to", &to]
        .map(str::to_owned)
        .to_vec()
}

fn folders(rig: &Rig) -> Vec<String> {
    let entries = fs::read_dir(rig.work().join("archive")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| !name.starts_with('.')).collect();
    names.sort();
    names
}

/// What Python reads of the only archive.
fn read(rig: &Rig) -> (PathBuf, String) {
    let folder = rig.work().join("archive").join(&folders(rig)[0]);
    (folder.clone(), python(&folder))
}

fn python(folder: &Path) -> String {
    let read = Command::new("python3")
        .arg("-c")
        .arg(READER)
        .arg(folder)
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&read.stderr);
    assert!(read.status.success(), "{error}");
    String::from_utf8(read.stdout).unwrap()
}

#[test]
fn old_runs_of_this_computer_move_into_files_that_anybody_can_read() {
    let rig = station();
    let store = three_runs(&rig);
    rig.run(archive(&rig)).passes().shows("2 runs moved to");
    assert_eq!(folders(&rig), ["local-rig-before-2025-01-01"]);
    let (folder, text) = read(&rig);
    assert!(text.contains("VOUT_3V3 3.31 PASS 2024-01-15T"), "{text}");
    assert!(
        text.contains("RIPPLE, \"peak\" 12.0 PASS 2024-02-15T"),
        "{text}"
    );
    for name in [
        "measurements-2024-01",
        "test_executions-2024-02",
        "definitions",
    ] {
        assert!(folder.join(format!("{name}.csv.gz")).exists(), "{name}");
    }
    assert_eq!(count(&store, "test_executions"), 1);
    assert_eq!(count(&store, "measurements"), 2);
    assert_eq!(count(&store, "step_results"), 1);
    // What several runs share stays, and what was delivered is not delivered again.
    assert_eq!(count(&store, "definitions"), 1);
    rig.run(["sync", "--all"]).passes();
    assert_eq!(count(&store, "test_executions"), 1);
    rig.run(["results", "list"])
        .passes()
        .shows("A-3")
        .hides("A-1");
    rig.run(archive(&rig))
        .passes()
        .shows("no run is old enough");
}

#[test]
fn archive_is_told_to_the_audit_log_under_its_own_id() {
    let rig = station();
    let store = three_runs(&rig);
    rig.run(archive(&rig)).passes();
    let (folder, _) = read(&rig);
    let manifest: Value =
        serde_json::from_str(&fs::read_to_string(folder.join("manifest.json")).unwrap()).unwrap();
    let (id, action): (String, String) = store
        .query_row("SELECT id, action FROM audit_log", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    assert_eq!(manifest["id"], id);
    assert_eq!(action, "db.archive");
    assert_eq!(manifest["store"]["kind"], "local");
    assert_eq!(manifest["runs"], 2);
}

#[test]
fn dry_run_says_what_would_go_and_changes_nothing() {
    let rig = station();
    let store = three_runs(&rig);
    let mut args = archive(&rig);
    args.push("--dry-run".to_owned());
    rig.run(&args)
        .passes()
        .shows("2 runs would be archived")
        .shows("2024-01 1 run 1 steps 2 measurements");
    assert_eq!(count(&store, "test_executions"), 3);
    assert!(!rig.work().join("archive").exists());
}

#[test]
fn archive_that_is_killed_before_the_removal_leaves_everything_and_runs_again() {
    let rig = station();
    let store = three_runs(&rig);
    let mut command = rig.command(archive(&rig));
    command.env("MAESTRO_FAILPOINT", "flush:1");
    assert_eq!(rig.finish(command, "an archive that is killed").code, -9);
    assert_eq!(folders(&rig), ["local-rig-before-2025-01-01.partial"]);
    assert_eq!(count(&store, "test_executions"), 3);
    assert_eq!(count(&store, "measurements"), 6);
    rig.run(archive(&rig)).passes();
    assert_eq!(folders(&rig), ["local-rig-before-2025-01-01"]);
    assert_eq!(read(&rig).1.lines().count(), 4);
    assert_eq!(count(&store, "test_executions"), 1);
}

#[test]
fn archive_that_is_killed_after_the_removal_is_kept() {
    let rig = station();
    let store = three_runs(&rig);
    let mut command = rig.command(archive(&rig));
    command.env("MAESTRO_FAILPOINT", "commit:1");
    assert_eq!(rig.finish(command, "an archive that is killed").code, -9);
    assert_eq!(count(&store, "test_executions"), 1);
    assert_eq!(folders(&rig), ["local-rig-before-2025-01-01.partial"]);
    rig.run(archive(&rig))
        .passes()
        .shows("was interrupted after its runs were removed, and is whole");
    assert_eq!(folders(&rig), ["local-rig-before-2025-01-01"]);
    assert_eq!(read(&rig).1.lines().count(), 4);
}

#[test]
fn archive_that_cannot_be_written_leaves_everything() {
    let rig = station().file("archive", "a file, not a folder");
    let store = three_runs(&rig);
    rig.run(archive(&rig))
        .exit(5)
        .stderr("cannot make the folder");
    assert_eq!(count(&store, "test_executions"), 3);
}

#[test]
fn second_archive_of_the_same_day_stands_beside_the_first() {
    let rig = station();
    let store = three_runs(&rig);
    rig.run(archive(&rig)).passes();
    age(&store, "A-3", "2024-03-01");
    rig.run(archive(&rig)).passes().shows("1 run moved to");
    assert_eq!(
        folders(&rig),
        [
            "local-rig-before-2025-01-01",
            "local-rig-before-2025-01-01-2"
        ]
    );
    assert_eq!(count(&store, "test_executions"), 0);
}

#[test]
fn months_of_the_shared_store_are_dropped_once_they_are_in_files() {
    let database = TestDatabase::new();
    let rig = station_at(&database.url());
    for serial in ["A-1", "A-2", "A-3", "A-4"] {
        rig.run(run(serial)).passes();
    }
    let mut client = database.client();
    client
        .batch_execute(
            "CREATE TABLE measurements_2024_01 PARTITION OF measurements \
             FOR VALUES FROM ('2024-01-01 00:00:00+00') TO ('2024-02-01 00:00:00+00'); \
             CREATE TABLE measurements_2024_02 PARTITION OF measurements \
             FOR VALUES FROM ('2024-02-01 00:00:00+00') TO ('2024-03-01 00:00:00+00')",
        )
        .unwrap();
    // A-3 began in February and never ended, as far as the store knows.
    for (serial, day) in [
        ("A-1", "2024-01-15"),
        ("A-2", "2024-02-15"),
        ("A-3", "2024-02-20"),
    ] {
        client
            .batch_execute(&format!(
                "UPDATE test_executions SET started_at = '{day} 10:00:00+00', \
                 ended_at = '{day} 10:00:01+00' WHERE serial_number = '{serial}'; \
                 UPDATE measurements SET timestamp = '{day} 10:00:00.25+00' \
                 WHERE serial_number = '{serial}'"
            ))
            .unwrap();
    }
    client
        .batch_execute(
            "UPDATE test_executions SET status = 'Running', ended_at = NULL \
             WHERE serial_number = 'A-3'",
        )
        .unwrap();
    // A dashboard that reads for a while delays the removal and does not stop it.
    let mut dashboard = database.client();
    let reading = std::thread::spawn(move || {
        dashboard
            .batch_execute("BEGIN; SELECT count(*) FROM measurements; SELECT pg_sleep(3); COMMIT")
    });
    rig.run(archive(&rig))
        .passes()
        .shows("2 runs moved to")
        .shows("stays: 1 run without an end")
        .shows("dropped as a whole: measurements_2024_01");
    reading.join().unwrap().unwrap();
    let left: i64 = client
        .query_one("SELECT count(*) FROM measurements", &[])
        .unwrap()
        .get(0);
    assert_eq!(left, 4);
    let months = client
        .query(
            "SELECT relname::text FROM pg_class WHERE relname LIKE 'measurements_2024%' \
             AND relkind = 'r'",
            &[],
        )
        .unwrap();
    let months: Vec<String> = months.iter().map(|row| row.get(0)).collect();
    assert_eq!(months, ["measurements_2024_02"]);
    let (_, text) = read(&rig);
    assert!(
        text.contains("VOUT_3V3 3.31 PASS 2024-01-15T10:00:00.250000Z"),
        "{text}"
    );
    // The month is made again when somebody needs it.
    rig.run(run("A-5")).passes();
    rig.run(archive(&rig))
        .passes()
        .shows("no run is old enough");
}
