//! Reading of values, and arrays.

use serde_json::json;

use crate::measure::tests::{judge, judge_spec, spec, table};
use crate::verdict::Verdict::{Fail, Pass, Undetermined};

#[test]
fn value_that_is_missing_or_unreadable_is_undetermined() {
    let table = [
        ("numeric", json!(null), "no-value: nothing was returned"),
        ("numeric", json!("NaN"), "no-value: the value is NaN"),
        (
            "numeric",
            json!("3,3"),
            "not-a-number: '3,3' is not a number",
        ),
        (
            "numeric",
            json!("True"),
            "not-a-number: 'True' is not a number",
        ),
        ("numeric", json!(true), "not-a-number: True is not a number"),
        ("numeric", json!(""), "not-a-number: '' is not a number"),
        ("numeric", json!([1]), "not-a-number: [1] is not a number"),
        (
            "boolean",
            json!("maybe"),
            "not-a-boolean: 'maybe' is neither true nor false",
        ),
        ("boolean", json!(2), "not-a-boolean: 2 is neither"),
        (
            "string",
            json!({"a": 1}),
            "not-a-text: {\"a\":1} is no text",
        ),
        ("array", json!(3), "not-an-array: 3 is no list"),
        ("array", json!([]), "no-value: the list is empty"),
        ("array", json!(null), "no-value: nothing was returned"),
    ];
    for (kind, value, reason) in table {
        for limits in [json!({}), json!({"operator": "log"})] {
            let mut fields = limits;
            fields["type"] = json!(kind);
            let found = judge(fields, value.clone());
            let shown = found.reason.unwrap();
            assert_eq!(found.verdict, Undetermined, "{kind} {value}");
            assert!(shown.starts_with(reason), "{kind} {value}: {shown}");
            assert_eq!(found.actual_value, None);
        }
    }
    let found = judge_spec(&spec(&json!({"low_limit": 1})), None, None);
    assert_eq!(found.verdict, Undetermined);
    assert_eq!(found.low_limit, Some(1.0));
    assert_eq!(
        judge(json!({}), json!("3,3")).actual_text.as_deref(),
        Some("3,3")
    );
}

#[test]
fn numbers_in_text_are_read() {
    let fields = json!({"low_limit": 3, "high_limit": "3.5"});
    let found = judge(fields, json!(" +3.30E+00\r\n"));
    assert_eq!((found.verdict, found.actual_value), (Pass, Some(3.3)));
    assert_eq!(found.actual_text.as_deref(), Some("+3.30E+00"));
    assert_eq!(found.high_limit, Some(3.5));
}

#[test]
fn infinities_compare_and_are_not_stored_as_numbers() {
    table(&[
        (json!({"high_limit": 5}), json!("Infinity"), Fail),
        (json!({"low_limit": 5}), json!("Infinity"), Pass),
        (json!({"low_limit": 5}), json!("-Infinity"), Fail),
        (
            json!({"low_limit": "-Infinity", "high_limit": 5}),
            json!(-1e300),
            Pass,
        ),
        (json!({"high_limit": 5}), json!("1e999"), Fail),
    ]);
    let found = judge(json!({"high_limit": 5}), json!("Infinity"));
    assert_eq!(found.actual_value, None);
    assert_eq!(found.actual_text.as_deref(), Some("Infinity"));
    let found = judge(json!({"low_limit": "-Infinity", "high_limit": 5}), json!(1));
    assert_eq!((found.low_limit, found.high_limit), (None, Some(5.0)));
    assert_eq!(found.low_limit_declared.as_deref(), Some("-Infinity"));
}

#[test]
fn arrays_are_judged_by_their_worst_element() {
    let fields = json!({"type": "array", "low_limit": 1, "high_limit": 3, "unit": "V"});
    table(&[
        (fields.clone(), json!([1, 2, 3]), Pass),
        (fields.clone(), json!([1, 2, 3.1]), Fail),
        (fields.clone(), json!([1, "x"]), Undetermined),
        (fields.clone(), json!([1, null]), Undetermined),
        (fields.clone(), json!(["x", 9]), Fail),
        (fields.clone(), json!(["2", "Infinity"]), Fail),
        (json!({"type": "array"}), json!([1, "NaN"]), Undetermined),
        (json!({"type": "array"}), json!(["a", true]), Pass),
        (
            json!({"type": "array", "expected": [1, 2]}),
            json!([1.0, "2"]),
            Pass,
        ),
        (
            json!({"type": "array", "expected": [1, 2]}),
            json!([1, 3]),
            Fail,
        ),
        (
            json!({"type": "array", "expected": [1, 2]}),
            json!([1]),
            Fail,
        ),
        (json!({"type": "array", "expected": []}), json!([]), Pass),
        (
            json!({"type": "array", "expected": ["a"], "operator": "ne"}),
            json!(["a"]),
            Fail,
        ),
        (
            json!({"type": "array", "expected": ["a"], "operator": "gt"}),
            json!(["a"]),
            Undetermined,
        ),
        (
            json!({"type": "array", "expected": 5}),
            json!([5, 5.0]),
            Pass,
        ),
        (json!({"type": "array", "expected": 5}), json!([5, 6]), Fail),
        (
            json!({"type": "array", "operator": "matches", "expected": "^a"}),
            json!(["a", "ab"]),
            Pass,
        ),
        (
            json!({"type": "array", "operator": "contains", "expected": "a"}),
            json!(["a", "b"]),
            Fail,
        ),
        (
            json!({"type": "array", "target": 5, "tolerance": 1}),
            json!([4, 6]),
            Pass,
        ),
        (
            json!({"type": "array", "operator": "gt", "low_limit": 0}),
            json!([1, 0]),
            Fail,
        ),
    ]);
    let found = judge(fields.clone(), json!([2, 3.5, 0.9, 2]));
    assert_eq!(found.actual_value, Some(3.5));
    assert_eq!(
        found.reason.as_deref(),
        Some("element 1: 3.5 V is above high_limit 3 V")
    );
    assert_eq!(found.actual_text.as_deref(), Some("[2,3.5,0.9,2]"));
    let found = judge(fields.clone(), json!([2, 2.9, 2]));
    assert_eq!((found.verdict, found.actual_value), (Pass, Some(2.9)));
    let found = judge(fields, json!([2, "x"]));
    assert_eq!(
        found.reason.as_deref(),
        Some("not-a-number: element 1: 'x' is not a number")
    );
    let found = judge(
        json!({"type": "array", "operator": "eq", "target": 5}),
        json!([5, 7, 6]),
    );
    assert_eq!(found.actual_value, Some(7.0));
}

#[test]
fn long_texts_are_cut_and_flagged() {
    let long = vec![1.5; 100_000];
    let found = judge(json!({"type": "array", "high_limit": 2}), json!(long));
    let text = found.actual_text.unwrap();
    assert_eq!(found.verdict, Pass);
    assert!(
        text.len() < 33_000 && text.ends_with("… (400001 bytes in all)"),
        "{}",
        text.len()
    );
    assert_eq!(found.flags, ["cut"]);
    let found = judge(json!({"type": "string"}), json!("é".repeat(20_000)));
    assert!(
        found
            .actual_text
            .unwrap()
            .ends_with("… (40000 bytes in all)")
    );
}
