//! What a Python module defines, read from its text.
//!
//! A tolerant scanner: it knows lines, brackets, quotes and indentation, and finds the functions
//! that stand at the top level of a module. Where the text does not tell (star imports,
//! decorators), it says so instead of guessing. Nothing is imported or run.

mod lines;
mod module;
mod parameters;

pub(crate) use module::{Function, PythonModule};
pub(crate) use parameters::Parameter;

#[cfg(test)]
mod tests;
