//! Passwords in settings, made invisible.

use serde_json::{Map, Value};

/// What stands for a password.
const HIDDEN: &str = "***";

/// Parts of names whose values nobody should see.
const SECRET: [&str; 7] = [
    "passw",
    "passphrase",
    "secret",
    "token",
    "credential",
    "apikey",
    "api_key",
];

/// Whether a setting of this name holds something that nobody should see.
fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "pass" || name == "pwd" || SECRET.iter().any(|part| name.contains(part))
}

/// A value without passwords: below a telling name, and in URLs.
pub(super) fn value(name: &str, value: &Value) -> Value {
    match value {
        Value::Null => Value::Null,
        _ if is_secret(name) => Value::from(HIDDEN),
        Value::String(text) => Value::from(url(text)),
        Value::Array(items) => items.iter().map(|item| self::value(name, item)).collect(),
        Value::Object(map) => {
            let entries = map.iter();
            let hidden = entries.map(|(key, one)| (key.clone(), self::value(key, one)));
            Value::Object(hidden.collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}

/// A URL, or a list of `key=value`, without its passwords; any other text as it is.
pub(super) fn url(text: &str) -> String {
    let text = without_login(text);
    let mut shown = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find('=') {
        let (head, tail) = rest.split_at(at);
        let name = head
            .rsplit(|c: char| !c.is_alphanumeric() && c != '_')
            .next();
        shown.push_str(head);
        shown.push('=');
        rest = &tail[1..];
        if name.is_some_and(is_secret) {
            shown.push_str(HIDDEN);
            rest = &rest[end_of_value(rest)..];
        }
    }
    shown + rest
}

/// Where a value ends: at a separator, or at the closing quote.
fn end_of_value(text: &str) -> usize {
    match text.strip_prefix('\'') {
        Some(quoted) => quoted.find('\'').map_or(text.len(), |at| at + 2),
        None => text.find(['&', ' ', ';', '#']).unwrap_or(text.len()),
    }
}

/// `scheme://user:password@host` without the password.
fn without_login(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else {
        return text.to_owned();
    };
    // A password may hold what ends the host, but nothing after the last `@` belongs to it.
    let end = rest
        .rfind('@')
        .filter(|_| scheme.chars().all(|c| c.is_alphanumeric() || c == '+'));
    let Some(end) = end else {
        return text.to_owned();
    };
    let (login, host) = rest.split_at(end);
    match login.split_once(':') {
        Some((user, _)) => format!("{scheme}://{user}:{HIDDEN}{host}"),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn passwords_are_hidden_wherever_a_url_holds_them() {
        for (text, shown) in [
            (
                "postgresql://m:geheim@db:5432/maestro",
                "postgresql://m:***@db:5432/maestro",
            ),
            (
                "postgresql://m:ge/h@im@db/maestro",
                "postgresql://m:***@db/maestro",
            ),
            ("redis://:geheim@db", "redis://:***@db"),
            ("redis://db:6379/2", "redis://db:6379/2"),
            (
                "unix:///run/redis?db=2&pass=geheim",
                "unix:///run/redis?db=2&pass=***",
            ),
            (
                "host=db password=geheim user=m",
                "host=db password=*** user=m",
            ),
            ("password='ge he' user=m", "password=*** user=m"),
            (
                "postgresql://db?user=m&password=geheim&x=1",
                "postgresql://db?user=m&password=***&x=1",
            ),
            ("192.168.0.7:5025", "192.168.0.7:5025"),
        ] {
            assert_eq!(url(text), shown);
        }
    }

    #[test]
    fn values_below_telling_names_are_hidden() {
        let mes = json!({"url": "https://u:geheim@mes", "ApiKey": "geheim", "auth": {"Token": 1, "user": "m"}, "retries": 3});
        let shown = json!({"url": "https://u:***@mes", "ApiKey": "***", "auth": {"Token": "***", "user": "m"}, "retries": 3});
        assert_eq!(value("mes", &mes), shown);
    }
}
