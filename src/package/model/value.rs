//! Untyped values of the format: parameters, outputs, variables, limits.

use std::sync::Arc;

use crate::package::yaml::Resolved;
use crate::source::{Span, Spanned};

/// A value as the author wrote it, templates not yet rendered. Boxed throughout: most of the many
/// places for a value are empty.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    /// A number, boolean, null or text without templates.
    Scalar(Box<ScalarValue>),
    /// A text that holds `{{`.
    Template(Box<Spanned<String>>),
    List(Box<Spanned<Vec<Value>>>),
    Map(Box<Spanned<Vec<Named<Value>>>>),
}

/// A literal: its native value and the text in the file, quotes and escapes resolved.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ScalarValue {
    pub(crate) resolved: Resolved,
    pub(crate) text: Arc<str>,
    pub(crate) span: Span,
}

impl ScalarValue {
    /// Integers outside 64 bits and non-finite floats are strings here (PROTOCOL, values).
    pub(crate) fn native(&self) -> serde_json::Value {
        self.resolved.to_json(&self.text)
    }
}

/// A value under a name that the author chose.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Named<T> {
    pub(crate) name: Spanned<String>,
    pub(crate) value: T,
}

/// A typed field in which a template may stand instead of the literal.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Templated<T> {
    Literal(T),
    /// The whole text with its braces.
    Template(String),
}

impl Value {
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Scalar(scalar) => scalar.span,
            Self::Template(text) => text.span,
            Self::List(items) => items.span,
            Self::Map(entries) => entries.span,
        }
    }

    /// The literal scalar, if it is one.
    pub(crate) fn scalar(&self) -> Option<&ScalarValue> {
        match self {
            Self::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The text of a scalar or a template.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Scalar(scalar) => Some(&scalar.text),
            Self::Template(text) => Some(text),
            Self::List(_) | Self::Map(_) => None,
        }
    }

    /// The value as JSON; templates stay text with their braces.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Scalar(scalar) => scalar.native(),
            Self::Template(text) => serde_json::Value::String(text.value.clone()),
            Self::List(items) => items.iter().map(Self::to_json).collect(),
            Self::Map(entries) => entries
                .iter()
                .map(|entry| (entry.name.value.clone(), entry.value.to_json()))
                .collect::<serde_json::Map<_, _>>()
                .into(),
        }
    }

    /// Calls `visit` with every template in the value, in order.
    pub(crate) fn for_each_template<'a>(&'a self, visit: &mut impl FnMut(&'a Spanned<String>)) {
        match self {
            Self::Scalar(_) => {}
            Self::Template(text) => visit(text),
            Self::List(items) => items.iter().for_each(|item| item.for_each_template(visit)),
            Self::Map(entries) => entries
                .iter()
                .for_each(|entry| entry.value.for_each_template(visit)),
        }
    }
}

/// Whether a text holds a template.
pub(crate) fn has_template(text: &str) -> bool {
    text.contains("{{")
}
