//! Programs: one process for each attempt, without a shell.
//!
//! | module | what it owns |
//! |---|---|
//! | `target` | the fields of a step |
//! | `program` | where the program is |
//! | `child` | one process from start to end |
//! | `tree` | what a process started and left behind |
//! | `output` | what it wrote, bounded |
//! | `answer` | exit code and text as outputs |

mod answer;
mod child;
mod output;
mod program;
mod target;
#[cfg(test)]
mod tests;
mod tree;

use std::path::{Path, PathBuf};

use maestro_protocol::{ErrorObject, ExecuteResult};
use serde_json::Value;

use self::child::Child;
use self::target::Target;
use self::tree::Orphans;
use crate::files::Files;
use crate::talk::Talk;

/// Where a program runs and where it is looked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) workdir: &'a Path,
    /// Folders in which relative programs are looked for before `PATH`.
    pub(crate) roots: &'a [PathBuf],
}

/// The programs of one runner.
#[derive(Debug, Default)]
pub(crate) struct Programs {
    orphans: Orphans,
}

impl Programs {
    /// Lets this process adopt what programs leave behind, so that it can be found and ended.
    pub(crate) fn adopt_orphans(&mut self) {
        self.orphans.adopt();
    }

    /// Carries out one step.
    pub(crate) fn execute(
        &mut self,
        target: &Value,
        place: &Place<'_>,
        files: &mut Files,
        talk: &mut dyn Talk,
    ) -> Result<ExecuteResult, ErrorObject> {
        let target = Target::read(target)?;
        let program = program::find(&target, place.roots)?;
        let child = Child::start(&target, &program, place.workdir)?;
        let ended = child.run(&target, files, &self.orphans, talk);
        self.orphans.look();
        answer::answer(&target, ended?, files, talk)
    }
}

/// Says what a step would do, or why it cannot.
pub(crate) fn look_at(target: &Value, roots: &[PathBuf]) -> Result<String, ErrorObject> {
    let target = Target::read(target)?;
    let program = program::find(&target, roots)?;
    Ok(format!("runs {}", program.display()))
}
