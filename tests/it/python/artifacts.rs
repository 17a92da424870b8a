//! Files that test code makes are kept, and nothing of them is left elsewhere.

use std::fs;
use std::path::{Path, PathBuf};

use crate::faults::records::{end_of_step, only};
use crate::rig::Rig;

const MAIN: &str = "
test:
  name: Trace
  version: 1.0.0
  steps:
    - {name: Trace, runner: python, module: module, function: trace, timeout_ms: 20000}
    - {name: Hang, runner: python, module: module, function: hang, timeout_ms: 300, grace_ms: 50}
";

const PYTHON: &str = r#"
import os, time
import maestro

def trace():
    path = maestro.artifact(b"\x00" * 1000, "trace.bin")
    return {"folder": os.path.dirname(path)}

def hang():
    maestro.artifact(b"never kept", "lost.bin")
    while True:
        try:
            time.sleep(60)
        except BaseException:
            pass
"#;

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

#[test]
fn killed_runner_leaves_its_files_nowhere() {
    let rig = Rig::new().package("trace", MAIN, PYTHON);
    let temporary = rig.work().join("tmp");
    fs::create_dir(&temporary).unwrap();
    let rig = rig.env("TMPDIR", temporary.to_str().unwrap());
    let outcome = rig
        .run(["run", "trace", "--serial", "T", "--format=json"])
        .exit(4);
    let events = outcome.json_events();
    let kept = only(&events, "artifact_stored");
    let path = kept["artifact"]["path"].as_str().unwrap();
    let kept = fs::read(rig.home().join("artifacts").join(path)).unwrap();
    assert_eq!(kept, [0; 1000]);
    let folder = end_of_step(&events, "Trace")["outputs"]["folder"].clone();
    let folder = Path::new(folder.as_str().unwrap()).to_owned();
    assert!(folder.starts_with(rig.home().join("scratch")), "{folder:?}");
    assert!(!folder.exists(), "{folder:?}");
    assert_eq!(entries(&rig.home().join("scratch")), Vec::<PathBuf>::new());
    assert_eq!(entries(&temporary), Vec::<PathBuf>::new());
}

#[test]
fn what_a_crash_left_is_gone_after_the_next_start() {
    let rig = Rig::new().package("trace", MAIN, PYTHON);
    let left = rig
        .home()
        .join("scratch/0192a000-0000-7000-8000-000000000000");
    fs::create_dir_all(&left).unwrap();
    fs::create_dir_all(rig.home().join("journal")).unwrap();
    fs::write(left.join("1-1-trace.bin"), "left").unwrap();
    rig.run(["recover"]).passes();
    assert!(!left.exists());
}
