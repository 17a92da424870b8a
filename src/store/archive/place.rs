//! The folder of an archive while it is made, and what an interrupted one left.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::file::cannot;
use super::manifest::{Manifest, NAME, Origin};
use crate::store::upkeep::{Audit, Database, UpkeepError};

/// The ending of a folder that is not known to be all there is.
const PARTIAL: &str = ".partial";

/// Held while an archive is made in a folder.
const LOCK: &str = ".maestro-archive.lock";

/// The place of one archive below the folder that was asked for.
#[derive(Debug)]
pub(super) struct Place {
    root: PathBuf,
    name: String,
    _lock: File,
}

impl Place {
    /// Takes the folder, which is made where it is missing.
    pub(super) fn take(root: &Path, name: &str) -> Result<Self, UpkeepError> {
        fs::create_dir_all(root).map_err(|error| cannot("make the folder", root, &error))?;
        let path = root.join(LOCK);
        let lock = File::create(&path).map_err(|error| cannot("write", &path, &error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(UpkeepError::File(format!(
                    "another archive is being made in {}",
                    root.display()
                )));
            }
            Err(TryLockError::Error(error)) => return Err(cannot("lock", &path, &error)),
        }
        Ok(Self {
            root: root.to_owned(),
            name: name.to_owned(),
            _lock: lock,
        })
    }

    /// Looks after what earlier archives of this store left; gives those that were whole.
    pub(super) fn settle(
        &self,
        database: &mut dyn Database,
        store: &Origin,
    ) -> Result<Vec<PathBuf>, UpkeepError> {
        let mut saved = Vec::new();
        for left in self.left()? {
            let Some(manifest) = Manifest::read(&left) else {
                // Without a manifest nothing was removed for it.
                Self::discard(&left)?;
                continue;
            };
            if (&manifest.store.kind, &manifest.store.place) != (&store.kind, &store.place) {
                continue;
            }
            if Audit::is_written(database, manifest.id)? {
                saved.push(self.finish(&left)?);
            } else {
                Self::discard(&left)?;
            }
        }
        Ok(saved)
    }

    /// Makes the folder for the files.
    pub(super) fn begin(&self) -> Result<PathBuf, UpkeepError> {
        let taken = |name: &str| {
            self.root.join(name).exists() || self.root.join(format!("{name}{PARTIAL}")).exists()
        };
        let mut names = std::iter::once(self.name.clone())
            .chain((2..).map(|number: u64| format!("{}-{number}", self.name)));
        let free = names.find(|name| !taken(name));
        let name = free.unwrap_or_else(|| self.name.clone());
        let folder = self.root.join(format!("{name}{PARTIAL}"));
        fs::create_dir(&folder).map_err(|error| cannot("make the folder", &folder, &error))?;
        Ok(folder)
    }

    /// Writes the manifest; everything in the folder is on the disk afterwards.
    pub(super) fn seal(&self, folder: &Path, manifest: &Manifest) -> Result<(), UpkeepError> {
        let path = folder.join(NAME);
        let text = manifest.text()?;
        let write = || -> io::Result<()> {
            fs::write(&path, &text)?;
            File::open(&path)?.sync_all()?;
            File::open(folder)?.sync_all()?;
            File::open(&self.root)?.sync_all()
        };
        write().map_err(|error| cannot("write", &path, &error))?;
        // What is read next time is what was meant.
        if Manifest::read(folder).as_ref() == Some(manifest) {
            return Ok(());
        }
        let reason = format!("{} is not what was written", path.display());
        Err(UpkeepError::Differs(reason))
    }

    /// The removal is committed: the folder gets its name.
    pub(super) fn finish(&self, folder: &Path) -> Result<PathBuf, UpkeepError> {
        let name = folder.to_string_lossy();
        let to = PathBuf::from(name.strip_suffix(PARTIAL).unwrap_or(&name));
        fs::rename(folder, &to)
            .and_then(|()| File::open(&self.root)?.sync_all())
            .map_err(|error| cannot("rename", folder, &error))?;
        Ok(to)
    }

    /// Removes a folder for which nothing was removed from the database.
    pub(super) fn discard(folder: &Path) -> Result<(), UpkeepError> {
        // The manifest first: without it nobody takes the rest for an archive.
        let _: io::Result<()> = fs::remove_file(folder.join(NAME));
        fs::remove_dir_all(folder).map_err(|error| cannot("remove", folder, &error))
    }

    /// Folders with this store's name that were not finished.
    fn left(&self) -> Result<Vec<PathBuf>, UpkeepError> {
        let entries =
            fs::read_dir(&self.root).map_err(|error| cannot("list", &self.root, &error))?;
        let store = self.name.split("-before-").next().unwrap_or(&self.name);
        let is_ours = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.ends_with(PARTIAL) && name.starts_with(&format!("{store}-before-"))
        };
        let mut left: Vec<_> = entries
            .flatten()
            .map(|entry| entry.path())
            .filter(is_ours)
            .collect();
        left.sort_unstable();
        Ok(left)
    }
}
