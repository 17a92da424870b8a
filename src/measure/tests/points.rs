//! Points from code, invented answers, the record as JSON.

use serde_json::{Value, json};

use crate::measure::tests::{judge, spec};
use crate::measure::{
    Kind, LimitsSource, Measurement, Observed, Operand, Origin, Point, Spec, evaluate,
    evaluate_undeclared,
};
use crate::verdict::Verdict::{Fail, Pass, Undetermined};

#[test]
fn undeclared_points_are_judged_by_the_limits_that_came_with_them() {
    let point = |fields: Value| serde_json::from_value::<Point>(fields).unwrap();
    let rows = [
        (
            json!({"name": "p", "value": 3.3, "low_limit": 3, "high_limit": 4}),
            Pass,
            Kind::Numeric,
            true,
        ),
        (
            json!({"name": "p", "value": "5", "low_limit": 3, "high_limit": 4}),
            Fail,
            Kind::Numeric,
            true,
        ),
        (
            json!({"name": "p", "value": 3.3}),
            Pass,
            Kind::Numeric,
            false,
        ),
        (
            json!({"name": "p", "value": "x", "expected": "y"}),
            Fail,
            Kind::String,
            true,
        ),
        (
            json!({"name": "p", "value": true, "expected": true}),
            Pass,
            Kind::Boolean,
            true,
        ),
        (
            json!({"name": "p", "value": [1, 9], "high_limit": 4}),
            Fail,
            Kind::Array,
            true,
        ),
        (
            json!({"name": "p", "value": "NaN"}),
            Undetermined,
            Kind::Numeric,
            false,
        ),
        (json!({"name": "p"}), Undetermined, Kind::Numeric, false),
        (
            json!({"name": "p", "value": 1, "low_limit": null}),
            Pass,
            Kind::Numeric,
            false,
        ),
        (
            json!({"name": "p", "value": 1, "low_limit": 3, "high_limit": 2}),
            Undetermined,
            Kind::Numeric,
            true,
        ),
        (
            json!({"name": "p", "value": {"a": 1}}),
            Undetermined,
            Kind::Numeric,
            false,
        ),
    ];
    for (fields, verdict, kind, has_limits) in rows {
        let found = evaluate_undeclared(&point(fields.clone()), 4);
        assert_eq!(
            (found.verdict, found.kind),
            (verdict, kind),
            "{fields}: {:?}",
            found.reason
        );
        assert_eq!(found.position, 4);
        assert_eq!(
            found.limits_source,
            has_limits.then_some(LimitsSource::Code),
            "{fields}"
        );
        let flags: &[&str] = if has_limits {
            &["limits-from-code", "undeclared"]
        } else {
            &["undeclared"]
        };
        assert_eq!(found.flags, flags, "{fields}");
    }
    let found = evaluate_undeclared(&point(json!({"name": "p", "value": 1, "unit": "mVolt"})), 0);
    assert_eq!(found.unit.as_deref(), Some("mV"));
}

#[test]
fn limits_of_the_package_beat_those_of_the_code() {
    let point: Point = serde_json::from_value(
        json!({"name": "m", "value": 3300, "unit": "mV", "low_limit": 3400, "high_limit": 3500}),
    )
    .unwrap();
    let observe = |spec: &Spec| {
        evaluate(
            spec,
            &Observed {
                value: Some(&point.value),
                unit: point.unit.as_deref(),
                origin: Origin::Runner,
                point: Some(&point),
            },
        )
    };
    let found = observe(&spec(&json!({"low_limit": 3, "unit": "V"})));
    assert_eq!(
        (found.verdict, found.limits_source),
        (Pass, Some(LimitsSource::Yaml))
    );
    let found = observe(&spec(&json!({"unit": "V"})));
    assert_eq!(
        (found.verdict, found.limits_source),
        (Fail, Some(LimitsSource::Code))
    );
    assert_eq!(
        (found.actual_value, found.low_limit, found.high_limit),
        (Some(3.3), Some(3.4), Some(3.5))
    );
    assert_eq!(found.flags, ["limits-from-code"]);
    assert_eq!(found.low_limit_declared.as_deref(), Some("3400"));
    let found = observe(&spec(&json!({})));
    assert_eq!(
        (found.actual_value, found.unit.as_deref()),
        (Some(3300.0), Some("mV"))
    );
    let found = observe(&spec(&json!({"operator": "log"})));
    assert_eq!(found.verdict, Pass);
}

#[test]
fn invented_answer_is_judged_and_leaves_no_value() {
    let spec = spec(&json!({"low_limit": 3, "high_limit": 4}));
    let value = json!(3.5);
    let observed = Observed {
        value: Some(&value),
        unit: None,
        origin: Origin::Unattended,
        point: None,
    };
    let found = evaluate(&spec, &observed);
    assert_eq!((found.verdict, found.origin), (Pass, Origin::Unattended));
    assert_eq!((found.actual_value, found.actual_text), (None, None));
}

#[test]
fn record_goes_through_json_unchanged_and_leaves_out_what_is_not_there() {
    let found = judge(
        json!({"low_limit": 3, "operator": "gte", "unit": "V"}),
        json!(2),
    );
    let text = serde_json::to_value(&found).unwrap();
    assert_eq!(
        text,
        json!({
            "position": 0, "name": "m", "kind": "numeric", "origin": "runner",
            "actual_value": 2.0, "actual_text": "2", "low_limit": 3.0, "low_limit_declared": "3",
            "limits_source": "yaml", "operator": "greaterthanorequal", "unit": "V",
            "verdict": "FAIL", "reason": "2 V is below low_limit 3 V",
        })
    );
    assert_eq!(serde_json::from_value::<Measurement>(text).unwrap(), found);
}

#[test]
fn operands_go_through_json_unchanged() {
    for operand in [
        Operand::literal("3.30", json!(3.3)),
        Operand {
            declared: "{{x}}".to_owned(),
            value: Err("not defined".to_owned()),
        },
    ] {
        let text = serde_json::to_string(&operand).unwrap();
        assert_eq!(
            serde_json::from_str::<Operand>(&text).unwrap(),
            operand,
            "{text}"
        );
    }
}
