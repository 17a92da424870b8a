//! Regular expressions of packages: bounded in size, compiled once per thread.

use std::cell::RefCell;

use regex::{Regex, RegexBuilder};

/// Compiled patterns of this thread; the oldest leaves first.
const KEPT: usize = 32;

/// Bytes that one compiled pattern may take.
const SIZE_LIMIT: usize = 1 << 20;

thread_local! {
    static COMPILED: RefCell<Vec<(String, Regex)>> = const { RefCell::new(Vec::new()) };
}

/// Whether `pattern` is found anywhere in `text`; `^` and `$` anchor it.
pub(crate) fn is_match(pattern: &str, text: &str) -> Result<bool, String> {
    COMPILED.with_borrow_mut(|compiled| {
        if let Some((_, regex)) = compiled.iter().find(|(known, _)| known == pattern) {
            return Ok(regex.is_match(text));
        }
        let regex = compile(pattern)?;
        let is_match = regex.is_match(text);
        if compiled.len() == KEPT {
            compiled.remove(0);
        }
        compiled.push((pattern.to_owned(), regex));
        Ok(is_match)
    })
}

/// Says what is wrong with a pattern that is about to be used, and keeps it compiled.
pub(crate) fn check_cached(pattern: &str) -> Result<(), String> {
    is_match(pattern, "").map(|_| ())
}

/// Whether `pattern` matches `text` from its beginning to its end.
pub(crate) fn is_whole_match(pattern: &str, text: &str) -> Result<bool, String> {
    is_match(&format!("^(?:{pattern})$"), text)
}

fn compile(pattern: &str) -> Result<Regex, String> {
    RegexBuilder::new(pattern)
        .size_limit(SIZE_LIMIT)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => "the regular expression is too large".to_owned(),
            error => {
                // The last line says what is wrong; those above draw it in several lines.
                let text = error.to_string();
                let last = text.lines().last().unwrap_or_default();
                let cause = last.trim_start_matches("error: ");
                format!("'{pattern}' is no regular expression: {cause}")
            }
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pattern_is_searched_unless_anchored() {
        assert_eq!(is_match("[0-9]+", "FW 12"), Ok(true));
        assert_eq!(is_match("^[0-9]+$", "FW 12"), Ok(false));
        assert_eq!(is_whole_match("a|ab", "ab"), Ok(true));
        assert_eq!(is_whole_match("a|b", "ab"), Ok(false));
    }

    #[test]
    fn mistakes_and_monsters_are_refused() {
        assert!(compile("(").unwrap_err().contains("unclosed group"));
        assert!(
            compile("((a{1000}){1000}){1000}")
                .unwrap_err()
                .contains("too large")
        );
    }

    #[test]
    fn more_patterns_than_are_kept_still_work() {
        for round in 0..2 {
            for i in 0..2 * KEPT {
                assert_eq!(
                    is_match(&format!("^{i}$"), &i.to_string()),
                    Ok(true),
                    "{round}"
                );
            }
        }
    }
}
