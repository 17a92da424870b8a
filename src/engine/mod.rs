//! The state machine of a run: inputs in, effects out; no clock, no I/O, no threads.
//!
//! [`Engine::handle`] takes one [`Input`] and the time, and appends [`Effect`]s: events to publish
//! and commands to runners. [`Engine::deadline`] says when to call again if nothing happens. The
//! session acts; the engine alone decides what runs, what an abort still runs, and what everything
//! is worth (EXECUTION sections 1 to 3).
//!
//! The run is a stack of frames ([`frame`]): a sequence frame walks setup, steps and teardown of
//! one definition; a step frame walks iterations and attempts of one step. The top frame works
//! until something must be waited for. Under `--step` and `--break` it also stops between steps
//! until it is told how to go on ([`hold`]). Begin reading at `machine.rs`.

mod abort;
mod attempt;
mod deadline;
mod frame;
mod hold;
mod input;
mod judge;
mod machine;
mod outcome;
mod preview;
mod prompts;
mod reply;
mod required;
mod sequence;
mod setting;
mod step;
#[cfg(test)]
mod tests;

pub(crate) use hold::{HoldOrder, HoldWish, Holds};
pub(crate) use input::{Begin, CallId, Effect, Input, RunnerQuestion};
pub(crate) use machine::{Engine, Options};
pub(crate) use required::Required;
