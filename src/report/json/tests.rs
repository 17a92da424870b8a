//! The report against its own schema.

use serde_json::{Value, json};

use super::*;
use crate::event::sample::{Stage, eventful};
use crate::record::samples::{run_id, stepped_run};

fn report(stage: &Stage) -> Value {
    let text = render(&RunRecord::from_events(&stage.events).unwrap());
    serde_json::from_str(&text).unwrap()
}

fn schema() -> Value {
    serde_json::from_str(SCHEMA).unwrap()
}

/// Checks the part of JSON Schema that ours uses, and that no field is missing from the schema.
fn check(schema: &Value, root: &Value, value: &Value, path: &str, broken: &mut Vec<String>) {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.trim_start_matches("#/$defs/");
        check(&root["$defs"][name], root, value, path, broken);
    }
    if let Some(choices) = schema["anyOf"].as_array() {
        let fits = choices.iter().any(|choice| {
            let mut own = Vec::new();
            check(choice, root, value, path, &mut own);
            own.is_empty()
        });
        if !fits {
            broken.push(format!("{path}: fits no choice"));
        }
    }
    if let Some(values) = schema["enum"].as_array()
        && !values.contains(value)
    {
        broken.push(format!("{path}: {value} is not in the list"));
    }
    let types = match &schema["type"] {
        Value::String(one) => vec![one.as_str()],
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !types.is_empty() && !types.iter().any(|name| is_of_type(value, name)) {
        broken.push(format!("{path}: {value} is no {types:?}"));
    }
    for name in schema["required"].as_array().into_iter().flatten() {
        if value.get(name.as_str().unwrap()).is_none() {
            broken.push(format!("{path}: lacks {name}"));
        }
    }
    if let (Some(fields), Some(object)) = (schema["properties"].as_object(), value.as_object()) {
        for (name, field) in object {
            match fields.get(name) {
                Some(schema) => check(schema, root, field, &format!("{path}.{name}"), broken),
                None => broken.push(format!("{path}.{name}: not in the schema")),
            }
        }
    }
    if let Some(array) = value.as_array() {
        for (i, item) in array.iter().enumerate() {
            check(
                &schema["items"],
                root,
                item,
                &format!("{path}[{i}]"),
                broken,
            );
        }
    }
}

fn is_of_type(value: &Value, name: &str) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64(),
        "number" => value.is_number(),
        "null" => value.is_null(),
        other => panic!("the schema uses the unknown type {other}"),
    }
}

#[track_caller]
fn fits(report: &Value) {
    let schema = schema();
    let mut broken = Vec::new();
    check(&schema, &schema, report, "$", &mut broken);
    assert!(broken.is_empty(), "{broken:#?}");
}

/// A run with prompts, artifacts, runners and facts, which the eventful one lacks.
fn with_everything_else() -> Stage {
    let mut stage = Stage::new(1);
    stage.push(json!({"type": "fact_found", "name": "package_dirty", "value": true}));
    stage.push(json!({
        "type": "variable_set", "source": "start", "values": {"rail": 3.3, "global.lot": "A17"},
    }));
    stage.push(json!({
        "type": "runner_started", "runner": "python", "generation": 1, "pid": 7,
        "name": "maestro-python", "version": "1", "runtime": "CPython 3.11", "start_ms": 30,
    }));
    stage.push(json!({
        "type": "definition_recorded", "digest": "00", "path": "tests/main.yaml", "part": 1,
        "parts": 1, "text": "test: {}",
    }));
    let step = stage.start("Look", json!({"kind": "prompt"}));
    let prompt = json!({"id": "p1", "title": "Look", "message": "Is it on?"});
    stage.push(json!({"type": "prompt_opened", "step": step, "prompt": prompt}));
    let answer = json!({"prompt_id": "p1", "button": "OK", "action": "continue", "by": "bob"});
    stage.push(json!({"type": "prompt_answered", "step": step, "answer": answer}));
    stage.push(json!({
        "type": "artifact_stored", "step": step,
        "artifact": {"name": "wave", "path": "x.bin", "media_type": "a/b", "digest": "00", "size": 3},
    }));
    stage.finish(
        step,
        "PASS",
        json!({"parameters": {"a": 1}, "outputs": {"result": 3}}),
    );
    stage
}

#[test]
fn reports_fit_the_schema() {
    fits(&report(&eventful()));
    fits(&report(&with_everything_else()));
}

#[test]
fn held_run_fits_the_schema_and_tells_what_it_was_told() {
    let events = stepped_run(run_id(1));
    let text = render(&RunRecord::from_events(&events).unwrap());
    let report: Value = serde_json::from_str(&text).unwrap();
    fits(&report);
    assert_eq!(report["run"]["held_ms"], 80);
    assert_eq!(report["holds"][1]["command"], "again");
    assert_eq!(report["holds"][1]["after"], 1);
    assert_eq!(report["holds"][1]["by"], "ada");
    let counted: Vec<_> = report["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["counted"].as_bool().unwrap())
        .collect();
    assert_eq!(counted, [false, true, true, false, false, true, true]);
    assert_eq!(report["run"]["variables_set"][0]["source"], "hand");
}

#[test]
fn checker_finds_what_does_not_fit() {
    let mut wrong = report(&eventful());
    wrong["run"]["verdict"] = json!("MAYBE");
    wrong["run"]["surprise"] = json!(1);
    wrong["steps"][0]["attempts"] = json!("one");
    let schema = schema();
    let mut broken = Vec::new();
    check(&schema, &schema, &wrong, "$", &mut broken);
    assert_eq!(broken.len(), 3, "{broken:#?}");
}

#[test]
fn report_keeps_numbers_and_their_limits() {
    let report = report(&eventful());
    let point = &report["steps"][2]["measurements"][0];
    assert_eq!(point["measurement_name"], "VOUT_5V");
    assert_eq!(point["actual_value"], 5.412);
    assert_eq!(point["high_limit"], 5.25);
    assert_eq!(point["verdict"], "FAIL");
    assert_eq!(
        report["steps"][2]["superseded_attempts"][0]["verdict"],
        "FAIL"
    );
    assert_eq!(report["run"]["verdict"], "FAIL");
    assert_eq!(report["run"]["duration_ms"], 12_400.0);
}
