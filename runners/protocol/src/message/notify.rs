//! Notifications: `cancel` to a runner, `log`, `progress` and `holds` from one.

use serde::{Deserialize, Deserializer, Serialize};

/// Parameters of `cancel`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancelParams {
    /// Id of the `execute` to end. One that was answered already is ignored.
    pub id: u64,
}

/// Parameters of `log`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Log {
    /// How loud.
    #[serde(default)]
    pub level: LogLevel,
    /// Text, perhaps of several lines.
    pub message: String,
    /// When, as RFC 3339, if the runner says it; else the time of arrival counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
}

/// Loudness of a `log`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// For the author of the test code.
    Debug,
    /// The normal case; also any name that this side does not know.
    #[default]
    Info,
    /// Something to look at.
    Warning,
    /// Something that went wrong.
    Error,
}

impl<'de> Deserialize<'de> for LogLevel {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Ok(match name.to_ascii_lowercase().as_str() {
            "debug" | "trace" => Self::Debug,
            "warning" | "warn" => Self::Warning,
            "error" | "critical" | "fatal" => Self::Error,
            _ => Self::Info,
        })
    }
}

/// Parameters of `progress`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Done part of the running `execute`, from 0 to 1.
    pub fraction: f64,
    /// What is going on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// Parameters of `holds`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holds {
    /// What the runner keeps open and closes at `shutdown`, oldest first; empty when that is done.
    pub names: Vec<String>,
}
