//! `maestro config …`, and what runs see of the config.
//!
//! Begin with [`seen`], which a run asks, and `command.rs`, which the commands begin with. No command
//! shows the text of a secret.

mod seen;

pub(crate) use seen::{Seen, known_keys};
