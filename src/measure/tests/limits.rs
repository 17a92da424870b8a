//! Limits that evaluate, and those that do not.

use serde_json::json;

use crate::measure::Operand;
use crate::measure::tests::{judge, judge_spec, spec, table};
use crate::verdict::Verdict::{Fail, Pass, Undetermined};

#[test]
fn limit_that_cannot_be_used_never_passes() {
    let rows = [
        (
            json!({"low_limit": 5, "high_limit": 4}),
            "low_limit 5 is above high_limit 4",
        ),
        (
            json!({"low_limit": "abc"}),
            "low_limit 'abc' is not a number",
        ),
        (
            json!({"high_limit": true}),
            "high_limit True is not a number",
        ),
        (
            json!({"high_limit": "3,5"}),
            "high_limit '3,5' is not a number",
        ),
        (
            json!({"high_limit": "NaN"}),
            "high_limit 'NaN' is not a number",
        ),
        (
            json!({"high_limit": null}),
            "high_limit nothing is not a number",
        ),
        (
            json!({"operator": "gt", "low_limit": 1, "high_limit": "x"}),
            "high_limit 'x' is not a number",
        ),
        (
            json!({"operator": "between"}),
            "between needs low_limit or high_limit",
        ),
        (json!({"operator": "eq"}), "equal needs target"),
        (json!({"operator": "ne"}), "notequal needs target"),
        (
            json!({"operator": "gt", "high_limit": 1}),
            "greaterthan needs low_limit",
        ),
        (
            json!({"operator": "ge"}),
            "greaterthanorequal needs low_limit",
        ),
        (
            json!({"operator": "lt", "low_limit": 1}),
            "lessthan needs high_limit",
        ),
        (
            json!({"operator": "le", "target": 1}),
            "lessthanorequal needs high_limit",
        ),
        (json!({"operator": "matches"}), "matches needs expected"),
        (json!({"tolerance": 1}), "tolerance stands without a target"),
        (
            json!({"tolerance": 1, "target": 1, "low_limit": 0}),
            "tolerance stands together with limits",
        ),
        (
            json!({"tolerance": "x", "target": 1}),
            "tolerance 'x' is neither a number nor a percentage",
        ),
        (
            json!({"tolerance": -1, "target": 1}),
            "tolerance -1 is negative or infinite",
        ),
        (
            json!({"tolerance": "Infinity", "target": 1}),
            "is negative or infinite",
        ),
        (
            json!({"operator": "gt", "low_limit": 1, "tolerance": 1, "target": 1}),
            "tolerance stands together",
        ),
        (
            json!({"operator": "lt", "tolerance": 1, "target": 1}),
            "tolerance does not go with lessthan",
        ),
        (json!({"target": "x"}), "target 'x' is not a number"),
    ];
    for (fields, reason) in rows {
        let found = judge(fields.clone(), json!(1));
        assert_eq!(found.verdict, Undetermined, "{fields}");
        let text = found.reason.unwrap();
        assert!(text.starts_with("limit-invalid: "), "{fields}: {text}");
        assert!(text.contains(reason), "{fields}: {text}");
        assert_eq!(found.actual_text.as_deref(), Some("1"), "{fields}");
    }
}

#[test]
fn template_that_fails_or_gives_no_number_makes_the_limit_invalid() {
    let mut spec = spec(&json!({"high_limit": 5}));
    spec.low_limit = Some(Operand {
        declared: "{{lo}}".to_owned(),
        value: Ok(json!("soft")),
    });
    let found = judge_spec(&spec, Some(&json!(3)), None);
    assert_eq!(
        found.reason.as_deref(),
        Some("limit-invalid: low_limit '{{lo}}' is 'soft', not a number")
    );
    spec.low_limit = Some(Operand {
        declared: "{{lo}}".to_owned(),
        value: Err("division by zero".to_owned()),
    });
    let found = judge_spec(&spec, Some(&json!(3)), None);
    assert_eq!(
        found.reason.as_deref(),
        Some("limit-invalid: low_limit '{{lo}}': division by zero")
    );
    spec.low_limit = Some(Operand {
        declared: "{{lo}}".to_owned(),
        value: Ok(json!("2.5")),
    });
    let found = judge_spec(&spec, Some(&json!(3)), None);
    assert_eq!((found.verdict, found.low_limit), (Pass, Some(2.5)));
    assert_eq!(found.low_limit_declared.as_deref(), Some("{{lo}}"));
}

#[test]
fn tolerance_is_a_band_around_the_target() {
    let percent = json!({"target": 3.3, "tolerance": "5%"});
    let absolute = json!({"target": 3.3, "tolerance": 0.165});
    for fields in [
        percent.clone(),
        absolute,
        json!({"target": 3.3, "tolerance": " 5 % ", "operator": "eq"}),
    ] {
        table(&[
            (fields.clone(), json!(3.135), Pass),
            (fields.clone(), json!(3.465), Pass),
            (fields.clone(), json!(3.134), Fail),
            (fields.clone(), json!(3.466), Fail),
        ]);
        let found = judge(fields, json!(3.3));
        assert_eq!(
            (found.low_limit, found.high_limit),
            (Some(3.135), Some(3.465))
        );
        assert_eq!((found.target, found.tolerance), (Some(3.3), Some(0.165)));
    }
    assert_eq!(
        judge(percent, json!(3.3)).tolerance_declared.as_deref(),
        Some("5%")
    );
    table(&[
        (json!({"target": -10, "tolerance": "10%"}), json!(-11), Pass),
        (
            json!({"target": -10, "tolerance": "10%"}),
            json!(-8.9),
            Fail,
        ),
        (json!({"target": 0, "tolerance": 0}), json!(0), Pass),
        (
            json!({"target": 5, "tolerance": 1, "operator": "ne"}),
            json!(6),
            Fail,
        ),
        (
            json!({"target": 5, "tolerance": 1, "operator": "ne"}),
            json!(6.1),
            Pass,
        ),
        (json!({"expected": 5, "tolerance": 1}), json!(5.5), Pass),
    ]);
}

#[test]
fn equality_is_exact_and_integers_are_integers() {
    let big = "9007199254740993";
    table(&[
        (json!({"operator": "eq", "target": 3}), json!(3.0), Pass),
        (
            json!({"operator": "eq", "target": 0.3}),
            json!(0.1 + 0.2),
            Fail,
        ),
        (
            json!({"operator": "eq", "target": big}),
            json!(9_007_199_254_740_993_i64),
            Pass,
        ),
        (
            json!({"operator": "eq", "target": big}),
            json!(9_007_199_254_740_992_i64),
            Fail,
        ),
        (
            json!({"operator": "eq", "target": u64::MAX}),
            json!("18446744073709551615"),
            Pass,
        ),
        (
            json!({"operator": "eq", "target": u64::MAX}),
            json!("18446744073709551614"),
            Fail,
        ),
        (
            json!({"operator": "gt", "low_limit": u64::MAX}),
            json!("123456789012345678901234567890123456789012"),
            Pass,
        ),
        (json!({"expected": 42}), json!(42), Pass),
        (json!({"expected": 42}), json!(43), Fail),
    ]);
    let found = judge(json!({"operator": "eq", "target": big}), json!(big));
    assert_eq!(found.flags, ["rounded"]);
    assert_eq!(found.actual_text.as_deref(), Some(big));
}

#[test]
fn only_the_limits_that_were_used_are_recorded_as_evaluated() {
    let found = judge(
        json!({"operator": "gt", "low_limit": 1, "high_limit": 2}),
        json!(3),
    );
    assert_eq!(found.verdict, Pass);
    assert_eq!((found.low_limit, found.high_limit), (Some(1.0), None));
    assert_eq!(found.high_limit_declared.as_deref(), Some("2"));
    let found = judge(json!({"operator": "log", "high_limit": 2}), json!(3));
    assert_eq!(
        (found.high_limit, found.high_limit_declared.as_deref()),
        (None, Some("2"))
    );
}
