//! `execute`: one call of one target.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Parameters of `execute`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ExecuteParams {
    /// Id of the run.
    pub run: String,
    /// Path of the step within the run, unique per iteration.
    pub step: String,
    /// Number of the attempt, from 1.
    pub attempt: u32,
    /// Package whose step this is; its modules are searched first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// What to call, in the runner's own words.
    pub target: Value,
    /// Arguments with native types.
    #[serde(default)]
    pub parameters: Map<String, Value>,
    /// The same arguments as text: the YAML source, or the spelling of a rendered value.
    #[serde(default)]
    pub parameters_text: Map<String, Value>,
    /// Limit of this attempt, which the engine enforces; told for the test code's own timeouts.
    #[serde(default)]
    pub timeout_ms: Option<u64>,
    /// What the run is about.
    #[serde(default)]
    pub context: Context,
}

/// What the run is about, for test code that wants to know.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Context {
    /// Serial number of the DUT.
    #[serde(default)]
    pub serial: Option<String>,
    /// Who operates the station.
    #[serde(default)]
    pub operator: Option<String>,
    /// Id of the station.
    #[serde(default)]
    pub station: String,
    /// Tags of the run.
    #[serde(default)]
    pub tags: Map<String, Value>,
}

/// Answer to `execute`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ExecuteResult {
    /// Returned values by name; a scalar is `{"result": …}`.
    #[serde(default)]
    pub outputs: Map<String, Value>,
    /// Measured points; the engine judges them.
    #[serde(default)]
    pub measurements: Vec<Measured>,
    /// Files that belong to the result.
    #[serde(default)]
    pub artifacts: Vec<Artifact>,
}

/// One measured point as a runner returns it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Name of the point.
    pub name: String,
    /// A number, text, a boolean, a list of numbers or null; see [`crate::number`].
    #[serde(default)]
    pub value: Value,
    /// Unit of the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Lower limit from code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low_limit: Option<Value>,
    /// Upper limit from code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high_limit: Option<Value>,
    /// Expected text or boolean from code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Value>,
}

/// A file that belongs to the result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artifact {
    /// Its name in the record.
    pub name: String,
    /// Where it lies, absolute or relative to the working directory.
    pub path: String,
    /// Its media type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
}

/// `data` of an error that test code raised.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExceptionData {
    /// Type of the exception, qualified as the language does.
    #[serde(default)]
    pub kind: String,
    /// Call stack, user code only, lines ending with line feeds.
    #[serde(default)]
    pub traceback: String,
}
