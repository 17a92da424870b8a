//! Judges what was observed by what is declared (FORMAT section 3).

use std::borrow::Cow;

use serde_json::Value;

use crate::measure::judge::{
    Judgement, judge_number, judge_sameness, judge_text, undetermined, unreadable,
};
use crate::measure::limits::{Limits, Rule, shown};
use crate::measure::unit::{Conversion, Relation};
use crate::measure::{
    Comparator, Kind, LimitsSource, Measurement, Number, Observed, Operand, Origin, Point, Spec,
    Unit, flag, read_boolean, spell,
};
use crate::verdict::Verdict;

/// Judges a declared measurement.
///
/// Where the package says nothing about how to judge, limits that the test code sent along do.
pub(crate) fn evaluate(spec: &Spec, observed: &Observed<'_>) -> Measurement {
    let from_code = observed
        .point
        .filter(|point| spec.judges_nothing() && point.has_limits());
    let Some(point) = from_code else {
        return Evaluation::new(spec, observed).run(LimitsSource::Yaml, None);
    };
    let spec = Spec {
        unit: spec.unit.clone().or_else(|| point.unit.clone()),
        ..point.to_spec(spec.position, &spec.name, spec.kind)
    };
    Evaluation::new(&spec, observed).run(LimitsSource::Code, point.unit.as_deref())
}

/// Judges a point that the package does not declare, by the limits that came with it, if any.
pub(crate) fn evaluate_undeclared(point: &Point, position: u32) -> Measurement {
    let observed = Observed {
        value: Some(&point.value),
        unit: None,
        origin: Origin::Runner,
        point: None,
    };
    let spec = point.to_spec(position, &point.name, point.kind());
    let mut measurement = Evaluation::new(&spec, &observed).run(LimitsSource::Code, None);
    measurement.flags.push(flag::UNDECLARED.to_owned());
    measurement
}

/// One evaluation on its way.
pub(super) struct Evaluation<'a> {
    spec: &'a Spec,
    observed: &'a Observed<'a>,
    pub(super) limits: Limits<'a>,
    pub(super) record: Measurement,
    /// From the unit that the test code named to the declared one.
    pub(super) conversion: Option<Conversion>,
}

impl<'a> Evaluation<'a> {
    fn new(spec: &'a Spec, observed: &'a Observed<'a>) -> Self {
        // A pattern judges the text of whatever came.
        let judges_text = spec.comparator.is_some_and(Comparator::judges_text);
        let kind = match spec.kind {
            Kind::Numeric | Kind::Boolean if judges_text => Kind::String,
            kind => kind,
        };
        Self {
            spec,
            observed,
            limits: Limits::default(),
            record: blank(spec, kind, observed.origin),
            conversion: None,
        }
    }

    /// `limits_unit` is the unit of limits that came with the value.
    fn run(mut self, source: LimitsSource, limits_unit: Option<&str>) -> Measurement {
        let (limits, usable) = Limits::read(self.spec, self.record.kind);
        self.limits = limits;
        if !self.spec.judges_nothing() {
            self.record.limits_source = Some(source);
            if source == LimitsSource::Code {
                self.record.flags.push(flag::LIMITS_FROM_CODE.to_owned());
            }
        }
        let units = self.settle_units(limits_unit);
        self.note_limits();
        let judgement = match (usable, units) {
            (Err(reason), _) => {
                self.note_value();
                undetermined("limit-invalid", &reason)
            }
            (Ok(()), Err(judgement)) => {
                self.note_value();
                judgement
            }
            (Ok(()), Ok(())) => self.judge(),
        };
        (self.record.verdict, self.record.reason) = judgement;
        for text in [&mut self.record.actual_text, &mut self.record.raw_value] {
            if text.as_mut().is_some_and(cut)
                && !self.record.flags.iter().any(|flag| flag == flag::CUT)
            {
                self.record.flags.push(flag::CUT.to_owned());
            }
        }
        if self.observed.origin == Origin::Unattended {
            // Nobody measured it: the value must not look as if somebody had.
            self.record.actual_value = None;
            self.record.actual_text = None;
        }
        self.record
    }

    /// Finds the unit of the record and how values get into it.
    fn settle_units(&mut self, limits_unit: Option<&str>) -> Result<(), Judgement> {
        // The common case: nothing to compare.
        let named = self.observed.unit.filter(|unit| !unit.trim().is_empty());
        let declared = self.spec.unit.as_deref().and_then(Unit::parse);
        let Some(named) = named else {
            self.record.unit = declared.map(|unit| unit.symbol().to_owned());
            return Ok(());
        };
        let named_unit = Unit::parse(named);
        let (Some(declared), Some(from)) = (declared, named_unit.as_ref()) else {
            self.record.unit = named_unit.map(|unit| unit.symbol().to_owned());
            return Ok(());
        };
        self.record.unit = Some(declared.symbol().to_owned());
        match from.relation_to(&declared) {
            Relation::Same => return Ok(()),
            Relation::Convertible(conversion) => {
                self.conversion = Some(conversion);
                if limits_unit.is_some() {
                    self.limits.convert(&conversion);
                }
            }
            Relation::Unverified => {
                self.record.flags.push(flag::UNIT_UNVERIFIED.to_owned());
                self.record.raw_unit = Some(named.to_owned());
                return Ok(());
            }
            Relation::Mismatch => {
                self.record.raw_unit = Some(named.to_owned());
                return Err(undetermined(
                    "unit-mismatch",
                    &format!(
                        "the value is in {}, the limits are in {}",
                        from.symbol(),
                        declared.symbol()
                    ),
                ));
            }
        }
        self.record.raw_unit = Some(named.to_owned());
        Ok(())
    }

    /// Writes the limits as evaluated into the record.
    fn note_limits(&mut self) {
        let limits = &self.limits;
        let is_band_outside = limits.rule == Rule::Number(Comparator::Ne);
        if !is_band_outside {
            self.record.low_limit = limits.low.as_ref().and_then(Number::finite);
            self.record.high_limit = limits.high.as_ref().and_then(Number::finite);
        }
        self.record.target = limits.target.as_ref().and_then(Number::finite);
        self.record.tolerance = limits.tolerance;
        self.record.expected.clone_from(&limits.expected_text);
    }

    /// Writes a value into the record that is not judged.
    pub(super) fn note_value(&mut self) {
        if let Some(value) = self.observed.value.filter(|value| !value.is_null()) {
            self.record.actual_text = Some(spell(value));
            if self.record.raw_unit.is_some() {
                self.record.raw_value = Some(spell(value));
            }
        }
    }

    fn judge(&mut self) -> Judgement {
        let Some(value) = self.observed.value.filter(|value| !value.is_null()) else {
            return undetermined("no-value", "nothing was returned");
        };
        match self.record.kind {
            Kind::Numeric => self.judge_number(value),
            Kind::Boolean => self.judge_boolean(value),
            Kind::String => self.judge_string(value),
            Kind::Array => self.judge_array(value),
        }
    }

    fn judge_number(&mut self, value: &Value) -> Judgement {
        let raw = match Number::read(value) {
            Ok(number) => number,
            Err(error) => {
                self.note_value();
                return unreadable(value, error);
            }
        };
        let number = self.convert(&raw);
        if self.conversion.is_some() {
            self.record.raw_value = Some(spell(value));
        }
        self.record.actual_value = number.finite();
        self.record.actual_text = Some(match (value, &self.conversion) {
            (Value::String(text), None) => text.trim().to_owned(),
            _ => number.to_string(),
        });
        if number.is_rounded() {
            self.record.flags.push(flag::ROUNDED.to_owned());
        }
        judge_number(&number, &self.limits, self.record.unit.as_deref())
    }

    pub(super) fn convert<'n>(&self, number: &'n Number) -> Cow<'n, Number> {
        match &self.conversion {
            Some(conversion) => Cow::Owned(Number::Float(conversion.apply(number.to_f64()))),
            None => Cow::Borrowed(number),
        }
    }

    fn judge_boolean(&mut self, value: &Value) -> Judgement {
        let Some(flag) = read_boolean(value) else {
            self.note_value();
            return undetermined(
                "not-a-boolean",
                &format!("{} is neither true nor false", shown(value)),
            );
        };
        self.record.actual_text = Some(spell(&Value::Bool(flag)));
        let is_same = self.limits.expected_flag == Some(flag);
        judge_sameness(is_same, &self.limits, value)
    }

    fn judge_string(&mut self, value: &Value) -> Judgement {
        if matches!(value, Value::Array(_) | Value::Object(_)) {
            self.note_value();
            return undetermined("not-a-text", &format!("{} is no text", shown(value)));
        }
        let text = spell(value);
        let judgement = judge_text(&text, &self.limits, value);
        self.record.actual_text = Some(text);
        judgement
    }
}

/// Bytes that the text of a value may take: an event must stay well below 256 KiB.
const TEXT_LIMIT: usize = 32 * 1024;

/// Cuts a text that is too long and says so.
fn cut(text: &mut String) -> bool {
    let is_long = text.len() > TEXT_LIMIT;
    if is_long {
        let whole = text.len();
        text.truncate(text.floor_char_boundary(TEXT_LIMIT));
        *text = format!("{text}… ({whole} bytes in all)");
    }
    is_long
}

/// The record with everything that is known before the value is looked at.
fn blank(spec: &Spec, kind: Kind, origin: Origin) -> Measurement {
    let declared = |operand: &Option<Operand>| operand.as_ref().map(|o| o.declared.clone());
    Measurement {
        position: spec.position,
        name: spec.name.clone(),
        kind,
        origin,
        actual_value: None,
        actual_text: None,
        raw_value: None,
        raw_unit: None,
        low_limit: None,
        high_limit: None,
        target: None,
        tolerance: None,
        low_limit_declared: declared(&spec.low_limit),
        high_limit_declared: declared(&spec.high_limit),
        target_declared: declared(&spec.target),
        tolerance_declared: declared(&spec.tolerance),
        expected: None,
        expected_declared: declared(&spec.expected),
        limits_source: None,
        operator: spec.comparator,
        unit: None,
        verdict: Verdict::Undetermined,
        reason: None,
        flags: Vec::new(),
    }
}
