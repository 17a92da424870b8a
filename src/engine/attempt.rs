//! One attempt of a step: its limit, its runner, its call.

use std::sync::Arc;
use std::time::Duration;

use maestro_protocol::ExecuteParams;
use serde_json::{Map, Value};

use super::abort::Role;
use super::frame::{Frame, Pending, Phase};
use super::input::Effect;
use super::machine::{Engine, Health};
use super::outcome::{Cause, Outcome};
use crate::event::{Event, Level, Section, StepError, Timestamp, VariableSet, VariableSource};
use crate::expr::{ExprError, Variables, spell};
use crate::measure::Number;
use crate::plan::{Kind, RunnerCall, RunnerIx, SequenceCall, StepIx, ValueTemplate};
use crate::verdict::Verdict;

/// How often one attempt lets the steps with `restore` run.
const RESTORES_AT_MOST: u8 = 3;

impl Engine {
    pub(super) fn begin_attempt(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if self.frame().aborted {
            self.abandon_attempt();
            return;
        }
        let plan = Arc::clone(&self.plan);
        let ix = self.top_ix();
        let attempt = self.frame().attempt;
        self.variables.assign("__attempt__", Value::from(attempt));
        let frame = self.frame();
        frame.attempt_started = now;
        frame.outcome = Outcome::default();
        frame.deadline = None;
        frame.restore_failed = None;
        frame.restores = 0;
        if let Err(error) = self.set_limit(ix, now, effects) {
            self.abort_attempt(format!("timeout_ms: {error}"));
            return;
        }
        match &plan.step(ix).kind {
            Kind::Delay(delay) => self.begin_delay(&delay.duration, now, effects),
            Kind::Mock(_) => {
                self.forget_written(ix);
                let frame = self.frame();
                frame.outcome.answered = true;
                frame.phase = Phase::Judge;
            }
            Kind::Prompt(prompt) => {
                self.forget_written(ix);
                self.open_prompt(prompt, now, effects);
            }
            Kind::Sequence(call) => self.begin_children(ix, call, now, effects),
            Kind::Runner(call) => self.go(Phase::Runner(call.runner)),
        }
    }

    /// The run was aborted between two attempts, whose first one stands, or two iterations.
    fn abandon_attempt(&mut self) {
        if self.frame().attempt == 1 {
            self.abandon_call();
        }
        let frame = self.frame();
        frame.attempt -= 1;
        frame.phase = Phase::Ended;
    }

    /// The outcome of the attempt is ABORTED: something in the YAML cannot be evaluated.
    pub(super) fn abort_attempt(&mut self, reason: impl Into<String>) {
        let frame = self.frame();
        frame.outcome = Outcome::of(Verdict::Aborted, Cause::Template, reason);
        frame.phase = Phase::Judge;
    }

    /// Finds the limit of the attempt: the step's own, that of cleanup, that of the station.
    fn set_limit(
        &mut self,
        ix: StepIx,
        now: Timestamp,
        effects: &mut Vec<Effect>,
    ) -> Result<(), String> {
        let step = self.plan.step(ix);
        let declared = step
            .timeout_ms
            .as_ref()
            .map(|declared| milliseconds(declared, &self.variables));
        let limit = match declared {
            Some(Ok(limit)) => Some(limit),
            Some(Err(error)) if self.frame().lenient => {
                self.warn_not_rendered(ix, "timeout_ms", &error, effects);
                self.usual_limit(ix)
            }
            Some(Err(error)) => return Err(error),
            None => self.usual_limit(ix),
        };
        let frame = self.frame();
        frame.timeout_ms = limit;
        frame.deadline = limit.map(|ms| now.after(Duration::from_millis(ms)));
        Ok(())
    }

    /// The limit of a step that declares none. Delays and questions have a length of their own, and
    /// the steps of a sequence have their own limits.
    fn usual_limit(&self, ix: StepIx) -> Option<u64> {
        // A step of the teardown may be one that restores: it never waits for ever there either.
        let cleanup = self
            .top_step()
            .is_some_and(|frame| frame.cleanup || frame.section == Section::Restore);
        match self.plan.step(ix).kind {
            Kind::Runner(_) if cleanup => Some(self.options.cleanup_timeout_ms),
            Kind::Runner(_) => self.options.default_timeout_ms,
            Kind::Delay(_) | Kind::Mock(_) | Kind::Prompt(_) | Kind::Sequence(_) => None,
        }
    }

    /// Says that a field of a cleanup step could not be rendered and does not stop it.
    fn warn_not_rendered(&self, ix: StepIx, field: &str, error: &str, effects: &mut Vec<Effect>) {
        let name = &self.plan.step(ix).name_declared;
        let message = format!("cleanup step '{name}' runs without its {field}: {error}");
        self.log(Level::Warning, message, effects);
    }

    fn begin_delay(&mut self, duration: &ValueTemplate, now: Timestamp, effects: &mut Vec<Effect>) {
        let seconds = match duration.render(&self.variables) {
            Ok(value) => {
                number(&value).ok_or_else(|| format!("'{}' is not a number", spell(&value)))
            }
            Err(error) => Err(error.to_string()),
        };
        let seconds = match seconds {
            Err(error) if self.frame().lenient => {
                self.warn_not_rendered(self.top_ix(), "duration", &error, effects);
                Ok(0.0)
            }
            seconds => seconds,
        };
        match seconds {
            Ok(seconds) if (0.0..=1e9).contains(&seconds) => {
                self.go(Phase::Delay(now.after(Duration::from_secs_f64(seconds))));
            }
            Ok(seconds) => {
                self.abort_attempt(format!(
                    "duration: {seconds} is not between 0 and 1e9 seconds"
                ));
            }
            Err(error) => self.abort_attempt(format!("duration: {error}")),
        }
    }

    /// Calls a definition: parameters become variables, then its own ones get their first values.
    fn begin_children(
        &mut self,
        ix: StepIx,
        call: &SequenceCall,
        now: Timestamp,
        effects: &mut Vec<Effect>,
    ) {
        let plan = Arc::clone(&self.plan);
        let mut rendered = Map::new();
        for (name, template) in &call.parameters {
            match template.render(&self.variables) {
                Ok(value) => {
                    rendered.insert(name.to_string(), value);
                }
                Err(error) if self.frame().lenient => {
                    self.warn_left_out(&plan.step(ix).name_declared, name, &error, effects);
                }
                Err(error) => {
                    self.abort_attempt(format!("parameter '{name}': {error}"));
                    return;
                }
            }
        }
        let mut values = rendered.clone();
        // A retried sequence runs again, but its variables stay (FORMAT section 2, `retry`).
        if self.frame().attempt == 1 {
            for (name, value) in &plan.sequence(call.sequence).variables {
                if !rendered.contains_key(name) && !self.options.fixed.contains(name) {
                    values.insert(name.clone(), value.clone());
                }
            }
        }
        for (name, value) in &values {
            self.set_variable(name, value.clone(), effects);
        }
        values.retain(|name, _| !Variables::is_reserved(name));
        if !values.is_empty() {
            effects.push(Effect::Publish(Event::VariableSet(Box::new(VariableSet {
                step: Some(self.frame().no),
                source: VariableSource::Call,
                values,
            }))));
        }
        let frame = self.frame();
        frame.parameters = Some(rendered);
        frame.phase = Phase::Children;
        let cleanup = frame.cleanup;
        self.enter(call.sequence, cleanup, now);
    }

    /// Goes on when the runner can be called; asks for a new process where there is none.
    pub(super) fn wait_for_runner(&mut self, runner: RunnerIx, effects: &mut Vec<Effect>) -> bool {
        if self.frame().aborted {
            self.abandon_call();
            return true;
        }
        let frame = self.frame();
        // A step that restores brings nothing else back: the step it is run for does. And a runner
        // that dies of being restored, again and again, is given up.
        let may_restore = frame.restore_failed.is_none() && frame.section != Section::Restore;
        let must_restore = !frame.lenient;
        if frame.restores == RESTORES_AT_MOST {
            frame.restore_failed = Some("the runner does not stay up while it is restored".into());
        }
        let state = self.runner_state(runner);
        match state.health {
            Health::Ready if state.needs_restore && may_restore => {
                state.needs_restore = false;
                self.frame().restores = self.frame().restores.saturating_add(1);
                self.go(Phase::Restore { runner, next: 0 });
                true
            }
            Health::Ready if state.needs_restore && must_restore => {
                self.go(Phase::Restore { runner, next: 0 });
                true
            }
            Health::Ready => {
                self.go(Phase::Call(runner));
                true
            }
            Health::Down => {
                state.health = Health::Starting;
                effects.push(Effect::StartRunner(runner));
                false
            }
            Health::Starting | Health::Ending => false,
        }
    }

    /// The step was aborted before its runner could be called.
    fn abandon_call(&mut self) {
        let reason = match &self.abort {
            Some(abort) => abort.message.clone(),
            None => "ended before its runner could be called".to_owned(),
        };
        let frame = self.frame();
        frame.outcome = Outcome::of(Verdict::Aborted, Cause::Person, reason);
        frame.phase = Phase::Judge;
    }

    pub(super) fn on_runner_ready(&mut self, runner: RunnerIx) {
        self.runner_state(runner).health = Health::Ready;
    }

    pub(super) fn on_runner_failed(&mut self, runner: RunnerIx, reason: &str) {
        self.mark_down(runner);
        if let Some(Frame::Step(frame)) = self.stack.last_mut()
            && frame.phase == Phase::Runner(runner)
        {
            frame.outcome = Outcome::error(StepError {
                kind: "start".to_owned(),
                message: reason.to_owned(),
                traceback: None,
            });
            frame.phase = Phase::Judge;
        }
    }

    /// Runs the steps that connect again, one after another, then goes on to the call.
    pub(super) fn restore(
        &mut self,
        runner: RunnerIx,
        next: usize,
        now: Timestamp,
        effects: &mut Vec<Effect>,
    ) {
        if self.frame().aborted {
            self.abandon_call();
            return;
        }
        if let Some(reason) = self.frame().restore_failed.clone() {
            // The next step that needs the runner tries again.
            self.runner_state(runner).needs_restore = true;
            if !self.frame().lenient {
                let frame = self.frame();
                frame.outcome = Outcome::error(StepError {
                    kind: "restore".to_owned(),
                    message: reason,
                    traceback: None,
                });
                frame.phase = Phase::Judge;
                return;
            }
        }
        let own = self.top_ix();
        let step = self.runner_state(runner).connected.get(next).copied();
        match step {
            None => self.go(Phase::Runner(runner)),
            Some(step) => {
                self.go(Phase::Restore {
                    runner,
                    next: next + 1,
                });
                // A step that connects does so by itself when its turn has come.
                if step != own {
                    let role = Role {
                        cleanup: self.frame().cleanup,
                        lenient: true,
                    };
                    self.begin_step(step, Section::Restore, role, now, effects);
                }
            }
        }
    }

    /// Sends the call of the step on top.
    pub(super) fn call(&mut self, runner: RunnerIx, now: Timestamp, effects: &mut Vec<Effect>) {
        let plan = Arc::clone(&self.plan);
        let ix = self.top_ix();
        let step = plan.step(ix);
        let Kind::Runner(call) = &step.kind else {
            panic!("only a step with a runner calls one");
        };
        let params = match self.execute_params(ix, call, effects) {
            Ok(params) => params,
            Err(reason) => {
                self.abort_attempt(reason);
                return;
            }
        };
        self.forget_written(ix);
        if step.restore && !self.runner_state(runner).connected.contains(&ix) {
            self.runner_state(runner).connected.push(ix);
        }
        let id = self.next_call();
        let frame = self.frame();
        frame.parameters = Some(params.parameters.clone());
        // The time that a runner took to start is not the step's.
        frame.deadline = frame
            .timeout_ms
            .map(|ms| now.after(Duration::from_millis(ms)));
        frame.phase = Phase::Reply(Pending {
            runner,
            call: id,
            kill_at: None,
        });
        effects.push(Effect::Execute {
            runner,
            call: id,
            params: Box::new(params),
        });
    }

    fn execute_params(
        &mut self,
        ix: StepIx,
        call: &RunnerCall,
        effects: &mut Vec<Effect>,
    ) -> Result<ExecuteParams, String> {
        let plan = Arc::clone(&self.plan);
        let step = plan.step(ix);
        let target = match &call.target_literal {
            Some(target) => Value::clone(target),
            None => call
                .target
                .render(&self.variables)
                .map_err(|error| format!("target: {error}"))?,
        };
        let mut parameters = Map::new();
        let mut texts = Map::new();
        for (name, template) in &call.parameters {
            match template.render_spelled(&self.variables) {
                Ok(rendered) => {
                    parameters.insert(name.to_string(), rendered.value);
                    texts.insert(name.to_string(), Value::String(rendered.text));
                }
                Err(error) if self.frame().lenient => {
                    self.warn_left_out(&step.name_declared, name, &error, effects);
                    if self.options.required.holds(ix, name) {
                        parameters.insert(name.to_string(), Value::String(String::new()));
                        texts.insert(name.to_string(), Value::String(String::new()));
                    }
                }
                Err(error) => return Err(format!("parameter '{name}': {error}")),
            }
        }
        self.fill(ix, &mut parameters, &mut texts)?;
        let frame = self.frame();
        let (no, attempt, timeout_ms) = (frame.no, frame.attempt, frame.timeout_ms);
        Ok(ExecuteParams {
            run: self.options.run.clone(),
            step: format!("{}#{}", step.path, no.0),
            attempt,
            package: call
                .package
                .and_then(|index| plan.packages.get(index as usize))
                .map(|package| package.ident.name.clone()),
            target,
            parameters,
            parameters_text: texts,
            timeout_ms,
            context: self.options.context.clone(),
        })
    }

    /// Gives a target of .NET the parameters that its step leaves out, as packages expect.
    fn fill(
        &mut self,
        ix: StepIx,
        parameters: &mut Map<String, Value>,
        texts: &mut Map<String, Value>,
    ) -> Result<(), String> {
        let lenient = self.frame().lenient;
        let filled = self.options.filled.iter();
        for (_, name) in filled.filter(|(at, _)| *at == ix) {
            match self.variables.lookup(name) {
                Some(value) => {
                    parameters.insert(name.clone(), value.clone());
                    texts.insert(name.clone(), Value::String(spell(value)));
                }
                // The runner says what it lacks, and the other cleanup steps run.
                None if lenient => {}
                None => {
                    return Err(format!(
                        "parameter '{name}' is not given, and there is no variable of that name"
                    ));
                }
            }
        }
        Ok(())
    }

    fn warn_left_out(
        &self,
        step: &str,
        parameter: &str,
        error: &ExprError,
        effects: &mut Vec<Effect>,
    ) {
        let message =
            format!("cleanup step '{step}' runs without parameter '{parameter}': {error}");
        self.log(Level::Warning, message, effects);
    }

    /// Unsets `result` and what this step wrote before, so that a missing answer is never judged
    /// by an old value. What its own `outputs` read stays, or no loop could add up.
    pub(super) fn forget_written(&mut self, ix: StepIx) {
        let written = std::mem::take(&mut self.frame().written);
        if self.variables.unset("result").is_some() {
            self.frame().forgotten.push("result".to_owned());
        }
        if written.is_empty() {
            return;
        }
        let plan = Arc::clone(&self.plan);
        let outputs = &plan.step(ix).outputs;
        let read: Vec<String> = outputs
            .iter()
            .flat_map(|(_, template)| template.names())
            .collect();
        for name in written {
            let adds_up = read.contains(&name) && outputs.iter().any(|(own, _)| **own == *name);
            if !adds_up && self.variables.unset(&name).is_some() {
                self.frame().forgotten.push(name);
            }
        }
    }
}

/// A number by the one grammar of the program.
fn number(value: &Value) -> Option<f64> {
    Number::read(value).ok().map(|number| number.to_f64())
}

/// A limit in milliseconds, rounded up.
fn milliseconds(
    declared: &ValueTemplate,
    variables: &crate::expr::Variables,
) -> Result<u64, String> {
    let value = declared
        .render(variables)
        .map_err(|error| error.to_string())?;
    match number(&value) {
        Some(ms) if ms > 0.0 && ms <= 1e12 => Ok(ms.ceil() as u64),
        _ => Err(format!("'{}' is not a positive number", spell(&value))),
    }
}
