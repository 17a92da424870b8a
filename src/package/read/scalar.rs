//! Typed scalars, as old packages wrote them.

use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::package::model::{Templated, has_template};
use crate::package::read::Reader;
use crate::package::yaml::{Node, Resolved, Scalar};
use crate::source::Spanned;

impl Reader<'_> {
    /// Any scalar, by its text.
    pub(crate) fn text(&mut self, node: &Node, field: &str) -> Option<Spanned<String>> {
        if let Some(scalar) = node.scalar() {
            return Some(Spanned::new(scalar.text.to_string(), node.span));
        }
        self.wrong_type(node, field, "a text");
        None
    }

    /// A boolean; the spellings of older tools are taken with a hint.
    pub(crate) fn boolean(&mut self, node: &Node, field: &str) -> Option<Spanned<bool>> {
        let Some(scalar) = node.scalar() else {
            self.wrong_type(node, field, "true or false");
            return None;
        };
        if let Resolved::Bool(flag) = scalar.value() {
            return Some(Spanned::new(flag, node.span));
        }
        let flag = match scalar.text.trim().to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" => true,
            "false" | "no" | "off" => false,
            _ => {
                self.not_boolean(node, scalar, field);
                return None;
            }
        };
        let message = format!("`{field}` is written `{}` and read as {flag}", scalar.text);
        self.push(
            Diagnostic::hint(Code::BooleanSpelling, message)
                .at(node.span, format!("read as {flag}"))
                .help(format!("write `{field}: {flag}`")),
        );
        Some(Spanned::new(flag, node.span))
    }

    /// Like [`Reader::boolean`], or a template.
    pub(crate) fn templated_boolean(
        &mut self,
        node: &Node,
        field: &str,
    ) -> Option<Spanned<Templated<bool>>> {
        if let Some(template) = template(node) {
            return Some(template);
        }
        Some(self.boolean(node, field)?.map(Templated::Literal))
    }

    fn not_boolean(&mut self, node: &Node, scalar: &Scalar, field: &str) {
        if has_template(&scalar.text) {
            let message = format!("`{field}` takes true or false and no template");
            self.push(
                Diagnostic::error(Code::TemplateInExpression, message)
                    .at(node.span, "not rendered here")
                    .help("use `precondition` for a choice at run time"),
            );
        } else {
            self.wrong_type(node, field, "true or false");
        }
    }

    /// A finite number that is not negative.
    pub(crate) fn seconds(&mut self, node: &Node, field: &str) -> Option<Spanned<f64>> {
        let number = self.number(node, field)?;
        if *number < 0.0 {
            self.out_of_range(node, field, "0 or more");
            return None;
        }
        Some(number)
    }

    /// Like [`Reader::seconds`], or a template.
    pub(crate) fn templated_seconds(
        &mut self,
        node: &Node,
        field: &str,
    ) -> Option<Spanned<Templated<f64>>> {
        if let Some(template) = template(node) {
            return Some(template);
        }
        Some(self.seconds(node, field)?.map(Templated::Literal))
    }

    /// A finite number, also quoted.
    pub(crate) fn number(&mut self, node: &Node, field: &str) -> Option<Spanned<f64>> {
        let Some(scalar) = node.scalar() else {
            self.wrong_type(node, field, "a number");
            return None;
        };
        let number = match scalar.value() {
            Resolved::Int(int) => Some(int as f64),
            Resolved::Unsigned(int) => Some(int as f64),
            Resolved::Float(float) => Some(float),
            _ => parse_number(&scalar.text),
        };
        match number {
            Some(number) if number.is_finite() => Some(Spanned::new(number, node.span)),
            Some(_) => {
                self.out_of_range(node, field, "a finite number");
                None
            }
            None => {
                self.not_a_number(node, scalar, field);
                None
            }
        }
    }

    /// A whole number of at most `max`, also quoted or as `5.0`.
    pub(crate) fn whole(&mut self, node: &Node, field: &str, max: u64) -> Option<Spanned<u64>> {
        let value = self.integer(node, field)?;
        match u64::try_from(value.value) {
            Ok(whole) if whole <= max => Some(Spanned::new(whole, node.span)),
            _ => {
                self.out_of_range(node, field, &format!("0 to {max}"));
                None
            }
        }
    }

    /// Like [`Reader::whole`], or a template.
    pub(crate) fn templated_whole(
        &mut self,
        node: &Node,
        field: &str,
        max: u64,
    ) -> Option<Spanned<Templated<u64>>> {
        if let Some(template) = template(node) {
            return Some(template);
        }
        Some(self.whole(node, field, max)?.map(Templated::Literal))
    }

    /// A whole number or a template.
    pub(crate) fn templated_integer(
        &mut self,
        node: &Node,
        field: &str,
    ) -> Option<Spanned<Templated<i64>>> {
        if let Some(template) = template(node) {
            return Some(template);
        }
        let value = self.integer(node, field)?;
        if let Ok(value) = i64::try_from(value.value) {
            return Some(Spanned::new(Templated::Literal(value), node.span));
        }
        self.out_of_range(node, field, "a 64-bit number");
        None
    }

    fn integer(&mut self, node: &Node, field: &str) -> Option<Spanned<i128>> {
        let Some(scalar) = node.scalar() else {
            self.wrong_type(node, field, "a whole number");
            return None;
        };
        let digits = scalar.text.trim().trim_start_matches(['+', '-']);
        let all_digits = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        if all_digits && digits.len() > 1 && digits.starts_with('0') {
            let plain = digits.trim_start_matches('0');
            self.push(
                Diagnostic::error(
                    Code::NumberFormat,
                    format!("`{field}` is a number with leading zeros"),
                )
                .at(node.span, "could be decimal or octal")
                .help(format!(
                    "write `{}`",
                    if plain.is_empty() { "0" } else { plain }
                )),
            );
            return None;
        }
        let value = match scalar.value() {
            Resolved::Int(int) => Some(i128::from(int)),
            Resolved::Unsigned(int) => Some(i128::from(int)),
            Resolved::Float(float) => whole_float(float),
            _ => {
                let text = scalar.text.trim();
                let parsed = text.parse().ok();
                parsed.or_else(|| parse_number(text).and_then(whole_float))
            }
        };
        if value.is_none() {
            if parse_number(&scalar.text).is_some() {
                self.wrong_type(node, field, "a whole number");
            } else {
                self.not_a_number(node, scalar, field);
            }
        }
        value.map(|value| Spanned::new(value, node.span))
    }

    fn not_a_number(&mut self, node: &Node, scalar: &Scalar, field: &str) {
        let help = decimal_comma(&scalar.text).map(|text| format!("write `{text}`"));
        let label = if help.is_some() {
            "a comma is no decimal point"
        } else {
            "not a number"
        };
        let message = format!(
            "`{field}` must be a number, and this is `{}`",
            cut(&scalar.text)
        );
        let finding = Diagnostic::error(Code::NumberFormat, message).at(node.span, label);
        self.push(finding.maybe_help(help));
    }

    pub(super) fn out_of_range(&mut self, node: &Node, field: &str, range: &str) {
        let message = format!("`{field}` is out of range");
        let finding = Diagnostic::error(Code::NumberRange, message);
        self.push(finding.at(node.span, format!("must be {range}")));
    }

    /// One of a few words, in any case.
    pub(crate) fn word<T: Copy>(
        &mut self,
        node: &Node,
        field: &str,
        words: &[(&str, T)],
    ) -> Option<Spanned<T>> {
        let text = self.text(node, field)?;
        let wanted = text.trim();
        let found = words
            .iter()
            .find(|(word, _)| word.eq_ignore_ascii_case(wanted));
        if let Some((_, value)) = found {
            return Some(Spanned::new(*value, node.span));
        }
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let help = did_you_mean(wanted, known.iter().copied())
            .unwrap_or_else(|| format!("possible values: {}", known.join(", ")));
        let message = format!("`{field}` cannot be `{}`", cut(wanted));
        let finding = Diagnostic::error(Code::UnknownValue, message);
        self.push(finding.at(node.span, "unknown value").help(help));
        None
    }
}

/// Decimal or exponent text, trimmed; never `inf`, `nan` or a decimal comma.
pub(crate) fn parse_number(text: &str) -> Option<f64> {
    let text = text.trim();
    let allowed = |b: u8| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E');
    if text.is_empty() || !text.bytes().all(allowed) {
        return None;
    }
    text.parse().ok()
}

/// The text with a point, where it is a number with a decimal comma.
pub(crate) fn decimal_comma(text: &str) -> Option<String> {
    let pointed = text.trim().replacen(',', ".", 1);
    (text.contains(',') && parse_number(&pointed).is_some()).then_some(pointed)
}

/// A text shortened for a message.
pub(crate) fn cut(text: &str) -> String {
    const SHOWN: usize = 60;
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", text[..at].escape_debug()),
        None => text
            .escape_debug()
            .to_string()
            .replace("\\'", "'")
            .replace("\\\"", "\""),
    }
}

fn template<T>(node: &Node) -> Option<Spanned<Templated<T>>> {
    let scalar = node.scalar().filter(|scalar| has_template(&scalar.text))?;
    let template = Templated::Template(scalar.text.to_string());
    Some(Spanned::new(template, node.span))
}

fn whole_float(float: f64) -> Option<i128> {
    (float.fract() == 0.0 && float.abs() < 1e18).then_some(float as i128)
}
