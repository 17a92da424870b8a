//! Arrays: every element is judged, the worst counts.

use serde_json::Value;

use crate::measure::evaluate::Evaluation;
use crate::measure::judge::{
    Judgement, PASS, fail, judge_number, judge_text, margin, undetermined, unreadable,
};
use crate::measure::limits::{Rule, shown};
use crate::measure::{NotANumber, Number, spell};

impl Evaluation<'_> {
    /// Every element is judged; the worst one counts and stands in `actual_value`.
    pub(super) fn judge_array(&mut self, value: &Value) -> Judgement {
        let Value::Array(elements) = value else {
            self.note_value();
            return undetermined("not-an-array", &format!("{} is no list", shown(value)));
        };
        if self.conversion.is_some() {
            self.record.raw_value = Some(spell(value));
        }
        self.record.actual_text = Some(self.array_text(value, elements));
        if elements.is_empty() && !matches!(self.limits.rule, Rule::SameList | Rule::OtherList) {
            return undetermined("no-value", "the list is empty");
        }
        match self.limits.rule {
            Rule::SameList | Rule::OtherList => self.judge_list(value),
            _ => self.judge_elements(elements),
        }
    }

    /// All elements as JSON, in the unit of the record.
    fn array_text(&self, value: &Value, elements: &[Value]) -> String {
        if self.conversion.is_none() {
            return spell(value);
        }
        let converted = elements.iter().map(|element| match Number::read(element) {
            Ok(number) => self.convert(&number).to_json(),
            Err(_) => element.clone(),
        });
        spell(&Value::Array(converted.collect()))
    }

    fn judge_list(&self, value: &Value) -> Judgement {
        let is_same = self
            .limits
            .expected
            .is_some_and(|expected| self.is_same_list(value, expected));
        match (is_same, self.limits.rule) {
            (true, Rule::SameList) | (false, Rule::OtherList) => PASS,
            (true, _) => fail("the list is the one that it must not be".to_owned()),
            (false, _) => fail(format!(
                "the list differs from {}",
                self.limits.expected.map(shown).unwrap_or_default()
            )),
        }
    }

    fn is_same_list(&self, value: &Value, expected: &Value) -> bool {
        match (value, expected) {
            (Value::Array(a), Value::Array(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.is_same_list(a, b))
            }
            _ => match (Number::read(value), Number::read(expected)) {
                (Ok(a), Ok(b)) => self.convert(&a).compare(&b).is_eq(),
                _ => value == expected,
            },
        }
    }

    fn judge_elements(&mut self, elements: &[Value]) -> Judgement {
        let mut worst: Option<Worst> = None;
        for (index, element) in elements.iter().enumerate() {
            let (number, judgement) = self.judge_element(element);
            let margin = number.as_ref().map_or(f64::INFINITY, |number| {
                margin(number.to_f64(), &self.limits)
            });
            let is_worse = worst
                .as_ref()
                .is_none_or(|worst| (judgement.0, worst.margin) > (worst.judgement.0, margin));
            if is_worse {
                worst = Some(Worst {
                    index,
                    margin,
                    number,
                    judgement,
                });
            }
        }
        let Some(worst) = worst else {
            return PASS;
        };
        // Without anything to judge no element is worse than another.
        if self.limits.rule != Rule::Record {
            self.record.actual_value = worst.number.and_then(|number| number.finite());
        }
        let (verdict, reason) = worst.judgement;
        let place = |reason| match split_word(reason) {
            (Some(word), rest) => format!("{word}: element {}: {rest}", worst.index),
            (None, rest) => format!("element {}: {rest}", worst.index),
        };
        (verdict, reason.as_deref().map(place))
    }

    fn judge_element(&self, element: &Value) -> (Option<Number>, Judgement) {
        let is_number_judged = matches!(self.limits.rule, Rule::Within | Rule::Number(_));
        match Number::read(element) {
            Err(error) if is_number_judged || error != NotANumber::Unreadable => {
                (None, unreadable(element, error))
            }
            Ok(number) if is_number_judged => {
                let number = self.convert(&number).into_owned();
                let judgement = judge_number(&number, &self.limits, self.record.unit.as_deref());
                (Some(number), judgement)
            }
            number => (
                number.ok(),
                judge_text(&spell(element), &self.limits, element),
            ),
        }
    }
}

/// The worst element so far.
struct Worst {
    index: usize,
    /// Distance to the nearest limit, negative outside.
    margin: f64,
    number: Option<Number>,
    judgement: Judgement,
}

/// Splits the stable word off a reason of UNDETERMINED.
fn split_word(reason: &str) -> (Option<&str>, &str) {
    match reason.split_once(": ") {
        Some((word, rest)) if !word.contains(' ') => (Some(word), rest),
        _ => (None, reason),
    }
}
