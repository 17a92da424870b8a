//! What a run looks like, folded from its events; the history query trait.
//!
//! A [`RunRecord`] is the one answer to "what happened": recovery folds it from a journal, stores
//! rebuild it from their rows, reports and `maestro results` render it. Folding never decides
//! anything (verdicts come with the events), never fails, and takes events in the order of their
//! numbers; an event that refers to a step it has not seen is left out. No I/O and no clock here.

mod annotation;
mod duration;
mod export;
mod history;
mod hold;
mod replay;
mod run;
#[cfg(test)]
pub(crate) mod samples;
mod step;
mod study;
mod variables;
mod words;

pub(crate) use annotation::{Annotation, AnnotationKind, Annotations, is_void};
pub(crate) use duration::{clock as clock_text, shown as duration_text};
pub(crate) use export::{ExportError, Exported, Field, FieldKind};
pub(crate) use history::{Filter, History, HistoryError, RunSummary, Selector, Voided};
pub(crate) use hold::HoldRecord;
pub(crate) use replay::replay;
pub(crate) use run::{
    DAMAGED, DefinitionRecord, LogRecord, OPERATOR_CHANGED, PromptOutcome, PromptRecord, RunRecord,
    VARIABLE_SET,
};
pub(crate) use step::StepRecord;
pub(crate) use study::{Refused, SIZE_TAG, STUDY_TAG, Study, StudySize, TRIAL_TAG};
pub(crate) use variables::KnownVariables;
pub(crate) use words::{name_of, shape, skip_text, word_of};
