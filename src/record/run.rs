//! A whole run.

use std::collections::HashMap;

use serde_json::Value;

use super::{Annotation, HoldRecord, StepRecord};
use crate::event::{
    AbortCause, DefinitionPart, Envelope, Event, Level, RunFinished, RunId, RunStarted, RunStatus,
    RunnerFacts, StepFinished, StepNo, Timestamp,
};
use crate::prompt::{Answer, Prompt};
use crate::verdict::Verdict;

/// Everything that is known of a run.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RunRecord {
    pub(crate) started: Box<RunStarted>,
    pub(crate) started_at: Timestamp,
    /// Steps in the order in which they started, by [`StepNo`].
    pub(crate) steps: Vec<StepRecord>,
    pub(crate) prompts: Vec<PromptRecord>,
    pub(crate) logs: Vec<LogRecord>,
    pub(crate) runners: Vec<RunnerFacts>,
    /// Which definitions took part; their texts stay in the journal and the stores.
    pub(crate) definitions: Vec<DefinitionRecord>,
    /// Facts that were found later, in the order of their arrival.
    pub(crate) facts: Vec<(String, Value)>,
    /// Times at which the run was held, in their order.
    pub(crate) holds: Vec<HoldRecord>,
    pub(crate) abort: Option<AbortRecord>,
    /// What was said of it afterwards, in that order; no event tells of it, stores know it.
    pub(crate) annotations: Vec<Annotation>,
    /// `None` while the run is going on.
    pub(crate) finished: Option<Box<RunFinished>>,
    pub(crate) ended_at: Option<Timestamp>,
    /// Time of the newest event.
    pub(crate) last_seen_at: Timestamp,
    /// Number of the newest event.
    pub(crate) last_seq: u64,
    /// Position of each step in `steps`.
    index: StepIndex,
}

impl RunRecord {
    /// Begins a record; `None` unless the event is `RunStarted`.
    pub(crate) fn begin(envelope: &Envelope) -> Option<Self> {
        let Event::RunStarted(started) = &envelope.event else {
            return None;
        };
        let mut record = Self::from_head(started.clone(), envelope.time);
        record.last_seq = envelope.seq;
        Some(record)
    }

    /// A record that holds nothing but the beginning of its run; stores fill in the rest.
    pub(crate) fn from_head(started: Box<RunStarted>, started_at: Timestamp) -> Self {
        Self {
            started,
            started_at,
            steps: Vec::new(),
            prompts: Vec::new(),
            logs: Vec::new(),
            runners: Vec::new(),
            definitions: Vec::new(),
            facts: Vec::new(),
            holds: Vec::new(),
            abort: None,
            annotations: Vec::new(),
            finished: None,
            ended_at: None,
            last_seen_at: started_at,
            last_seq: 0,
            index: StepIndex::default(),
        }
    }

    /// Folds a whole run, as a test has one; `None` where no event is `RunStarted`.
    #[cfg(test)]
    pub(crate) fn from_events<'a>(events: impl IntoIterator<Item = &'a Envelope>) -> Option<Self> {
        let mut events = events.into_iter();
        let mut record = events.find_map(Self::begin)?;
        for envelope in events {
            record.fold(envelope);
        }
        Some(record)
    }

    /// Takes the next event in.
    pub(crate) fn fold(&mut self, envelope: &Envelope) {
        self.note(envelope.seq, envelope.time);
        match &envelope.event {
            Event::RunStarted(_)
            | Event::RunnerStopped { .. }
            | Event::Progressed { .. }
            | Event::SuspensionNoticed { .. } => {}
            Event::DefinitionRecorded(part) => self.fold_definition(part),
            Event::FactFound { name, value } => self.facts.push((name.clone(), value.clone())),
            Event::VariableSet(set) => {
                if let Some(value) = set.fact() {
                    self.facts.push((VARIABLE_SET.to_owned(), value));
                }
            }
            Event::OperatorChanged(_) => {
                // An event serialises always: the journal holds it as text.
                let value = serde_json::to_value(&envelope.event).unwrap_or_default();
                self.facts.push((OPERATOR_CHANGED.to_owned(), value));
            }
            Event::RunHeld(held) => self.holds.push(HoldRecord::begin(held, envelope.time)),
            Event::HoldCommanded(commanded) => {
                if let Some(overrides) = &commanded.overrides {
                    self.started.overrides.clone_from(overrides);
                }
                let mut holds = self.holds.iter_mut().rev();
                if let Some(hold) = holds.find(|hold| hold.held.hold == commanded.hold) {
                    hold.commanded = Some((envelope.time, commanded.clone()));
                }
            }
            Event::ExecutionReplaced(replaced) => {
                for step in self.steps.iter_mut().rev() {
                    if replaced.holds(step.no())
                        && let Some(finished) = &mut step.finished
                    {
                        finished.superseded = true;
                    }
                }
            }
            Event::RunnerStarted(facts) => self.runners.push(facts.clone()),
            Event::PromptOpened { .. }
            | Event::PromptAnswered { .. }
            | Event::PromptWithdrawn { .. } => self.fold_prompt(envelope),
            Event::Logged {
                step,
                level,
                source,
                message,
            } => self.logs.push(LogRecord {
                at: envelope.time,
                step: *step,
                level: *level,
                source: source.clone(),
                message: message.clone(),
            }),
            Event::AbortBegan {
                step,
                cause,
                by,
                message,
            } => {
                self.abort.get_or_insert_with(|| AbortRecord {
                    at: envelope.time,
                    step: *step,
                    cause: *cause,
                    by: by.clone(),
                    message: message.clone(),
                });
            }
            Event::RunFinished(finished) => {
                self.finished = Some(finished.clone());
                self.ended_at = Some(self.end_of(finished));
            }
            Event::StepStarted(_)
            | Event::AttemptFinished(_)
            | Event::StepFinished(_)
            | Event::ArtifactStored { .. } => self.fold_step(envelope),
        }
    }

    /// Takes the next event in and keeps it: what a run is made of most is not copied.
    pub(crate) fn take(&mut self, envelope: Envelope) {
        match envelope.event {
            Event::StepStarted(started) => {
                self.note(envelope.seq, envelope.time);
                self.add_step(StepRecord::begin(*started, envelope.time));
            }
            Event::StepFinished(finished) => {
                self.note(envelope.seq, envelope.time);
                self.finish_step(*finished, envelope.time);
            }
            _ => self.fold(&envelope),
        }
    }

    /// The run's identity.
    pub(crate) fn id(&self) -> RunId {
        self.started.run
    }

    /// The verdict of the run, once it ended.
    pub(crate) fn verdict(&self) -> Option<Verdict> {
        self.finished.as_ref().map(|finished| finished.verdict)
    }

    /// The hold that goes on, if one does.
    pub(crate) fn open_hold(&self) -> Option<&HoldRecord> {
        let last = self.holds.last()?;
        (last.commanded.is_none() && self.finished.is_none()).then_some(last)
    }

    /// The time that the run was held, up to `now`.
    pub(crate) fn held_us(&self, now: Timestamp) -> u64 {
        let open = self
            .open_hold()
            .map_or(0, |hold| now.since(hold.at).as_micros() as u64);
        self.holds.iter().map(HoldRecord::held_us).sum::<u64>() + open
    }

    /// Whether the run is going on, as far as its events say.
    pub(crate) fn status(&self) -> RunStatus {
        self.finished
            .as_ref()
            .map_or(RunStatus::Running, |finished| finished.status)
    }

    /// The record of a step.
    pub(crate) fn step(&self, no: StepNo) -> Option<&StepRecord> {
        self.index.0.get(&no).map(|&place| &self.steps[place])
    }

    /// The record of a step, to be filled in by a store.
    pub(crate) fn step_mut(&mut self, no: StepNo) -> Option<&mut StepRecord> {
        let place = *self.index.0.get(&no)?;
        Some(&mut self.steps[place])
    }

    /// Adds a step; a number that is known already is left alone.
    pub(crate) fn add_step(&mut self, step: StepRecord) {
        let place = self.steps.len();
        if let std::collections::hash_map::Entry::Vacant(entry) = self.index.0.entry(step.no()) {
            entry.insert(place);
            self.steps.push(step);
        }
    }

    /// The steps directly under `parent`; `None` stands for the run itself.
    pub(crate) fn children(&self, parent: Option<StepNo>) -> impl Iterator<Item = &StepRecord> {
        self.steps
            .iter()
            .filter(move |step| step.started.parent == parent)
    }

    /// A part of the journal could not be read, so that the record may lack events.
    pub(crate) fn is_damaged(&self) -> bool {
        self.facts.iter().any(|(name, _)| name == DAMAGED)
    }

    /// When the run came to its end. An interrupted run is closed long after it died, so that the
    /// duration counts and not the time of the event.
    fn end_of(&self, finished: &RunFinished) -> Timestamp {
        self.started_at
            .after(std::time::Duration::from_micros(finished.duration_us))
    }

    /// Notes how far the events got.
    fn note(&mut self, seq: u64, at: Timestamp) {
        self.last_seq = self.last_seq.max(seq);
        self.last_seen_at = self.last_seen_at.max(at);
    }

    fn finish_step(&mut self, mut finished: StepFinished, at: Timestamp) {
        if let Some(step) = self.step_mut(finished.step) {
            finished.unset.clear();
            step.finished = Some(finished);
            step.ended_at = Some(at);
        }
    }

    fn fold_step(&mut self, envelope: &Envelope) {
        match &envelope.event {
            Event::StepStarted(started) => {
                self.add_step(StepRecord::begin((**started).clone(), envelope.time));
            }
            Event::AttemptFinished(attempt) => {
                if let Some(step) = self.step_mut(attempt.step) {
                    let mut attempt = (**attempt).clone();
                    attempt.unset.clear();
                    step.attempts.push(attempt);
                }
            }
            Event::StepFinished(finished) => {
                self.finish_step((**finished).clone(), envelope.time);
            }
            Event::ArtifactStored { step, artifact } => {
                if let Some(step) = self.step_mut(*step) {
                    step.artifacts.push(artifact.clone());
                }
            }
            _ => {}
        }
    }

    fn fold_prompt(&mut self, envelope: &Envelope) {
        match &envelope.event {
            Event::PromptOpened { step, prompt } => self.prompts.push(PromptRecord {
                step: *step,
                prompt: prompt.clone(),
                opened_at: envelope.time,
                outcome: None,
            }),
            Event::PromptAnswered { step, answer } => {
                if let Some(prompt) = self.open_prompt(*step, &answer.prompt_id) {
                    prompt.outcome = Some(PromptOutcome::Answered {
                        at: envelope.time,
                        answer: answer.clone(),
                    });
                }
            }
            Event::PromptWithdrawn {
                step,
                prompt,
                reason,
            } => {
                if let Some(prompt) = self.open_prompt(*step, prompt) {
                    prompt.outcome = Some(PromptOutcome::Withdrawn {
                        at: envelope.time,
                        reason: reason.clone(),
                    });
                }
            }
            _ => {}
        }
    }

    /// The open question of a step under that id; ids may come again in a later attempt.
    fn open_prompt(&mut self, step: StepNo, id: &str) -> Option<&mut PromptRecord> {
        self.prompts.iter_mut().rev().find(|prompt| {
            prompt.step == step && prompt.prompt.id == id && prompt.outcome.is_none()
        })
    }

    fn fold_definition(&mut self, part: &DefinitionPart) {
        if part.part == 1 {
            self.definitions.push(DefinitionRecord {
                digest: part.digest.clone(),
                path: part.path.clone(),
                package: part.package.clone(),
            });
        }
    }
}

/// Name of the fact that another person took over.
pub(crate) const OPERATOR_CHANGED: &str = "operator_changed";

/// Name under which variables that were set beside the steps stand among the facts.
pub(crate) const VARIABLE_SET: &str = "variable_set";

/// Name of the fact that a part of the journal could not be read.
pub(crate) const DAMAGED: &str = "damaged";

/// A question and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PromptRecord {
    pub(crate) step: StepNo,
    pub(crate) prompt: Box<Prompt>,
    pub(crate) opened_at: Timestamp,
    /// `None` while the question is open.
    pub(crate) outcome: Option<PromptOutcome>,
}

/// How a question ended.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum PromptOutcome {
    Answered { at: Timestamp, answer: Box<Answer> },
    Withdrawn { at: Timestamp, reason: String },
}

/// A line of the run's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LogRecord {
    pub(crate) at: Timestamp,
    pub(crate) step: Option<StepNo>,
    pub(crate) level: Level,
    pub(crate) source: String,
    pub(crate) message: String,
}

/// A definition that took part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DefinitionRecord {
    pub(crate) digest: String,
    pub(crate) path: String,
    pub(crate) package: Option<String>,
}

/// Why and when the run went into abort mode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AbortRecord {
    pub(crate) at: Timestamp,
    pub(crate) step: Option<StepNo>,
    pub(crate) cause: AbortCause,
    pub(crate) by: String,
    pub(crate) message: String,
}

/// Position of each step by number; left out of comparisons, since it follows from the steps.
#[derive(Debug, Clone, Default)]
struct StepIndex(HashMap<StepNo, usize>);

impl PartialEq for StepIndex {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}
