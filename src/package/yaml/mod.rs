//! Text to a tree in which every key and value keeps its place.
//!
//! Owns the walk over the parser's events, the YAML 1.2 core schema, anchors, merge keys and the
//! budgets against hostile text (depth, number of values after aliases are written out). Aliases
//! share nodes, so a bomb costs nothing. Never knows what a key means. Begin with [`parse`].

mod build;
mod node;
mod scalar;

pub(crate) use build::parse;
use node::Size;
pub(crate) use node::{Entry, Mapping, Node, NodeKind, OwnedItems};
pub(crate) use scalar::{Resolved, Scalar, Style};

#[cfg(test)]
mod tests;
