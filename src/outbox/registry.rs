//! Which sinks a station delivers to, and which of the waiting journals each of them has.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::event::RunId;
use crate::journal::{JournalError, archive};

/// The folder `sinks` beside the journals: one folder per sink, named after it, and in that one
/// empty file per run whose journal the sink has whole while another sink still lacks it.
///
/// A sink stays registered when a command runs without it, so that its journals wait for it;
/// only [`Registry::forget`] ends that. The files need not survive a power cut: a journal whose
/// file is gone is handed over again, and the sink knows what it has.
#[derive(Debug, Clone)]
pub(crate) struct Registry {
    journals: PathBuf,
    folder: PathBuf,
}

/// What one sink lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outstanding {
    /// The sink's name in the registry.
    pub(crate) sink: String,
    /// Runs whose journals wait for it, the oldest first; also those that are still written.
    pub(crate) runs: Vec<RunId>,
}

impl Registry {
    /// The registry of the journal folder `journals` (`$MAESTRO_HOME/journal`).
    pub(crate) fn of(journals: &Path) -> Self {
        Self {
            journals: journals.to_owned(),
            folder: journals.join("sinks"),
        }
    }

    /// Every sink that the station delivers to, in alphabetical order.
    pub(crate) fn sinks(&self) -> Result<Vec<String>, JournalError> {
        let mut sinks: Vec<_> = names(&self.folder)?.collect();
        // A sink that is being forgotten, and a note about one, has a dot in front.
        sinks.retain(|name| !name.starts_with('.'));
        sinks.sort_unstable();
        Ok(sinks)
    }

    /// Makes the journals of this station wait for a sink.
    pub(crate) fn register(&self, sink: &str) -> Result<(), JournalError> {
        let path = self.folder.join(sink);
        if path.is_dir() {
            return Ok(());
        }
        fs::create_dir_all(&path)
            .and_then(|()| File::open(&self.folder)?.sync_all())
            .map_err(|source| JournalError::io("make the folder", &path, source))
    }

    /// Lets no journal wait for a sink any more; false where it was not registered.
    pub(crate) fn forget(&self, sink: &str) -> Result<bool, JournalError> {
        let path = self.folder.join(sink);
        if !path.is_dir() {
            return Ok(false);
        }
        // Under another name first, so that a crash leaves no sink that seems to lack everything.
        let gone = self.folder.join(format!(".{sink}"));
        let _: io::Result<()> = fs::remove_dir_all(&gone);
        fs::rename(&path, &gone).map_err(|source| JournalError::io("move", &path, source))?;
        fs::remove_dir_all(&gone).map_err(|source| JournalError::io("remove", &gone, source))?;
        Ok(true)
    }

    /// Whether a sink gave this station no answer at all when it was last asked.
    pub(super) fn was_silent(&self, sink: &str) -> bool {
        self.silence(sink).exists()
    }

    /// Notes for later commands whether a sink answers.
    pub(super) fn note_silence(&self, sink: &str, is_silent: bool) {
        let path = self.silence(sink);
        // Where it fails, a later command waits a second longer or shorter.
        let _: io::Result<()> = match (is_silent, path.exists()) {
            (true, false) => File::create(path).map(drop),
            (false, true) => fs::remove_file(path),
            _ => Ok(()),
        };
    }

    fn silence(&self, sink: &str) -> PathBuf {
        self.folder.join(format!(".silent-{sink}"))
    }

    /// The journals in `open/` that each sink lacks.
    pub(crate) fn outstanding(&self) -> Result<Vec<Outstanding>, JournalError> {
        // Listed first: what a sink gets in between then counts as outstanding, never the reverse.
        let open = archive::list_open(&self.journals)?;
        let lacking = |sink: String| {
            let held = self.held(&sink);
            let runs = open.iter().map(|(run, _)| *run);
            Outstanding {
                runs: runs.filter(|run| !held.contains(run)).collect(),
                sink,
            }
        };
        Ok(self.sinks()?.into_iter().map(lacking).collect())
    }

    /// The runs in `open/` whose journals a sink has whole.
    pub(super) fn held(&self, sink: &str) -> BTreeSet<RunId> {
        names(&self.folder.join(sink))
            .into_iter()
            .flatten()
            .filter_map(|name| name.parse().ok().map(RunId))
            .collect()
    }

    /// Notes that a sink has a journal whole; true where every sink has it then.
    pub(super) fn note(&self, sink: &str, run: RunId) -> bool {
        // In the common case no other sink is behind, and nothing needs to be written.
        if self.is_with_all(run, Some(sink)) {
            return true;
        }
        let mark = self.folder.join(sink).join(run.to_string());
        // Without the mark it is handed over once more.
        let is_noted = File::create(mark).is_ok();
        // Asked again: another sink may have noted the same in the meantime.
        is_noted && self.is_with_all(run, None)
    }

    /// Whether a sink has noted a run.
    pub(super) fn has(&self, sink: &str, run: RunId) -> bool {
        self.folder.join(sink).join(run.to_string()).exists()
    }

    /// Whether every sink has noted a run, `but` for one that need not have.
    pub(super) fn is_with_all(&self, run: RunId, but: Option<&str>) -> bool {
        // A folder that cannot be read may hold a sink that lacks it.
        self.sinks().is_ok_and(|sinks| {
            sinks
                .iter()
                .filter(|sink| Some(sink.as_str()) != but)
                .all(|sink| self.has(sink, run))
        })
    }

    /// Removes the notes of a run whose journal has moved away.
    pub(super) fn clear(&self, run: RunId) {
        let run = run.to_string();
        for sink in self.sinks().unwrap_or_default() {
            let _: io::Result<()> = fs::remove_file(self.folder.join(sink).join(&run));
        }
    }
}

/// Names of what lies in a folder; none where it does not exist.
fn names(folder: &Path) -> Result<impl Iterator<Item = String>, JournalError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => Some(entries),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(source) => return Err(JournalError::io("list", folder, source)),
    };
    let entries = entries.into_iter().flatten().flatten();
    Ok(entries.filter_map(|entry| entry.file_name().into_string().ok()))
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::record::samples::run_id;

    fn registry(folder: &TempDir, sinks: &[&str]) -> Registry {
        let registry = Registry::of(folder.path());
        for sink in sinks {
            registry.register(sink).unwrap();
        }
        registry
    }

    #[test]
    fn journal_is_with_all_once_the_last_sink_has_noted_it() {
        let folder = TempDir::new().unwrap();
        let registry = registry(&folder, &["local", "shared"]);
        assert!(!registry.note("local", run_id(1)));
        assert!(!registry.note("local", run_id(1)), "again");
        assert!(registry.note("shared", run_id(1)));
        registry.clear(run_id(1));
        assert!(registry.held("local").is_empty());
    }

    #[test]
    fn sink_that_is_forgotten_is_waited_for_no_more() {
        let folder = TempDir::new().unwrap();
        let registry = registry(&folder, &["local", "shared"]);
        registry.note("local", run_id(1));
        assert!(registry.forget("shared").unwrap());
        assert!(!registry.forget("shared").unwrap());
        assert_eq!(registry.sinks().unwrap(), ["local"]);
        assert!(registry.is_with_all(run_id(1), None));
    }

    #[test]
    fn outstanding_is_what_a_sink_has_not_noted() {
        let folder = TempDir::new().unwrap();
        let registry = registry(&folder, &["local", "shared"]);
        let open = archive::open_folder(folder.path());
        fs::create_dir_all(&open).unwrap();
        for run in [run_id(1), run_id(2)] {
            fs::write(archive::open_path(folder.path(), run), "").unwrap();
        }
        registry.note("local", run_id(1));
        let outstanding = registry.outstanding().unwrap();
        assert_eq!(outstanding[0].runs, [run_id(2)]);
        assert_eq!(outstanding[1].runs, [run_id(1), run_id(2)]);
    }
}
