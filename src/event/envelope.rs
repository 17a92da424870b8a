//! What stands around every event: its number and its time.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Event, Timestamp};

/// Version of the journal line; a reader refuses lines of a newer one.
pub(crate) const FORMAT_VERSION: u8 = 1;

/// Identity of a run: a UUID v7, so that ids sort by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct RunId(pub(crate) Uuid);

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

/// Number of a step record within its run, from 1, in the order in which steps started. Each
/// iteration of a loop has a record of its own; attempts share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct StepNo(pub(crate) u32);

/// An event with its number and time, as the journal keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Envelope {
    /// [`FORMAT_VERSION`] of the writer.
    pub(crate) v: u8,
    /// Number within the run, from 1, without gaps.
    pub(crate) seq: u64,
    pub(crate) time: Timestamp,
    #[serde(flatten)]
    pub(crate) event: Event,
}
