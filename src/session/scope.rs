//! The variables that a run starts with (FORMAT section 4).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::event::{RunStarted, Timestamp};
use crate::expr::Variables;
use crate::plan::Plan;

/// Where the first values come from, beside the plan.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scope {
    /// Merged station config, secrets in the clear.
    pub(crate) config: Map<String, Value>,
    /// `--var`.
    pub(crate) overrides: Map<String, Value>,
    /// Values of `global.*`.
    pub(crate) globals: BTreeMap<String, Value>,
}

/// Builds the variables of a run: namespaces, declared variables, overrides.
pub(crate) fn variables(
    plan: &Plan,
    started: &RunStarted,
    started_at: Timestamp,
    scope: &Scope,
) -> Variables {
    let mut variables = Variables::new();
    for (key, value) in &scope.config {
        variables.assign(&format!("cfg.{key}"), value.clone());
    }
    for (name, value) in &scope.globals {
        variables.assign(&format!("global.{name}"), value.clone());
    }
    let text = |text: &Option<String>| Value::String(text.clone().unwrap_or_default());
    let package = plan.packages.first().filter(|package| package.has_manifest);
    let id = Value::String(started.run.to_string());
    let exec = [
        ("serial_number", text(&started.serial_number)),
        ("operator_id", text(&started.operator_id)),
        ("station_id", Value::String(started.station_id.clone())),
        ("execution_id", id.clone()),
        ("test_name", Value::String(started.test_name.clone())),
        ("test_version", Value::String(started.test_version.clone())),
        (
            "package_name",
            text(&package.map(|package| package.ident.name.clone())),
        ),
        (
            "package_version",
            text(&package.map(|package| package.ident.version.clone())),
        ),
        ("started_at", Value::String(started_at.to_rfc3339())),
        ("unattended", Value::Bool(started.unattended)),
    ];
    for (key, value) in exec {
        variables.assign(&format!("exec.{key}"), value);
    }
    for (key, value) in &started.tags {
        variables.assign(&format!("exec.tag.{key}"), value.clone());
    }
    variables.assign("__execution_id__", id);
    for (name, value) in &plan.root_sequence().variables {
        variables.assign(name, value.clone());
    }
    for (name, value) in &scope.overrides {
        variables.assign(name, value.clone());
    }
    variables
}
