//! What holds for whatever is declared and returned.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::measure::Measurement;
use crate::measure::tests::{judge, judge_spec, spec};
use crate::verdict::Verdict::Pass;

/// Any value that a runner may send.
fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[-+.eE0-9]{0,6}".prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from),
        Just(json!("NaN")),
        Just(json!("Infinity")),
        Just(json!("5%")),
    ];
    leaf.prop_recursive(2, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            ("[a-z]", inner).prop_map(|(key, value)| json!({ key: value })),
        ]
    })
}

proptest! {
    #[test]
    fn verdict_agrees_with_the_recorded_numbers(
        value in -10.0..10.0f64, low in -10.0..10.0f64, width in 0.0..10.0f64,
    ) {
        let found = judge(json!({"low_limit": low, "high_limit": low + width}), json!(value));
        let (actual, low, high) = (found.actual_value.unwrap(), found.low_limit.unwrap(), found.high_limit.unwrap());
        prop_assert_eq!(found.verdict == Pass, low <= actual && actual <= high);
    }

    #[test]
    fn nothing_panics_and_nothing_stored_is_infinite(
        values in proptest::collection::vec(proptest::option::of(any_value()), 6),
        kind in 0..4_usize,
        operator in proptest::option::of(0..10_usize),
        unit in proptest::option::of("[mkVA%°C]{0,3}"),
        named in proptest::option::of("[mkVA%°C]{0,3}"),
    ) {
        let kinds = ["numeric", "boolean", "string", "array"];
        let mut fields = json!({"type": kinds[kind]});
        let names = ["low_limit", "high_limit", "target", "tolerance", "expected"];
        for (name, value) in names.iter().zip(&values) {
            if let Some(value) = value {
                fields[name] = value.clone();
            }
        }
        if let Some(operator) = operator {
            let operators = ["between", "eq", "ne", "gt", "ge", "lt", "le", "log", "matches", "contains"];
            fields["operator"] = json!(operators[operator]);
        }
        if let Some(unit) = unit {
            fields["unit"] = json!(unit);
        }
        let found = judge_spec(&spec(&fields), values[5].as_ref(), named.as_deref());
        prop_assert_eq!(found.reason.is_none(), found.verdict == Pass);
        for number in [found.actual_value, found.low_limit, found.high_limit, found.target, found.tolerance] {
            prop_assert!(number.is_none_or(f64::is_finite));
        }
        let text = serde_json::to_string(&found).unwrap();
        prop_assert_eq!(serde_json::from_str::<Measurement>(&text).unwrap(), found);
    }
}
