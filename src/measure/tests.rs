//! Tables for the evaluation: one row per row and rule of FORMAT section 3.

mod limits;
mod operators;
mod points;
mod properties;
mod units;
mod values;

use serde_json::{Value, json};

use crate::measure::{Comparator, Kind, Measurement, Observed, Operand, Origin, Spec, evaluate};
use crate::verdict::Verdict::{self, Pass};

/// A declared measurement, written as in a package.
fn spec(fields: &Value) -> Spec {
    let operand = |key: &str| {
        let value = fields.get(key)?;
        let declared = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        Some(Operand::literal(declared, value.clone()))
    };
    let text = |key: &str| fields.get(key).and_then(Value::as_str);
    Spec {
        position: 0,
        name: "m".to_owned(),
        kind: text("type").map_or(Kind::Numeric, |kind| {
            serde_json::from_value(json!(kind)).unwrap()
        }),
        comparator: text("operator").map(|operator| Comparator::parse(operator).unwrap()),
        low_limit: operand("low_limit"),
        high_limit: operand("high_limit"),
        target: operand("target"),
        tolerance: operand("tolerance"),
        expected: operand("expected"),
        unit: text("unit").map(str::to_owned),
    }
}

fn judge_spec(spec: &Spec, value: Option<&Value>, unit: Option<&str>) -> Measurement {
    let observed = Observed {
        value,
        unit,
        origin: Origin::Runner,
        point: None,
    };
    evaluate(spec, &observed)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "rows of tables are written with json!"
)]
fn judge(fields: Value, value: Value) -> Measurement {
    judge_spec(&spec(&fields), Some(&value), None)
}

/// Rows of declaration, value and verdict.
fn table(rows: &[(Value, Value, Verdict)]) {
    for (fields, value, verdict) in rows {
        let found = judge(fields.clone(), value.clone());
        assert_eq!(
            found.verdict, *verdict,
            "{fields} {value}: {:?}",
            found.reason
        );
        assert_eq!(found.reason.is_none(), *verdict == Pass, "{fields} {value}");
    }
}
