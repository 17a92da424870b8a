//! One runner: its settings, and which step goes where.

use std::path::PathBuf;
use std::str::FromStr;

use maestro_protocol::{Described, ErrorObject, ExecuteParams, ExecuteResult, PackageInfo};
use serde_json::Value;

use crate::command::{self, Programs};
use crate::failure::wrong;
use crate::files::Files;
use crate::scpi::{self, Sessions};
use crate::talk::Talk;

/// Which of the runners.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Instruments.
    Scpi,
    /// Programs.
    Command,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Scpi, Self::Command];

    /// The name in packages and stations.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scpi => "scpi",
            Self::Command => "command",
        }
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|kind| kind.name() == name);
        known.ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            format!("`{name}` is none of the runners {names}")
        })
    }
}

/// A runner between two steps.
#[derive(Debug)]
pub(crate) struct Runner {
    pub(crate) kind: Kind,
    pub(crate) workdir: PathBuf,
    pub(crate) packages: Vec<PackageInfo>,
    sessions: Sessions,
    pub(crate) programs: Programs,
    files: Files,
}

impl Runner {
    pub(crate) fn new(kind: Kind) -> Self {
        Self {
            kind,
            workdir: PathBuf::new(),
            packages: Vec::new(),
            sessions: Sessions::default(),
            programs: Programs::default(),
            files: Files::default(),
        }
    }

    /// Carries out one attempt of a step.
    pub(crate) fn step(
        &mut self,
        params: &ExecuteParams,
        talk: &mut dyn Talk,
    ) -> Result<ExecuteResult, ErrorObject> {
        if let Some(name) = params.parameters.keys().next() {
            let message = format!(
                "a {} step has no `parameters`, and here is `{name}`; its fields take templates",
                self.kind.name()
            );
            return Err(wrong(message));
        }
        let roots = self.roots(params.package.as_deref());
        match self.kind {
            Kind::Scpi => scpi::execute(
                &mut self.sessions,
                &params.target,
                params.timeout_ms,
                &mut self.files,
                talk,
            ),
            Kind::Command => {
                let place = command::Place {
                    workdir: &self.workdir,
                    roots: &roots,
                };
                self.programs
                    .execute(&params.target, &place, &mut self.files, talk)
            }
        }
    }

    /// Says what is known about a target without carrying it out.
    pub(crate) fn describe_one(&self, target: &Value, package: Option<&str>) -> Described {
        let roots = self.roots(package);
        let looked_at = match self.kind {
            Kind::Scpi => scpi::look_at(target),
            Kind::Command => command::look_at(target, &roots),
        };
        match looked_at {
            Ok(doc) => Described {
                exists: Some(true),
                parameters: Some(Vec::new()),
                doc: Some(doc),
                ..Described::default()
            },
            Err(error) => Described {
                exists: Some(false),
                reason: Some(error.message),
                ..Described::default()
            },
        }
    }

    /// The folders in which files of a step are looked for: its own package, then the running one.
    fn roots(&self, package: Option<&str>) -> Vec<PathBuf> {
        let own = self
            .packages
            .iter()
            .find(|info| Some(info.name.as_str()) == package)
            .map(|info| PathBuf::from(&info.root));
        let mut roots: Vec<PathBuf> = own.into_iter().collect();
        if !roots.contains(&self.workdir) {
            roots.push(self.workdir.clone());
        }
        roots
    }
}
