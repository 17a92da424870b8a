//! Disks that are full or refuse to keep what was written: the run ends with its cleanup, and
//! nobody is told a verdict that is not recorded.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::records::{Records, assert_no_process, only, word};
use crate::live::{Live, events_of};
use crate::rig::{Outcome, Rig};

const MAIN: &str = "
test:
  name: Disk
  version: 1.0.0
  setup:
    - {name: 'On', runner: python, module: module, function: 'on', timeout_ms: 20000}
  steps:
    - {name: Hold, runner: python, module: module, function: hold, timeout_ms: 60000}
    - {name: Print, runner: python, module: module, function: prints, timeout_ms: 20000}
    - {name: Last, runner: python, module: module, function: 'on', timeout_ms: 20000}
  teardown:
    - {name: 'Off', runner: python, module: module, function: 'off', timeout_ms: 20000}
";

const PYTHON: &str = r#"
import os, time

def on():
    open("on", "w").close()

def off():
    os.remove("on")

def hold():
    print("it holds")
    while os.path.exists("held"):
        time.sleep(0.01)

def prints():
    for _ in range(20):
        print("p" * 1000)
"#;

const RUN: [&str; 4] = ["run", "disk", "--serial=D-7", "--color=never"];

fn rig() -> Rig {
    Rig::new().package("disk", MAIN, PYTHON)
}

#[test]
fn full_disk_ends_the_run_with_its_cleanup_and_without_a_verdict() {
    fail_at_every("full", 6, "no space left");
}

#[test]
fn disk_that_does_not_keep_what_it_took_ends_the_run_in_the_same_way() {
    fail_at_every("broken", 2, "refused to keep");
}

/// Arms `point:1`, `point:2`, … until a run passes all of its places.
#[track_caller]
fn fail_at_every(point: &str, at_least: u32, message: &str) {
    let rig = rig();
    let mut failures = 0;
    loop {
        let mut command = rig.command(RUN);
        command.env("MAESTRO_FAILPOINT", format!("{point}:{}", failures + 1));
        let outcome = rig.finish(command, &format!("run with {point}:{}", failures + 1));
        if outcome.code == 0 {
            break;
        }
        failures += 1;
        judge(&rig, outcome, message, &rig.home());
    }
    println!("{failures} failures of kind {point}");
    assert!(failures >= at_least, "only {failures} places");
    rig.run(RUN).passes();
    let records = Records::delivered(&rig);
    records.nothing_runs();
    records.runs().iter().for_each(|run| records.audit(run));
}

/// Says NOT RECORDED and which disk, shows no verdict of the unit, and is switched off.
#[track_caller]
fn judge(rig: &Rig, outcome: Outcome, message: &str, disk: &Path) -> Outcome {
    let outcome = outcome
        .exit(5)
        .shows("NOT RECORDED: TEST AGAIN")
        .shows(message)
        .shows(&disk.display().to_string());
    for verdict in ["  PASS ", "  FAIL "] {
        assert!(!outcome.stdout.contains(verdict), "{outcome}");
    }
    assert!(
        !rig.work().join("disk/on").exists(),
        "not switched off; {outcome}"
    );
    outcome
}

#[test]
fn disk_that_fills_up_during_a_run_is_survived_and_usable_again() {
    let rig = rig();
    let Some(disk) = SmallDisk::mount(&rig.home(), 8) else {
        println!("skipped: a small disk can be mounted by root only");
        return;
    };
    let held = rig.work().join("disk/held");
    fs::write(&held, "").unwrap();
    let mut live = Live::start(
        rig.command(RUN.into_iter().chain(["--verbose"])),
        "the run whose disk fills up",
    );
    live.until_shows("it holds");
    disk.fill();
    fs::remove_file(held).unwrap();
    judge(&rig, live.end(), "no space left", &rig.home());

    // A run that could not be recorded is refused before anything is switched on.
    disk.fill();
    rig.run(RUN)
        .exit(5)
        .stderr("no space left")
        .stderr(&rig.home().display().to_string());

    disk.make_space();
    let events = rig
        .run(RUN.into_iter().chain(["--format=json"]))
        .passes()
        .stdout;
    let records = Records::delivered(&rig);
    records.nothing_runs();
    records.runs().iter().for_each(|run| records.audit(run));
    assert_eq!(records.end_of(&records.runs()[0]).0, "ERROR");
    assert_no_process(&word(only(&events_of(&events), "run_started"), "run"));
}

#[test]
fn journal_that_is_removed_during_a_run_is_noticed() {
    let rig = rig();
    let held = rig.work().join("disk/held");
    fs::write(&held, "").unwrap();
    let mut live = Live::start(
        rig.command(RUN.into_iter().chain(["--verbose"])),
        "the run whose home is removed",
    );
    live.until_shows("it holds");
    fs::remove_dir_all(rig.home()).unwrap();
    fs::remove_file(held).unwrap();
    judge(
        &rig,
        live.end(),
        "was removed while the run went on",
        &rig.home(),
    );
    rig.run(RUN).passes();
    Records::delivered(&rig).nothing_runs();
}

#[test]
fn home_that_cannot_be_written_starts_nothing_and_is_named() {
    for in_the_way in ["home", "home/journal", "home/journal/open"] {
        let rig = rig();
        let path = rig.home().parent().unwrap().join(in_the_way);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "in the way").unwrap();
        let outcome = rig
            .run(RUN)
            .exit(5)
            .stderr(&rig.home().display().to_string());
        assert_eq!(outcome.stdout, "");
        assert!(outcome.stderr.contains("os error"), "{outcome}");
    }
}

#[test]
fn store_that_cannot_be_written_holds_up_no_run_and_is_delivered_later() {
    let rig = rig();
    let store = rig.home().join("maestro.sqlite3");
    fs::create_dir(&store).unwrap();
    for _ in 0..2 {
        rig.run(RUN)
            .passes()
            .stderr("embedded store does not have everything yet")
            .stderr("a later run delivers it");
    }
    fs::remove_dir(store).unwrap();
    rig.run(RUN).passes();
    let records = Records::delivered(&rig);
    assert_eq!(records.runs().len(), 3);
    records.runs().iter().for_each(|run| records.audit(run));
}

/// A file system in memory, unmounted when it is dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// `None` where this account may not mount.
    fn mount(folder: &Path, mib: u32) -> Option<Self> {
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={mib}m"), "maestro-test"])
            .arg(folder)
            .output()
            .ok()?;
        mounted.status.success().then(|| Self(folder.to_owned()))
    }

    fn fill(&self) {
        let file = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.0.join("filler"));
        let mut file = file.unwrap();
        while file.write_all(&[b'x'; 4096]).is_ok() {}
    }

    fn make_space(&self) {
        fs::remove_file(self.0.join("filler")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).output();
    }
}
