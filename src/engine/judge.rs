//! The end of an attempt: variables, measurements, outputs, and whether it is tried again.

use std::sync::Arc;

use serde_json::Value;

use super::frame::Phase;
use super::input::Effect;
use super::machine::Engine;
use super::outcome::{Cause, Outcome};
use crate::event::{AttemptFinished, Event, Level, Timestamp};
use crate::expr::Variables;
use crate::measure::{
    Measurement, Observed, Operand, Origin, Point, Spec, evaluate, evaluate_undeclared,
};
use crate::plan::{Force, Kind, MeasurementDecl, RetryOn, Step, ValueTemplate};
use crate::verdict::Verdict;

impl Engine {
    /// The answer is there, or will never be: judges the attempt and decides what follows.
    pub(super) fn judge(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let plan = Arc::clone(&self.plan);
        let step = plan.step(self.top_ix());
        let outcome = &self.frame().outcome;
        if outcome.answered && !outcome.all_skipped {
            self.publish_returned(effects);
            self.measure(step);
        }
        self.publish_outputs(step, effects);
        if let Some(delay_ms) = self.tries_again(step) {
            self.publish_attempt(now, effects);
            self.begin_pause(delay_ms, now);
        } else {
            self.go(Phase::Ended);
        }
    }

    /// Every key that a step returned becomes a variable; reserved ones stay in `outputs`.
    fn publish_returned(&mut self, effects: &mut Vec<Effect>) {
        let outputs = std::mem::take(&mut self.frame().outcome.outputs);
        for (name, value) in &outputs {
            self.set_variable(name, value.clone(), effects);
            self.frame().written.push(name.clone());
        }
        self.frame().outcome.outputs = outputs;
    }

    fn measure(&mut self, step: &Step) {
        let mut outcome = std::mem::take(&mut self.frame().outcome);
        let mut used = vec![false; outcome.points.len()];
        for declared in &step.measurements {
            let position = outcome.measurements.len() as u32;
            let judged = self
                .spec(declared, position)
                .and_then(|spec| self.judge_one(declared, &spec, &outcome, &mut used, &step.kind));
            match judged {
                Ok(judged) => {
                    worsen_by(&mut outcome, &judged);
                    outcome.measurements.push(judged);
                }
                Err(reason) => {
                    let reason = format!("measurement {}: {reason}", position + 1);
                    outcome.worsen(Verdict::Aborted, reason);
                    outcome.cause = Cause::Template;
                }
            }
        }
        let first = outcome.measurements.len() as u32;
        let undeclared = outcome.points.iter().zip(&used).filter(|(_, used)| !**used);
        let judged: Vec<Measurement> = undeclared
            .zip(first..)
            .map(|((point, _), position)| evaluate_undeclared(point, position))
            .collect();
        for judged in judged {
            worsen_by(&mut outcome, &judged);
            outcome.measurements.push(judged);
        }
        self.frame().outcome = outcome;
    }

    /// Renders what the package declares about a measurement. Bounds that cannot be rendered make
    /// it UNDETERMINED; a name that cannot makes the step ABORTED.
    fn spec(&self, declared: &MeasurementDecl, position: u32) -> Result<Spec, String> {
        let lenient = self.top_step().is_some_and(|frame| frame.lenient);
        let name = match declared.name.render(&self.variables) {
            Ok(name) => crate::expr::spell(&name),
            Err(_) if lenient => declared.name.declared(),
            Err(error) => return Err(format!("name: {error}")),
        };
        let unit = match declared
            .unit
            .as_ref()
            .map(|unit| unit.render(&self.variables))
        {
            None => None,
            Some(Ok(unit)) => Some(crate::expr::spell(&unit)),
            Some(Err(_)) if lenient => None,
            Some(Err(error)) => return Err(format!("unit: {error}")),
        };
        let operand = |template: &Option<ValueTemplate>, field: &str| {
            template
                .as_ref()
                .map(|template| self.operand(template, field))
                .transpose()
        };
        Ok(Spec {
            position,
            name,
            kind: declared.kind,
            comparator: declared.comparator,
            low_limit: operand(&declared.low_limit, "low_limit")?,
            high_limit: operand(&declared.high_limit, "high_limit")?,
            target: operand(&declared.target, "target")?,
            tolerance: operand(&declared.tolerance, "tolerance")?,
            expected: operand(&declared.expected, "expected")?,
            unit,
        })
    }

    /// A bound as declared and as rendered. A variable that does not exist aborts the step, but
    /// never cleanup; anything else that cannot be rendered makes the limit invalid.
    fn operand(&self, template: &ValueTemplate, field: &str) -> Result<Operand, String> {
        let value = template.render(&self.variables);
        let lenient = self.top_step().is_some_and(|frame| frame.lenient);
        if let Err(error) = &value
            && error.unknown.is_some()
            && !lenient
        {
            return Err(format!("{field}: {error}"));
        }
        Ok(Operand {
            declared: template.declared(),
            value: value.map_err(|error| error.to_string()),
        })
    }

    /// Finds the value in the order of FORMAT section 3 and judges it.
    fn judge_one(
        &self,
        declared: &MeasurementDecl,
        spec: &Spec,
        outcome: &Outcome,
        used: &mut [bool],
        kind: &Kind,
    ) -> Result<Measurement, String> {
        let is_mock = matches!(kind, Kind::Mock(_));
        // What test code measured is measured, whoever answered its questions.
        let is_asked = matches!(kind, Kind::Prompt(_));
        let place = outcome
            .points
            .iter()
            .position(|point| point.name == spec.name);
        if let Some(place) = place {
            used[place] = true;
        }
        let point = place.map(|place| &outcome.points[place]);
        let origin = match () {
            () if outcome.unattended && is_asked => Origin::Unattended,
            () if is_mock => Origin::Mock,
            () => self.options.origin,
        };
        let rendered: Result<Option<Value>, String> = match &declared.value {
            Some(template) => self.operand(template, "value")?.value.map(Some),
            None if is_mock => match &spec.target {
                Some(target) => target.value.clone().map(Some),
                None => Ok(None),
            },
            None => Ok(None),
        };
        let (value, missing) = match &rendered {
            Ok(Some(value)) => (Some(value), None),
            Ok(None) => (returned_value(&spec.name, point, outcome), None),
            Err(error) => (None, Some(error)),
        };
        let unit = point.and_then(|point| point.unit.as_deref());
        let mut judged = evaluate(
            spec,
            &Observed {
                value,
                unit,
                origin,
                point,
            },
        );
        if let Some(error) = missing {
            judged.reason = Some(format!("no-value: {error}"));
        }
        Ok(judged)
    }

    /// `outputs`, from the last attempt, and not on ERROR or timeout.
    fn publish_outputs(&mut self, step: &Step, effects: &mut Vec<Effect>) {
        let is_sequence = matches!(step.kind, Kind::Sequence(_));
        let tries_again = self.tries_again(step).is_some();
        let outcome = &self.frame().outcome;
        let verdict = outcome.verdict();
        // A failed assertion has returned nothing, but outputs that need nothing of it are set.
        let asserted = !outcome.answered && verdict == Verdict::Fail;
        let unusable = matches!(outcome.cause, Cause::Error | Cause::Timeout)
            || (!outcome.answered && outcome.verdict.is_some() && !asserted);
        if unusable || tries_again || outcome.all_skipped {
            return;
        }
        for (name, template) in &step.outputs {
            match template.render(&self.variables) {
                Ok(value) => {
                    let frame = self.frame();
                    frame.written.push(name.to_string());
                    frame
                        .outcome
                        .published
                        .insert(name.to_string(), value.clone());
                    self.set_variable(name, value, effects);
                }
                Err(error)
                    if self.frame().lenient
                        || asserted
                        || (is_sequence && verdict.is_failing()) =>
                {
                    let message = format!("output '{name}' is not set: {error}");
                    self.log(Level::Info, message, effects);
                }
                Err(error) => {
                    let outcome = &mut self.frame().outcome;
                    let worse = if is_sequence {
                        Verdict::Undetermined
                    } else {
                        Verdict::Aborted
                    };
                    outcome.worsen(worse, format!("output '{name}': {error}"));
                    if !is_sequence && outcome.verdict == Some(Verdict::Aborted) {
                        outcome.cause = Cause::Template;
                    }
                }
            }
        }
    }

    /// Whether another attempt follows, and after how many milliseconds.
    fn tries_again(&self, step: &Step) -> Option<u64> {
        let retry = step.retry.as_ref()?;
        let frame = self.top_step()?;
        let outcome = &frame.outcome;
        let in_abort_mode = self.abort.is_some() && !frame.cleanup;
        let reset = retry.before.is_some() || self.reconnects(step);
        let allowed = outcome.verdict().is_failing()
            && frame.attempt <= retry.count
            && retries(retry.on, outcome)
            && !frame.aborted
            && !in_abort_mode
            && !self.given_up
            && (!frame.killed || reset)
            && !matches!(step.force, Some(Force::Pass | Force::Fail));
        allowed.then_some(retry.delay_ms)
    }

    /// Whether steps with `restore` bring a fresh runner of the step into a known state.
    fn reconnects(&self, step: &Step) -> bool {
        match &step.kind {
            Kind::Runner(call) => !self.runners[call.runner.0 as usize].connected.is_empty(),
            _ => false,
        }
    }

    fn publish_attempt(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let frame = self.frame();
        let outcome = std::mem::take(&mut frame.outcome);
        let forgotten = std::mem::take(&mut frame.forgotten);
        let unset = self.still_unset(forgotten);
        let frame = self.frame();
        let event = AttemptFinished {
            step: frame.no,
            attempt: frame.attempt,
            verdict: outcome.verdict(),
            reason: outcome.reason.clone(),
            error: outcome.error.clone(),
            started_at: frame.attempt_started,
            duration_us: now.since(frame.attempt_started).as_micros() as u64,
            outputs: outcome.outputs.clone(),
            unset,
            measurements: outcome.measurements.clone(),
        };
        // An abort during the pause ends the step with this outcome.
        frame.outcome = outcome;
        effects.push(Effect::Publish(Event::AttemptFinished(Box::new(event))));
    }

    /// Those of the names that attempts unset which nothing has set since.
    pub(super) fn still_unset(&self, mut forgotten: Vec<String>) -> Vec<String> {
        forgotten.retain(|name| !self.variables.is_set(name));
        forgotten
    }

    /// Sets a variable on behalf of a step; a reserved name is refused with a warning.
    pub(super) fn set_variable(&mut self, name: &str, value: Value, effects: &mut Vec<Effect>) {
        if !self.variables.set(name, value) {
            let message = format!("'{name}' is a reserved name: kept in the outputs, no variable");
            self.log(Level::Warning, message, effects);
        }
    }
}

/// The value of a point, else the returned key of that name, else the scalar result.
fn returned_value<'a>(
    name: &str,
    point: Option<&'a Point>,
    outcome: &'a Outcome,
) -> Option<&'a Value> {
    point
        .map(|point| &point.value)
        .or_else(|| outcome.outputs.get(name))
        .or_else(|| outcome.outputs.get("result"))
}

fn worsen_by(outcome: &mut Outcome, measured: &Measurement) {
    if measured.verdict.is_failing() {
        outcome.worsen(measured.verdict, measurement_reason(measured));
    }
}

fn measurement_reason(measured: &Measurement) -> String {
    let name = &measured.name;
    match &measured.reason {
        Some(reason) => format!("{name}: {reason}"),
        None => format!("{name} is {}", measured.verdict),
    }
}

/// Whether `retry.on` names the outcome.
fn retries(on: RetryOn, outcome: &Outcome) -> bool {
    match (outcome.cause, outcome.verdict()) {
        (Cause::Person | Cause::Template, _) => false,
        // A child of a sequence that was aborted by its own limit counts as a timeout.
        (Cause::Timeout, _) | (_, Verdict::Aborted) => on.timeout,
        (_, Verdict::Fail) => on.fail,
        (_, Verdict::Error) => on.error,
        (_, Verdict::Undetermined) => on.undetermined,
        (_, Verdict::Pass | Verdict::Skipped) => false,
    }
}

/// Renders a text that may be absent; in cleanup one that cannot be rendered is empty.
pub(super) fn text_of(
    template: &ValueTemplate,
    variables: &Variables,
    lenient: bool,
) -> Result<String, String> {
    match template.render(variables) {
        Ok(value) => Ok(crate::expr::spell(&value)),
        Err(_) if lenient => Ok(String::new()),
        Err(error) => Err(error.to_string()),
    }
}
