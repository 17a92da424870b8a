//! Questions to the operator: asking, answering, withdrawing.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::deadline::Shift;
use super::frame::{Frame, Phase, Question};
use super::input::{Effect, RunnerQuestion};
use super::judge::text_of;
use super::machine::Engine;
use super::outcome::{Cause, Outcome};
use crate::check::below;
use crate::event::{AbortCause, Event, Level, OperatorChanged, OperatorSource, Timestamp};
use crate::measure::{Number, Operand};
use crate::plan::{InputDecl, PromptDecl, ValueTemplate};
use crate::prompt::{
    Action, Answer, Button, Input as Field, InputMode, OnTimeout, Picture, Prompt, judge,
};
use crate::verdict::Verdict;

/// The variable that names who is there.
const OPERATOR_ID: &str = "exec.operator_id";

impl Engine {
    /// Asks the question of the step on top.
    pub(super) fn open_prompt(
        &mut self,
        declared: &PromptDecl,
        now: Timestamp,
        effects: &mut Vec<Effect>,
    ) {
        match self.render_prompt(declared) {
            Ok(prompt) => {
                self.go(Phase::Prompt);
                self.ask(prompt, None, now, effects);
            }
            Err(reason) => self.abort_attempt(reason),
        }
    }

    /// Test code asks: answered like a step's own question, but told to the runner.
    pub(super) fn on_runner_asked(
        &mut self,
        question: RunnerQuestion,
        now: Timestamp,
        effects: &mut Vec<Effect>,
    ) {
        let RunnerQuestion {
            runner,
            call,
            request,
            params,
        } = question;
        let waiting = self
            .pending()
            .is_some_and(|pending| pending.call == call && pending.kill_at.is_none());
        let asked = if !waiting || self.open_question().is_some() {
            Err("another question is open, or the call is over".to_owned())
        } else if !self.options.unattended && !self.options.somebody {
            Err("nobody is there to answer: run with a terminal, or with --unattended".to_owned())
        } else {
            self.prompt_of_runner(&params)
        };
        match asked {
            Ok(prompt) => self.ask(prompt, Some((runner, request)), now, effects),
            Err(reason) => effects.push(Effect::RefuseRunner {
                runner,
                request,
                reason,
            }),
        }
    }

    fn prompt_of_runner(
        &mut self,
        params: &maestro_protocol::PromptParams,
    ) -> Result<Prompt, String> {
        let block = serde_json::to_value(params).map_err(|error| error.to_string())?;
        let mut prompt = Prompt::from_request(&self.next_prompt_id(), &block)?;
        let image = prompt.image.as_ref();
        prompt.picture = image.and_then(|image| picture(&self.plan.root, image));
        Ok(prompt)
    }

    /// Makes a question visible, or answers it at once where nobody will.
    fn ask(
        &mut self,
        prompt: Prompt,
        asker: Option<(crate::plan::RunnerIx, maestro_protocol::RequestId)>,
        now: Timestamp,
        effects: &mut Vec<Effect>,
    ) {
        let own_limit = match asker {
            None => self.frame().timeout_ms,
            Some(_) => None,
        };
        let limit = [
            prompt
                .timeout_s
                .map(|s| Duration::from_secs_f64(s.clamp(0.0, 1e9))),
            own_limit.map(Duration::from_millis),
        ];
        let deadline = limit
            .into_iter()
            .flatten()
            .min()
            .map(|limit| now.after(limit));
        let no = self.frame().no;
        effects.push(Effect::Publish(Event::PromptOpened {
            step: no,
            prompt: Box::new(prompt.clone()),
        }));
        let invented = if self.options.unattended {
            let answer = prompt.unattended_answer();
            let message = prompt.unattended_warning(&answer);
            self.log(Level::Warning, message, effects);
            Some(answer)
        } else if self.options.somebody {
            None
        } else {
            Some(prompt.timeout_answer())
        };
        self.frame().question = Some(Question {
            prompt: Box::new(prompt),
            since: now,
            deadline,
            asker,
        });
        if let Some(answer) = invented {
            self.on_answer(answer, now, effects);
        }
    }

    /// An answer came in; one to another question is refused.
    pub(super) fn on_answer(&mut self, answer: Answer, now: Timestamp, effects: &mut Vec<Effect>) {
        let open = self
            .open_question()
            .map(|question| question.prompt.id.clone());
        if open.as_deref() != Some(&*answer.prompt_id) {
            let message = format!("answer to question {} refused: not open", answer.prompt_id);
            self.log(Level::Warning, message, effects);
            return;
        }
        let Some(question) = self.close_question(now) else {
            return;
        };
        effects.push(Effect::Publish(Event::PromptAnswered {
            step: self.frame().no,
            answer: Box::new(answer.clone()),
        }));
        self.frame().outcome.unattended |= answer.unattended;
        match question.asker {
            Some((runner, request)) => {
                if answer.action == Some(Action::Abort) {
                    let reason = button_reason(&answer);
                    let frame = self.frame();
                    frame.aborted = true;
                    frame.outcome.worsen(Verdict::Aborted, reason);
                    self.abort_by_answer(&question.prompt, &answer, effects);
                }
                let answer = Box::new(answer);
                effects.push(Effect::AnswerRunner {
                    runner,
                    request,
                    answer,
                });
            }
            None => self.settle(&question.prompt, &answer, effects),
        }
    }

    /// The verdict of a prompt step.
    fn settle(&mut self, prompt: &Prompt, answer: &Answer, effects: &mut Vec<Effect>) {
        let judged = judge(prompt, answer);
        let mut outcome = Outcome {
            answered: true,
            ..Outcome::default()
        };
        outcome.unattended = answer.unattended;
        for (name, value) in judged.variables {
            if name.starts_with("exec.prompt.") {
                self.variables.assign(&name, value);
            } else {
                // Refused where the name is reserved, which is told when the outputs are published.
                let _: bool = self.variables.set(name.as_str(), value.clone());
                outcome.outputs.insert(name, value);
            }
        }
        if judged.verdict != Verdict::Pass {
            let reason = judged.reason.unwrap_or_else(|| button_reason(answer));
            outcome.verdict = Some(judged.verdict);
            outcome.reason = Some(reason);
        }
        outcome.measurements.extend(judged.measurement);
        if judged.verdict == Verdict::Aborted {
            outcome.cause = Cause::Person;
            outcome.answered = false;
            self.frame().aborted = true;
            self.abort_by_answer(prompt, answer, effects);
        }
        let frame = self.frame();
        frame.outcome = outcome;
        frame.phase = Phase::Judge;
    }

    fn abort_by_answer(&mut self, prompt: &Prompt, answer: &Answer, effects: &mut Vec<Effect>) {
        let title = prompt.title.as_deref().unwrap_or(&prompt.message);
        let by = answer.by.clone().unwrap_or_else(|| "operator".to_owned());
        let (cause, message) = if answer.timed_out {
            (
                AbortCause::StepTimeout,
                format!("nobody answered '{title}' in time"),
            )
        } else {
            (
                AbortCause::Prompt,
                format!("{} at '{title}'", button_reason(answer)),
            )
        };
        self.begin_abort(cause, &by, message, effects);
    }

    /// Takes the open question away; the time that it was open counts for no limit.
    fn close_question(&mut self, now: Timestamp) -> Option<Question> {
        let Some(Frame::Step(frame)) = self.stack.last_mut() else {
            return None;
        };
        let question = frame.question.take()?;
        let open = now.since(question.since);
        frame.prompt_us += open.as_micros() as u64;
        // The time of a cleanup step counts for no policy anyway: its end says so.
        let what = if self.is_inside_cleanup() {
            Shift::Steps
        } else {
            Shift::All
        };
        self.shift_deadlines(open, what);
        Some(question)
    }

    /// The question is pointless now: front ends take it down.
    pub(super) fn withdraw_question(
        &mut self,
        reason: &str,
        now: Timestamp,
        effects: &mut Vec<Effect>,
    ) {
        let Some(question) = self.close_question(now) else {
            return;
        };
        effects.push(Effect::Publish(Event::PromptWithdrawn {
            step: self.frame().no,
            prompt: question.prompt.id.clone(),
            reason: reason.to_owned(),
        }));
        if let Some((runner, request)) = question.asker {
            let reason = reason.to_owned();
            effects.push(Effect::RefuseRunner {
                runner,
                request,
                reason,
            });
        }
    }

    pub(super) fn on_question_deadline(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let expired = self
            .open_question()
            .is_some_and(|question| question.deadline.is_some_and(|deadline| deadline <= now));
        if expired {
            self.answer_by_timeout(now, effects);
        }
    }

    /// Another person is at the station: steps that follow are told, and the record.
    pub(super) fn on_operator(
        &mut self,
        to: String,
        source: OperatorSource,
        front_end: String,
        effects: &mut Vec<Effect>,
    ) {
        let from = self.options.context.operator.replace(to.clone());
        if from.as_deref() == Some(&*to) {
            return;
        }
        self.variables
            .assign(OPERATOR_ID, Value::String(to.clone()));
        effects.push(Effect::Publish(Event::OperatorChanged(OperatorChanged {
            step: self.current_step(),
            from,
            to,
            source,
            front_end,
        })));
    }

    /// Open and later questions end as timed out, and a held run ends.
    pub(super) fn on_nobody_left(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        self.options.somebody = false;
        if self.is_held() {
            return self.abandon(now, effects);
        }
        if self.open_question().is_some() {
            self.log(Level::Warning, "the last front end is gone", effects);
            self.answer_by_timeout(now, effects);
        }
    }

    fn answer_by_timeout(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if let Some(answer) = self
            .open_question()
            .map(|open| open.prompt.timeout_answer())
        {
            self.on_answer(answer, now, effects);
        }
    }

    /// The question that is on the screen; only the step on top has one.
    pub(super) fn open_question(&self) -> Option<&Question> {
        match self.stack.last() {
            Some(Frame::Step(frame)) => frame.question.as_ref(),
            _ => None,
        }
    }

    fn next_prompt_id(&mut self) -> String {
        self.last_prompt += 1;
        self.last_prompt.to_string()
    }

    fn render_prompt(&mut self, declared: &PromptDecl) -> Result<Prompt, String> {
        let id = self.next_prompt_id();
        let lenient = self.frame().lenient;
        let variables = &self.variables;
        let text = |template: &ValueTemplate, field: &str| {
            text_of(template, variables, lenient).map_err(|error| format!("{field}: {error}"))
        };
        let optional = |template: &Option<ValueTemplate>, field: &str| {
            template
                .as_ref()
                .map(|template| text(template, field))
                .transpose()
        };
        let mut buttons = Vec::new();
        for button in &declared.buttons {
            let name = text(&button.name, "button")?;
            buttons.push(Button {
                name,
                action: button.action,
                automatic: false,
            });
        }
        let timeout_s = match optional(&declared.timeout_s, "timeout_s")? {
            None => None,
            // A question of cleanup whose limit cannot be rendered is asked without one.
            Some(text) if lenient && text.is_empty() => None,
            Some(text) => Some(
                Number::parse(&text)
                    .map(|number| number.to_f64())
                    .ok_or_else(|| format!("timeout_s: '{text}' is not a number"))?,
            ),
        };
        let input = declared
            .input
            .as_ref()
            .map(|input| render_input(input, variables, lenient))
            .transpose()?;
        let image = optional(&declared.image, "image")?;
        let root = self.plan.packages.get(declared.package as usize);
        let picture = image.as_ref().and_then(|image| picture(&root?.root, image));
        Ok(Prompt {
            id,
            title: optional(&declared.title, "title")?,
            message: text(&declared.message, "message")?,
            image,
            picture,
            buttons,
            default_button: optional(&declared.default_button, "default_button")?,
            input,
            timeout_s,
            on_timeout: declared
                .on_timeout
                .as_deref()
                .map(OnTimeout::parse)
                .unwrap_or_default(),
            manual: declared.manual,
        }
        .normalized())
    }
}

fn render_input(
    declared: &InputDecl,
    variables: &crate::expr::Variables,
    lenient: bool,
) -> Result<Field, String> {
    let operand = |template: &Option<ValueTemplate>| {
        template.as_ref().map(|template| Operand {
            declared: template.declared(),
            value: template
                .render(variables)
                .map_err(|error| error.to_string()),
        })
    };
    let value = |template: &ValueTemplate, field: &str| match template.render(variables) {
        Err(_) if lenient => Ok(Value::from("")),
        rendered => rendered.map_err(|error| format!("input.{field}: {error}")),
    };
    let mut options = Vec::new();
    for option in &declared.options {
        match value(option, "options")? {
            Value::Array(items) if declared.options.len() == 1 => options.extend(items),
            item => options.push(item),
        }
    }
    Ok(Field {
        mode: InputMode::parse(&declared.mode).unwrap_or_default(),
        variable: declared.variable.clone(),
        low_limit: operand(&declared.low_limit),
        high_limit: operand(&declared.high_limit),
        unit: declared
            .unit
            .as_ref()
            .map(|unit| text_of(unit, variables, lenient))
            .transpose()
            .map_err(|error| format!("input.unit: {error}"))?,
        expected: operand(&declared.expected),
        options,
        pattern: declared
            .pattern
            .as_ref()
            .map(|pattern| pattern_of(pattern, variables))
            .transpose()
            .or_else(|error| if lenient { Ok(None) } else { Err(error) })?,
        default: declared
            .default
            .as_ref()
            .map(|default| value(default, "default"))
            .transpose()?,
        prefill: declared.prefill,
        show_limits: declared.show_limits,
    })
}

/// A pattern that must be a regular expression once it is rendered.
fn pattern_of(
    declared: &ValueTemplate,
    variables: &crate::expr::Variables,
) -> Result<String, String> {
    let pattern = text_of(declared, variables, false).map_err(|e| format!("input.pattern: {e}"))?;
    match regex::Regex::new(&pattern) {
        Ok(_) => Ok(pattern),
        Err(_) => Err(format!(
            "input.pattern: '{pattern}' is no regular expression"
        )),
    }
}

fn button_reason(answer: &Answer) -> String {
    match &answer.button {
        Some(button) => format!("button '{button}'"),
        None => "no answer in time".to_owned(),
    }
}

/// The file of a picture, where it lies inside of the package.
fn picture(root: &Path, image: &str) -> Option<Picture> {
    let path = below(root, image)?;
    Some(Picture {
        path: path.to_string_lossy().into_owned(),
        digest: None,
    })
}
