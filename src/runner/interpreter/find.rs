//! Which interpreter is meant, and what there is instead.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use super::ask::{Answer, ask};
use crate::runner::search::{is_executable, on_path};

/// The oldest version that the Python runner works with.
const OLDEST: [u32; 2] = [3, 9];
/// The newest minor version whose name is looked for on `PATH`.
const NEWEST: u32 = 30;
/// Most interpreters that are asked before the search is given up.
const MOST: usize = 12;

/// What decides about the interpreter.
pub(crate) struct PythonQuery<'a> {
    /// The station's `runners.python.command`; empty if not set.
    pub(crate) command: &'a [String],
    /// The definition's `runner_type`, such as `python3.11`.
    pub(crate) runner_type: Option<&'a str>,
    /// The highest `requirements.minPythonVersion` of the packages, such as `3.10`.
    pub(crate) least: Option<&'a str>,
    /// Folder in which the runner will start: version managers look there.
    pub(crate) workdir: &'a Path,
    /// Reads a variable of the environment.
    pub(crate) env: &'a dyn Fn(&str) -> Option<OsString>,
    /// Folder for what was found out; made when needed.
    pub(crate) cache: &'a Path,
}

/// An interpreter and the arguments that the station wants it to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Python {
    pub(crate) program: PathBuf,
    pub(crate) args: Vec<OsString>,
    /// Unknown for a command that is no interpreter itself (`ssh`, `docker`).
    pub(crate) version: Option<[u32; 3]>,
}

/// Why there is no interpreter.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PythonError {
    #[error(
        "program `{program}` of `runners.python.command` not found{}",
        on(path)
    )]
    NoCommand { program: String, path: String },
    #[error("`{program}` of `runners.python.command` does not work: {reason}")]
    BrokenCommand { program: String, reason: String },
    #[error("`{program}` is Python {version}; {wanted} is wanted")]
    OtherVersion {
        program: String,
        version: String,
        wanted: String,
    },
    #[error(
        "no {wanted} on PATH ({found}); install it, or name an interpreter under `runners.python.command` in station.yaml"
    )]
    NotFound { wanted: String, found: String },
}

/// Finds the interpreter: the station's command, else what `runner_type` names, else `python3`.
/// A name is looked up in the folders of `PATH`, in order, until a version fits.
pub(crate) fn find_python(query: &PythonQuery<'_>) -> Result<Python, PythonError> {
    match query.command.split_first() {
        Some((program, args)) => from_command(program, args, query),
        None => from_path(query),
    }
}

fn from_command(
    name: &str,
    args: &[String],
    query: &PythonQuery<'_>,
) -> Result<Python, PythonError> {
    let args = args.iter().map(OsString::from).collect();
    let found = if name.contains('/') {
        // `join` keeps an absolute path as it is.
        Some(query.workdir.join(name)).filter(|path| is_executable(path))
    } else {
        candidates(&[name.to_owned()], query).next()
    };
    let Some(program) = found else {
        return Err(PythonError::NoCommand {
            program: name.to_owned(),
            path: search_path(query).to_string_lossy().into_owned(),
        });
    };
    if !is_interpreter(&program) {
        return Ok(Python {
            program,
            args,
            version: None,
        });
    }
    let answer = ask(&program, query).map_err(|reason| PythonError::BrokenCommand {
        program: name.to_owned(),
        reason,
    })?;
    let wanted = Wanted::of(None, query.least);
    if !wanted.fits(&answer) {
        return Err(PythonError::OtherVersion {
            program: name.to_owned(),
            version: dotted(&answer.version),
            wanted: wanted.to_string(),
        });
    }
    Ok(Python {
        program: answer.program,
        args,
        version: Some(answer.version),
    })
}

fn from_path(query: &PythonQuery<'_>) -> Result<Python, PythonError> {
    let wanted = Wanted::of(query.runner_type, query.least);
    let mut found = Vec::new();
    for program in candidates(&wanted.names(), query).take(MOST) {
        match ask(&program, query) {
            Ok(answer) if wanted.fits(&answer) => {
                return Ok(Python {
                    program: answer.program,
                    args: Vec::new(),
                    version: Some(answer.version),
                });
            }
            Ok(answer) => note(&mut found, &program, &dotted(&answer.version)),
            Err(reason) => found.push(format!("{}: {reason}", program.display())),
        }
    }
    // What else there is, for whoever has to choose.
    for program in candidates(&minor_names(OLDEST[1]), query).take(MOST) {
        if let Ok(answer) = ask(&program, query) {
            note(&mut found, &program, &dotted(&answer.version));
        }
    }
    Err(PythonError::NotFound {
        wanted: wanted.to_string(),
        found: if found.is_empty() {
            "no Python at all".to_owned()
        } else {
            found.join("; ")
        },
    })
}

fn note(found: &mut Vec<String>, program: &Path, version: &str) {
    let text = format!("{} is {version}", program.display());
    if !found.contains(&text) {
        found.push(text);
    }
}

/// The version that is asked for, as far as it is told.
#[derive(Debug, PartialEq, Eq)]
struct Wanted {
    /// How the version must begin.
    exact: Vec<u32>,
    /// What it must not be below.
    least: Vec<u32>,
}

impl Wanted {
    /// Reads `python3.11` and `3.10`; what is no such text asks for any version.
    fn of(runner_type: Option<&str>, least: Option<&str>) -> Self {
        let digits = runner_type.and_then(|text| text.trim().strip_prefix("python"));
        let least = least.map(numbers).unwrap_or_default();
        Self {
            exact: digits.map(numbers).unwrap_or_default(),
            least: least.max(OLDEST.to_vec()),
        }
    }

    fn fits(&self, answer: &Answer) -> bool {
        answer.version.starts_with(&self.exact) && answer.version[..] >= self.least[..]
    }

    /// Names to look for, best first.
    fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        if let [major, minor, ..] = self.exact[..] {
            names.push(format!("python{major}.{minor}"));
        }
        names.extend(["python3".to_owned(), "python".to_owned()]);
        // The usual one may be too old although a newer one stands beside it.
        if self.exact.len() < 2 && self.least[..] > OLDEST[..] {
            names.extend(minor_names(self.least.get(1).copied().unwrap_or_default()));
        }
        names
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.exact.len() {
            0 | 1 => write!(f, "Python {} or newer", dotted(&self.least)),
            _ if self.exact < self.least => {
                let (exact, least) = (dotted(&self.exact), dotted(&self.least));
                write!(f, "Python {exact} that is at least {least}")
            }
            _ => write!(f, "Python {}", dotted(&self.exact)),
        }
    }
}

/// Reads `3.11.2` and `>=3.11`; a text that is no version has no numbers.
pub(crate) fn numbers(text: &str) -> Vec<u32> {
    let text = text.trim();
    let text = text.strip_prefix(">=").unwrap_or(text);
    let parts = text.trim().split('.').map(str::parse);
    parts.collect::<Result<_, _>>().unwrap_or_default()
}

/// `python3.30` down to `python3.<oldest>`.
fn minor_names(oldest: u32) -> Vec<String> {
    let minors = (oldest..=NEWEST).rev();
    minors.map(|minor| format!("python3.{minor}")).collect()
}

/// Executables of these names on `PATH`, all of the first name first.
fn candidates(names: &[String], query: &PythonQuery<'_>) -> impl Iterator<Item = PathBuf> {
    on_path(names, &search_path(query)).into_iter()
}

fn search_path(query: &PythonQuery<'_>) -> OsString {
    (query.env)("PATH").unwrap_or_default()
}

fn is_interpreter(program: &Path) -> bool {
    let name = program.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with("python") || name.starts_with("pypy")
}

fn dotted(parts: &[u32]) -> String {
    let parts: Vec<String> = parts.iter().map(u32::to_string).collect();
    parts.join(".")
}

fn on(path: &str) -> String {
    if path.is_empty() {
        String::new()
    } else {
        format!(" (PATH is {path})")
    }
}

#[cfg(test)]
mod tests;
