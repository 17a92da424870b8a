//! Values as text for people.

use serde_json::Value;

/// Spells a value as the engine spells parameters: nothing for null, `True` and `False`, JSON for
/// lists and maps.
pub(crate) fn spell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The beginning of a text, cut with a sign that it goes on.
pub(crate) fn head(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    format!("{}…", &text[..text.floor_char_boundary(most)])
}

/// The end of a text.
pub(crate) fn tail(text: &str, most: usize) -> &str {
    &text[text.ceil_char_boundary(text.len().saturating_sub(most))..]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_spelled_as_parameters_are() {
        for (value, text) in [
            (json!(null), ""),
            (json!(true), "True"),
            (json!(3.0), "3.0"),
            (json!(7), "7"),
            (json!("a b"), "a b"),
            (json!([1, "x"]), r#"[1,"x"]"#),
        ] {
            assert_eq!(spell(&value), text);
        }
    }

    #[test]
    fn ends_of_a_text_are_cut_between_characters() {
        assert_eq!(head("aäb", 2), "a…");
        assert_eq!(tail("aäb", 2), "b");
        assert_eq!(tail("ab", 9), "ab");
    }
}
