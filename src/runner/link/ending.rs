//! How a process ends: by itself, on demand, or because a deadline has passed. Whatever the way, its
//! tree is gone before the end is told.

use std::time::{Duration, Instant};

use super::{LAST_GRACE, Link, Phase, Sink, TURN};
use crate::runner::process::Sent;
use crate::runner::{CallId, FleetEvent, Stop};

/// More than a pipe of a dead process can hold.
const LEFT_IN_PIPE: usize = 2 << 20;

impl Link {
    /// When [`Link::meet_deadline`] is due.
    pub(in crate::runner) fn deadline(&self) -> Option<Instant> {
        let own = match self.phase {
            Phase::Starting { deadline } => Some(deadline),
            Phase::Stopping { next, .. } => Some(next),
            Phase::Ready { .. } => None,
        };
        let closed = self.closed.map(|(since, _)| since + LAST_GRACE);
        let describing = self.describing.map(|(since, limit)| since + limit);
        let all = own.into_iter().chain(closed).chain(self.doom);
        all.chain(describing).min()
    }

    /// Does what is due at `now`. What happened while nobody looked goes first: the owner may have
    /// been busy for longer than the time that the process was given.
    pub(in crate::runner) fn meet_deadline(&mut self, now: Instant, sink: &mut Sink<'_>) {
        self.read_stdout(TURN, sink);
        if self.is_over {
            return;
        }
        if let Some(status) = self.process.exit.ended() {
            return self.bury(status, sink);
        }
        if self.doom.is_some_and(|doom| now >= doom) {
            return self.kill(sink);
        }
        if let Some((since, limit)) = self.describing
            && now >= since + limit
        {
            self.describing = None;
            let seconds = limit.as_secs_f64();
            return self.violate(&format!("no answer to `describe` within {seconds} s"), sink);
        }
        if let Some((since, pipe)) = self.closed
            && now >= since + LAST_GRACE
        {
            self.closed = None;
            return self.violate(&format!("it closed its {pipe} and goes on"), sink);
        }
        match self.phase {
            Phase::Starting { deadline } if now >= deadline => {
                let waited = deadline.duration_since(self.started).as_secs_f64();
                let reason = format!("no answer to `initialize` within {waited} s");
                self.fail_start(reason, sink);
            }
            Phase::Stopping { how, next } if now >= next => self.press(how, now, sink),
            _ => {}
        }
    }

    /// The process has ended with `status`: reads what it left, ends its tree, tells the end.
    pub(in crate::runner) fn bury(&mut self, status: String, sink: &mut Sink<'_>) {
        let report = self.process.end_tree();
        // Everything that it wrote is in the pipes by now: there is nothing to wait for, even if
        // somebody else holds them open.
        self.read_stdout(LEFT_IN_PIPE, sink);
        self.read_stderr(LEFT_IN_PIPE, sink);
        if self.is_over {
            return;
        }
        let half_line = (!self.is_broken).then(|| self.lines.finish()).flatten();
        let status = self.with_last_words(status);
        if report.left > 0 {
            let text = format!("{} processes of the runner cannot be ended", report.left);
            self.log.note(text, sink.out);
        }
        match (self.phase, half_line) {
            (Phase::Ready { .. }, Some(violation)) => {
                self.violate(&format!("{violation} ({status})"), sink);
            }
            (Phase::Starting { .. }, Some(violation)) => {
                return self.fail_start(violation.to_string(), sink);
            }
            _ => {}
        }
        let open_call = self.finish(sink);
        let runner = self.runner;
        sink.out.push(match self.phase {
            Phase::Starting { .. } => FleetEvent::StartFailed {
                runner,
                reason: format!("it ended before it answered `initialize`: {status}"),
            },
            Phase::Stopping { how, .. } => FleetEvent::Stopped {
                runner,
                status,
                how,
                held: std::mem::take(&mut self.held),
            },
            Phase::Ready { .. } => FleetEvent::Died {
                runner,
                open_call,
                status,
                held: std::mem::take(&mut self.held),
            },
        });
    }

    /// Kills the tree at once.
    pub(in crate::runner) fn kill(&mut self, sink: &mut Sink<'_>) {
        let report = self.process.end_tree();
        self.read_stderr(LEFT_IN_PIPE, sink);
        let open_call = self.finish(sink);
        sink.out.push(FleetEvent::Killed {
            runner: self.runner,
            open_call,
            report,
            held: std::mem::take(&mut self.held),
        });
    }

    /// Begins an orderly end; `request` is the encoded `shutdown`, if it may be sent.
    pub(in crate::runner) fn stop(
        &mut self,
        request: Option<&[u8]>,
        now: Instant,
        grace: Duration,
    ) {
        (self.closed, self.doom, self.describing) = (None, None, None);
        let asked = request.is_some_and(|line| self.process.send(line) != Sent::Closed);
        self.phase = if asked {
            Phase::Stopping {
                how: Stop::Asked,
                next: now + grace,
            }
        } else {
            self.process.close_stdin();
            self.process.exit.terminate();
            Phase::Stopping {
                how: Stop::Terminated,
                next: now + self.term_grace,
            }
        };
    }

    /// The next harder way to end it.
    fn press(&mut self, how: Stop, now: Instant, sink: &mut Sink<'_>) {
        if how == Stop::Asked {
            self.process.close_stdin();
            self.process.exit.terminate();
            self.phase = Phase::Stopping {
                how: Stop::Terminated,
                next: now + self.term_grace,
            };
        } else {
            self.phase = Phase::Stopping {
                how: Stop::Killed,
                next: now + self.term_grace,
            };
            self.bury("ignored SIGTERM, killed".to_owned(), sink);
        }
    }

    pub(super) fn fail_start(&mut self, reason: String, sink: &mut Sink<'_>) {
        self.process.end_tree();
        self.read_stderr(LEFT_IN_PIPE, sink);
        self.finish(sink);
        let reason = self.with_last_words(reason);
        sink.out.push(FleetEvent::StartFailed {
            runner: self.runner,
            reason,
        });
    }

    /// Closes the books; returns the call that is lost.
    pub(super) fn finish(&mut self, sink: &mut Sink<'_>) -> Option<CallId> {
        self.is_over = true;
        self.tell_progress(sink);
        self.log.close(sink.out);
        self.talk.give_up()
    }

    fn with_last_words(&self, status: String) -> String {
        match self.log.last_words() {
            Some(words) if !status.ends_with("code 0") => format!("{status}: {words}"),
            _ => status,
        }
    }
}
