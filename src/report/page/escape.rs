//! Text in markup and in style sheets.

use std::borrow::Cow;
use std::fmt::Write as _;

use minijinja::value::ValueKind;
use minijinja::{AutoEscape, Error, Output, State, Value, escape_formatter};

/// Text as it may stand between tags and in quoted attributes. Control characters that no document
/// may hold become U+FFFD.
pub(crate) fn html(text: &str) -> Cow<'_, str> {
    if !text.bytes().any(is_special) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut from = 0;
    for (at, byte) in text
        .bytes()
        .enumerate()
        .filter(|(_, byte)| is_special(*byte))
    {
        out.push_str(&text[from..at]);
        out.push_str(match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            b'\'' => "&#39;",
            _ => "\u{fffd}",
        });
        from = at + 1;
    }
    out.push_str(&text[from..]);
    Cow::Owned(out)
}

const fn is_special(byte: u8) -> bool {
    match byte {
        b'&' | b'<' | b'>' | b'"' | b'\'' | 0x7f => true,
        b'\t' | b'\n' | b'\r' => false,
        byte => byte < 0x20,
    }
}

/// Text as a string of a style sheet, quotes included; it can end neither string nor element.
pub(crate) fn css_text(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' | '<' | '>' | '&' => {
                let _ = write!(out, "\\{:x} ", u32::from(letter));
            }
            letter if letter.is_control() => out.push(' '),
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}

/// Puts a value into a template's output: as `minijinja` does, but slashes stay slashes.
pub(crate) fn format(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    let is_text = value.kind() == ValueKind::String && !value.is_safe();
    match value.as_str() {
        Some(text) if is_text && matches!(state.auto_escape(), AutoEscape::Html) => {
            Ok(out.write_str(&html(text))?)
        }
        _ => escape_formatter(out, state, value),
    }
}
