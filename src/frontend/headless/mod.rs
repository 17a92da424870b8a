//! The headless front end: a run as lines on stdout, progress and questions on stderr.
//!
//! It reads a batch of events at a time, renders them into one text and writes that with one call,
//! so that it keeps up with tens of thousands of events a second. It decides nothing: verdicts,
//! reasons and counts come with the events. A closed stdout is noticed and ignored, because the run
//! must go on. Begin with [`lines`] for what is written and [`mod@watch`] for the loop.

mod ask;
mod closing;
mod layout;
mod lines;
mod progress;

#[cfg(test)]
mod tests;
mod watch;

pub(crate) use layout::Layout;
pub(crate) use lines::{Detail, Lines, Look};
pub(crate) use watch::{Asking, Output, Show, Streams, watch};
