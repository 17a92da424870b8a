//! The conversation with one process: every wait has a deadline, every odd message is an error.

use std::collections::{BTreeSet, VecDeque};
use std::os::fd::AsFd as _;
use std::time::{Duration, Instant};

use maestro_protocol::{
    Capabilities, Context, ErrorObject, ExecuteParams, ExecuteResult, Incoming, InitializeParams,
    InitializeResult, LineBuffer, Log, Outcome, PROTOCOL_VERSION, PromptParams, PromptReply,
    RequestId, decode, encode_error, encode_notification, encode_request, encode_result, method,
};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use serde_json::{Map, Value};

use crate::runner::RunnerSpec;
use crate::runner::clock;
use crate::runner::process::{Process, Read};
use crate::runner::spec::Mark;

/// How long any answer may take that has no rule of its own.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// How long `initialize` may take.
const START_LIMIT: Duration = Duration::from_secs(10);
const LOG_KEPT: usize = 256 * 1024;
const TAIL: usize = 400;

/// One runner process that has answered `initialize`.
#[derive(Debug)]
pub(super) struct Peer {
    process: Process,
    lines: LineBuffer,
    inbox: VecDeque<Result<Message, String>>,
    log: Vec<u8>,
    last_id: u64,
    answered: BTreeSet<u64>,
    line: Vec<u8>,
    pub(super) identity: InitializeResult,
}

/// A message of the runner, its result read as any value.
#[derive(Debug)]
pub(super) enum Message {
    Answer(u64, Result<Value, ErrorObject>),
    Log(Log),
    Progress,
    Holds,
    Prompt(RequestId, Box<PromptParams>),
}

impl Peer {
    /// Starts the process and has `initialize` answered.
    pub(super) fn start(spec: &RunnerSpec, generation: u32) -> Result<Self, String> {
        let run = format!("conformance-{}", std::process::id());
        let process = Process::spawn(spec, Mark::new(&run, &spec.name, generation))?;
        let mut peer = Self {
            process,
            lines: LineBuffer::default(),
            inbox: VecDeque::new(),
            log: Vec::new(),
            last_id: 0,
            answered: BTreeSet::new(),
            line: Vec::new(),
            identity: InitializeResult {
                protocol: 0,
                name: String::new(),
                version: String::new(),
                runtime: String::new(),
                capabilities: Capabilities::default(),
            },
        };
        peer.initialize(spec).map_err(|how| match peer.log_tail() {
            log if log.is_empty() => how,
            log => format!("{how}\nits log ends: {log}"),
        })?;
        Ok(peer)
    }

    fn initialize(&mut self, spec: &RunnerSpec) -> Result<(), String> {
        let params = InitializeParams {
            protocol: PROTOCOL_VERSION,
            engine: concat!("maestro ", env!("CARGO_PKG_VERSION")).to_owned(),
            station: "conformance".to_owned(),
            workdir: spec.workdir.display().to_string(),
            packages: Vec::new(),
        };
        let id = self.request(method::INITIALIZE, &params)?;
        let answer = self.answer(id, START_LIMIT)?;
        let result = answer.map_err(|error| format!("`initialize` failed: {}", error.message))?;
        self.identity = serde_json::from_value(result)
            .map_err(|error| format!("the answer to `initialize` lacks something: {error}"))?;
        Ok(())
    }

    /// Sends a request and returns its id.
    pub(super) fn request(
        &mut self,
        method: &str,
        params: &impl serde::Serialize,
    ) -> Result<u64, String> {
        self.last_id += 1;
        self.line.clear();
        encode_request(&mut self.line, self.last_id, method, params)
            .map_err(|error| format!("the request cannot be written: {error}"))?;
        self.process.send(&self.line);
        Ok(self.last_id)
    }

    pub(super) fn notify(&mut self, method: &str, params: &Value) -> Result<(), String> {
        self.line.clear();
        encode_notification(&mut self.line, method, params)
            .map_err(|error| format!("the notification cannot be written: {error}"))?;
        self.process.send(&self.line);
        Ok(())
    }

    /// Sends bytes as they are.
    pub(super) fn send_raw(&mut self, bytes: &[u8]) {
        self.process.send(bytes);
    }

    /// Answers a question of the runner.
    pub(super) fn reply(&mut self, id: &RequestId, reply: &PromptReply) -> Result<(), String> {
        self.line.clear();
        encode_result(&mut self.line, id, reply)
            .map_err(|error| format!("the answer cannot be written: {error}"))?;
        self.process.send(&self.line);
        Ok(())
    }

    /// Refuses a question of the runner.
    pub(super) fn refuse(&mut self, id: &RequestId, error: &ErrorObject) -> Result<(), String> {
        self.line.clear();
        encode_error(&mut self.line, id, error)
            .map_err(|error| format!("the answer cannot be written: {error}"))?;
        self.process.send(&self.line);
        Ok(())
    }

    /// The id for a request that is sent raw.
    pub(super) fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// Leaves out ids, so that the next one is `id`.
    pub(super) fn leap_to(&mut self, id: u64) {
        self.last_id = id - 1;
    }

    /// Starts an `execute` and returns its id.
    pub(super) fn begin(
        &mut self,
        target: Value,
        parameters: Map<String, Value>,
    ) -> Result<u64, String> {
        let params = execute_params(target, parameters);
        self.request(method::EXECUTE, &params)
    }

    /// The answer to one `execute`.
    pub(super) fn execute(
        &mut self,
        target: Value,
        parameters: Map<String, Value>,
    ) -> Result<Result<ExecuteResult, ErrorObject>, String> {
        // What is large takes its time, wherever it is checked.
        let size = parameters.values().filter_map(Value::as_str).map(str::len);
        let megabytes = size.sum::<usize>() >> 20;
        let patience = PATIENCE * (1 + megabytes as u32);
        let id = self.begin(target, parameters)?;
        let answer = self.answer(id, patience)?;
        let Ok(result) = answer else {
            return Ok(answer.map(|_| ExecuteResult::default()));
        };
        serde_json::from_value(result)
            .map(Ok)
            .map_err(|error| format!("the result of `execute` is none: {error}"))
    }

    /// Waits for the answer to `id`; other messages of a well-behaved runner are passed over.
    pub(super) fn answer(
        &mut self,
        id: u64,
        within: Duration,
    ) -> Result<Result<Value, ErrorObject>, String> {
        let until = clock::now() + within;
        loop {
            match self.receive(until)? {
                Some(Message::Answer(answered, outcome)) if answered == id => return Ok(outcome),
                Some(Message::Answer(other, _)) => {
                    return Err(format!("it answered id {other} while id {id} was open"));
                }
                Some(Message::Prompt(..)) => {
                    return Err("it asked the operator, and nothing told it to".to_owned());
                }
                Some(_) => {}
                None => return Err(format!("no answer within {} ms", within.as_millis())),
            }
        }
    }

    /// No answer and no question comes for so long.
    pub(super) fn quiet(&mut self, span: Duration) -> Result<(), String> {
        let until = clock::now() + span;
        while let Some(message) = self.receive(until)? {
            match message {
                Message::Answer(id, _) => return Err(format!("it answered id {id}, unasked")),
                Message::Prompt(..) => {
                    return Err("it asked the operator, and nothing told it to".to_owned());
                }
                Message::Log(_) | Message::Progress | Message::Holds => {}
            }
        }
        Ok(())
    }

    /// The next message; `None` when the deadline comes first.
    pub(super) fn receive(&mut self, until: Instant) -> Result<Option<Message>, String> {
        loop {
            if let Some(message) = self.inbox.pop_front() {
                let message = self.permitted(message?)?;
                if let Message::Answer(id, _) = &message
                    && !self.answered.insert(*id)
                {
                    return Err(format!("it answered id {id} twice"));
                }
                return Ok(Some(message));
            }
            if let Some(status) = self.process.exit.ended()
                && !self.pump(Duration::ZERO)
                && self.inbox.is_empty()
            {
                let half = self
                    .lines
                    .finish()
                    .map(|violation| format!("; {violation}"));
                let half = half.unwrap_or_default();
                return Err(format!("the runner ended ({status}){half}"));
            }
            let left = until.saturating_duration_since(clock::now());
            if !self.inbox.is_empty() {
                continue;
            }
            if left.is_zero() {
                return Ok(None);
            }
            self.pump(left);
        }
    }

    /// Refuses what the runner's capabilities do not name; before they are known all is well.
    fn permitted(&self, message: Message) -> Result<Message, String> {
        let can = self.identity.capabilities;
        let (name, may) = match message {
            Message::Answer(..) | Message::Holds => return Ok(message),
            Message::Log(_) => ("log", can.log),
            Message::Progress => ("progress", can.progress),
            Message::Prompt(..) => ("prompt", can.prompt),
        };
        if may || self.identity.protocol == 0 {
            return Ok(message);
        }
        Err(format!(
            "it sent `{name}`, which its capabilities do not name"
        ))
    }

    /// Waits until the process has ended, and returns how; `None` when it has not.
    pub(super) fn end(&mut self, within: Duration) -> Option<String> {
        let until = clock::now() + within;
        loop {
            if let Some(status) = self.process.exit.ended() {
                return Some(status);
            }
            let left = until.saturating_duration_since(clock::now());
            if left.is_zero() {
                return None;
            }
            self.pump(left);
        }
    }

    pub(super) fn close_input(&mut self) {
        self.process.close_stdin();
    }

    /// Waits until the log holds `text`.
    pub(super) fn log_shows(&mut self, text: &str, times: usize) -> bool {
        let until = clock::now() + Duration::from_secs(1);
        loop {
            if String::from_utf8_lossy(&self.log).matches(text).count() >= times {
                return true;
            }
            let left = until.saturating_duration_since(clock::now());
            if left.is_zero() {
                return false;
            }
            self.pump(left);
        }
    }

    pub(super) fn forget_log(&mut self) {
        self.log.clear();
    }

    /// The end of what the runner wrote to its standard error.
    pub(super) fn log_tail(&mut self) -> String {
        self.pump(Duration::from_millis(20));
        let start = self.log.len().saturating_sub(TAIL);
        String::from_utf8_lossy(&self.log[start..])
            .trim()
            .to_owned()
    }

    /// Waits once and takes what is there; true when something was.
    fn pump(&mut self, wait: Duration) -> bool {
        self.wait(wait);
        self.process.flush();
        let mut some = false;
        while let Read::Bytes(count) = self.process.read_stdout(self.lines.room()) {
            self.lines.filled(count);
            some = true;
            while let Some(line) = self.lines.next_line() {
                self.inbox.push_back(match line {
                    Ok(line) => read(line),
                    Err(violation) => Err(violation.to_string()),
                });
            }
        }
        let mut room = [0; 16 * 1024];
        while let Read::Bytes(count) = self.process.read_stderr(&mut room) {
            some = true;
            if self.log.len() < LOG_KEPT {
                self.log.extend_from_slice(&room[..count]);
            }
        }
        some
    }

    fn wait(&self, wait: Duration) {
        let process = &self.process;
        let mut fds = vec![PollFd::from_borrowed_fd(
            process.exit.as_fd(),
            PollFlags::IN,
        )];
        if process.exit.ended().is_some() {
            fds.clear();
        }
        if let Some(stdout) = &process.stdout {
            fds.push(PollFd::new(stdout, PollFlags::IN));
        }
        if let Some(stderr) = &process.stderr {
            fds.push(PollFd::new(stderr, PollFlags::IN));
        }
        if let Some(stdin) = &process.stdin
            && process.has_unsent()
        {
            fds.push(PollFd::new(stdin, PollFlags::OUT));
        }
        // A short slice: an end of the process between two looks is noticed soon.
        let wait = wait.min(Duration::from_millis(50));
        let timeout = Timespec {
            tv_sec: 0,
            tv_nsec: i64::from(wait.subsec_nanos()),
        };
        match poll(&mut fds, Some(&timeout)) {
            // Nothing to do about a failing poll: the deadline of the caller decides.
            Ok(_) | Err(Errno::INTR | _) => {}
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.process.end_tree();
    }
}

/// Parameters of an `execute`, with texts as the engine spells them.
pub(super) fn execute_params(target: Value, parameters: Map<String, Value>) -> ExecuteParams {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let parameters_text = parameters
        .iter()
        .map(|(name, value)| (name.clone(), Value::from(text(value))))
        .collect();
    ExecuteParams {
        run: "conformance".to_owned(),
        step: "conformance".to_owned(),
        attempt: 1,
        package: None,
        target,
        parameters,
        parameters_text,
        timeout_ms: Some(PATIENCE.as_millis() as u64),
        context: Context {
            station: "conformance".to_owned(),
            ..Context::default()
        },
    }
}

fn read(line: &[u8]) -> Result<Message, String> {
    match decode(line).map_err(|violation| violation.to_string())? {
        Incoming::Response { id, outcome } => Ok(Message::Answer(
            id,
            match outcome {
                Outcome::Error(error) => Err(error),
                Outcome::Result(raw) => {
                    Ok(serde_json::from_str(raw.get()).map_err(|error| error.to_string())?)
                }
            },
        )),
        Incoming::Log(log) => Ok(Message::Log(log)),
        Incoming::Progress(_) => Ok(Message::Progress),
        Incoming::Holds(_) => Ok(Message::Holds),
        Incoming::Prompt { id, params } => Ok(Message::Prompt(id, params)),
        Incoming::UnknownNotification(method) | Incoming::UnknownRequest { method, .. } => {
            Err(format!("it sent the unknown method `{method}`"))
        }
    }
}
