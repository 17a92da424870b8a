//! One process of a runner from start to end: what it says becomes events.
//!
//! A link never waits. The fleet calls it when a pipe is ready, when the process has ended and when
//! its deadline has passed. How it ends is told in `ending`.

mod ending;

use std::time::{Duration, Instant};

use maestro_protocol::{
    Capabilities, ErrorObject, InitializeResult, LineBuffer, PROTOCOL_VERSION, Progress, RequestId,
    encode_error, error,
};

use super::log::LogStream;
use super::process::{Process, Read, Sent};
use super::spec::Generation;
use super::talk::{Heard, Talk};
use super::{CallId, FleetEvent, FleetOptions, RunnerId, Stop, clock};

/// Most bytes that are read from one pipe before the others get their turn.
pub(super) const TURN: usize = 256 * 1024;
/// How long a process that closed a pipe may take to end, and how long one that broke a rule may go
/// on: what it still writes to stderr often tells why.
const LAST_GRACE: Duration = Duration::from_millis(100);
/// Most names of what a runner keeps open, and the most bytes of one.
const MOST_HELD: usize = 64;
const LONGEST_HELD: usize = 200;

/// A runner's process and the conversation with it.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) runner: RunnerId,
    pub(super) generation: Generation,
    pub(super) process: Process,
    pub(super) talk: Talk,
    pub(super) log: LogStream,
    pub(super) phase: Phase,
    /// It broke the protocol: what it says is no longer read.
    pub(super) is_broken: bool,
    /// Its end has been told and its tree is gone.
    pub(super) is_over: bool,
    pub(super) started: Instant,
    /// What it keeps open, as it has told; not empty: it gets more time to end.
    pub(super) held: Vec<String>,
    /// From SIGTERM to SIGKILL.
    term_grace: Duration,
    lines: LineBuffer,
    /// The last of several progress messages; the others are not told.
    progress: Option<(CallId, Progress)>,
    /// When it closed its end of stdin or stdout.
    closed: Option<(Instant, &'static str)>,
    /// When it is killed for a broken rule.
    doom: Option<Instant>,
    /// Since when an answer to `describe` is awaited, and how long it may take.
    pub(super) describing: Option<(Instant, Duration)>,
}

/// Where a process is in its life.
#[derive(Debug, Clone, Copy)]
pub(super) enum Phase {
    Starting { deadline: Instant },
    Ready { capabilities: Capabilities },
    Stopping { how: Stop, next: Instant },
}

/// Where events go, with room for reading.
pub(super) struct Sink<'a> {
    pub(super) out: &'a mut Vec<FleetEvent>,
    pub(super) scratch: &'a mut [u8],
}

impl Link {
    pub(super) fn new(
        runner: RunnerId,
        generation: Generation,
        process: Process,
        talk: Talk,
        log: LogStream,
        started: Instant,
        options: &FleetOptions,
    ) -> Self {
        let deadline = started + options.start_limit;
        Self {
            runner,
            generation,
            process,
            talk,
            log,
            phase: Phase::Starting { deadline },
            is_broken: false,
            is_over: false,
            started,
            held: Vec::new(),
            term_grace: options.term_grace,
            lines: LineBuffer::default(),
            progress: None,
            closed: None,
            doom: None,
            describing: None,
        }
    }

    /// Whether it can take a call.
    pub(super) fn is_ready(&self) -> bool {
        matches!(self.phase, Phase::Ready { .. })
            && !self.is_broken
            && !self.is_over
            && self.closed.is_none()
    }

    /// Reads stdout, at most `limit` bytes; tells whether anything was there.
    pub(super) fn read_stdout(&mut self, limit: usize, sink: &mut Sink<'_>) -> bool {
        let mut total = 0;
        while total < limit && !self.is_over {
            let room = self.lines.room();
            let wanted = room.len();
            match self.process.read_stdout(room) {
                Read::Empty => break,
                Read::End => {
                    self.note_closed("standard output");
                    break;
                }
                Read::Bytes(count) => {
                    total += count;
                    if !self.is_broken {
                        self.lines.filled(count);
                        self.take_lines(sink);
                    }
                    // A short read has emptied the pipe: the next would only say so.
                    if count < wanted {
                        break;
                    }
                }
            }
        }
        self.tell_progress(sink);
        total > 0
    }

    /// Reads stderr, at most `limit` bytes.
    pub(super) fn read_stderr(&mut self, limit: usize, sink: &mut Sink<'_>) {
        let mut total = 0;
        while total < limit {
            let Read::Bytes(count) = self.process.read_stderr(sink.scratch) else {
                return;
            };
            self.log.feed(&sink.scratch[..count], sink.out);
            total += count;
            if count < sink.scratch.len() {
                return;
            }
        }
    }

    /// Writes more of what is queued.
    pub(super) fn flush(&mut self) {
        if self.process.flush() == Sent::Closed {
            self.note_closed("standard input");
        }
    }

    /// Hands bytes to the process; tells whether the pipe took them all.
    pub(super) fn send(&mut self, line: &[u8]) -> Sent {
        let sent = self.process.send(line);
        if sent == Sent::Closed {
            self.note_closed("standard input");
        }
        sent
    }

    fn take_lines(&mut self, sink: &mut Sink<'_>) {
        while let Some(line) = self.lines.next_line() {
            match line.and_then(|line| self.talk.hear(line)) {
                Ok(heard) => self.obey(heard, sink),
                Err(violation) => self.violate(&violation.to_string(), sink),
            }
            if self.is_broken || self.is_over {
                return;
            }
        }
    }

    fn obey(&mut self, heard: Heard, sink: &mut Sink<'_>) {
        let runner = self.runner;
        match heard {
            Heard::Started(answer) => self.settle_start(answer, sink),
            Heard::Described(call, result) => {
                self.describing = None;
                self.close_call(sink);
                sink.out.push(FleetEvent::Described {
                    runner,
                    call,
                    result,
                });
            }
            Heard::Replied(call, result) => {
                self.close_call(sink);
                sink.out.push(FleetEvent::Reply {
                    runner,
                    call,
                    result,
                });
            }
            Heard::Late(call, result) => {
                if self.talk.open_call().is_none() {
                    self.close_call(sink);
                }
                sink.out.push(FleetEvent::LateReply {
                    runner,
                    call,
                    result,
                });
            }
            Heard::Farewell => {
                self.process.close_stdin();
            }
            Heard::Log(log) => self.log.message(log.level, log.message, sink.out),
            Heard::Holds(names) => self.held = bounded(names),
            Heard::Progress(call, progress) => self.progress = Some((call, progress)),
            Heard::Prompt(call, request, params) => sink.out.push(FleetEvent::Prompt {
                runner,
                request,
                call,
                params,
            }),
            Heard::StrayPrompt(request) => {
                self.refuse(&request, error::NOBODY_ANSWERS, "no call is running");
            }
            Heard::UnknownRequest(request, method) => {
                self.refuse(
                    &request,
                    error::NOT_FOUND,
                    &format!("unknown method `{method}`"),
                );
            }
            Heard::Ignored(Some(text)) => {
                self.log
                    .message(maestro_protocol::LogLevel::Debug, text, sink.out);
            }
            Heard::Ignored(None) => {}
        }
    }

    /// Answers a request of the runner with an error.
    pub(super) fn refuse(&mut self, request: &RequestId, code: i64, message: &str) {
        let mut line = Vec::new();
        // Cannot fail: an id and two plain fields.
        if encode_error(&mut line, request, &ErrorObject::new(code, message)).is_ok() {
            self.send(&line);
        }
    }

    /// Reads what the call wrote to stderr before its answer, and closes its log.
    fn close_call(&mut self, sink: &mut Sink<'_>) {
        self.tell_progress(sink);
        self.read_stderr(TURN, sink);
        self.log.turn_to(None, sink.out);
    }

    fn tell_progress(&mut self, sink: &mut Sink<'_>) {
        if let Some((call, progress)) = self.progress.take() {
            sink.out.push(FleetEvent::Progress {
                runner: self.runner,
                call,
                fraction: progress.fraction,
                message: progress.message,
            });
        }
    }

    fn settle_start(&mut self, answer: Result<InitializeResult, ErrorObject>, sink: &mut Sink<'_>) {
        match answer {
            Ok(info) if info.protocol == PROTOCOL_VERSION => {
                self.phase = Phase::Ready {
                    capabilities: info.capabilities,
                };
                self.close_call(sink);
                sink.out.push(FleetEvent::Ready {
                    runner: self.runner,
                    generation: self.generation,
                    pid: self.process.pid(),
                    start_ms: clock::now().duration_since(self.started).as_secs_f64() * 1e3,
                    info,
                });
            }
            Ok(info) => self.fail_start(
                format!(
                    "{} {} speaks protocol {}, this engine speaks {PROTOCOL_VERSION}",
                    info.name, info.version, info.protocol
                ),
                sink,
            ),
            Err(error) => self.fail_start(
                format!("it answered `initialize` with an error: {}", error.message),
                sink,
            ),
        }
    }

    /// Stops listening to a process that broke a rule.
    fn violate(&mut self, message: &str, sink: &mut Sink<'_>) {
        match self.phase {
            Phase::Starting { .. } => self.fail_start(message.to_owned(), sink),
            Phase::Stopping { .. } => self.is_broken = true,
            Phase::Ready { .. } if self.is_broken => {}
            Phase::Ready { .. } => {
                self.is_broken = true;
                self.doom = Some(clock::now() + LAST_GRACE);
                self.tell_progress(sink);
                self.read_stderr(TURN, sink);
                let open_call = self.talk.give_up();
                self.log.turn_to(None, sink.out);
                sink.out.push(FleetEvent::Violation {
                    runner: self.runner,
                    open_call,
                    message: message.to_owned(),
                });
            }
        }
    }

    fn note_closed(&mut self, pipe: &'static str) {
        let is_news = self.closed.is_none() && !self.is_broken;
        if is_news && !matches!(self.phase, Phase::Stopping { .. }) {
            self.closed = Some((clock::now(), pipe));
        }
    }
}

/// Names for a person to read, however many and long they came.
fn bounded(mut names: Vec<String>) -> Vec<String> {
    names.truncate(MOST_HELD);
    for name in &mut names {
        name.truncate(name.floor_char_boundary(LONGEST_HELD));
    }
    names
}
