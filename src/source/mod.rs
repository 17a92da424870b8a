//! Source files and the places in them.
//!
//! Owns file texts, byte spans, and the way from a byte offset to a line and a column.
//! Never opens a file: texts are handed in. Begin with [`Span`] and [`Sources`].

mod file;
mod sources;
mod span;

pub(crate) use file::{Position, SourceFile};
pub(crate) use sources::Sources;
pub(crate) use span::{SourceId, Span, Spanned};
