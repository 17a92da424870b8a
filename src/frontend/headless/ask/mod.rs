//! Questions to the operator, and how a held run goes on, as plain lines on a terminal.
//!
//! The question is written to stderr and the answer read from stdin, one line at a time, without
//! ever waiting: a question can be withdrawn at any moment, and no thread is left behind. What was
//! typed before the question had been visible for half a second is dropped, so that a scanner's
//! burst or an impatient Enter answers nothing.

mod asker;
mod dialogue;
mod held;
mod keyboard;

pub(super) use asker::{Asked, Asker};
