//! Reading a target: a map of fields, whose values come from templates and so are of any type.

use maestro_protocol::ErrorObject;
use serde_json::{Map, Value};

use crate::failure::wrong;
use crate::text::spell;

/// The fields of one step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields<'a> {
    map: &'a Map<String, Value>,
    whose: &'static str,
}

impl<'a> Fields<'a> {
    /// Opens a target that has no other fields than `known`.
    pub(crate) fn open(
        target: &'a Value,
        whose: &'static str,
        known: &[&str],
    ) -> Result<Self, ErrorObject> {
        let Value::Object(map) = target else {
            return Err(wrong(format!("the target of {whose} is no map of fields")));
        };
        if let Some(name) = map.keys().find(|name| !known.contains(&name.as_str())) {
            let message = format!("{whose} has no field `{name}`; it has {}", known.join(", "));
            return Err(wrong(message));
        }
        Ok(Self { map, whose })
    }

    /// The value as it came; null counts as absent.
    pub(crate) fn value(&self, name: &str) -> Option<&'a Value> {
        self.map.get(name).filter(|value| !value.is_null())
    }

    /// A text, or a scalar as its spelling.
    pub(crate) fn text(&self, name: &str) -> Result<Option<String>, ErrorObject> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::Array(_) | Value::Object(_)) => Err(self.wrong_type(name, "a text")),
            Some(value) => Ok(Some(spell(value))),
        }
    }

    /// A text that must be there and not be blank.
    pub(crate) fn required(&self, name: &str) -> Result<String, ErrorObject> {
        match self.text(name)? {
            Some(text) if !text.trim().is_empty() => Ok(text),
            Some(_) => Err(wrong(format!("`{name}` of {} is empty", self.whose))),
            None => Err(wrong(format!("{} needs `{name}`", self.whose))),
        }
    }

    /// A boolean, also as text.
    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, ErrorObject> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(Value::String(text)) => match text.trim().to_ascii_lowercase().as_str() {
                "true" | "yes" | "on" => Ok(Some(true)),
                "false" | "no" | "off" => Ok(Some(false)),
                _ => Err(self.wrong_type(name, "true or false")),
            },
            Some(_) => Err(self.wrong_type(name, "true or false")),
        }
    }

    /// A whole number, also as text.
    pub(crate) fn integer(&self, name: &str) -> Result<Option<i64>, ErrorObject> {
        let number = match self.value(name) {
            None => return Ok(None),
            Some(Value::Number(number)) => number.as_i64(),
            Some(Value::String(text)) => text.trim().parse().ok(),
            Some(_) => None,
        };
        number
            .map(Some)
            .ok_or_else(|| self.wrong_type(name, "a whole number"))
    }

    fn wrong_type(&self, name: &str, wanted: &str) -> ErrorObject {
        let found = self.map.get(name).map(spell).unwrap_or_default();
        wrong(format!(
            "`{name}` of {} is no {}: {found}",
            self.whose,
            wanted.trim_start_matches("a ")
        ))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn scalars_of_templates_are_read_as_what_is_wanted() {
        let target = json!({"a": 5, "b": "true", "c": "3", "d": null, "e": [1]});
        let fields = Fields::open(&target, "a step", &["a", "b", "c", "d", "e"]).unwrap();
        assert_eq!(fields.text("a").unwrap().as_deref(), Some("5"));
        assert_eq!(fields.flag("b").unwrap(), Some(true));
        assert_eq!(fields.integer("c").unwrap(), Some(3));
        assert_eq!(fields.text("d").unwrap(), None);
        assert_eq!(
            fields.text("e").unwrap_err().message,
            "`e` of a step is no text: [1]"
        );
        assert_eq!(
            fields.required("f").unwrap_err().message,
            "a step needs `f`"
        );
    }

    #[test]
    fn unknown_field_is_named_with_those_that_there_are() {
        let error = Fields::open(&json!({"qery": 1}), "a step", &["query", "write"]).unwrap_err();
        assert_eq!(
            error.message,
            "a step has no field `qery`; it has query, write"
        );
    }
}
