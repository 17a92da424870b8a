//! Which parts of an event are text that may hold a secret.
//!
//! Every field is named, so that a new one has to be thought about: identities, digests, numbers and
//! words of ours stay as they are, everything that test code, YAML or an operator said is masked.

use super::Masker;
use crate::event::{
    ArtifactRef, AttemptFinished, DefinitionPart, Event, ExecutionReplaced, HoldCommanded,
    OperatorChanged, RunFinished, RunHeld, RunStarted, RunnerFacts, StepError, StepFinished,
    StepStarted, Upcoming, VariableSet,
};
use crate::measure::{Kind, Measurement, Operand};
use crate::prompt::{Answer, Input, OnTimeout, Prompt};

/// An event that holds no secret: the only kind that a recorder takes.
#[derive(Debug)]
pub(in crate::session) struct Masked(Event);

impl Masked {
    /// Masks an event.
    pub(in crate::session) fn by(masker: &Masker, mut event: Event) -> Self {
        if !masker.is_empty() {
            masker.event(&mut event);
        }
        Self(event)
    }

    /// For those who take parts of it out; nothing may be added that was not masked.
    pub(in crate::session) const fn event_mut(&mut self) -> &mut Event {
        &mut self.0
    }

    pub(in crate::session) fn into_event(self) -> Event {
        self.0
    }
}

impl Masker {
    fn event(&self, event: &mut Event) {
        match event {
            Event::RunStarted(started) => self.run_started(started),
            Event::DefinitionRecorded(part) => {
                let DefinitionPart {
                    digest: _,
                    path: _,
                    package: _,
                    part: _,
                    parts: _,
                    text,
                } = part;
                self.text(text);
            }
            Event::FactFound { name, value } => {
                self.text(name);
                self.value(value);
            }
            Event::RunnerStarted(facts) => {
                let RunnerFacts {
                    runner: _,
                    generation: _,
                    pid: _,
                    name,
                    version,
                    runtime,
                    start_ms: _,
                } = facts;
                self.texts([name, version, runtime]);
            }
            Event::StepStarted(started) => self.step_started(started),
            Event::AttemptFinished(finished) => self.attempt_finished(finished),
            Event::StepFinished(finished) => self.step_finished(finished),
            Event::PromptOpened { step: _, prompt } => self.prompt(prompt),
            Event::PromptAnswered { step: _, answer } => self.answer(answer),
            Event::RunnerStopped {
                runner: _,
                generation: _,
                reason: text,
            }
            | Event::PromptWithdrawn {
                step: _,
                prompt: _,
                reason: text,
            }
            | Event::Logged {
                step: _,
                level: _,
                source: _,
                message: text,
            } => self.text(text),
            Event::VariableSet(set) => {
                let VariableSet {
                    step: _,
                    source: _,
                    values,
                } = &mut **set;
                self.map(values);
            }
            Event::Progressed {
                step: _,
                fraction: _,
                message,
            } => self.maybe(message),
            Event::ArtifactStored { step: _, artifact } => self.artifact(artifact),
            Event::OperatorChanged(changed) => self.operator_changed(changed),
            Event::RunHeld(held) => self.run_held(held),
            Event::HoldCommanded(commanded) => {
                let HoldCommanded {
                    hold: _,
                    command: _,
                    by: _,
                    front_end: _,
                    held_us: _,
                    overrides,
                } = &mut **commanded;
                if let Some(overrides) = overrides {
                    self.map(overrides);
                }
            }
            Event::ExecutionReplaced(ExecutionReplaced { first: _, last: _ })
            | Event::SuspensionNoticed { gap_ms: _ } => {}
            Event::AbortBegan {
                step: _,
                cause: _,
                by,
                message,
            } => {
                self.text(by);
                self.text(message);
            }
            Event::RunFinished(finished) => self.run_finished(finished),
        }
    }

    fn run_started(&self, started: &mut RunStarted) {
        let RunStarted {
            run: _,
            test_name,
            test_version,
            device,
            packages: _,
            definition_digest: _,
            definition_path: _,
            serial_number: _,
            operator_id: _,
            operator_source: _,
            station_id: _,
            slot: _,
            host: _,
            fixture_id: _,
            mode: _,
            overrides,
            unattended: _,
            tags,
            config_snapshot,
            clock_suspect: _,
            steps_planned: _,
            engine_version: _,
            pid: _,
        } = started;
        self.text(test_name);
        self.text(test_version);
        self.maybe(device);
        for map in [overrides, tags, config_snapshot] {
            self.map(map);
        }
    }

    fn run_held(&self, held: &mut RunHeld) {
        let RunHeld {
            hold: _,
            because: _,
            after: _,
            next,
        } = held;
        match next {
            Upcoming::Step {
                position: _,
                path,
                name,
                kind: _,
            }
            | Upcoming::Ended {
                path,
                name,
                verdict: _,
            } => self.texts([path, name]),
            Upcoming::Abort { message } => self.text(message),
            Upcoming::End { verdict: _ } | Upcoming::Other => {}
        }
    }

    fn run_finished(&self, finished: &mut RunFinished) {
        let RunFinished {
            verdict: _,
            status: _,
            abort_cause: _,
            abort_reason,
            aborted_by,
            cleanup: _,
            forced: _,
            unattended: _,
            duration_us: _,
            held_ms: _,
            error,
            counts: _,
        } = finished;
        self.texts([abort_reason, aborted_by, error].into_iter().flatten());
    }

    fn step_started(&self, started: &mut StepStarted) {
        let StepStarted {
            step: _,
            parent: _,
            position: _,
            path,
            section: _,
            name,
            name_declared,
            kind: _,
            runner: _,
            target,
            iteration: _,
            execution_no: _,
        } = started;
        self.text(path);
        self.text(name);
        self.maybe(name_declared);
        if let Some(target) = target {
            self.value(target);
        }
    }

    fn step_finished(&self, finished: &mut StepFinished) {
        let StepFinished {
            step: _,
            verdict: _,
            true_verdict: _,
            reason,
            skip_reason: _,
            error,
            duration_us: _,
            prompt_ms: _,
            held_ms: _,
            attempts: _,
            timeout_ms: _,
            parameters,
            outputs,
            published,
            unset,
            measurements,
            unattended: _,
            superseded: _,
        } = finished;
        self.maybe(reason);
        self.error(error);
        if let Some(parameters) = parameters {
            self.map(parameters);
        }
        self.map(outputs);
        self.map(published);
        self.texts(unset);
        for measured in measurements {
            self.measurement(measured);
        }
    }

    fn attempt_finished(&self, finished: &mut AttemptFinished) {
        let AttemptFinished {
            step: _,
            attempt: _,
            verdict: _,
            reason,
            error,
            started_at: _,
            duration_us: _,
            outputs,
            unset,
            measurements,
        } = finished;
        self.maybe(reason);
        self.error(error);
        self.map(outputs);
        self.texts(unset);
        for measured in measurements {
            self.measurement(measured);
        }
    }

    fn error(&self, error: &mut Option<StepError>) {
        if let Some(StepError {
            kind,
            message,
            traceback,
        }) = error
        {
            self.text(kind);
            self.text(message);
            self.maybe(traceback);
        }
    }

    /// The text of a number is a number; of an array too, whose elements are numbers.
    fn measurement(&self, measurement: &mut Measurement) {
        let Measurement {
            position: _,
            name,
            kind,
            origin: _,
            actual_value,
            actual_text,
            raw_value,
            raw_unit,
            low_limit: _,
            high_limit: _,
            target: _,
            tolerance: _,
            low_limit_declared,
            high_limit_declared,
            target_declared,
            tolerance_declared,
            expected,
            expected_declared,
            limits_source: _,
            operator: _,
            unit,
            verdict: _,
            reason,
            flags: _,
        } = measurement;
        self.text(name);
        let declared = [
            low_limit_declared,
            high_limit_declared,
            target_declared,
            tolerance_declared,
        ];
        for text in declared.into_iter().flatten() {
            self.unless_number(text);
        }
        for text in [actual_text, raw_value].into_iter().flatten() {
            match (*kind, *actual_value) {
                (Kind::String, _) => self.text(text),
                (Kind::Array, Some(_)) => {}
                _ => self.unless_number(text),
            }
        }
        let rest = [raw_unit, expected, expected_declared, unit, reason];
        self.texts(rest.into_iter().flatten());
    }

    fn artifact(&self, artifact: &mut ArtifactRef) {
        // The path was made of a name that is masked already.
        let ArtifactRef {
            name,
            path,
            media_type,
            digest: _,
            size: _,
        } = artifact;
        self.texts([name, path, media_type]);
    }

    fn operator_changed(&self, changed: &mut OperatorChanged) {
        let OperatorChanged {
            step: _,
            from,
            to,
            source: _,
            front_end: _,
        } = changed;
        self.maybe(from);
        self.text(to);
    }

    fn prompt(&self, prompt: &mut Prompt) {
        let Prompt {
            id: _,
            title,
            message,
            image,
            picture,
            buttons,
            default_button,
            input,
            timeout_s: _,
            on_timeout,
            manual: _,
        } = prompt;
        self.text(message);
        self.texts([title, image, default_button].into_iter().flatten());
        self.texts(picture.iter_mut().map(|picture| &mut picture.path));
        self.texts(buttons.iter_mut().map(|button| &mut button.name));
        if let OnTimeout::Button(name) = on_timeout {
            self.text(name);
        }
        if let Some(input) = input {
            self.input(input);
        }
    }

    fn input(&self, input: &mut Input) {
        let Input {
            mode: _,
            variable,
            low_limit,
            high_limit,
            unit,
            expected,
            options,
            pattern,
            default,
            prefill: _,
            show_limits: _,
        } = input;
        self.texts([variable, unit, pattern].into_iter().flatten());
        for Operand { declared, value } in [low_limit, high_limit, expected].into_iter().flatten() {
            self.text(declared);
            match value {
                Ok(value) => self.value(value),
                Err(reason) => self.text(reason),
            }
        }
        for value in options.iter_mut().chain(default) {
            self.value(value);
        }
    }

    fn answer(&self, answer: &mut Answer) {
        let Answer {
            prompt_id: _,
            button,
            action: _,
            raw,
            value,
            by: _,
            front_end: _,
            unattended: _,
            timed_out: _,
        } = answer;
        self.maybe(button);
        if let Some(raw) = raw {
            match value {
                Some(serde_json::Value::Number(_)) => {}
                _ => self.text(raw),
            }
        }
        if let Some(value) = value {
            self.value(value);
        }
    }
}
