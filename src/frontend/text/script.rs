//! The characters that a terminal can show: text from outside made harmless, and an ASCII fallback.

use std::borrow::Cow;

use unicode_width::UnicodeWidthStr;

/// The repertoire of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Script {
    Unicode,
    Ascii,
}

/// Spellings for terminals that know ASCII only; anything else becomes `?`.
const FALLBACKS: [(char, &str); 29] = [
    ('✓', "+"),
    ('✗', "x"),
    ('■', "#"),
    ('–', "-"),
    ('—', "-"),
    ('▸', ">"),
    ('↻', "~"),
    ('·', "-"),
    ('│', "|"),
    ('─', "-"),
    ('━', "="),
    ('…', ".."),
    ('≤', "<="),
    ('≥', ">="),
    ('≠', "!="),
    ('≈', "~"),
    ('±', "+/-"),
    ('Ω', "Ohm"),
    ('µ', "u"),
    ('μ', "u"),
    ('°', "deg"),
    ('²', "^2"),
    ('³', "^3"),
    ('’', "'"),
    ('‘', "'"),
    ('“', "\""),
    ('”', "\""),
    ('\u{a0}', " "),
    ('\u{202f}', " "),
];

impl Script {
    /// Text as it may go to a terminal: no control characters (a runner could otherwise move the
    /// cursor or hide a line), and ASCII where nothing else can be shown.
    pub(crate) fn clean(self, text: &str) -> Cow<'_, str> {
        if !text.contains(char::is_control) && (self == Self::Unicode || text.is_ascii()) {
            return Cow::Borrowed(text);
        }
        let mut clean = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                c if c.is_control() => clean.push(' '),
                c if self == Self::Unicode || c.is_ascii() => clean.push(c),
                c => clean.push_str(fallback(c)),
            }
        }
        Cow::Owned(clean)
    }

    /// One of our own words or signs.
    pub(crate) fn sign(self, text: &'static str) -> Cow<'static, str> {
        self.clean(text)
    }
}

fn fallback(c: char) -> &'static str {
    FALLBACKS
        .iter()
        .find(|(from, _)| *from == c)
        .map_or("?", |(_, to)| *to)
}

/// Columns that a text takes.
pub(crate) fn columns(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.width()
    }
}

/// Cuts a text to `room` columns, with a sign that it was.
pub(crate) fn cut(text: &str, room: usize, script: Script) -> Cow<'_, str> {
    if columns(text) <= room {
        return Cow::Borrowed(text);
    }
    let mark = script.sign("…");
    let mut short = String::new();
    for c in text.chars() {
        if columns(&short) + 2 + columns(&mark) > room {
            break;
        }
        short.push(c);
    }
    Cow::Owned(format!("{}{mark}", short.trim_end()))
}

/// Breaks a text into lines of at most `width` columns, between words: a longer one, such as a path,
/// stays whole, so that it can be copied.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(8);
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let needed = columns(&line) + usize::from(!line.is_empty()) + columns(word);
        if needed > width && !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// The same for a place where everything beyond is cut off: words are broken too.
pub(crate) fn wrap_words(text: &str, width: usize) -> Vec<String> {
    let width = width.max(8);
    let lines = wrap(text, width);
    let pieces = lines.iter().flat_map(|line| pieces(line, width));
    pieces.map(str::to_owned).collect()
}

/// A line that is wider than it may be, in parts that are not.
fn pieces(line: &str, width: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = line;
    while columns(rest) > width {
        let mut used = 0;
        let end = rest.char_indices().find(|(at, c)| {
            used += columns(&rest[*at..*at + c.len_utf8()]);
            used > width
        });
        let (part, after) = rest.split_at(end.map_or(rest.len(), |(at, _)| at));
        parts.push(part);
        rest = after;
    }
    parts.push(rest);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_codes_cannot_reach_the_terminal() {
        assert_eq!(Script::Unicode.clean("a\x1b[2Jb\r\n\u{9b}c"), "a [2Jb   c");
        assert_eq!(Script::Unicode.clean("5 kΩ"), "5 kΩ");
    }

    #[test]
    fn ascii_terminal_gets_readable_units_and_signs() {
        assert_eq!(
            Script::Ascii.clean("4.7 kΩ ±5 % ≤ 25 °C … 日"),
            "4.7 kOhm +/-5 % <= 25 degC .. ?"
        );
    }

    #[test]
    fn wrapping_keeps_words_whole_and_long_words_alone() {
        assert_eq!(
            wrap("one two three-hundred-and-four five", 9),
            ["one two", "three-hundred-and-four", "five"]
        );
        assert!(wrap("  \n ", 9).is_empty());
    }

    #[test]
    fn wide_characters_count_as_two_columns() {
        assert_eq!(columns("日本"), 4);
        assert_eq!(columns("3.3 V"), 5);
    }

    #[test]
    fn word_that_is_wider_than_a_line_is_broken() {
        let lines = wrap_words("see /opt/station/packages/board now", 12);
        let expected = ["see", "/opt/station", "/packages/bo", "ard", "now"];
        assert_eq!(lines, expected);
        assert_eq!(
            wrap_words("日本語の長い名前です", 8),
            ["日本語の", "長い名前", "です"]
        );
    }
}
