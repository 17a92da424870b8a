//! Tables for templates and conditions: one row per rule of FORMAT section 4.

mod condition;
mod template;

use serde_json::{Value, json};

use crate::expr::Variables;

/// A scope as a run has it.
fn scope() -> Variables {
    let mut variables = Variables::new();
    for (name, value) in [
        ("vout", json!(3.3)),
        ("count", json!(3)),
        ("whole", json!(3.0)),
        ("ok", json!(true)),
        ("text_true", json!("True")),
        ("text_number", json!("25")),
        ("name", json!("board")),
        ("empty", json!("")),
        ("nothing", json!(null)),
        ("rails", json!([3.3, 5.0, 12])),
        ("out", json!({"v": 3.3, "inner": {"x": 7}, "list": [1, 2]})),
        ("my-var", json!("dashed")),
        ("my key", json!("spaced")),
        ("rail.3v3", json!("dotted")),
        ("hostile", json!("{{vout}}")),
        ("cfg.dmm", json!("TCP::1")),
        ("cfg.limit", json!(3.4)),
        ("exec.serial_number", json!("S-1")),
        ("exec.tag.ProductId", json!("P-7")),
        ("exec.prompt.action", json!("pass")),
        ("mes.route", json!("R")),
        ("global.lot", json!(12)),
        ("__iteration__", json!(2)),
        ("__attempt__", json!(1)),
    ] {
        variables.assign(name, value);
    }
    variables
}

fn value(value: impl Into<Value>) -> Value {
    value.into()
}
