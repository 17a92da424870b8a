//! The commands that need no test run: help, errors of the command line, `new`, generated text.

use std::process::{Command, Stdio};

use crate::rig::Rig;

#[test]
fn help_goes_to_stdout_and_mistakes_to_stderr() {
    let rig = Rig::new();
    rig.run(["--help"])
        .passes()
        .silent()
        .shows("Usage: maestro");
    rig.run(["--version"]).passes().shows("maestro 0.");
    let outcome = rig
        .run(["rnu"])
        .exit(2)
        .stderr("unrecognized subcommand 'rnu'");
    assert_eq!(outcome.stdout, "");
    rig.run::<&str>([]).exit(2).stderr("Commands:");
}

#[test]
fn colour_follows_the_flag_even_where_the_arguments_are_wrong() {
    let rig = Rig::new();
    rig.run(["--color=always", "rnu"]).exit(2).stderr("\x1b[");
    let plain = rig.run(["--color", "never", "rnu"]).exit(2).stderr;
    assert!(!plain.contains('\x1b'));
}

#[test]
fn new_package_is_written_once_and_never_over_another() {
    let rig = Rig::new();
    rig.run(["new", "my board"])
        .passes()
        .stderr("tests/main.yaml");
    let manifest = std::fs::read_to_string(rig.work().join("my board/package.json")).unwrap();
    assert!(manifest.contains(r#""name": "my-board""#), "{manifest}");
    for file in [
        "README.md",
        ".pre-commit-config.yaml",
        "python_modules/board.py",
    ] {
        assert!(rig.work().join("my board").join(file).exists(), "{file}");
    }
    rig.run(["new", "my board"])
        .exit(2)
        .stderr("exists and is not empty");
}

#[test]
fn new_package_into_a_folder_that_cannot_be_written_says_which_file() {
    Rig::new()
        .file("plain", "not a folder")
        .run(["new", "plain/x"])
        .exit(5)
        .stderr("cannot write plain/x/package.json");
}

#[test]
fn closed_stdout_is_no_crash() {
    let rig = Rig::new();
    let mut reader = Command::new("true").stdin(Stdio::piped()).spawn().unwrap();
    let pipe = reader.stdin.take().unwrap();
    reader.wait().unwrap();
    let status = rig
        .command(["man"])
        .stdout(Stdio::from(pipe))
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    assert_eq!(status.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&status.stderr), "");
}

#[test]
fn schemas_are_json() {
    let rig = Rig::new();
    for name in ["protocol", "report", "stats"] {
        let schema = rig.run(["schema", name]).passes().json();
        assert!(schema["$schema"].is_string(), "{name}");
    }
}

#[test]
fn runner_list_shows_what_can_be_started() {
    Rig::new()
        .file(
            "station.yaml",
            "runners:\n  gone: { command: [no-such-runner] }\n",
        )
        .run(["runner", "list", "--config", "station.yaml"])
        .exit(1)
        .shows("✓ python")
        .shows("✗ gone no-such-runner: program no-such-runner not found");
}

#[test]
fn runner_check_tells_the_rule_that_is_broken() {
    Rig::new()
        .run(["runner", "check", "sh", "-c", "exit 3"])
        .exit(1)
        .shows("✗ initialize")
        .shows("exit code 3");
}

#[test]
fn runner_describe_tells_parameters_and_what_is_missing() {
    let main = "test:\n  name: T\n  version: 1.0.0\n  steps:\n    \
        - { name: A, runner: python, module: module, function: read, timeout_ms: 5000 }\n";
    let python = "def read(channel: int = 3):\n    \"\"\"Reads a channel.\"\"\"\n    return 1\n";
    Rig::new()
        .package("described", main, python)
        .run(["runner", "describe", "described"])
        .passes()
        .shows("✓ python module.read(channel: int = 3)")
        .shows("Reads a channel.");
}
