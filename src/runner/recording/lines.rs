//! The lines of a recording.

use maestro_protocol::{
    Described, ErrorObject, ExecuteResult, InitializeResult, Log, Progress, PromptParams,
    PromptReply, TargetRef,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::event::RunStarted;
use crate::verdict::Verdict;

/// The form that this version writes; it reads no other.
pub(super) const FORM: u32 = 1;

/// One line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "lowercase")]
pub(crate) enum Line {
    Recording(Header),
    /// What a runner said of itself when it started.
    Runner {
        runner: String,
        info: InitializeResult,
    },
    /// What a runner knows about one target.
    Target {
        runner: String,
        #[serde(flatten)]
        target: TargetRef,
        described: Described,
    },
    Call(Box<Recorded>),
    /// The last line of a recording that is whole.
    End {
        verdict: Verdict,
    },
}

/// Which run was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Header {
    pub(super) form: u32,
    pub(super) engine: String,
    pub(super) run: String,
    pub(crate) test: String,
    pub(crate) version: String,
    /// Digest of the definitions.
    pub(crate) definition: String,
}

impl Header {
    /// The header of a recording of this version's form.
    pub(crate) fn new(started: &RunStarted) -> Self {
        Self {
            form: FORM,
            engine: format!("maestro {}", started.engine_version),
            run: started.run.to_string(),
            test: started.test_name.clone(),
            version: started.test_version.clone(),
            definition: started.definition_digest.clone(),
        }
    }
}

/// One call: what was asked, what was said meanwhile, and how it ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Recorded {
    pub(super) runner: String,
    /// Path of the step in the plan; a loop calls it several times.
    pub(super) step: String,
    pub(super) attempt: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) package: Option<String>,
    pub(super) target: Value,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(super) parameters: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) said: Vec<Said>,
    pub(super) end: End,
    /// Milliseconds from the call to its end.
    pub(super) ms: f64,
}

/// What a runner said during a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Said {
    Log(Log),
    Progress(Progress),
    Prompt {
        asked: Box<PromptParams>,
        /// `None` where nobody answered.
        answered: Option<PromptReply>,
    },
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum End {
    Result(ExecuteResult),
    Error(ErrorObject),
    /// No answer in time; one that came too late counts as none.
    Silent,
    /// The runner ended, or broke the protocol.
    Lost(String),
}

/// The path in the plan of what `execute` calls a step: `steps/Measure#12` without its number.
pub(super) fn path_of(step: &str) -> &str {
    step.rsplit_once('#').map_or(step, |(path, _)| path)
}
