//! The parameters of a function.

/// A parameter that can be given by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) has_default: bool,
    /// The names that its annotation and its default are, such as `bench.Meter`.
    pub(crate) stands_for: Vec<String>,
    /// Where such a name is imported from: the first part of the module, or nothing for a relative
    /// import. It may be a plug there, which is no parameter of the step.
    pub(crate) imported_from: Option<String>,
}

/// What stands between the brackets of a `def`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Signature {
    pub(super) parameters: Vec<Parameter>,
    /// `**kwargs`: takes any name.
    pub(super) takes_any: bool,
}

/// Reads the text after the name of a `def`; `None` where it is none.
pub(super) fn signature(text: &str) -> Option<Signature> {
    let inside = bracketed(text.trim_start())?;
    let mut signature = Signature::default();
    for part in split(inside) {
        let part = part.trim();
        if part.is_empty() || part == "*" || part == "/" {
            continue;
        }
        if part.starts_with("**") {
            signature.takes_any = true;
        } else if !part.starts_with('*') {
            let end = part.find(|c: char| !is_word(c)).unwrap_or(part.len());
            signature.parameters.push(Parameter {
                name: part[..end].to_owned(),
                has_default: has_default(part),
                stands_for: stands_for(&part[end..]),
                imported_from: None,
            });
        }
    }
    Some(signature)
}

pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The inside of the brackets that the text begins with.
fn bracketed(text: &str) -> Option<&str> {
    // Type parameters, `def f[T](x: T)`, come first.
    let text = if text.starts_with('[') {
        text.get(closing(text)? + 1..)?.trim_start()
    } else {
        text
    };
    let inside = text.strip_prefix('(')?;
    inside.get(..closing(text)? - 1)
}

/// Where the bracket closes that the text begins with.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// Splits at the commas outside of brackets.
fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut from) = (0_usize, 0);
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&text[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[from..]);
    parts
}

/// The annotation and the default behind the name of a parameter, where they are plain names.
fn stands_for(rest: &str) -> Vec<String> {
    let (annotation, default) = match rest.split_once('=') {
        Some((annotation, default)) => (annotation, default),
        None => (rest, ""),
    };
    let annotation = annotation.trim().strip_prefix(':').unwrap_or_default();
    [annotation, default]
        .map(|text| text.trim().trim_matches(['"', '\'']).trim())
        .into_iter()
        .filter(|text| text.starts_with(|c: char| c.is_alphabetic() || c == '_'))
        .filter(|text| text.chars().all(|c| is_word(c) || c == '.'))
        .map(str::to_owned)
        .collect()
}

/// Whether a `=` stands outside of brackets, other than in `==`, `<=`, `!=` and the like.
fn has_default(part: &str) -> bool {
    let mut depth = 0_usize;
    for c in part.chars() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            '=' if depth == 0 => return true,
            _ => {}
        }
    }
    false
}
