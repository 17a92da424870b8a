//! All runner processes of one run: what their owner can ask for.
//!
//! The waiting is in [`wait`](super::wait).

use std::collections::HashSet;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use maestro_protocol::{
    CancelParams, DescribeParams, ExecuteParams, InitializeParams, MAX_LINE, PromptReply,
    RequestId, encode_notification, encode_request, encode_result, error, method,
};
use serde::Serialize;

use super::link::{Link, Phase, Sink};
use super::log::LogStream;
use super::os::{self, BootTicks, WakeSource, Waker};
use super::process::{Process, Sent};
use super::spec::{Generation, Mark};
use super::talk::{Ask, Talk};
use super::{CallId, FleetEvent, FleetOptions, RunnerId, RunnerSpec};

/// Most of the encoding buffer that is kept between calls.
const KEPT_BUFFER: usize = 1 << 20;
const SCRATCH: usize = 64 * 1024;

/// Fleets of this process: the last one alone may end what no runner owns any more.
static FLEETS: AtomicUsize = AtomicUsize::new(0);

/// The runner processes of one run.
///
/// Has no thread of its own: its owner calls [`Fleet::poll`]. Nothing here waits for a runner; only
/// the end of a tree is waited for, which takes milliseconds. The thread that calls
/// [`Fleet::start`] must outlive the processes, which get SIGTERM when it ends. Dropping a fleet
/// kills what is left of it.
#[derive(Debug)]
pub(crate) struct Fleet {
    pub(super) options: FleetOptions,
    pub(super) seats: Vec<Seat>,
    /// Events from between two polls.
    pub(super) pending: Vec<FleetEvent>,
    pub(super) scratch: Box<[u8]>,
    /// The runner that was called last, and until when its answer is awaited without sleeping.
    pub(super) hot: Option<(usize, Instant)>,
    pub(super) wake_source: WakeSource,
    waker: Waker,
    /// Encoded messages.
    buffer: Vec<u8>,
    since: BootTicks,
    is_closing: bool,
}

/// The place of a runner: one process after another sits in it.
#[derive(Debug)]
pub(super) struct Seat {
    generation: Generation,
    next_id: u64,
    pub(super) link: Option<Box<Link>>,
}

impl Fleet {
    /// A fleet without processes.
    pub(crate) fn new(options: FleetOptions) -> io::Result<Self> {
        os::become_subreaper();
        let (waker, wake_source) = Waker::pair()?;
        FLEETS.fetch_add(1, Ordering::Relaxed);
        Ok(Self {
            options,
            seats: Vec::new(),
            pending: Vec::new(),
            scratch: vec![0; SCRATCH].into_boxed_slice(),
            hot: None,
            wake_source,
            waker,
            buffer: Vec::new(),
            since: BootTicks::now(),
            is_closing: false,
        })
    }

    /// What ends a wait of [`Fleet::poll`] from elsewhere.
    pub(crate) fn waker(&self) -> Waker {
        self.waker.clone()
    }

    /// Starts a process for `runner` and sends `initialize`; a process that sits there already is
    /// killed first. The outcome is told by [`FleetEvent::Ready`] or [`FleetEvent::StartFailed`].
    pub(crate) fn start(
        &mut self,
        runner: RunnerId,
        spec: &RunnerSpec,
        params: &InitializeParams,
        now: Instant,
    ) {
        self.kill(runner);
        let index = self.seat_index(runner);
        let seat = &mut self.seats[index];
        seat.generation += 1;
        let mark = Mark::new(&self.options.run, &spec.name, seat.generation);
        let process = match Process::spawn(spec, mark) {
            Ok(process) => process,
            Err(reason) => {
                let failed = FleetEvent::StartFailed { runner, reason };
                return self.pending.push(failed);
            }
        };
        seat.link = Some(Box::new(Link::new(
            runner,
            seat.generation,
            process,
            Talk::new(seat.next_id),
            LogStream::new(runner, self.options.log_limit),
            now,
            &self.options,
        )));
        // Nothing here can fail to be encoded or be too long for a line; if it were, the runner
        // would end at its deadline for `initialize`.
        self.request(index, Ask::Initialize, method::INITIALIZE, params)
            .ok();
    }

    /// Asks what targets look like. Silence breaks a rule.
    pub(crate) fn describe(&mut self, runner: RunnerId, call: CallId, params: &DescribeParams) {
        self.call(runner, Ask::Describe(call), method::DESCRIBE, params);
        let limit = self.options.describe_limit;
        if let Some(link) = self.link(runner) {
            link.describing = Some((super::clock::now(), limit));
        }
    }

    /// Calls a target. One call at a time per runner: a second one makes the first be forgotten.
    pub(crate) fn execute(&mut self, runner: RunnerId, call: CallId, params: &ExecuteParams) {
        self.call(runner, Ask::Execute(call), method::EXECUTE, params);
    }

    /// Whether a runner that was ready has ended by itself, which [`Fleet::poll`] tells if it has
    /// not told it yet.
    pub(crate) fn has_ended(&self, runner: RunnerId) -> bool {
        let seat = self.seats.get(runner.0 as usize);
        let link = seat.and_then(|seat| seat.link.as_deref());
        link.is_none_or(|link| link.process.exit.ended().is_some())
    }

    /// Asks the runner to end `call`, and withdraws the call's prompts. Whatever it answers comes
    /// as [`FleetEvent::LateReply`]. A runner that does not even take the message is killed.
    pub(crate) fn cancel(&mut self, runner: RunnerId, call: CallId) {
        let Some(link) = self.link(runner) else {
            return;
        };
        let Some(id) = link.talk.cancel(call) else {
            return;
        };
        let prompts = link.talk.take_prompts();
        let obeys = matches!(link.phase, Phase::Ready { capabilities } if capabilities.cancel);
        if obeys {
            let mut bytes = Vec::new();
            let encoded = encode_notification(&mut bytes, method::CANCEL, &CancelParams { id });
            if encoded.is_err() || link.process.has_unsent() || link.send(&bytes) != Sent::All {
                return self.kill(runner);
            }
        }
        for request in prompts {
            link.refuse(&request, error::CANCELLED, "the call was cancelled");
        }
    }

    /// Answers a prompt; one that is no longer open is left alone. Tells whether it was open.
    pub(crate) fn answer_prompt(
        &mut self,
        runner: RunnerId,
        request: &RequestId,
        reply: &PromptReply,
    ) -> bool {
        let Some(link) = self.link(runner) else {
            return false;
        };
        let mut bytes = Vec::new();
        let is_open = link.talk.close_prompt(request);
        if is_open && encode_result(&mut bytes, request, reply).is_ok() {
            link.send(&bytes);
        }
        is_open
    }

    /// Tells the runner that nobody can answer its prompt (-32001).
    pub(crate) fn refuse_prompt(&mut self, runner: RunnerId, request: &RequestId, reason: &str) {
        if let Some(link) = self.link(runner)
            && link.talk.close_prompt(request)
        {
            link.refuse(request, error::NOBODY_ANSWERS, reason);
        }
    }

    /// Kills the runner's whole tree at once; [`FleetEvent::Killed`] tells the rest.
    pub(crate) fn kill(&mut self, runner: RunnerId) {
        let index = runner.0 as usize;
        if self
            .seats
            .get(index)
            .is_some_and(|seat| seat.link.is_some())
        {
            self.visit(index, Link::kill);
        }
    }

    /// Begins to end every runner: `shutdown`, SIGTERM after the grace period, SIGKILL two seconds
    /// later. [`Fleet::poll`] carries on until [`Fleet::is_empty`].
    pub(crate) fn shutdown_all(&mut self, now: Instant) {
        self.is_closing = true;
        for index in 0..self.seats.len() {
            self.shutdown(index, now);
        }
        self.sweep();
    }

    /// The same for those runners that keep something open; [`Fleet::poll`] carries on while
    /// [`Fleet::is_stopping`].
    pub(crate) fn shutdown_holding(&mut self, now: Instant) {
        for index in 0..self.seats.len() {
            let link = self.seats[index].link.as_deref();
            if link.is_some_and(|link| !link.held.is_empty()) {
                self.shutdown(index, now);
            }
        }
    }

    /// Whether a runner is on its way out.
    pub(crate) fn is_stopping(&self) -> bool {
        let links = self.seats.iter().filter_map(|seat| seat.link.as_deref());
        links
            .map(|link| link.phase)
            .any(|phase| matches!(phase, Phase::Stopping { .. }))
    }

    fn shutdown(&mut self, index: usize, now: Instant) {
        let seat = &mut self.seats[index];
        let next_id = &mut seat.next_id;
        let Some(link) = seat.link.as_deref_mut() else {
            return;
        };
        if matches!(link.phase, Phase::Stopping { .. }) {
            return;
        }
        let grace = if link.held.is_empty() {
            self.options.shutdown_grace
        } else {
            self.options.closing_grace
        };
        let mut bytes = Vec::new();
        let request = link.is_ready().then(|| {
            let id = link.talk.ask(Ask::Shutdown);
            *next_id = link.talk.next_id();
            encode_request(&mut bytes, id, method::SHUTDOWN, &serde_json::json!({})).ok()
        });
        let request = request.flatten().map(|()| bytes.as_slice());
        link.stop(request, now, grace);
    }

    /// Whether no process is left.
    pub(crate) fn is_empty(&self) -> bool {
        self.seats.iter().all(|seat| seat.link.is_none())
    }

    /// Whether the runner can take a call now.
    #[cfg(test)]
    pub(crate) fn is_ready(&self, runner: RunnerId) -> bool {
        self.seats
            .get(runner.0 as usize)
            .and_then(|seat| seat.link.as_deref())
            .is_some_and(Link::is_ready)
    }

    /// Whether the runner must be started (anew) before it can take a call: it is not there, or it
    /// broke the protocol. False while it starts.
    #[cfg(test)]
    pub(crate) fn needs_restart(&self, runner: RunnerId) -> bool {
        self.seats
            .get(runner.0 as usize)
            .and_then(|seat| seat.link.as_deref())
            .is_none_or(|link| !matches!(link.phase, Phase::Starting { .. }) && !link.is_ready())
    }

    /// How many processes the runner has had.
    pub(crate) fn generation(&self, runner: RunnerId) -> Generation {
        let seat = self.seats.get(runner.0 as usize);
        seat.map_or(0, |seat| seat.generation)
    }

    fn call(&mut self, runner: RunnerId, ask: Ask, method: &str, params: &impl Serialize) {
        let (Ask::Describe(call) | Ask::Execute(call)) = ask else {
            return;
        };
        let index = self.seat_index(runner);
        if let Err(reason) = self.try_call(index, call, ask, method, params) {
            self.pending.push(FleetEvent::NotSent {
                runner,
                call,
                reason,
            });
        }
    }

    fn try_call(
        &mut self,
        index: usize,
        call: CallId,
        ask: Ask,
        method: &str,
        params: &impl Serialize,
    ) -> Result<(), String> {
        let link = self.seats[index].link.as_deref_mut();
        let Some(link) = link.filter(|link| link.is_ready()) else {
            return Err("the runner is not running".to_owned());
        };
        link.log.turn_to(Some(call), &mut self.pending);
        self.request(index, ask, method, params)?;
        if !self.options.spin.is_zero() {
            self.hot = Some((index, super::clock::now() + self.options.spin));
        }
        Ok(())
    }

    /// Encodes a request into the kept buffer and writes what the pipe takes.
    fn request(
        &mut self,
        index: usize,
        ask: Ask,
        method: &str,
        params: &impl Serialize,
    ) -> Result<(), String> {
        let seat = &mut self.seats[index];
        let Some(link) = seat.link.as_deref_mut() else {
            return Err("the runner is not running".to_owned());
        };
        self.buffer.clear();
        let id = link.talk.next_id();
        encode_request(&mut self.buffer, id, method, params)
            .map_err(|error| format!("the parameters cannot be written as JSON: {error}"))?;
        let length = self.buffer.len();
        if length > MAX_LINE {
            self.buffer = Vec::new();
            return Err(format!(
                "the parameters take {length} bytes, a message may have {MAX_LINE}"
            ));
        }
        link.talk.ask(ask);
        seat.next_id = link.talk.next_id();
        link.send(&self.buffer);
        if self.buffer.capacity() > KEPT_BUFFER {
            self.buffer = Vec::new();
        }
        Ok(())
    }

    fn seat_index(&mut self, runner: RunnerId) -> usize {
        let index = runner.0 as usize;
        while self.seats.len() <= index {
            self.seats.push(Seat {
                generation: 0,
                next_id: 1,
                link: None,
            });
        }
        index
    }

    fn link(&mut self, runner: RunnerId) -> Option<&mut Link> {
        self.seats.get_mut(runner.0 as usize)?.link.as_deref_mut()
    }

    /// Lets `work` have the link of a seat, its events going to the next poll.
    fn visit(&mut self, index: usize, work: impl FnOnce(&mut Link, &mut Sink<'_>)) {
        let mut pending = std::mem::take(&mut self.pending);
        self.visit_into(index, &mut pending, work);
        self.pending = pending;
    }

    /// Lets `work` have the link of a seat, and clears the seat if its process is over.
    pub(super) fn visit_into(
        &mut self,
        index: usize,
        out: &mut Vec<FleetEvent>,
        work: impl FnOnce(&mut Link, &mut Sink<'_>),
    ) {
        let seat = &mut self.seats[index];
        let Some(link) = seat.link.as_deref_mut() else {
            return;
        };
        let mut sink = Sink {
            out,
            scratch: &mut self.scratch,
        };
        work(link, &mut sink);
        if link.is_over {
            seat.link = None;
            self.sweep();
        }
    }

    /// Ends what no runner owns any more, once the last runner of the last fleet has ended.
    fn sweep(&mut self) {
        if self.is_closing && self.is_empty() && FLEETS.load(Ordering::Relaxed) == 1 {
            os::end_adopted(self.since);
        }
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        self.is_closing = true;
        for seat in &mut self.seats {
            if let Some(link) = seat.link.take() {
                link.process.end_tree();
            }
        }
        if !self.seats.is_empty() {
            self.sweep();
        }
        FLEETS.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Ends every process that runners of `run` left on this machine: for the recovery of a run whose
/// supervisor is gone.
pub(crate) fn kill_run(run: &str) -> os::KillReport {
    kill_runs(&HashSet::from([run.to_owned()]))
}

/// The same for many runs, with one look at the processes of this machine.
pub(crate) fn kill_runs(runs: &HashSet<String>) -> os::KillReport {
    if runs.is_empty() {
        return os::KillReport::default();
    }
    os::kill_marked(&Mark::start(), runs)
}

#[cfg(test)]
pub(super) fn is_alone() -> bool {
    FLEETS.load(Ordering::Relaxed) == 1
}
