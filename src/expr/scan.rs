//! Finds the holes `{{ }}` of a text, and the names that the expression in a hole reads.

use std::ops::Range;

use crate::expr::{ExprError, NameUse};

/// Where one `{{ }}` stands: the whole of it, and its trimmed inside.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct HoleSpan {
    pub(super) whole: Range<usize>,
    pub(super) inside: Range<usize>,
}

/// Words of the expression language that are no names.
const KEYWORDS: [&str; 14] = [
    "and", "or", "not", "in", "is", "if", "else", "true", "false", "none", "True", "False", "None",
    "null",
];

/// Finds every hole in order. Only `{{` and `}}` are special: `{%` and `{#` are text.
pub(super) fn holes(text: &str) -> Result<Vec<HoleSpan>, ExprError> {
    let mut holes = Vec::new();
    let mut from = 0;
    // One hole that leads nowhere makes the rest of the text plain, so that no text, however
    // hostile, is scanned again and again.
    let mut is_structured = true;
    while let Some(found) = text[from..].find("{{") {
        let open = from + found;
        let structured = is_structured.then(|| closing(text, open + 2)).flatten();
        is_structured = structured.is_some();
        let plain = || text[open + 2..].find("}}").map(|found| open + 2 + found);
        let Some(close) = structured.or_else(plain) else {
            return Err(ExprError::new("'{{' is never closed")
                .at(open..open + 2)
                .help("add '}}', or write {{ '{{' }} for the two braces themselves"));
        };
        let raw = &text[open + 2..close];
        let start = open + 2 + (raw.len() - raw.trim_start().len());
        let inside = start..start + raw.trim().len();
        let whole = open..close + 2;
        if inside.is_empty() {
            return Err(ExprError::new("there is no name between '{{' and '}}'").at(whole));
        }
        from = whole.end;
        holes.push(HoleSpan { whole, inside });
    }
    Ok(holes)
}

/// Where the `}}` stands that closes the hole whose inside begins at `from`, quoted text and inner
/// braces stepped over. Leads nowhere for an apostrophe in a name, say; then the first `}}` counts.
fn closing(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut depth = 0_usize;
    let mut at = from;
    while at < bytes.len() {
        match bytes[at] {
            b'}' if depth == 0 && bytes.get(at + 1) == Some(&b'}') => return Some(at),
            b'}' => depth = depth.saturating_sub(1),
            b'{' => depth += 1,
            quote @ (b'\'' | b'"') => match quoted_end(bytes, at, quote) {
                Some(end) => at = end,
                None => return None,
            },
            _ => {}
        }
        at += 1;
    }
    None
}

/// The index of the quote that ends the text begun at `open`.
fn quoted_end(bytes: &[u8], open: usize, quote: u8) -> Option<usize> {
    let mut at = open + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            byte if byte == quote => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

/// Whether the inside of a hole can only be a name: letters, digits, `_` and dots, no keyword.
pub(super) fn is_plain_name(inside: &str) -> bool {
    inside.starts_with(is_name_start)
        && inside.chars().all(|c| is_name_part(c) || c == '.')
        && !inside.ends_with('.')
        && !KEYWORDS.contains(&inside)
}

/// Whether the inside of a hole, though no expression, may be the name of a returned key.
pub(super) fn may_be_key(inside: &str) -> bool {
    inside.starts_with(is_name_start)
        && inside
            .chars()
            .all(|c| is_name_part(c) || matches!(c, '.' | '-' | ' ' | ':' | '/' | '#' | '@'))
}

pub(super) fn is_name_start(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

pub(super) fn is_name_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// How many parts of an expression can put one level of nesting on another: operators, brackets,
/// filters, attributes. Parser and compiler recurse over them, and a stack has an end.
pub(super) fn levels(inside: &str) -> usize {
    let bytes = inside.as_bytes();
    let mut levels = 0;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            quote @ (b'\'' | b'"') => at = quoted_end(bytes, at, quote).unwrap_or(bytes.len()),
            b'.' if bytes.get(at + 1).is_some_and(u8::is_ascii_digit) => {}
            b'+' | b'-' | b'*' | b'/' | b'%' | b'~' | b'|' | b'.' | b'(' | b'[' | b'{' | b'<'
            | b'>' | b'=' | b'!' => levels += 1,
            first if first.is_ascii_alphabetic() || first == b'_' => {
                let end = word_end(inside, at);
                levels += usize::from(KEYWORDS[..7].contains(&&inside[at..end]));
                at = end - 1;
            }
            _ => {}
        }
        at += 1;
    }
    levels
}

/// The variables that the expression `inside` reads; `offset` is where it stands in the text.
pub(super) fn names(inside: &str, offset: usize) -> Vec<NameUse> {
    let bytes = inside.as_bytes();
    let mut names = Vec::new();
    let mut previous = Previous::default();
    let mut at = 0;
    while let Some(c) = inside[at..].chars().next() {
        let end = match c {
            '\'' | '"' => quoted_end(bytes, at, bytes[at]).map_or(inside.len(), |end| end + 1),
            c if is_name_start(c) => {
                let end = path_end(inside, at);
                if let Some(found) = name_use(inside, at..end, &previous, offset) {
                    names.push(found);
                }
                end
            }
            c if c.is_ascii_digit() => word_end(inside, at),
            c => at + c.len_utf8(),
        };
        if !c.is_whitespace() {
            previous = Previous {
                before_last: previous.last,
                last: inside[at..end].to_owned(),
            };
        }
        at = end;
    }
    names
}

/// The two tokens before the one that is looked at.
#[derive(Default)]
struct Previous {
    last: String,
    before_last: String,
}

impl Previous {
    /// Whether the next word names a filter, a test or an attribute and not a variable.
    fn names_no_variable(&self) -> bool {
        matches!(self.last.as_str(), "|" | "is" | ".")
            || (self.last == "not" && self.before_last == "is")
    }
}

/// Judges one dotted path: a variable, or a keyword, filter, test, function or argument name.
fn name_use(
    inside: &str,
    range: Range<usize>,
    previous: &Previous,
    offset: usize,
) -> Option<NameUse> {
    let path = &inside[range.clone()];
    if previous.names_no_variable() || KEYWORDS.contains(&path) {
        return None;
    }
    let after = inside[range.end..].trim_start();
    let is_argument_name = after.starts_with('=') && !after.starts_with("==");
    let mut path = path;
    if after.starts_with('(') {
        // A function has no dot; of a method only what stands before it is a variable.
        path = path.rsplit_once('.')?.0;
    }
    let start = offset + range.start;
    (!is_argument_name).then(|| NameUse {
        name: path.to_owned(),
        range: start..start + path.len(),
        within: Some(inside.to_owned()),
        is_optional: asks_for_existence(after),
    })
}

/// Whether what follows a name asks whether it exists.
fn asks_for_existence(after: &str) -> bool {
    let mut words = after
        .split(|c: char| c.is_whitespace() || c == '(' || c == ')')
        .filter(|word| !word.is_empty());
    if let Some(filter) = after.strip_prefix('|') {
        let filter = filter.trim_start();
        let end = word_end(filter, 0);
        return matches!(&filter[..end], "default" | "d");
    }
    words.next() == Some("is")
        && match words.next() {
            Some("not") => matches!(words.next(), Some("defined" | "undefined")),
            word => matches!(word, Some("defined" | "undefined")),
        }
}

/// The end of a dotted path; a segment after a dot may begin with a digit.
fn path_end(text: &str, from: usize) -> usize {
    let mut end = word_end(text, from);
    while text[end..].starts_with('.') && text[end + 1..].starts_with(is_name_part) {
        end = word_end(text, end + 1);
    }
    end
}

fn word_end(text: &str, from: usize) -> usize {
    text[from..]
        .find(|c| !is_name_part(c))
        .map_or(text.len(), |found| from + found)
}
