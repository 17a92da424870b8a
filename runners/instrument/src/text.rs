//! Values and bytes as text for people.

use std::fmt::Write as _;

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

/// Bytes between quotes, what is no printable ASCII escaped, cut after `most` bytes.
pub(crate) fn quote(bytes: &[u8], most: usize) -> String {
    let mut text = String::with_capacity(bytes.len().min(most) + 2);
    text.push('"');
    for &byte in bytes.iter().take(most) {
        match byte {
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            b'\t' => text.push_str("\\t"),
            b'"' => text.push_str("\\\""),
            b'\\' => text.push_str("\\\\"),
            b' '..=b'~' => text.push(char::from(byte)),
            other => {
                let _ = write!(text, "\\x{other:02x}");
            }
        }
    }
    text.push('"');
    if bytes.len() > most {
        let _ = write!(text, "… ({} bytes)", bytes.len());
    }
    text
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
    fn bytes_are_escaped_and_cut() {
        assert_eq!(quote(b"*IDN?\r\n", 99), r#""*IDN?\r\n""#);
        assert_eq!(quote(b"\"\\\x00\xff", 99), r#""\"\\\x00\xff""#);
        assert_eq!(quote(b"abcdef", 3), "\"abc\"… (6 bytes)");
    }

    #[test]
    fn ends_of_a_text_are_cut_between_characters() {
        assert_eq!(head("aäb", 2), "a…");
        assert_eq!(tail("aäb", 2), "b");
        assert_eq!(tail("ab", 9), "ab");
    }
}
