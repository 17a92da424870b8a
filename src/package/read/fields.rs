//! A mapping whose keys are taken one after another; what stays over is unknown.

use crate::package::read::Reader;
use crate::package::yaml::{Entry, Mapping, Node};
use crate::source::Span;

/// The fields of one mapping.
#[derive(Debug)]
pub(crate) struct Fields<'n> {
    mapping: &'n Mapping,
    /// The place for findings about the mapping as a thing: its first key.
    pub(crate) head: Span,
    /// For messages, such as `a step`.
    what: &'static str,
    asked: Vec<&'static str>,
}

impl<'n> Fields<'n> {
    /// Opens `node`, or reports that it is no mapping.
    pub(crate) fn open(
        reader: &mut Reader<'_>,
        node: &'n Node,
        field: &str,
        what: &'static str,
    ) -> Option<Self> {
        let Some(mapping) = node.mapping() else {
            reader.wrong_type(node, field, "a mapping");
            return None;
        };
        let first = mapping.entries.first();
        Some(Self {
            mapping,
            head: first.map_or(node.span, |entry| entry.key.span),
            what,
            asked: Vec::new(),
        })
    }

    /// The entry under `key`; one without a value (`key:`) counts as absent.
    pub(crate) fn entry(&mut self, key: &'static str) -> Option<&'n Entry> {
        self.asked.push(key);
        let entry = self.mapping.get(key)?;
        (!entry.value.is_null()).then_some(entry)
    }

    /// The value under `key`; one that is empty counts as absent.
    pub(crate) fn take(&mut self, key: &'static str) -> Option<&'n Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The keys that nobody took.
    pub(crate) fn rest(&self) -> Vec<&'n Entry> {
        let entries = self.mapping.entries.iter();
        entries
            .filter(|entry| !self.asked.contains(&&**entry.key))
            .collect()
    }

    /// Reports the keys that nobody took.
    pub(crate) fn finish(self, reader: &mut Reader<'_>) {
        for entry in self.rest() {
            reader.unknown_key(&entry.key, entry.key.span, self.what, &self.asked);
        }
    }
}
