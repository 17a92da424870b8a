//! The check of what an operator entered: its format blocks, its limits never do.

use serde_json::Value;

use crate::measure::{
    Kind, Measurement, Number, Observed, Operand, Origin, Spec, evaluate, pattern,
    read_written_boolean, spell,
};
use crate::prompt::{Input, InputMode, Prompt};
use crate::verdict::Verdict;

impl Prompt {
    /// Reads an entry by the mode of the field; the error is for the operator.
    ///
    /// A prompt without a field takes any text.
    pub(crate) fn check_entry(&self, raw: &str) -> Result<Value, String> {
        match &self.input {
            Some(input) => input.read(raw),
            None => Ok(raw.into()),
        }
    }

    /// What a front end asks once before it submits: the value is outside of its limits.
    ///
    /// The limits are named only where the prompt shows them anyway.
    pub(crate) fn outside(&self, value: &Value) -> Option<String> {
        let input = self.input.as_ref()?;
        let measurement = input.measure(Some(value), Origin::Operator)?;
        if measurement.verdict == Verdict::Pass {
            return None;
        }
        if input.show_limits {
            return measurement.reason;
        }
        let text = measurement.actual_text.unwrap_or_default();
        let unit = measurement
            .unit
            .map(|unit| format!(" {unit}"))
            .unwrap_or_default();
        Some(format!("{text}{unit} is not what is expected here"))
    }

    /// The text that the field shows from the beginning.
    pub(crate) fn prefilled(&self) -> Option<String> {
        let input = self.input.as_ref().filter(|input| input.prefill)?;
        input.default.as_ref().map(spell)
    }
}

impl Input {
    /// Whether the answer is judged at all.
    pub(crate) fn has_limits(&self) -> bool {
        self.low_limit.is_some() || self.high_limit.is_some() || self.expected.is_some()
    }

    /// The name under which the answer is measured.
    pub(crate) fn measurement_name(&self) -> &str {
        self.variable.as_deref().unwrap_or("InputValue")
    }

    /// Reads an entry by the mode.
    fn read(&self, raw: &str) -> Result<Value, String> {
        match self.mode {
            InputMode::Number => read_number(raw),
            InputMode::Text => self.read_text(raw.trim_end_matches(['\r', '\n'])),
            InputMode::Boolean => read_flag(raw),
            InputMode::List => self.read_option(raw),
        }
    }

    fn read_text(&self, text: &str) -> Result<Value, String> {
        if let Some(pattern) = &self.pattern
            && !pattern::is_whole_match(pattern, text)?
        {
            return Err(format!("'{text}' does not have the form {pattern}"));
        }
        Ok(text.into())
    }

    fn read_option(&self, raw: &str) -> Result<Value, String> {
        let text = raw.trim();
        let exact = self.options.iter().find(|option| spell(option) == text);
        if let Some(option) = exact {
            return Ok(option.clone());
        }
        let mut alike = self
            .options
            .iter()
            .filter(|option| spell(option).to_lowercase() == text.to_lowercase());
        if let (Some(option), None) = (alike.next(), alike.next()) {
            return Ok(option.clone());
        }
        let options: Vec<String> = self.options.iter().map(spell).collect();
        Err(format!("'{text}' is none of: {}", options.join(", ")))
    }

    /// The measurement of a value, where limits or `expected` make one.
    pub(crate) fn measure(&self, value: Option<&Value>, origin: Origin) -> Option<Measurement> {
        let spec = self.spec()?;
        let observed = Observed {
            value,
            unit: None,
            origin,
            point: None,
        };
        Some(evaluate(&spec, &observed))
    }

    /// What the answer is judged by, where anything judges it.
    pub(crate) fn spec(&self) -> Option<Spec> {
        if !self.has_limits() {
            return None;
        }
        let has_bounds = self.low_limit.is_some() || self.high_limit.is_some();
        let kind = match self.mode {
            InputMode::Number => Kind::Numeric,
            InputMode::Boolean => Kind::Boolean,
            InputMode::List if has_bounds => Kind::Numeric,
            InputMode::Text | InputMode::List => Kind::String,
        };
        Some(Spec {
            name: self.measurement_name().to_owned(),
            kind,
            low_limit: self.low_limit.clone(),
            high_limit: self.high_limit.clone(),
            // Bounds beat `expected`, which then is only what an unattended run answers.
            expected: self.expected.clone().filter(|_| !has_bounds),
            unit: self.unit.clone(),
            ..Spec::default()
        })
    }

    /// The rendered value of a bound as a number.
    pub(super) fn bound(operand: Option<&Operand>) -> Option<f64> {
        let value = operand?.value.as_ref().ok()?;
        Number::read(value).ok()?.finite()
    }
}

/// One comma counts as decimal point, unless there is a point as well.
fn read_number(raw: &str) -> Result<Value, String> {
    let text = raw.trim();
    if text.is_empty() {
        return Err("a number is needed".to_owned());
    }
    let has_one_comma = text.matches(',').count() == 1 && !text.contains('.');
    let number = if has_one_comma {
        Number::parse(&text.replace(',', "."))
    } else {
        Number::parse(text)
    };
    number
        .filter(|number| number.finite().is_some())
        .map(|number| number.to_json())
        .ok_or_else(|| format!("'{text}' is not a number"))
}

fn read_flag(raw: &str) -> Result<Value, String> {
    let text = raw.trim();
    let letter = match text {
        "y" | "Y" => Some(true),
        "n" | "N" => Some(false),
        _ => None,
    };
    letter
        .or_else(|| read_written_boolean(&text.into()))
        .map(Value::Bool)
        .ok_or_else(|| format!("'{text}' is neither yes nor no"))
}
