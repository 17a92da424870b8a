//! The Python runner that travels inside the executable, unpacked on first use.
//!
//! Its folder is named by the digest of its content, so that two versions of maestro never share
//! one and a finished folder is never written again. Python adds its byte code cache by itself.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::install::install;
use crate::event::hex;

macro_rules! files {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../runners/python/", $path)))),*]
    };
}

/// Path below the folder, and content.
const FILES: &[(&str, &str)] = files![
    "start.py",
    "maestro.py",
    "maestro_conformance.py",
    "maestro_runner/__init__.py",
    "maestro_runner/calls.py",
    "maestro_runner/conversion.py",
    "maestro_runner/description.py",
    "maestro_runner/failure.py",
    "maestro_runner/later_site.py",
    "maestro_runner/packages.py",
    "maestro_runner/plugs.py",
    "maestro_runner/reader_signal.py",
    "maestro_runner/reader_thread.py",
    "maestro_runner/results.py",
];

/// Arguments that the interpreter gets before those of the caller: see `runners/python/start.py`.
pub(crate) fn python_arguments(folder: &Path) -> [PathBuf; 2] {
    [PathBuf::from("-S"), folder.join("start.py")]
}

/// Makes sure that the runner lies below `home` and returns its folder.
pub(crate) fn unpack(home: &Path) -> io::Result<PathBuf> {
    let name = format!("python-{}", digest());
    install(&home.join("runners"), &name, is_whole, write_files)
}

fn write_files(folder: &Path) -> io::Result<()> {
    for (path, content) in FILES {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, content)?;
    }
    Ok(())
}

/// Whether every file is there in its full length; its content is vouched for by the folder's name.
fn is_whole(folder: &Path) -> bool {
    FILES.iter().all(|(path, content)| {
        fs::metadata(folder.join(path)).is_ok_and(|found| found.len() == content.len() as u64)
    })
}

fn digest() -> String {
    let mut hash = Sha256::new();
    for (path, content) in FILES {
        hash.update(path);
        hash.update([0]);
        hash.update(content);
        hash.update([0]);
    }
    hex(&hash.finalize()[..8])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::process::Command;

    use super::*;

    fn source() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("runners/python")
    }

    #[test]
    fn every_file_of_the_runner_is_embedded() {
        let mut found = BTreeSet::new();
        for folder in [source(), source().join("maestro_runner")] {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.extension().is_some_and(|extension| extension == "py") {
                    found.insert(path.strip_prefix(source()).unwrap().to_owned());
                }
            }
        }
        let embedded: BTreeSet<_> = FILES.iter().map(|(path, _)| PathBuf::from(path)).collect();
        assert_eq!(embedded, found);
    }

    #[test]
    fn unpacking_again_finds_the_folder_and_mends_a_torn_one() {
        let home = tempfile::tempdir().unwrap();
        let folder = unpack(home.path()).unwrap();
        let start = folder.join("start.py");
        let written = fs::metadata(&start).unwrap().modified().unwrap();
        assert_eq!(unpack(home.path()).unwrap(), folder);
        assert_eq!(fs::metadata(&start).unwrap().modified().unwrap(), written);
        fs::write(folder.join("maestro.py"), "").unwrap();
        assert_eq!(unpack(home.path()).unwrap(), folder);
        assert!(is_whole(&folder));
        let left: Vec<_> = fs::read_dir(home.path().join("runners")).unwrap().collect();
        assert_eq!(left.len(), 1, "{left:?}");
    }

    #[test]
    fn many_processes_may_unpack_at_once() {
        let home = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| unpack(home.path()).unwrap());
            }
        });
        assert!(is_whole(&unpack(home.path()).unwrap()));
    }

    #[test]
    fn the_python_runner_passes_its_own_tests() {
        let tests = Command::new("python3")
            .args(["-m", "unittest", "discover", "-s", "tests"])
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .current_dir(source())
            .output()
            .expect("python3 is needed to test the Python runner");
        let report = String::from_utf8_lossy(&tests.stderr);
        assert!(tests.status.success(), "{report}");
    }
}
