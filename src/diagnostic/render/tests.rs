use std::path::PathBuf;

use serde_json::Value;

use super::*;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{SourceFile, Sources, Span};

const TEXT: &str = "test:\n  name: \"Prüfung µ\" # ä\n  limits: { low: 5.3, high: 4.7 }\n";

fn sample() -> (Vec<Diagnostic>, Sources) {
    let mut sources = Sources::default();
    let source = sources.add(SourceFile::new(
        "tests/ä b.yaml",
        PathBuf::from("/p/a"),
        TEXT,
    ));
    let other = sources.add(SourceFile::new(
        "other.yaml",
        PathBuf::from("/p/b"),
        "include: x\n",
    ));
    let span = |part: &str| {
        let at = TEXT.find(part).unwrap();
        Span::new(source, at, at + part.len())
    };
    let findings = vec![
        Diagnostic::error(Code::LimitReversed, "low_limit must be < high_limit")
            .at(span("5.3"), "5.3 V is above 4.7 V")
            .at(span("4.7"), "the upper limit")
            .help("swap them"),
        Diagnostic::warning(Code::DuplicateStepName, "100% odd: a, b\nand more")
            .at(span("Prüfung µ"), "here")
            .at(Span::new(other, 0, 7), "and there"),
        Diagnostic::hint(Code::MissingUnit, "no unit").at(span("ä\n"), "behind non-ASCII"),
    ];
    (findings, sources)
}

const PLAIN: HumanStyle = HumanStyle {
    color: false,
    unicode: true,
    width: 80,
    limit: 100,
};

#[test]
fn people_see_the_place_underlined() {
    let (findings, sources) = sample();
    insta::assert_snapshot!(human(&findings, &sources, PLAIN));
}

#[test]
fn ascii_and_plain_styles_hold_nothing_else() {
    let (findings, sources) = sample();
    let ascii = HumanStyle {
        unicode: false,
        ..PLAIN
    };
    let text = human(&findings[..1], &sources, ascii);
    assert!(
        text.lines()
            .all(|line| line.is_ascii() || line.contains("Prüfung") || line.contains("ä b"))
    );
    assert!(!human(&findings, &sources, PLAIN).contains('\x1b'));
    let colored = HumanStyle {
        color: true,
        ..PLAIN
    };
    let text = human(&findings, &sources, colored);
    assert!(text.contains("\x1b["));
    assert!(!text.contains("\x1b]"), "no links");
}

#[test]
fn long_lists_are_cut_and_counted_and_errors_stay() {
    let (findings, sources) = sample();
    let mut many = vec![findings[2].clone(); 10];
    many.push(findings[0].clone());
    let two = HumanStyle { limit: 2, ..PLAIN };
    let text = human(&many, &sources, two);
    assert!(text.contains("limit-reversed"));
    assert!(text.contains("and 9 more"));
}

#[test]
fn json_has_lines_columns_and_bytes() {
    let (findings, sources) = sample();
    let value: Value = serde_json::from_str(&json(&findings, &sources)).unwrap();
    assert_eq!(value["errors"], 1);
    let hint = &value["findings"][2];
    assert_eq!((&hint["line"], &hint["column"]), (&2.into(), &23.into()));
    assert_eq!(
        (&hint["end_line"], &hint["end_column"]),
        (&3.into(), &1.into())
    );
    let start = hint["start_byte"].as_u64().unwrap() as usize;
    assert!(TEXT[start..].starts_with('ä'));
    assert_eq!(value["findings"][1]["related"][0]["file"], "other.yaml");
}

#[test]
fn github_commands_are_escaped() {
    let (findings, sources) = sample();
    let text = github(&findings, &sources);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[0],
        "::error file=tests/ä b.yaml,line=3,endLine=3,col=18,endColumn=20,title=limit-reversed::\
         low_limit must be < high_limit (5.3 V is above 4.7 V)%0AHelp: swap them"
    );
    assert!(lines[1].ends_with("::100%25 odd: a, b%0Aand more (here)"));
    assert_eq!(lines.len(), 3);
}

/// The parts of the SARIF 2.1.0 schema that this output uses.
#[test]
fn sarif_has_the_required_shape() {
    let (findings, sources) = sample();
    let log: Value = serde_json::from_str(&sarif(&findings, &sources)).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    assert_eq!(run["tool"]["driver"]["name"], "maestro");
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert_eq!((rules.len(), results.len()), (3, 3));
    for result in results {
        let index = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(["none", "note", "warning", "error"].contains(&result["level"].as_str().unwrap()));
        assert!(result["message"]["text"].is_string());
        let region = &result["locations"][0]["physicalLocation"]["region"];
        for field in ["startLine", "startColumn", "endLine", "endColumn"] {
            assert!(region[field].as_u64().unwrap() >= 1);
        }
        let uri = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
        assert_eq!(uri, "tests/%C3%A4%20b.yaml");
    }
}
