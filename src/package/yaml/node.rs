//! The tree.

use std::sync::Arc;

use crate::package::yaml::{Resolved, Scalar};
use crate::source::{Span, Spanned};

/// A value in a document. Aliases to one anchor share what it holds.
///
/// Lies in the container that holds it: a large document has many scalars, and an allocation each
/// would be most of its memory. A copy is shallow.
#[derive(Debug, Clone)]
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

/// Slices: a tree is read and never grows, and a large document has many small containers.
#[derive(Debug, Clone)]
pub(crate) enum NodeKind {
    Scalar(Scalar),
    Sequence(Arc<[Node]>),
    Mapping(Mapping),
}

/// Keys in the order of the file, merged ones after the written ones; each key once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mapping {
    pub(crate) entries: Arc<[Entry]>,
}

#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) key: Spanned<Arc<str>>,
    pub(crate) value: Node,
}

/// The items of a list that nothing else shares, one after another; each goes when it was read.
#[derive(Debug)]
pub(crate) struct OwnedItems {
    items: Arc<[Node]>,
    next: usize,
}

impl Iterator for OwnedItems {
    type Item = Node;

    fn next(&mut self) -> Option<Node> {
        let item = Arc::get_mut(&mut self.items)?.get_mut(self.next)?;
        self.next += 1;
        let nothing = Node::null(item.span);
        Some(std::mem::replace(item, nothing))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.items.len() - self.next;
        (left, Some(left))
    }
}

impl ExactSizeIterator for OwnedItems {}

impl Mapping {
    pub(crate) fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| &**entry.key == key)
    }
}

impl Node {
    /// Nothing, at a place where nothing can be read.
    pub(crate) fn null(span: Span) -> Self {
        Self {
            span,
            kind: NodeKind::Scalar(Scalar::null()),
            size: Size::ONE,
        }
    }

    /// Takes the items out of the lists under `keys` of the mapping under `outer`, so that whoever
    /// reads them can let go of each when it was read. A list that an alias shares stays.
    pub(crate) fn take_lists<const N: usize>(
        &mut self,
        outer: &str,
        keys: [&str; N],
    ) -> [Option<OwnedItems>; N] {
        let mut inner = self.value_mut(outer);
        keys.map(|key| {
            let NodeKind::Sequence(items) = &mut inner.as_deref_mut()?.value_mut(key)?.kind else {
                return None;
            };
            Arc::get_mut(items)?;
            Some(OwnedItems {
                items: std::mem::take(items),
                next: 0,
            })
        })
    }

    fn value_mut(&mut self, key: &str) -> Option<&mut Self> {
        let NodeKind::Mapping(mapping) = &mut self.kind else {
            return None;
        };
        let mut entries = Arc::get_mut(&mut mapping.entries)?.iter_mut();
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
            NodeKind::Sequence(items) => items.iter().map(Node::to_json).collect(),
            NodeKind::Mapping(mapping) => {
                let entries = mapping.entries.iter();
                let pairs = entries.map(|e| (e.key.to_string(), e.value.to_json()));
                serde_json::Value::Object(pairs.collect())
            }
        }
    }
}
