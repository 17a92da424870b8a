//! `maestro station show` and `maestro station doctor`.

#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "redis")]
mod redis;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use rustix::process::Signal;
use serde_json::Value;

use crate::live::Live;
use crate::rig::{Outcome, Rig};

const MAIN: &str = "\
test:
  name: Short
  version: 1.0.0
  steps:
    - {name: one, type: mock}
";

fn rig() -> Rig {
    Rig::new().package("short", MAIN, "")
}

/// What the doctor says, with the code that it must end with.
#[track_caller]
fn doctor(rig: &Rig, code: i32) -> Vec<Value> {
    let page = rig
        .run(["station", "doctor", "--format", "json"])
        .exit(code)
        .json();
    page["checks"].as_array().unwrap().clone()
}

/// The doctor finds this about a part, with a way out, and fails where it is a failure.
#[track_caller]
fn finds(rig: &Rig, part: &str, state: &str, says: &str) {
    let code = i32::from(state == "fail");
    let checks = doctor(rig, code);
    let fits = |check: &&Value| check["part"] == part && check["state"] == state;
    let found = checks.iter().filter(fits);
    let found: Vec<&Value> = found
        .filter(|check| check["says"].as_str().unwrap().contains(says))
        .collect();
    assert_eq!(found.len(), 1, "{part} {state} {says:?} in {checks:#?}");
    assert!(!found[0]["mend"].as_str().unwrap().is_empty());
    // The page for people says the same.
    let page = rig.run(["station", "doctor"]).exit(code);
    let said = says.split_whitespace().next().unwrap_or_default();
    page.shows(&format!("{state} {part}"))
        .shows(said)
        .shows("->");
}

/// The rig with a settings file of this text.
fn with_file(text: &str) -> (Rig, PathBuf) {
    let rig = rig().file("station.yaml", text);
    let path = rig.work().join("station.yaml");
    let shown = path.to_str().unwrap().to_owned();
    (rig.env("MAESTRO_CONFIG", &shown), path)
}

#[track_caller]
fn run(rig: &Rig) -> Outcome {
    rig.run(["run", "short", "--serial", "S1"])
}

#[test]
fn fresh_station_is_fine() {
    let checks = doctor(&rig(), 0);
    for check in &checks {
        let state = check["state"].as_str().unwrap();
        // Whether a time server keeps the clock of this computer is not the test's to say.
        let is_clock = check["part"] == "clock";
        assert!(matches!(state, "ok" | "off") || is_clock, "{check:#}");
        assert_eq!(check["mend"].is_null(), state != "warn", "{check:#}");
    }
    let parts: Vec<&str> = checks
        .iter()
        .map(|check| check["part"].as_str().unwrap())
        .collect();
    let expected = [
        "settings",
        "name",
        "home",
        "disk",
        "permissions",
        "locks",
        "journals",
        "delivery",
        "local store",
        "PostgreSQL",
        "Redis",
        "python",
        "dotnet",
        "scpi",
        "command",
        "packages",
        "MES",
        "clock",
        "terminal",
    ];
    assert_eq!(parts, expected);
}

#[test]
fn station_with_results_is_fine() {
    let rig = rig();
    run(&rig).passes();
    let checks = doctor(&rig, 0);
    let store = checks
        .iter()
        .find(|check| check["part"] == "local store")
        .unwrap();
    let says = store["says"].as_str().unwrap();
    assert!(says.contains("1 runs") && says.ends_with("whole"), "{says}");
}

#[test]
fn mistake_in_the_settings_is_found_and_the_rest_is_still_looked_at() {
    let (rig, _) = with_file("station_id: b\nslots: many\nlock_dirr: /tmp\n");
    finds(&rig, "settings", "fail", "station.yaml:2");
    assert!(
        doctor(&rig, 1)
            .iter()
            .any(|check| check["part"] == "python")
    );
    let gone = rig.env("MAESTRO_CONFIG", "/nowhere/station.yaml");
    finds(&gone, "settings", "fail", "/nowhere/station.yaml");
}

#[test]
fn station_without_a_name_of_its_own_is_warned_of() {
    finds(
        &rig().env("MAESTRO_STATION_ID", ""),
        "name",
        "warn",
        "nobody chose one",
    );
}

#[test]
fn password_that_everybody_can_read_is_warned_of() {
    let (rig, path) = with_file("redis_url: redis://:geheim@127.0.0.1:1\n");
    let open = |mode| fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    open(0o644);
    let warned = |rig: &Rig| {
        doctor(rig, 1)
            .iter()
            .any(|check| check["part"] == "passwords")
    };
    assert!(warned(&rig));
    open(0o640);
    assert!(!warned(&rig));
    let page = rig.run(["station", "doctor"]).exit(1);
    assert!(!page.stdout.contains("geheim"), "{page}");
}

#[test]
fn home_that_cannot_be_is_found() {
    finds(
        &rig().env("MAESTRO_HOME", "/dev/null/home"),
        "home",
        "fail",
        "/dev/null is no folder",
    );
}

#[test]
fn lock_folder_that_cannot_be_is_found() {
    finds(
        &rig().env("MAESTRO_LOCK_DIR", "/dev/null/locks"),
        "locks",
        "fail",
        "/dev/null/locks",
    );
}

#[test]
fn secrets_that_others_can_read_are_found() {
    let rig = rig();
    let secrets = rig.home().join("secrets.json");
    fs::write(&secrets, "{}").unwrap();
    fs::set_permissions(&secrets, fs::Permissions::from_mode(0o644)).unwrap();
    finds(&rig, "permissions", "fail", "secrets.json");
}

/// A run that was killed in the middle; gives its journal.
fn killed(rig: &Rig) -> PathBuf {
    let mut live = Live::start(
        rig.command(["run", "long", "--serial", "S"]),
        "maestro run long",
    );
    live.until_shows("first");
    live.signal(Signal::KILL);
    live.end();
    let open = rig.home().join("journal/open");
    let files = fs::read_dir(open)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut journals = files.filter(|path| path.extension().is_some_and(|end| end == "jsonl"));
    journals.next().unwrap()
}

fn rig_with_long_run() -> Rig {
    let main = "\
test:
  name: Long
  version: 1.0.0
  steps:
    - {name: first, type: mock}
    - {name: wait, type: delay, duration: 30}
";
    rig().package("long", main, "")
}

#[test]
fn run_that_was_cut_off_is_found_and_recover_mends_it() {
    let rig = rig_with_long_run();
    killed(&rig);
    finds(&rig, "journals", "warn", "1 run was cut off");
    rig.run(["recover"]).passes();
    let checks = doctor(&rig, 0);
    assert!(
        checks
            .iter()
            .all(|check| check["part"] != "journals" || check["state"] == "ok")
    );
}

#[test]
fn run_that_goes_on_is_no_trouble() {
    let rig = rig_with_long_run();
    let mut live = Live::start(
        rig.command(["run", "long", "--serial", "S"]),
        "maestro run long",
    );
    live.until_shows("first");
    let checks = doctor(&rig, 0);
    let journals = checks
        .iter()
        .find(|check| check["part"] == "journals")
        .unwrap();
    assert_eq!(journals["says"], "1 run goes on");
    let delivery = checks
        .iter()
        .find(|check| check["part"] == "delivery")
        .unwrap();
    assert_eq!(delivery["state"], "ok");
}

#[test]
fn damaged_journal_is_found() {
    let rig = rig_with_long_run();
    let journal = killed(&rig);
    let text = fs::read_to_string(&journal).unwrap();
    fs::write(&journal, text.replacen("step_started", "step_startet", 1)).unwrap();
    finds(&rig, "journals", "warn", "cannot be read");
}

#[test]
fn damaged_store_is_found() {
    let rig = rig();
    run(&rig).passes();
    let store = rig.home().join("maestro.sqlite3");
    fs::write(
        &store,
        "no database at all, but quite a long text".repeat(1000),
    )
    .unwrap();
    let _ = fs::remove_file(rig.home().join("maestro.sqlite3-wal"));
    finds(&rig, "local store", "fail", "maestro.sqlite3");
}

#[test]
fn runner_that_is_not_installed_is_found() {
    let (rig, _) = with_file("runners: {adder: {command: [no-such-adder]}}\n");
    finds(&rig, "adder", "fail", "no-such-adder");
}

#[test]
fn package_folder_that_is_not_there_is_warned_of() {
    finds(
        &rig().env("MAESTRO_PACKAGE_PATH", "/nowhere"),
        "packages",
        "warn",
        "/nowhere",
    );
}

#[test]
fn clock_that_is_behind_the_journals_is_found() {
    let rig = rig();
    run(&rig).passes();
    let later = SystemTime::now() + Duration::from_hours(3);
    let folder = fs::File::open(rig.home().join("journal/open")).unwrap();
    folder.set_modified(later).unwrap();
    let checks = doctor(&rig, 1);
    let clock = checks
        .iter()
        .find(|check| check["part"] == "clock")
        .unwrap();
    assert_eq!(clock["state"], "fail", "{checks:#?}");
}

#[test]
fn settings_are_shown_with_their_sources_and_without_passwords() {
    let text = "\
retention_days: 30
redis_url: redis://:geheim@db
slots: 2
cfg: {DMM: '10.0.0.7', DMM_PASSWORD: geheim}
runners: {adder: {command: adder -v, env: {TOKEN: geheim}}}
";
    let (rig, _) = with_file(text);
    let rig = rig.env("MAESTRO_SLOTS", "3");
    let args = [
        "--set",
        "retention_days=7",
        "station",
        "show",
        "--format",
        "json",
    ];
    let shown = rig.run(args).passes().silent();
    let settings = shown.json()["settings"].take();
    let told = |key: &str| {
        let one = &settings[key];
        format!("{} {}", one["value"], one["source"].as_str().unwrap())
    };
    assert_eq!(told("retention_days"), "7 --set");
    assert_eq!(told("slots"), "3 MAESTRO_SLOTS");
    assert_eq!(told("redis_url"), r#""redis://:***@db" station.yaml:2"#);
    assert_eq!(told("cfg.DMM"), r#""10.0.0.7" station.yaml:4"#);
    assert_eq!(told("require_clean"), "false default");
    assert_eq!(told("station_id"), r#""rig" MAESTRO_STATION_ID"#);
    let page = rig.run(["station", "show"]).passes().silent();
    for text in [&shown.stdout, &page.stdout] {
        assert!(!text.contains("geheim"), "{text}");
    }
    page.shows("runners.adder TOKEN=*** adder -v station.yaml:5")
        .shows("slots 3 MAESTRO_SLOTS");
}

#[test]
fn url_from_a_file_is_shown_as_such() {
    let rig = rig().file("url", "redis://:geheim@db\n");
    let file = rig.work().join("url");
    let rig = rig.env("MAESTRO_REDIS_URL_FILE", file.to_str().unwrap());
    let shown = rig.run(["station", "show"]).passes();
    shown
        .shows("redis_url redis://:***@db redis_url_file")
        .hides("geheim");
}

#[test]
fn settings_with_mistakes_are_not_shown() {
    let (rig, _) = with_file("slots: many\n");
    rig.run(["station", "show"])
        .exit(2)
        .stderr("station.yaml:1");
}
