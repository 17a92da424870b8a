//! The fields of `maestro-report-1`, in the order in which they are written.

#![expect(
    clippy::struct_field_names,
    reason = "the names are those of the database columns"
)]

use serde::Serialize;
use serde_json::{Map, Value};

#[derive(Debug, Serialize)]
pub(super) struct Report<'a> {
    pub(super) schema: &'static str,
    pub(super) run: Run<'a>,
    pub(super) packages: Vec<Package<'a>>,
    pub(super) runners: Vec<Runner<'a>>,
    pub(super) definitions: Vec<Definition<'a>>,
    pub(super) steps: Vec<Step<'a>>,
    pub(super) prompts: Vec<Prompt<'a>>,
    /// Times at which a run under `--step` or `--break` was held.
    pub(super) holds: Vec<Hold<'a>>,
    pub(super) logs: Vec<Log<'a>>,
    /// What was said of the run afterwards; nothing else of it ever changes.
    pub(super) annotations: Vec<Annotation<'a>>,
}

#[derive(Debug, Serialize)]
pub(super) struct Annotation<'a> {
    pub(super) kind: &'static str,
    pub(super) disposition: Option<&'a str>,
    pub(super) reason: &'a str,
    pub(super) annotated_by: &'a str,
    pub(super) annotated_at: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Run<'a> {
    pub(super) id: String,
    pub(super) test_name: &'a str,
    pub(super) test_version: &'a str,
    pub(super) device: Option<&'a str>,
    pub(super) serial_number: Option<&'a str>,
    pub(super) operator_id: Option<&'a str>,
    pub(super) operator_source: &'static str,
    pub(super) station_id: &'a str,
    pub(super) slot: u32,
    pub(super) host: &'a str,
    pub(super) fixture_id: Option<&'a str>,
    pub(super) mode: &'static str,
    pub(super) overrides: &'a Map<String, Value>,
    pub(super) tags: &'a Map<String, Value>,
    pub(super) status: &'static str,
    /// Absent while the run is going on.
    pub(super) verdict: Option<&'static str>,
    pub(super) forced: bool,
    pub(super) unattended: bool,
    pub(super) abort_reason: Option<&'a str>,
    pub(super) aborted_by: Option<&'a str>,
    pub(super) cleanup: Option<&'static str>,
    pub(super) error: Option<&'a str>,
    pub(super) started_at: String,
    pub(super) ended_at: Option<String>,
    pub(super) duration_ms: Option<f64>,
    /// The part of it that the run was held.
    pub(super) held_ms: Option<u64>,
    pub(super) clock_suspect: bool,
    pub(super) damaged: bool,
    pub(super) definition_digest: &'a str,
    pub(super) definition_path: &'a str,
    pub(super) config_snapshot: &'a Map<String, Value>,
    pub(super) facts: Map<String, Value>,
    /// What was set beside the steps, in order: each with `source` and `values`.
    pub(super) variables_set: Vec<&'a Value>,
    pub(super) engine_version: &'a str,
}

#[derive(Debug, Serialize)]
pub(super) struct Package<'a> {
    pub(super) name: &'a str,
    pub(super) version: &'a str,
    pub(super) lifecycle_status: Option<&'a str>,
    pub(super) commit: Option<&'a str>,
    pub(super) digest: &'a str,
}

#[derive(Debug, Serialize)]
pub(super) struct Runner<'a> {
    pub(super) runner: &'a str,
    pub(super) generation: u32,
    pub(super) name: &'a str,
    pub(super) version: &'a str,
    pub(super) runtime: &'a str,
}

#[derive(Debug, Serialize)]
pub(super) struct Definition<'a> {
    pub(super) digest: &'a str,
    pub(super) path: &'a str,
    pub(super) package: Option<&'a str>,
}

#[derive(Debug, Serialize)]
pub(super) struct Step<'a> {
    pub(super) sequence_no: u32,
    /// `sequence_no` of the sequence around it.
    pub(super) parent: Option<u32>,
    pub(super) path: &'a str,
    pub(super) section: &'static str,
    pub(super) name: &'a str,
    pub(super) name_declared: Option<&'a str>,
    pub(super) kind: &'static str,
    pub(super) runner: Option<&'a str>,
    pub(super) target: Option<&'a Value>,
    pub(super) parameters: Option<&'a Map<String, Value>>,
    pub(super) iteration: Option<u32>,
    pub(super) execution_no: u32,
    pub(super) attempts: u32,
    /// Absent while the step runs.
    pub(super) verdict: Option<&'static str>,
    pub(super) verdict_forced: bool,
    pub(super) true_verdict: Option<&'static str>,
    /// Whether the step takes part in the verdicts above it.
    pub(super) counted: bool,
    pub(super) unattended: bool,
    pub(super) reason: Option<&'a str>,
    pub(super) skip_reason: Option<&'static str>,
    pub(super) started_at: String,
    pub(super) ended_at: Option<String>,
    pub(super) duration_ms: Option<f64>,
    pub(super) prompt_ms: Option<u64>,
    pub(super) held_ms: Option<u64>,
    pub(super) timeout_ms: Option<u64>,
    pub(super) error: Option<Error<'a>>,
    pub(super) outputs: Option<&'a Map<String, Value>>,
    pub(super) measurements: Vec<Measurement<'a>>,
    pub(super) superseded_attempts: Vec<Attempt<'a>>,
    pub(super) artifacts: Vec<Artifact<'a>>,
}

#[derive(Debug, Serialize)]
pub(super) struct Error<'a> {
    pub(super) kind: &'a str,
    pub(super) message: &'a str,
    pub(super) traceback: Option<&'a str>,
}

#[derive(Debug, Serialize)]
pub(super) struct Measurement<'a> {
    pub(super) measurement_name: &'a str,
    pub(super) kind: &'static str,
    pub(super) origin: &'static str,
    pub(super) actual_value: Option<f64>,
    pub(super) actual_text: Option<&'a str>,
    pub(super) raw_value: Option<&'a str>,
    pub(super) raw_unit: Option<&'a str>,
    pub(super) low_limit: Option<f64>,
    pub(super) high_limit: Option<f64>,
    pub(super) target: Option<f64>,
    pub(super) tolerance: Option<f64>,
    pub(super) low_limit_declared: Option<&'a str>,
    pub(super) high_limit_declared: Option<&'a str>,
    pub(super) target_declared: Option<&'a str>,
    pub(super) tolerance_declared: Option<&'a str>,
    pub(super) expected: Option<&'a str>,
    pub(super) expected_declared: Option<&'a str>,
    pub(super) limits_source: Option<&'static str>,
    pub(super) operator: Option<Value>,
    pub(super) unit: Option<&'a str>,
    pub(super) verdict: &'static str,
    pub(super) reason: Option<&'a str>,
    pub(super) flags: &'a [String],
}

#[derive(Debug, Serialize)]
pub(super) struct Attempt<'a> {
    pub(super) attempt: u32,
    pub(super) verdict: &'static str,
    pub(super) reason: Option<&'a str>,
    pub(super) error: Option<Error<'a>>,
    pub(super) started_at: String,
    pub(super) duration_ms: f64,
    pub(super) outputs: &'a Map<String, Value>,
    pub(super) measurements: Vec<Measurement<'a>>,
}

#[derive(Debug, Serialize)]
pub(super) struct Artifact<'a> {
    pub(super) name: &'a str,
    pub(super) path: &'a str,
    pub(super) media_type: &'a str,
    pub(super) digest: &'a str,
    pub(super) size: u64,
}

#[derive(Debug, Serialize)]
pub(super) struct Prompt<'a> {
    pub(super) step: u32,
    pub(super) title: Option<&'a str>,
    pub(super) message: &'a str,
    pub(super) image: Option<&'a str>,
    /// SHA-256 of what was shown.
    pub(super) image_digest: Option<&'a str>,
    pub(super) opened_at: String,
    /// Absent where the question was withdrawn or is open.
    pub(super) answer: Option<Answer<'a>>,
    pub(super) withdrawn: Option<&'a str>,
}

#[derive(Debug, Serialize)]
pub(super) struct Answer<'a> {
    pub(super) at: String,
    pub(super) button: Option<&'a str>,
    pub(super) action: Option<&'static str>,
    pub(super) raw: Option<&'a str>,
    pub(super) value: Option<&'a Value>,
    pub(super) by: Option<&'a str>,
    pub(super) front_end: Option<&'a str>,
    pub(super) unattended: bool,
    pub(super) timed_out: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct Hold<'a> {
    pub(super) at: String,
    pub(super) because: &'static str,
    /// `sequence_no` of the step that had just ended.
    pub(super) after: Option<u32>,
    /// Path of what came next.
    pub(super) next: Option<&'a str>,
    /// Absent where the run died while it was held.
    pub(super) command: Option<&'static str>,
    pub(super) by: Option<&'a str>,
    pub(super) front_end: Option<&'a str>,
    pub(super) held_ms: Option<f64>,
}

#[derive(Debug, Serialize)]
pub(super) struct Log<'a> {
    pub(super) at: String,
    pub(super) step: Option<u32>,
    pub(super) level: &'static str,
    pub(super) source: &'a str,
    pub(super) message: &'a str,
}
