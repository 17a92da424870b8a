//! The thread that looks after the others: it finds what earlier processes left, removes what is
//! old, and replaces a thread that is stuck.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::pulse::Pulse;
use super::shelf::{Phase, Shelf};
use super::worker::Worker;
use super::{DeliveryOptions, Outlet, Sink};
use crate::event::Timestamp;
use crate::journal::{JournalError, archive};

/// The shortest sleep: a thread that is about to be stuck is not asked without pause.
const SHORTEST: Duration = Duration::from_millis(20);

/// Owns the outlets, and knows the thread of each.
#[derive(Debug)]
pub(super) struct Keeper {
    shelf: Arc<Shelf>,
    options: DeliveryOptions,
    posts: Vec<Post>,
}

/// The thread of one sink.
#[derive(Debug)]
struct Post {
    outlet: Outlet,
    stuck_after: Duration,
    pulse: Arc<Pulse>,
    /// A thread that was given up; while it has not ended, no other one is given up.
    given_up: Option<Arc<Pulse>>,
}

impl Keeper {
    pub(super) fn new(shelf: Arc<Shelf>, options: DeliveryOptions) -> Self {
        Self {
            shelf,
            options,
            posts: Vec::new(),
        }
    }

    /// Starts the first thread of a sink.
    pub(super) fn hire(&mut self, outlet: Outlet, sink: Box<dyn Sink>) -> Result<(), JournalError> {
        let place = self.posts.len();
        let stuck_after = sink.stuck_after();
        let pulse = self
            .start(place, outlet.id, sink)
            .map_err(|source| JournalError::Io {
                action: "start the delivery of",
                path: self.options.folder.clone(),
                source,
            })?;
        self.posts.push(Post {
            outlet,
            stuck_after,
            pulse,
            given_up: None,
        });
        Ok(())
    }

    /// Keeps order until every thread has ended, or nobody waits for them any more.
    pub(super) fn keep(mut self) {
        let mut last_round: Option<Timestamp> = None;
        loop {
            let now = (self.options.now)();
            if last_round.is_none_or(|last| now.since(last) >= self.options.round) {
                self.make_round(now);
                last_round = Some(now);
            }
            self.replace_stuck(now);
            let is_over = self.posts.iter().all(|post| post.pulse.has_ended());
            if is_over || self.shelf.lock().phase == Phase::Draining {
                break;
            }
            self.shelf.rest(self.pause(now));
        }
    }

    /// Finds journals that wait, and removes those that were delivered long ago.
    fn make_round(&self, now: Timestamp) {
        // A folder that cannot be listed now may be in the next round.
        let _ = self.shelf.look(now);
        self.shelf.update(|content| content.has_looked = true);
        let retention = self.options.retention.as_micros() as i64;
        let keep_from = now.0.saturating_sub(retention);
        archive::prune(&self.options.folder, Timestamp(keep_from));
    }

    /// Until a thread can have been in a call for too long, else a round.
    fn pause(&self, now: Timestamp) -> Duration {
        let busy = self.posts.iter().filter_map(|post| {
            let busy_for = post.pulse.busy_for(now);
            (!busy_for.is_zero()).then(|| post.stuck_after.saturating_sub(busy_for))
        });
        let round = self.options.round;
        busy.chain([round]).min().unwrap_or(round).max(SHORTEST)
    }

    fn replace_stuck(&mut self, now: Timestamp) {
        for place in 0..self.posts.len() {
            let post = &mut self.posts[place];
            if post.given_up.as_ref().is_some_and(|old| old.has_ended()) {
                post.given_up = None;
            }
            let is_stuck = post.pulse.busy_for(now) > post.stuck_after;
            let has_died = post.pulse.has_ended() && !self.shelf.lock().sinks[place].has_ended;
            if (is_stuck && post.given_up.is_none()) || has_died {
                self.replace(place, has_died);
            }
        }
    }

    /// Another thread with a new sink takes over.
    fn replace(&mut self, place: usize, has_died: bool) {
        let problem = if has_died {
            "its thread ended by a bug in maestro; another one took over".to_owned()
        } else {
            let seconds = self.posts[place].stuck_after.as_secs();
            format!("it did not answer for {seconds} s; another connection is tried")
        };
        let old = Arc::clone(&self.posts[place].pulse);
        old.give_up();
        self.shelf.update(|content| {
            let state = &mut content.sinks[place];
            state.problem = Some(problem);
            state.replaced += 1;
        });
        // What it held is found again.
        let _ = self.shelf.look((self.options.now)());
        // Where no thread can be had, the next round tries again.
        let outlet = &self.posts[place].outlet;
        if let Ok(pulse) = self.start(place, outlet.id, outlet.sink()) {
            let post = &mut self.posts[place];
            post.pulse = pulse;
            post.given_up = (!has_died).then_some(old);
        }
    }

    fn start(&self, place: usize, id: &str, sink: Box<dyn Sink>) -> std::io::Result<Arc<Pulse>> {
        let pulse = Arc::new(Pulse::default());
        let worker = Worker::new(
            place,
            sink,
            Arc::clone(&self.shelf),
            Arc::clone(&pulse),
            self.options.clone(),
        );
        thread::Builder::new()
            .name(format!("deliver-{id}"))
            .spawn(move || worker.work())?;
        self.shelf.lock().pulses[place] = Arc::clone(&pulse);
        Ok(pulse)
    }
}
