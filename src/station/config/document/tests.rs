//! What is written is read back, and mistakes are found.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::event::Timestamp;
use crate::source::{SourceFile, Sources};

fn entry(scope: Scope, key: &str, value: ConfigValue) -> ConfigEntry {
    ConfigEntry {
        scope,
        key: key.to_owned(),
        value,
        category: None,
        description: None,
        updated_by: "ops".to_owned(),
        updated_at: Timestamp(0),
    }
}

/// The document, and its findings as `line:column: message`.
fn load(text: &str) -> (Document, Vec<String>) {
    let mut sources = Sources::default();
    let source = sources.add(SourceFile::new("c.yaml", "c.yaml".into(), text));
    let mut findings = Vec::new();
    let document = read(text, source, &mut findings);
    let told = findings.iter().map(|finding| {
        let at = sources.position(finding.primary().unwrap());
        format!("{}:{}: {}", at.line, at.column, finding.message)
    });
    (document, told.collect())
}

/// What an entry and what is declared have in common.
type Said = (Scope, String, ConfigValue, Option<String>, Option<String>);

fn shape(document: &Document) -> Vec<Said> {
    let entries = document.entries.iter().cloned();
    entries
        .map(|it| (it.scope, it.key, it.value, it.category, it.description))
        .collect()
}

#[test]
fn document_is_written_for_people() {
    let mut dmm = entry(
        Scope::Global,
        "DMM",
        ConfigValue::Plain(json!("10.0.0.7:5025")),
    );
    dmm.category = Some("instruments".to_owned());
    let token = entry(Scope::Global, "TOKEN", ConfigValue::Secret);
    let bench = Scope::Station("bench-7".to_owned());
    let list = entry(bench, "SLOTS", ConfigValue::Plain(json!([1, {"a": "yes"}])));
    let text = write(&[dmm, token, list]);
    assert_eq!(
        text,
        "global:\n  DMM:\n    value: \"10.0.0.7:5025\"\n    category: instruments\n  TOKEN:\n    \
         secret: true\nstations:\n  bench-7:\n    SLOTS:\n      value: [1, {a: \"yes\"}]\n"
    );
    let (_, findings) = load(&text);
    assert_eq!(findings, Vec::<String>::new());
}

#[test]
fn mistakes_are_told_where_they_stand() {
    let (document, findings) = load(
        "global:\n  GOOD: { value: 1 }\n  1bad: { value: 1 }\n  BARE: 5\n  NONE: {}\n  \
         PW: { secret: true, value: x }\n  TYPO: { valeu: 1, value: 2 }\nstation: {}\n",
    );
    assert_eq!(
        findings,
        [
            "3:3: `1bad` cannot be named as `cfg.KEY` by a test",
            "4:9: `BARE` must be a mapping such as `{ value: 5 }`, and this is a number",
            "5:3: `NONE` has no value",
            "6:23: the text of the secret `PW` does not belong into a file",
            "7:11: a value of the config has no field `valeu`",
            "8:1: the file has no key `station`",
        ]
    );
    assert_eq!(document.entries.len(), 2);
}

#[test]
fn empty_file_and_empty_scope_say_nothing_wrong() {
    for text in ["", "# nothing\n", "global:\n", "stations: {b-1: }\n"] {
        let (document, findings) = load(text);
        assert_eq!(document.entries, []);
        assert_eq!(findings, Vec::<String>::new(), "{text}");
    }
    assert_eq!(
        load("stations: {b-1: }\n").0.scopes,
        [Scope::Station("b-1".to_owned())]
    );
}

/// Any JSON that a person might set.
fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>()
            .prop_filter("JSON has no other numbers", |number| number.is_finite())
            .prop_map(Value::from),
        any::<String>()
            .prop_filter("databases refuse NUL", |text| !text.contains('\0'))
            .prop_map(Value::from),
        prop::sample::select(vec![
            "yes",
            "null",
            "~",
            "1e3",
            "0x10",
            "0o7",
            "- a",
            "a: b",
            "# x",
            "",
            " ",
            "\n",
            "---",
            ".inf",
            "True",
            "1_000",
            "!x",
            "&a",
            "*a",
            "@",
            "`",
            "%",
            "{",
            "'",
            "\"",
            "<<",
            "=",
            "12:30",
            "2026-11-21",
            "\u{85}",
            "\u{2028}",
            "\u{feff}",
            "+1",
            ".5",
            "1.",
            "0b1",
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec(("[a-z \"é:#-]{0,6}", inner), 0..4)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_back_exactly(
        value in any_value(),
        category in proptest::option::of("[^\0]{1,8}"),
        station in "[^\0]{1,8}",
    ) {
        let mut written = entry(Scope::Global, "K", ConfigValue::Plain(value.clone()));
        written.category.clone_from(&category);
        let other = entry(Scope::Station(station), "a.b-c", ConfigValue::Plain(value));
        let text = write(&[written.clone(), other.clone()]);
        let (document, findings) = load(&text);
        prop_assert_eq!(findings, Vec::<String>::new(), "{}", text);
        let expected = [written, other].map(|it| {
            (it.scope, it.key, it.value, it.category, it.description)
        });
        // Compared as text: 1 and 1.0 are equal numbers and not the same value.
        prop_assert_eq!(format!("{:?}", shape(&document)), format!("{expected:?}"), "{}", text);
    }
}
