//! The runners `scpi` and `command` from outside.

mod command;
mod contract;
mod scpi;
#[path = "../../../runners/instrument/src/scpi/simulated.rs"]
pub(crate) mod simulated;
mod visa;
