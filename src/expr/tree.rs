//! A whole tree of values whose texts may be templates.

use serde_json::Value;

use crate::expr::{ExprError, NameUse, Template, Variables};

/// Lists and maps of templates, such as `target` or a nested parameter. Keys are never templates.
#[derive(Debug, Clone)]
pub(crate) enum TemplateTree {
    /// Holds no template at all, in any depth.
    Literal(Value),
    Text(Template),
    List(Vec<Self>),
    Map(Vec<(String, Self)>),
}

impl TemplateTree {
    /// Parses every text in `value`.
    pub(crate) fn parse(value: &Value) -> Result<Self, ExprError> {
        let tree = match value {
            Value::String(text) => Self::Text(Template::parse(text)?),
            Value::Array(list) => {
                Self::List(list.iter().map(Self::parse).collect::<Result<_, _>>()?)
            }
            Value::Object(map) => Self::Map(
                map.iter()
                    .map(|(key, value)| Ok((key.clone(), Self::parse(value)?)))
                    .collect::<Result<_, ExprError>>()?,
            ),
            scalar => Self::Literal(scalar.clone()),
        };
        if tree.holds_template() {
            return Ok(tree);
        }
        Ok(Self::Literal(value.clone()))
    }

    /// Whether rendering gives the same value whatever the variables.
    pub(crate) fn is_literal(&self) -> bool {
        matches!(self, Self::Literal(_))
    }

    /// Renders every template; a lone `{{ }}` keeps its native type at any depth.
    pub(crate) fn render(&self, variables: &Variables) -> Result<Value, ExprError> {
        match self {
            Self::Literal(value) => Ok(value.clone()),
            Self::Text(template) => template.render(variables),
            Self::List(list) => list
                .iter()
                .map(|element| element.render(variables))
                .collect::<Result<Vec<_>, _>>()
                .map(Value::Array),
            Self::Map(map) => map
                .iter()
                .map(|(key, element)| Ok((key.clone(), element.render(variables)?)))
                .collect::<Result<serde_json::Map<_, _>, _>>()
                .map(Value::Object),
        }
    }

    /// The variables that the tree reads; each range is within its own text.
    pub(crate) fn names(&self) -> Vec<NameUse> {
        match self {
            Self::Literal(_) => Vec::new(),
            Self::Text(template) => template.names(),
            Self::List(list) => list.iter().flat_map(Self::names).collect(),
            Self::Map(map) => map
                .iter()
                .flat_map(|(_, element)| element.names())
                .collect(),
        }
    }

    fn holds_template(&self) -> bool {
        match self {
            Self::Literal(_) => false,
            Self::Text(template) => !template.is_literal(),
            Self::List(list) => list.iter().any(Self::holds_template),
            Self::Map(map) => map.iter().any(|(_, element)| element.holds_template()),
        }
    }
}
