//! One row per row of the operator table.

use serde_json::{Value, json};

use crate::measure::Operand;
use crate::measure::tests::{judge, judge_spec, spec, table};
use crate::verdict::Verdict::{Fail, Pass, Undetermined};

#[test]
fn absent_operator_and_between_judge_each_bound_that_is_given() {
    for operator in [json!({}), json!({"operator": "Between"})] {
        let with = |bounds: Value| {
            let mut fields = operator.clone();
            fields
                .as_object_mut()
                .unwrap()
                .extend(bounds.as_object().unwrap().clone());
            fields
        };
        let both = || with(json!({"low_limit": 3.1, "high_limit": 3.5}));
        table(&[
            (both(), json!(3.1), Pass),
            (both(), json!(3.5), Pass),
            (both(), json!(3.3), Pass),
            (both(), json!(3.099_999), Fail),
            (both(), json!(3.500_001), Fail),
            (with(json!({"low_limit": 3})), json!(3), Pass),
            (with(json!({"low_limit": 3})), json!(1e300), Pass),
            (with(json!({"low_limit": 3})), json!(2.9), Fail),
            (with(json!({"high_limit": 3})), json!(3), Pass),
            (with(json!({"high_limit": 3})), json!(3.1), Fail),
            (
                with(json!({"low_limit": 3, "high_limit": 3})),
                json!(3),
                Pass,
            ),
        ]);
    }
}

#[test]
fn every_operator_judges_by_its_rule() {
    let rows = [
        ("equal", "target", Fail, Pass, Fail),
        ("eq", "target", Fail, Pass, Fail),
        ("notequal", "target", Pass, Fail, Pass),
        ("ne", "target", Pass, Fail, Pass),
        ("greaterthan", "low_limit", Fail, Fail, Pass),
        ("GT", "low_limit", Fail, Fail, Pass),
        ("greaterthanorequal", "low_limit", Fail, Pass, Pass),
        ("gte", "low_limit", Fail, Pass, Pass),
        ("ge", "low_limit", Fail, Pass, Pass),
        ("lessthan", "high_limit", Pass, Fail, Fail),
        ("lt", "high_limit", Pass, Fail, Fail),
        ("lessthanorequal", "high_limit", Pass, Pass, Fail),
        ("lte", "high_limit", Pass, Pass, Fail),
        ("le", "high_limit", Pass, Pass, Fail),
        ("log", "high_limit", Pass, Pass, Pass),
    ];
    for (operator, operand, below, on, above) in rows {
        let fields = json!({"operator": operator, operand: 5});
        table(&[
            (fields.clone(), json!(4.9), below),
            (fields.clone(), json!(5.0), on),
            (fields.clone(), json!(5.1), above),
        ]);
    }
}

#[test]
fn text_operators_judge_the_text() {
    let matches = json!({"type": "string", "operator": "matches", "expected": "^FW [0-9]+$"});
    let contains = json!({"type": "string", "operator": "contains", "expected": "FW"});
    table(&[
        (matches.clone(), json!("FW 12"), Pass),
        (matches.clone(), json!("FW x"), Fail),
        (contains.clone(), json!("the FW 12"), Pass),
        (contains, json!("fw"), Fail),
        (
            json!({"operator": "regex", "expected": "^3\\.3"}),
            json!(3.31),
            Pass,
        ),
        (
            json!({"operator": "regex", "expected": "("}),
            json!("x"),
            Undetermined,
        ),
        (json!({"operator": "contains"}), json!("x"), Undetermined),
        (
            json!({"operator": "matches", "expected": "x", "low_limit": 1}),
            json!("x"),
            Undetermined,
        ),
    ]);
    assert_eq!(judge(matches, json!(3)).verdict, Fail);
}

#[test]
fn nothing_to_judge_is_recorded() {
    table(&[
        (json!({}), json!(3.3), Pass),
        (json!({"target": 5}), json!(3.3), Pass),
        (json!({"type": "string"}), json!("x"), Pass),
        (json!({"type": "boolean"}), json!(false), Pass),
        (json!({"type": "array"}), json!([1, 2]), Pass),
        (
            json!({"operator": "log", "low_limit": 9, "high_limit": 1}),
            json!(3),
            Pass,
        ),
        (
            json!({"operator": "log", "type": "string"}),
            json!("x"),
            Pass,
        ),
    ]);
    let found = judge(json!({"target": 5}), json!(3.3));
    assert_eq!((found.actual_value, found.target), (Some(3.3), Some(5.0)));
}

#[test]
fn booleans_compare_after_reading() {
    for value in [
        json!(true),
        json!("True"),
        json!("true"),
        json!(1),
        json!("1"),
    ] {
        table(&[
            (
                json!({"type": "boolean", "expected": true}),
                value.clone(),
                Pass,
            ),
            (
                json!({"type": "boolean", "expected": "True"}),
                value.clone(),
                Pass,
            ),
            (
                json!({"type": "boolean", "expected": "yes"}),
                value.clone(),
                Pass,
            ),
            (
                json!({"type": "boolean", "expected": 0}),
                value.clone(),
                Fail,
            ),
            (
                json!({"type": "boolean", "operator": "ne", "expected": false}),
                value.clone(),
                Pass,
            ),
            (
                json!({"type": "boolean", "operator": "eq", "target": true}),
                value.clone(),
                Pass,
            ),
            (
                json!({"type": "boolean", "operator": "gt", "expected": true}),
                value.clone(),
                Undetermined,
            ),
            (
                json!({"type": "boolean", "operator": "eq"}),
                value.clone(),
                Undetermined,
            ),
            (
                json!({"type": "boolean", "low_limit": 1}),
                value.clone(),
                Undetermined,
            ),
            (
                json!({"type": "boolean", "expected": "perhaps"}),
                value,
                Undetermined,
            ),
        ]);
    }
    let found = judge(json!({"type": "boolean", "expected": 1}), json!("true"));
    assert_eq!(found.actual_text.as_deref(), Some("True"));
    assert_eq!(found.expected.as_deref(), Some("True"));
    assert_eq!(found.actual_value, None);
}

#[test]
fn strings_compare_exactly() {
    let expected = json!({"type": "string", "expected": "A1"});
    table(&[
        (expected.clone(), json!("A1"), Pass),
        (expected.clone(), json!("a1"), Fail),
        (expected.clone(), json!("A1 "), Fail),
        (expected, json!(["A1"]), Undetermined),
        (
            json!({"type": "string", "operator": "ne", "expected": "A"}),
            json!("B"),
            Pass,
        ),
        (
            json!({"type": "string", "operator": "ne", "expected": "A"}),
            json!("A"),
            Fail,
        ),
        (
            json!({"type": "string", "operator": "lt", "expected": "A"}),
            json!("A"),
            Undetermined,
        ),
        (json!({"type": "string", "expected": ""}), json!(""), Pass),
        (
            json!({"type": "string", "expected": "True"}),
            json!(true),
            Pass,
        ),
        (
            json!({"type": "string", "high_limit": 3}),
            json!("2"),
            Undetermined,
        ),
    ]);
}

#[test]
fn literal_that_a_text_is_compared_with_keeps_its_source_text() {
    let mut spec = spec(&json!({"type": "string"}));
    spec.expected = Some(Operand::literal("1.10", json!(1.1)));
    assert_eq!(judge_spec(&spec, Some(&json!("1.10")), None).verdict, Pass);
    assert_eq!(judge_spec(&spec, Some(&json!(1.1)), None).verdict, Pass);
    spec.expected = Some(Operand::literal("true", json!(true)));
    assert_eq!(judge_spec(&spec, Some(&json!(true)), None).verdict, Pass);
    assert_eq!(judge_spec(&spec, Some(&json!("true")), None).verdict, Pass);
    assert_eq!(judge_spec(&spec, Some(&json!("TRUE")), None).verdict, Fail);
    spec.expected = Some(Operand::literal("{{version}}", json!(1.1)));
    assert_eq!(judge_spec(&spec, Some(&json!("1.1")), None).verdict, Pass);
}
