use std::fmt::Write as _;
use std::path::PathBuf;

use proptest::prelude::*;

use super::*;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{SourceFile, SourceId, Sources, Span};

fn read(text: &str) -> (Option<serde_json::Value>, Vec<Diagnostic>) {
    let mut findings = Vec::new();
    let node = parse(text, SourceId::new(0), &mut findings);
    (node.map(|node| node.to_json()), findings)
}

fn codes(text: &str) -> Vec<Code> {
    read(text).1.iter().map(|finding| finding.code).collect()
}

fn slice(text: &str, span: Span) -> &str {
    &text[span.range()]
}

#[test]
fn spans_cover_keys_values_and_whole_containers() {
    let text = "µ: \"ä\"\nlist:\n  - one\n  - |\n    two\n\n# c\nmap: { a: 1 }\n";
    let node = parse(text, SourceId::new(0), &mut Vec::new()).unwrap();
    let mapping = node.mapping().unwrap();
    let part = |key: &str| slice(text, mapping.get(key).unwrap().value.span);
    assert_eq!(slice(text, mapping.entries[0].key.span), "µ");
    assert_eq!(part("µ"), "\"ä\"");
    assert_eq!(part("list"), "- one\n  - |\n    two");
    assert_eq!(part("map"), "{ a: 1 }");
    assert!(slice(text, node.span).ends_with("a: 1 }"));
}

#[test]
fn empty_value_is_null_with_empty_text() {
    let node = parse("a:\nb: ~\n", SourceId::new(0), &mut Vec::new()).unwrap();
    let mapping = node.mapping().unwrap();
    assert_eq!(&*mapping.get("a").unwrap().value.scalar().unwrap().text, "");
    assert_eq!(
        &*mapping.get("b").unwrap().value.scalar().unwrap().text,
        "~"
    );
    assert!(mapping.get("a").unwrap().value.is_null());
}

#[test]
fn merge_keys_add_what_is_not_written() {
    let text = "a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc:\n  <<: [*a, *b]\n  x: 9\n";
    let (json, findings) = read(text);
    assert_eq!(
        json.unwrap()["c"],
        serde_json::json!({"x": 9, "y": 2, "z": 4})
    );
    assert_eq!(findings, []);
    assert_eq!(codes("a: {<<: 3}"), [Code::YamlMerge]);
    assert_eq!(read("\"<<\": 1").0.unwrap()["<<"], 1);
}

#[test]
fn duplicate_key_is_one_finding_with_two_labels_and_reading_goes_on() {
    let text = "a: 1\nb: {x: 1, x: 2}\na: 3\n";
    let (json, findings) = read(text);
    assert_eq!(json.unwrap(), serde_json::json!({"a": 1, "b": {"x": 1}}));
    assert_eq!(findings.len(), 2);
    let labels = &findings[1].labels;
    assert_eq!((labels[0].span.start, labels[1].span.start), (21, 0));
}

#[test]
fn mistakes_in_structure_have_their_codes() {
    assert_eq!(codes("a: *nope\n"), [Code::YamlAlias]);
    assert_eq!(codes("a: &a [*a]\n"), [Code::YamlAlias]);
    assert_eq!(codes("a: 1\n---\nb: 2\n"), [Code::YamlSeveralDocuments]);
    assert_eq!(codes("a: !secret x\n"), [Code::YamlTag]);
    assert_eq!(codes("a: !!str 1\n"), []);
    assert_eq!(codes("a: {{x}}\n"), [Code::YamlKey]);
    assert_eq!(codes("a: [1\nb: 2\n"), [Code::YamlSyntax]);
    assert_eq!(codes("a:\n\t- 1\n"), [Code::YamlSyntax]);
    assert_eq!(codes(""), []);
}

#[test]
fn nesting_and_alias_bombs_stop_at_their_budget() {
    assert_eq!(codes(&"[".repeat(200_000)), [Code::YamlTooDeep]);
    assert_eq!(
        codes(&format!("a: {}1{}", "[".repeat(99), "]".repeat(99))),
        []
    );
    let mut bomb = String::from("a0: &a0 [1,2,3,4,5,6,7,8,9]\n");
    let mut chain = String::from("b0: &b0 [1]\n");
    for level in 1..200 {
        let below = format!("*a{},", level - 1).repeat(9);
        writeln!(bomb, "a{level}: &a{level} [{below}]").unwrap();
        writeln!(chain, "b{level}: &b{level} [*b{}]", level - 1).unwrap();
    }
    assert_eq!(codes(&bomb), [Code::YamlTooManyNodes]);
    assert_eq!(codes(&chain), [Code::YamlTooDeep]);
    assert_eq!(
        codes(&format!("[{}]", "1,".repeat(600_000))),
        [Code::YamlTooManyNodes]
    );
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics_and_spans_fit(text in "[ -~\n\t\u{b5}\u{3a9}&*!<>\\[\\]{}:,|#-]{0,200}") {
        let mut findings = Vec::new();
        let node = parse(&text, SourceId::new(0), &mut findings);
        let mut sources = Sources::default();
        sources.add(SourceFile::new("t", PathBuf::from("/t"), text.as_str()));
        for label in findings.iter().flat_map(|finding| &finding.labels) {
            prop_assert!(text.get(label.span.range()).is_some());
            sources.position(label.span);
        }
        if let Some(node) = node {
            prop_assert!(text.get(node.span.range()).is_some());
        }
    }
}
