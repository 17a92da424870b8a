//! The one place where the supervisor waits.

use std::io;
use std::os::fd::AsFd as _;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::fleet::Fleet;
use super::link::{Link, Sink, TURN};
use super::{FleetEvent, clock};

/// What became ready.
#[derive(Debug, Clone, Copy)]
enum Source {
    Stdout(usize),
    Stderr(usize),
    Stdin(usize),
    Exit(usize),
    Wake,
}

impl Fleet {
    /// Waits until something happened or `until` has come, and appends what happened to `out`.
    /// Without `until` it waits for the next event, however long. Drives starts and ends meanwhile.
    pub(crate) fn poll(
        &mut self,
        until: Option<Instant>,
        out: &mut Vec<FleetEvent>,
    ) -> io::Result<()> {
        if !self.pending.is_empty() {
            out.append(&mut self.pending);
            return Ok(());
        }
        let before = out.len();
        if self.look(until, out) {
            return Ok(());
        }
        loop {
            let now = clock::now();
            self.meet_deadlines(now, out);
            let is_last = until.is_some_and(|until| now >= until) || out.len() > before;
            let wait = if is_last {
                Some(Duration::ZERO)
            } else {
                let first = self.next_deadline().into_iter().chain(until).min();
                first.map(|first| first.saturating_duration_since(now))
            };
            self.round(wait, out)?;
            out.append(&mut self.pending);
            if is_last || out.len() > before {
                return Ok(());
            }
        }
    }

    /// Looks for the answer of the runner that was just called, for as long as waking from a sleep
    /// would take. Once per call. Tells whether something came.
    fn look(&mut self, until: Option<Instant>, out: &mut Vec<FleetEvent>) -> bool {
        let Some((index, end)) = self.hot.take() else {
            return false;
        };
        let end = until.map_or(end, |until| end.min(until));
        let before = out.len();
        while clock::now() < end {
            let mut is_open = false;
            self.visit_into(index, out, |link, sink| {
                link.read_stdout(TURN, sink);
                is_open = link.process.stdout.is_some();
            });
            if out.len() > before {
                return true;
            }
            if !is_open {
                return false;
            }
            // The scheduler may have put the runner on this processor: then it goes on now. A plain
            // spin would hold it up to the end.
            std::thread::yield_now();
        }
        false
    }

    /// Waits once, at most for `wait`, and serves what is ready.
    fn round(&mut self, wait: Option<Duration>, out: &mut Vec<FleetEvent>) -> io::Result<()> {
        let mut sources = Vec::with_capacity(1 + 4 * self.seats.len());
        let wait = wait.map(timespec);
        {
            let mut fds = Vec::with_capacity(sources.capacity());
            self.register(&mut fds, &mut sources);
            match poll(&mut fds, wait.as_ref()) {
                Ok(0) | Err(Errno::INTR) => return Ok(()),
                Ok(_) => {}
                Err(error) => return Err(error.into()),
            }
            let mut ready = fds.iter().map(|fd| !fd.revents().is_empty());
            sources.retain(|_| ready.next().unwrap_or(false));
        }
        for source in sources {
            self.serve(source, out);
        }
        Ok(())
    }

    /// Lists what to wait for: answers first, so that a flood of log never goes before them.
    fn register<'fd>(&'fd self, fds: &mut Vec<PollFd<'fd>>, sources: &mut Vec<Source>) {
        let mut add = |fd, source, flags| {
            fds.push(PollFd::from_borrowed_fd(fd, flags));
            sources.push(source);
        };
        let links = || {
            let links = self.seats.iter().map(|seat| seat.link.as_deref());
            links
                .enumerate()
                .filter_map(|(index, link)| Some((index, &link?.process)))
        };
        for (index, process) in links() {
            if let Some(stdout) = &process.stdout {
                add(stdout.as_fd(), Source::Stdout(index), PollFlags::IN);
            }
        }
        for (index, process) in links() {
            if let Some(stderr) = &process.stderr {
                add(stderr.as_fd(), Source::Stderr(index), PollFlags::IN);
            }
            if let Some(stdin) = &process.stdin
                && process.has_unsent()
            {
                add(stdin.as_fd(), Source::Stdin(index), PollFlags::OUT);
            }
            add(process.exit.as_fd(), Source::Exit(index), PollFlags::IN);
        }
        add(self.wake_source.as_fd(), Source::Wake, PollFlags::IN);
    }

    fn serve(&mut self, source: Source, out: &mut Vec<FleetEvent>) {
        match source {
            Source::Stdout(index) => self.visit_into(index, out, |link, sink| {
                link.read_stdout(TURN, sink);
            }),
            Source::Stderr(index) => {
                self.visit_into(index, out, |link, sink| link.read_stderr(TURN, sink));
            }
            Source::Stdin(index) => self.visit_into(index, out, |link, _| link.flush()),
            Source::Exit(index) => self.visit_into(index, out, |link, sink: &mut Sink<'_>| {
                if let Some(status) = link.process.exit.ended() {
                    link.bury(status, sink);
                }
            }),
            Source::Wake => {
                if self.wake_source.take() {
                    out.push(FleetEvent::Wake);
                }
            }
        }
    }

    fn meet_deadlines(&mut self, now: Instant, out: &mut Vec<FleetEvent>) {
        for index in 0..self.seats.len() {
            let link = self.seats[index].link.as_deref();
            let due = link.and_then(Link::deadline);
            if due.is_some_and(|due| now >= due) {
                self.visit_into(index, out, |link, sink| link.meet_deadline(now, sink));
            }
        }
    }

    fn next_deadline(&self) -> Option<Instant> {
        let links = self.seats.iter().filter_map(|seat| seat.link.as_deref());
        links.filter_map(Link::deadline).min()
    }
}

fn timespec(wait: Duration) -> Timespec {
    Timespec {
        // An `until` further away than the clock can tell is as good as the largest.
        tv_sec: i64::try_from(wait.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: i64::from(wait.subsec_nanos()),
    }
}
