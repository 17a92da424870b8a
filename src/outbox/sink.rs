//! A place that keeps events for good.

use std::time::Duration;

use super::Parcel;
use crate::event::{Envelope, RunId, Timestamp};

/// A durable store of events: the embedded store, a shared database, a queue for an MES.
///
/// One thread owns a sink. Every call has a deadline of the sink's own; a connection is made on
/// demand, so that making a sink costs nothing.
pub(crate) trait Sink: Send {
    /// The name under which people know it, such as `embedded store`.
    fn name(&self) -> &str;

    /// Number of the last event of a run that the sink has, 0 where it has none.
    fn cursor(&mut self, run: RunId) -> Result<u64, SinkError>;

    /// Keeps a parcel and moves the cursor, in one transaction. Events up to the cursor as it
    /// stands in that transaction are dropped.
    ///
    /// A sink that has less than it said is [`SinkError::Unavailable`]: after any error it is asked
    /// for its cursor anew.
    ///
    /// After a parcel that is the last of its journal everything of the run is on the sink's disk.
    fn deliver(&mut self, parcel: &Parcel) -> Result<(), SinkError>;

    /// Notes an event that the sink refuses for its content, and moves the cursor past it, in one
    /// transaction.
    fn reject(&mut self, run: RunId, event: &Envelope, reason: &str) -> Result<(), SinkError>;

    /// Renews the sign of life of a run that has had nothing to say.
    fn touch(&mut self, run: RunId, now: Timestamp) -> Result<(), SinkError>;

    /// Lets go of what costs others, such as a connection: nothing was delivered for 30 s.
    fn rest(&mut self) {}

    /// How long the end of the program may wait for this sink while it makes progress.
    fn patience(&self) -> Duration;

    /// The time in which every call ends by the sink's own deadlines. A thread that is longer in
    /// one is stuck; it is given up, and another one takes over with a new sink.
    fn stuck_after(&self) -> Duration {
        Duration::from_mins(1)
    }
}

/// Why a sink did not take what it was given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SinkError {
    /// It cannot be reached or written for now: connection, permission, space, lock. Tried again.
    #[error("{0}")]
    Unavailable(String),
    /// Its schema is not for this program to write; tried again, since a migration may come.
    #[error("{0}")]
    Paused(String),
    /// Something in the content: the parcel is halved until the event is found.
    #[error("{0}")]
    Refused(String),
}
