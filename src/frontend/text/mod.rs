//! Words, signs and colours that every front end shows alike.
//!
//! No front end itself: it knows no stream and no loop. A verdict has one shape, one word and one
//! tone, and text from outside passes [`Script::clean`] before any terminal sees it.

mod duration;
mod hold;
mod paint;
mod script;
mod step;

pub(crate) use duration::{clock as clock_text, shown as duration_text};
pub(crate) use hold::{KEY_GAP, assignment, hold_cause, hold_detail, hold_keys, hold_title};
pub(crate) use paint::{Paint, Tone, shape};
pub(crate) use script::{Script, columns, cut, wrap};
pub(crate) use step::{name_of, skip_text, word_of};
