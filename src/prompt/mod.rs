//! Questions to the operator and the check of an answer.
//!
//! A [`Prompt`] is a rendered question, as it travels in events and to front ends; an [`Answer`] is
//! what came back. Nothing here shows or asks: a front end does, checks the format of an entry with
//! [`Prompt::check_entry`], and the engine judges with [`judge()`]. Where nobody is there,
//! [`Prompt::unattended_answer`] and [`Prompt::timeout_answer`] say what counts instead.

mod buttons;
mod entry;
mod judge;
mod question;
mod request;
mod unattended;

#[cfg(test)]
mod tests;

pub(crate) use judge::judge;
pub(crate) use question::{Action, Answer, Button, Input, InputMode, OnTimeout, Picture, Prompt};
