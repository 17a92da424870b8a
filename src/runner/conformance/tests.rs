use std::fs;
use std::path::{Path, PathBuf};

use super::{Outcome, check};
use crate::runner::{DotnetQuery, embedded, find_dotnet};

/// Plays the cases against a Python program; the outcome of each case by its name.
fn outcomes(source: &str) -> Vec<(String, Outcome)> {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("runner.py");
    fs::write(&script, source).unwrap();
    played("python3", vec!["-S".into(), script.into()], folder.path())
}

fn played(
    program: impl Into<PathBuf>,
    args: Vec<std::ffi::OsString>,
    workdir: &Path,
) -> Vec<(String, Outcome)> {
    let mut seen = Vec::new();
    let conforms = check(
        program.into(),
        args,
        workdir.to_owned(),
        &|_| true,
        |told| {
            seen.push((told.name.to_owned(), told.outcome.clone()));
        },
    );
    let breaks = seen
        .iter()
        .any(|(_, outcome)| matches!(outcome, Outcome::Breaks(_)));
    assert_eq!(conforms, !breaks);
    seen
}

fn of<'a>(seen: &'a [(String, Outcome)], name: &str) -> &'a Outcome {
    &seen.iter().find(|(case, _)| case == name).unwrap().1
}

fn reason<'a>(seen: &'a [(String, Outcome)], name: &str) -> &'a str {
    match of(seen, name) {
        Outcome::Breaks(how) => how,
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn the_python_runner_keeps_every_rule() {
    let home = tempfile::tempdir().unwrap();
    let folder = embedded::unpack(home.path()).unwrap();
    let args = embedded::python_arguments(&folder).map(Into::into).to_vec();
    for (name, outcome) in played("python3", args, home.path()) {
        assert_eq!(outcome, Outcome::Holds, "{name}");
    }
}

#[test]
fn the_dotnet_runner_keeps_every_rule() {
    let home = tempfile::tempdir().unwrap();
    let query = DotnetQuery {
        command: &[],
        runner_type: Some("mono"),
        workdir: home.path(),
        env: &|name| std::env::var_os(name),
        home: home.path(),
    };
    let dotnet = find_dotnet(&query).expect("Mono and its compiler are needed for this test");
    dotnet.missing.as_ref().unwrap().build().unwrap();
    for (name, outcome) in played(dotnet.program, dotnet.args, home.path()) {
        assert_eq!(outcome, Outcome::Holds, "{name}");
    }
}

/// A runner that can do little and does it right.
const LITTLE: &str = r#"
import json, os, sys
requests = os.fdopen(os.dup(0), encoding="utf-8")
answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
os.dup2(2, 1)
for line in requests:
    request = json.loads(line)
    method = request["method"]
    answer = {"error": {"code": -32601, "message": "no such method or target"}}
    if method == "initialize":
        answer = {"result": {"protocol": 1, "name": "n", "version": "1", "runtime": "r", "capabilities": []}}
    elif method == "shutdown":
        answer = {"result": {}}
    if "id" in request:
        print(json.dumps({"jsonrpc": "2.0", "id": request["id"], **answer}), file=answers, flush=True)
    if method == "shutdown":
        break
"#;

#[test]
fn what_a_small_runner_does_not_offer_is_skipped() {
    let seen = outcomes(LITTLE);
    for name in [
        "initialize",
        "unknown-method",
        "unknown-target",
        "torn-line",
        "joined-lines",
        "once",
        "ids",
        "cancel-flood",
        "half-line",
        "shutdown",
    ] {
        assert_eq!(of(&seen, name), &Outcome::Holds, "{name}");
    }
    for name in [
        "describe",
        "execute",
        "cancel",
        "log",
        "prints",
        "end-of-input-busy",
    ] {
        assert!(matches!(of(&seen, name), Outcome::Skipped(_)), "{name}");
    }
}

#[test]
fn every_rule_stands_in_a_section_of_the_manual() {
    let manual = include_str!("../../../man/maestro-runner.7");
    let sections: Vec<String> = manual
        .lines()
        .filter_map(|line| line.strip_prefix(".Sh ").or(line.strip_prefix(".Ss ")))
        .map(|name| name.replace(" ,", ","))
        .collect();
    for case in super::cases::CASES {
        let is_there = sections.iter().any(|section| section == case.section);
        assert!(is_there, "{}: no section {}", case.name, case.section);
    }
}

#[test]
fn a_runner_that_does_not_start_is_told_once() {
    for (source, part) in [
        (
            "import sys; print('no module foo', file=sys.stderr); sys.exit(1)",
            "no module foo",
        ),
        ("print('hello')", "not JSON"),
        (
            "import time; print('{\"jsonrpc\":\"2.0\",\"id\":9,\"result\":{}}', flush=True); time.sleep(9)",
            "id 9",
        ),
    ] {
        let seen = outcomes(source);
        assert_eq!(seen.len(), 1, "{seen:?}");
        assert!(reason(&seen, "initialize").contains(part), "{seen:?}");
    }
}
