//! Values that may hold templates, at any depth.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::Text;
use crate::expr::{ExprError, Template, Variables, spell};

/// A value as the package declares it: literal, template, or a list or map of such values. Two
/// words, since each measurement of ten thousands of steps has a place for eight of them.
#[derive(Debug, Clone)]
pub(crate) enum ValueTemplate {
    /// A value without templates. Shared: limits and units repeat in thousands of steps.
    Literal(Arc<Literal>),
    /// A text that holds at least one template.
    Template(Box<Written>),
    Several(Box<Several>),
}

/// A list or map of values.
#[derive(Debug, Clone)]
pub(crate) enum Several {
    List(Vec<ValueTemplate>),
    Map(Vec<(Text, ValueTemplate)>),
}

/// A value, and its spelling in the YAML (PROTOCOL, `parameters_text`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Literal {
    pub(super) value: Value,
    pub(super) text: Text,
}

/// By the text: equal literals have equal texts, and hashing a value is dearer.
impl Hash for Literal {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

/// A template, parsed and as written.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    pub(super) template: Template,
    pub(super) text: Text,
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
        Self::Literal(Arc::new(Literal { value, text }))
    }

    pub(super) fn list(items: Vec<Self>) -> Self {
        Self::Several(Box::new(Several::List(items)))
    }

    pub(super) fn map(entries: Vec<(Text, Self)>) -> Self {
        Self::Several(Box::new(Several::Map(entries)))
    }

    /// Renders the value; a lone template keeps its native type.
    pub(crate) fn render(&self, variables: &Variables) -> Result<Value, ExprError> {
        Ok(match self {
            Self::Literal(literal) => literal.value.clone(),
            Self::Template(written) => written.template.render(variables)?,
            Self::Several(several) => match &**several {
                Several::List(items) => {
                    let items: Result<Vec<Value>, ExprError> =
                        items.iter().map(|item| item.render(variables)).collect();
                    Value::Array(items?)
                }
                Several::Map(entries) => {
                    let mut map = Map::new();
                    for (key, entry) in entries {
                        map.insert(key.to_string(), entry.render(variables)?);
                    }
                    Value::Object(map)
                }
            },
        })
    }

    /// Renders the value and its spelling.
    pub(crate) fn render_spelled(&self, variables: &Variables) -> Result<Rendered, ExprError> {
        if let Self::Literal(literal) = self {
            return Ok(Rendered {
                value: literal.value.clone(),
                text: literal.text.to_string(),
            });
        }
        let value = self.render(variables)?;
        let text = spell(&value);
        Ok(Rendered { value, text })
    }

    /// The value as it was declared, as text for the record.
    pub(crate) fn declared(&self) -> String {
        match self {
            Self::Literal(literal) => literal.text.to_string(),
            Self::Template(written) => written.text.to_string(),
            Self::Several(_) => spell(&self.declared_value()),
        }
    }

    /// The names of the variables that the templates read.
    pub(crate) fn names(&self) -> Vec<String> {
        match self {
            Self::Literal(_) => Vec::new(),
            Self::Template(written) => {
                let names = written.template.names().into_iter();
                names.map(|used| used.name).collect()
            }
            Self::Several(several) => several.items().flat_map(Self::names).collect(),
        }
    }

    /// The value as JSON, templates as their text.
    pub(crate) fn declared_value(&self) -> Value {
        match self {
            Self::Literal(literal) => literal.value.clone(),
            Self::Template(written) => Value::String(written.text.to_string()),
            Self::Several(several) => match &**several {
                Several::List(items) => {
                    Value::Array(items.iter().map(Self::declared_value).collect())
                }
                Several::Map(entries) => Value::Object(
                    entries
                        .iter()
                        .map(|(key, entry)| (key.to_string(), entry.declared_value()))
                        .collect(),
                ),
            },
        }
    }

    /// The value, where no template is in it.
    pub(super) fn literal_value(&self) -> Option<Value> {
        match self {
            Self::Literal(literal) => Some(literal.value.clone()),
            Self::Template(_) => None,
            Self::Several(several) => match &**several {
                Several::List(items) => items.iter().map(Self::literal_value).collect(),
                Several::Map(entries) => entries
                    .iter()
                    .map(|(key, entry)| Some((key.to_string(), entry.literal_value()?)))
                    .collect::<Option<Map<String, Value>>>()
                    .map(Value::Object),
            },
        }
    }
}

impl Several {
    /// The values of a list or map.
    pub(crate) fn items(&self) -> Box<dyn Iterator<Item = &ValueTemplate> + '_> {
        match self {
            Self::List(items) => Box::new(items.iter()),
            Self::Map(entries) => Box::new(entries.iter().map(|(_, entry)| entry)),
        }
    }
}
