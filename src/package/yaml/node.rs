//! The tree.

use std::sync::Arc;

use crate::package::yaml::{Resolved, Scalar};
use crate::source::{Span, Spanned};

/// A value in a document. Aliases to one anchor share one node.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) span: Span,
    pub(crate) kind: NodeKind,
    pub(super) size: Size,
}

/// How much a tree counts against the budgets. Packed, since every node has one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size(u32);

impl Size {
    const DEPTH_BITS: u32 = 8;

    /// A scalar.
    pub(super) const ONE: Self = Self::new(1, 0);

    /// What is too much for the fields is too much for the budgets as well, and stays so.
    pub(super) const fn new(weight: u32, depth: u16) -> Self {
        let most = u32::MAX >> Self::DEPTH_BITS;
        let weight = if weight < most { weight } else { most };
        let depth = if depth < 255 { depth } else { 255 };
        Self(weight << Self::DEPTH_BITS | depth as u32)
    }

    /// Values in the tree with all aliases written out.
    pub(super) const fn weight(self) -> u32 {
        self.0 >> Self::DEPTH_BITS
    }

    /// Levels of containers in the tree, through aliases.
    pub(super) const fn depth(self) -> u16 {
        (self.0 & 0xff) as u16
    }
}

/// Boxed slices: a tree is read and never grows, and a large document has many small containers.
#[derive(Debug)]
pub(crate) enum NodeKind {
    Scalar(Scalar),
    Sequence(Box<[Arc<Node>]>),
    Mapping(Mapping),
}

/// Keys in the order of the file, merged ones after the written ones; each key once.
#[derive(Debug, Default)]
pub(crate) struct Mapping {
    pub(crate) entries: Box<[Entry]>,
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
    /// Takes the items out of the lists under `keys` of the mapping under `outer`, so that whoever
    /// reads them can let go of each when it was read. A list that an alias shares stays.
    pub(crate) fn take_lists<const N: usize>(
        self: &mut Arc<Self>,
        outer: &str,
        keys: [&str; N],
    ) -> [Option<Box<[Arc<Self>]>>; N] {
        let mut inner = Self::value_mut(self, outer);
        keys.map(|key| match Self::value_mut(inner.as_deref_mut()?, key) {
            Some(list) => match &mut Arc::get_mut(list)?.kind {
                NodeKind::Sequence(items) => Some(std::mem::take(items)),
                _ => None,
            },
            None => None,
        })
    }

    fn value_mut<'n>(node: &'n mut Arc<Self>, key: &str) -> Option<&'n mut Arc<Self>> {
        let NodeKind::Mapping(mapping) = &mut Arc::get_mut(node)?.kind else {
            return None;
        };
        let mut entries = mapping.entries.iter_mut();
        let found = entries.find(|entry| &**entry.key == key)?;
        Some(&mut found.value)
    }

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
            .is_some_and(|scalar| scalar.value() == Resolved::Null)
    }

    /// What this is, for messages.
    pub(crate) fn describe(&self) -> &'static str {
        match &self.kind {
            NodeKind::Sequence(_) => "a list",
            NodeKind::Mapping(_) => "a mapping",
            NodeKind::Scalar(scalar) => match scalar.value() {
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
