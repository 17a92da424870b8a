//! The verdict on one value: a number, a text or a boolean against usable limits.

use serde_json::Value;

use crate::measure::limits::{Limits, Rule, shown};
use crate::measure::{Comparator, NotANumber, Number, pattern};
use crate::verdict::Verdict;

/// The verdict on a value or an element, with the reason where it is not PASS.
pub(super) type Judgement = (Verdict, Option<String>);

pub(super) const PASS: Judgement = (Verdict::Pass, None);

pub(super) fn fail(reason: String) -> Judgement {
    (Verdict::Fail, Some(reason))
}

/// UNDETERMINED, its reason beginning with a stable word.
pub(super) fn undetermined(word: &str, reason: &str) -> Judgement {
    (Verdict::Undetermined, Some(format!("{word}: {reason}")))
}

pub(super) fn unreadable(value: &Value, error: NotANumber) -> Judgement {
    match error {
        NotANumber::Missing => undetermined("no-value", "nothing was returned"),
        NotANumber::Nan => undetermined("no-value", "the value is NaN"),
        NotANumber::Unreadable => {
            undetermined("not-a-number", &format!("{} is not a number", shown(value)))
        }
    }
}

/// How far a value is from its nearest limit; negative outside.
pub(super) fn margin(value: f64, limits: &Limits<'_>) -> f64 {
    let low = limits.low.as_ref().map(|low| value - low.to_f64());
    let high = limits.high.as_ref().map(|high| high.to_f64() - value);
    let target = match limits.rule {
        Rule::Number(Comparator::Eq) => limits.target.as_ref().map(|t| -(value - t.to_f64()).abs()),
        _ => None,
    };
    [low, high, target]
        .into_iter()
        .flatten()
        .fold(f64::INFINITY, f64::min)
}

pub(super) fn judge_number(value: &Number, limits: &Limits<'_>, unit: Option<&str>) -> Judgement {
    let is_below = |bound: &Number| value.compare(bound).is_lt();
    let is_above = |bound: &Number| value.compare(bound).is_gt();
    let outside = || {
        let low = limits.low.as_ref().filter(|low| is_below(low));
        let high = limits.high.as_ref().filter(|high| is_above(high));
        low.map(|low| ("below low_limit", low))
            .or(high.map(|high| ("above high_limit", high)))
    };
    let comparator = match limits.rule {
        Rule::Within => Comparator::Within,
        Rule::Number(comparator) => comparator,
        _ => return PASS,
    };
    let is_banded = limits.tolerance.is_some();
    let target = limits.target.as_ref();
    let is_on_target = || target.is_some_and(|target| value.compare(target).is_eq());
    let violated = match comparator {
        Comparator::Within => outside(),
        Comparator::Eq if is_banded => outside(),
        Comparator::Eq => target
            .filter(|_| !is_on_target())
            .map(|t| ("not equal to target", t)),
        Comparator::Ne if is_banded => target
            .filter(|_| outside().is_none())
            .map(|target| ("within the tolerance of", target)),
        Comparator::Ne => target
            .filter(|_| is_on_target())
            .map(|t| ("equal to target", t)),
        Comparator::Gt => limits
            .low
            .as_ref()
            .filter(|low| !is_above(low))
            .map(|l| ("not above low_limit", l)),
        Comparator::Ge => limits
            .low
            .as_ref()
            .filter(|low| is_below(low))
            .map(|l| ("below low_limit", l)),
        Comparator::Lt => limits
            .high
            .as_ref()
            .filter(|high| !is_below(high))
            .map(|h| ("not below high_limit", h)),
        Comparator::Le => limits
            .high
            .as_ref()
            .filter(|high| is_above(high))
            .map(|h| ("above high_limit", h)),
        Comparator::Log | Comparator::Matches | Comparator::Contains => None,
    };
    let Some((relation, bound)) = violated else {
        return PASS;
    };
    let unit = unit.map(|unit| format!(" {unit}")).unwrap_or_default();
    fail(format!("{value}{unit} is {relation} {bound}{unit}"))
}

pub(super) fn judge_text(text: &str, limits: &Limits<'_>, value: &Value) -> Judgement {
    let expected = limits.expected_text.as_deref().unwrap_or_default();
    match limits.rule {
        Rule::Same | Rule::Other => {
            let is_other_spelling = limits.expected_spelling.as_deref() == Some(text);
            judge_sameness(text == expected || is_other_spelling, limits, value)
        }
        Rule::Text(Comparator::Contains) if text.contains(expected) => PASS,
        Rule::Text(Comparator::Contains) => {
            fail(format!("{} does not contain '{expected}'", shown(value)))
        }
        Rule::Text(_) => match pattern::is_match(expected, text) {
            Ok(true) => PASS,
            Ok(false) => fail(format!("{} does not match '{expected}'", shown(value))),
            Err(reason) => undetermined("limit-invalid", &reason),
        },
        _ => PASS,
    }
}

pub(super) fn judge_sameness(is_same: bool, limits: &Limits<'_>, value: &Value) -> Judgement {
    let expected = limits.expected_text.as_deref().unwrap_or_default();
    match (limits.rule, is_same) {
        (Rule::Same, false) => fail(format!("{} is not '{expected}'", shown(value))),
        (Rule::Other, true) => fail(format!("{} must not be '{expected}'", shown(value))),
        _ => PASS,
    }
}
