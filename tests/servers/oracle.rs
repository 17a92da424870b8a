//! The oracle: a Python with numpy, scipy, pandas and `DuckDB`, which figures and exports are
//! checked against, and with Typst, which stands in for the program of that name.
//!
//! `tests/run` makes it from `tests/oracle/requirements.txt` and names its interpreter in
//! `MAESTRO_TEST_ORACLE`; without the variable it is looked for where `tests/run` puts it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// The interpreter; fails the test where there is none, and says how to get it.
pub(crate) fn oracle_python() -> PathBuf {
    let told = std::env::var_os("MAESTRO_TEST_ORACLE").map(PathBuf::from);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = told.unwrap_or_else(|| root.join("target/oracle-venv/bin/python"));
    assert!(
        python.exists(),
        "{} does not exist, and this test needs a Python with numpy, scipy, pandas and duckdb: run \
         `tests/run`, which installs them, or set MAESTRO_TEST_ORACLE to a Python that has what \
         tests/oracle/requirements.txt lists",
        python.display()
    );
    python
}

/// Runs a script of the oracle, hands it `input` as JSON and reads its answer.
///
/// The script reads standard input and prints one JSON text (`NaN` and infinities are no JSON: it
/// says `null`, or a word).
pub(crate) fn ask_oracle(script: &str, input: &Value) -> Value {
    let mut child = Command::new(oracle_python())
        .args(["-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // All of it is written from beside: a script may answer before it has read to the end.
    let mut stdin = child.stdin.take().unwrap();
    let text = input.to_string();
    let writer = std::thread::spawn(move || {
        let _ = stdin.write_all(text.as_bytes());
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(
        output.status.success(),
        "the oracle failed:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        let said = String::from_utf8_lossy(&output.stdout);
        panic!("the oracle's answer is no JSON ({error}): {said}")
    })
}
