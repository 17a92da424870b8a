//! One file: its names, its text and the index of its lines.

use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A line and a column as people count them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    /// From 1.
    pub(crate) line: usize,
    /// From 1, in characters.
    pub(crate) column: usize,
}

/// A file that was read.
#[derive(Debug, Clone)]
pub(crate) struct SourceFile {
    shown: String,
    path: PathBuf,
    text: Arc<str>,
    line_starts: Vec<u32>,
}

impl SourceFile {
    /// Takes a text; `shown` is the path as messages print it, `path` the absolute one.
    pub(crate) fn new(shown: impl Into<String>, path: PathBuf, text: impl Into<Arc<str>>) -> Self {
        let text = text.into();
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let line_starts = std::iter::once(0)
            .chain(breaks.map(|(at, _)| at as u32 + 1))
            .collect();
        Self {
            shown: shown.into(),
            path,
            text,
            line_starts,
        }
    }

    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// The line and column of a byte; one beyond the end or inside a character is moved back.
    pub(crate) fn position(&self, offset: usize) -> Position {
        let offset = self.text.floor_char_boundary(offset.min(self.text.len()));
        let line = self
            .line_starts
            .partition_point(|start| *start as usize <= offset)
            .max(1);
        let start = self.line_starts[line - 1] as usize;
        let mut before = &self.text[start..offset];
        if line == 1 {
            // A byte order mark is no character of the text.
            before = before.strip_prefix('\u{feff}').unwrap_or(before);
        }
        Position {
            line,
            column: before.chars().count() + 1,
        }
    }

    /// The text of a line (from 1) without its break.
    pub(crate) fn line(&self, line: usize) -> Option<&str> {
        let start = *self.line_starts.get(line.checked_sub(1)?)? as usize;
        let end = self
            .line_starts
            .get(line)
            .map_or(self.text.len(), |next| *next as usize);
        Some(self.text[start..end].trim_end_matches(['\n', '\r']))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> SourceFile {
        SourceFile::new("a.yaml", PathBuf::from("/a.yaml"), text)
    }

    #[test]
    fn columns_count_characters_and_lines_from_one() {
        let file = file("name: Prüfung\nµ: \"Ω\"\r\n");
        let at = |offset| {
            let Position { line, column } = file.position(offset);
            (line, column)
        };
        assert_eq!(at(0), (1, 1));
        assert_eq!(at("name: Prü".len()), (1, 10));
        assert_eq!(at("name: Prüfung\nµ".len()), (2, 2));
        assert_eq!(at(10_000), (3, 1));
        assert_eq!(file.line(2), Some("µ: \"Ω\""));
        assert_eq!(file.line(4), None);
    }

    #[test]
    fn offset_inside_a_character_is_moved_to_its_start() {
        assert_eq!(file("aΩb").position(2).column, 2);
    }
}
