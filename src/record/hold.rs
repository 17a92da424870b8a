//! A time at which a run was held.

use crate::event::{HoldCommanded, RunHeld, Timestamp};

/// Where a run was held, and what it was told.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct HoldRecord {
    pub(crate) at: Timestamp,
    pub(crate) held: Box<RunHeld>,
    /// `None` while the run is held, and where its process died meanwhile.
    pub(crate) commanded: Option<(Timestamp, Box<HoldCommanded>)>,
}

impl HoldRecord {
    pub(super) fn begin(held: &RunHeld, at: Timestamp) -> Self {
        Self {
            at,
            held: Box::new(held.clone()),
            commanded: None,
        }
    }

    /// How long the run was held; nothing for a hold without an end.
    pub(crate) fn held_us(&self) -> u64 {
        self.commanded
            .as_ref()
            .map_or(0, |(_, commanded)| commanded.held_us)
    }
}
