//! Values, units, limits, measurements and their evaluation.
//!
//! The engine judges, never the runner: a [`Spec`] is what the package declares (its templates
//! already rendered), an [`Observed`] is what came back, and [`evaluate()`] makes the [`Measurement`]
//! that goes to the journal and the stores. [`evaluate_undeclared`] does the same for a [`Point`]
//! that only the test code knows. Everything here is pure: no clock, no I/O, no state but a cache
//! of compiled patterns.
//!
//! Begin at `evaluate.rs`; `number.rs` holds the one number grammar of the program.

mod array;
mod comparator;
mod evaluate;
mod judge;
mod limits;
mod measurement;
mod number;
pub(crate) mod pattern;
mod point;
mod reading;
mod spec;
mod unit;
mod value;

#[cfg(test)]
mod tests;

pub(crate) use comparator::Comparator;
pub(crate) use evaluate::{evaluate, evaluate_undeclared};
pub(crate) use measurement::{Kind, LimitsSource, Measurement, Origin, flag};
pub(crate) use number::{NotANumber, Number};
pub(crate) use spec::{Observed, Operand, Point, Spec};
pub(crate) use unit::{Bridge, Unit};
pub(crate) use value::{read_boolean, read_word, read_written_boolean, spell, spell_into};
