//! What is handed to a sink at a time.

use crate::event::{Envelope, RunId};

/// Events of one run, in the order of their numbers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Parcel<'a> {
    pub(crate) run: RunId,
    pub(crate) events: &'a [Envelope],
    /// Nothing follows: the journal is closed and ends here. Such a parcel may hold no events.
    pub(crate) is_last: bool,
}
