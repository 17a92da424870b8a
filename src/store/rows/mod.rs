//! Which rows an event makes, and which record rows make: the same for every database.
//!
//! [`changes`] turns events into [`Change`]s, which a database only has to bind; a step that begins
//! and ends within one batch is one insert. Ids derive from the run and the number of the step or
//! event, so that the same journal gives the same rows everywhere. [`read`] goes the other way.
//!
//! Pure: no SQL, no connection, no clock.

mod annotation;
mod cell;
mod change;
pub(crate) mod config;
mod context;
mod ids;
mod measurement;
mod prompt;
pub(crate) mod read;
mod run;
mod seen;
mod step;

pub(crate) use annotation::{
    ANNOTATION_COLUMNS, annotation, annotation_audit_cells, annotation_cells,
};
pub(crate) use cell::{Cell, Cells};
pub(crate) use change::{Change, Table, changes, touch};
pub(crate) use context::RunContext;
pub(crate) use measurement::COLUMNS as MEASUREMENT_COLUMNS;
pub(crate) use run::finished;
pub(crate) use seen::Seen;
