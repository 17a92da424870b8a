//! What is fixed when a run starts.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{RunId, StepNo};

/// Everything that an audit asks of a run's beginning (EXECUTION section 1, item 5).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct RunStarted {
    pub(crate) run: RunId,
    pub(crate) test_name: String,
    pub(crate) test_version: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) device: Option<String>,
    /// All packages that take part, the running one first; empty for a lone YAML file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) packages: Vec<PackageIdent>,
    /// SHA-256 over the digests of all definitions that take part, in hexadecimal.
    pub(crate) definition_digest: String,
    /// Path of the main definition, relative to the package root.
    pub(crate) definition_path: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) serial_number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) operator_id: Option<String>,
    pub(crate) operator_source: OperatorSource,
    pub(crate) station_id: String,
    pub(crate) slot: u32,
    pub(crate) host: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) fixture_id: Option<String>,
    pub(crate) mode: Mode,
    /// What was given on the command line beside the package, such as `--var`.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(crate) overrides: Map<String, Value>,
    pub(crate) unattended: bool,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(crate) tags: Map<String, Value>,
    /// The merged station config as the run sees it, secrets masked.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(crate) config_snapshot: Map<String, Value>,
    /// The wall clock was earlier than the newest journal of this station.
    #[serde(default)]
    pub(crate) clock_suspect: bool,
    /// How many steps the plan holds, sub-sequences included, iterations not.
    pub(crate) steps_planned: u32,
    pub(crate) engine_version: String,
    pub(crate) pid: u32,
}

impl RunStarted {
    /// Whether nothing real is switched on. A simulation that can be held is a run for debugging.
    pub(crate) fn is_simulated(&self) -> bool {
        let given = |option| self.overrides.get(option);
        self.mode == Mode::Simulation
            || given("--simulate").is_some()
            || given("--mode").is_some_and(|mode| mode == Mode::Simulation.as_str())
    }
}

/// A package that takes part in a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PackageIdent {
    pub(crate) name: String,
    pub(crate) version: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) lifecycle_status: Option<String>,
    /// Git commit of the work tree that the package lies in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) commit: Option<String>,
    /// SHA-256 over paths and texts of its definitions that take part, in hexadecimal.
    pub(crate) digest: String,
}

/// A piece of a definition's text; long texts come in several, so that no event grows too large.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DefinitionPart {
    /// SHA-256 of the whole text, in hexadecimal.
    pub(crate) digest: String,
    /// Path relative to its package root.
    pub(crate) path: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) package: Option<String>,
    /// Number of this piece, from 1.
    pub(crate) part: u32,
    pub(crate) parts: u32,
    pub(crate) text: String,
}

/// A runner process as it introduced itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RunnerFacts {
    /// The plan's name of the runner, such as `python`.
    pub(crate) runner: String,
    /// 1 for the first process, one more after each restart.
    pub(crate) generation: u32,
    pub(crate) pid: u32,
    /// Name and version that the program gave.
    pub(crate) name: String,
    pub(crate) version: String,
    /// Runtime that the program gave, such as `CPython 3.11.7`.
    pub(crate) runtime: String,
    /// From the start of the process to its answer.
    pub(crate) start_ms: u64,
}

/// What a run counts as (EXECUTION section 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Mode {
    Production,
    Engineering,
    Debug,
    Simulation,
    Grr,
}

impl Mode {
    /// The mode as it is stored and shown.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Engineering => "engineering",
            Self::Debug => "debug",
            Self::Simulation => "simulation",
            Self::Grr => "grr",
        }
    }
}

/// How the operator became known (EXECUTION section 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OperatorSource {
    Flag,
    Scan,
    Login,
    OsUser,
}

/// Who took over in the middle of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OperatorChanged {
    /// The step that was running.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) step: Option<StepNo>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) from: Option<String>,
    pub(crate) to: String,
    pub(crate) source: OperatorSource,
    /// The front end at which it was said.
    pub(crate) front_end: String,
}

impl OperatorSource {
    /// The source as it is stored and shown.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Flag => "flag",
            Self::Scan => "scan",
            Self::Login => "login",
            Self::OsUser => "os_user",
        }
    }
}
