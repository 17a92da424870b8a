//! Words, signs and colours that every front end shows alike.
//!
//! No front end itself: it knows no stream and no loop. A verdict has one shape, one word and one
//! tone, and text from outside passes [`Script::clean`] before any terminal sees it.

mod hold;
mod paint;
mod script;

pub(crate) use hold::{KEY_GAP, assignment, hold_cause, hold_detail, hold_keys, hold_title};
pub(crate) use paint::{Paint, Tone};
pub(crate) use script::{Script, columns, cut, wrap, wrap_words};

// What reports say as well.
pub(crate) use crate::record::{clock_text, duration_text, name_of, shape, skip_text, word_of};
