//! Findings: what is wrong, where, and the way out.
//!
//! Owns [`Diagnostic`], the stable list of [`Code`]s with an explanation for each, and one
//! renderer per output form. Never finds anything itself: readers and `check` do.
//! A mistake in a document is a `Diagnostic`; failures of the world and bugs are not.

mod code;
mod finding;
pub(crate) mod render;
mod suggest;

pub(crate) use code::Code;
pub(crate) use finding::{Diagnostic, Label, Severity, sort_findings};
pub(crate) use suggest::{did_you_mean, nearest};
