//! How a measurement reads to people: its value and its limits as short text.

use std::fmt::Write as _;

use super::{Comparator, Kind, Measurement, Origin};

impl Measurement {
    /// The value with its unit, such as `3.301 V`; `no value` where there is none.
    ///
    /// A long fraction is shortened to six digits, unless that would put the number on the other
    /// side of a limit, so that what is shown always agrees with the verdict.
    pub(crate) fn value_text(&self) -> String {
        let mut text = match (self.kind, self.actual_value, &self.actual_text) {
            (Kind::String, _, Some(text)) => format!("{text:?}"),
            (Kind::Numeric, Some(value), _) => self.shortened(value),
            (Kind::Array, Some(value), _) => format!("worst {}", self.shortened(value)),
            (_, None, None) if self.origin == Origin::Unattended => {
                return "not measured".to_owned();
            }
            (_, _, Some(text)) => text.clone(),
            (_, Some(value), None) => self.shortened(value),
            (_, None, None) => return "no value".to_owned(),
        };
        if let Some(unit) = &self.unit {
            let _ = write!(text, " {unit}");
        }
        text
    }

    /// The limits as evaluated, such as `[3.135 … 3.465]` or `≤ 50`; empty without limits.
    pub(crate) fn limits_text(&self) -> String {
        let (low, high) = (self.bound(self.low_limit), self.bound(self.high_limit));
        let expected = self.expected.as_deref();
        match self.operator.unwrap_or(Comparator::Within) {
            Comparator::Log => String::new(),
            Comparator::Gt => low.map_or_else(String::new, |low| format!("> {low}")),
            Comparator::Ge => low.map_or_else(String::new, |low| format!("≥ {low}")),
            Comparator::Lt => high.map_or_else(String::new, |high| format!("< {high}")),
            Comparator::Le => high.map_or_else(String::new, |high| format!("≤ {high}")),
            Comparator::Eq => self.target_text("= "),
            Comparator::Ne => self.target_text("≠ "),
            Comparator::Matches => expected.map_or_else(String::new, |e| format!("matches {e}")),
            Comparator::Contains => {
                expected.map_or_else(String::new, |e| format!("contains {e:?}"))
            }
            Comparator::Within => match (low, high, expected) {
                (Some(low), Some(high), _) => format!("[{low} … {high}]"),
                (Some(low), None, _) => format!("≥ {low}"),
                (None, Some(high), _) => format!("≤ {high}"),
                (None, None, Some(text)) if self.kind == Kind::String => format!("= {text:?}"),
                (None, None, Some(text)) => format!("= {text}"),
                (None, None, None) if self.tolerance.is_some() => self.target_text(""),
                (None, None, None) => String::new(),
            },
        }
    }

    fn target_text(&self, sign: &str) -> String {
        let Some(target) = self.bound(self.target).or_else(|| self.expected.clone()) else {
            return String::new();
        };
        match self.tolerance {
            Some(tolerance) => format!("{sign}{target} ± {}", number(tolerance)),
            None => format!("{sign}{target}"),
        }
    }

    fn shortened(&self, value: f64) -> String {
        let bounds = [self.low_limit, self.high_limit, self.target];
        shortened(value, bounds.into_iter().flatten())
    }

    /// A limit, on the right side of the value.
    fn bound(&self, bound: Option<f64>) -> Option<String> {
        bound.map(|bound| shortened(bound, self.actual_value))
    }
}

/// Digits of a number that was shortened.
const DIGITS: usize = 6;

/// A number of at most [`DIGITS`] digits, or the exact one where it is short anyway or a shorter
/// one would stand on the other side of one of the `others`.
fn shortened(value: f64, others: impl IntoIterator<Item = f64>) -> String {
    let exact = number(value);
    let Some(rounded) = round_to_digits(value) else {
        return exact;
    };
    let mut others = others.into_iter();
    let same_side = others.all(|other| value.partial_cmp(&other) == rounded.partial_cmp(&other));
    if same_side && exact.len() > DIGITS + 2 {
        number(rounded)
    } else {
        exact
    }
}

/// The shortest text that reads back as the same number; an exponent where zeros would pile up.
fn number(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-4..1e10).contains(&size) {
        format!("{value:e}")
    } else {
        format!("{value}")
    }
}

fn round_to_digits(value: f64) -> Option<f64> {
    format!("{value:.*e}", DIGITS - 1).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::Verdict;

    fn point(value: f64) -> Measurement {
        Measurement {
            position: 0,
            name: "V".to_owned(),
            kind: Kind::Numeric,
            origin: Origin::Runner,
            actual_value: Some(value),
            actual_text: None,
            raw_value: None,
            raw_unit: None,
            low_limit: None,
            high_limit: None,
            target: None,
            tolerance: None,
            low_limit_declared: None,
            high_limit_declared: None,
            target_declared: None,
            tolerance_declared: None,
            expected: None,
            expected_declared: None,
            limits_source: None,
            operator: None,
            unit: Some("V".to_owned()),
            verdict: Verdict::Pass,
            reason: None,
            flags: Vec::new(),
        }
    }

    #[test]
    fn long_fractions_are_shortened() {
        assert_eq!(point(0.1 + 0.2).value_text(), "0.3 V");
        assert_eq!(point(3.301_234_567_89).value_text(), "3.30123 V");
        assert_eq!(point(1_234_567.0).value_text(), "1234567 V");
        assert_eq!(point(1.5e-9).value_text(), "1.5e-9 V");
        assert_eq!(point(0.0).value_text(), "0 V");
    }

    #[test]
    fn value_just_beyond_a_limit_is_shown_beyond_it() {
        let mut point = point(3.465_000_000_1);
        point.high_limit = Some(3.465);
        assert_eq!(point.value_text(), "3.4650000001 V");
    }

    #[test]
    fn limits_read_as_they_were_judged() {
        let mut within = point(1.0);
        assert_eq!(within.limits_text(), "");
        within.low_limit = Some(3.135);
        assert_eq!(within.limits_text(), "≥ 3.135");
        within.high_limit = Some(3.465);
        assert_eq!(within.limits_text(), "[3.135 … 3.465]");
        within.operator = Some(Comparator::Lt);
        assert_eq!(within.limits_text(), "< 3.465");
        within.operator = Some(Comparator::Log);
        assert_eq!(within.limits_text(), "");

        let mut equal = point(1.0);
        equal.operator = Some(Comparator::Eq);
        equal.target = Some(3.0);
        equal.tolerance = Some(0.1);
        assert_eq!(equal.limits_text(), "= 3 ± 0.1");
    }

    #[test]
    fn missing_and_invented_values_are_told_apart() {
        let mut point = point(1.0);
        point.actual_value = None;
        assert_eq!(point.value_text(), "no value");
        point.origin = Origin::Unattended;
        assert_eq!(point.value_text(), "not measured");
    }
}
