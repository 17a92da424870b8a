//! `tests/COVERAGE.md` says which tests hold each row of the format and of the execution: every
//! test that it names must exist, and every row must name one.

use std::fs;
use std::path::{Path, PathBuf};

use crate::rig::repository;

/// A test as the table names it, and the line that does.
struct Named {
    line: usize,
    test: String,
}

/// The tests of every row, and the rows that name none.
fn read(text: &str) -> (Vec<Named>, Vec<usize>) {
    let mut tests = Vec::new();
    let mut bare = Vec::new();
    let rows = text
        .lines()
        .enumerate()
        .filter(|(_, line)| line.starts_with("| ") && !line.starts_with("| Row"));
    for (index, row) in rows {
        let last = row.trim_end_matches([' ', '|']).rsplit(" | ").next();
        let named: Vec<&str> = last
            .unwrap_or_default()
            .split('`')
            .skip(1)
            .step_by(2)
            .collect();
        if named.is_empty() {
            bare.push(index + 1);
        }
        tests.extend(named.into_iter().map(|test| Named {
            line: index + 1,
            test: test.to_owned(),
        }));
    }
    (tests, bare)
}

/// The files in which a path of modules can stand.
fn files(modules: &[&str]) -> Vec<PathBuf> {
    let (root, rest) = match modules.split_first() {
        Some((&"it", rest)) => ("tests/it", rest),
        Some((&"protocol", rest)) => ("runners/protocol/src", rest),
        Some((&"transcripts", _)) => ("runners/protocol/tests", modules),
        Some((&"instrument", rest)) => ("runners/instrument/src", rest),
        Some((&"python", rest)) => ("runners/python/tests", rest),
        _ => ("src", modules),
    };
    let root = repository().join(root);
    let of = |parts: &[&str]| {
        let path = parts
            .iter()
            .fold(root.clone(), |path, part| path.join(part));
        ["rs", "py"]
            .map(|ending| path.with_extension(ending))
            .into_iter()
            .chain([path.join("mod.rs")])
            .collect::<Vec<_>>()
    };
    // A module `tests` may stand at the end of the file that it tests.
    let inline = match rest.split_last() {
        Some((&"tests", above)) => of(above),
        _ => Vec::new(),
    };
    of(rest).into_iter().chain(inline).collect()
}

/// Whether a file holds the test.
fn holds(file: &Path, name: &str) -> bool {
    let Ok(text) = fs::read_to_string(file) else {
        return false;
    };
    let mut before = "";
    let mut above = "";
    for line in text.lines().map(str::trim) {
        let is_function = ["fn ", "def "].iter().any(|word| {
            line.strip_prefix(word)
                .and_then(|rest| rest.strip_prefix(name))
                .is_some_and(|rest| rest.starts_with('('))
        });
        let is_test = line.starts_with("def ") || [before, above].contains(&"#[test]");
        if is_function && is_test {
            return true;
        }
        above = before;
        before = line;
    }
    false
}

#[test]
fn every_row_names_tests_that_exist() {
    let text = fs::read_to_string(repository().join("tests/COVERAGE.md")).unwrap();
    let (tests, bare) = read(&text);
    assert!(tests.len() > 200, "{} tests are named", tests.len());
    assert_eq!(bare, [0; 0], "lines of rows that name no test");
    let missing: Vec<String> = tests
        .iter()
        .filter(|named| {
            let parts: Vec<&str> = named.test.split("::").collect();
            let found = parts
                .split_last()
                .is_some_and(|(name, modules)| files(modules).iter().any(|file| holds(file, name)));
            !found
        })
        .map(|named| format!("line {}: {}", named.line, named.test))
        .collect();
    assert!(missing.is_empty(), "no such test:\n{}", missing.join("\n"));
}

#[test]
fn row_is_read_and_a_wrong_name_is_noticed() {
    let text = "| Row | Tests |\n|---|---|\n| a \\| b | `verdict::tests::worst_verdict_follows_the_order_of_the_specification`, `x::y` |\n| c | none |\n";
    let (tests, bare) = read(text);
    assert_eq!(tests.len(), 2);
    assert_eq!(bare, [4]);
    let verdict = files(&["verdict", "tests"]);
    assert!(
        verdict
            .iter()
            .any(|file| holds(file, "worst_verdict_follows_the_order_of_the_specification"))
    );
    assert!(
        !verdict
            .iter()
            .any(|file| holds(file, "worst_verdict_follows"))
    );
    assert!(!files(&["x"]).iter().any(|file| holds(file, "y")));
}
