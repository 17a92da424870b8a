//! Conversion of values and limits.

use serde_json::json;

use crate::measure::tests::{judge, judge_spec, spec};
use crate::verdict::Verdict::{Fail, Pass, Undetermined};

#[test]
fn units_of_one_dimension_are_converted() {
    let spec = spec(&json!({"low_limit": 3.1, "high_limit": 3.3, "unit": "Volts"}));
    let found = judge_spec(&spec, Some(&json!(3300)), Some("mV"));
    assert_eq!((found.verdict, found.actual_value), (Pass, Some(3.3)));
    assert_eq!(found.unit.as_deref(), Some("V"));
    assert_eq!(found.actual_text.as_deref(), Some("3.3"));
    assert_eq!(found.raw_value.as_deref(), Some("3300"));
    assert_eq!(found.raw_unit.as_deref(), Some("mV"));
    assert!(found.flags.is_empty());
    let found = judge_spec(&spec, Some(&json!(3301)), Some("mV"));
    assert_eq!(
        found.reason.as_deref(),
        Some("3.301 V is above high_limit 3.3 V")
    );
    let found = judge_spec(&spec, Some(&json!(3.2)), Some("Volt"));
    assert_eq!(
        (found.verdict, found.raw_unit, found.raw_value),
        (Pass, None, None)
    );
}

#[test]
fn units_of_different_dimensions_are_a_mismatch() {
    let spec = spec(&json!({"low_limit": 3, "unit": "V"}));
    let found = judge_spec(&spec, Some(&json!(5)), Some("mA"));
    assert_eq!(found.verdict, Undetermined);
    assert_eq!(
        found.reason.as_deref(),
        Some("unit-mismatch: the value is in mA, the limits are in V")
    );
    assert_eq!(found.actual_value, None);
    assert_eq!(
        (found.raw_value.as_deref(), found.raw_unit.as_deref()),
        (Some("5"), Some("mA"))
    );
}

#[test]
fn unknown_unit_is_taken_as_it_is_and_flagged() {
    let known = spec(&json!({"low_limit": 3, "unit": "V"}));
    let found = judge_spec(&known, Some(&json!(5)), Some("counts"));
    assert_eq!((found.verdict, found.actual_value), (Pass, Some(5.0)));
    assert_eq!(found.flags, ["unit-unverified"]);
    assert_eq!(found.raw_unit.as_deref(), Some("counts"));
    let unknown = spec(&json!({"low_limit": 3, "unit": "LSB"}));
    assert_eq!(
        judge_spec(&unknown, Some(&json!(5)), Some("V")).flags,
        ["unit-unverified"]
    );
    assert!(
        judge_spec(&unknown, Some(&json!(5)), Some(" LSB"))
            .flags
            .is_empty()
    );
    let none = spec(&json!({"low_limit": 3}));
    let found = judge_spec(&none, Some(&json!(5)), Some("mVolts"));
    assert_eq!((found.unit.as_deref(), found.raw_unit), (Some("mV"), None));
    assert_eq!(
        judge_spec(&known, Some(&json!(5)), Some(" "))
            .unit
            .as_deref(),
        Some("V")
    );
}

#[test]
fn arrays_are_converted_element_by_element() {
    let spec = spec(&json!({"type": "array", "high_limit": 3.3, "unit": "V"}));
    let found = judge_spec(&spec, Some(&json!([3300, "3301"])), Some("mV"));
    assert_eq!((found.verdict, found.actual_value), (Fail, Some(3.301)));
    assert_eq!(found.actual_text.as_deref(), Some("[3.3,3.301]"));
    assert_eq!(found.raw_value.as_deref(), Some("[3300,\"3301\"]"));
    let spec = super::spec(&json!({"type": "array", "expected": [3.3], "unit": "V"}));
    assert_eq!(
        judge_spec(&spec, Some(&json!([3300])), Some("mV")).verdict,
        Pass
    );
}

#[test]
fn failure_says_value_unit_and_limit() {
    let rows = [
        (
            json!({"low_limit": 3, "unit": "V"}),
            json!(2.5),
            "2.5 V is below low_limit 3 V",
        ),
        (
            json!({"operator": "gt", "low_limit": 3}),
            json!(3),
            "3 is not above low_limit 3",
        ),
        (
            json!({"operator": "lt", "high_limit": 3}),
            json!(3),
            "3 is not below high_limit 3",
        ),
        (
            json!({"operator": "ge", "low_limit": 3}),
            json!(2),
            "2 is below low_limit 3",
        ),
        (
            json!({"operator": "le", "high_limit": 3}),
            json!(4),
            "4 is above high_limit 3",
        ),
        (
            json!({"operator": "eq", "target": 3}),
            json!(4),
            "4 is not equal to target 3",
        ),
        (
            json!({"operator": "ne", "target": 3}),
            json!(3),
            "3 is equal to target 3",
        ),
        (
            json!({"operator": "ne", "target": 3, "tolerance": 1}),
            json!(3.5),
            "3.5 is within the tolerance of 3",
        ),
        (
            json!({"type": "string", "expected": "A"}),
            json!("B"),
            "'B' is not 'A'",
        ),
        (
            json!({"type": "string", "expected": "A", "operator": "ne"}),
            json!("A"),
            "'A' must not be 'A'",
        ),
        (
            json!({"type": "boolean", "expected": true}),
            json!(false),
            "False is not 'True'",
        ),
        (
            json!({"operator": "matches", "expected": "^A"}),
            json!("B"),
            "'B' does not match '^A'",
        ),
        (
            json!({"operator": "contains", "expected": "A"}),
            json!("B"),
            "'B' does not contain 'A'",
        ),
    ];
    for (fields, value, reason) in rows {
        let found = judge(fields.clone(), value);
        assert_eq!(
            (found.verdict, found.reason.as_deref()),
            (Fail, Some(reason)),
            "{fields}"
        );
    }
}
