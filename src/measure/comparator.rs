//! How a value is compared with its limits, and the spellings of it in a package.

use serde::{Deserialize, Serialize};

/// The rule of a limit. Absent in a package means [`Comparator::Within`] without being written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Comparator {
    /// `low_limit <= value <= high_limit`, each bound that is given.
    #[serde(rename = "between")]
    Within,
    #[serde(rename = "equal")]
    Eq,
    #[serde(rename = "notequal")]
    Ne,
    #[serde(rename = "greaterthan")]
    Gt,
    #[serde(rename = "greaterthanorequal")]
    Ge,
    #[serde(rename = "lessthan")]
    Lt,
    #[serde(rename = "lessthanorequal")]
    Le,
    /// Recorded only.
    #[serde(rename = "log")]
    Log,
    /// The text matches the regular expression in `expected`.
    #[serde(rename = "matches")]
    Matches,
    /// The text contains `expected`.
    #[serde(rename = "contains")]
    Contains,
}

/// Every spelling in a package, the canonical one of each comparator first.
const SPELLINGS: [(&str, Comparator); 18] = [
    ("between", Comparator::Within),
    ("equal", Comparator::Eq),
    ("eq", Comparator::Eq),
    ("notequal", Comparator::Ne),
    ("ne", Comparator::Ne),
    ("greaterthan", Comparator::Gt),
    ("gt", Comparator::Gt),
    ("greaterthanorequal", Comparator::Ge),
    ("gte", Comparator::Ge),
    ("ge", Comparator::Ge),
    ("lessthan", Comparator::Lt),
    ("lt", Comparator::Lt),
    ("lessthanorequal", Comparator::Le),
    ("lte", Comparator::Le),
    ("le", Comparator::Le),
    ("log", Comparator::Log),
    ("matches", Comparator::Matches),
    ("contains", Comparator::Contains),
];

impl Comparator {
    /// Reads a spelling of the package format, in any case.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("regex") {
            return Some(Self::Matches);
        }
        SPELLINGS
            .iter()
            .find(|(spelling, _)| spelling.eq_ignore_ascii_case(text))
            .map(|(_, comparator)| *comparator)
    }

    /// The canonical spelling, as it is stored.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Within => "between",
            Self::Eq => "equal",
            Self::Ne => "notequal",
            Self::Gt => "greaterthan",
            Self::Ge => "greaterthanorequal",
            Self::Lt => "lessthan",
            Self::Le => "lessthanorequal",
            Self::Log => "log",
            Self::Matches => "matches",
            Self::Contains => "contains",
        }
    }

    /// Whether the comparator judges the text of a value and not its number.
    pub(crate) const fn judges_text(self) -> bool {
        matches!(self, Self::Matches | Self::Contains)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_read_in_any_case() {
        for (text, comparator) in SPELLINGS {
            assert_eq!(Comparator::parse(text), Some(comparator));
            assert_eq!(
                Comparator::parse(&text.to_uppercase()),
                Some(comparator),
                "{text}"
            );
        }
        assert_eq!(Comparator::parse("GreaterThan"), Some(Comparator::Gt));
        assert_eq!(Comparator::parse("regex"), Some(Comparator::Matches));
        assert_eq!(Comparator::parse("=="), None);
    }

    #[test]
    fn stored_spelling_is_the_canonical_one() {
        for (_, comparator) in SPELLINGS {
            let stored = serde_json::to_value(comparator).unwrap();
            assert_eq!(stored, comparator.as_str());
            assert_eq!(Comparator::parse(comparator.as_str()), Some(comparator));
        }
    }
}
