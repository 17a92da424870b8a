//! A span as lines and columns, for the forms that other programs read.

use crate::source::{Sources, Span};

/// Lines and columns from 1, columns in characters; the end is exclusive.
#[derive(Debug)]
pub(super) struct Place<'a> {
    pub(super) file: &'a str,
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) end_line: usize,
    pub(super) end_column: usize,
}

impl<'a> Place<'a> {
    pub(super) fn of(span: Span, sources: &'a Sources) -> Self {
        let file = sources.file(span.source);
        let start = file.position(span.start as usize);
        let end = file.position(span.end as usize);
        Self {
            file: file.shown(),
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
        }
    }
}
