//! Values that may hold templates, at any depth.

use serde_json::{Map, Value};

use super::Text;
use crate::expr::{ExprError, Template, Variables, spell};

/// A value as the package declares it: literal, template, or a list or map of such values.
#[derive(Debug, Clone)]
pub(crate) enum ValueTemplate {
    /// A value without templates, and its spelling in the YAML (PROTOCOL, `parameters_text`).
    Literal {
        value: Value,
        text: Text,
    },
    /// A text that holds at least one template, parsed and as written.
    Template {
        template: Box<Template>,
        text: Text,
    },
    List(Vec<Self>),
    Map(Vec<(String, Self)>),
}

/// A rendered value with its spelling.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rendered {
    pub(crate) value: Value,
    pub(crate) text: String,
}

impl ValueTemplate {
    /// A literal that spells itself as templates do.
    pub(crate) fn literal(value: Value) -> Self {
        let text = Text::from(spell(&value));
        Self::Literal { value, text }
    }

    /// Renders the value; a lone template keeps its native type.
    pub(crate) fn render(&self, variables: &Variables) -> Result<Value, ExprError> {
        Ok(match self {
            Self::Literal { value, .. } => value.clone(),
            Self::Template { template, .. } => template.render(variables)?,
            Self::List(items) => {
                let items: Result<Vec<Value>, ExprError> =
                    items.iter().map(|item| item.render(variables)).collect();
                Value::Array(items?)
            }
            Self::Map(entries) => {
                let mut map = Map::new();
                for (key, entry) in entries {
                    map.insert(key.clone(), entry.render(variables)?);
                }
                Value::Object(map)
            }
        })
    }

    /// Renders the value and its spelling.
    pub(crate) fn render_spelled(&self, variables: &Variables) -> Result<Rendered, ExprError> {
        if let Self::Literal { value, text } = self {
            return Ok(Rendered {
                value: value.clone(),
                text: text.to_string(),
            });
        }
        let value = self.render(variables)?;
        let text = spell(&value);
        Ok(Rendered { value, text })
    }

    /// The value as it was declared, as text for the record.
    pub(crate) fn declared(&self) -> String {
        match self {
            Self::Literal { text, .. } | Self::Template { text, .. } => text.to_string(),
            Self::List(_) | Self::Map(_) => spell(&self.declared_value()),
        }
    }

    /// The names of the variables that the templates read.
    pub(crate) fn names(&self) -> Vec<String> {
        match self {
            Self::Literal { .. } => Vec::new(),
            Self::Template { template, .. } => {
                template.names().into_iter().map(|used| used.name).collect()
            }
            Self::List(items) => items.iter().flat_map(Self::names).collect(),
            Self::Map(entries) => entries
                .iter()
                .flat_map(|(_, entry)| entry.names())
                .collect(),
        }
    }

    /// The value as JSON, templates as their text.
    pub(crate) fn declared_value(&self) -> Value {
        match self {
            Self::Literal { value, .. } => value.clone(),
            Self::Template { text, .. } => Value::String(text.to_string()),
            Self::List(items) => Value::Array(items.iter().map(Self::declared_value).collect()),
            Self::Map(entries) => Value::Object(
                entries
                    .iter()
                    .map(|(key, entry)| (key.clone(), entry.declared_value()))
                    .collect(),
            ),
        }
    }
}
