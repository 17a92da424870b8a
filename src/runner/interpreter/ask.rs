//! Asks an interpreter what it is, and remembers the answer.

use std::ffi::OsString;
use std::fs;
use std::io::Read as _;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::find::PythonQuery;
use crate::event::hex;
use crate::runner::spec::RunnerSpec;
use crate::runner::tool;

/// Prints the version, then the path, which may hold anything.
const QUESTION: &str = "import sys, os; \
    os.write(1, b'%d.%d.%d\\n' % sys.version_info[:3] + os.fsencode(sys.executable))";
const PATIENCE: Duration = Duration::from_secs(10);
/// What version managers look at, besides the folders.
const DECIDING_VARIABLES: [&str; 8] = [
    "PYENV_VERSION",
    "PYENV_ROOT",
    "VIRTUAL_ENV",
    "ASDF_PYTHON_VERSION",
    "MISE_PYTHON_VERSION",
    "PYTHONHOME",
    "UV_PYTHON",
    "HOME",
];
/// Files with which a folder, or one above it, chooses a version.
const DECIDING_FILES: [&str; 4] = [
    ".python-version",
    ".tool-versions",
    "mise.toml",
    ".mise.toml",
];
/// Most of such a file that is looked at, and most of an error that is shown.
const HEAD: u64 = 4096;
const SHOWN: usize = 300;

/// What an interpreter said about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    /// The executable itself, no script in front of it. In a virtual environment, the one in it.
    pub(super) program: PathBuf,
    pub(super) version: [u32; 3],
}

/// Asks `program`, or the cache. The error is what the interpreter said instead.
pub(super) fn ask(program: &Path, query: &PythonQuery<'_>) -> Result<Answer, String> {
    let note = query.cache.join(format!("python-{}", key(program, query)));
    if let Some(answer) = recall(&note) {
        return Ok(answer);
    }
    let text = put_question(program, query.workdir)?;
    let answer = parse(&text).ok_or_else(|| {
        format!(
            "a strange answer: {}",
            shorten(&String::from_utf8_lossy(&text))
        )
    })?;
    remember(&note, &text);
    Ok(answer)
}

fn put_question(program: &Path, workdir: &Path) -> Result<Vec<u8>, String> {
    let spec = RunnerSpec {
        name: "python".to_owned(),
        program: program.to_owned(),
        args: ["-I", "-S", "-c", QUESTION].map(OsString::from).to_vec(),
        env: Vec::new(),
        workdir: workdir.to_owned(),
    };
    let ended = tool::run(&spec, PATIENCE)?;
    if ended.is_success() {
        return Ok(ended.stdout);
    }
    let complaint = String::from_utf8_lossy(&ended.stderr);
    Err(match shorten(&complaint) {
        "" => ended.status,
        words => format!("{}: {words}", ended.status),
    })
}

fn parse(text: &[u8]) -> Option<Answer> {
    let at = text.iter().position(|byte| *byte == b'\n')?;
    let (version, path) = (&text[..at], &text[at + 1..]);
    let mut numbers = std::str::from_utf8(version)
        .ok()?
        .split('.')
        .map(str::parse);
    let mut number = || numbers.next()?.ok();
    let version = [number()?, number()?, number()?];
    let program = PathBuf::from(OsString::from_vec(path.to_vec()));
    program.is_absolute().then_some(Answer { program, version })
}

/// The kept answer, if the executable that it names is still there.
fn recall(note: &Path) -> Option<Answer> {
    parse(&fs::read(note).ok()?).filter(|answer| answer.program.is_file())
}

/// Keeps an answer. A cache that cannot be written costs time and nothing else.
fn remember(note: &Path, text: &[u8]) {
    let Some(folder) = note.parent() else {
        return;
    };
    let fresh = note.with_extension(format!("{}.new", std::process::id()));
    let written = fs::create_dir_all(folder)
        .and_then(|()| fs::write(&fresh, text))
        .and_then(|()| fs::rename(&fresh, note));
    if written.is_err() {
        fs::remove_file(&fresh).ok();
    }
}

/// Everything that may change the answer, as a short name.
fn key(program: &Path, query: &PythonQuery<'_>) -> String {
    let mut hash = Sha256::new();
    let mut add = |bytes: &[u8]| {
        hash.update(bytes.len().to_le_bytes());
        hash.update(bytes);
    };
    add(program.as_os_str().as_bytes());
    for path in [Some(program.to_owned()), fs::canonicalize(program).ok()] {
        if let Some(meta) = path.and_then(|path| fs::metadata(path).ok()) {
            add(&meta.size().to_le_bytes());
            add(&meta.mtime().to_le_bytes());
            add(&meta.mtime_nsec().to_le_bytes());
        }
    }
    for name in DECIDING_VARIABLES {
        add((query.env)(name).unwrap_or_default().as_bytes());
    }
    for path in deciding_files(program, query.workdir) {
        if let Ok(file) = fs::File::open(&path) {
            let mut text = Vec::new();
            file.take(HEAD).read_to_end(&mut text).ok();
            add(path.as_os_str().as_bytes());
            add(&text);
        }
    }
    hex(&hash.finalize()[..12])
}

fn deciding_files(program: &Path, workdir: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = workdir
        .ancestors()
        .flat_map(|folder| DECIDING_FILES.map(|name| folder.join(name)))
        .collect();
    // `<root>/shims/python3` goes with `<root>/version`.
    files.extend(program.ancestors().nth(2).map(|root| root.join("version")));
    files
}

fn shorten(text: &str) -> &str {
    let text = text.trim();
    &text[..text.floor_char_boundary(SHOWN)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answer_is_version_and_absolute_path() {
        let answer = parse(b"3.11.2\n/opt/my python/bin/python3").unwrap();
        assert_eq!(answer.version, [3, 11, 2]);
        assert_eq!(answer.program, Path::new("/opt/my python/bin/python3"));
        assert_eq!(parse(b"3.11.2\npython3"), None);
        assert_eq!(parse(b"3.11\n/x"), None);
        assert_eq!(parse(b""), None);
    }
}
