//! Untyped values.

use std::sync::Arc;

use crate::package::model::{Named, ScalarValue, Value, has_template};
use crate::package::read::Reader;
use crate::package::yaml::{Node, NodeKind, Scalar};
use crate::source::{Span, Spanned};

/// Whether `{{` in a text is a template at this place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Braces {
    Template,
    Text,
}

/// A tree as a value.
pub(crate) fn value(node: &Node, braces: Braces) -> Value {
    match &node.kind {
        NodeKind::Scalar(scalar) => scalar_value(scalar, node.span, braces),
        NodeKind::Sequence(items) => {
            let items = items.iter().map(|item| value(item, braces)).collect();
            Value::List(Box::new(Spanned::new(items, node.span)))
        }
        NodeKind::Mapping(mapping) => {
            let entries = mapping.entries.iter().map(|entry| Named {
                name: Spanned::new(entry.key.to_string(), entry.key.span),
                value: value(&entry.value, braces),
            });
            Value::Map(Box::new(Spanned::new(entries.collect(), node.span)))
        }
    }
}

fn scalar_value(scalar: &Scalar, span: Span, braces: Braces) -> Value {
    if braces == Braces::Template && has_template(&scalar.text) {
        let text = scalar.text.to_string();
        return Value::Template(Box::new(Spanned::new(text, span)));
    }
    Value::Scalar(Box::new(ScalarValue {
        resolved: scalar.value(),
        text: Arc::clone(&scalar.text),
        span,
    }))
}

impl Reader<'_> {
    /// A mapping from names to values.
    pub(crate) fn named_values(
        &mut self,
        node: &Node,
        field: &str,
        braces: Braces,
    ) -> Vec<Named<Value>> {
        if let Value::Map(entries) = value(node, braces) {
            return entries.value;
        }
        self.wrong_type(node, field, "a mapping of names to values");
        Vec::new()
    }

    /// A list of texts; one text alone is taken as a list of one.
    pub(crate) fn texts(&mut self, node: &Node, field: &str) -> Vec<Spanned<String>> {
        let items = self.items(node, field);
        let texts = items.into_iter().filter(|item| !item.is_null());
        texts.filter_map(|item| self.text(item, field)).collect()
    }

    /// The items of a list; one scalar alone is taken as a list of one.
    pub(crate) fn items<'n>(&mut self, node: &'n Node, field: &str) -> Vec<&'n Node> {
        match &node.kind {
            NodeKind::Sequence(items) => items.iter().collect(),
            NodeKind::Scalar(_) => vec![node],
            NodeKind::Mapping(_) => {
                self.wrong_type(node, field, "a list");
                Vec::new()
            }
        }
    }

    /// The items of a list, which must be one.
    pub(crate) fn list<'n>(&mut self, node: &'n Node, field: &str) -> Vec<&'n Node> {
        if let NodeKind::Sequence(items) = &node.kind {
            return items.iter().collect();
        }
        self.wrong_type(node, field, "a list");
        Vec::new()
    }
}
