//! The runners `scpi` and `command`: instruments and programs as steps, with no test code around.
//!
//! The executable `maestro` starts itself as one of them, so that nothing has to be installed and a
//! vendor's library that crashes takes this process along and nothing else. This crate knows
//! requests and answers only: it judges no value, reads no package and no station.
//!
//! | module | what it owns |
//! |---|---|
//! | `serving` | the conversation with the engine; [`serve`] |
//! | `streams` | standard input and output, out of the way of foreign code |
//! | `ending` | SIGTERM |
//! | `runner` | one runner: which step goes where |
//! | `talk` | what a step may ask of whoever had it carried out |
//! | `fields` | reading a target |
//! | `failure`, `text`, `pattern` | errors as answers; values as text; groups as outputs |
//! | `files` | answers that are too large for a message |
//! | `scpi` | instruments |
//! | `command` | programs |
//! | `conformance` | targets for `maestro runner check` |

#![warn(missing_docs)]

mod clock;
mod command;
mod conformance;
mod ending;
mod failure;
mod fields;
mod files;
mod pattern;
mod runner;
mod scpi;
mod serving;
mod streams;
mod talk;
mod text;

pub use runner::Kind;
pub use scpi::{VISA_LIBRARY, asks_for_answer, check_resource, find_visa_library};
pub use serving::serve;
