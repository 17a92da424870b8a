//! Writes a recording beside a run.

use std::collections::HashMap;
use std::io::Write;
use std::time::Duration;

use maestro_protocol::{
    DescribeParams, DescribeResult, ErrorObject, ExecuteParams, ExecuteResult, InitializeResult,
    Log, PromptParams, PromptReply, RequestId,
};

use super::lines::{End, Header, Line, Recorded, Said, path_of};
use crate::event::Timestamp;
use crate::runner::CallId;
use crate::verdict::Verdict;

/// A recording that is being written. Trouble is kept and told at the end: a run never suffers
/// from its tape.
pub(crate) struct Tape {
    out: Box<dyn Write + Send>,
    censor: Censor,
    trouble: Option<String>,
    open: HashMap<CallId, Open>,
}

/// A call that has not ended.
struct Open {
    call: Recorded,
    began: Timestamp,
    is_cancelled: bool,
    asked: Option<RequestId>,
}

impl std::fmt::Debug for Tape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tape with {} open calls", self.open.len())
    }
}

/// Changes a line before it is written, so that it holds no secret.
type Censor = Box<dyn Fn(&mut serde_json::Value) + Send>;

impl Tape {
    pub(crate) fn new(out: impl Write + Send + 'static) -> Self {
        Self {
            out: Box::new(out),
            censor: Box::new(|_| {}),
            trouble: None,
            open: HashMap::new(),
        }
    }

    /// Says which run this is; `censor` takes the secrets out of every line.
    pub(crate) fn begin(
        &mut self,
        header: Header,
        censor: impl Fn(&mut serde_json::Value) + Send + 'static,
    ) {
        self.censor = Box::new(censor);
        self.write(&Line::Recording(header));
    }

    pub(crate) fn started(&mut self, runner: &str, info: &InitializeResult) {
        let line = Line::Runner {
            runner: runner.to_owned(),
            info: info.clone(),
        };
        self.write(&line);
    }

    pub(crate) fn described(
        &mut self,
        runner: &str,
        asked: &DescribeParams,
        answer: &DescribeResult,
    ) {
        for (target, described) in asked.targets.iter().zip(&answer.targets) {
            let line = Line::Target {
                runner: runner.to_owned(),
                target: target.clone(),
                described: described.clone(),
            };
            self.write(&line);
        }
    }

    pub(crate) fn called(
        &mut self,
        runner: &str,
        id: CallId,
        params: &ExecuteParams,
        now: Timestamp,
    ) {
        let call = Recorded {
            runner: runner.to_owned(),
            step: path_of(&params.step).to_owned(),
            attempt: params.attempt,
            package: params.package.clone(),
            target: params.target.clone(),
            parameters: params.parameters.clone(),
            said: Vec::new(),
            end: End::Silent,
            ms: 0.0,
        };
        let open = Open {
            call,
            began: now,
            is_cancelled: false,
            asked: None,
        };
        self.open.insert(id, open);
    }

    pub(crate) fn cancelled(&mut self, id: CallId) {
        if let Some(open) = self.open.get_mut(&id) {
            open.is_cancelled = true;
        }
    }

    pub(crate) fn logged(&mut self, id: CallId, log: Log) {
        self.said(id, Said::Log(log));
    }

    pub(crate) fn progressed(&mut self, id: CallId, progress: maestro_protocol::Progress) {
        self.said(id, Said::Progress(progress));
    }

    pub(crate) fn asked(&mut self, id: CallId, request: &RequestId, params: &PromptParams) {
        let asked = Box::new(params.clone());
        self.said(
            id,
            Said::Prompt {
                asked,
                answered: None,
            },
        );
        if let Some(open) = self.open.get_mut(&id) {
            open.asked = Some(request.clone());
        }
    }

    /// Somebody answered the test code.
    pub(crate) fn answered(&mut self, request: &RequestId, reply: &PromptReply) {
        let mut open = self.open.values_mut();
        let Some(open) = open.find(|open| open.asked.as_ref() == Some(request)) else {
            return;
        };
        let prompt = open.call.said.iter_mut().rev().find_map(|said| match said {
            Said::Prompt { answered, .. } => Some(answered),
            Said::Log(_) | Said::Progress(_) => None,
        });
        if let Some(answered) = prompt {
            *answered = Some(reply.clone());
        }
    }

    /// A call was answered. After a cancel the answer says nothing any more.
    pub(crate) fn replied(
        &mut self,
        id: CallId,
        result: &Result<ExecuteResult, ErrorObject>,
        now: Timestamp,
    ) {
        let end = match result {
            Ok(result) => End::Result(result.clone()),
            Err(error) => End::Error(error.clone()),
        };
        self.ended(id, end, now);
    }

    /// A call was never made.
    pub(crate) fn lost(&mut self, id: CallId, reason: &str, now: Timestamp) {
        self.ended(id, End::Lost(reason.to_owned()), now);
    }

    /// A runner is gone, by itself or because it had to be killed: nothing that it was asked will
    /// be answered, what was cancelled included.
    pub(crate) fn gone(&mut self, runner: &str, reason: &str, now: Timestamp) {
        let of = self
            .open
            .iter()
            .filter(|(_, open)| open.call.runner == runner);
        let mut calls: Vec<CallId> = of.map(|(id, _)| *id).collect();
        calls.sort_unstable();
        for id in calls {
            self.lost(id, reason, now);
        }
    }

    /// The run ended; what could not be written, if anything.
    pub(crate) fn finish(mut self, verdict: Verdict, now: Timestamp) -> Option<String> {
        let mut open: Vec<CallId> = self.open.keys().copied().collect();
        open.sort_unstable();
        for id in open {
            self.ended(id, End::Silent, now);
        }
        self.write(&Line::End { verdict });
        if let Err(error) = self.out.flush() {
            self.trouble.get_or_insert(error.to_string());
        }
        self.trouble
    }

    fn said(&mut self, id: CallId, said: Said) {
        if let Some(open) = self.open.get_mut(&id) {
            open.call.said.push(said);
        }
    }

    fn ended(&mut self, id: CallId, end: End, now: Timestamp) {
        let Some(mut open) = self.open.remove(&id) else {
            return;
        };
        open.call.end = if open.is_cancelled { End::Silent } else { end };
        open.call.ms = milliseconds(now.since(open.began));
        self.write(&Line::Call(Box::new(open.call)));
    }

    fn write(&mut self, line: &Line) {
        if self.trouble.is_some() {
            return;
        }
        let written = serde_json::to_value(line)
            .map_err(std::io::Error::from)
            .and_then(|mut line| {
                (self.censor)(&mut line);
                writeln!(self.out, "{line}")
            });
        self.trouble = written.err().map(|error| error.to_string());
    }
}

/// Milliseconds with three digits behind the point.
fn milliseconds(time: Duration) -> f64 {
    time.as_micros() as f64 / 1000.0
}
