//! `maestro runner check` from outside: it finds each broken rule, and our runners break none.

mod manual;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

use crate::remote::Listening;
use crate::rig::{Outcome, Rig, repository};

/// Checks that go on side by side; most of their time they wait.
const SIDE_BY_SIDE: usize = 4;

fn script() -> PathBuf {
    repository().join("tests/it/conformance/runner.py")
}

/// What `maestro runner check` says of each rule: its name and its sign.
fn rules(outcome: &Outcome) -> Vec<(String, char)> {
    let told = outcome.stdout.lines().filter_map(|line| {
        let mut signs = line.chars();
        let sign = signs.next().filter(|sign| "✓✗–".contains(*sign))?;
        let name = signs.as_str().split_whitespace().next()?;
        Some((name.to_owned(), sign))
    });
    told.collect()
}

/// Checks the runner of `script` with a rule broken, or none.
fn check(script: &Path, broken: Option<&str>, only: &[String]) -> Outcome {
    let mut args: Vec<String> = ["runner", "check"].map(str::to_owned).to_vec();
    args.extend(
        only.iter()
            .flat_map(|name| ["--only".to_owned(), name.clone()]),
    );
    args.extend(["python3", "-S"].map(str::to_owned));
    args.push(script.display().to_string());
    args.extend(broken.map(str::to_owned));
    Rig::new().run(args)
}

#[test]
fn runner_that_breaks_one_rule_breaks_that_rule_and_no_other() {
    let script = script();
    let whole = check(&script, None, &[])
        .passes()
        .shows("0 broken, 0 not tested");
    let names: Vec<String> = rules(&whole).into_iter().map(|(name, _)| name).collect();
    assert!(names.len() >= 40, "{whole}");
    // Lines of 1 and of 15 MiB forty times would take most of the time.
    let is_slow = |name: &str| name.starts_with("large");
    let mut quick = names.clone();
    quick.retain(|name| !is_slow(name));
    let left = Mutex::new(names.clone());
    let next = || left.lock().unwrap().pop();
    let work = || {
        while let Some(broken) = next() {
            let mut only = quick.clone();
            if is_slow(&broken) {
                only.push(broken.clone());
            }
            let outcome = check(&script, Some(&broken), &only).fails();
            let found: Vec<String> = rules(&outcome)
                .into_iter()
                .filter(|(_, sign)| *sign != '✓')
                .map(|(name, _)| name)
                .collect();
            assert_eq!(found, [broken], "{outcome}");
        }
    };
    thread::scope(|scope| {
        for _ in 0..SIDE_BY_SIDE {
            scope.spawn(work);
        }
    });
}

#[test]
fn runner_behind_a_connection_keeps_every_rule() {
    let rig = Rig::new();
    let script = script().display().to_string();
    let far = Listening::with(&rig, &["python3", "-S", &script]);
    let maestro = env!("CARGO_BIN_EXE_maestro");
    rig.run([
        "runner",
        "check",
        maestro,
        "runner",
        "serve",
        "remote",
        &far.address,
    ])
    .passes()
    .shows("0 broken, 0 not tested");
}

#[test]
fn one_rule_can_be_played_alone_and_an_unknown_one_is_refused() {
    let outcome = check(&script(), Some("once"), &["once".to_owned()])
        .fails()
        .shows("✗ once answers a request once and no more [CONFORMANCE]")
        .shows("twice")
        .shows("0 rules hold, 1 broken, 0 not tested");
    assert_eq!(rules(&outcome).len(), 1);
    check(&script(), None, &["twice".to_owned()])
        .exit(2)
        .stderr("there is no rule 'twice'")
        .stderr("cancel-race");
}
