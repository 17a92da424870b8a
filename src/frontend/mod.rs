//! Front ends: they show events and send commands, and hold nothing else of value.
//!
//! Closing a front end changes no run. Each reads the events of `session` and the words of layer 1;
//! none imports another (what all show alike is in [`text`]), and none knows the engine, a runner, the journal or a store.

pub(crate) mod headless;
pub(crate) mod text;
pub(crate) mod tui;
