//! The state machine of a run: inputs in, effects out; no clock, no I/O, no threads.
//!
//! [`Engine::handle`] takes one [`Input`] and the time, and appends [`Effect`]s: events to publish
//! and commands to runners. [`Engine::deadline`] says when to call again if nothing happens. The
//! session acts; the engine alone decides what runs, what an abort still runs, and what everything
//! is worth (EXECUTION sections 1 to 3).
//!
//! The run is a stack of frames ([`frame`]): a sequence frame walks setup, steps and teardown of
//! one definition; a step frame walks iterations and attempts of one step. The top frame works
//! until something must be waited for. Begin reading at `machine.rs`.

mod abort;
mod attempt;
mod deadline;
mod frame;
mod input;
mod judge;
mod machine;
mod outcome;
mod prompts;
mod reply;
mod sequence;
mod setting;
mod step;
#[cfg(test)]
mod tests;

pub(crate) use input::{Begin, CallId, Effect, Input, RunnerQuestion};
pub(crate) use machine::{Engine, Options};
