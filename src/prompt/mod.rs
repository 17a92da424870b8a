//! Questions to the operator and the check of an answer.
//!
//! A [`Prompt`] is a rendered question, as it travels in events and to front ends; an [`Answer`] is
//! what came back. Nothing here shows or asks: a front end does, the engine judges with what this
//! module says.

#![allow(unused_imports, reason = "rooms are furnished one after another")]

mod question;

pub(crate) use question::{Action, Answer, Button, Input, InputMode, OnTimeout, Prompt};
