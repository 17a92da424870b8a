//! The tree.

use std::sync::Arc;

use crate::package::yaml::{Resolved, Scalar};
use crate::source::{Span, Spanned};

/// A value in a document. Aliases to one anchor share one node.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) span: Span,
    pub(crate) kind: NodeKind,
    /// Values in this tree with all aliases written out.
    pub(super) weight: u32,
    /// Levels of containers in this tree, through aliases.
    pub(super) depth: u16,
}

#[derive(Debug)]
pub(crate) enum NodeKind {
    Scalar(Scalar),
    Sequence(Vec<Arc<Node>>),
    Mapping(Mapping),
}

/// Keys in the order of the file, merged ones after the written ones; each key once.
#[derive(Debug, Default)]
pub(crate) struct Mapping {
    pub(crate) entries: Vec<Entry>,
}

#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) key: Spanned<Arc<str>>,
    pub(crate) value: Arc<Node>,
}

impl Mapping {
    pub(crate) fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| &**entry.key == key)
    }
}

impl Node {
    pub(crate) fn scalar(&self) -> Option<&Scalar> {
        match &self.kind {
            NodeKind::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    pub(crate) fn mapping(&self) -> Option<&Mapping> {
        match &self.kind {
            NodeKind::Mapping(mapping) => Some(mapping),
            _ => None,
        }
    }

    /// Whether nothing is written here (`key:`, `~`, `null`).
    pub(crate) fn is_null(&self) -> bool {
        self.scalar()
            .is_some_and(|scalar| scalar.value == Resolved::Null)
    }

    /// What this is, for messages.
    pub(crate) fn describe(&self) -> &'static str {
        match &self.kind {
            NodeKind::Sequence(_) => "a list",
            NodeKind::Mapping(_) => "a mapping",
            NodeKind::Scalar(scalar) => match scalar.value {
                Resolved::Null => "empty",
                Resolved::Bool(_) => "a boolean",
                Resolved::Int(_) | Resolved::Unsigned(_) | Resolved::Float(_) => "a number",
                Resolved::Text => "a text",
            },
        }
    }

    /// The tree as JSON, by the core schema.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        match &self.kind {
            NodeKind::Scalar(scalar) => scalar.to_json(),
            NodeKind::Sequence(items) => items.iter().map(|item| item.to_json()).collect(),
            NodeKind::Mapping(mapping) => {
                let entries = mapping.entries.iter();
                let pairs = entries.map(|e| (e.key.to_string(), e.value.to_json()));
                serde_json::Value::Object(pairs.collect())
            }
        }
    }
}
