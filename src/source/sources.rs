//! All files of one command.

use std::ops::Range;
use std::sync::Arc;

use crate::source::{Position, SourceFile, SourceId, Span};

/// The files that findings point into; ids are positions in this list.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sources {
    files: Vec<Arc<SourceFile>>,
}

impl Sources {
    /// Adds a file and gives its id.
    pub(crate) fn add(&mut self, file: SourceFile) -> SourceId {
        let id = self.next_id();
        self.files.push(Arc::new(file));
        id
    }

    /// The id that the next added file gets.
    pub(crate) fn next_id(&self) -> SourceId {
        SourceId::new(self.files.len())
    }

    /// The file with that id.
    ///
    /// An id comes from `add` of this list (or a copy that was extended), so the file exists.
    pub(crate) fn file(&self, id: SourceId) -> &SourceFile {
        &self.files[id.index()]
    }

    /// The text that a span covers; empty where the span does not fit the text.
    pub(crate) fn text(&self, span: Span) -> &str {
        let text = self.file(span.source).text();
        text.get(span.range()).unwrap_or_default()
    }

    pub(crate) fn position(&self, span: Span) -> Position {
        self.file(span.source).position(span.start as usize)
    }

    /// The place of `range` of a scalar's `text` that was read at `span`.
    ///
    /// Exact where the text stands in the file as it is (plain, or quoted without escapes), else
    /// the only occurrence of that part, else the whole scalar.
    pub(crate) fn inside(&self, span: Span, text: &str, range: Range<usize>) -> Span {
        let raw = self.text(span);
        let Some(part) = text.get(range.clone()) else {
            return span;
        };
        let quote = usize::from(raw.starts_with(['"', '\'']));
        let plain = raw.get(quote..quote + text.len()) == Some(text);
        let offset = if plain {
            quote + range.start
        } else {
            let mut found = raw.match_indices(part);
            match (found.next(), found.next()) {
                (Some((at, _)), None) if !part.is_empty() => at,
                _ => return span,
            }
        };
        let start = span.start as usize + offset;
        Span::new(span.source, start, start + part.len())
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn part_of_a_scalar_is_found_in_quoted_and_escaped_text() {
        let mut sources = Sources::default();
        let text = "a: \"{{x}} + {{y}}\"\nb: \"µ\\n{{z}}\"\n";
        let id = sources.add(SourceFile::new("a", PathBuf::from("/a"), text));
        let quoted = Span::new(id, 3, 18);
        let inner = sources.inside(quoted, "{{x}} + {{y}}", 10..11);
        assert_eq!((sources.text(inner), inner.start), ("y", 14));
        let escaped = Span::new(id, 22, text.len() - 1);
        assert_eq!(sources.text(sources.inside(escaped, "µ\n{{z}}", 5..6)), "z");
        assert_eq!(sources.inside(escaped, "µ\n{{z}}", 90..91), escaped);
    }
}
