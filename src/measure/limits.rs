//! The limits of a measurement as they evaluate, and whether they can be used at all.

use serde_json::Value;

use crate::measure::number::tidy;
use crate::measure::unit::Conversion;
use crate::measure::{
    Comparator, Kind, Number, Operand, Spec, pattern, read_written_boolean, spell,
};

/// What a value is compared with; `Err` of [`Limits::read`] is why there is nothing usable.
#[derive(Debug, Default)]
pub(super) struct Limits<'a> {
    pub(super) low: Option<Number>,
    pub(super) high: Option<Number>,
    /// `target`, or `expected` where a number is expected.
    pub(super) target: Option<Number>,
    /// Half the width of the band around the target, absolute.
    pub(super) tolerance: Option<f64>,
    pub(super) expected: Option<&'a Value>,
    /// What a text is compared with, as text.
    pub(super) expected_text: Option<String>,
    /// The other spelling of a literal that is no text: `True` of `true`, `1.1` of `1.10`.
    pub(super) expected_spelling: Option<String>,
    pub(super) expected_flag: Option<bool>,
    pub(super) rule: Rule,
}

/// What is done with the limits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Rule {
    /// Nothing is judged.
    #[default]
    Record,
    /// Numbers: between the bounds, or within the tolerance.
    Within,
    /// Numbers: one bound, or the target.
    Number(Comparator),
    /// Texts and booleans: equal to what is expected, or not.
    Same,
    Other,
    /// Texts: matches or contains.
    Text(Comparator),
    /// Arrays: equal to a whole list, or not.
    SameList,
    OtherList,
}

impl<'a> Limits<'a> {
    /// Reads the operands of `spec`; gives what could be read, and the first mistake.
    pub(super) fn read(spec: &'a Spec, kind: Kind) -> (Self, Result<(), String>) {
        let mut limits = Self::default();
        let result = limits.fill(spec, kind);
        if result.is_err() {
            limits.rule = Rule::Record;
        }
        (limits, result)
    }

    fn fill(&mut self, spec: &'a Spec, kind: Kind) -> Result<(), String> {
        let comparator = spec.comparator;
        if comparator == Some(Comparator::Log) {
            // Never judged, so a mistake in them spoils nothing; the target is kept as a nominal.
            self.target = number("target", spec.target.as_ref()).unwrap_or_default();
            return Ok(());
        }
        if let Some(comparator @ (Comparator::Matches | Comparator::Contains)) = comparator {
            return self.fill_pattern(spec, comparator);
        }
        match kind {
            Kind::Numeric => self.fill_numbers(spec, comparator),
            Kind::Array => self.fill_array(spec, comparator),
            Kind::Boolean | Kind::String => self.fill_words(spec, kind, comparator),
        }
    }

    /// `matches` and `contains`.
    fn fill_pattern(&mut self, spec: &'a Spec, comparator: Comparator) -> Result<(), String> {
        refuse_bounds(spec, comparator.as_str())?;
        let operand = needed(spec.expected.as_ref(), comparator, "expected")?;
        let text = operand_text(operand, "expected")?;
        if comparator == Comparator::Matches {
            pattern::check_cached(&text)?;
        }
        self.expected_text = Some(text);
        self.rule = Rule::Text(comparator);
        Ok(())
    }

    /// Booleans and strings compare with `expected`; with an operator, `target` serves as well.
    fn fill_words(
        &mut self,
        spec: &'a Spec,
        kind: Kind,
        comparator: Option<Comparator>,
    ) -> Result<(), String> {
        refuse_bounds(spec, kind.as_str())?;
        self.rule = match comparator {
            None | Some(Comparator::Within | Comparator::Eq) => Rule::Same,
            Some(Comparator::Ne) => Rule::Other,
            Some(other) => {
                return Err(format!(
                    "{} does not judge a {}",
                    other.as_str(),
                    kind.as_str()
                ));
            }
        };
        let operand = spec.expected.as_ref().or(spec.target.as_ref());
        let operand = match (operand, comparator) {
            (Some(operand), _) => operand,
            (None, None) => {
                self.rule = Rule::Record;
                return Ok(());
            }
            (None, Some(comparator)) => needed(None, comparator, "expected")?,
        };
        if kind == Kind::Boolean {
            let value = rendered(operand, "expected")?;
            let flag = read_written_boolean(value)
                .ok_or_else(|| format!("expected {} is neither true nor false", shown(value)))?;
            self.expected_flag = Some(flag);
            self.expected_text = Some(spell(&Value::Bool(flag)));
        } else {
            self.expected_text = Some(operand_text(operand, "expected")?);
            let other = operand
                .value
                .as_ref()
                .ok()
                .filter(|value| !value.is_string());
            self.expected_spelling = other.map(spell);
        }
        Ok(())
    }

    /// An array is judged element by element, unless a whole list is expected.
    fn fill_array(&mut self, spec: &'a Spec, comparator: Option<Comparator>) -> Result<(), String> {
        let expected = spec.expected.as_ref().map(|e| rendered(e, "expected"));
        let Some(list @ Value::Array(_)) = expected.transpose()? else {
            return self.fill_numbers(spec, comparator);
        };
        refuse_bounds(spec, "a list in expected")?;
        self.expected = Some(list);
        self.expected_text = Some(spell(list));
        self.rule = match comparator {
            None | Some(Comparator::Eq) => Rule::SameList,
            Some(Comparator::Ne) => Rule::OtherList,
            Some(other) => return Err(format!("{} does not judge a list", other.as_str())),
        };
        Ok(())
    }

    fn fill_numbers(
        &mut self,
        spec: &'a Spec,
        comparator: Option<Comparator>,
    ) -> Result<(), String> {
        let low = number("low_limit", spec.low_limit.as_ref())?;
        let high = number("high_limit", spec.high_limit.as_ref())?;
        self.target = number("target", spec.target.as_ref())?;
        let expected = number("expected", spec.expected.as_ref())?;
        if let (Some(low), Some(high)) = (&low, &high)
            && low.compare(high).is_gt()
        {
            let reason = format!("low_limit {low} is above high_limit {high}");
            (self.low, self.high) = (Some(low.clone()), Some(high.clone()));
            return Err(reason);
        }
        if let Some(expected) = &expected {
            self.expected_text = Some(expected.to_string());
        }
        let has_target = self.target.is_some();
        self.target = self.target.take().or(expected);
        let comparator = match comparator {
            Some(comparator) => comparator,
            None if spec.tolerance.is_some() || low.is_some() || high.is_some() => {
                Comparator::Within
            }
            // A number that is expected is compared, as a text is; a target alone is a nominal.
            None if self.target.is_some() && !has_target => Comparator::Eq,
            None => return Ok(()),
        };
        if let Some(tolerance) = &spec.tolerance {
            if low.is_some() || high.is_some() {
                return Err("tolerance stands together with limits".to_owned());
            }
            self.fill_band(tolerance, comparator)?;
        }
        self.keep_used(comparator, low, high)
    }

    /// The bounds around the target.
    fn fill_band(&mut self, tolerance: &Operand, comparator: Comparator) -> Result<(), String> {
        if !matches!(
            comparator,
            Comparator::Within | Comparator::Eq | Comparator::Ne
        ) {
            return Err(format!(
                "tolerance does not go with {}",
                comparator.as_str()
            ));
        }
        let target = self
            .target
            .as_ref()
            .and_then(Number::finite)
            .ok_or("tolerance stands without a target")?;
        let tolerance = read_tolerance(tolerance, target)?;
        self.tolerance = Some(tolerance);
        self.low = Some(Number::Float(tidy(target - tolerance)));
        self.high = Some(Number::Float(tidy(target + tolerance)));
        Ok(())
    }

    /// Keeps the bounds that the comparator looks at, so that the record agrees with the verdict.
    fn keep_used(
        &mut self,
        comparator: Comparator,
        low: Option<Number>,
        high: Option<Number>,
    ) -> Result<(), String> {
        let operand = |found: bool, name: &str| {
            let operator = comparator.as_str();
            found
                .then_some(())
                .ok_or_else(|| format!("{operator} needs {name}"))
        };
        let has_band = self.tolerance.is_some();
        match comparator {
            Comparator::Within => {
                operand(
                    has_band || low.is_some() || high.is_some(),
                    "low_limit or high_limit",
                )?;
                self.low = self.low.take().or(low);
                self.high = self.high.take().or(high);
                self.rule = Rule::Within;
                return Ok(());
            }
            Comparator::Gt | Comparator::Ge => {
                operand(low.is_some(), "low_limit")?;
                self.low = low;
            }
            Comparator::Lt | Comparator::Le => {
                operand(high.is_some(), "high_limit")?;
                self.high = high;
            }
            _ => operand(self.target.is_some(), "target")?,
        }
        self.rule = Rule::Number(comparator);
        Ok(())
    }

    /// Converts limits that came in another unit.
    pub(super) fn convert(&mut self, conversion: &Conversion) {
        let bounds = [&mut self.low, &mut self.high, &mut self.target];
        for bound in bounds.into_iter().flatten() {
            *bound = Number::Float(conversion.apply(bound.to_f64()));
        }
        if let (Some(_), Some(target)) = (&self.expected_text, &self.target) {
            self.expected_text = Some(target.to_string());
        }
    }
}

/// Refuses numeric limits where nothing numeric is judged: ignoring them would pass a bad unit.
fn refuse_bounds(spec: &Spec, what: &str) -> Result<(), String> {
    let bounds = [
        ("low_limit", &spec.low_limit),
        ("high_limit", &spec.high_limit),
        ("tolerance", &spec.tolerance),
    ];
    match bounds.into_iter().find(|(_, bound)| bound.is_some()) {
        Some((name, _)) => Err(format!("{name} does not go with {what}")),
        None => Ok(()),
    }
}

fn needed<'a>(
    operand: Option<&'a Operand>,
    comparator: Comparator,
    name: &str,
) -> Result<&'a Operand, String> {
    operand.ok_or_else(|| format!("{} needs {name}", comparator.as_str()))
}

/// The rendered value of an operand.
fn rendered<'a>(operand: &'a Operand, name: &str) -> Result<&'a Value, String> {
    operand
        .value
        .as_ref()
        .map_err(|error| format!("{name} '{}': {error}", operand.declared))
}

/// An operand as text; a literal keeps its source text, so that `1.10` stays `1.10`.
fn operand_text(operand: &Operand, name: &str) -> Result<String, String> {
    match rendered(operand, name)? {
        Value::String(text) => Ok(text.clone()),
        Value::Null => Err(format!("{name} has no value")),
        Value::Array(_) | Value::Object(_) => Err(format!("{name} is no text")),
        _ if !operand.is_template() => Ok(operand.declared.clone()),
        scalar => Ok(spell(scalar)),
    }
}

/// A bound as a number.
fn number(name: &str, operand: Option<&Operand>) -> Result<Option<Number>, String> {
    let Some(operand) = operand else {
        return Ok(None);
    };
    let value = rendered(operand, name)?;
    match Number::read(value) {
        Ok(number) => Ok(Some(number)),
        Err(_) if operand.is_template() => Err(format!(
            "{name} '{}' is {}, not a number",
            operand.declared,
            shown(value)
        )),
        Err(_) => Err(format!("{name} {} is not a number", shown(value))),
    }
}

/// `5%` of |target|, or an absolute number; neither negative nor infinite.
fn read_tolerance(operand: &Operand, target: f64) -> Result<f64, String> {
    let value = rendered(operand, "tolerance")?;
    let percent = match value {
        Value::String(text) => text.trim().strip_suffix('%').and_then(Number::parse),
        _ => None,
    };
    let tolerance = match (percent, Number::read(value)) {
        (Some(percent), _) => tidy(target.abs() * percent.to_f64() / 100.0),
        (None, Ok(number)) => number.to_f64(),
        (None, Err(_)) => {
            return Err(format!(
                "tolerance {} is neither a number nor a percentage",
                shown(value)
            ));
        }
    };
    if tolerance.is_finite() && tolerance >= 0.0 {
        return Ok(tolerance);
    }
    Err(format!(
        "tolerance {} is negative or infinite",
        shown(value)
    ))
}

/// A value in a reason: text in quotes, long ones cut.
pub(super) fn shown(value: &Value) -> String {
    const SHOWN: usize = 60;
    let text = match value {
        Value::String(text) => format!("'{text}'"),
        Value::Null => "nothing".to_owned(),
        other => spell(other),
    };
    match text.char_indices().nth(SHOWN) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text,
    }
}
