//! `initialize`: who is talking, and with which packages.

use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::SerializeSeq};

/// Parameters of `initialize`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct InitializeParams {
    /// Version of the protocol that the engine speaks: [`crate::PROTOCOL_VERSION`].
    pub protocol: u32,
    /// Name and version of the engine, for logs.
    pub engine: String,
    /// Id of the station.
    pub station: String,
    /// Working directory of steps: the root of the running package.
    pub workdir: String,
    /// Every package taking part, the running one first.
    #[serde(default)]
    pub packages: Vec<PackageInfo>,
}

/// One package taking part in a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PackageInfo {
    /// Its name, to which the `package` of an `execute` refers.
    pub name: String,
    /// Its root folder, absolute.
    pub root: String,
    /// Folders in which this runner finds the package's code, absolute, first match wins.
    #[serde(default)]
    pub search_paths: Vec<String>,
    /// False when `requirements.typedParameters: false` turns parameter conversion off.
    #[serde(default = "yes")]
    pub typed_parameters: bool,
}

fn yes() -> bool {
    true
}

/// Answer to `initialize`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InitializeResult {
    /// Version of the protocol that the runner speaks.
    pub protocol: u32,
    /// Name of the runner, such as `python`.
    pub name: String,
    /// Version of the runner.
    pub version: String,
    /// The language runtime, such as `CPython 3.11.7`.
    pub runtime: String,
    /// What the runner can do beyond `execute`.
    #[serde(default)]
    pub capabilities: Capabilities,
}

/// Optional parts of the protocol; a list of names in a message, in which unknown ones are ignored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// Answers `describe`.
    pub describe: bool,
    /// Obeys `cancel`.
    pub cancel: bool,
    /// May send `log`.
    pub log: bool,
    /// May send `progress`.
    pub progress: bool,
    /// May send `prompt`.
    pub prompt: bool,
    /// May return artifacts.
    pub artifact: bool,
}

impl Capabilities {
    fn pairs(self) -> [(&'static str, bool); 6] {
        [
            ("describe", self.describe),
            ("cancel", self.cancel),
            ("log", self.log),
            ("progress", self.progress),
            ("prompt", self.prompt),
            ("artifact", self.artifact),
        ]
    }
}

impl Serialize for Capabilities {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut names = serializer.serialize_seq(None)?;
        for (name, has) in self.pairs() {
            if has {
                names.serialize_element(name)?;
            }
        }
        names.end()
    }
}

impl<'de> Deserialize<'de> for Capabilities {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut capabilities = Self::default();
        for name in Vec::<String>::deserialize(deserializer)? {
            match name.as_str() {
                "describe" => capabilities.describe = true,
                "cancel" => capabilities.cancel = true,
                "log" => capabilities.log = true,
                "progress" => capabilities.progress = true,
                "prompt" => capabilities.prompt = true,
                "artifact" => capabilities.artifact = true,
                _ => {}
            }
        }
        Ok(capabilities)
    }
}
