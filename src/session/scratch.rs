//! The folder in which runners leave files until the session has kept them.
//!
//! `$MAESTRO_HOME/scratch/<run>/`, told to every runner as `MAESTRO_ARTIFACTS` and gone when the
//! run has ended, however its runners ended. What a crash of maestro itself leaves is removed by
//! [`remove_left_over`]. Nothing in it belongs to the record.

use std::ffi::OsString;
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use crate::runner::RunnerSpec;

/// The variable that names the folder to a runner.
const VARIABLE: &str = "MAESTRO_ARTIFACTS";

/// The folder of one run; dropping it removes the folder.
///
/// Invariant: dropped after the last runner of the run has ended.
#[derive(Debug)]
pub(super) struct Scratch(PathBuf);

impl Scratch {
    /// Makes the folder, readable by this account only: no secret in it is masked yet. Without it
    /// a runner finds a place of its own.
    pub(super) fn create(home: &Path, run: &str) -> io::Result<Self> {
        let folder = folder(home).join(run);
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)?;
        Ok(Self(folder))
    }

    /// Tells a runner where the folder is, unless the station names another one.
    pub(super) fn tell(&self, spec: &mut RunnerSpec) {
        if !spec.env.iter().any(|(name, _)| name == VARIABLE) {
            let variable = OsString::from(VARIABLE);
            spec.env.push((variable, self.0.clone().into_os_string()));
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed now is removed before a later run.
        fs::remove_dir_all(&self.0).ok();
    }
}

/// Removes the folders of runs that no process is busy with any more.
pub(crate) fn remove_left_over(home: &Path, is_open: &dyn Fn(&str) -> bool) {
    for entry in fs::read_dir(folder(home)).into_iter().flatten().flatten() {
        if entry.file_name().to_str().is_some_and(|run| !is_open(run)) {
            fs::remove_dir_all(entry.path()).ok();
        }
    }
}

fn folder(home: &Path) -> PathBuf {
    home.join("scratch")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn station_may_name_another_folder() {
        let home = tempfile::tempdir().unwrap();
        let scratch = Scratch::create(home.path(), "r1").unwrap();
        let mut spec = RunnerSpec {
            name: "python".to_owned(),
            program: PathBuf::from("python3"),
            args: Vec::new(),
            env: vec![(VARIABLE.into(), "/ramdisk".into())],
            workdir: PathBuf::from("/"),
        };
        scratch.tell(&mut spec);
        assert_eq!(spec.env, [(VARIABLE.into(), "/ramdisk".into())]);
        spec.env.clear();
        scratch.tell(&mut spec);
        let told = home.path().join("scratch/r1");
        assert_eq!(spec.env, [(VARIABLE.into(), told.clone().into_os_string())]);
        drop(scratch);
        assert!(!told.exists());
    }

    #[test]
    fn folders_of_runs_that_go_on_are_left_alone() {
        let home = tempfile::tempdir().unwrap();
        for run in ["open", "over"] {
            fs::create_dir_all(folder(home.path()).join(run).join("below")).unwrap();
        }
        remove_left_over(home.path(), &|run| run == "open");
        assert!(folder(home.path()).join("open/below").exists());
        assert!(!folder(home.path()).join("over").exists());
    }
}
