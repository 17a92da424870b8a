//! The folder of all environments.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::build::{Build, Told, Tools, Watch};
use super::failure::EnvironmentError;
use super::guard::{self, Hold};
use super::needs::Needs;
use crate::runner::Python;

/// The note that makes an environment whole.
const NOTE: &str = "maestro.json";
/// Its time of change says when the environment was used last.
const USED: &str = "last-used";

/// `$MAESTRO_HOME/environments`.
#[derive(Debug, Clone)]
pub(crate) struct Store(PathBuf);

/// An environment that is whole, and stays so while this is held.
#[derive(Debug)]
pub(crate) struct Environment {
    /// The interpreter in it.
    pub(crate) python: PathBuf,
    pub(crate) folder: PathBuf,
    pub(crate) note: Note,
    _lock: File,
}

/// What is said about an environment in its own folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Note {
    v: u32,
    /// Version of the interpreter.
    pub(crate) python: String,
    /// `uv` or `pip`.
    pub(crate) built_with: String,
    pub(crate) offline: bool,
    /// The packages that it was built for.
    pub(crate) packages: Vec<String>,
    pub(crate) requirements: Vec<String>,
    /// What is installed, as `name==version`.
    pub(crate) installed: Vec<String>,
}

impl Environment {
    /// What the record of a run keeps of it.
    pub(crate) fn as_fact(&self) -> serde_json::Value {
        serde_json::json!({
            "folder": self.folder,
            "python": self.note.python,
            "installed": self.note.installed,
        })
    }
}

/// An environment as it is listed.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
    /// Absent for a build that failed or was cut off.
    pub(crate) note: Option<Note>,
    pub(crate) bytes: u64,
    pub(crate) used: Option<SystemTime>,
    pub(crate) is_in_use: bool,
}

impl Store {
    pub(crate) fn below(home: &Path) -> Self {
        Self(home.join("environments"))
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.0
    }

    /// The environment for `needs`: found, waited for, or built.
    pub(crate) fn open(
        &self,
        needs: &Needs,
        python: &Python,
        tools: &Tools,
        watch: &mut Watch<'_>,
    ) -> Result<Environment, EnvironmentError> {
        let name = needs.digest(python);
        let place = Place::of(&self.0, &name);
        fs::create_dir_all(&self.0)
            .map_err(|error| EnvironmentError::io("make", &self.0, error))?;
        loop {
            let lock = guard::take(&place.lock, Hold::Shared, watch)?;
            if let Some(environment) = place.environment(lock) {
                return Ok(environment);
            }
            let lock = guard::take(&place.lock, Hold::Exclusive, watch)?;
            // Somebody else may have built it meanwhile.
            if place.note().is_none() {
                place.build(needs, python, tools, watch)?;
            }
            // Looked at again with a lock that others share.
            drop(lock);
        }
    }

    /// Every environment, the one that was used last first.
    pub(crate) fn list(&self) -> Vec<Kept> {
        let entries = fs::read_dir(&self.0).into_iter().flatten().flatten();
        // A build that failed leaves a lock and a log.
        let names: BTreeSet<String> = entries
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter_map(|name| Some(name.split('.').next()?.to_owned()))
            .collect();
        let mut all: Vec<Kept> = names.into_iter().map(|name| self.kept(name)).collect();
        all.sort_by(|a, b| b.used.cmp(&a.used).then_with(|| a.name.cmp(&b.name)));
        all
    }

    fn kept(&self, name: String) -> Kept {
        let place = Place::of(&self.0, &name);
        let used = fs::metadata(place.folder.join(USED)).and_then(|meta| meta.modified());
        // A lock that cannot be looked at says nothing.
        let free = guard::try_take(&place.lock, Hold::Exclusive);
        Kept {
            note: place.note(),
            bytes: size_of(&place.folder),
            used: used.ok(),
            is_in_use: matches!(free, Ok(None)),
            folder: place.folder,
            name,
        }
    }

    /// Removes an environment that nobody uses; `false` if somebody does.
    pub(crate) fn remove(&self, kept: &Kept) -> Result<bool, EnvironmentError> {
        let place = Place::of(&self.0, &kept.name);
        let lock = guard::try_take(&place.lock, Hold::Exclusive);
        let lock = lock.map_err(|error| EnvironmentError::io("lock", &place.lock, error))?;
        if lock.is_none() {
            return Ok(false);
        }
        place.clear()?;
        fs::remove_file(&place.log).ok();
        // Still locked: whoever waits for it sees that the file is another one.
        fs::remove_file(&place.lock).ok();
        Ok(true)
    }
}

/// Where one environment and what belongs to it lie.
struct Place {
    folder: PathBuf,
    lock: PathBuf,
    log: PathBuf,
}

impl Place {
    fn of(store: &Path, name: &str) -> Self {
        Self {
            folder: store.join(name),
            lock: store.join(format!("{name}.lock")),
            log: store.join(format!("{name}.log")),
        }
    }

    /// The note of a whole environment whose interpreter is still there.
    fn note(&self) -> Option<Note> {
        let text = fs::read_to_string(self.folder.join(NOTE)).ok()?;
        let note: Note = serde_json::from_str(&text).ok()?;
        (note.v == 1 && self.python().is_file()).then_some(note)
    }

    fn python(&self) -> PathBuf {
        self.folder.join("bin/python")
    }

    fn environment(&self, lock: File) -> Option<Environment> {
        let note = self.note()?;
        // Where it cannot be written, its age is that of the last time that it could.
        fs::write(self.folder.join(USED), "").ok();
        Some(Environment {
            python: self.python(),
            folder: self.folder.clone(),
            note,
            _lock: lock,
        })
    }

    fn build(
        &self,
        needs: &Needs,
        python: &Python,
        tools: &Tools,
        watch: &mut Watch<'_>,
    ) -> Result<(), EnvironmentError> {
        let way = if needs.is_offline {
            ", from wheels"
        } else {
            ""
        };
        let what = format!("{} ({}{way})", needs.summary(), tools.name());
        (watch.tell)(Told::Begins(&what));
        self.clear()?;
        let build = Build {
            folder: &self.folder,
            log: &self.log,
            needs,
            python,
            tools,
        };
        let outcome = build
            .run(watch)
            .and_then(|()| self.conclude(needs, python, tools));
        if outcome.is_err() {
            // The log stays; half an environment is of no use.
            self.clear().ok();
        }
        outcome
    }

    /// Everything is on the disk before the note says so.
    fn conclude(
        &self,
        needs: &Needs,
        python: &Python,
        tools: &Tools,
    ) -> Result<(), EnvironmentError> {
        let note = Note {
            v: 1,
            python: dotted(python.version),
            built_with: tools.name().to_owned(),
            offline: needs.is_offline,
            packages: needs.asking.clone(),
            requirements: needs.requirements.clone(),
            installed: installed(&self.folder),
        };
        let finish = || -> io::Result<()> {
            fs::metadata(self.python())?;
            fs::rename(&self.log, self.folder.join("build.log"))?;
            rustix::fs::syncfs(File::open(&self.folder)?)?;
            let fresh = self.folder.join("maestro.json.new");
            fs::write(&fresh, serde_json::to_string_pretty(&note)? + "\n")?;
            File::open(&fresh)?.sync_all()?;
            fs::rename(&fresh, self.folder.join(NOTE))?;
            File::open(&self.folder)?.sync_all()
        };
        finish().map_err(|error| EnvironmentError::io("finish", &self.folder, error))
    }

    fn clear(&self) -> Result<(), EnvironmentError> {
        // Without its note first: a removal that is cut off leaves no whole environment.
        fs::remove_file(self.folder.join(NOTE)).ok();
        match fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(EnvironmentError::io("remove", &self.folder, error))
            }
            _ => Ok(()),
        }
    }
}

/// What the names of the `dist-info` folders tell, without what every environment has.
fn installed(folder: &Path) -> Vec<String> {
    let versions = fs::read_dir(folder.join("lib"))
        .into_iter()
        .flatten()
        .flatten();
    let sites = versions.map(|version| version.path().join("site-packages"));
    let entries = sites
        .filter_map(|site| fs::read_dir(site).ok())
        .flatten()
        .flatten();
    let mut found: Vec<String> = entries
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let (name, version) = name.strip_suffix(".dist-info")?.split_once('-')?;
            let is_tool = ["pip", "setuptools", "wheel"].contains(&name);
            (!is_tool).then(|| format!("{}=={version}", name.replace('_', "-").to_lowercase()))
        })
        .collect();
    found.sort();
    found.dedup();
    found
}

/// Bytes on the disk; files with several names count once for each.
fn size_of(folder: &Path) -> u64 {
    let mut bytes = 0;
    let mut waiting = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let Ok(meta) = entry.path().symlink_metadata() else {
                continue;
            };
            if meta.is_dir() {
                waiting.push(entry.path());
            }
            bytes += meta.blocks() * 512;
        }
    }
    bytes
}

fn dotted(version: Option<[u32; 3]>) -> String {
    let parts = version.unwrap_or_default().map(|part| part.to_string());
    parts.join(".")
}
