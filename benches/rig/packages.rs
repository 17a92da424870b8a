//! The packages that are run.

/// The test code: a value in a dictionary, as most functions return it.
pub(super) const MODULE: &str =
    "def measure(channel: int):\n    return {\"v\": 3.3 + channel % 100 * 1e-3}\n";

pub(crate) const PYTHON_STEP: fn(usize) -> String = |number| {
    format!(
        "    - name: Measure rail {number}\n      runner: python\n      module: board\n      \
         function: measure\n      parameters: {{channel: {number}}}\n      timeout_ms: 1000\n      \
         measurement: {{name: v, low_limit: 3.0, high_limit: 3.6, unit: V}}\n"
    )
};

pub(crate) const MOCK_STEP: fn(usize) -> String = |number| {
    format!(
        "    - name: Mock rail {number}\n      type: mock\n      measurement: {{name: v, value: 3.3, \
         low_limit: 3.0, high_limit: 3.6, unit: V}}\n"
    )
};

pub(crate) fn definition(steps: usize, step: fn(usize) -> String) -> String {
    let steps: String = (0..steps).map(step).collect();
    format!("test:\n  name: Bench\n  version: 1.0.0\n  steps:\n{steps}")
}

pub(crate) fn manifest(name: &str) -> String {
    format!(
        "{{\"name\":\"{name}\",\"version\":\"1.0.0\",\"author\":\"bench\",\"description\":\"bench\"}}"
    )
}
