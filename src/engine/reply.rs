//! What runners say: answers, and their death.

use maestro_protocol::{ErrorObject, ExceptionData, ExecuteResult, error};

use super::frame::{Frame, Pending, Phase};
use super::input::{CallId, Effect};
use super::machine::{Engine, Health};
use super::outcome::{Cause, Outcome};
use crate::event::{Level, StepError, Timestamp};
use crate::measure::Point;
use crate::plan::RunnerIx;
use crate::verdict::Verdict;

impl Engine {
    pub(super) fn on_reply(
        &mut self,
        call: CallId,
        result: Result<ExecuteResult, ErrorObject>,
        now: Timestamp,
        effects: &mut Vec<Effect>,
    ) {
        let Some(pending) = self.pending().filter(|pending| pending.call == call) else {
            return;
        };
        self.withdraw_question("the call that asked is over", now, effects);
        let frame = self.frame();
        frame.phase = Phase::Judge;
        if pending.kill_at.is_some() {
            // The deadline decided; the answer only says that the runner can be kept.
            if result.is_ok() {
                let message = "the answer came after the call was given up, and is not used";
                self.log(Level::Warning, message, effects);
            }
        } else {
            // The deadline decides, even where the answer and its passing arrive together.
            let late = frame.deadline.is_some_and(|deadline| deadline <= now);
            let asked = std::mem::take(&mut frame.outcome);
            frame.outcome = if late {
                let limit = frame.timeout_ms.unwrap_or_default();
                let reason = format!("no answer within {limit} ms");
                Outcome::of(Verdict::Aborted, Cause::Timeout, reason)
            } else {
                outcome_of(result)
            };
            // What operators answered to questions of the test code.
            frame.outcome.unattended |= asked.unattended;
            if let (Some(verdict), Some(reason)) = (asked.verdict, asked.reason) {
                frame.outcome.worsen(verdict, reason);
                frame.outcome.cause = Cause::Person;
            }
        }
    }

    pub(super) fn on_runner_lost(
        &mut self,
        runner: RunnerIx,
        kind: &'static str,
        reason: String,
        now: Timestamp,
        effects: &mut Vec<Effect>,
    ) {
        if !matches!(self.runner_state(runner).health, Health::Down) {
            let name = &self.plan.runner(runner).name;
            let message = format!("runner '{name}' is lost: what it held in memory is gone");
            self.log(Level::Warning, message, effects);
        }
        self.mark_down(runner);
        let Some(pending) = self.pending().filter(|pending| pending.runner == runner) else {
            return;
        };
        self.withdraw_question("the runner that asked is gone", now, effects);
        let frame = self.frame();
        frame.phase = Phase::Judge;
        frame.killed = true;
        // A runner that dies of its cancel does not change why the attempt ended.
        if pending.kill_at.is_none() {
            frame.outcome = Outcome::error(StepError {
                kind: kind.to_owned(),
                message: reason,
                traceback: None,
            });
        }
    }

    /// The call was not made: the step waits for the next process, as if its end had been known.
    pub(super) fn on_runner_gone(&mut self, call: CallId) {
        if let Some(pending) = self.pending().filter(|pending| pending.call == call) {
            self.runner_state(pending.runner).health = Health::Ending;
            self.frame().phase = Phase::Runner(pending.runner);
        }
    }

    /// The call that the step on top waits for.
    pub(super) fn pending(&self) -> Option<Pending> {
        match self.stack.last() {
            Some(Frame::Step(frame)) => match frame.phase {
                Phase::Reply(pending) => Some(pending),
                _ => None,
            },
            _ => None,
        }
    }
}

/// Reads an answer; measurements are judged later.
fn outcome_of(result: Result<ExecuteResult, ErrorObject>) -> Outcome {
    match result {
        Ok(result) => Outcome {
            answered: true,
            outputs: result.outputs,
            points: result.measurements.into_iter().map(point).collect(),
            ..Outcome::default()
        },
        Err(error) => outcome_of_error(error),
    }
}

fn outcome_of_error(error: ErrorObject) -> Outcome {
    let data: ExceptionData = error
        .data
        .and_then(|data| serde_json::from_value(data).ok())
        .unwrap_or_default();
    let step_error = StepError {
        kind: if data.kind.is_empty() {
            format!("error {}", error.code)
        } else {
            data.kind
        },
        message: error.message,
        traceback: Some(data.traceback).filter(|text| !text.is_empty()),
    };
    match error.code {
        error::ASSERTION => {
            let mut outcome = Outcome::of(
                Verdict::Fail,
                Cause::Measured,
                if step_error.message.is_empty() {
                    step_error.kind.clone()
                } else {
                    step_error.message.clone()
                },
            );
            outcome.error = Some(step_error);
            outcome
        }
        error::CANCELLED => Outcome::of(
            Verdict::Aborted,
            Cause::Person,
            "the test code cancelled itself",
        ),
        _ => Outcome::error(step_error),
    }
}

fn point(measured: maestro_protocol::Measured) -> Point {
    Point {
        name: measured.name,
        value: measured.value,
        unit: measured.unit,
        low_limit: measured.low_limit,
        high_limit: measured.high_limit,
        expected: measured.expected,
    }
}
