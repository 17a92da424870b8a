//! The hook of `.pre-commit-hooks.yaml`, run by pre-commit itself in a repository of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::rig::{Outcome, Rig, repository};

/// The real pre-commit; `tests/run` says where it put it.
fn program() -> Option<PathBuf> {
    let told = std::env::var_os("MAESTRO_TEST_PRE_COMMIT").map(PathBuf::from);
    let usual = repository().join("target/test-venv/bin/pre-commit");
    told.or(Some(usual)).filter(|path| path.exists())
}

fn git(folder: &Path, args: &[&str]) {
    let identity = [
        "-c",
        "user.name=A. Tester",
        "-c",
        "user.email=a@example.com",
    ];
    let output = Command::new("git")
        .args(identity)
        .args(args)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "git {args:?}: {output:?}");
}

/// The hooks of this repository as a repository of their own: pre-commit takes a commit, and the
/// state that is tested may not be committed yet.
fn hooks(rig: &Rig) -> PathBuf {
    let folder = rig.work().join("hooks");
    fs::create_dir(&folder).unwrap();
    let name = ".pre-commit-hooks.yaml";
    fs::copy(repository().join(name), folder.join(name)).unwrap();
    git(&folder, &["init", "-q", "-b", "main"]);
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "-q", "-m", "Hooks"]);
    git(&folder, &["tag", "v1"]);
    folder
}

/// Runs the hook over everything in `rig.work()/repo`.
fn run_hook(rig: &Rig, program: &Path) -> Outcome {
    let hooks = hooks(rig);
    let folder = rig.work().join("repo");
    let config = format!(
        "repos:\n  - repo: {}\n    rev: v1\n    hooks: [{{ id: maestro-validate-system }}]\n",
        hooks.display()
    );
    fs::write(folder.join(".pre-commit-config.yaml"), config).unwrap();
    git(&folder, &["init", "-q", "-b", "main"]);
    git(&folder, &["add", "."]);
    let mut command = Command::new(program);
    command
        .args(["run", "--all-files", "--verbose"])
        .current_dir(&folder);
    rig.surround(&mut command);
    let binary = Path::new(env!("CARGO_BIN_EXE_maestro")).parent().unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    command
        .env("PATH", format!("{}:{path}", binary.display()))
        .env("PRE_COMMIT_HOME", rig.work().join("pre-commit"));
    rig.finish(command, "pre-commit run")
}

const GOOD: &str =
    "test:\n  name: Good\n  version: 1.0.0\n  steps:\n    - { name: One, type: mock }\n";

#[test]
fn good_package_passes_the_hook_and_a_broken_one_is_refused() {
    let Some(program) = program() else {
        eprintln!("skipped: pre-commit is not installed; tests/run installs it");
        return;
    };
    let good = Rig::new().package("repo", GOOD, "");
    run_hook(&good, &program).passes().shows("Passed");

    let broken = Rig::new().package("repo", &GOOD.replace("  version: 1.0.0\n", ""), "");
    run_hook(&broken, &program)
        .fails()
        .shows("version is required");
}
