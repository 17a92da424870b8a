//! One value, and what is known of it.

use std::fmt;

use serde_json::Value;

use super::SECRET_MARK;
use crate::event::Timestamp;

/// For whom a value counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Scope {
    /// All stations.
    Global,
    /// One station, by its id.
    Station(String),
}

/// One value of a store. A secret's text is never in it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ConfigEntry {
    pub(crate) scope: Scope,
    pub(crate) key: String,
    pub(crate) value: ConfigValue,
    /// A word that groups entries, such as `instruments`.
    pub(crate) category: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) updated_by: String,
    pub(crate) updated_at: Timestamp,
}

/// The value of an entry as everybody may see it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ConfigValue {
    Plain(Value),
    /// There is a text, and it is not shown.
    Secret,
}

/// The column `display_mode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DisplayMode {
    ReadWrite,
    /// A secret.
    WriteOnly,
}

impl Scope {
    /// The column `scope`.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::Station(_) => "station",
        }
    }

    /// The column `station_id`; empty for the global scope, since a key column holds no NULL.
    pub(crate) fn station(&self) -> &str {
        match self {
            Self::Global => "",
            Self::Station(id) => id,
        }
    }

    /// The scope of those two columns.
    pub(crate) fn from_columns(kind: &str, station: String) -> Self {
        if kind == Self::Global.kind() {
            Self::Global
        } else {
            Self::Station(station)
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Global => f.write_str("global"),
            Self::Station(id) => write!(f, "station {id}"),
        }
    }
}

impl ConfigValue {
    pub(crate) const fn display_mode(&self) -> DisplayMode {
        match self {
            Self::Plain(_) => DisplayMode::ReadWrite,
            Self::Secret => DisplayMode::WriteOnly,
        }
    }

    /// What may be shown, recorded and exported in the value's place.
    pub(crate) fn shown(&self) -> Value {
        match self {
            Self::Plain(value) => value.clone(),
            Self::Secret => Value::from(SECRET_MARK),
        }
    }

    /// The column `value`: JSON, NULL for a secret.
    pub(crate) fn column(&self) -> Option<String> {
        match self {
            Self::Plain(value) => Some(value.to_string()),
            Self::Secret => None,
        }
    }

    /// The value of the columns `display_mode` and `value`.
    pub(crate) fn from_columns(mode: &str, value: Option<&str>) -> serde_json::Result<Self> {
        if mode == DisplayMode::WriteOnly.as_str() {
            return Ok(Self::Secret);
        }
        serde_json::from_str(value.unwrap_or("null")).map(Self::Plain)
    }
}

impl DisplayMode {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::ReadWrite => "ReadWrite",
            Self::WriteOnly => "WriteOnly",
        }
    }
}

/// Whether a test can name it as `cfg.KEY`: letters, digits, `_` and `-`, beginning with a letter
/// or `_`; dots join such words.
pub(crate) fn is_key(text: &str) -> bool {
    let is_word = |word: &str| {
        word.starts_with(|first: char| first.is_alphabetic() || first == '_')
            && word
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
    };
    text.len() <= 200 && text.split('.').all(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_is_what_a_test_can_name() {
        for good in ["DMM", "dmm_1", "_x", "rack.psu-2", "Prüfplatz"] {
            assert!(is_key(good), "{good}");
        }
        for bad in ["", ".", "a.", ".a", "1a", "a b", "a\n", "a{{", "-a", "a..b"] {
            assert!(!is_key(bad), "{bad}");
        }
    }

    #[test]
    fn station_that_is_called_global_has_a_scope_of_its_own() {
        for scope in [Scope::Global, Scope::Station("global".to_owned())] {
            let back = Scope::from_columns(scope.kind(), scope.station().to_owned());
            assert_eq!(back, scope);
        }
    }
}
