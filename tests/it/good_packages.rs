//! Every package of `fixtures/packages/good` runs to what its first lines promise.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::rig::{Rig, repository};

/// The promises at the top of a definition (see the README there).
struct Promise {
    verdict: String,
    args: Vec<String>,
    /// Verdicts by name of step, in no order.
    steps: BTreeMap<String, Vec<String>>,
}

impl Promise {
    fn read(text: &str) -> Option<Self> {
        let lines = text.lines().take_while(|line| line.starts_with('#'));
        let field = |name: &str| {
            let prefix = format!("# {name}:");
            lines
                .clone()
                .find_map(|line| line.strip_prefix(&prefix).map(str::trim))
        };
        let mut steps = BTreeMap::<String, Vec<String>>::new();
        for entry in field("steps")
            .unwrap_or_default()
            .split(", ")
            .filter(|e| !e.is_empty())
        {
            let (name, verdict) = entry.rsplit_once('=').unwrap();
            steps
                .entry(name.to_owned())
                .or_default()
                .push(verdict.to_owned());
        }
        Some(Self {
            verdict: field("expect")?.to_owned(),
            args: field("args")
                .unwrap_or_default()
                .split_whitespace()
                .map(str::to_owned)
                .collect(),
            steps,
        })
    }
}

fn definitions() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for package in entries(&repository().join("fixtures/packages/good")) {
        if !package.is_dir() {
            continue;
        }
        let folders = [package.join("tests"), package.clone()];
        let files = folders
            .iter()
            .filter(|folder| folder.is_dir())
            .flat_map(|f| entries(f));
        found.extend(files.filter(|file| file.extension().is_some_and(|ext| ext == "yaml")));
    }
    found.sort();
    assert!(found.len() > 20, "the samples were not found");
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect()
}

const CODES: [(&str, i32); 5] = [
    ("PASS", 0),
    ("FAIL", 1),
    ("UNDETERMINED", 3),
    ("ABORTED", 4),
    ("ERROR", 5),
];

/// What is wrong with a run of one definition; `None` where everything is as promised.
fn trouble(path: &Path) -> Option<String> {
    let shown = path
        .strip_prefix(repository())
        .unwrap()
        .display()
        .to_string();
    let Some(promise) = Promise::read(&fs::read_to_string(path).unwrap()) else {
        // Sub-sequences promise nothing.
        return None;
    };
    let mut args = vec!["run".to_owned(), path.display().to_string()];
    args.extend(
        [
            "--serial=GOOD-1",
            "--unattended",
            "--headless",
            "--format=json",
        ]
        .map(str::to_owned),
    );
    args.extend(promise.args);
    let outcome = Rig::new().run(&args);
    let expected = CODES
        .iter()
        .find(|(verdict, _)| *verdict == promise.verdict)
        .unwrap()
        .1;
    if outcome.code != expected {
        return Some(format!("{shown}: {} expected; {outcome}", promise.verdict));
    }
    let seen = verdicts(&outcome.json_events());
    for (name, mut wanted) in promise.steps {
        let mut found = seen.get(&name).cloned().unwrap_or_default();
        wanted.sort();
        found.sort();
        if wanted != found {
            return Some(format!("{shown}: {name} is {found:?}, not {wanted:?}"));
        }
    }
    None
}

/// The verdicts of all step records by name.
fn verdicts(events: &[Value]) -> BTreeMap<String, Vec<String>> {
    let mut names = BTreeMap::new();
    let mut verdicts = BTreeMap::<String, Vec<String>>::new();
    for event in events {
        let step = event["step"].as_u64();
        match event["type"].as_str() {
            Some("step_started") => {
                names.insert(step, event["name"].as_str().unwrap().to_owned());
            }
            Some("step_finished") => {
                let name = names.get(&step).cloned().unwrap_or_default();
                let verdict = event["verdict"].as_str().unwrap().to_owned();
                verdicts.entry(name).or_default().push(verdict);
            }
            _ => {}
        }
    }
    verdicts
}

#[test]
fn good_packages_run_to_what_they_promise() {
    let definitions = definitions();
    // Most of the time is spent waiting for runners to start.
    let troubles = std::thread::scope(|scope| {
        let parts = definitions.chunks(definitions.len().div_ceil(4));
        let threads = parts
            .map(|part| scope.spawn(|| part.iter().filter_map(|p| trouble(p)).collect::<Vec<_>>()))
            .collect::<Vec<_>>();
        let found = threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap());
        found.collect::<Vec<_>>()
    });
    assert!(troubles.is_empty(), "{}", troubles.join("\n\n"));
}
