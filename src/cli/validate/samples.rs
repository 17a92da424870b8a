//! The packages with mistakes in `fixtures/packages/invalid`: markers against findings.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::diagnostic::Code;

/// A finding as a marker shows it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Marked {
    file: String,
    line: usize,
    column: usize,
    /// In characters; 0 where the marker does not tell.
    width: usize,
    code: String,
}

/// Codes for which no sample can be checked in, and the tests that see them instead.
const WITHOUT_SAMPLE: [Code; 7] = [
    // load::tests::what_is_no_ordinary_file_is_refused_without_blocking
    Code::FileUnreadable,
    Code::FileTooLarge,
    Code::FileNotUtf8,
    // yaml::tests::nesting_and_alias_bombs_stop_at_their_budget
    Code::YamlTooManyNodes,
    // check::rules::plan_too_large::tests
    Code::PlanTooLarge,
    // station::read::tests
    Code::StationValue,
    Code::StationIdDefault,
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/packages/invalid")
}

fn folders() -> Vec<PathBuf> {
    let entries = fs::read_dir(root()).unwrap().flatten();
    let mut folders: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|p| p.is_dir())
        .collect();
    folders.sort();
    folders
}

/// Every file below a folder, relative to it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.push(path.strip_prefix(folder).unwrap().to_path_buf());
            }
        }
    }
    found.sort();
    found
}

fn has_ending(file: &Path, ending: &str) -> bool {
    file.extension().is_some_and(|own| own == ending)
}

fn options(folder: &Path) -> ValidateOptions {
    let named = files(folder).into_iter().filter(|file| {
        let is_test =
            file.extension().is_some_and(|e| e == "yaml") && !file.ends_with("station.yaml");
        is_test || file.ends_with("package.json")
    });
    let station = fs::read_to_string(folder.join("station.yaml"))
        .ok()
        .map(|text| {
            let cfg: serde_yaml::Value = serde_yaml::from_str(&text).unwrap();
            let keys = cfg["cfg"].as_mapping().unwrap().keys();
            let keys = keys.map(|key| (key.as_str().unwrap().to_owned(), serde_json::Value::Null));
            Station {
                cfg: keys.collect(),
                ..Station::default()
            }
        });
    ValidateOptions {
        paths: named.collect(),
        format: FindingFormat::Json,
        deny: Deny::Errors,
        cwd: folder.to_path_buf(),
        unknown_keys: UnknownKeys::Error,
        package_path: Vec::new(),
        cfg_keys: station
            .as_ref()
            .map(|station| station.cfg.keys().cloned().collect()),
        station,
        color: false,
        unicode: true,
        width: 100,
        quiet: true,
        threads: 2,
    }
}

fn found(folder: &Path) -> BTreeSet<Marked> {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    validate(&options(folder), &mut out, &mut err);
    let document: serde_json::Value = serde_json::from_slice(&out).unwrap();
    let findings = document["findings"].as_array().unwrap();
    let number = |value: &serde_json::Value| value.as_u64().unwrap() as usize;
    findings
        .iter()
        .map(|finding| {
            let file = finding["file"].as_str().unwrap().to_owned();
            let column = number(&finding["column"]);
            let width = (number(&finding["end_column"]) - column).max(1);
            let is_marked = has_ending(Path::new(&file), "yaml") && column > 1;
            Marked {
                line: number(&finding["line"]),
                column,
                width: if is_marked { width } else { 0 },
                code: finding["code"].as_str().unwrap().to_owned(),
                file,
            }
        })
        .collect()
}

fn expected(folder: &Path) -> BTreeSet<Marked> {
    let mut marked = BTreeSet::new();
    for file in files(folder) {
        let name = file.display().to_string();
        let text = fs::read_to_string(folder.join(&file)).unwrap();
        if let Some(name) = name.strip_suffix(".expected") {
            marked.extend(text.lines().map(|line| listed(name, line)));
        } else if has_ending(&file, "yaml") {
            marked.extend(markers(&name, &text));
        }
    }
    marked
}

/// `line:column code`.
fn listed(file: &str, line: &str) -> Marked {
    let (place, code) = line.split_once(' ').unwrap();
    let (line, column) = place.split_once(':').unwrap();
    Marked {
        file: file.to_owned(),
        line: line.parse().unwrap(),
        column: column.parse().unwrap(),
        width: 0,
        code: code.to_owned(),
    }
}

fn markers(file: &str, text: &str) -> Vec<Marked> {
    let mut marked = Vec::new();
    let mut above = 0;
    for (number, line) in text.lines().enumerate() {
        let Some((column, width, code)) = marker(line) else {
            above = number + 1;
            continue;
        };
        marked.push(Marked {
            file: file.to_owned(),
            line: above,
            column,
            width,
            code,
        });
    }
    marked
}

/// Column, width and code of a marker line.
fn marker(line: &str) -> Option<(usize, usize, String)> {
    if let Some(code) = line.strip_prefix("#< ") {
        return Some((1, 0, code.to_owned()));
    }
    let (arrow, code) = line
        .trim_start()
        .strip_prefix('#')?
        .trim_start()
        .split_once(' ')?;
    let is_arrow = !arrow.is_empty() && arrow.bytes().all(|b| b == b'^');
    is_arrow.then(|| (line.find('^').unwrap() + 1, arrow.len(), code.to_owned()))
}

#[test]
fn findings_stand_where_the_markers_are_and_nowhere_else() {
    let mut complaints = String::new();
    for folder in folders() {
        let (found, expected) = (found(&folder), expected(&folder));
        for marked in expected.difference(&found) {
            writeln!(complaints, "{}: not found: {marked:?}", folder.display()).unwrap();
        }
        for marked in found.difference(&expected) {
            writeln!(complaints, "{}: not marked: {marked:?}", folder.display()).unwrap();
        }
    }
    assert_eq!(complaints, "");
}

#[test]
fn every_code_has_a_sample() {
    let marked: BTreeSet<String> = folders()
        .iter()
        .flat_map(|folder| expected(folder))
        .map(|marked| marked.code)
        .collect();
    for code in Code::ALL {
        let has_sample = marked.contains(code.as_str());
        assert_eq!(has_sample, !WITHOUT_SAMPLE.contains(code), "{code}");
    }
}

#[test]
fn twelve_mistakes_are_twelve_findings_under_the_right_text() {
    let folder = root().join("twelve");
    assert_eq!(found(&folder).len(), 12);
    let mut options = options(&folder);
    options.format = FindingFormat::Human;
    let (mut out, mut err) = (Vec::new(), Vec::new());
    assert_eq!(validate(&options, &mut out, &mut err), Exit::Negative);
    insta::assert_snapshot!(String::from_utf8(out).unwrap());
}

/// What our tree makes of the samples, against an independent reader of YAML.
///
/// Known differences: where the samples are no YAML, hold unknown tags or repeated keys.
#[test]
fn tree_agrees_with_another_reader_of_yaml() {
    let mut compared = 0;
    for folder in [root(), root().join("../good"), root().join("../demo-board")] {
        for file in files(&folder) {
            if !has_ending(&file, "yaml") || differs(&file) {
                continue;
            }
            let text = fs::read_to_string(folder.join(&file)).unwrap();
            let mut findings = Vec::new();
            let node =
                crate::package::yaml::parse(&text, crate::source::SourceId::new(0), &mut findings);
            let mut other: serde_yaml::Value = serde_yaml::from_str(&text).unwrap();
            other.apply_merge().unwrap();
            let other = serde_json::to_value(other).unwrap();
            assert_eq!(node.unwrap().to_json(), other, "{}", file.display());
            compared += 1;
        }
    }
    assert!(compared > 60, "{compared}");
}

fn differs(file: &Path) -> bool {
    let names = [
        "alias",
        "deep",
        "documents",
        "duplicate-key",
        "key",
        "merge",
        "syntax",
        "tag",
    ];
    let is_yaml_sample = file.starts_with("yaml");
    is_yaml_sample
        && names
            .iter()
            .any(|name| file.ends_with(format!("{name}.yaml")))
}
