//! The package that the crash tests run: it gives every kind of row.

use std::fmt::Write as _;

/// Test code; a step takes `pause` seconds at least.
pub(super) fn python(pause: f64) -> String {
    format!("PAUSE = {pause}\n{PYTHON}")
}

/// Setup leaves a process that outlives an ordinary kill; then a retry, a prompt, prints, a step that
/// fails, and `steps` that call Python.
pub(super) fn main_yaml(name: &str, steps: usize) -> String {
    let mut text = format!("test:\n  name: {name}\n{MAIN}");
    for number in 1..=steps {
        writeln!(
            text,
            "    - {{name: Step {number}, runner: python, module: module, function: step, parameters: {{number: {number}}}, timeout_ms: 20000, measurement: {{name: VALUE, low_limit: 0, unit: V}}}}"
        )
        .unwrap();
    }
    text + "  teardown:\n    - {name: 'Off', type: mock}\n"
}

const MAIN: &str = "  version: 1.0.0
  policy: {on_step_failure: continue}
  setup:
    - {name: Leave a child, runner: python, module: module, function: leave_child, timeout_ms: 20000}
  steps:
    - name: Measure
      runner: python
      module: module
      function: volts
      timeout_ms: 20000
      retry: {count: 1}
      measurements:
        - {name: VOUT, low_limit: 3.1, high_limit: 3.5, unit: V}
    - {name: Look, type: prompt, prompt: {message: Is it well?}}
    - name: Out of limits
      type: mock
      measurement: {name: RIPPLE, value: 80, high_limit: 50, unit: mV}
";

const PYTHON: &str = r#"
import subprocess, time
calls = 0
def leave_child():
    subprocess.Popen(["sleep", "600"], start_new_session=True)
def volts():
    global calls
    calls += 1
    print("call", calls)
    return {"VOUT": 2.0 if calls % 3 == 1 else 3.3, "NOTE": "a 'quoted' \\ text"}
def step(number: int):
    time.sleep(PAUSE)
    print("step", number)
    return {"VALUE": number / 3}
"#;
