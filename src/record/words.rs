//! How a step, its outcome and its verdict are called, on screens and in reports alike.

use crate::event::{Section, SkipReason, StepFinished, StepStarted};
use crate::verdict::Verdict;

/// The shape of a verdict.
pub(crate) const fn shape(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "✓",
        Verdict::Fail => "✗",
        Verdict::Error => "!",
        Verdict::Aborted => "■",
        Verdict::Undetermined => "?",
        Verdict::Skipped => "–",
    }
}

/// The name, with what tells two records of one step apart.
pub(crate) fn name_of(step: &StepStarted) -> String {
    let mut name = step.name.clone();
    if let Some(iteration) = step.iteration {
        name = format!("{name} ({})", iteration + 1);
    }
    if step.execution_no > 1 {
        name = format!("{name} (execution {})", step.execution_no);
    }
    match step.section {
        Section::Restore => format!("restore: {name}"),
        Section::RetryBefore => format!("before the next attempt: {name}"),
        Section::Setup | Section::Steps | Section::Teardown | Section::SafeState => name,
    }
}

/// The word for a verdict that needs one.
pub(crate) fn word_of(finished: &StepFinished) -> String {
    let mut word = match finished.verdict {
        Verdict::Pass if finished.true_verdict.is_some() || finished.unattended => "PASS",
        Verdict::Pass | Verdict::Skipped => "",
        failing => failing.as_str(),
    }
    .to_owned();
    if let Some(verdict) = finished.true_verdict {
        word.push_str(" (forced)");
        if verdict != finished.verdict {
            word = format!("{word} was {verdict}");
        }
    }
    if finished.unattended {
        word.push_str(" (unattended)");
    }
    word
}

pub(crate) const fn skip_text(reason: SkipReason) -> &'static str {
    match reason {
        SkipReason::Disabled => "disabled",
        SkipReason::Precondition => "its precondition is false",
        SkipReason::Forced => "force: skip",
        SkipReason::AbortMode => "the run was aborted",
        SkipReason::SequenceEnded => "its sequence ended early",
        SkipReason::AllSkipped => "all its steps were",
        SkipReason::ByHand => "by hand",
    }
}
