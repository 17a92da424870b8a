//! What the screen knows of a run: the fold of its events. Holds nothing that is not in them.

use std::collections::VecDeque;

use super::outline::Outline;
use super::tree::Tree;
use crate::event::{
    Envelope, Event, ExecutionReplaced, Level, Mode, RunHeld, StepNo, Timestamp, VariableSet,
    VariableSource,
};
use crate::measure::spell;
use crate::prompt::Prompt;
use crate::record::{KnownVariables, RunRecord};

/// Log lines that are kept for looking at; all of them are in the record of the run.
const LOG_LINES: usize = 5_000;

/// A run as far as it is known.
#[derive(Debug)]
pub(super) struct Run {
    /// `None` before the first event.
    pub(super) record: Option<Box<RunRecord>>,
    pub(super) tree: Tree,
    pub(super) log: VecDeque<LogLine>,
    /// Lines that were noted so far, those included that are no longer kept.
    pub(super) noted: usize,
    /// The newest step that was heard of.
    pub(super) current: Option<StepNo>,
    pub(super) progress: Option<Progress>,
    /// The question that is open.
    pub(super) question: Option<Question>,
    operator: Option<String>,
    /// Failing measurements and steps, in their order.
    pub(super) failing: Vec<StepNo>,
    /// The variables of a run that can be held; of others nobody asks for them.
    pub(super) variables: KnownVariables,
}

/// A line of the log with its step.
#[derive(Debug)]
pub(super) struct LogLine {
    pub(super) at: Timestamp,
    pub(super) step: Option<StepNo>,
    pub(super) level: Level,
    pub(super) text: String,
}

/// How far a step says that it is.
#[derive(Debug)]
pub(super) struct Progress {
    pub(super) step: StepNo,
    pub(super) fraction: f64,
    pub(super) message: Option<String>,
}

/// A question that nobody has answered yet.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) prompt: Box<Prompt>,
    pub(super) opened_at: Timestamp,
}

impl Run {
    pub(super) fn new(outline: &Outline) -> Self {
        Self {
            record: None,
            tree: Tree::new(outline),
            log: VecDeque::new(),
            noted: 0,
            current: None,
            progress: None,
            question: None,
            operator: None,
            failing: Vec::new(),
            variables: KnownVariables::new(),
        }
    }

    /// Takes the next event in.
    pub(super) fn take(&mut self, envelope: Envelope) {
        if self.is_debug() {
            self.variables.fold(&envelope.event);
        }
        self.look_at(&envelope);
        match &mut self.record {
            None => self.record = RunRecord::begin(&envelope).map(Box::new),
            Some(record) => record.take(envelope),
        }
    }

    /// What is shown beside the record.
    fn look_at(&mut self, envelope: &Envelope) {
        match &envelope.event {
            Event::StepStarted(started) => {
                self.current = Some(started.step);
                self.progress = None;
                if self.tree.start(started).is_none() {
                    let what = crate::frontend::text::name_of(started);
                    self.note(envelope.time, Some(started.step), Level::Info, &what);
                }
            }
            Event::StepFinished(finished) => {
                if finished.verdict.is_failing() && !finished.superseded {
                    self.failing.push(finished.step);
                }
                if self
                    .progress
                    .as_ref()
                    .is_some_and(|it| it.step == finished.step)
                {
                    self.progress = None;
                }
                self.tree.finish(finished);
            }
            Event::Progressed {
                step,
                fraction,
                message,
            } => {
                self.progress = Some(Progress {
                    step: *step,
                    fraction: fraction.clamp(0.0, 1.0),
                    message: message.clone(),
                });
            }
            Event::PromptOpened { prompt, .. } => {
                self.question = Some(Question {
                    prompt: prompt.clone(),
                    opened_at: envelope.time,
                });
            }
            Event::PromptAnswered { answer, .. } => self.close_question(&answer.prompt_id),
            Event::PromptWithdrawn { prompt, .. } => self.close_question(prompt),
            Event::ExecutionReplaced(replaced) => self.replace(*replaced, envelope.time),
            event => self.fold_remark(event, envelope.time),
        }
    }

    /// What failed in an execution that is replaced has not failed, and took no time.
    fn replace(&mut self, replaced: ExecutionReplaced, at: Timestamp) {
        let tree = &mut self.tree;
        if let Some(record) = &self.record {
            (replaced.first.0..=replaced.last.0)
                .filter_map(|no| record.step(StepNo(no))?.finished.as_ref())
                .for_each(|finished| tree.forget_time(finished));
        }
        self.failing.retain(|step| {
            let is_replaced = replaced.holds(*step);
            if is_replaced {
                tree.forget_failure(*step);
            }
            !is_replaced
        });
        let text = "run again by hand: the result before does not count";
        self.note(at, Some(replaced.last), Level::Warning, text);
    }

    /// What becomes a line of the log.
    fn fold_remark(&mut self, event: &Event, at: Timestamp) {
        match event {
            Event::Logged {
                step,
                level,
                source,
                message,
            } => self.note(at, *step, *level, &format!("{source}: {message}")),
            Event::AttemptFinished(attempt) => {
                let reason = attempt.reason.as_deref().unwrap_or_default();
                let text = format!("attempt {}: {} {reason}", attempt.attempt, attempt.verdict);
                self.note(at, Some(attempt.step), Level::Warning, &text);
            }
            Event::AbortBegan {
                step, message, by, ..
            } => {
                let text = format!("abort by {by}: {message}");
                self.note(at, *step, Level::Error, &text);
            }
            Event::RunnerStarted(facts) => {
                let text = format!("{}: {} started", facts.runner, facts.runtime);
                self.note(at, None, Level::Debug, &text);
            }
            Event::RunnerStopped { runner, reason, .. } => {
                let text = format!("{runner}: stopped: {reason}");
                self.note(at, None, Level::Debug, &text);
            }
            Event::VariableSet(set) if set.source == VariableSource::Hand => {
                for line in set_lines(set) {
                    self.note(at, self.current, Level::Warning, &line);
                }
            }
            Event::RunStarted(started) => self.operator.clone_from(&started.operator_id),
            Event::OperatorChanged(changed) => {
                self.operator = Some(changed.to.clone());
                let text = format!("operator: {}", changed.to);
                self.note(at, None, Level::Info, &text);
            }
            Event::SuspensionNoticed { gap_ms } => {
                let text = format!("the computer stood still for {gap_ms} ms");
                self.note(at, None, Level::Warning, &text);
            }
            _ => {}
        }
    }

    fn note(&mut self, at: Timestamp, step: Option<StepNo>, level: Level, text: &str) {
        for line in text.lines() {
            if self.log.len() == LOG_LINES {
                self.log.pop_front();
            }
            self.noted += 1;
            self.log.push_back(LogLine {
                at,
                step,
                level,
                text: line.to_owned(),
            });
        }
    }

    fn close_question(&mut self, id: &str) {
        self.question.take_if(|question| question.prompt.id == id);
    }

    /// The hold that goes on. A held unit may be left alone.
    pub(super) fn hold(&self) -> Option<&RunHeld> {
        let hold = self.record.as_ref()?.open_hold()?;
        Some(&hold.held)
    }

    /// Who is at the station now.
    pub(super) fn operator(&self) -> Option<&str> {
        self.operator.as_deref()
    }

    /// Whether the run can be held.
    pub(super) fn is_debug(&self) -> bool {
        let record = self.record.as_ref();
        record.is_some_and(|record| record.started.mode == Mode::Debug)
    }

    /// Whether the abort has begun.
    pub(super) fn is_aborting(&self) -> bool {
        self.record
            .as_ref()
            .is_some_and(|record| record.abort.is_some())
    }

    /// Steps that the plan holds.
    pub(super) fn planned(&self) -> u32 {
        self.record
            .as_ref()
            .map_or(0, |record| record.started.steps_planned)
    }
}

fn set_lines(set: &VariableSet) -> Vec<String> {
    let values = set.values.iter();
    values
        .map(|(name, value)| format!("{name} = {} set by hand", spell(value)))
        .collect()
}
