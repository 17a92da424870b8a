//! What is journaled and not yet delivered.
//!
//! A [`Sink`] is a place that keeps events for good. [`Delivery`] has one thread per sink, which
//! reads the journals by offset on its own tick and hands over what is flushed, in batches; there
//! is no queue in memory, and a sink that is away costs a run nothing. The journals are that of the
//! current run ([`Delivery::attach`]) and all finished ones in `open/` that no process works on;
//! one at a time is locked, so that processes share a backlog between them.
//!
//! **Exactly once.** The cursor lives in the sink and moves in the same transaction as the rows;
//! the sink drops every event up to its cursor. So a batch may be handed over twice, by this
//! process, by another, or after a crash, and is kept once.
//!
//! **Errors.** An unavailable sink is tried again for ever, with growing pauses. A batch that is
//! refused for its content is halved until the offending event is alone; that one the sink notes
//! as rejected, and delivery goes on.
//!
//! **Deadlines.** Every call of a sink ends by the sink's own deadlines. A thread that is still in
//! one after [`Sink::stuck_after`] is given up by the keeper, and another thread with a new sink
//! takes over; never more than one given-up thread of a sink is left behind.
//!
//! **Who has what.** The [`Registry`] names every sink of the station, also those that this command
//! was started without, and notes which sink has which waiting journal. When every registered sink
//! has a whole journal, it moves to `done/`. What is in `done/` is handed over again only on demand
//! ([`Waiting::Everything`]).
//!
//! This module knows no database.

mod backoff;
mod delivery;
mod keeper;
mod outlet;
mod parcel;
mod pulse;
mod registry;
mod shelf;
mod sink;
#[cfg(test)]
mod stuck_tests;
#[cfg(test)]
mod tests;
mod worker;

#[allow(
    unused_imports,
    reason = "nobody else needs it without the feature `redis`"
)]
pub(crate) use backoff::Backoff;
pub(crate) use delivery::{Delivery, DeliveryOptions, SinkState, Waiting, Wish};
pub(crate) use outlet::Outlet;
pub(crate) use parcel::Parcel;
pub(crate) use registry::{Outstanding, Registry};
pub(crate) use sink::{Sink, SinkError};
