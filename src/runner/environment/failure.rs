//! Why there is no environment.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

/// Most lines of a program that are quoted.
const QUOTED: usize = 8;

/// Words in the output of pip and uv that mean the network.
const NETWORK: [&str; 15] = [
    "NewConnectionError",
    "Failed to establish a new connection",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "ProxyError",
    "SSLError",
    "RemoteDisconnected",
    "ConnectionResetError",
    "Temporary failure in name resolution",
    "Network is unreachable",
    "error sending request",
    "client error (Connect)",
    "dns error",
    "HTTP error 5",
    "operation timed out",
];

/// Whose fault it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// A requirement that cannot be had or installed.
    Requirement,
    /// The index of packages cannot be reached.
    Network,
    /// The disk takes no more.
    Disk,
    /// This Python cannot make virtual environments.
    NoVenv,
    /// The program that builds could not be started or took too long.
    Program,
}

/// Why an environment cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EnvironmentError {
    #[error("cannot {action} {}", path.display())]
    Io {
        action: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    #[error("{}", told(.status, .quoted, .command))]
    Build {
        /// As it would be typed.
        command: String,
        status: String,
        /// The last lines of what it said.
        quoted: Vec<String>,
        cause: Cause,
        /// Where everything that was said is.
        log: PathBuf,
    },
    #[error("interrupted")]
    Interrupted,
}

impl EnvironmentError {
    pub(super) fn io(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io {
            action,
            path: path.to_owned(),
            source,
        }
    }
}

fn told(status: &str, quoted: &[String], command: &str) -> String {
    let mut text = status.to_owned();
    for line in quoted {
        let _ = write!(text, "\n  {line}");
    }
    let _ = write!(text, "\ncommand: {command}");
    text
}

/// What the output means.
pub(super) fn cause_of(output: &str) -> Cause {
    let says = |words: &[&str]| words.iter().any(|word| output.contains(word));
    if says(&["No space left on device", "Disk quota exceeded"]) {
        Cause::Disk
    } else if says(&[
        "ensurepip is not",
        "No module named ensurepip",
        "No module named venv",
    ]) {
        Cause::NoVenv
    } else if says(&NETWORK) {
        Cause::Network
    } else {
        Cause::Requirement
    }
}

/// The last lines that say something about the failure.
pub(super) fn quote(output: &str) -> Vec<String> {
    let is_noise = |line: &&str| {
        let line = line.trim();
        line.is_empty() || line.starts_with("[notice]") || line.starts_with("WARNING: Retrying")
    };
    let mut lines: Vec<&str> = output.lines().filter(|line| !is_noise(line)).collect();
    // pip begins what counts with this word; what stands above is how far it came.
    if let Some(first) = lines.iter().position(|line| is_verdict(line)) {
        lines.drain(..first);
    }
    let from = lines.len().saturating_sub(QUOTED);
    lines[from..].iter().map(|line| shorten(line)).collect()
}

fn is_verdict(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("ERROR:") || line.starts_with('×') || line.starts_with("error:")
}

fn shorten(line: &str) -> String {
    const WIDTH: usize = 300;
    let line = line.trim_end();
    if line.len() <= WIDTH {
        return line.to_owned();
    }
    format!("{}…", &line[..line.floor_char_boundary(WIDTH)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn network_is_told_from_a_wrong_requirement() {
        let wrong = "ERROR: No matching distribution found for nothing==9";
        assert_eq!(cause_of(wrong), Cause::Requirement);
        let away = format!(
            "WARNING: Retrying (Retry(total=1)) after connection broken by \
             'NewConnectionError('…: Failed to establish a new connection')'\n{wrong}"
        );
        assert_eq!(cause_of(&away), Cause::Network);
        assert_eq!(quote(&away), [wrong]);
        assert_eq!(
            cause_of("OSError: [Errno 28] No space left on device"),
            Cause::Disk
        );
    }

    #[test]
    fn last_lines_are_quoted_from_the_first_error_on() {
        let output = "Collecting a\n  Using cached a.whl\nERROR: one\nmore\n\n[notice] new pip\n";
        assert_eq!(quote(output), ["ERROR: one", "more"]);
        let lines: Vec<String> = (0..20).map(|i| format!("line {i}")).collect();
        let long = lines.join("\n");
        assert_eq!(quote(&long).len(), QUOTED);
        assert_eq!(quote(&long)[QUOTED - 1], "line 19");
    }
}
