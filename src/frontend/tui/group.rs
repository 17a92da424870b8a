//! The process group of this program, by which a shell gives the terminal to one job or another.

use std::fs;
use std::io;

use rustix::process::{Signal, kill_current_process_group};
use rustix::termios::tcgetpgrp;

/// The group that this process began in, and that of the session's leader.
///
/// Read from `/proc`, and not asked of the system: in a container whose leader is outside, the
/// numbers are 0, which the typed calls take for impossible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Group {
    own: i32,
    session: i32,
}

impl Group {
    pub(super) fn of_this_process() -> Option<Self> {
        Self::parse(&fs::read_to_string("/proc/self/stat").ok()?)
    }

    /// `PID (NAME) STATE PARENT GROUP SESSION …`; a name may hold anything.
    fn parse(stat: &str) -> Option<Self> {
        let (_, rest) = stat.rsplit_once(") ")?;
        let mut numbers = rest.split(' ').skip(2).map(str::parse);
        let own = numbers.next()?.ok()?;
        let session = numbers.next()?.ok()?;
        (own > 0 && session > 0).then_some(Self { own, session })
    }

    /// Whether keys come to this group: not while a shell has another job in front. A terminal
    /// that controls no session knows no groups.
    pub(super) fn is_in_front(self) -> bool {
        tcgetpgrp(io::stdin()).map_or(true, |group| group.as_raw_nonzero().get() == self.own)
    }

    /// Whether a shell made this group for a job, and waits behind it: the group of the one who
    /// opened the session has nobody who could go on with it.
    pub(super) fn is_job(self) -> bool {
        self.own != self.session
    }

    /// Stops everything that the shell started for this job; returns when somebody goes on with it.
    pub(super) fn stop() -> io::Result<()> {
        Ok(kill_current_process_group(Signal::STOP)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn group_and_session_stand_behind_a_name_that_may_hold_anything() {
        let group = Group::parse("42 (a) S (b) R 7 40 30 1026 40 0").unwrap();
        assert_eq!((group.own, group.session), (40, 30));
        assert!(group.is_job());
        assert_eq!(Group::parse("42 (a) S 7 0 0 1026"), None);
        assert_eq!(Group::parse("nonsense"), None);
    }
}
