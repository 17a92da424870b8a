//! What a barcode scanner sends, as the text that the label means.

use std::time::Duration;

use serde_json::Value;

use super::key::GS;
use crate::event::Timestamp;

/// The same scan again within this time is a second trigger pull.
const DOUBLE: Duration = Duration::from_secs(2);

/// How this station's scanner is set up (station key `scanner`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Scanner {
    /// What it sends before each label.
    pub(crate) prefix: String,
    /// What stands for the group separator of a GS1 or ISO 15434 label; `None` keeps it.
    pub(crate) separator: Option<String>,
}

impl Scanner {
    /// Reads the station's key `scanner`: `prefix` and `separator`, both texts.
    pub(crate) fn of_station(key: Option<&Value>) -> Self {
        let text = |name: &str| {
            let text = key?.get(name)?.as_str()?;
            Some(text.to_owned())
        };
        Self {
            prefix: text("prefix").unwrap_or_default(),
            separator: text("separator"),
        }
    }

    /// The text of a label: without the scanner's prefix, without the symbology identifier
    /// (`]C1` and its like, ISO/IEC 15424), without what ends it.
    pub(crate) fn read(&self, text: &str) -> String {
        let text = text.trim_end_matches(['\r', '\n', '\t']);
        let text = text.strip_prefix(&self.prefix).unwrap_or(text);
        let text = without_identifier(text);
        let Some(separator) = &self.separator else {
            return text.to_owned();
        };
        text.replace(GS, separator)
    }
}

/// Text that came in one piece, if it is one label: of several, none is meant more than another.
pub(super) fn one_label(text: &str) -> Result<&str, String> {
    let text = text.trim_matches(['\r', '\n', '\t']);
    if text.contains(['\r', '\n']) {
        return Err("that were several lines: one at a time".to_owned());
    }
    Ok(text)
}

/// `]`, a letter, a digit.
fn without_identifier(text: &str) -> &str {
    let mut chars = text.chars();
    let is_identifier = chars.next() == Some(']')
        && chars.next().is_some_and(|c| c.is_ascii_alphabetic())
        && chars.next().is_some_and(|c| c.is_ascii_digit());
    if is_identifier { &text[3..] } else { text }
}

/// Notices the same label scanned twice.
#[derive(Debug, Default)]
pub(super) struct Doubles {
    last: Option<(String, Timestamp)>,
}

impl Doubles {
    /// Whether this is the label of a moment ago once more.
    pub(super) fn is_double(&mut self, text: &str, now: Timestamp) -> bool {
        let is_double = self
            .last
            .as_ref()
            .is_some_and(|(last, at)| last == text && now.since(*at) < DOUBLE);
        self.last = Some((text.to_owned(), now));
        is_double
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn label_is_what_is_printed_on_the_unit() {
        let scanner = Scanner {
            prefix: "~".to_owned(),
            separator: Some("|".to_owned()),
        };
        for (scan, label) in [
            ("SN-1\r\n", "SN-1"),
            ("~SN-1\t", "SN-1"),
            ("~]C1SN-1", "SN-1"),
            ("]d2[)>06\u{1d}SSN-1", "[)>06|SSN-1"),
            ("]SN", "]SN"),
            ("]", "]"),
            ("]ä1x", "]ä1x"),
        ] {
            assert_eq!(scanner.read(scan), label, "{scan:?}");
        }
        assert_eq!(Scanner::default().read("a\u{1d}b"), "a\u{1d}b");
    }

    #[test]
    fn several_lines_are_no_label() {
        assert_eq!(one_label("SN-1\r\n"), Ok("SN-1"));
        assert_eq!(one_label("SN 1\tA"), Ok("SN 1\tA"));
        assert!(one_label("SN-1\rSN-2\r").is_err());
    }

    #[test]
    fn second_pull_of_the_trigger_is_noticed_and_a_later_scan_is_not() {
        let mut doubles = Doubles::default();
        let at = |seconds: i64| Timestamp(seconds * 1_000_000);
        assert!(!doubles.is_double("SN-1", at(0)));
        assert!(doubles.is_double("SN-1", at(1)));
        assert!(!doubles.is_double("SN-2", at(2)));
        assert!(!doubles.is_double("SN-1", at(2)));
        assert!(!doubles.is_double("SN-1", at(5)));
    }
}
