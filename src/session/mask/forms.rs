//! How a text looks after others have escaped or encoded it.
//!
//! Escapes: JSON (twice, for JSON in JSON; with and without ASCII only), Python's `repr`, XML.
//! Encodings: percent (by several sets of safe characters, both cases), base64 (both alphabets, at
//! all three places of a group), hexadecimal, UTF-16.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

use crate::station::config::Secret;

/// One form, and whether the characters beside it hold a part of the text too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Edges {
    pub(super) before: bool,
    pub(super) after: bool,
}

/// All forms of some texts.
#[derive(Debug, Default)]
pub(super) struct Forms(BTreeMap<Vec<u8>, Edges>);

/// Characters beside letters and digits that an encoder leaves, and whether `+` stands for a space:
/// RFC 3986, paths, `encodeURIComponent`, `encodeURI`, HTML forms, .NET, paths with sub-delimiters,
/// and encoders that spare nothing.
const PERCENT: [(&str, bool); 9] = [
    ("-_.~", false),
    ("-_.~/", false),
    ("-_.~", true),
    ("-_.!~*'()", false),
    (";/?:@&=+$,#-_.!~*'()", false),
    ("*-._", true),
    ("-_.!*()", true),
    ("-._~!$&'()*+,;=:@/?", false),
    ("", false),
];

/// The fewest characters of a line that is looked for by itself.
const LINE_AT_LEAST: usize = Secret::SHORTEST;

/// A text of several lines and more bytes than this, such as a key in PEM, is looked for by its
/// lines alone: they cover it, and the automaton stays small.
const WHOLE_AT_MOST: usize = 256;

impl Forms {
    /// Adds all forms of a text, of the text without the blanks around it, and of its lines, since
    /// a log is told line by line.
    pub(super) fn add(&mut self, text: &str) {
        let lines: Vec<&str> = text
            .lines()
            .map(str::trim)
            .filter(|line| line.chars().count() >= LINE_AT_LEAST)
            .collect();
        let covered: usize = lines.iter().map(|line| line.len()).sum();
        if text.len() <= WHOLE_AT_MOST || lines.len() < 2 || covered < text.len() / 2 {
            self.add_text(text);
            let inner = text.trim();
            if inner != text && inner.chars().count() >= LINE_AT_LEAST {
                self.add_text(inner);
            }
        }
        for line in lines.into_iter().filter(|line| *line != text.trim()) {
            self.add_text(line);
        }
    }

    /// The forms in the order of their bytes.
    pub(super) fn into_sorted(self) -> Vec<(Vec<u8>, Edges)> {
        self.0.into_iter().collect()
    }

    fn add_text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.plain(text.to_owned());
        self.plain(text.chars().map(not_utf8).collect());
        self.base64(text.as_bytes());
        for once in json(text) {
            self.base64(once.as_bytes());
            for twice in json(&once) {
                self.plain(twice);
            }
            self.plain(once);
        }
        for escaped in python(text).into_iter().chain(xml(text)) {
            self.plain(escaped);
        }
        for encoded in percent(text) {
            self.plain(encoded);
        }
        let mut hex = String::new();
        for byte in text.bytes() {
            let _ = write!(hex, "{byte:02x}");
        }
        self.plain(hex.to_uppercase());
        self.plain(hex);
        let wide = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        self.insert(wide, Edges::default());
    }

    fn plain(&mut self, form: String) {
        self.insert(form.into_bytes(), Edges::default());
    }

    /// The characters that stand for these bytes wherever they lie in what is encoded. The ones at
    /// the edges hold bits of the neighbours as well.
    fn base64(&mut self, bytes: &[u8]) {
        for before in 0..3 {
            let mut group = vec![0; before];
            group.extend_from_slice(bytes);
            let first = (before * 8).div_ceil(6);
            let end = group.len() * 8 / 6;
            if end <= first + 3 {
                continue;
            }
            let edges = Edges {
                before: before > 0,
                after: group.len() % 3 != 0,
            };
            for alphabet in [&STANDARD, &URL_SAFE] {
                let encoded = alphabet.encode(&group);
                self.insert(encoded.as_bytes()[first..end].to_vec(), edges);
            }
        }
    }

    fn insert(&mut self, form: Vec<u8>, edges: Edges) {
        self.0.entry(form).or_insert(edges);
    }
}

/// What a decoder makes of a character that came in Latin-1.
fn not_utf8(c: char) -> char {
    if c.is_ascii() {
        c
    } else {
        char::REPLACEMENT_CHARACTER
    }
}

/// The inside of a JSON text, as encoders write it.
fn json(text: &str) -> Vec<String> {
    let mut forms = Vec::new();
    for non_ascii in [None, Some(lower_u as fn(u16) -> String), Some(upper_u)] {
        for slash in ["/", "\\/"] {
            let mut form = String::new();
            for c in text.chars() {
                match c {
                    '"' => form.push_str("\\\""),
                    '\\' => form.push_str("\\\\"),
                    '/' => form.push_str(slash),
                    '\n' => form.push_str("\\n"),
                    '\r' => form.push_str("\\r"),
                    '\t' => form.push_str("\\t"),
                    '\u{8}' => form.push_str("\\b"),
                    '\u{c}' => form.push_str("\\f"),
                    c => match non_ascii {
                        Some(escape) if !c.is_ascii() || c == '\u{7f}' => {
                            form.extend(units(c).map(escape));
                        }
                        _ if c < ' ' => form.extend(units(c).map(lower_u)),
                        _ => form.push(c),
                    },
                }
            }
            if !forms.contains(&form) {
                forms.push(form);
            }
        }
    }
    forms
}

fn units(c: char) -> impl Iterator<Item = u16> {
    let mut units = [0; 2];
    let count = c.encode_utf16(&mut units).len();
    units.into_iter().take(count)
}

fn lower_u(unit: u16) -> String {
    format!("\\u{unit:04x}")
}

fn upper_u(unit: u16) -> String {
    format!("\\u{unit:04X}")
}

/// The inside of `repr(text)`, `ascii(text)` and `repr(text.encode())`.
fn python(text: &str) -> Vec<String> {
    let mut forms = Vec::new();
    for quote in ["'", "\\'"] {
        let mut plain = String::new();
        let mut ascii = String::new();
        let mut bytes = String::new();
        for c in text.chars() {
            let escaped = match c {
                '\'' => quote.to_owned(),
                '\\' => "\\\\".to_owned(),
                '\n' => "\\n".to_owned(),
                '\r' => "\\r".to_owned(),
                '\t' => "\\t".to_owned(),
                ' '..='~' => c.to_string(),
                c if c.is_ascii() => format!("\\x{:02x}", c as u32),
                c => {
                    plain.push(c);
                    let _ = match c as u32 {
                        code @ ..0x100 => write!(ascii, "\\x{code:02x}"),
                        code @ ..0x1_0000 => write!(ascii, "\\u{code:04x}"),
                        code => write!(ascii, "\\U{code:08x}"),
                    };
                    for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                        let _ = write!(bytes, "\\x{byte:02x}");
                    }
                    continue;
                }
            };
            for form in [&mut plain, &mut ascii, &mut bytes] {
                form.push_str(&escaped);
            }
        }
        forms.extend([plain, ascii, bytes]);
    }
    forms
}

fn xml(text: &str) -> [String; 3] {
    let basic = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let quoted = basic.replace('"', "&quot;");
    let html = quoted.replace('\'', "&#39;");
    let python = quoted.replace('\'', "&#x27;");
    [quoted.replace('\'', "&apos;"), html, python]
}

fn percent(text: &str) -> Vec<String> {
    let mut forms = Vec::new();
    for (safe, has_plus) in PERCENT {
        let mut upper = String::new();
        let mut lower = String::new();
        for byte in text.bytes() {
            let c = char::from(byte);
            if has_plus && byte == b' ' {
                upper.push('+');
                lower.push('+');
            } else if byte.is_ascii_alphanumeric() || safe.contains(c) && byte.is_ascii() {
                upper.push(c);
                lower.push(c);
            } else {
                let _ = write!(upper, "%{byte:02X}");
                let _ = write!(lower, "%{byte:02x}");
            }
        }
        forms.extend([upper, lower]);
    }
    let mut every = [String::new(), String::new()];
    for byte in text.bytes() {
        let _ = write!(every[0], "%{byte:02X}");
        let _ = write!(every[1], "%{byte:02x}");
    }
    forms.extend(every);
    forms
}
