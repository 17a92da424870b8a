//! The stack of a run: sequences and steps that have begun and not ended.

use serde_json::{Map, Value};

use super::input::CallId;
use super::outcome::{Outcome, Tally};
use crate::event::{Section, SkipReason, StepNo, Timestamp};
use crate::expr::Counters;
use crate::plan::{RunnerIx, SequenceIx, StepIx};
use crate::verdict::Verdict;

/// One level of the stack.
#[derive(Debug, Clone)]
pub(super) enum Frame {
    Sequence(SequenceFrame),
    Step(Box<StepFrame>),
}

/// The part of a sequence that is being walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Setup,
    Steps,
    Teardown,
    Done,
}

impl Part {
    pub(super) const fn next(self) -> Self {
        match self {
            Self::Setup => Self::Steps,
            Self::Steps => Self::Teardown,
            Self::Teardown | Self::Done => Self::Done,
        }
    }
}

/// A sequence that was entered.
#[derive(Debug, Clone)]
pub(super) struct SequenceFrame {
    pub(super) sequence: SequenceIx,
    pub(super) part: Part,
    /// Index of the next child in its part.
    pub(super) next: usize,
    /// Ended before its time: what is left runs only if it is cleanup. Says why.
    pub(super) ended: Option<SkipReason>,
    /// Worst counted verdict of the children.
    pub(super) worst: Option<Verdict>,
    /// A child of `steps` counted: what PASS of a run asks for.
    pub(super) step_counted: bool,
    /// End of `policy.timeout`; shifted by prompts and cleanup.
    pub(super) deadline: Option<Timestamp>,
    /// The whole sequence is cleanup: all children run, abort mode or not.
    pub(super) cleanup: bool,
}

/// A step that has begun.
#[derive(Debug, Clone)]
pub(super) struct StepFrame {
    pub(super) step: StepIx,
    pub(super) no: StepNo,
    pub(super) section: Section,
    /// Runs although the run is in abort mode; outside every policy timeout.
    pub(super) cleanup: bool,
    /// Templates that cannot be rendered do not stop it (EXECUTION section 3).
    pub(super) lenient: bool,
    pub(super) started: Timestamp,
    /// From 0; meaningful with `repeat` only.
    pub(super) iteration: u32,
    /// From 1.
    pub(super) attempt: u32,
    pub(super) attempt_started: Timestamp,
    pub(super) timeout_ms: Option<u64>,
    /// End of this attempt; shifted by prompts.
    pub(super) deadline: Option<Timestamp>,
    pub(super) phase: Phase,
    /// Open since, while a question is on the screen.
    pub(super) question: Option<Question>,
    pub(super) prompt_us: u64,
    /// The time that the run was held within this iteration.
    pub(super) held_us: u64,
    pub(super) parameters: Option<Map<String, Value>>,
    /// The outcome of the attempt as far as it is known.
    pub(super) outcome: Outcome,
    /// Worst of the iterations so far.
    pub(super) merged: Option<Verdict>,
    /// Counters of an outer loop, given back at the end.
    pub(super) outer: Counters,
    /// Names that this step wrote as variables in earlier attempts and iterations.
    pub(super) written: Vec<String>,
    /// Names that attempts unset, not told yet.
    pub(super) forgotten: Vec<String>,
    /// The attempt was ended from outside the step: never tried again.
    pub(super) aborted: bool,
    /// An attempt's runner was killed: no further one without a reset.
    pub(super) killed: bool,
    /// A `restore` step did not bring the fresh runner of this attempt into its state.
    pub(super) restore_failed: Option<String>,
    /// How often this attempt had the `restore` steps run.
    pub(super) restores: u8,
    /// Number of this execution, from 1; more after it was run again by hand.
    pub(super) execution: u32,
    /// The first record of this execution, if it makes one.
    pub(super) first: StepNo,
    /// What the run had come to before this execution.
    pub(super) before: Tally,
}

/// What a step waits for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Phase {
    /// Begin the next iteration.
    Iterate,
    /// Begin the next attempt.
    Attempt,
    /// The runner is being started anew.
    Runner(RunnerIx),
    /// Steps with `restore` run on a fresh runner; holds the index of the next one.
    Restore {
        runner: RunnerIx,
        next: usize,
    },
    /// The runner is ready: send the call.
    Call(RunnerIx),
    Reply(Pending),
    /// A question of this step is open.
    Prompt,
    /// A `delay` runs until then.
    Delay(Timestamp),
    /// The frame above, a sequence, is running.
    Children,
    /// The outcome of the attempt is known.
    Judge,
    /// A pause between two attempts.
    Pause(Timestamp),
    /// The frame above, `retry.before`, is running.
    Reset,
    /// The iteration is over.
    Ended,
    /// All iterations are over and recorded; what follows from the verdict has not happened yet.
    Over,
}

/// A call that a runner has not answered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pending {
    pub(super) runner: RunnerIx,
    pub(super) call: CallId,
    /// Cancel was sent; the tree is killed then.
    pub(super) kill_at: Option<Timestamp>,
}

/// An open question.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub(super) prompt: Box<crate::prompt::Prompt>,
    pub(super) since: Timestamp,
    /// When it answers itself.
    pub(super) deadline: Option<Timestamp>,
    /// Asked by test code: whom to tell.
    pub(super) asker: Option<(RunnerIx, maestro_protocol::RequestId)>,
}
