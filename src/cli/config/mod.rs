//! `maestro config …`, and what runs see of the config.
//!
//! Begin with `seen.rs`, which a run asks, and `command.rs`, which the commands begin with. No
//! command shows the text of a secret.

mod ask;
mod command;
mod seen;
mod show;
mod transfer;
mod value;

pub(crate) use command::run;
pub(crate) use seen::{Seen, known_keys};
