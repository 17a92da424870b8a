//! Rules that find mistakes in a package; facts of the world are handed in, nothing is opened here.
//!
//! Owns the judgement of a loaded package: one rule per file in `rules`. What is missing or
//! misspelled in a file was found when it was read; rules find what is wrong although it reads
//! well. [`check`] gives the [`CheckedPackage`] that `plan` compiles, and nobody else makes one.
//! Never opens a file, asks a runner or reads a clock: see [`Facts`].

mod checked;
mod facts;
mod judge;
mod python;
mod rules;
mod safe;
mod texts;
mod view;

pub(crate) use checked::CheckedPackage;
pub(crate) use facts::{Facts, ModuleFile, Wanted, below};
pub(crate) use judge::{Checked, check, findings};
pub(crate) use python::{Function, Parameter, PythonModule};
pub(crate) use safe::safe_state;
