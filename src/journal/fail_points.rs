//! Places where a test makes this process die, a thread panic or the disk fail.
//!
//! `cli` reads `MAESTRO_FAILPOINT` and hands the text in. Without it there is no object at all, and
//! each place costs one test of an `Option`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A kind of place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FailPoint {
    /// `append:N`: the process is killed right after the N-th append of any journal.
    Append,
    /// `flush:N`: the process is killed right after the N-th flush.
    Flush,
    /// `commit:N`: the process is killed right after the N-th commit of a sink.
    Commit,
    /// `full:N`: from the N-th append on the disk is full, until the reserve is released.
    Full,
    /// `broken:N`: from the N-th flush on the disk refuses to flush.
    Broken,
    /// `session:N`: the session's thread panics before it appends the N-th event.
    Session,
    /// `screen:N`: the screen's thread panics at the N-th event that it is told.
    Screen,
}

/// The places that are armed, and how often each was passed.
#[derive(Debug)]
pub(crate) struct FailPoints {
    armed: Vec<Armed>,
}

#[derive(Debug)]
struct Armed {
    point: FailPoint,
    at: u64,
    passed: AtomicU64,
}

impl FailPoints {
    /// Reads `append:17`, or several separated by commas; `None` where the text is something else.
    pub(crate) fn parse(text: &str) -> Option<Arc<Self>> {
        let armed = text.split(',').map(Armed::parse).collect::<Option<_>>()?;
        Some(Arc::new(Self { armed }))
    }

    /// Counts a passage, and kills this process if it is the one that was asked for.
    pub(crate) fn pass(points: Option<&Arc<Self>>, point: FailPoint) {
        if let Some(points) = points
            && points.count(point) == Passage::Reached
        {
            kill_this_process();
        }
    }

    /// Counts a passage, and breaks an invariant if it is the one that was asked for.
    pub(crate) fn panic_at(points: Option<&Arc<Self>>, point: FailPoint) {
        let is_reached = points.is_some_and(|points| points.count(point) == Passage::Reached);
        assert!(!is_reached, "fail point {point:?} is reached");
    }

    /// Counts a passage; true from the one that was asked for on.
    pub(super) fn fails(points: Option<&Arc<Self>>, point: FailPoint) -> bool {
        points.is_some_and(|points| points.count(point) != Passage::Before)
    }

    fn count(&self, point: FailPoint) -> Passage {
        let Some(armed) = self.armed.iter().find(|armed| armed.point == point) else {
            return Passage::Before;
        };
        let passed = armed.passed.fetch_add(1, Ordering::SeqCst) + 1;
        match passed.cmp(&armed.at) {
            std::cmp::Ordering::Less => Passage::Before,
            std::cmp::Ordering::Equal => Passage::Reached,
            std::cmp::Ordering::Greater => Passage::Beyond,
        }
    }
}

impl Armed {
    fn parse(text: &str) -> Option<Self> {
        let (point, at) = text.trim().split_once(':')?;
        let point = match point {
            "append" => FailPoint::Append,
            "flush" => FailPoint::Flush,
            "commit" => FailPoint::Commit,
            "full" => FailPoint::Full,
            "broken" => FailPoint::Broken,
            "session" => FailPoint::Session,
            "screen" => FailPoint::Screen,
            _ => return None,
        };
        Some(Self {
            point,
            at: at.parse().ok().filter(|&at| at > 0)?,
            passed: AtomicU64::new(0),
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Passage {
    Before,
    Reached,
    Beyond,
}

/// Dies as `kill -9` makes a process die: nothing is unwound, flushed or closed.
fn kill_this_process() {
    let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn point_is_reached_once_and_then_passed() {
        let points = FailPoints::parse("full:2, append:99").unwrap();
        assert_eq!(points.count(FailPoint::Full), Passage::Before);
        assert_eq!(points.count(FailPoint::Full), Passage::Reached);
        assert_eq!(points.count(FailPoint::Full), Passage::Beyond);
        assert_eq!(points.count(FailPoint::Commit), Passage::Before);
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "append", "append:", "append:0", "append:x", "crash:1"] {
            assert!(FailPoints::parse(text).is_none(), "{text:?}");
        }
    }
}
