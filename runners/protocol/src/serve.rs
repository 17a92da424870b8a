//! The loop that a Rust runner sits in: requests one after another, cancellation beside them.
//!
//! A thread reads, so that a `cancel` or the end of the stream is noticed while a handler works;
//! the calling thread runs the handler and is the only one that writes.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use crate::{
    DescribeParams, DescribeResult, ErrorObject, ExecuteParams, ExecuteResult, FromEngine,
    InitializeParams, InitializeResult, LineBuffer, Log, LogLevel, Progress, PromptParams,
    PromptReply, RequestId, decode_from_engine, encode_error, encode_notification,
    encode_request_with, encode_result, error, method,
};

/// Stands for every id: ids start at 1 and never get here.
const EVERYTHING: u64 = u64::MAX;

/// What a runner does; every method answers one request.
pub trait Handler {
    /// Answers `initialize`; nothing slow may happen here.
    fn initialize(&mut self, params: &InitializeParams) -> Result<InitializeResult, ErrorObject>;

    /// Answers `describe` without touching equipment.
    fn describe(&mut self, params: &DescribeParams) -> Result<DescribeResult, ErrorObject>;

    /// Performs one `execute`. A long one asks [`Call::is_cancelled`] now and then and returns
    /// [`Call::cancelled`] when it is.
    fn execute(
        &mut self,
        params: &ExecuteParams,
        call: &mut Call<'_>,
    ) -> Result<ExecuteResult, ErrorObject>;
}

/// The running `execute`, seen from its handler.
#[derive(Debug)]
pub struct Call<'loop_> {
    id: u64,
    link: &'loop_ mut Link,
}

impl Call<'_> {
    /// True once the engine wants this call to end, or is gone.
    pub fn is_cancelled(&self) -> bool {
        self.link.cancelled.load(Ordering::Acquire) >= self.id
    }

    /// True once the engine is gone: nobody will read the answer, and nobody kills what is left.
    pub fn is_abandoned(&self) -> bool {
        self.link.cancelled.load(Ordering::Acquire) == EVERYTHING
    }

    /// The error that a cancelled call answers with.
    pub fn cancelled() -> ErrorObject {
        ErrorObject::new(error::CANCELLED, "cancelled")
    }

    /// Sends text to the run log.
    pub fn log(&mut self, level: LogLevel, message: impl Into<String>) -> io::Result<()> {
        let log = Log {
            level,
            message: message.into(),
            time: None,
        };
        encode_notification(&mut self.link.line, method::LOG, &log)?;
        self.link.flush()
    }

    /// Says how far the call is.
    pub fn progress(&mut self, fraction: f64, message: Option<&str>) -> io::Result<()> {
        let progress = Progress {
            fraction,
            message: message.map(str::to_owned),
        };
        encode_notification(&mut self.link.line, method::PROGRESS, &progress)?;
        self.link.flush()
    }

    /// Asks the operator and waits for the answer. `Err` of the inner result is the engine's
    /// refusal, or [`Call::cancelled`].
    pub fn prompt(
        &mut self,
        params: &PromptParams,
    ) -> io::Result<Result<PromptReply, ErrorObject>> {
        self.link.prompts += 1;
        let id = RequestId::Text(format!("p{}", self.link.prompts));
        encode_request_with(&mut self.link.line, &id, method::PROMPT, params)?;
        self.link.flush()?;
        while !self.is_cancelled() {
            match self.link.events.recv() {
                Ok(Event::Answer(answered, reply)) if answered == id => return Ok(reply),
                // Late answers to withdrawn prompts say nothing any more.
                Ok(Event::Answer(..) | Event::Woken) => {}
                Ok(event) => self.link.waiting.push_back(event),
                Err(_) => break,
            }
        }
        Ok(Err(Self::cancelled()))
    }
}

/// Serves requests from `input` until `shutdown` or the end of the stream.
pub fn serve(
    handler: &mut impl Handler,
    input: impl Read + Send + 'static,
    output: impl Write + Send + 'static,
) -> io::Result<()> {
    serve_until(handler, input, output, || {})
}

/// Serves requests from stdin. The process ends within a second of the end of stdin, even when a
/// handler hangs.
///
/// Code that prints to stdout breaks the protocol: whoever runs foreign code hands duplicates of
/// the descriptors to [`serve_process`] instead.
pub fn serve_stdio(handler: &mut impl Handler) -> io::Result<()> {
    serve_process(handler, io::stdin(), io::stdout())
}

/// Serves requests from `input`, at the end of which this process ends within a second, even when
/// a handler hangs.
pub fn serve_process(
    handler: &mut impl Handler,
    input: impl Read + Send + 'static,
    output: impl Write + Send + 'static,
) -> io::Result<()> {
    serve_until(handler, input, output, || {
        thread::sleep(Duration::from_millis(700));
        #[expect(clippy::exit, reason = "a hung handler leaves no other way to end")]
        std::process::exit(1);
    })
}

fn serve_until(
    handler: &mut impl Handler,
    input: impl Read + Send + 'static,
    output: impl Write + Send + 'static,
    at_end: impl FnOnce() + Send + 'static,
) -> io::Result<()> {
    let (sender, events) = channel();
    let cancelled = Arc::new(AtomicU64::new(0));
    let seen = Arc::clone(&cancelled);
    thread::Builder::new()
        .name("requests".to_owned())
        .spawn(move || {
            read_all(input, &sender, &seen);
            seen.store(EVERYTHING, Ordering::Release);
            drop(sender);
            at_end();
        })?;
    let mut link = Link {
        cancelled,
        events,
        waiting: VecDeque::new(),
        line: Vec::new(),
        output: Box::new(output),
        prompts: 0,
    };
    while let Some(event) = link.next() {
        if !answer(handler, &mut link, event)? {
            break;
        }
    }
    Ok(())
}

/// What the reading thread tells the serving one.
enum Event {
    Initialize(u64, InitializeParams),
    Describe(u64, DescribeParams),
    Execute(u64, Box<ExecuteParams>),
    Shutdown(u64),
    Answer(RequestId, Result<PromptReply, ErrorObject>),
    Unknown(u64, String),
    Broken(String),
    /// Something was cancelled; whoever waits looks again.
    Woken,
}

struct Link {
    /// Highest id that was cancelled; ids grow, so every lower one is answered already.
    cancelled: Arc<AtomicU64>,
    events: Receiver<Event>,
    waiting: VecDeque<Event>,
    line: Vec<u8>,
    output: Box<dyn Write + Send>,
    prompts: u64,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Link")
            .field("prompts", &self.prompts)
            .finish_non_exhaustive()
    }
}

impl Link {
    fn next(&mut self) -> Option<Event> {
        self.waiting.pop_front().or_else(|| self.events.recv().ok())
    }

    fn flush(&mut self) -> io::Result<()> {
        let written = self.output.write_all(&self.line);
        self.line.clear();
        written.and_then(|()| self.output.flush())
    }

    fn reply<T: serde::Serialize>(
        &mut self,
        id: u64,
        reply: &Result<T, ErrorObject>,
    ) -> io::Result<()> {
        let id = RequestId::Number(id);
        match reply {
            Ok(result) => encode_result(&mut self.line, &id, result)?,
            Err(error) => encode_error(&mut self.line, &id, error)?,
        }
        self.flush()
    }
}

/// Answers one event; false when it was the last.
fn answer(handler: &mut impl Handler, link: &mut Link, event: Event) -> io::Result<bool> {
    match event {
        Event::Initialize(id, params) => link.reply(id, &handler.initialize(&params))?,
        Event::Describe(id, params) => link.reply(id, &handler.describe(&params))?,
        Event::Execute(id, params) => {
            let result = handler.execute(&params, &mut Call { id, link });
            link.reply(id, &result)?;
        }
        Event::Unknown(id, method) => {
            let refusal = ErrorObject::new(error::NOT_FOUND, format!("unknown method `{method}`"));
            link.reply::<()>(id, &Err(refusal))?;
        }
        Event::Shutdown(id) => {
            link.reply(id, &Ok(serde_json::Map::new()))?;
            return Ok(false);
        }
        Event::Broken(message) => {
            let log = Log {
                level: LogLevel::Warning,
                message,
                time: None,
            };
            encode_notification(&mut link.line, method::LOG, &log)?;
            link.flush()?;
        }
        Event::Answer(..) | Event::Woken => {}
    }
    Ok(true)
}

fn read_all(mut input: impl Read, sender: &Sender<Event>, cancelled: &AtomicU64) {
    let mut buffer = LineBuffer::default();
    let mut newest = 0;
    loop {
        match input.read(buffer.room()) {
            Ok(0) => return,
            Ok(count) => buffer.filled(count),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return,
        }
        while let Some(line) = buffer.next_line() {
            let event = match line.and_then(decode_from_engine) {
                Ok(message) => owned(message, &mut newest, cancelled),
                Err(violation) => Some(Event::Broken(format!("ignored a line: {violation}"))),
            };
            if let Some(event) = event
                && sender.send(event).is_err()
            {
                return;
            }
        }
    }
}

/// The message without its line; `newest` is the highest id of a request so far.
fn owned(message: FromEngine<'_>, newest: &mut u64, cancelled: &AtomicU64) -> Option<Event> {
    if let FromEngine::Execute(id, _) = &message {
        *newest = *id;
    }
    Some(match message {
        FromEngine::Initialize(id, params) => Event::Initialize(id, params),
        FromEngine::Describe(id, params) => Event::Describe(id, params),
        FromEngine::Execute(id, params) => Event::Execute(id, params),
        FromEngine::Shutdown(id) => Event::Shutdown(id),
        // It would end every call up to that id.
        FromEngine::Cancel(params) if params.id > *newest => return None,
        FromEngine::Cancel(params) => {
            cancelled.fetch_max(params.id, Ordering::AcqRel);
            Event::Woken
        }
        FromEngine::Answer(id, outcome) => match outcome.read() {
            Ok(reply) => Event::Answer(id, reply),
            Err(violation) => Event::Broken(format!("ignored an answer: {violation}")),
        },
        FromEngine::Unknown(Some(id), method) => Event::Unknown(id, method),
        FromEngine::Unknown(None, _) => return None,
    })
}

#[cfg(test)]
mod tests;
