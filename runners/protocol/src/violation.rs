//! What a runner did against the protocol, told so that its author can find it.

use std::fmt::Write as _;

use crate::VIOLATION_HEAD;

/// The rule that a line breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Every line is one JSON object in UTF-8.
    Json,
    /// Every message has the members that its kind demands, of the right types.
    Schema,
    /// A line has at most [`crate::MAX_LINE`] bytes.
    Length,
    /// The last line ends with a line feed.
    Complete,
}

/// A broken rule, with the beginning of the line that broke it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}: {head}")]
pub struct Violation {
    /// Which rule.
    pub rule: Rule,
    /// What is wrong, as a lower-case fragment.
    pub detail: String,
    /// The first 200 bytes of the line, made printable.
    pub head: String,
}

impl Violation {
    /// Describes a broken `line`; only its first bytes are kept.
    pub fn new(rule: Rule, detail: impl Into<String>, line: &[u8]) -> Self {
        Self {
            rule,
            detail: detail.into(),
            head: printable(line),
        }
    }
}

/// Makes the head of a line printable: text stays, control characters and stray bytes are escaped.
fn printable(line: &[u8]) -> String {
    let cut = line.len().min(VIOLATION_HEAD);
    let mut text = String::with_capacity(cut + 2);
    for chunk in line[..cut].utf8_chunks() {
        for character in chunk.valid().chars() {
            if character.is_control() {
                text.extend(character.escape_default());
            } else {
                text.push(character);
            }
        }
        for byte in chunk.invalid() {
            // Writing to a String cannot fail.
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    if line.len() > cut {
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn head_is_printable_and_at_most_200_bytes_of_the_line() {
        let mut line = b"\x1b[31m\xffok\t".to_vec();
        line.resize(5000, b'a');
        let violation = Violation::new(Rule::Json, "not JSON", &line);
        assert!(
            violation.head.starts_with("\\u{1b}[31m\\xffok\\ta"),
            "{}",
            violation.head
        );
        assert!(violation.head.ends_with("a…"));
        assert!(violation.head.len() < 230);
    }
}
