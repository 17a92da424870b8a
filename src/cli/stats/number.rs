//! Numbers for people.

use crate::stats::Interval;

/// What stands for a figure that there is not.
pub(super) const NONE: &str = "—";

/// A share in percent. All and nothing are said of all and of nothing alone.
pub(super) fn percent(share: Option<f64>) -> String {
    let Some(share) = share else {
        return NONE.to_owned();
    };
    let tenths = (share * 1000.0).round();
    let tenths = match share {
        0.0 | 1.0 => tenths,
        share if share < 1.0 => tenths.clamp(1.0, 999.0),
        _ => tenths,
    };
    format!("{:.1} %", tenths / 10.0)
}

/// An interval of shares, in percent.
pub(super) fn interval(interval: Option<Interval>) -> String {
    interval.map_or_else(
        || NONE.to_owned(),
        |one| format!("{:.1} … {:.1} %", one.low * 100.0, one.high * 100.0),
    )
}

/// A number of things, in groups of three digits.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

/// `1 run`, `2 runs`.
pub(super) fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// A value to so many significant digits; very large and very small ones with an exponent.
pub(super) fn significant(value: f64, digits: usize) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    if !value.is_finite() {
        return NONE.to_owned();
    }
    let exponent = value.abs().log10().floor() as i32;
    if exponent < -4 || exponent >= digits.max(6) as i32 + 3 {
        return format!("{value:.*e}", digits.saturating_sub(1));
    }
    let decimals = (digits as i32 - 1 - exponent).max(0) as usize;
    format!("{value:.decimals$}")
}

/// A value with a unit, if there is one.
pub(super) fn with_unit(value: &str, unit: Option<&str>) -> String {
    unit.map_or_else(|| value.to_owned(), |unit| format!("{value} {unit}"))
}

/// A limit as it was written, as near as a double tells.
pub(super) fn exact(value: f64) -> String {
    let size = value.abs();
    let shown = if value == 0.0 || (1e-4..1e9).contains(&size) {
        format!("{value}")
    } else {
        format!("{value:e}")
    };
    // A limit that was computed has digits that nobody wrote.
    if shown.len() <= 10 {
        return shown;
    }
    let rounded = significant(value, 6);
    if !rounded.contains('.') || rounded.contains('e') {
        return rounded;
    }
    rounded
        .trim_end_matches('0')
        .trim_end_matches('.')
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_never_promise_what_is_not_there() {
        assert_eq!(percent(Some(1.0)), "100.0 %");
        assert_eq!(percent(Some(0.999_999)), "99.9 %");
        assert_eq!(percent(Some(1e-9)), "0.1 %");
        assert_eq!(percent(Some(0.0)), "0.0 %");
        assert_eq!(percent(Some(1.5)), "150.0 %");
        assert_eq!(percent(Some(0.5)), "50.0 %");
        assert_eq!(percent(None), "—");
    }

    #[test]
    fn values_have_the_digits_that_matter() {
        assert_eq!(significant(3.301_234, 4), "3.301");
        assert_eq!(significant(0.012_345, 3), "0.0123");
        assert_eq!(significant(123_456.0, 3), "123456");
        assert_eq!(significant(4.2e-9, 3), "4.20e-9");
        assert_eq!(exact(3.135), "3.135");
        assert_eq!(exact(5e-6), "5e-6");
        assert_eq!(exact(151.854_020_719_673_7), "151.854");
        assert_eq!(exact(0.1 + 0.2), "0.3");
        assert_eq!(count(1_234_567), "1\u{202f}234\u{202f}567");
    }
}
