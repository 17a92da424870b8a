//! How values are read as text and as booleans, and how they are spelled.

use serde_json::Value;

use crate::measure::Number;

/// Spells a value as text: `True`/`False`, integers, shortest floats, nothing for null, JSON for
/// lists and maps, text as it is (PROTOCOL "Parameters").
pub(crate) fn spell(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => {
            let mut text = String::new();
            spell_into(&mut text, other);
            text
        }
    }
}

/// Appends what [`spell`] gives.
pub(crate) fn spell_into(text: &mut String, value: &Value) {
    use std::fmt::Write;
    // Writing to a `String` cannot fail.
    let _ = match value {
        Value::Null => Ok(()),
        Value::Bool(true) => text.write_str("True"),
        Value::Bool(false) => text.write_str("False"),
        Value::String(plain) => text.write_str(plain),
        other => write!(text, "{other}"),
    };
}

/// Reads a measured boolean: `true`, `True`, `1` alike; anything else is none.
pub(crate) fn read_boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::Number(_) => match Number::read(value).ok()?.to_f64() {
            1.0 => Some(true),
            0.0 => Some(false),
            _ => None,
        },
        Value::String(text) => match text.trim() {
            "1" => Some(true),
            "0" => Some(false),
            word => read_word(word),
        },
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Reads a boolean that somebody wrote in a package or typed: also `yes`, `no`, `on`, `off`.
pub(crate) fn read_written_boolean(value: &Value) -> Option<bool> {
    read_boolean(value).or_else(|| {
        let word = value.as_str()?.trim();
        let is = |candidate: &str| word.eq_ignore_ascii_case(candidate);
        match () {
            () if is("yes") || is("on") => Some(true),
            () if is("no") || is("off") => Some(false),
            () => None,
        }
    })
}

/// Reads `true` or `false` in any case.
pub(crate) fn read_word(word: &str) -> Option<bool> {
    if word.eq_ignore_ascii_case("true") {
        Some(true)
    } else if word.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn spelling_follows_the_table_of_the_protocol() {
        let table = [
            (json!(true), "True"),
            (json!(false), "False"),
            (json!(7), "7"),
            (json!(-7), "-7"),
            (json!(u64::MAX), "18446744073709551615"),
            (json!(3.3), "3.3"),
            (json!(3.0), "3.0"),
            (json!(0.1 + 0.2), "0.30000000000000004"),
            (json!(null), ""),
            (json!(" as it is "), " as it is "),
            (json!([1, "a", true, null]), r#"[1,"a",true,null]"#),
            (json!({"b": 1, "a": 2.5}), r#"{"b":1,"a":2.5}"#),
        ];
        for (value, text) in table {
            assert_eq!(spell(&value), text);
        }
    }

    #[test]
    fn booleans_are_read_alike_whatever_their_spelling() {
        for value in [
            json!(true),
            json!("True"),
            json!("true"),
            json!("1"),
            json!(1),
            json!(1.0),
        ] {
            assert_eq!(read_boolean(&value), Some(true), "{value}");
        }
        for value in [json!(false), json!("FALSE"), json!(" 0 "), json!(0)] {
            assert_eq!(read_boolean(&value), Some(false), "{value}");
        }
        for value in [
            json!("yes"),
            json!(2),
            json!(null),
            json!(""),
            json!([true]),
        ] {
            assert_eq!(read_boolean(&value), None, "{value}");
        }
        assert_eq!(read_written_boolean(&json!("Yes")), Some(true));
        assert_eq!(read_written_boolean(&json!("off")), Some(false));
        assert_eq!(read_written_boolean(&json!("maybe")), None);
    }
}
