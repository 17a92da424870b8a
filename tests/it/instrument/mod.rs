//! The runners `scpi` and `command` from outside.

mod command;
mod contract;
