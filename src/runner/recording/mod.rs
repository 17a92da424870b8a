//! Recordings of what runners were asked and answered, and the runner that plays one.
//!
//! A recording is a text of JSON lines, so that it can be read, compared and cut by hand: the
//! [`Header`] first, then what each runner said of itself, then every call in the order of its end.
//! The [`Tape`] writes one beside a run and never decides anything; [`Recording`] reads one;
//! [`Simulated`] is a runner that answers from it, so that a package runs without its hardware and
//! its test code, supervised like any other runner. The manual page maestro-runner(7) shows the form.

mod fault;
mod lines;
mod read;
mod simulated;
mod tape;
#[cfg(test)]
mod tests;

pub(crate) use fault::{Effect, Fault};
pub(crate) use lines::Header;
pub(crate) use read::Recording;
pub(crate) use simulated::Simulated;
pub(crate) use tape::Tape;
