//! The values that tests read as `cfg.KEY` (STORAGE section 5): what they are, how the levels merge,
//! and what a store of them must do.
//!
//! Three levels, a later one wins: `cfg` of `station.yaml`, the scope `global`, the scope of one
//! station. The first is a file of this computer; the others live in a [`ConfigStore`], which keeps
//! a history of every change. Secrets are apart: an entry says that there is one, and only a
//! [`Snapshot`], taken for a run, holds its text. Nothing here opens a file or a database. Begin
//! with [`ConfigEntry`] and [`merged`].

mod change;
pub(crate) mod document;
mod entry;
mod import;
mod merge;
mod secret;
mod store;

pub(crate) use change::{Change, Decision, NewValue, Setting, State, Target, decide};
pub(crate) use entry::{ConfigEntry, ConfigValue, DisplayMode, Scope, is_key};
pub(crate) use import::{Import, Others};
pub(crate) use merge::{Merged, merged};
pub(crate) use secret::{SECRET_MARK, Secret};
pub(crate) use store::{
    Author, Changed, ConfigError, ConfigHistory, ConfigStore, HistoryQuery, Scopes, Snapshot,
};
