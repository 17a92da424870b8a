//! Units: normal spelling, dimension and conversion.
//!
//! A unit is read as prefix and symbol (`mV`, `kΩ`), as words (`millivolts`, `kOhm`), or as the
//! quotient of two such (`V/µs`). What is none of these stays as it is and has no dimension. A
//! power level (dBm) and a power (W) are different dimensions, as are torque and energy, or watts
//! and volt-amperes: nothing is converted that a test engineer would have to think about.

mod table;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use crate::measure::number::{shift, tidy};
use table::{ALIASES, Dimension, PREFIXES, Row, SYMBOLS, WORDS};

/// A unit as it was read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Unit {
    /// The normal spelling: `mV`, `μA`, `°C`; of an unknown unit its trimmed NFKC form.
    symbol: String,
    /// `None` for a unit that is not known.
    scale: Option<Scale>,
}

/// What two units are to each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Relation {
    Same,
    /// Of the same dimension: values can be converted.
    Convertible(Conversion),
    /// At least one is not known.
    Unverified,
    /// Both are known and do not measure the same.
    Mismatch,
}

/// How a value of one unit becomes one of another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Conversion {
    from: Scale,
    to: Scale,
}

/// Where a unit stands in its dimension: `base = value * factor / divisor * 10^exponent + offset`.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Scale {
    dimension: (Dimension, Option<Dimension>),
    exponent: i32,
    factor: f64,
    divisor: f64,
    offset: f64,
}

impl Unit {
    /// Reads a unit; empty text is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = normal_form(text.trim());
        if text.is_empty() {
            return None;
        }
        let known = simple(&text).or_else(|| quotient(&text));
        Some(known.unwrap_or_else(|| Self {
            symbol: text.into_owned(),
            scale: None,
        }))
    }

    /// The normal spelling.
    pub(crate) fn symbol(&self) -> &str {
        &self.symbol
    }

    /// What values in `self` are to values in `other`.
    pub(crate) fn relation_to(&self, other: &Self) -> Relation {
        if self.symbol == other.symbol {
            return Relation::Same;
        }
        match (self.scale, other.scale) {
            (Some(from), Some(to)) if from == to => Relation::Same,
            (Some(from), Some(to)) if from.dimension == to.dimension => {
                Relation::Convertible(Conversion { from, to })
            }
            (Some(_), Some(_)) => Relation::Mismatch,
            _ => Relation::Unverified,
        }
    }
}

/// What values of a unit need to be values of another one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Bridge {
    Same,
    By(Conversion),
}

impl Bridge {
    /// The way from one unit to another; `None` where there is none. Values without a unit, and of
    /// one that is not known, are of their own kind.
    pub(crate) fn between(from: Option<&str>, to: Option<&str>) -> Option<Self> {
        if from == to {
            return Some(Self::Same);
        }
        match Unit::parse(from?)?.relation_to(&Unit::parse(to?)?) {
            Relation::Same => Some(Self::Same),
            Relation::Convertible(conversion) => Some(Self::By(conversion)),
            Relation::Unverified | Relation::Mismatch => None,
        }
    }

    pub(crate) fn apply(self, value: f64) -> f64 {
        match self {
            Self::Same => value,
            Self::By(conversion) => conversion.apply(value),
        }
    }
}

impl Conversion {
    /// Converts one value. Powers of ten are applied as decimals: 3300 mV is 3.3 V exactly.
    pub(crate) fn apply(&self, value: f64) -> f64 {
        let (from, to) = (self.from, self.to);
        let is_proportional = from.offset == 0.0 && to.offset == 0.0;
        let same_ratio = from.factor.total_cmp(&to.factor).is_eq()
            && from.divisor.total_cmp(&to.divisor).is_eq();
        if is_proportional && same_ratio {
            return shift(value, from.exponent - to.exponent);
        }
        if is_proportional {
            let ratio = value * (from.factor * to.divisor) / (from.divisor * to.factor);
            return shift(tidy(ratio), from.exponent - to.exponent);
        }
        let base = shift(value * from.factor / from.divisor, from.exponent) + from.offset;
        let scaled = (base - to.offset) * to.divisor / to.factor;
        // Ten decimals, since differences of offsets leave noise of their own size.
        let rounded = (scaled * 1e10).round() / 1e10;
        let precise = if scaled.abs() < 1e5 {
            rounded
        } else {
            tidy(scaled)
        };
        shift(precise, -to.exponent)
    }
}

/// NFKC (µ becomes μ, Ω the letter, ℃ two), runs of blanks as one. ASCII passes as it is.
fn normal_form(text: &str) -> Cow<'_, str> {
    if text.is_ascii() && !text.contains("  ") {
        return Cow::Borrowed(text);
    }
    let folded: String = text.nfkc().collect();
    Cow::Owned(folded.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// A unit that is no quotient: an alias, a symbol with or without prefix, or words.
fn simple(text: &str) -> Option<Unit> {
    if let Some(row) = row(text) {
        return Some(unit("", row, 0));
    }
    if let Some((_, symbol)) = ALIASES.iter().find(|(alias, _)| *alias == text) {
        return simple(symbol).or_else(|| quotient(symbol));
    }
    prefixed(text).or_else(|| words(text))
}

/// `mV`, `uA`, `kOhm`, `KHz`.
fn prefixed(text: &str) -> Option<Unit> {
    PREFIXES.iter().find_map(|(symbol, _, exponent)| {
        let rest = strip_prefix(text, symbol)?;
        let row = row(rest)
            .filter(|row| row.6)
            .or_else(|| word(rest).filter(|row| row.6 && rest.len() > 2))?;
        Some(unit(symbol, row, *exponent))
    })
}

/// Takes an SI prefix off; `u` is μ and `K` is k.
fn strip_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    text.strip_prefix(prefix).or_else(|| match prefix {
        "μ" => text.strip_prefix('u'),
        "k" => text.strip_prefix('K'),
        _ => None,
    })
}

/// `volts`, `Ohm`, `millivolts`, `deg C`, `degrees Celsius`.
fn words(text: &str) -> Option<Unit> {
    let lower: String = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect();
    let bare = lower
        .strip_prefix("degrees")
        .or_else(|| lower.strip_prefix("degree"))
        .or_else(|| lower.strip_prefix("deg"))
        .or_else(|| lower.strip_prefix('°'));
    let temperature = bare.and_then(|bare| match bare {
        "c" | "celsius" => row("°C"),
        "f" | "fahrenheit" => row("°F"),
        "k" | "kelvin" => row("K"),
        _ => None,
    });
    if let Some(row) = temperature.or_else(|| word(&lower)) {
        return Some(unit("", row, 0));
    }
    PREFIXES.iter().find_map(|(symbol, name, exponent)| {
        let row = word(lower.strip_prefix(name)?).filter(|row| row.6)?;
        Some(unit(symbol, row, *exponent))
    })
}

/// `V/µs`, `mA/V`: known over known, each with a plain scale; a temperature below is a difference.
fn quotient(text: &str) -> Option<Unit> {
    let (over, under) = text.split_once('/')?;
    let (over, under) = (simple(over.trim())?, simple(under.trim())?);
    let (a, b) = (over.scale?, under.scale?);
    if a.dimension.1.is_some() || b.dimension.1.is_some() || a.offset != 0.0 {
        return None;
    }
    Some(Unit {
        symbol: format!("{}/{}", over.symbol, under.symbol),
        scale: Some(Scale {
            dimension: (a.dimension.0, Some(b.dimension.0)),
            exponent: a.exponent - b.exponent,
            factor: a.factor * b.divisor,
            divisor: a.divisor * b.factor,
            offset: 0.0,
        }),
    })
}

fn row(symbol: &str) -> Option<&'static Row> {
    SYMBOLS.iter().find(|row| row.0 == symbol)
}

fn word(text: &str) -> Option<&'static Row> {
    WORDS
        .iter()
        .find(|(word, _)| word.eq_ignore_ascii_case(text))
        .and_then(|(_, symbol)| row(symbol))
}

fn unit(prefix: &str, row: &Row, exponent: i32) -> Unit {
    let symbol = if row.0 == "l" { "L" } else { row.0 };
    Unit {
        symbol: format!("{prefix}{symbol}"),
        scale: Some(Scale {
            dimension: (row.1, None),
            exponent: row.2 + exponent,
            factor: row.3,
            divisor: row.4,
            offset: row.5,
        }),
    }
}
