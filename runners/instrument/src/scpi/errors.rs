//! The error queue of an instrument (SCPI-99, 21.8).

/// The query that takes the oldest error out of the queue.
pub(super) const QUERY: &str = "SYST:ERR?";
/// More than a queue holds.
pub(super) const MOST: usize = 64;
/// How many of them are told.
pub(super) const SHOWN: usize = 8;

/// One entry of the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) code: i64,
    pub(super) text: String,
}

impl Entry {
    /// Reads `-113,"Undefined header"`; `None` when it is no such thing.
    pub(super) fn read(answer: &str) -> Option<Self> {
        let (code, text) = answer.split_once(',').unwrap_or((answer, ""));
        let text = text.trim();
        let text = text.strip_prefix('"').unwrap_or(text);
        let text = text.strip_suffix('"').unwrap_or(text);
        Some(Self {
            code: code.trim().parse().ok()?,
            text: text.replace("\"\"", "\""),
        })
    }

    /// The queue is empty.
    pub(super) const fn is_none(&self) -> bool {
        self.code == 0
    }
}

impl std::fmt::Display for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.text.is_empty() {
            return write!(f, "{}", self.code);
        }
        write!(f, "{} {}", self.code, self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_read_as_instruments_spell_them() {
        for (answer, shown) in [
            ("-113,\"Undefined header\"", "-113 Undefined header"),
            ("+0,\"No error\"", "0 No error"),
            ("0", "0"),
            (
                " -222 , \"Data out of range;VOLT\"",
                "-222 Data out of range;VOLT",
            ),
            ("-100,\"a \"\"b\"\"\"", "-100 a \"b\""),
            ("201,no quotes", "201 no quotes"),
        ] {
            let entry = Entry::read(answer).unwrap();
            assert_eq!(entry.to_string(), shown);
            assert_eq!(entry.is_none(), entry.code == 0);
        }
        for answer in ["", "No error", "3.3", "1 2"] {
            assert_eq!(Entry::read(answer), None, "{answer}");
        }
    }
}
