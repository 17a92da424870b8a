//! A record rendered for people and for other programs: HTML, JSON for scripts, JUnit XML for CI
//! servers.
//!
//! A report is a function of its [`Subject`]: nothing here looks at a store, a clock or the
//! environment, and files are read through the subject. Each form is a contract with its own types.
//! Begin with [`Form`]; [`write()`] puts a report into its place in one step.

mod atml;
mod csv;
mod form;
mod html;
pub(crate) mod json;
mod junit;
mod markdown;
pub(crate) mod page;
mod subject;
mod tree;
mod write;

pub(crate) use form::Form;
pub(crate) use subject::Subject;
pub(crate) use write::{write, write_with};
