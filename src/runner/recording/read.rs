//! Reading a recording.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use super::lines::{FORM, Header, Line};

/// A recording, checked as a whole.
#[derive(Debug)]
pub(crate) struct Recording {
    pub(crate) header: Header,
    pub(super) lines: Vec<Line>,
    /// Whether the recorded run came to its end.
    pub(crate) is_whole: bool,
}

/// Why a file cannot be played.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RecordingError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("it is no recording of maestro: its first line does not say so")]
    NoRecording,
    #[error("it is a recording of form {0}, and this maestro reads form {FORM} only")]
    Form(u32),
    #[error("line {number}: {reason}")]
    Line { number: usize, reason: String },
}

impl Recording {
    /// Reads a file.
    pub(crate) fn read(path: &Path) -> Result<Self, RecordingError> {
        Self::from_lines(BufReader::new(File::open(path)?))
    }

    pub(super) fn from_lines(mut text: impl BufRead) -> Result<Self, RecordingError> {
        let mut first = Vec::new();
        text.read_until(b'\n', &mut first)?;
        let header = match serde_json::from_slice(&first) {
            Ok(Line::Recording(header)) if header.form == FORM => header,
            Ok(Line::Recording(header)) => return Err(RecordingError::Form(header.form)),
            _ => return Err(RecordingError::NoRecording),
        };
        let mut lines = Vec::new();
        for (at, line) in text.lines().enumerate() {
            let line = line?;
            if line.trim().is_empty() {
                continue;
            }
            let read = serde_json::from_str(&line);
            lines.push(read.map_err(|error| RecordingError::Line {
                number: at + 2,
                reason: error.to_string(),
            })?);
        }
        Ok(Self {
            header,
            is_whole: matches!(lines.last(), Some(Line::End { .. })),
            lines,
        })
    }

    /// Whether it holds anything of the runner of this name.
    pub(crate) fn has(&self, wanted: &str) -> bool {
        let of = |line: &Line| matches!(line, Line::Runner { runner, .. } if runner == wanted);
        self.lines.iter().any(of)
    }
}
