//! A record rendered for people and other programs: HTML, JSON for scripts, JUnit XML for CI servers.
//!
//! A report is a function of one [`RunRecord`](crate::record::RunRecord): nothing here looks at a
//! store, a clock or the environment. Each form is a contract with its own types. Begin with
//! [`Form`]; [`write()`] puts a report into its place in one step.

mod form;
pub(crate) mod json;
mod junit;
#[allow(dead_code, reason = "the first pages are on their way")]
pub(crate) mod page;
mod write;

pub(crate) use form::Form;
pub(crate) use write::write;
