//! The wheels that a package brings along, and their digests.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::event::hex;

/// Endings of what pip installs from a folder.
const ENDINGS: [&str; 3] = [".whl", ".tar.gz", ".zip"];

/// A file of `wheels/`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Wheel {
    pub(super) name: String,
    /// SHA-256 of its content.
    pub(super) digest: String,
}

/// What is remembered of a file, so that a large one is read once.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    size: u64,
    modified_ns: i128,
    inode: u64,
    digest: String,
}

/// The files that can be installed from `folder`, by name; none where there is no such folder.
pub(super) fn in_folder(folder: &Path, cache: &Path) -> io::Result<Vec<Wheel>> {
    let names = names(folder)?;
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let note = note_path(folder, cache);
    let before = recall(&note);
    let mut now = BTreeMap::new();
    let mut wheels = Vec::new();
    for name in names {
        let known = look(&folder.join(&name), before.get(&name))?;
        wheels.push(Wheel {
            name: name.clone(),
            digest: known.digest.clone(),
        });
        now.insert(name, known);
    }
    if now != before {
        remember(&note, &now);
    }
    Ok(wheels)
}

fn names(folder: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry?;
        // pip cannot tell what a file of another name holds.
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        let is_installable = ENDINGS.iter().any(|ending| name.ends_with(ending));
        if is_installable && !name.starts_with('.') && entry.path().is_file() {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn look(path: &Path, known: Option<&Known>) -> io::Result<Known> {
    let meta = fs::metadata(path)?;
    let modified_ns = i128::from(meta.mtime()) * 1_000_000_000 + i128::from(meta.mtime_nsec());
    let is_same = |known: &&Known| {
        known.size == meta.size() && known.modified_ns == modified_ns && known.inode == meta.ino()
    };
    let digest = match known.filter(is_same) {
        Some(known) => known.digest.clone(),
        None => digest_of(path)?,
    };
    Ok(Known {
        size: meta.size(),
        modified_ns,
        inode: meta.ino(),
        digest,
    })
}

fn digest_of(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut room = vec![0; 256 * 1024];
    loop {
        match file.read(&mut room)? {
            0 => return Ok(hex(&hash.finalize())),
            count => hash.update(&room[..count]),
        }
    }
}

fn note_path(folder: &Path, cache: &Path) -> PathBuf {
    let hash = Sha256::digest(folder.as_os_str().as_bytes());
    cache.join(format!("wheels-{}.json", hex(&hash[..12])))
}

fn recall(note: &Path) -> BTreeMap<String, Known> {
    let text = fs::read_to_string(note).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

/// Keeps the digests. A cache that cannot be written costs time and nothing else.
fn remember(note: &Path, known: &BTreeMap<String, Known>) {
    let fresh = note.with_extension(format!("{}.new", std::process::id()));
    let written = serde_json::to_string(known)
        .map_err(io::Error::from)
        .and_then(|text| {
            fs::create_dir_all(note.parent().unwrap_or(Path::new("/")))?;
            fs::write(&fresh, text)
        })
        .and_then(|()| fs::rename(&fresh, note));
    if written.is_err() {
        fs::remove_file(&fresh).ok();
    }
}

/// The distribution that a wheel holds, where it can be one for Linux: `numpy-2.1.0-cp311-…` is
/// `numpy`.
pub(super) fn distribution(file: &str) -> Option<String> {
    let stem = file.strip_suffix(".whl")?;
    let platforms = stem.rsplit('-').next()?;
    let fits = |platform: &str| platform == "any" || platform.contains("linux");
    let is_ours = platforms.split('.').any(fits);
    // Name, version, perhaps a build, and three tags.
    let is_wheel = (5..=6).contains(&stem.split('-').count());
    let name = stem.split('-').next()?;
    (is_ours && is_wheel && !name.is_empty()).then(|| name.replace('_', "-").to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digest_is_taken_again_only_when_the_file_has_changed() {
        let bench = tempfile::tempdir().unwrap();
        let (folder, cache) = (bench.path().join("wheels"), bench.path().join("cache"));
        assert_eq!(in_folder(&folder, &cache).unwrap(), []);
        fs::create_dir(&folder).unwrap();
        let wheel = folder.join("a-1-py3-none-any.whl");
        fs::write(&wheel, "one").unwrap();
        fs::write(folder.join("README.md"), "no wheel").unwrap();
        let first = in_folder(&folder, &cache).unwrap();
        assert_eq!(first.len(), 1);
        assert_eq!(first[0].digest, hex(&Sha256::digest("one")));
        // The note is believed while size, time and place of the file are the same.
        let note = note_path(&folder, &cache);
        let text = fs::read_to_string(&note).unwrap();
        fs::write(&note, text.replace(&first[0].digest, "kept")).unwrap();
        assert_eq!(in_folder(&folder, &cache).unwrap()[0].digest, "kept");
        fs::write(&wheel, "two!").unwrap();
        let second = in_folder(&folder, &cache).unwrap();
        assert_eq!(second[0].digest, hex(&Sha256::digest("two!")));
        fs::write(&note, "torn").unwrap();
        assert_eq!(in_folder(&folder, &cache).unwrap(), second);
    }

    #[test]
    fn wheel_tells_what_it_holds_and_for_whom() {
        let name = |file| distribution(file).unwrap_or_default();
        assert_eq!(name("PyVISA_py-0.8.1-py3-none-any.whl"), "pyvisa-py");
        assert_eq!(
            name("numpy-2.1-1-cp311-cp311-manylinux_2_17_x86_64.whl"),
            "numpy"
        );
        assert_eq!(name("pywin32-306-cp311-cp311-win_amd64.whl"), "");
        assert_eq!(name("numpy-2.1.tar.gz"), "");
        assert_eq!(name("strange.whl"), "");
    }
}
