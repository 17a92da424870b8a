//! The texts of a station's secrets, in a file that only its owner can read.
//!
//! `$MAESTRO_HOME/secrets.json` maps ids to texts; the database names an id and never holds a text.
//! A new text gets a new id, so that the commit of the database is the moment at which it counts:
//! what a crash leaves in the file is named by nobody and swept away with the next change. Whoever
//! writes holds the database's write lock.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, fchown};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::station::config::Secret;

/// Read and written by its owner.
const MODE: u32 = 0o600;

/// What the group and the others may do with a file.
const OTHERS: u32 = 0o077;

/// The file of secrets of one station's home.
#[derive(Debug, Clone)]
pub(super) struct SecretFile {
    path: PathBuf,
}

/// Secrets by their ids.
pub(super) type Texts = BTreeMap<String, Secret>;

/// The document in the file.
#[derive(Serialize, Deserialize)]
struct Document {
    version: u32,
    secrets: BTreeMap<String, String>,
}

impl SecretFile {
    /// The file beside the database at `database`.
    pub(super) fn beside(database: &Path) -> Self {
        Self {
            path: database.with_file_name("secrets.json"),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Everything in it; a file that is not there is empty.
    pub(super) fn read(&self) -> io::Result<Texts> {
        let text = match fs::read_to_string(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Texts::new()),
            other => other?,
        };
        // The error of the parser would quote the text.
        let document: Document = serde_json::from_str(&text).map_err(|error| {
            io::Error::other(format!("line {} is no JSON of ours", error.line()))
        })?;
        let texts = document.secrets.into_iter();
        Ok(texts.map(|(id, text)| (id, Secret::stored(text))).collect())
    }

    /// Replaces the file as a whole.
    pub(super) fn write(&self, texts: &Texts) -> io::Result<()> {
        let document = Document {
            version: 1,
            secrets: texts
                .iter()
                .map(|(id, secret)| (id.clone(), secret.reveal().to_owned()))
                .collect(),
        };
        let text = serde_json::to_string_pretty(&document)?;
        let new = self.path.with_extension("json.new");
        // Left by a crash; the mode counts only for a file that is made.
        let _ = fs::remove_file(&new);
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(MODE)
            .open(&new)?;
        self.keep_owner(&file);
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, &self.path)?;
        let folder = self.path.parent().unwrap_or(Path::new("/"));
        File::open(folder)?.sync_all()
    }

    /// What an administrator sets with `sudo` stays readable for the account that runs tests.
    fn keep_owner(&self, file: &File) {
        if !rustix::process::geteuid().is_root() {
            return;
        }
        let folder = self.path.parent().unwrap_or(Path::new("/"));
        if let Ok(owner) = fs::metadata(&self.path).or_else(|_| fs::metadata(folder)) {
            // Root may; where a file system knows no owners there is none to keep.
            let _ = fchown(file, Some(owner.uid()), Some(owner.gid()));
        }
    }

    /// Takes out what `named` does not name.
    pub(super) fn sweep(&self, named: &BTreeSet<String>) -> io::Result<()> {
        let mut texts = self.read()?;
        let before = texts.len();
        texts.retain(|id, _| named.contains(id));
        if texts.len() == before {
            return Ok(());
        }
        self.write(&texts)
    }

    /// Whether others than the owner may read it.
    pub(super) fn is_exposed(&self) -> bool {
        fs::metadata(&self.path).is_ok_and(|metadata| metadata.permissions().mode() & OTHERS != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(pairs: &[(&str, &str)]) -> Texts {
        pairs
            .iter()
            .map(|(id, text)| ((*id).to_owned(), Secret::stored((*text).to_owned())))
            .collect()
    }

    #[test]
    fn file_is_made_for_its_owner_alone_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let file = SecretFile::beside(&folder.path().join("maestro.sqlite3"));
        assert_eq!(file.read().unwrap(), Texts::new());
        let texts = texts(&[("1", "p\"ä\\s s\n"), ("2", "x")]);
        // What lay there before lends its mode to nothing.
        fs::write(file.path().with_extension("json.new"), "old").unwrap();
        file.write(&texts).unwrap();
        assert_eq!(file.read().unwrap(), texts);
        let mode = fs::metadata(file.path()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, MODE);
        assert!(!file.is_exposed());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn root_leaves_the_file_to_the_account_of_the_home() {
        if !rustix::process::geteuid().is_root() {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::chown(folder.path(), Some(4711), Some(4711)).unwrap();
        let file = SecretFile::beside(&folder.path().join("maestro.sqlite3"));
        for text in ["a", "b"] {
            file.write(&texts(&[("1", text)])).unwrap();
            assert_eq!(fs::metadata(file.path()).unwrap().uid(), 4711);
        }
    }

    #[test]
    fn sweep_leaves_what_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = SecretFile::beside(&folder.path().join("maestro.sqlite3"));
        file.write(&texts(&[("1", "a"), ("2", "b")])).unwrap();
        file.sweep(&BTreeSet::from(["2".to_owned()])).unwrap();
        assert_eq!(file.read().unwrap(), texts(&[("2", "b")]));
    }

    #[test]
    fn damaged_file_is_told_without_its_text() {
        let folder = tempfile::tempdir().unwrap();
        let file = SecretFile::beside(&folder.path().join("maestro.sqlite3"));
        fs::write(
            file.path(),
            "{\"version\": 1, \"secrets\": [\"hunter2hunter2\"]}",
        )
        .unwrap();
        let error = file.read().unwrap_err().to_string();
        assert!(!error.contains("hunter"), "{error}");
    }
}
